"""A monitor believes nothing that it has not recomputed, and says what is wrong."""

from __future__ import annotations

import pytest
from tests.support.records import KEY, NOON_US, ORIGIN, Parts, call, in_memory, log

from answerable.proof.note import KeyKind, Note, SigningKey
from answerable.proof.quorum import TrustPolicy
from answerable.proof.receipt import Receipt
from answerable.record.following import Followed, Monitor, Seen
from answerable.record.proving import find_entry, prove
from answerable.record.publishing import bundles, hash_tiles

TRUST = TrustPolicy.of_log(KEY.verifier)
FOREVER_US = 2**62


class Public(dict[str, bytes]):
    """Public files in memory."""

    def read(self, path: str) -> bytes | None:
        return self.get(path)


class Grown:
    """A record that grows, and what is public of it."""

    def __init__(self, seed: int = 0) -> None:
        self.parts: Parts = in_memory()
        self.public = Public()
        self._seed, self._next = seed, 0

    def grow(self, count: int, *, readable: bool = True) -> Grown:
        with log(self.parts, seed=self._seed) as open_log:
            open_log.append_all([call(self._seed * 10_000 + self._next + each) for each in range(count)])
            snapshot = open_log.sequencer.snapshot
        self._next += count
        self.public |= hash_tiles(snapshot, self.parts.store, since=0)
        until = FOREVER_US if readable else NOON_US
        self.public |= bundles(snapshot.head.size, self.parts.store, first=0, recorded_before_us=until)
        self.public["checkpoint"] = snapshot.head.note
        return self

    def receipt(self, index: int) -> bytes:
        from answerable.record.opening import stored_edge  # noqa: PLC0415
        from answerable.record.sequencer import Snapshot  # noqa: PLC0415

        head = self.parts.store.head()
        snapshot = Snapshot(head=head, edge=stored_edge(head, self.parts.store))
        entry = find_entry(str(index), store=self.parts.store)
        return prove(entry, snapshot=snapshot, store=self.parts.store, vault=None).text().encode()


def look(
    public: Public,
    before: Followed | None = None,
    *,
    now_us: int = NOON_US,
    receipts: tuple[tuple[str, bytes], ...] = (),
    trust: TrustPolicy = TRUST,
) -> Seen:
    return Monitor(public, trust=trust, now_us=now_us).look(before, receipts=receipts)


def codes(seen: Seen) -> list[str]:
    return [alarm.code for alarm in seen.alarms]


@pytest.fixture
def grown() -> Grown:
    return Grown().grow(600)


def test_a_log_that_grows_is_followed_without_an_alarm(grown: Grown) -> None:
    receipts = (("a", grown.receipt(0)), ("b", grown.receipt(599)))
    state = None
    for more in (1, 255, 300):
        grown.grow(more)
        seen = look(grown.public, state, receipts=receipts)
        assert seen.alarms == ()
        assert seen.state is not None
        assert (seen.state.size, seen.state.entries_read) == (grown.parts.store.head().size,) * 2
        assert seen.receipts_checked == 2
        state = seen.state


def test_entries_under_embargo_are_followed_by_their_hashes_and_read_later(grown: Grown) -> None:
    hidden = Grown(seed=1).grow(300, readable=False)
    seen = look(hidden.public)
    assert seen.alarms == ()
    assert seen.state is not None
    assert seen.state.entries_read == 0
    hidden.grow(1)
    later = look(hidden.public, seen.state)
    assert later.state is not None
    assert later.state.entries_read == 301


def test_a_log_that_shrank_is_alarming(grown: Grown) -> None:
    state = look(grown.public).state
    assert codes(look(Grown().grow(599).public, state)) == ["forked-log"]


def test_another_history_is_alarming_and_is_not_believed(grown: Grown) -> None:
    state = look(grown.public).state
    seen = look(Grown(seed=3).grow(700).public, state)
    assert codes(seen) == ["forked-log"]
    assert seen.state is None


def test_a_checkpoint_by_nobody_known_is_alarming(grown: Grown) -> None:
    other = TrustPolicy.of_log(SigningKey(name=ORIGIN, seed=b"o" * 32).verifier)
    assert codes(look(grown.public, trust=other)) == ["untrusted"]


