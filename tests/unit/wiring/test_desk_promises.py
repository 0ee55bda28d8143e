"""A promise is given only where it will come true word for word, and what a server did not answer is looked for."""

from __future__ import annotations

import json
from typing import NamedTuple

import pytest
from tests.support.desk_simulation import FaultySpool, FaultyStore
from tests.support.desks import DISPATCHER, TAKER, Room
from tests.support.records import Parts

from answerable.errors import RecordDownError, StorageError
from answerable.proof.note import Note
from answerable.proof.promise import Promise
from answerable.record.ports import Salts
from answerable.stores.memory import MemoryHighWater, MemoryVault
from answerable.watch import commands as do
from answerable.wiring.desk_core import RETRY_US, Written


class MuteVault(MemoryVault):
    """Cannot be asked while it is told so."""

    mute = False

    def salts(self, ids: object) -> Salts:
        if self.mute:
            raise StorageError("The vault cannot be read.")
        return super().salts(ids)  # type: ignore[arg-type]


class Faulty(NamedTuple):
    room: Room
    store: FaultyStore
    spool: FaultySpool
    vault: MuteVault

    def call(self, id_: str = "c") -> Written:
        return self.room.say(do.ReceiveCall(id=id_, nature="noise"), TAKER)

    def heals(self) -> bytes:
        """Everything is well again, and what waited is written: the entry of the call."""
        self.store.mode = "well" if self.store.mode != "mute" else "mute"
        self.spool.refuses = self.vault.mute = False
        for _ in range(3):
            self.room.clock.now_us += RETRY_US + 1
            self.room.core.tick()
        assert self.room.core.down is None
        return self.store.find(["c"])["c"].body


@pytest.fixture
def faulty() -> Faulty:
    store, spool, vault = FaultyStore(), FaultySpool(), MuteVault()
    parts = Parts(store=store, vault=vault, high_water=MemoryHighWater())
    return Faulty(Room(parts=parts, spool=spool), store, spool, vault)


def kept(word: bytes | None, entry: bytes) -> bool:
    assert word is not None
    return Promise.parse(Note.parse(word).text).is_kept_by(entry)


@pytest.mark.parametrize("tried", [True, False], ids=["that was tried", "that was not tried"])
def test_the_promise_of_a_call_that_the_record_refused_is_kept(faulty: Faulty, tried: bool) -> None:
    """The first was tried, so that the vault has its salts already; the others were not."""
    faulty.store.mode = "refuses"
    if not tried:
        faulty.call("another")
    word = faulty.call().promise
    entry = faulty.heals()
    assert kept(word, entry)
    assert json.loads(entry)["late"]


@pytest.mark.parametrize("mode", ["drops", "mute"])
def test_nothing_is_promised_of_a_call_that_may_be_recorded_as_it_came(faulty: Faulty, mode: str) -> None:
    faulty.store.mode = mode
    answer = faulty.call()
    assert (answer.spooled, answer.promise) == (True, None)
    assert ("late" in json.loads(faulty.heals())) is (mode == "drops")
    assert faulty.call().placed is not None, "sent again it has its receipt"


def test_nothing_is_promised_that_only_memory_holds(faulty: Faulty) -> None:
    faulty.store.mode, faulty.spool.refuses = "refuses", True
    answer = faulty.call()
    assert (answer.spooled, answer.promise) == (True, None)


def test_nothing_is_promised_while_nobody_knows_which_salts_it_will_have(faulty: Faulty) -> None:
    faulty.store.mode, faulty.vault.mute = "refuses", True
    answer = faulty.call()
    assert (answer.spooled, answer.promise) == (True, None)


def test_a_closing_that_was_refused_and_is_in_the_record_counts(faulty: Faulty) -> None:
    faulty.call()
    closing = do.Close(id="closing", about="c", reason_code=do.CloseReason.OTHER, reason_text="The caller said so")
    faulty.store.mode = "mute"
    with pytest.raises(RecordDownError):
        faulty.room.say(closing, DISPATCHER)
    assert not faulty.room.subject("c").over
    faulty.heals()
    assert faulty.room.subject("c").over
    told = [change.about for change in faulty.room.core.changes if change.event == "watch.reloaded"]
    assert "c" in told, "and the boards hear of it"
    assert faulty.room.say(closing, DISPATCHER).placed is not None


def test_a_closing_that_was_refused_and_is_not_in_the_record_does_not(faulty: Faulty) -> None:
    faulty.call()
    closing = do.Close(id="closing", about="c", reason_code=do.CloseReason.OTHER, reason_text="The caller said so")
    faulty.store.mode = "drops"
    with pytest.raises(RecordDownError):
        faulty.room.say(closing, DISPATCHER)
    faulty.heals()
    assert not faulty.room.subject("c").over
