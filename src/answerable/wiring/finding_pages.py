"""What the pages of a dossier are made from, read out of its folder: the same folder gives the same pages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from answerable.errors import FindingError, StorageError
from answerable.model.finding import CallInScope
from answerable.model.finding_life import Proposed, Replied
from answerable.proof.verifier.bundle import BUNDLE_FILE, Bundle, Role
from answerable.report.calls_csv import formula_safe
from answerable.report.dossier import Dossier, ProvenCall, SealedFile
from answerable.report.finding_document import FindingDocument, read_finding
from answerable.wiring.files import read_small
from answerable.wiring.finding_folder import DOSSIER, LETTER, REPLIES, SIGNATURE, open_dossier

LARGEST_QUOTED_BYTES: Final = 20_000
"""A longer reply is linked, and not quoted on the page."""

WHAT: Final[Mapping[str, str]] = {
    "finding.json": "the findings",
    "calls.csv": "every call with its outcome",
    "calls.parquet": "the same for programs",
    "edits.csv": "what was edited after first publication",
    "source.json": "what is known about the file examined",
    "report.html": "the report of the examination, as it was proposed",
    "manifest.json": "the seals of the result",
    "private/quarantine.csv": "rows that could not be read",
}
ROLES: Final[Mapping[Role, str]] = {
    Role.SOURCE: "the file examined",
    Role.READING: "how it was read",
    Role.FACTS: "facts told beside the calls",
    Role.DECISIONS: "decisions on record",
    Role.POLICY: "a version of the policy",
    Role.CLAIM: "a claim",
    Role.EVIDENCE: "a document",
    Role.RESULT: "a part of the result",
}


def contents_of(folder: Path, *, withheld: Mapping[str, str], draft: bool) -> Dossier:
    """Everything the pages say, from a folder that holds a result and its dossier. `withheld`: what is not in it.

    Raises FindingError, InputError, StorageError.
    """
    life = open_dossier(folder).life
    found = read_finding(read_small(folder / "finding.json", what="a finding"), file="finding.json")
    bundle = _bundle(folder)
    signature = folder / DOSSIER / SIGNATURE
    signed = life.signed is not None and signature.is_file()
    return Dossier(
        program=life.proposed.program,
        life=life,
        found=found,
        letter=_text(folder / DOSSIER / LETTER),
        signature=_text(signature) if signed else "",
        files=tuple(_files(folder, life.proposed, bundle, withheld)),
        calls=proven_calls(found, folder / "calls.csv"),
        replies=dict(_replies(folder, life.steps)),
        recompute="" if bundle is None else bundle.recompute,
        log=life.proposed.log or ("" if bundle is None else bundle.log),
        draft=draft,
    )


def _bundle(folder: Path) -> Bundle | None:
    path = folder / BUNDLE_FILE
    return Bundle.parse(read_small(path, what="a bundle")) if path.is_file() else None


def _text(path: Path) -> str:
    try:
        return read_small(path, what="a file of a finding").decode()
    except UnicodeDecodeError as fault:
        raise FindingError(f"{path} is not UTF-8 (byte {fault.start}).") from fault


def _files(
    folder: Path, proposed: Proposed, bundle: Bundle | None, withheld: Mapping[str, str]
) -> Iterator[SealedFile]:
    """The files that the finding rests on, each with its seal: of a bundle all, otherwise those of the result."""
    if bundle is not None:
        for one in bundle.files:
            what = WHAT.get(one.name) or ROLES[one.role]
            yield SealedFile(
                name=one.name,
                what=what,
                sha256=one.seal.sha256,
                size_bytes=one.seal.size_bytes,
                entered="entered by itself" if one.receipt else "",
                why_absent=one.left_out or withheld.get(one.name, ""),
            )
        return
    manifest = json.loads(read_small(folder / "manifest.json", what="a manifest"))
    for one in manifest["files"]:
        yield SealedFile(
            name=one["name"],
            what=WHAT.get(one["name"], "a part of the result"),
            sha256=one["sha256"],
            size_bytes=one["size_bytes"],
            entered="",
            why_absent=withheld.get(one["name"], ""),
        )
    size_bytes = (folder / "manifest.json").stat().st_size
    yield SealedFile(
        name="manifest.json", what="the seals of the result", sha256=proposed.result_sha256, size_bytes=size_bytes,
        entered="",
    )  # fmt: skip


def _replies(folder: Path, steps: Iterable[object]) -> Iterator[tuple[str, str]]:
    """The text of each reply that may be shown, is text, and is short enough to be quoted."""
    for step in steps:
        if isinstance(step, Replied) and step.document.published and step.document.size_bytes <= LARGEST_QUOTED_BYTES:
            content = read_small(folder / DOSSIER / REPLIES / step.document.file, what="a reply")
            try:
                text = content.decode()
            except UnicodeDecodeError:
                continue
            if all(char.isprintable() or char in "\n\r\t" for char in text):
                yield step.document.file, text.strip()


def proven_calls(found: FindingDocument, calls_csv: Path) -> tuple[ProvenCall, ...]:
    """Every call that a finding names, in the order of naming, with its line in calls.csv. Raises StorageError."""
    claims: dict[str, list[str]] = {}
    named: dict[str, CallInScope] = {}
    for claim in found.claims:
        for call in claim.calls:
            named.setdefault(call.call, call)
            claims.setdefault(call.call, []).append(claim.id)
    lines = _lines(calls_csv, set(named))
    return tuple(
        ProvenCall(
            call=call.call,
            claims=tuple(dict.fromkeys(claims[call.call])),
            received_us=call.received_us,
            outcome=call.outcome,
            reason=call.reason,
            because=call.because,
            rule=call.rule,
            lines=tuple(lines.get(call.call, ())),
        )
        for call in named.values()
    )


def _lines(calls_csv: Path, wanted: set[str]) -> dict[str, list[tuple[int, str]]]:
    """Number and SHA-256 of the physical lines that begin with one of the calls, as calls.csv spells it."""
    spelled = {_cell(call).encode(): call for call in wanted}
    found: dict[str, list[tuple[int, str]]] = {}
    try:
        with calls_csv.open("rb") as file:
            for number, line in enumerate(file, start=1):
                call = spelled.get(line.partition(b",")[0])
                if call is not None:
                    found.setdefault(call, []).append((number, hashlib.sha256(line).hexdigest()))
    except OSError as fault:
        raise StorageError(f"{calls_csv}: {fault.strerror}") from fault
    return found


def _cell(call: str) -> str:
    text = formula_safe(call)
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if any(sign in text for sign in '",\r\n') else text