def test_a_log_that_shows_no_checkpoint_is_alarming() -> None:
    assert codes(look(Public())) == ["malformed"]


@pytest.mark.parametrize("path", ["tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2"])
def test_a_missing_or_changed_tile_is_alarming(grown: Grown, path: str) -> None:
    changed = Public(grown.public)
    changed[path] = bytes([changed[path][5] ^ 1]) + changed[path][1:]
    assert codes(look(changed)) != []
    if path != "tile/0/001":  # full tiles of leaves are read only for what lies in them
        del changed[path]
        assert codes(look(changed)) == ["malformed"]


def test_a_changed_entry_is_alarming_and_named(grown: Grown) -> None:
    changed = Public(grown.public)
    changed["tile/entries/001"] = changed["tile/entries/001"].replace(b'"call-300"', b'"call-301"')
    seen = look(changed)
    assert [alarm.what for alarm in seen.alarms] == ["entry 300 is not the one that was signed"]


def test_a_bundle_that_is_cut_short_is_alarming(grown: Grown) -> None:
    changed = Public(grown.public)
    changed["tile/entries/001"] = changed["tile/entries/001"][:-3]
    assert codes(look(changed)) == ["malformed", "entry"]


@pytest.mark.parametrize(
    "forge",
    [
        lambda receipt: Receipt(index=receipt.index + 1, proof=receipt.proof, checkpoint=receipt.checkpoint),
        lambda receipt: Receipt(index=10**9, proof=receipt.proof, checkpoint=receipt.checkpoint),
        lambda receipt: Receipt(index=receipt.index, proof=receipt.proof[:-1], checkpoint=receipt.checkpoint),
        lambda receipt: Receipt(
            index=receipt.index, proof=receipt.proof, checkpoint=receipt.checkpoint, extra=b"\x00\x02{}"
        ),
    ],
    ids=["place", "beyond", "proof", "entry"],
)
def test_a_receipt_that_does_not_hold_is_alarming(grown: Grown, forge: object) -> None:
    assert callable(forge)
    forged = forge(Receipt.parse(grown.receipt(7)))
    seen = look(grown.public, receipts=(("mine", forged.text().encode()),))
    assert codes(seen) == ["receipt"]
    assert "mine" in seen.alarms[0].what


def test_a_receipt_of_a_state_that_was_taken_back_is_alarming(grown: Grown) -> None:
    other = Grown(seed=4).grow(600)
    assert codes(look(grown.public, receipts=(("kept", other.receipt(3)),))) == ["receipt"]
    longer = Grown().grow(650)
    assert codes(look(grown.public, receipts=(("kept", longer.receipt(3)),))) == ["receipt"]


def test_a_head_that_stands_still_for_more_than_two_minutes_is_alarming(grown: Grown) -> None:
    first = look(grown.public)
    assert first.head_age_s is None
    soon = look(grown.public, first.state, now_us=NOON_US + 119_000_000)
    assert (codes(soon), soon.head_age_s) == ([], 119)
    late = look(grown.public, soon.state, now_us=NOON_US + 121_000_000)
    assert codes(late) == ["stale"]
    grown.grow(1)
    assert codes(look(grown.public, late.state, now_us=NOON_US + 900_000_000)) == []


def test_the_age_of_a_cosigned_head_is_that_of_its_newest_cosignature(grown: Grown) -> None:
    witness = SigningKey(name="press.example", seed=b"w" * 32, kind=KeyKind.WITNESS)
    policy = f"log {KEY.verifier}\nwitness press {witness.verifier}\nquorum press\n"
    trust = TrustPolicy.parse(policy.encode())
    note = Note.parse(grown.public["checkpoint"])
    signed = witness.sign(note.text, time_s=NOON_US // 1_000_000 - 300)
    grown.public["checkpoint"] = Note(note.text, (*note.signatures, signed)).encode()
    seen = look(grown.public, trust=trust)
    assert (codes(seen), seen.head_age_s, seen.witnesses) == (["stale"], 300, 1)
