"""Files and folders from the disk, held against the proofs by the room `proof`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from answerable.errors import InputError, MalformedError
from answerable.proof import Receipt, TrustPolicy
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
    judge_promise,
    judge_receipt,
    judge_seal,
    kind_of,
    read_seal,
)
from answerable.wiring.disk_folder import DiskFolder, is_plain_file, pieces_of
from answerable.wiring.files import read_small
from answerable.wiring.finding_folder import DOSSIER, has_dossier
from answerable.wiring.finding_publication import PUBLICATION
from answerable.wiring.findings_in_log import findings_in, told_of_each_other
from answerable.wiring.importing import Progress
from answerable.wiring.recomputing import recomputing

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
    found: dict[int, Judgement] = {}
    promises: dict[int, bytes] = {}  # held against the receipts given with them, so judged last
    for number, path in enumerate(paths):
        if path.is_dir() or path.name == PUBLICATION:
            found[number] = judge.folder(path if path.is_dir() else path.parent)
        elif kind_of(data := read_small(path, what="a file of a proof")) is Kind.PROMISE:
            promises[number] = data
        else:
            found[number] = judge.file(path, data)
    for number, data in promises.items():
        found[number] = judge_promise(data, trust=trust, recorded=judge.recorded)
    judged = [(path, found[number]) for number, path in enumerate(paths)]
    files = told_of_each_other(judged, lambda path: findings_in(DiskFolder(path, judge.progress)))
    return Judged(files, forks(judgement for _, judgement in files))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judge:
    """What holds for every file of one command line."""

    trust: TrustPolicy
    entry: bytes | None
    progress: Progress
    recorded: list[bytes] = field(default_factory=list)
    """The entries that receipts have proved so far."""

    def file(self, path: Path, data: bytes) -> Judgement:
        """Of any kind but a promise."""
        match kind_of(data):
            case Kind.RECEIPT:
                return self._receipt(data)
            case Kind.CHECKPOINT:
                return judge_checkpoint(data, trust=self.trust)
            case Kind.DISCLOSURES:
                return judge_disclosures(data)
            case Kind.SEAL:
                return judge_seal(data, _sealed_beside(path, data, self.progress))
            case Kind.BUNDLE:
                return self.folder(path.parent)
            case _:
                raise InputError(
                    f"{path} is no receipt, promise, checkpoint, seal, disclosures or bundle",
                    hint="What can be checked: docs/formats/receipt.md and docs/formats/bundle.md.",
                )

    def _receipt(self, data: bytes) -> Judgement:
        judgement = judge_receipt(data, trust=self.trust, entry=self.entry)
        if judgement.verdict is Verdict.PROVED:
            proven = self.entry if self.entry is not None else Receipt.parse(data).carried().entry
            self.recorded.append(proven or b"")
        return judgement

    def folder(self, folder: Path) -> Judgement:
        files = DiskFolder(folder, self.progress)
        if has_dossier(folder) or is_plain_file(folder / PUBLICATION):
            from answerable.wiring.finding_verifying import judge_finding  # noqa: PLC0415  loads jinja2 and vl_convert

            return judge_finding(folder, trust=self.trust, progress=self.progress)
        if is_plain_file(folder / BUNDLE_FILE):
            return judge_bundle(files, trust=self.trust, recompute=recomputing(folder, self.progress))
        if is_plain_file(folder / CHECKPOINT_FILE):
            return judge_log(files, trust=self.trust)
        raise InputError(
            f"{folder} is no finding, no bundle and no log",
            hint=f"A finding has a file {PUBLICATION} or a folder {DOSSIER}, a bundle a file {BUNDLE_FILE}, a log's "
            f"folder a file {CHECKPOINT_FILE} beside its tiles.",
        )


def _sealed_beside(seal: Path, data: bytes, progress: Progress) -> Iterator[bytes] | None:
    """The pieces of the file that a seal names, if it lies beside it."""
    try:
        sealed = seal.parent / read_seal(data)[0]
    except MalformedError:
        return None  # judged in full where the seal is
    return pieces_of(sealed, progress) if is_plain_file(sealed) else None
