"""An allegation held against the live record: the same examination as of a file, on the record's own entries."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Final

import tomlkit
from tomlkit.items import AoT

from answerable.errors import InputError
from answerable.model.claim import COMPARED, ClaimKind
from answerable.model.times import from_us
from answerable.record.ports import Store
from answerable.stores.durable_files import replace_file
from answerable.watch.beside_calls import Allegation
from answerable.wiring.claim_form import tables_of
from answerable.wiring.desk_claims import (
    CLAIMS,
    EVIDENCE,
    WATCH_LOG,
    begin_claim,
    claim_files_in,
    claims_of,
    copy_case,
    free_name,
)
from answerable.wiring.desk_examined import RESULT, Examined, read_examined
from answerable.wiring.desk_export import OTHERS, DeskFiles, export_desk
from answerable.wiring.desk_log_reading import LOG, READING, RESTS_ON_A_LOG, as_document
from answerable.wiring.examining import examine_file
from answerable.wiring.files import read_small
from answerable.wiring.folders import made

FILES: Final = "record"
CORROBORATED: Final = frozenset({ClaimKind.CALLS_IGNORED, ClaimKind.REQUEST_DENIED, ClaimKind.LISTED_CALLS, *COMPARED})
"""The kinds of claim in which a refusal that its decider wrote down needs somebody else's word."""


def examine_allegation(
    allegation: Allegation, *, store: Store, origin: str, out: Path, at_us: int, zone: str = "UTC",
    case: Path | None = None,
) -> Examined:  # fmt: skip
    """Put an allegation to the record as it is now; the result is written to the folder `out`, which is new.

    `case` is the folder in which its claims were worked out; without a claim there, the allegation's own kind is put as
    it stands. Raises InputError where a claim is not whole yet, and where there is no policy; AnswerableError.
    """
    with made(out):
        if case is not None:
            copy_case(case, out)
        if not claim_files_in(out):
            begin_claim(out, allegation, allegation.kind)
        _check_whole(out)
        files = export_desk(store, out / FILES, origin=origin, at_us=at_us, zone=zone)
        claims = claim_files_in(out)
        _with_what_the_record_adds(out, claims, files, origin=origin, at_us=at_us)
        log = _with_what_was_read(out, claims, case)
        examine_file(
            files.calls, source=str(files.profile), policies=[files.policies], facts=files.facts,
            decisions=files.decisions, claims=claims, log=log, out=out / RESULT,
            command=f"answerable examine {FILES}/calls.csv --source {FILES}/profile.toml --policy {FILES}/policies "
            f"--facts {FILES}/facts.csv --decisions {FILES}/decisions.csv --claim {CLAIMS} "
            f"{'' if log is None else f'--log {EVIDENCE}/{READING} '}--out {RESULT}",
        )  # fmt: skip
    return read_examined(out)


def _check_whole(out: Path) -> None:
    for claim in claims_of(out):
        if claim.wrong:
            raise InputError(f"The claim {claim.id} cannot be put yet: {claim.wrong}")


def _with_what_the_record_adds(out: Path, claims: Sequence[Path], files: DeskFiles, *, origin: str, at_us: int) -> None:
    """The log of the desk's own watch; and what others than its decider entered of a refusal, as a document."""
    evidence = out / EVIDENCE
    if (evidence / WATCH_LOG).is_file():
        shutil.copyfile(files.monitoring, evidence / WATCH_LOG)
    if not files.corroborated:
        return
    shutil.copyfile(files.others, evidence / OTHERS)
    said = {
        "id": "entries-of-others",
        "kind": "entries of the log",
        "file": f"../{EVIDENCE}/{OTHERS}",
        "sender": origin,
        "dated": from_us(at_us),
        "about": list(files.corroborated),
    }
    _add_document(claims, said, kinds=CORROBORATED)


def _with_what_was_read(out: Path, claims: Sequence[Path], case: Path | None) -> Path | None:
    """What somebody outside read of the log, where it was taken in: a document of each claim that can rest on it."""
    if case is None or not (case / LOG / READING).is_file():
        return None
    taken = out / EVIDENCE / READING
    shutil.copyfile(case / LOG / READING, taken)
    _add_document(claims, as_document(case, file=f"../{EVIDENCE}/{READING}"), kinds=RESTS_ON_A_LOG)
    return taken


def _add_document(claims: Sequence[Path], said: dict[str, Any], *, kinds: Collection[ClaimKind]) -> None:
    for path in claims:
        text = read_small(path, what="a claim").decode()
        held = tables_of(text)
        if held["claim"]["kind"] in kinds:
            taken = {one["id"] for one in held.get("evidence", ())}
            one = {**said, "id": free_name(said["id"], taken=taken)}
            replace_file(path, _with_document(text, one).encode(), mode=0o600)


def _with_document(text: str, said: dict[str, Any]) -> str:
    document = tomlkit.parse(text)
    held = document.get("evidence")
    if not isinstance(held, AoT):
        held = tomlkit.aot()
        document["evidence"] = held
    one = tomlkit.table()
    one.update(said)
    held.append(one)
    return tomlkit.dumps(document)
