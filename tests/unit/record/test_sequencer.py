"""The one writer: every answer is a place and a proof, or a reason; nothing is answered before it is durable."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.support.records import KEY, NOON_US, ORIGIN, Parts, call, in_memory, repeating_chance, sequencer

from answerable.errors import ConflictError, ForkedLogError, RecordError, StorageError, UncertainWriteError
from answerable.proof.quorum import TrustPolicy
from answerable.proof.receipt import verify_receipt
from answerable.proof.tree import RightEdge, leaf_hash
from answerable.record.entry import CLOSE_ID, Draft, EntryType
from answerable.record.ports import Batch, Head
from answerable.record.prepared import Prepared, prepare
from answerable.record.proving import receipt_of
from answerable.record.sequencer import Placed, Sequencer

CHANCE = repeating_chance(7)
TRUST = TrustPolicy.of_log(KEY.verifier)


def ready(draft: Draft) -> Prepared:
    return prepare(draft, recorded_at_us=NOON_US, chance=CHANCE)


def write(writer: Sequencer, *drafts: Draft) -> list[Placed]:
    answers = writer.write([ready(draft) for draft in drafts])
    placed = [one for one in answers if isinstance(one, Placed)]
    assert len(placed) == len(answers), answers
    return placed


def check(placed: Placed, parts: Parts) -> None:
    receipt = receipt_of(placed, store=parts.store)
    entry = receipt.carried().entry
    assert entry == placed.body
    witnessed = verify_receipt(receipt, entry=entry, trust=TRUST)
    assert witnessed.checkpoint.origin == ORIGIN


def test_entries_get_the_next_indexes_in_their_order_and_valid_receipts() -> None:
    parts = in_memory()
    writer = sequencer(parts)
    first = write(writer, call(1, phone="1"), call(2))
    second = write(writer, *(call(number, phone="x") for number in range(3, 700)))
    assert [one.index for one in first + second] == list(range(699))
    for placed in (*first, second[0], second[254], second[-1]):
        check(placed, parts)


def test_the_same_entry_again_has_the_same_index_and_a_valid_receipt() -> None:
    parts = in_memory()
    writer = sequencer(parts)
    (before,) = write(writer, call(1, phone="503"))
    write(writer, call(2), call(3))
    (again,) = write(writer, call(1, phone="503"))
    assert (again.index, again.body, again.disclosures) == (before.index, before.body, before.disclosures)
    assert again.again
    assert not before.again
    check(again, parts)
    assert writer.snapshot.head.size == 3


def test_the_same_id_with_other_content_is_a_conflict_and_changes_nothing() -> None:
    parts = in_memory()
    writer = sequencer(parts)
    write(writer, call(1, phone="503"))
    head = parts.store.head()
    (answer,) = writer.write([ready(call(1, phone="504"))])
    assert isinstance(answer, ConflictError)
    assert parts.store.head() == head


def test_an_entry_sent_twice_in_one_batch_is_entered_once() -> None:
    parts = in_memory()
    same = write(sequencer(parts), call(1, phone="503"), call(2), call(1, phone="503"))
    assert [one.index for one in same] == [0, 1, 0]
    assert same[0].disclosures == same[2].disclosures


def test_two_contents_under_one_id_in_one_batch_leave_the_first() -> None:
    parts = in_memory()
    answers = sequencer(parts).write([ready(call(1, phone="503")), ready(call(1, phone="504")), ready(call(2))])
    assert [type(one) for one in answers] == [Placed, ConflictError, Placed]
    assert parts.store.head().size == 2


def test_a_conflict_does_not_hold_up_the_rest_of_its_batch() -> None:
    parts = in_memory()
    writer = sequencer(parts)
    write(writer, call(1))
    answers = writer.write([ready(call(1, phone="x")), ready(call(2))])
    assert [type(one) for one in answers] == [ConflictError, Placed]


def test_salts_left_from_an_attempt_that_failed_are_used_again() -> None:
    parts = in_memory()
    lost = ready(call(1, phone="503"))
    parts.vault.keep({"call-1": lost.salts})
    (placed,) = write(sequencer(parts), call(1, phone="503"))
    assert placed.body == lost.body
    assert parts.vault.salts(["call-1"])["call-1"] == lost.salts
    check(placed, parts)


def test_every_signed_state_continues_the_one_before() -> None:
    parts = in_memory()
    writer = sequencer(parts)
    for number in range(5):
        write(writer, *(call(number * 100 + each) for each in range(1, 90)))
        assert sequencer(parts).snapshot.head == writer.snapshot.head


def test_after_the_closing_entry_nothing_is_entered_and_old_entries_are_still_proved() -> None:
    parts = in_memory()
    writer = sequencer(parts)
    close = Draft(id=CLOSE_ID, type=EntryType.CLOSE, public={"next_origin": "x/2"})
    answers = writer.write([ready(call(1)), ready(close), ready(call(2))])
    assert [type(one) for one in answers] == [Placed, Placed, RecordError]
    (late,) = sequencer(parts).write([ready(call(3))])
    assert isinstance(late, RecordError)
    check(write(sequencer(parts), call(1))[0], parts)
    assert parts.store.head().size == 2


def test_a_close_that_could_not_be_written_leaves_the_log_open() -> None:
    parts = in_memory()
    writer = sequencer(parts)
    real = parts.store
    writer.store = Failing(real, "commit", StorageError("full"))
    close = Draft(id=CLOSE_ID, type=EntryType.CLOSE, public={"next_origin": "x/2"})
    with pytest.raises(StorageError):
        writer.write([ready(close)])
    writer.store = real
    assert write(writer, call(1))[0].index == 0


class Failing:
    """A port that does what another does, until it is told to fail."""

    def __init__(self, behind: Any, method: str, fault: Exception, *, after: bool = False) -> None:
        self._behind, self._method, self._fault, self._after = behind, method, fault, after

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._behind, name)
        if name != self._method:
            return real

        def failing(*arguments: Any) -> Any:
            if self._after:
                real(*arguments)
            raise self._fault

        return failing


@pytest.mark.parametrize("after", [False, True], ids=["lost", "done but reported failed"])
@pytest.mark.parametrize(("port", "method"), [("vault", "keep"), ("store", "commit"), ("high_water", "write")], ids=str)
def test_after_an_uncertain_write_nothing_more_is_written_and_a_new_start_finds_the_truth(
    port: str, method: str, after: bool
) -> None:
    parts = in_memory()
    write(sequencer(parts), call(1, phone="1"))
    real = getattr(parts, port)
    setattr(parts, port, Failing(real, method, UncertainWriteError("fsync failed"), after=after))
    writer = sequencer(parts)
    for _ in range(2):
        with pytest.raises(UncertainWriteError):
            writer.write([ready(call(2, phone="2"))])
    setattr(parts, port, real)
    with pytest.raises(UncertainWriteError, match="stopped on a fault"):
        sequencer(parts)
    parts.high_water.resume()
    (placed,) = write(sequencer(parts), call(2, phone="2"))
    assert placed.index == 1
    check(placed, parts)
    assert parts.store.head().size == 2


def test_a_full_disk_refuses_the_batch_and_the_next_one_may_pass() -> None:
    parts = in_memory()
    real = parts.store
    parts.store = Failing(real, "commit", StorageError("full"))
    writer = sequencer(parts)
    with pytest.raises(StorageError):
        writer.write([ready(call(1, phone="1"))])
    writer.store = real
    assert write(writer, call(1, phone="1"))[0].index == 0
    assert parts.high_water.halted() is None


def test_the_loser_of_two_sequencers_stops_and_has_signed_nothing_that_anybody_saw() -> None:
    parts = in_memory()
    one, two = sequencer(parts, seed=1), sequencer(parts, seed=2)
    write(one, call(1))
    for _ in range(2):
        with pytest.raises(ForkedLogError):
            two.write([ready(call(2))])
    assert [entry.id for entry in parts.store.entries(0, 9)] == ["call-1"]


def test_a_flip_between_hashing_and_signing_refuses_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = in_memory()
    writer = sequencer(parts)
    monkeypatch.setattr(
        "answerable.record.sequencer.leaf_hash", lambda body: leaf_hash(bytes([body[0] ^ 1]) + body[1:])
    )
    with pytest.raises(RecordError, match="two different hashes"):
        writer.write([ready(call(1))])
    assert parts.store.head() == Head(size=0, root=parts.store.head().root, note=b"")


def test_a_flip_in_the_root_that_is_signed_refuses_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = in_memory()
    writer = sequencer(parts)
    monkeypatch.setattr(RightEdge, "root", lambda _: b"\x01" * 32)
    with pytest.raises(RecordError, match="not the root of the entries"):
        writer.write([ready(call(1))])
    assert parts.store.head().size == 0


def test_salts_are_durable_before_the_entry_and_the_mark_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = in_memory()
    seen = list[str]()
    writer = sequencer(parts)
    for port, method in (("vault", "keep"), ("store", "commit"), ("high_water", "write")):
        real = getattr(getattr(parts, port), method)

        def told(*arguments: Any, real: Any = real, name: str = port) -> Any:
            seen.append(name)
            return real(*arguments)

        monkeypatch.setattr(getattr(parts, port), method, told)
    write(writer, call(1, phone="1"))
    assert seen == ["vault", "store", "high_water"]


def test_a_clock_that_jumps_back_changes_no_order() -> None:
    parts = in_memory()
    writer = sequencer(parts)
    late = prepare(call(1), recorded_at_us=NOON_US, chance=CHANCE)
    early = prepare(call(2), recorded_at_us=NOON_US - 3_600_000_000, chance=CHANCE)
    writer.write([late])
    writer.write([early])
    assert [json.loads(one.body)["id"] for one in parts.store.entries(0, 2)] == ["call-1", "call-2"]
    check(write(writer, call(1))[0], parts)


def test_a_batch_says_which_head_it_began_from() -> None:
    parts = in_memory()
    seen = list[Batch]()
    real = parts.store.commit

    def watched(batch: Batch) -> None:
        seen.append(batch)
        real(batch)

    parts.store.commit = watched  # type: ignore[method-assign]
    writer = sequencer(parts)
    write(writer, call(1))
    write(writer, call(2))
    assert [(one.before.size, one.after.size) for one in seen] == [(0, 1), (1, 2)]
