"""Files and folders from the disk, held against the proofs by the room `proof`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from answerable.errors import InputError, MalformedError
from answerable.proof import TrustPolicy
from answerable.proof.verifier import (
    BUNDLE_FILE,
    Judgement,
    Kind,
    Verdict,
    forks,
    judge_bundle,
    judge_checkpoint,
    judge_disclosures,
    judge_log,
    judge_receipt,
    judge_seal,
    kind_of,
    read_seal,
)
from answerable.wiring.files import read_small
from answerable.wiring.importing import Progress
from answerable.wiring.recomputing import recomputing

PIECE_BYTES = 1 << 20
CHECKPOINT_FILE = "checkpoint"


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of each file, in the order given; `forks` are contradictions between them."""

    files: tuple[tuple[Path, Judgement], ...]
    forks: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst of all: refuted, then cannot tell, then proved."""
        verdicts = {judgement.verdict for _, judgement in self.files}
        if self.forks or Verdict.REFUTED in verdicts:
            return Verdict.REFUTED
        return Verdict.CANNOT_TELL if Verdict.CANNOT_TELL in verdicts else Verdict.PROVED


class DiskFolder:
    """The regular files below a folder. Links are not followed: a bundle must not reach out of itself."""

    def __init__(self, root: Path, progress: Progress) -> None:
        self._root, self._progress = root, progress
        self._files = 0

    def names(self) -> frozenset[str]:
        """Every regular file, with `/` between folders."""
        found = set()
        for folder, _, files in os.walk(self._root, followlinks=False):
            for file in (Path(folder) / name for name in files):
                if _is_plain_file(file):
                    found.add(file.relative_to(self._root).as_posix())
        return frozenset(found)

    def read(self, name: str) -> bytes:
        """A small file whole. Raises InputError."""
        self._files += 1
        self._progress(f"Checking {self._root.name}", self._files, None)
        return read_small(self._root / name, what="a file of a proof")

    def pieces(self, name: str) -> Iterator[bytes]:
        """A file in pieces of 1 MiB."""
        return pieces_of(self._root / name, self._progress)


def pieces_of(path: Path, progress: Progress | None = None) -> Iterator[bytes]:
    """A file in pieces of 1 MiB. Raises InputError where it cannot be read."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                if progress is not None:
                    progress(f"Checking {path.name}", file.tell(), size)
                yield piece
    except OSError as fault:
        raise InputError(f"{path}: it cannot be read: {fault.strerror}") from fault


def verify_paths(
    paths: Sequence[Path],
    *,
    trust: TrustPolicy,
    entry: Path | None = None,
    progress: Progress | None = None,
) -> Judged:
    """Judge each file and folder, then all their signed states against each other.

    `entry` is the entry of a receipt that does not carry it. The finding of a bundle is computed again.
    Raises InputError for what is none of the kinds of file that prove something.
    """
    judge = _Judge(
        trust=trust,
        entry=None if entry is None else read_small(entry, what="an entry"),
        progress=progress or (lambda _step, _done, _total: None),
    )
    files = tuple((path, judge.file_or_folder(path)) for path in paths)
    return Judged(files, forks(judgement for _, judgement in files))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judge:
    """What holds for every file of one command line."""

    trust: TrustPolicy
    entry: bytes | None
    progress: Progress

    def file_or_folder(self, path: Path) -> Judgement:
        if path.is_dir():
            return self._folder(path)
        data = read_small(path, what="a file of a proof")
        match kind_of(data):
            case Kind.RECEIPT:
                return judge_receipt(data, trust=self.trust, entry=self.entry)
            case Kind.CHECKPOINT:
                return judge_checkpoint(data, trust=self.trust)
            case Kind.DISCLOSURES:
                return judge_disclosures(data)
            case Kind.SEAL:
                return judge_seal(data, _sealed_beside(path, data, self.progress))
            case Kind.BUNDLE:
                return self._folder(path.parent)
            case _:
                raise InputError(
                    f"{path} is no receipt, checkpoint, seal, disclosures or bundle",
                    hint="What can be checked: docs/formats/receipt.md and docs/formats/bundle.md.",
                )

    def _folder(self, folder: Path) -> Judgement:
        files = DiskFolder(folder, self.progress)
        if _is_plain_file(folder / BUNDLE_FILE):
            return judge_bundle(files, trust=self.trust, recompute=recomputing(folder, self.progress))
        if _is_plain_file(folder / CHECKPOINT_FILE):
            return judge_log(files, trust=self.trust)
        raise InputError(
            f"{folder} is no bundle and no log",
            hint=f"A bundle has a file {BUNDLE_FILE}, a log's folder a file {CHECKPOINT_FILE} beside its tiles.",
        )


def _sealed_beside(seal: Path, data: bytes, progress: Progress) -> Iterator[bytes] | None:
    """The pieces of the file that a seal names, if it lies beside it."""
    try:
        sealed = seal.parent / read_seal(data)[0]
    except MalformedError:
        return None  # judged in full where the seal is
    return pieces_of(sealed, progress) if _is_plain_file(sealed) else None


def _is_plain_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()
