"""`answerable reconcile`: which calls of a record the entries of a complainant's list are."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from answerable.answer.intake.call_list import read_call_list
from answerable.answer.listed.identify import Identified, ReadReceipt, identify
from answerable.config import Settings, read_settings
from answerable.engines.listed_calls import near_calls
from answerable.model.listed import Found, Identification, ListedCall, Memory
from answerable.model.source import SourceManifest
from answerable.wiring.files import read_small, reader_beside
from answerable.wiring.importing import Progress, canonical
from answerable.wiring.log_reading import receipt_reader
from answerable.wiring.trusting import read_trust


class ListReconciled(msgspec.Struct, frozen=True, kw_only=True):
    """A list held against a record."""

    source: SourceManifest
    entries: tuple[Identification, ...]
    memory: Memory

    def counted(self, state: Found) -> int:
        """How many entries are in this state."""
        return sum(one.state is state for one in self.entries)


def reconcile_list(
    listed: Path, against: Sequence[Path], *, source: str | None = None, encoding: str | None = None,
    sheet: str | None = None, keys: Sequence[str] = (), progress: Progress | None = None,
) -> ListReconciled:  # fmt: skip
    """Find the entries of a list in a record. Raises ClaimError for the list, SourceError for the record.

    `keys`: of the log whose receipts the list may have, as text or as files that hold one.
    """
    read_receipt = receipt_reader(read_trust(None, keys)) if keys else None
    entries = read_call_list(
        read_small(listed, what="a list of calls"), file=listed.name, read_file=reader_beside(listed)
    )
    with tempfile.TemporaryDirectory(prefix="answerable-") as folder:
        parquet, manifest = canonical(
            against, source=source, folder=Path(folder), encoding=encoding, sheet=sheet, as_of=None, progress=progress
        )
        found = identified(entries, parquet, manifest, read_receipt=read_receipt)
        return ListReconciled(source=manifest, entries=found.entries, memory=found.memory)


def identified(
    entries: Sequence[ListedCall], parquet: Path, manifest: SourceManifest, *, read_receipt: ReadReceipt | None = None,
    settings: Settings | None = None,
) -> Identified:  # fmt: skip
    """What became of each entry in an imported file."""
    named = {one.call for one in entries if one.call}
    if read_receipt is not None:
        named |= {call for one in entries if one.receipt and (call := read_receipt(one.receipt)) is not None}
    near = near_calls(
        parquet, entries, numbers=sorted(named), start_point=manifest.start_point, settings=settings or read_settings()
    )
    return identify(entries, near.pairs, common=near.common, numbers=near.numbers, read_receipt=read_receipt)
