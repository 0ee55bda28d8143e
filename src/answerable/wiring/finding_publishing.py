"""A signed finding as a static folder: pages, letter, replies, signature, result, proofs, and `publication.json`.

What is personal stays out unless it is asked in: the file examined, facts, decisions and documents are named by their
seals, and whoever holds them can compute the finding again.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec

from answerable import __version__
from answerable.errors import FindingError, InputError, StorageError
from answerable.model.canonical import Json
from answerable.model.finding_life import Published, Replied, Standing
from answerable.proof.quorum import TrustPolicy
from answerable.proof.sealing import Seal, seal_of
from answerable.proof.verifier.bundle import BUNDLE_FILE, KEY_FILE, RECEIPT_FILE, Bundle, Role
from answerable.record.entry import EntryType
from answerable.stores.durable_files import replace_file
from answerable.wiring.bundling import sealed_draft
from answerable.wiring.disk_folder import pieces_of
from answerable.wiring.examining import PRIVATE
from answerable.wiring.files import read_small
from answerable.wiring.finding_folder import DOSSIER, LETTER, REPLIES, Dossier, add_step, check_log, open_dossier
from answerable.wiring.finding_publication import DRAFT, PUBLICATION, PUBLICATION_RECEIPT, Publication
from answerable.wiring.log_verbs import recorded
from answerable.wiring.recording import OpenRecord, now_us
from answerable.wiring.result_folder import open_result

PROGRAM: Final = f"answerable {__version__}"
WITHHELD: Final[Mapping[Role, str]] = MappingProxyType(
    {
        Role.SOURCE: "the file examined may hold addresses and names",
        Role.READING: "it goes with the file examined",
        Role.FACTS: "facts may name people",
        Role.DECISIONS: "decisions may name people",
        Role.EVIDENCE: "a document may name people",
    }
)
"""Inputs of a bundle that are not published unless they are asked in, and why."""


class FindingPublished(msgspec.Struct, frozen=True, kw_only=True):
    """What was published: where, how many files, what was withheld (name and why), and the finding's standing."""

    finding: str
    standing: str
    out: Path
    files: int
    withheld: tuple[tuple[str, str], ...]
    receipt: bool


def publish_finding(
    result: Path, *, out: Path, url: str | None = None, with_inputs: bool = False, draft: bool = False,
    record: OpenRecord | None = None, at_us: int | None = None,
) -> FindingPublished:  # fmt: skip
    """Write a signed finding as a folder to be served as it is. Raises FindingError, InputError, StorageError.

    A folder that holds this finding already is brought up to date; any other is refused. `draft`: the same pages before
    anybody signed, marked as a draft, without a step in the finding's life.
    """
    dossier = open_dossier(result)
    _check_out(out, dossier)
    if not draft:
        check_log(dossier.life, record)
        _check_url(url)
        _check_whole(result)
        dossier = _published(dossier, url=url, record=record, at_us=at_us)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    except OSError as fault:
        raise StorageError(f"{out}: {fault.strerror}") from fault
    try:
        made = _written(dossier, work, with_inputs=with_inputs, draft=draft)
        if record is not None and not draft:
            _enter(work, dossier.life.finding, record)
        _put(work, out)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return msgspec.structs.replace(made, out=out)


def _published(dossier: Dossier, *, url: str | None, record: OpenRecord | None, at_us: int | None) -> Dossier:
    """The dossier with a step that says so; publishing the same again takes none."""
    life = dossier.life
    before = life.published
    if before is not None and before.url == url:
        return dossier
    step = Published(
        finding=life.finding,
        number=len(life.steps) + 1,
        at_us=now_us() if at_us is None else at_us,
        previous=life.head,
        url=url,
    )
    return add_step(dossier.result, life, step, record=record)[0]


def _check_whole(result: Path) -> None:
    """Nothing is published that `verify` would refute: a letter edited after the signature, another reply."""
    from answerable.wiring.finding_verifying import judge_finding  # noqa: PLC0415  loads jinja2 and vl_convert

    found = judge_finding(result, trust=TrustPolicy(), progress=lambda _step, _done, _total: None, again=False)
    if found.refuted:
        raise FindingError(
            f"This would be refuted by whoever verifies it: {found.refuted[0]}",
            hint="Bring the file back as it was. What was signed is never edited; a changed finding is a new one.",
        )


def _enter(work: Path, finding: str, record: OpenRecord) -> None:
    content = read_small(work / PUBLICATION, what="a publication")
    more: dict[str, Json] = {"finding": finding, "step": Standing.PUBLISHED.value}
    entry = sealed_draft(EntryType.FINDING, PUBLICATION, seal_of([content]), more)
    recorded(record, entry.id, record.writing.append(entry), receipt=work / PUBLICATION_RECEIPT)
    (work / PUBLICATION_RECEIPT).chmod(0o644)


