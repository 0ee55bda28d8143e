"""The desk as a service: threads, spool, promises, a stop and a start, what a receipt's holder is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

import msgspec
import pytest
from tests.support.desks import (
    ADMIN,
    ALDER,
    AUDITOR,
    CALLER,
    CALM,
    DEPUTY,
    DISPATCHER,
    FPS,
    HOUR,
    MINUTE,
    OTHER_AGENCY,
    RANKS,
    RESOURCES,
    SERGEANT,
    HandClock,
    Room,
)

from answerable.errors import (
    AnswerableError,
    ConflictError,
    InputError,
    NotAllowedError,
    OverloadedError,
    RecordDownError,
    StorageError,
    UnknownSubjectError,
)
from answerable.proof import Promise
from answerable.proof.note import Note
from answerable.record import acts
from answerable.record.ports import Batch
from answerable.stores.memory import MemoryStore
from answerable.watch import commands as do
from answerable.watch.people import Actor, Role
from answerable.watch.states import State
from answerable.watch.views import Change
from answerable.wiring import desk as service
from answerable.wiring.desk import Desk, Done, open_desk
from answerable.wiring.desk_answers import secret_of
from answerable.wiring.desk_core import Answer, Asking
from answerable.wiring.desk_spool import NAME
from answerable.wiring.desk_time import SteadyTime
from answerable.wiring.recording import chance, now_us

ORIGIN = "alder.example/desk/2018h1"


class Numbers:
    def __init__(self) -> None:
        self._next = 0

    def __call__(self) -> str:
        self._next += 1
        return f"n{self._next}"


@pytest.fixture
def number() -> Numbers:
    return Numbers()


def staff(desk: Desk, number: Numbers) -> None:
    for actor in (DISPATCHER, SERGEANT, DEPUTY):
        assign = do.Assign(id=f"a{number()}", person=actor.id, role=actor.role, rank=RANKS.get(actor))
        desk.do(assign, by=ADMIN).result()


def test_many_clients_at_once_each_get_their_own_answer(tmp_path: Path) -> None:
    answers = list[Done]()
    with open_desk(tmp_path / "r", origin=ORIGIN, policies=ALDER) as desk:

        def client(name: int) -> None:
            for each in range(25):
                command = do.ReceiveCall(id=f"c{name}-{each}", facts={"kind": "call", "priority": each % 6})
                answers.append(desk.do(command, by=CALLER).result(30))

        threads = [threading.Thread(target=client, args=(name,)) for name in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len({done.index for done in answers}) == 200
        assert len(desk.board(by=DISPATCHER).pending) == 200
    with open_desk(tmp_path / "r") as desk:
        assert set(desk.subjects()) == {done.id for done in answers}


def test_the_same_command_again_is_the_same_answer_and_another_content_is_a_conflict(
    tmp_path: Path, number: Numbers
) -> None:
    with open_desk(tmp_path / "r", origin=ORIGIN, policies=ALDER, ticking=False) as desk:
        staff(desk, number)
        call = do.ReceiveCall(id="c1", facts={"kind": "call", **CALM}, nature="noise")
        first, second = (desk.do(call, by=DISPATCHER).result() for _ in range(2))
        assert (first.index, first.again, second.again) == (second.index, False, True)
        assert first.secret == second.secret
        with pytest.raises(ConflictError):
            desk.do(msgspec.structs.replace(call, nature="a fire"), by=DISPATCHER).result()
        assert len(desk.call("c1", by=DISPATCHER).timeline) == 1  # type: ignore[union-attr]


def test_two_of_the_same_id_in_one_batch_are_one_entry(tmp_path: Path) -> None:
    with open_desk(tmp_path / "r", origin=ORIGIN, policies=ALDER) as desk:
        call = do.ReceiveCall(id="c1", facts={"kind": "call"})
        fact = do.ReportFact(id="f1", about="c1", fact="priority", value=2, asserted_by="caller")
        done = [one.result(30) for one in desk.do_all([call, fact, fact, call], by=DISPATCHER)]
        assert [one.again for one in done] == [False, False, True, True]
        assert len(desk.call("c1").facts[-1:]) == 1  # type: ignore[union-attr]


def test_a_role_is_refused_at_once_and_nothing_is_queued(tmp_path: Path) -> None:
    with open_desk(tmp_path / "r", origin=ORIGIN, ticking=False) as desk, pytest.raises(NotAllowedError):
        desk.do(do.Mute(id="m"), by=CALLER)


def test_too_much_at_once_is_told_to_come_again(tmp_path: Path) -> None:
    with open_desk(tmp_path / "r", origin=ORIGIN, ticking=False) as desk:
        many = [do.ReceiveCall(id=f"c{each}") for each in range(4_001)]
        with pytest.raises(OverloadedError):
            desk.do_all(many, by=DISPATCHER)
        assert desk.subjects() == ()


def test_a_folder_without_a_record_needs_a_name_and_keeps_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no record yet"), open_desk(tmp_path / "r", ticking=False):
        pass
    with open_desk(tmp_path / "r", origin=ORIGIN, ticking=False) as desk:
        assert desk.origin == ORIGIN
    with pytest.raises(InputError, match="another log"), open_desk(tmp_path / "r", origin="x/2018h1", ticking=False):
        pass


def test_a_policy_of_the_folder_is_entered_once_with_its_text(tmp_path: Path) -> None:
    for _ in range(2):
        with open_desk(tmp_path / "r", origin=ORIGIN, policies=ALDER, ticking=False) as desk:
            (policy,) = desk.policies()
            assert policy.text == ALDER.read_text(encoding="utf-8")
            assert policy.state == "in_force"


# what is private


def test_private_values_are_for_whoever_may_see_them(tmp_path: Path, number: Numbers) -> None:
    with open_desk(tmp_path / "r", origin=ORIGIN, policies=ALDER, ticking=False) as desk:
        staff(desk, number)
        open_ = do.ReceiveCall(id="c1", place="12 Elm", nature="noise", caller_name="Ann")
        desk.do(open_, by=CALLER).result()
        desk.do(msgspec.structs.replace(open_, id="c2", sensitive=True), by=DISPATCHER).result()
        nobody, admin = Actor(id="w", role=Role.WITNESS), ADMIN
        for by in (None, nobody, admin):
            view = desk.call("c1", by=by)
            assert view is not None
            assert (view.row.place, view.caller_name, view.row.nature) == (None, None, None)
            assert all(value is None for label, value in view.timeline[0].lines if label == "place")
        own = desk.call("c1", by=CALLER)
        assert own is not None
        assert own.row.place == "12 Elm"
        records = Actor(id="u-records", role=Role.RECORDS_OFFICER)
        assert desk.call("c1", by=records).row.place == "12 Elm"  # type: ignore[union-attr]
        assert desk.call("c2", by=records).row.place is None  # type: ignore[union-attr]
        assert desk.call("c2", by=AUDITOR).row.place == "12 Elm"  # type: ignore[union-attr]


def test_what_was_erased_is_gone_after_a_start_and_the_call_is_still_there(tmp_path: Path) -> None:
    with open_desk(tmp_path / "r", origin=ORIGIN, policies=ALDER, ticking=False) as desk:
        desk.do(do.ReceiveCall(id="c1", place="12 Elm", nature="noise"), by=DISPATCHER).result()
        record = desk.record
        redaction = acts.Redaction(of="c1", fields=("place",), ground="order", by="Records", approved_by="Chief")
        acts.redact(record.writing, redaction, store=record.store, vault=record.vault, clock=now_us, chance=chance)
    with open_desk(tmp_path / "r", ticking=False) as desk:
        row = desk.board(by=DISPATCHER).pending[0]
        assert (row.place, row.nature) == (None, "noise")


def test_who_alleges_what_is_there_after_a_start_for_whoever_may_see_it_until_it_is_erased(tmp_path: Path) -> None:
    said = do.OpenAllegation(id="al1", kind="calls_ignored", by="A union", text="They ignored us.", calls=("c1",))
    with open_desk(tmp_path / "r", origin=ORIGIN, policies=ALDER, ticking=False) as desk:
        desk.do(said, by=AUDITOR).result()
        before = desk.allegations(by=AUDITOR)
    with open_desk(tmp_path / "r", ticking=False) as desk:
        assert desk.allegations(by=AUDITOR) == before
        assert (before[0].by, before[0].text) == ("A union", "They ignored us.")
        (withheld,) = desk.allegations(by=CALLER)
        assert (withheld.by, withheld.text) == (None, None)
        record = desk.record
        redaction = acts.Redaction(of="al1", fields=("by",), ground="order", by="Records", approved_by="Chief")
        acts.redact(record.writing, redaction, store=record.store, vault=record.vault, clock=now_us, chance=chance)
        (left,) = desk.allegations(by=AUDITOR)
        assert (left.by, left.text) == (None, "They ignored us.")


def test_what_a_records_officer_takes_out_is_gone_from_the_board_at_once(tmp_path: Path) -> None:
    officer = Actor(id="u-records", role=Role.RECORDS_OFFICER)
    with open_desk(tmp_path / "r", origin=ORIGIN, policies=ALDER, ticking=False) as desk:
        desk.do(do.ReceiveCall(id="c1", place="12 Elm", nature="noise"), by=DISPATCHER).result()
        with pytest.raises(NotAllowedError):
            desk.redact("c1", fields=("place",), ground="order", by=DISPATCHER, approved_by="u-chief")
        with pytest.raises(UnknownSubjectError):
            desk.redact("c9", fields=("place",), ground="order", by=officer, approved_by="u-chief")
        with pytest.raises(InputError, match="cannot approve"):
            desk.redact("c1", fields=("place",), ground="order", by=officer, approved_by=officer.id)
        index = desk.redact("c1", fields=("place",), ground="order", by=officer, approved_by="u-chief")
        assert index == desk.head().size - 1
        row = desk.board(by=DISPATCHER).pending[0]
        assert (row.place, row.nature) == (None, "noise")


def test_the_holder_of_a_receipt_is_told_how_it_stands_and_no_place(tmp_path: Path, number: Numbers) -> None:
    with open_desk(tmp_path / "r", origin=ORIGIN, policies=ALDER, ticking=False) as desk:
        staff(desk, number)
        done = desk.do(do.ReceiveCall(id="c1", place="12 Elm"), by=CALLER, receipt=True).result()
        assert done.receipt is not None
        assert done.spoken is not None
        assert done.secret is not None
        assert len(done.secret) == 26
        desk.do(do.DecideRespond(id="d1", about="c1"), by=DISPATCHER).result()
        typed = " ".join(done.secret[at : at + 5] for at in range(0, 26, 5)).lower()
        for asked in (done.spoken.lower(), "c1"):
            status = desk.status_by_receipt(asked, typed)
            assert status is not None
            assert [text for text, _ in status.steps] == ["call received", "decided to respond"]
            assert "Elm" not in repr(status)
        assert desk.status_by_receipt(done.spoken, done.secret[:-1]) is None
        assert desk.status_by_receipt(done.spoken, "") is None
        assert desk.status_by_receipt("2018h1-999-AAAA", done.secret) is None


def test_nothing_private_has_no_secret() -> None:
    assert secret_of(()) == ""


def test_requests_are_seen_by_their_own_agency_alone(tmp_path: Path) -> None:
    with open_desk(tmp_path / "r", origin=ORIGIN, policies=ALDER, ticking=False) as desk:
        asked = do.RequestAssistance(id="r1", agency="Federal Protective Service", asks="officers", facts=RESOURCES)
        desk.do(asked, by=FPS).result()
        colleague = Actor(id="q-9", role=Role.REQUESTER, agency=FPS.agency)
        assert [row.id for row in desk.requests(by=colleague)] == ["r1"]
        assert desk.requests(by=OTHER_AGENCY) == ()
        assert [row.id for row in desk.requests(by=DISPATCHER)] == ["r1"]
        assert "withdraw" in desk.requests(by=colleague)[0].decide
        assert desk.requests(by=DISPATCHER)[0].decide[0] == "decide-respond"


# help never waits


class Refusing:
    """A store whose disk is full while `full`."""

    def __init__(self, store: MemoryStore) -> None:
        self.full = False
        self._commit = store.commit
        store.commit = self.commit  # type: ignore[method-assign]

    def commit(self, batch: Batch) -> None:
        if self.full:
            raise StorageError("The disk is full.")
        self._commit(batch)


def test_while_the_record_is_down_help_goes_on_and_what_ends_something_is_refused() -> None:
    room = Room()
    call, request = room.call(), room.request()
    disk = Refusing(room.parts.store)  # type: ignore[arg-type]
    disk.full = True
    assert room.say(do.ReceiveCall(id="late-call", facts={"kind": "call"}), DISPATCHER).spooled
    assert room.say(do.DecideRespond(id="late-respond", about=call), DISPATCHER).spooled
    room.fact(request, "life_safety", True, by=FPS, said_by="requester")
    room.unit(call, do.UnitStatus.DISPATCHED)
    for command in (
        do.Close(id="x1", about=call, reason_code=do.CloseReason.TEST_OR_MISDIAL),
        do.Merge(id="x2", about="late-call", into=call),
    ):
        with pytest.raises(RecordDownError):
            room.say(command, DISPATCHER)
    another = room.request()
    with pytest.raises(RecordDownError, match="Responding goes on"):
        room.decline(another)
    assert room.subject(call).state is State.DISPATCHED
    assert room.subject(request).state is State.PENDING
    assert [alarm.kind.value for alarm in room.core.world.general.values()] == ["record_down"]
    # the alarms of calls go on too
    room.pass_time(6 * MINUTE)
    assert "about_to_go_unheard" in room.alarms(request) or "unheard" in room.alarms(request)
    disk.full = False
    room.pass_time(2 * MINUTE)
    assert room.core.waiting == []
    assert room.core.world.general == {}
    late = [event for event in room.core.events_of(room.subject(call)) if event.late]
    assert {event.name.value for event in late} == {"decision.made", "unit.dispatched"}
    assert all(event.index is not None for event in late)


def test_what_was_spooled_survives_a_stop_and_is_taken_up(tmp_path: Path) -> None:
    clock = HandClock()
    with open_desk(tmp_path / "r", origin=ORIGIN, policies=ALDER, ticking=False, clock=clock) as desk:
        submit = desk.core.recorder.submit

        def refusing(prepared: Sequence[object]) -> list[object]:
            raise StorageError("The disk is full.")

        desk.core.recorder.submit = refusing  # type: ignore[assignment,method-assign]
        done = desk.do(do.ReceiveCall(id="c1", place="12 Elm", facts={"kind": "call"}), by=CALLER).result()
        assert done.spooled
        assert done.promise is not None
        promise = Promise.parse(Note.parse(done.promise).text)
        assert not desk.board().record.writing
        assert (tmp_path / "r" / NAME).stat().st_mode & 0o077 == 0
        desk.core.recorder.submit = submit  # type: ignore[method-assign]
    clock.now_us += HOUR
    with open_desk(tmp_path / "r", ticking=False, clock=clock) as desk:
        view = desk.call("c1", by=CALLER)
        assert view is not None
        assert view.row.place == "12 Elm"
        assert view.timeline[0].late
        assert view.recorded_us == clock.now_us - HOUR
        entry = desk.record.store.find(["c1"])["c1"]
        assert promise.is_kept_by(entry.body)
        assert desk.core.spool.read() == []


def test_where_even_the_spool_fails_everybody_is_told_and_help_goes_on() -> None:
    room = Room()
    disk = Refusing(room.parts.store)  # type: ignore[arg-type]
    disk.full = True

    def broken(kept: object) -> None:
        raise StorageError("The disk is full.")

    room.spool.add = room.spool.replace = broken  # type: ignore[method-assign]
    assert room.say(do.ReceiveCall(id="c9"), DISPATCHER).spooled
    assert room.subject("c9").state is State.RECEIVED
    texts = [alarm.text for alarm in room.core.world.general.values()]
    assert any("write it down on paper" in text for text in texts)


# changes


def test_whoever_listens_hears_every_change_in_order_and_can_catch_up(tmp_path: Path, number: Numbers) -> None:
    heard = list[Change]()
    with open_desk(tmp_path / "r", origin=ORIGIN, policies=ALDER, ticking=False) as desk:
        staff(desk, number)
        end = desk.subscribe(heard.extend)
        before = desk.index
        desk.do(do.ReceiveCall(id="c1"), by=CALLER).result()
        desk.do(do.DecideRespond(id="d1", about="c1"), by=DISPATCHER).result()
        end()
        desk.do(do.NotifyDelay(id="d2", about="c1"), by=DISPATCHER).result()
        assert [(one.event, one.about) for one in heard] == [("call.received", "c1"), ("decision.made", "c1")]
        caught = desk.changes(before)
        assert [one.index for one in caught] == sorted(one.index for one in caught)
        assert caught[:2] == heard
    with open_desk(tmp_path / "r", ticking=False) as desk:
        again = desk.changes(before)[:3]
        assert [one.event for one in again] == ["call.received", "decision.made", "call.delay_notified"]


def test_what_is_asked_of_nothing_is_said_so(tmp_path: Path) -> None:
    with open_desk(tmp_path / "r", origin=ORIGIN, ticking=False) as desk:
        assert desk.call("nowhere") is None
        for ask in (desk.receipt, desk.spoken):
            with pytest.raises(UnknownSubjectError):
                ask("nowhere")
        future: Future[Done] = desk.do(do.DecideRespond(id="d", about="nowhere"), by=DISPATCHER)
        with pytest.raises(UnknownSubjectError):
            future.result()


# what must never stop the desk


def test_whoever_hangs_up_before_the_answer_was_heard_all_the_same(tmp_path: Path) -> None:
    with open_desk(tmp_path / "r", origin=ORIGIN, policies=ALDER) as desk:
        with desk._lock:  # the desk is busy, so that what comes waits
            gone = [desk.do(do.ReceiveCall(id=f"c{each}"), by=CALLER) for each in range(3)]
            gone[1].cancel()
        assert desk.do(do.ReceiveCall(id="c9"), by=CALLER).result(30).index is not None
        assert set(desk.subjects()) == {"c0", "c1", "c2", "c9"}


@pytest.mark.parametrize(("slow_s", "waits"), [(0.025, True), (600.0, False)])
def test_only_after_a_slow_write_those_who_come_again_are_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slow_s: float, waits: bool
) -> None:
    waited = list[float]()
    monkeypatch.setattr(service, "_SLOW_S", slow_s)
    with open_desk(tmp_path / "r", origin=ORIGIN, policies=ALDER) as desk:
        take = desk.core.take

        def slowly(asked: Sequence[Asking]) -> list[Answer]:
            time.sleep(0.06)
            return take(asked)

        desk.core.take = slowly  # type: ignore[method-assign]
        monkeypatch.setattr(service, "_pause", waited.append)
        assert desk.do(do.ReceiveCall(id="c1"), by=CALLER).result(30).index is not None
    assert [pause_s >= 0.06 / 4 for pause_s in waited] == [True] * waits


def test_a_listener_that_fails_and_a_tick_that_fails_stop_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with open_desk(tmp_path / "r", origin=ORIGIN, policies=ALDER) as desk:

        def failing(_: object = None) -> None:
            raise RuntimeError("12 Elm, Ann")

        desk.subscribe(failing)
        tick, desk.core.tick = desk.core.tick, failing  # type: ignore[method-assign]
        desk._tick_and_live()
        assert "alarms may be late" in desk.health().text
        assert desk.do(do.ReceiveCall(id="c1"), by=CALLER).result(30).index is not None
        desk.core.tick = tick  # type: ignore[method-assign]
        desk._tick_and_live()
        assert "alarms may be late" not in desk.health().text
    assert "RuntimeError" in caplog.text
    assert "Elm" not in caplog.text


# time


def test_the_desks_time_never_goes_back_and_says_when_the_machines_does() -> None:
    wall, steady = HandClock(1_000_000_000), HandClock(50)
    desk_time = SteadyTime(wall, steady, after_us=0)
    for now in (wall, steady):
        now.now_us += 10_000_000
    assert desk_time() == 1_010_000_000
    assert desk_time.jumped_us(least_us=1_000_000) is None
    wall.now_us -= HOUR
    assert desk_time() == 1_010_000_000
    assert desk_time.jumped_us(least_us=1_000_000) == -HOUR
    assert desk_time.jumped_us(least_us=1_000_000) is None


def test_a_clock_that_was_set_back_while_the_desk_was_down_does_not_take_it_back() -> None:
    desk_time = SteadyTime(HandClock(1_000), HandClock(0), after_us=5_000)
    assert desk_time() == 5_000
    assert desk_time.set_back_us == 4_000


def test_a_jump_of_the_machines_clock_is_an_entry_and_an_alarm(tmp_path: Path) -> None:
    wall, steady = HandClock(), HandClock(0)
    with open_desk(tmp_path / "r", origin=ORIGIN, clock=wall, steady=steady) as desk:
        wall.now_us += HOUR
        desk.tick()
        assert [alarm.kind.value for alarm in desk.board().alarms] == ["clock_jumped"]
        assert "3600 s" in desk.board().alarms[0].text


# one who serves many


def test_whoever_serves_many_hears_all_answers_of_a_batch_at_once_under_their_keys(tmp_path: Path) -> None:
    heard = list[Sequence[tuple[object, Done | AnswerableError]]]()
    with open_desk(tmp_path / "r", origin=ORIGIN, policies=ALDER, ticking=False) as desk:
        desk._thread = threading.current_thread()  # as while the desk's thread is busy: what comes is queued
        for number in range(3):
            desk.send(do.ReceiveCall(id=f"c{number}"), by=CALLER, receipt=True, told=heard.append, key=number)
        desk.send(do.DecideRespond(id="d", about="nowhere"), by=DISPATCHER, receipt=True, told=heard.append, key="no")
        alone = desk.do(do.ReceiveCall(id="c9"), by=CALLER)
        desk._thread = None
        desk._work()
        (together,) = heard
        assert [key for key, _ in together] == [0, 1, 2, "no"]
        answers = dict(together)
        done = [answer for answer in answers.values() if isinstance(answer, Done)]
        assert [one.id for one in done if one.receipt] == ["c0", "c1", "c2"]
        assert isinstance(answers["no"], UnknownSubjectError)
        assert alone.result().id == "c9"
        with pytest.raises(NotAllowedError):
            desk.send(do.DecideRespond(id="d2", about="c1"), by=CALLER, receipt=True, told=heard.append, key="role")
        assert len(heard) == 1


def test_an_asker_who_cannot_be_told_keeps_nobody_else_from_an_answer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(_: object) -> None:
        raise RuntimeError("12 Elm")

    with open_desk(tmp_path / "r", origin=ORIGIN, policies=ALDER, ticking=False) as desk:
        desk._thread = threading.current_thread()
        desk.send(do.ReceiveCall(id="c1"), by=CALLER, receipt=False, told=breaks, key=None)
        other = desk.do(do.ReceiveCall(id="c2"), by=CALLER)
        desk._thread = None
        desk._work()
        assert other.result().index is not None
        assert desk.call("c1") is not None
    assert "RuntimeError" in caplog.text
    assert "Elm" not in caplog.text


def test_every_entry_of_a_call_has_its_spoken_number_also_after_a_start(tmp_path: Path) -> None:
    with open_desk(tmp_path / "r", origin=ORIGIN, policies=ALDER, ticking=False) as desk:
        desk.do(do.ReceiveCall(id="c1"), by=CALLER).result()
        desk.do(do.DecideRespond(id="d1", about="c1"), by=DISPATCHER).result()
        before = desk.call("c1", by=DISPATCHER)
    with open_desk(tmp_path / "r", ticking=False) as desk:
        after = desk.call("c1", by=DISPATCHER)
        assert before is not None
        assert after is not None
        assert [one.spoken for one in after.timeline] == [one.spoken for one in before.timeline]
        assert all(one.spoken for one in after.timeline)


def test_looking_at_a_call_that_is_long_over_changes_nothing_on_the_board(tmp_path: Path) -> None:
    clock = HandClock()
    with open_desk(tmp_path / "r", origin=ORIGIN, policies=ALDER, ticking=False, clock=clock) as desk:
        desk.do(do.Assign(id="a", person=DISPATCHER.id, role=DISPATCHER.role), by=ADMIN).result()
        for name, gap_us in (("old", 30 * HOUR), ("new", HOUR)):
            desk.do(do.ReceiveCall(id=name, facts={"kind": "call"}), by=CALLER).result()
            closing = do.Close(id=f"{name}-x", about=name, reason_code=do.CloseReason.TEST_OR_MISDIAL)
            desk.do(closing, by=DISPATCHER).result()
            clock.now_us += gap_us
        desk.tick()
        assert [row.id for row in desk.board(by=DISPATCHER).closed] == ["new"]
        assert desk.call("old", by=DISPATCHER) is not None
        assert [row.id for row in desk.board(by=DISPATCHER).closed] == ["new"]
