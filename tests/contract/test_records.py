"""A whole record on every store: the same places, the same bytes, the same refusals."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.contract.conftest import Adapters
from tests.support.records import KEY, NOON_US, ORIGIN, Parts, call, repeating_chance, sequencer

from answerable.errors import AnswerableError, ConflictError, ForkedLogError, StorageError
from answerable.proof.quorum import TrustPolicy
from answerable.proof.receipt import verify_receipt
from answerable.record.entry import Draft
from answerable.record.fsck import Fsck
from answerable.record.prepared import prepare
from answerable.record.proving import receipt_of
from answerable.record.sequencer import Placed, Sequencer
from answerable.stores.postgres import PostgresStore
from answerable.stores.sqlite_record import SqliteStore


def parts_of(adapters: Adapters) -> Parts:
    return Parts(store=adapters.store(), vault=adapters.vault(), high_water=adapters.high_water())


def write(writer: Sequencer, *drafts: Draft) -> list[Placed]:
    chance = repeating_chance(8)
    answers = writer.write([prepare(draft, recorded_at_us=NOON_US, chance=chance) for draft in drafts])
    assert all(isinstance(one, Placed) for one in answers), answers
    return [one for one in answers if isinstance(one, Placed)]


def calls(first: int, count: int) -> list[Draft]:
    return [call(number, phone=str(number)) for number in range(first, first + count)]


def test_a_record_grows_over_several_starts_and_every_entry_stays_provable(adapters: Adapters) -> None:
    kept = list[Placed]()
    for start in range(3):
        parts = parts_of(adapters)
        writer = sequencer(parts)
        assert writer.snapshot.head.size == start * 300
        kept += write(writer, *calls(start * 300, 300))
    assert [one.index for one in kept] == list(range(900))
    for placed in kept[::97]:
        receipt = receipt_of(placed, store=parts.store)
        verify_receipt(receipt, entry=placed.body, trust=TrustPolicy.of_log(KEY.verifier))
    fsck = Fsck(origin=ORIGIN, store=parts.store, vault=parts.vault, high_water=parts.high_water)
    found = fsck.examine(keys=[KEY.verifier])
    assert (found.entries, found.faults) == (900, ())


def test_the_same_entries_give_the_same_root_on_every_store(adapters: Adapters) -> None:
    writer = sequencer(parts_of(adapters))
    write(writer, *calls(0, 700))
    assert writer.snapshot.head.root.hex() == "a86188c4df7e13a59a99105a87490973235edc652312eeeacb25fa7ae1217ed6"


def test_an_old_entry_sent_again_after_a_new_start_has_its_place(adapters: Adapters) -> None:
    first = write(sequencer(parts_of(adapters)), *calls(0, 5))
    parts = parts_of(adapters)
    writer = sequencer(parts)
    again = write(writer, *calls(0, 5))
    assert [(one.index, one.body) for one in again] == [(one.index, one.body) for one in first]
    (conflict,) = writer.write([prepare(call(2, phone="x"), recorded_at_us=0, chance=repeating_chance())])
    assert isinstance(conflict, ConflictError)


def test_of_two_writers_the_second_is_kept_out_or_loses_without_a_trace(
    adapters: Adapters, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    parts = parts_of(adapters)
    one = sequencer(parts)
    other = Parts(store=parts.store, vault=parts.vault, high_water=parts.high_water)
    if isinstance(parts.store, PostgresStore):
        with pytest.raises(StorageError, match="Another program"):
            PostgresStore(request.getfixturevalue("postgres_dsn"), origin=ORIGIN, write=True)
    elif isinstance(parts.store, SqliteStore):
        other.store = SqliteStore(tmp_path / "record.db", origin=ORIGIN, write=True)
    two = sequencer(other)
    write(one, *calls(0, 3))
    for _ in range(2):
        with pytest.raises(ForkedLogError):
            two.write([prepare(call(99), recorded_at_us=0, chance=repeating_chance())])
    assert [entry.id for entry in parts.store.entries(0, 9)] == ["call-0", "call-1", "call-2"]
    assert parts.high_water.halted() is not None, "the loser stops, and says so"
    if isinstance(other.store, SqliteStore) and other.store is not parts.store:
        other.store.close()


def test_the_record_of_another_log_is_not_opened(
    adapters: Adapters, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    store = adapters.store()
    if isinstance(store, PostgresStore):
        with pytest.raises(AnswerableError, match="another log"):
            PostgresStore(request.getfixturevalue("postgres_dsn"), origin="x/2", write=False)
    elif isinstance(store, SqliteStore):
        with pytest.raises(AnswerableError, match="another log"):
            SqliteStore(tmp_path / "record.db", origin="x/2", write=True)
