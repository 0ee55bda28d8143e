"""What the commands of the log do: each opens the record, does one thing, and says what was done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from itertools import chain
from pathlib import Path

import msgspec

from answerable.errors import AnswerableError, ConflictError, InputError, ProofError
from answerable.model.times import iso
from answerable.notation import NotationError, json_as
from answerable.proof.checkpoint import open_checkpoint
from answerable.proof.note import Note, SigningKey
from answerable.proof.receipt import Spoken
from answerable.proof.tree import leaf_hash
from answerable.record import acts
from answerable.record.entry import OWN_TYPES, Draft, EntryType
from answerable.record.fsck import Examined, Fsck
from answerable.record.keyring import BOTH_SIGN_US
from answerable.record.log import MOST_IN_A_BATCH
from answerable.record.ports import Head, Mark
from answerable.record.prepared import Prepared
from answerable.record.proving import find_entry, prove, receipt_of
from answerable.record.sequencer import Placed, Snapshot
from answerable.stores.durable_files import replace_file
from answerable.stores.key_files import KeyFolder
from answerable.stores.memory import MemoryHighWater
from answerable.stores.record_folder import RecordFolder, RecordSettings
from answerable.stores.tile_folder import TileFolder
from answerable.wiring.desk_erasing import erase_worked_out
from answerable.wiring.publishing import published_before
from answerable.wiring.recording import OpenRecord, chance, create_record, now_us, open_record, read_record

RECEIPT_SUFFIX = ".tlog-proof"


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that is in the record. `again`: it was there before, and this is the same answer."""

    id: str
    index: int
    spoken: str
    again: bool
    receipt: Path | None = None


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that is not in the record, and why."""

    id: str
    error: str
    message: str


class Appended(msgspec.Struct, frozen=True, kw_only=True):
    """What became of every line."""

    origin: str
    size: int
    entries: tuple[Recorded, ...]
    refused: tuple[Refused, ...]


class State(msgspec.Struct, frozen=True, kw_only=True):
    """The last signed state of a log. `note` is the signed checkpoint as it is served."""

    origin: str
    size: int
    root: str
    note: str


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A new log: its name, its public key, and its first state."""

    origin: str
    key: str
    size: int
    root: str
    note: str


