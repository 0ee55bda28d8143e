"""The folder `dossier` of a result: the steps of its finding's life, the letter, the replies, the signature.

dossier/letter.md   steps/001-proposed.json …   replies/…   signature.note   signer.vkey   earlier/…
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import msgspec

from answerable.answer.finding_life import Life, after, replayed, step_bytes
from answerable.errors import FindingError, InputError
from answerable.model.canonical import Json
from answerable.model.finding_life import Proposed, Step, Superseded
from answerable.proof.sealing import seal_of
from answerable.proof.verifier.bundle import BUNDLE_FILE
from answerable.record.entry import Draft, EntryType
from answerable.stores.durable_files import create_file
from answerable.wiring.bundling import sealed_draft
from answerable.wiring.files import read_small
from answerable.wiring.log_verbs import RECEIPT_SUFFIX, Recorded, recorded
from answerable.wiring.recording import OpenRecord

DOSSIER = "dossier"
STEPS = "steps"
LETTER = "letter.md"
SIGNATURE = "signature.note"
SIGNER_KEY = "signer.vkey"
REPLIES = "replies"
EARLIER = "earlier"
_STEP_FILE = re.compile(r"(\d{3})-([a-z]+)\.json", re.ASCII)


class Dossier(msgspec.Struct, frozen=True, kw_only=True):
    """A finding's folder, read: where it is, and the life that its steps tell."""

    result: Path
    life: Life

    @property
    def folder(self) -> Path:
        """The folder `dossier` itself."""
        return self.result / DOSSIER

    @property
    def letter(self) -> Path:
        """The letter: a draft until somebody signs."""
        return self.folder / LETTER

    @property
    def signature(self) -> Path:
        """The signed note, once there is one."""
        return self.folder / SIGNATURE


def has_dossier(result: Path) -> bool:
    """Whether a finding was proposed from this result."""
    return (result / DOSSIER / STEPS).is_dir()


def open_dossier(result: Path) -> Dossier:
    """The finding proposed from the result in a folder. Raises FindingError where there is none, or it is not whole."""
    if not has_dossier(result):
        raise FindingError(
            f"{result}: no finding was proposed from this result.", hint=f"`answerable finding propose {result}`"
        )
    paths = step_files(result / DOSSIER / STEPS)
    contents = [read_small(path, what="a step of a finding") for path in paths]
    try:
        life = replayed(contents)
    except FindingError as fault:
        raise FindingError(
            f"{result / DOSSIER}: {fault.message}",
            hint=fault.hint or "Bring the folder back from a copy; nothing goes on from steps that were edited.",
        ) from fault
    for path, step in zip(paths, life.steps, strict=True):
        if path.name != step_name(step):
            raise FindingError(f"{path}: this file holds step {step_name(step)}.")
    return Dossier(result=result, life=life)


def step_files(folder: Path) -> list[Path]:
    """The files of the steps, in order. What else lies in the folder (receipts) is left aside."""
    return sorted(path for path in folder.iterdir() if _STEP_FILE.fullmatch(path.name))


def step_name(step: Step) -> str:
    """`002-asked.json`."""
    return f"{step.number:03}-{type(step).__name__.lower()}.json"


def add_step(
    result: Path, life: Life | None, step: Step, *, record: OpenRecord | None
) -> tuple[Dossier, Recorded | None]:
    """Take a step: check it, enter it in the log where the finding is kept in one, then write its file.

    What cannot be entered does not happen. Raises FindingError, RecordError and StorageError.
    """
    grown = after(life, step)
    check_log(grown, record)
    folder = result / DOSSIER / STEPS
    entry = None
    if record is not None:
        draft = _entry(result, life, step)
        receipt = folder / f"{step_name(step).removesuffix('.json')}{RECEIPT_SUFFIX}"
        entry = recorded(record, draft.id, record.writing.append(draft), receipt=receipt)
    create_file(folder / step_name(step), step_bytes(step))
    return Dossier(result=result, life=grown), entry


def check_log(life: Life, record: OpenRecord | None) -> None:
    """Raises FindingError where a finding's steps would not all be entered in one and the same log."""
    origin = None if record is None else record.origin
    if origin == life.proposed.log:
        return
    if life.proposed.log is None:
        raise FindingError(
            f"Finding {life.finding} was proposed outside of any log.",
            hint="Go on without --record, or propose it anew from a copy of the result, with --record.",
        )
    raise FindingError(
        f"Finding {life.finding} is kept in the log {life.proposed.log}, and every step of it is entered there.",
        hint="Name the folder of that record: --record RECORD_DIR",
    )


def entry_id(life: Life, number: int) -> str:
    """The id under which a step is in the log."""
    return step_draft(life.steps[number - 1]).id


def step_draft(step: Step) -> Draft:
    """The entry of a step: its seal, which step it is, of which finding, and what took whose place. Nothing else of it
    is public."""
    more: dict[str, Json] = {"finding": step.finding, "step": type(step).__name__.lower()}
    if isinstance(step, Proposed) and step.supersedes is not None:
        more["supersedes"] = step.supersedes.finding
    if isinstance(step, Superseded):
        more["by"] = step.by.finding
    return sealed_draft(EntryType.FINDING, step_name(step), seal_of([step_bytes(step)]), more)


def _entry(result: Path, life: Life | None, step: Step) -> Draft:
    """The step's entry, about the one before it; the first is about the entry that seals the bundle."""
    draft = step_draft(step)
    if life is not None:
        return msgspec.structs.replace(draft, about=entry_id(life, len(life.steps)))
    bundle = result / BUNDLE_FILE
    if not bundle.is_file():
        return draft
    about = sealed_draft(EntryType.FINDING, BUNDLE_FILE, seal_of([read_small(bundle, what="a bundle")]))
    return msgspec.structs.replace(draft, about=about.id)


def sha256(content: bytes) -> str:
    """The SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


def one_line(text: str, *, what: str, may_be_empty: bool = False) -> str:
    """A text that people type, in one line. Raises InputError where it is empty, or has a line break in it."""
    plain = text.strip()
    if not plain and not may_be_empty:
        raise InputError(f"{what} is empty")
    if any(not char.isprintable() for char in plain):
        raise InputError(f"{what}: {plain!r} must stand in one line, without control characters")
    return plain
