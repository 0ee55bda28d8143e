"""Findings that the desk publishes: each a folder beside the record, served as it is, and never edited.

published/finding-2018-08-06-1b2c3d4e/index.html
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from answerable.errors import FindingError, StorageError
from answerable.wiring.bundling import INPUTS
from answerable.wiring.desk_examined import RESULT
from answerable.wiring.files import read_small
from answerable.wiring.finding_acts import supersede_finding
from answerable.wiring.finding_folder import has_dossier, open_dossier
from answerable.wiring.finding_publication import PUBLICATION, Publication
from answerable.wiring.finding_publishing import FindingPublished, publish_finding
from answerable.wiring.recording import OpenRecord

PUBLISHED: Final = "published"
_ID = re.compile(r"finding-[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9a-f]{8}")


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a published finding stands, for a small page elsewhere: no call, no name but the signer's own."""

    finding: str
    status: str
    signed_by: str
    signed_us: int
    published_us: int
    superseded_by: str
    claims: tuple[tuple[str, str, str], ...]
    """Each claim: what is alleged, its finding (`answerable.report.words`), and the sentence that answers it."""


def publish(
    examination: Path, *, among: Path, url: str, with_inputs: bool, record: OpenRecord, at_us: int
) -> FindingPublished:
    """Publish the signed finding of an examination under its permalink `url`/f/FINDING.

    A finding that it was proposed in place of is marked as superseded, and published anew where it is public, so that
    its pages say what took its place. `among` holds the examinations of the same allegation. Raises FindingError.
    """
    life = open_dossier(examination / RESULT).life
    if life.signed is None:
        raise FindingError(f"Finding {life.finding} is not signed yet.", hint="A person signs, then it is published.")
    done = _out(examination / RESULT, url=url, with_inputs=with_inputs, record=record, at_us=at_us)
    named = life.proposed.supersedes
    earlier = None if named is None else next(_with_finding(among, named.finding), None)
    if earlier is not None and not open_dossier(earlier).life.superseded:
        supersede_finding(earlier, by=examination / RESULT, record=record, at_us=at_us)
        if open_dossier(earlier).life.published is not None:
            _out(earlier, url=url, with_inputs=_has_inputs(earlier, record), record=record, at_us=at_us)
    return done


def published_folder(folder: Path, finding: str) -> Path | None:
    """Where a published finding lies; None for a name that none has. `folder` is that of the record."""
    found = folder / PUBLISHED / finding
    return found if _ID.fullmatch(finding) and (found / PUBLICATION).is_file() else None


def published_file(folder: Path, finding: str, name: str) -> bytes | None:
    """A file of a publication, of those that it names; None for any other. Raises StorageError."""
    held = published_folder(folder, finding)
    if held is None:
        return None
    named = Publication.parse(read_small(held / PUBLICATION, what="a publication")).files
    if name not in named and name not in (PUBLICATION, f"{Path(PUBLICATION).stem}.tlog-proof"):
        return None
    path = held / name
    return read_small(path, what="a published file") if path.is_file() else None


def standing_of(folder: Path, finding: str) -> Standing | None:
    """How a published finding stands now."""
    held = published_folder(folder, finding)
    if held is None:
        return None
    from answerable.report.finding_document import read_finding  # noqa: PLC0415  loads jinja2

    life = open_dossier(held).life
    found = read_finding(read_small(held / "finding.json", what="a finding"), file="finding.json")
    signed, public = life.signed, life.published
    return Standing(
        finding=life.finding,
        status=life.standing.value,
        signed_by="" if signed is None else f"{signed.signer.office}, {signed.signer.body}",
        signed_us=0 if signed is None else signed.at_us,
        published_us=0 if public is None else public.at_us,
        superseded_by=life.superseded.by.finding if life.superseded else "",
        claims=tuple((one.text, str(one.finding), one.answer) for one in found.claims),
    )


def draft_as_zip(examination: Path) -> Path:
    """The pages as they will be, marked as a draft, for those concerned; a temporary file that the caller removes."""
    with tempfile.TemporaryDirectory() as folder:
        publish_finding(examination / RESULT, out=Path(folder, "draft"), draft=True)
        return as_zip(Path(folder, "draft"))


def as_zip(folder: Path) -> Path:
    """A folder as a ZIP file under its own name; a temporary file that the caller removes. Raises StorageError."""
    try:
        with tempfile.NamedTemporaryFile(suffix=".zip", delete=False) as made:
            with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
                for path in sorted(path for path in folder.rglob("*") if path.is_file()):
                    packed.write(path, f"{folder.name}/{path.relative_to(folder).as_posix()}")
            return Path(made.name)
    except OSError as fault:
        raise StorageError(f"{fault.filename}: {fault.strerror}") from fault


def _out(result: Path, *, url: str, with_inputs: bool, record: OpenRecord, at_us: int) -> FindingPublished:
    finding = open_dossier(result).life.finding
    return publish_finding(
        result, out=record.folder.path / PUBLISHED / finding, url=f"{url.rstrip('/')}/f/{finding}",
        with_inputs=with_inputs, record=record, at_us=at_us,
    )  # fmt: skip


def _has_inputs(result: Path, record: OpenRecord) -> bool:
    """Whether it was published with its inputs, so that it is again."""
    held = published_folder(record.folder.path, open_dossier(result).life.finding)
    if held is None:
        return False
    withheld = Publication.parse(read_small(held / PUBLICATION, what="a publication")).withheld
    return not any(name.startswith(f"{INPUTS}/") for name in withheld)


def _with_finding(among: Path, finding: str) -> Iterator[Path]:
    for one in sorted(among.iterdir()) if among.is_dir() else ():
        if has_dossier(one / RESULT) and open_dossier(one / RESULT).life.finding == finding:
            yield one / RESULT