def _check_url(url: str | None) -> None:
    if url is not None and (not url.startswith(("https://", "http://")) or not url.isprintable() or " " in url):
        raise InputError(f"--url: {url!r} is not an address such as https://ombudsman.example/findings/1")


def _check_out(out: Path, dossier: Dossier) -> None:
    """Only a new or empty folder, or an earlier publication of the same finding, is written to."""
    if out.resolve() == dossier.result.resolve() or out.resolve().is_relative_to(dossier.result.resolve()):
        raise InputError(f"{out} lies in the result itself", hint="Name a folder of its own with --out.")
    if not out.exists() or not any(out.iterdir()):
        return
    if not (out / PUBLICATION).is_file():
        raise InputError(f"{out} is not empty, and holds no publication of a finding", hint="Name another --out.")
    there = open_dossier(out).life
    if there.finding != dossier.life.finding:
        raise FindingError(
            f"{out} holds the publication of {there.finding}; no finding is published over another.",
            hint="Name a folder of its own with --out. What it supersedes stays where it is.",
        )
    if dossier.life.digests[: len(there.digests)] != there.digests:
        raise FindingError(f"{out} holds another course of {there.finding} than {dossier.result}.")


def _written(dossier: Dossier, work: Path, *, with_inputs: bool, draft: bool) -> FindingPublished:
    from answerable.report.dossier import render_dossier  # noqa: PLC0415  loads jinja2 and vl_convert
    from answerable.wiring.finding_pages import contents_of  # noqa: PLC0415

    withheld = dict(_copied(dossier, work, with_inputs=with_inputs))
    for name, content in render_dossier(contents_of(work, withheld=withheld, draft=draft)).items():
        replace_file(work / name, content)
    status = DRAFT if draft else dossier.life.standing.value
    names = sorted(path.relative_to(work).as_posix() for path in work.rglob("*") if path.is_file())
    content = Publication(
        finding=dossier.life.finding,
        status=status,
        program=PROGRAM,
        files={name: _seal(work / name) for name in names},
        withheld=withheld,
    ).encode()
    replace_file(work / PUBLICATION, content)
    return FindingPublished(
        finding=dossier.life.finding,
        standing=status,
        out=work,
        files=len(names),
        withheld=tuple(sorted(withheld.items())),
        receipt=dossier.life.proposed.log is not None and not draft,
    )


def _copied(dossier: Dossier, work: Path, *, with_inputs: bool) -> Iterator[tuple[str, str]]:
    """Copy what may be published; give what may not, with the reason."""
    for name, why in _names(dossier, with_inputs=with_inputs):
        if why:
            yield name, why
        elif (dossier.result / name).is_file():
            _copy(dossier.result / name, work / name)


def _names(dossier: Dossier, *, with_inputs: bool) -> Iterator[tuple[str, str]]:
    opened = open_result(dossier.result)
    for name in (*(str(one["name"]) for one in opened.manifest["files"]), "manifest.json"):
        yield name, "rows that could not be read, word for word" if name.startswith(f"{PRIVATE}/") else ""
    if (dossier.result / BUNDLE_FILE).is_file():
        yield from ((name, "") for name in (BUNDLE_FILE, RECEIPT_FILE, KEY_FILE))
        for one in Bundle.parse(read_small(dossier.result / BUNDLE_FILE, what="a bundle")).files:
            if one.role is not Role.RESULT and one.left_out is None:
                yield one.name, "" if with_inputs else WITHHELD.get(one.role, "")
            if one.receipt is not None:
                yield one.receipt, ""
    yield from _of_dossier(dossier)


def _of_dossier(dossier: Dossier) -> Iterator[tuple[str, str]]:
    """The letter, steps and signature; of the replies those that may be shown."""
    hidden = {
        f"{DOSSIER}/{REPLIES}/{step.document.file}"
        for step in dossier.life.steps
        if isinstance(step, Replied) and not step.document.published
    }
    for path in sorted(dossier.folder.rglob("*")):
        name = path.relative_to(dossier.result).as_posix()
        if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
            yield name, "the reply was given in confidence" if name in hidden else ""
    if not dossier.letter.is_file():
        raise FindingError(f"{dossier.folder / LETTER} is missing.", hint="Bring it back from a copy.")


def _copy(source: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        target.chmod(0o644)
    except OSError as fault:
        raise StorageError(f"{fault.filename or source}: {fault.strerror}") from fault


def _put(work: Path, out: Path) -> None:
    """The new folder in place of the earlier one, which is whole until then."""
    try:
        work.chmod(0o755)
        if out.exists():
            earlier = out.with_name(f".{out.name}.earlier")
            shutil.rmtree(earlier, ignore_errors=True)
            out.rename(earlier)
            work.rename(out)
            shutil.rmtree(earlier, ignore_errors=True)
        else:
            work.rename(out)
    except OSError as fault:
        raise StorageError(f"{out}: {fault.strerror}") from fault


def _seal(path: Path) -> Seal:
    return seal_of(pieces_of(path))