class Proved(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt: its text, the number it is called by on the telephone, and where it was written, if it was."""

    origin: str
    index: int
    spoken: str
    receipt: str
    written: Path | None
    size: int
    cosigned: tuple[str, ...]
    """Who, besides the log, signed the state of `size` entries, by the names in it; whether to believe them is for
    whoever checks."""


class Rotated(msgspec.Struct, frozen=True, kw_only=True):
    """A new public key, until when the old ones sign, and the first checkpoint that both signed."""

    key: str
    old_sign_until: str
    note: str


def make_record(
    folder: Path, *, origin: str, database: str | None, high_water: Path | None, after: bytes | None
) -> Made:
    """Make a record in `folder`. Raises InputError where there is one already."""
    settings = RecordSettings(origin=origin)
    if database is not None:
        settings = msgspec.structs.replace(settings, database=database)
    if high_water is not None:
        settings = msgspec.structs.replace(settings, high_water=str(high_water))
    create_record(folder, settings, after=after)
    with read_record(folder) as record:
        head = record.store.head()
        (key,) = record.keyring.verifiers
        return Made(origin=origin, key=str(key), size=head.size, root=head.root.hex(), note=head.note.decode())


def append_lines(
    folder: Path,
    blocks: Iterable[bytes],
    *,
    name: str,
    receipts: Path | None,
    told: Callable[[int], None] = lambda _: None,
) -> Appended:
    """Record the entries in `blocks` of JSON lines, each block at once; `receipts` is a folder for one file each.

    Raises InputError naming the line; what stood in blocks before it is recorded, and may be sent again.
    """
    done, refused = list[Recorded](), list[Refused]()
    with open_record(folder) as record:
        for lines in _numbered_lines(blocks):
            ready = [_prepared(record, line, place=f"{name}, line {number}") for number, line in lines]
            drafts = [one.draft for one in ready]
            for draft, answer in zip(drafts, record.writing.submit(ready), strict=True):
                if isinstance(answer, ConflictError):
                    refused.append(Refused(id=draft.id, error=answer.code, message=answer.message))
                elif isinstance(answer, AnswerableError):
                    raise answer
                else:
                    receipt = receipts / f"{draft.id.replace(':', '_')}{RECEIPT_SUFFIX}" if receipts else None
                    done.append(recorded(record, draft.id, answer, receipt=receipt))
            told(len(done))
        size = record.writing.sequencer.snapshot.head.size
        return Appended(origin=record.origin, size=size, entries=tuple(done), refused=tuple(refused))


def state_of(folder: Path) -> State:
    """The last signed checkpoint."""
    with read_record(folder) as record:
        head = record.store.head()
        return State(origin=record.origin, size=head.size, root=head.root.hex(), note=head.note.decode())


def receipt_for(
    folder: Path, asked: str, *, private: bool, published: Path | None = None, out: Path | None = None
) -> Proved:
    """The receipt of an entry, by id or index, in the state last signed, or in the one that is public in `published`,
    with its cosignatures; written to `out` where that is given.

    Raises InputError for an entry that is not there or not public yet, ForkedLogError where `published` shows another
    history.
    """
    with read_record(folder) as record:
        entry = find_entry(asked, store=record.store)
        vault, snapshot = record.vault if private else None, record.snapshot()
        head = snapshot.head if published is None else _public_head(record, snapshot, published)
        receipt = prove(entry, snapshot=snapshot, store=record.store, vault=vault, at=head)
        spoken = str(Spoken.of(origin=record.origin, index=entry.index, leaf=entry.leaf))
        text = receipt.text()
        if out is not None:
            replace_file(out, text.encode(), mode=0o600)
        return Proved(
            origin=record.origin,
            index=entry.index,
            spoken=spoken,
            receipt=text,
            written=out,
            size=head.size,
            cosigned=tuple(one.name for one in Note.parse(head.note).signatures if one.name != record.origin),
        )


def _public_head(record: OpenRecord, snapshot: Snapshot, published: Path) -> Head:
    hash_at = snapshot.edge.hash_at(record.store.tile)
    head = published_before(TileFolder(published), origin=record.origin, head=snapshot.head, hash_at=hash_at)
    if head is None:
        raise InputError(f"{published} holds no published log.", hint="It is the folder that `log publish` writes to.")
    try:
        open_checkpoint(head.note, record.keyring.verifiers)
    except ProofError as fault:
        raise InputError(f"{published}: its checkpoint is not signed by this record's keys: {fault.message}") from fault
    return head


def examine_record(folder: Path, *, resume: bool, told: Callable[[int], None] = lambda _: None) -> Examined:
    """Look at everything; with `resume`, let a record that is whole sign again after a fault.

    Only a lost high-water mark is set anew by it: a record that is behind its mark stays refused.
    """
    lock = RecordFolder(folder).one_writer() if resume else nullcontext()
    with lock, read_record(folder) as record:
        head, high_water = record.store.head(), record.high_water
        lost = resume and high_water.read() is None
        if lost:
            high_water = MemoryHighWater(Mark(size=head.size, root=head.root))
        fsck = Fsck(origin=record.origin, store=record.store, vault=record.vault, high_water=high_water)
        examined = fsck.examine(keys=record.keyring.verifiers, told=told)
        if resume and not examined.faults:
            if lost:
                record.high_water.write(Mark(size=head.size, root=head.root))
            record.high_water.resume()
        return examined


def rotate_key(folder: Path) -> Rotated:
    """Make a new signing key, enter it under the old one's signature, and sign with both for thirty days."""
    with open_record(folder) as record:
        new = SigningKey.generate(record.origin)
        acts.announce_key(record.writing, new=new)
        rotated_at_us = now_us()
        KeyFolder(record.folder.keys).save(record.keyring.rotated(new, now_us=rotated_at_us))
    with open_record(folder) as record:
        acts.heartbeat(record.writing, clock=now_us, chance=chance)
    until = iso(rotated_at_us + BOTH_SIGN_US)
    return Rotated(key=str(new.verifier), old_sign_until=until, note=state_of(folder).note)


def close_record(folder: Path, *, next_origin: str) -> State:
    """Enter the last entry, which names the log that continues this one."""
    with open_record(folder) as record:
        acts.close_log(record.writing, next_origin=next_origin)
    return state_of(folder)


def redact_fields(
    folder: Path, asked: str, *, fields: tuple[str, ...], ground: str, by: str, approved_by: str
) -> Recorded:
    """Enter a redaction of an entry (by id or index) and erase the salts of the fields it names."""
    with open_record(folder) as record:
        entry = find_entry(asked, store=record.store)
        redaction = acts.Redaction(of=entry.id, fields=fields, ground=ground, by=by, approved_by=approved_by)
        placed = acts.redact(
            record.writing, redaction, store=record.store, vault=record.vault, clock=now_us, chance=chance
        )
        erase_worked_out(folder, store=record.store, vault=record.vault)
        return recorded(record, redaction.of, placed, receipt=None)


def _numbered_lines(blocks: Iterable[bytes]) -> Iterator[list[tuple[int, bytes]]]:
    """Lines that are not blank, with their numbers: those of a block at once, in pieces that one batch can take."""
    rest, number = b"", 0
    for block in chain(blocks, [b"\n"]):
        *whole, rest = (rest + block).split(b"\n")
        lines = [(number + each, line) for each, line in enumerate(whole, start=1) if line.strip()]
        number += len(whole)
        for first in range(0, len(lines), MOST_IN_A_BATCH):
            yield lines[first : first + MOST_IN_A_BATCH]


def _prepared(record: OpenRecord, line: bytes, *, place: str) -> Prepared:
    try:
        draft = json_as(line, Draft)
        draft.check_sender()
        return record.writing.prepared(draft)
    except NotationError as fault:
        hint = _TYPES if "$.type" in str(fault) else _HINT
        raise InputError(f"{place}: {fault}", hint=hint) from fault
    except InputError as fault:
        raise InputError(f"{place}: {fault.message}", hint=fault.hint or _HINT) from fault


_TYPES = f"An entry's type is one of {', '.join(kind.value for kind in EntryType if kind not in OWN_TYPES)}."
_HINT = (
    'An entry is one line: {"id": "…", "type": "call", "public": {…}, "private": {…}}. '
    "Correct it and send the whole file again; what is recorded already is only confirmed."
)


def recorded(record: OpenRecord, id_: str, placed: Placed, *, receipt: Path | None) -> Recorded:
    """The answer for an entry; its receipt is written to `receipt` where that is given."""
    if receipt is not None:
        replace_file(receipt, receipt_of(placed, store=record.store).text().encode(), mode=0o600)
    spoken = Spoken.of(origin=record.origin, index=placed.index, leaf=leaf_hash(placed.body))
    return Recorded(id=id_, index=placed.index, spoken=str(spoken), again=placed.again, receipt=receipt)
