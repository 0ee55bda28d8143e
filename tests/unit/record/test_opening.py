"""What is refused at the start: an old backup, another's record, damage at the end, a fault nobody has looked at."""

from __future__ import annotations

import copy

import msgspec
import pytest
from tests.support.records import KEYRING, ORIGIN, Parts, call, in_memory, log, sequencer

from answerable.errors import ForkedLogError, UncertainWriteError
from answerable.proof.note import SigningKey
from answerable.record.keyring import KeyInUse, Keyring
from answerable.record.opening import opened
from answerable.record.ports import Mark
from answerable.stores.memory import MemoryHighWater, MemoryStore


def filled(size: int = 5) -> Parts:
    parts = in_memory()
    with log(parts) as open_log:
        open_log.append_all([call(number, phone=str(number)) for number in range(size)])
    return parts


def test_a_record_continues_where_it_was() -> None:
    parts = filled(300)
    assert sequencer(parts).snapshot.head == parts.store.head()


def test_an_old_backup_refuses_to_sign() -> None:
    parts = filled(5)
    backup = copy.deepcopy(parts.store)
    with log(parts) as open_log:
        open_log.append(call(77))
    parts.store = backup
    with pytest.raises(ForkedLogError, match="holds 5 entries, but 6 were signed"):
        sequencer(parts)


def test_another_record_of_the_same_size_refuses_to_sign() -> None:
    parts = filled(5)
    parts.store = filled_otherwise()
    with pytest.raises(ForkedLogError, match="were signed"):
        sequencer(parts)


def filled_otherwise() -> MemoryStore:
    parts = in_memory()
    with log(parts, seed=9) as open_log:
        open_log.append_all([call(number + 50) for number in range(5)])
    assert isinstance(parts.store, MemoryStore)
    return parts.store


def test_a_longer_record_that_does_not_begin_with_what_was_signed_refuses_to_sign() -> None:
    parts = filled(3)
    parts.store = filled_otherwise()
    with pytest.raises(ForkedLogError, match="does not begin with the 3 entries signed before"):
        sequencer(parts)


def test_a_record_that_is_ahead_of_its_mark_goes_on() -> None:
    parts = filled(5)
    earlier = in_memory()
    with log(earlier) as open_log:
        open_log.append_all([call(number, phone=str(number)) for number in range(5)])
    hash_at = sequencer(parts).snapshot.edge.hash_at(parts.store.tile)
    parts.high_water.write(Mark(size=1, root=hash_at(0, 0)))
    assert sequencer(parts).snapshot.head.size == 5


def test_a_lost_mark_refuses_to_sign() -> None:
    parts = filled()
    parts.high_water = MemoryHighWater()
    with pytest.raises(ForkedLogError, match="high-water mark is missing"):
        sequencer(parts)


def test_a_fault_nobody_looked_at_refuses_to_sign() -> None:
    parts = filled()
    parts.high_water.halt("fsync failed")
    with pytest.raises(UncertainWriteError, match="fsync failed"):
        sequencer(parts)


@pytest.mark.parametrize("size", [5, 256, 300])
def test_a_damaged_entry_at_the_end_refuses_to_sign(size: int) -> None:
    parts = filled(size + 1)
    store = parts.store
    assert isinstance(store, MemoryStore)
    last = store._entries[-1]
    store._entries[-1] = msgspec.structs.replace(last, body=last.body.replace(b"priority", b"Priority"))
    with pytest.raises(ForkedLogError, match="not those that were signed"):
        sequencer(parts)


def test_a_missing_entry_at_the_end_refuses_to_sign() -> None:
    parts = filled()
    store = parts.store
    assert isinstance(store, MemoryStore)
    store._entries.pop()
    with pytest.raises(ForkedLogError, match="missing"):
        sequencer(parts)


def test_a_checkpoint_by_another_key_refuses_to_sign() -> None:
    parts = filled()
    other = Keyring(keys=(KeyInUse(key=SigningKey(name=ORIGIN, seed=b"o" * 32)),))
    with pytest.raises(ForkedLogError, match="not signed by this record's keys"):
        sequencer(parts, keyring=other)


def test_a_checkpoint_of_another_size_refuses_to_sign() -> None:
    parts = filled(5)
    store = parts.store
    assert isinstance(store, MemoryStore)
    other = filled(6).store.head()
    store._head = msgspec.structs.replace(store._head, note=other.note)
    with pytest.raises(ForkedLogError, match="another than that of"):
        opened(origin=ORIGIN, store=store, high_water=parts.high_water, keys=KEYRING.verifiers)
