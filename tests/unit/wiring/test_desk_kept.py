"""The kept state of a desk: used only where it is this record's, whole, by this program; it has nothing private."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

import pytest
from tests.support.desk_worlds import differences, parts_of
from tests.support.desks import (
    ADMIN,
    ALDER,
    AUDITOR,
    CAD,
    CALLER,
    DEPUTY,
    DISPATCHER,
    FPS,
    RANKS,
    RESOURCES,
    SERGEANT,
    HandClock,
    Room,
)

from answerable.errors import MalformedError, StorageError
from answerable.proof.checkpoint import Checkpoint
from answerable.watch import commands as do
from answerable.watch.people import Actor, Role
from answerable.watch.rules import DeskRules
from answerable.watch.world import World
from answerable.wiring import desk_keeping, desk_kept
from answerable.wiring.desk import Desk, open_desk
from answerable.wiring.desk_core import DeskCore
from answerable.wiring.desk_kept import NAME, Writer
from answerable.wiring.desk_spool import MemorySpool

ORIGIN = "alder.example/desk/2018h1"
RECORDS = Actor(id="u-records", role=Role.RECORDS_OFFICER)
CLOCK = HandClock()


@contextmanager
def opened(folder: Path, rules: DeskRules | None = None) -> Iterator[Desk]:
    origin = None if folder.exists() else ORIGIN
    with open_desk(folder, origin=origin, policies=ALDER, ticking=False, clock=CLOCK, rules=rules) as desk:
        yield desk


def act(desk: Desk, name: str) -> None:
    """A call that is under way, one that is over, and a request that was declined; all with something private."""
    for actor in (DISPATCHER, SERGEANT, DEPUTY):
        role = do.Assign(id=f"{name}-{actor.id}", person=actor.id, role=actor.role, rank=RANKS.get(actor))
        desk.do(role, by=ADMIN).result()
    for number in range(3):
        call = do.ReceiveCall(id=f"{name}-c{number}", place=f"{number} Elm", nature="noise", facts={"kind": "call"})
        desk.do(call, by=CALLER).result()
    desk.do(do.RecordUnit(id=f"{name}-u", about=f"{name}-c0", unit="4A", status=do.UnitStatus.DISPATCHED), by=CAD)
    closing = do.Close(id=f"{name}-x", about=f"{name}-c1", reason_code=do.CloseReason.TEST_OR_MISDIAL, reason_text="it")
    desk.do(closing, by=DISPATCHER).result()
    request = do.RequestAssistance(id=f"{name}-r", agency=str(FPS.agency), asks="Officers", facts=RESOURCES)
    desk.do(request, by=FPS).result()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A record with a state that was kept when its desk was closed."""
    CLOCK.now_us = HandClock().now_us
    with opened(tmp_path / "desk") as desk:
        act(desk, "one")
    return tmp_path / "desk"


def replayed(folder: Path, tmp_path: Path) -> World:
    """What every entry of a record comes to, from a copy that has no kept state."""
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    (copy / NAME).unlink(missing_ok=True)
    with opened(copy) as desk:
        assert desk.begun.kept == 0
        assert desk.begun.refused is None
        return desk.core.world


# used


def test_a_start_goes_on_from_the_kept_state_and_replays_only_what_came_after(folder: Path) -> None:
    before = (folder / NAME).read_bytes()
    with opened(folder) as desk:
        assert desk.begun.replayed == 0
        assert desk.begun.kept == desk.index  # `watch.started` is the one entry more
        act(desk, "two")
        size = desk.index + 1
    after = (folder / NAME).read_bytes()
    assert after != before
    (folder / NAME).write_bytes(before)
    with opened(folder) as desk:
        assert desk.begun.kept + desk.begun.replayed == size
        assert desk.begun.replayed > 10
        assert desk.call("two-c0", by=DISPATCHER) is not None


def test_the_state_after_a_start_is_that_of_a_whole_replay(folder: Path, tmp_path: Path) -> None:
    stale = (folder / NAME).read_bytes()
    with opened(folder) as desk:
        act(desk, "two")
    (folder / NAME).write_bytes(stale)
    whole = replayed(folder, tmp_path)
    with opened(folder) as desk:
        assert desk.begun.kept > 0
        assert differences(desk.core.world, whole) == []
        desk.do(do.DecideRespond(id="d", about="two-c2"), by=DISPATCHER).result()
        assert differences(desk.core.world, whole), "two worlds that differ are told apart"


def test_private_values_are_shown_again_to_whoever_may_see_them(folder: Path) -> None:
    with opened(folder) as desk:
        assert all(row.place is None for row in desk.board().pending)
        assert desk.core.cold, "nothing was opened for somebody who may not see it"
        shown = desk.board(by=DISPATCHER)
        assert {row.place for row in shown.pending if row.id.startswith("one-c")} == {"2 Elm"}
        assert [row.place for row in shown.active] == ["0 Elm"]
        assert [row.place for row in shown.closed] == ["1 Elm"]
        assert desk.core.cold == {}


def test_a_command_about_a_request_knows_whose_it_is(folder: Path) -> None:
    colleague = Actor(id="q-9", role=Role.REQUESTER, agency=FPS.agency)
    stranger = Actor(id="q-8", role=Role.REQUESTER, agency="County Sheriff")
    with opened(folder) as desk:
        with pytest.raises(Exception, match="no call or request"):
            desk.do(do.Withdraw(id="w0", about="one-r", asserted_by="requester"), by=stranger).result()
        desk.do(do.Withdraw(id="w1", about="one-r", asserted_by="requester"), by=colleague).result()


def test_when_nothing_waits_the_desk_opens_what_nobody_asked_for(folder: Path) -> None:
    with opened(folder) as desk:
        assert desk.core.open_some(2)
        assert len(desk.core.cold) == 2
        assert not desk.core.open_some(2)
        assert desk.core.cold == {}
        assert desk.core.world.subjects["one-c2"].place == "2 Elm"


def test_what_cannot_be_read_now_keeps_nobody_from_acting_and_is_shown_when_it_can(folder: Path) -> None:
    def unreadable(_: object) -> dict[str, dict[str, bytes]]:
        raise StorageError("The disk does not answer.")

    with opened(folder) as desk:
        vault = desk.core.recorder.vault
        salts = vault.salts
        vault.salts = unreadable  # type: ignore[assignment,method-assign]
        assert not desk.core.open_some(2)
        assert len(desk.core.cold) == 4
        assert {row.place for row in desk.board(by=DISPATCHER).active} == {None}
        unit = do.RecordUnit(id="u", about="one-c2", unit="4B", status=do.UnitStatus.DISPATCHED)
        assert desk.do(unit, by=CAD).result().index is not None
        vault.salts = salts  # type: ignore[method-assign]
        assert {row.place for row in desk.board(by=DISPATCHER).active} == {"0 Elm", "2 Elm"}


def test_the_file_is_for_its_owner_alone(folder: Path) -> None:
    assert (folder / NAME).stat().st_mode & 0o077 == 0


# refused, in words


def refused(folder: Path, words: str, rules: DeskRules | None = None) -> None:
    """That the state is not used, for this reason, and the desk is there all the same, with everything."""
    with opened(folder, rules) as desk:
        assert desk.begun.kept == 0
        assert desk.begun.replayed > 10
        assert desk.begun.refused is not None
        assert words in desk.begun.refused
        assert desk.call("one-c0", by=DISPATCHER) is not None
    with opened(folder, rules) as desk:
        assert desk.begun.kept > 0, "the state that was kept at the end is good again"


def test_without_a_state_every_entry_is_replayed_and_nothing_was_refused(folder: Path) -> None:
    (folder / NAME).unlink()
    with opened(folder) as desk:
        assert desk.begun.kept == 0
        assert desk.begun.replayed > 10
        assert desk.begun.refused is None


def test_a_state_that_was_torn_anywhere_is_not_used(folder: Path) -> None:
    whole = (folder / NAME).read_bytes()
    record = (folder / "record.toml").read_bytes()
    assert record
    for size in sorted({0, 1, 3, 50, len(whole) // 3, len(whole) // 2, len(whole) - 1}):
        (folder / NAME).write_bytes(whole[:size])
        with opened(folder) as desk:
            assert desk.begun.refused is not None, size
            assert desk.begun.kept == 0
            assert desk.call("one-c0", by=DISPATCHER) is not None


def test_what_a_stop_in_the_middle_of_keeping_left_is_removed_at_the_next_start(folder: Path) -> None:
    torn = folder / f".{NAME}.x7f3a"
    torn.write_bytes(b"half")
    with opened(folder) as desk:
        assert desk.begun.kept > 0
        assert not torn.exists()
    assert [one.name for one in folder.iterdir() if one.name.startswith(".")] == []


def test_one_flipped_bit_anywhere_and_it_is_not_used(folder: Path) -> None:
    whole = bytearray((folder / NAME).read_bytes())
    chance = random.Random(7)
    for _ in range(12):
        at = chance.randrange(len(whole))
        flipped = bytearray(whole)
        flipped[at] ^= 1 << chance.randrange(8)
        (folder / NAME).write_bytes(flipped)
        with opened(folder) as desk:
            assert desk.begun.refused is not None, at


def test_a_state_of_another_log_is_not_used(folder: Path, tmp_path: Path) -> None:
    with open_desk(tmp_path / "other", origin="birch.example/desk/2018h1", ticking=False, clock=CLOCK) as desk:
        act(desk, "one")
    shutil.copy(tmp_path / "other" / NAME, folder / NAME)
    refused(folder, "not signed with this record's key")


def test_a_state_that_was_signed_with_another_key_of_the_same_name_is_not_used(folder: Path, tmp_path: Path) -> None:
    with opened(tmp_path / "twin") as desk:
        act(desk, "one")
    shutil.copy(tmp_path / "twin" / NAME, folder / NAME)
    refused(folder, "not signed with this record's key")


def test_a_state_of_a_record_that_went_on_otherwise_is_not_used(folder: Path, tmp_path: Path) -> None:
    """Two copies of one record with one key, which went on differently: what a restored backup can come to."""
    twin = tmp_path / "twin"
    shutil.copytree(folder, twin)
    with opened(folder) as desk:
        act(desk, "mine")
    with opened(twin) as desk:
        act(desk, "other")
    shutil.copy(twin / NAME, folder / NAME)
    refused(folder, "does not begin with")


def test_a_state_of_more_entries_than_the_record_has_is_not_used(folder: Path, tmp_path: Path) -> None:
    twin = tmp_path / "twin"
    shutil.copytree(folder, twin)
    with opened(twin) as desk:
        act(desk, "later")
    shutil.copy(twin / NAME, folder / NAME)
    refused(folder, "and the record")


def test_a_state_that_another_version_of_the_program_made_is_not_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_kept, "code_digest", lambda: "0" * 64)
    refused(folder, "another version of the program")


def test_a_state_of_another_format_is_not_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_kept, "FORMAT", "answerable/desk-state@2")
    refused(folder, "another version of the program")


def test_a_state_that_was_made_under_other_rules_is_not_used(folder: Path) -> None:
    refused(folder, "other rules", DeskRules(heartbeat_s=120))


def test_the_digest_of_the_program_covers_whatever_decides_what_an_entry_comes_to(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Any change of a file of those rooms makes another state, whoever forgets to say so."""
    package = tmp_path / "answerable"
    shutil.copytree(Path(desk_kept.__file__).parents[1], package, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(resources, "files", lambda _: package)
    digest: Callable[[], str] = desk_kept.code_digest.__wrapped__
    before = digest()
    assert before == desk_kept.code_digest()
    for changed in ("watch/ringing.py", "policy/evaluate.py", "model/duty.py", "wiring/desk_core.py"):
        with (package / changed).open("a", encoding="utf-8") as file:
            file.write("# changed\n")
        after = digest()
        assert after != before
        before = after


# nothing private


CANARY = "canary-7f3a"


def test_nothing_private_is_in_the_file_whatever_was_said() -> None:
    """A value is planted in every private field of every command; the control is that the desk itself shows them."""
    room = Room()
    call = room.call(
        place=CANARY, nature=CANARY, narrative=CANARY, caller_name=CANARY, phone=CANARY, caller_agency=CANARY
    )
    request = room.request(asks=CANARY, place=CANARY, contact_name=CANARY, phone=CANARY, agency=CANARY)
    other = room.request()
    room.say(do.Correct(id="p1", about=call, place=CANARY, narrative=CANARY), DISPATCHER)
    room.say(do.Prioritize(id="p2", about=call, priority=2, reason_text=CANARY), DISPATCHER)
    room.say(do.Hold(id="p3", about=call, reason_text=CANARY), DISPATCHER)
    room.say(do.NotifyDelay(id="p4", about=call, told=CANARY), DISPATCHER)
    room.say(do.AskInformation(id="p5", about=request, question=CANARY), SERGEANT)
    room.say(do.GiveInformation(id="p6", about=request, answer=CANARY), FPS)
    conditions = (do.ConditionAsked(text=CANARY, fact="alternatives_exhausted"),)
    room.decline(request, conditions=conditions, notice_text=CANARY, reason_text=CANARY)
    room.say(do.Appeal(id="p7", about=request, grounds=CANARY), FPS)
    room.say(do.ReportConditionMet(id="p8", about=request, condition=1, asserted_by="requester", note=CANARY), FPS)
    room.say(do.DecideRespond(id="p9", about=other, note=CANARY), SERGEANT)
    room.say(do.Transfer(id="p10", about=call, to=CANARY, referred=True), DISPATCHER)
    room.say(do.OpenAllegation(id="p11", kind="ignored", by=CANARY, text=CANARY, calls=(call,)), AUDITOR)
    room.say(do.Close(id="p12", about=other, reason_code=do.CloseReason.OTHER, reason_text=CANARY), DISPATCHER)
    still = room.core.still()
    assert still is not None
    assert CANARY in repr(room.core.world.subjects), "the desk knows what was said"
    assert CANARY in repr(room.core.world.allegations)
    body = Writer().encoded(still, room.core.spoken)
    assert CANARY.encode() not in body
    assert b"alternatives_exhausted" in body, "the search finds what is public"
    state = desk_kept.decoded(body, size=room.core.world.watch.index + 1, rules=room.core.world.rules)
    again = Room(parts=room.parts, clock=room.clock, staffed=False, policies=())
    assert differences(state.world, _unopened(again).world) == []


def _unopened(room: Room) -> desk_kept.Restored:
    """A replay before anything private is opened, as the start makes it."""
    core = DeskCore(room.core.recorder, MemorySpool(), time=room.clock, chance=bytes, rules=room.core.world.rules)
    core.replay()
    return desk_kept.Restored(world=core.world, spoken=core.spoken, size=core.world.watch.index + 1)


def test_after_a_redaction_no_start_shows_what_was_taken_out_and_its_siblings_are_there(folder: Path) -> None:
    with opened(folder) as desk:
        desk.redact("one-c0", fields=("place",), ground="a court's order", by=RECORDS, approved_by="u-chief")
        kept_before = (folder / NAME).read_bytes()
    assert b"0 Elm" not in kept_before
    assert b"0 Elm" not in (folder / NAME).read_bytes()
    for state in (kept_before, (folder / NAME).read_bytes()):
        (folder / NAME).write_bytes(state)
        with opened(folder) as desk:
            assert desk.begun.kept > 0
            view = desk.call("one-c0", by=DISPATCHER)
            assert view is not None
            assert view.row.place is None
            assert view.row.nature == "noise"


# when it is kept


def test_while_the_record_is_down_nothing_is_kept(folder: Path) -> None:
    before = (folder / NAME).read_bytes()
    with opened(folder) as desk:

        def refusing(_: object) -> list[object]:
            raise StorageError("The disk is full.")

        desk.core.recorder.submit = refusing  # type: ignore[assignment,method-assign]
        assert desk.do(do.ReceiveCall(id="spooled", place="9 Elm"), by=CALLER).result().spooled
        assert desk.core.still() is None
    assert (folder / NAME).read_bytes() == before
    with opened(folder) as desk:
        assert desk.begun.kept > 0
        shown = desk.call("spooled", by=DISPATCHER)
        assert shown is not None
        assert shown.row.place == "9 Elm"


def test_a_full_disk_keeps_nobody_from_closing_the_desk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(desk_keeping, "write_state", full)
    before = (folder / NAME).read_bytes()
    with opened(folder) as desk:
        act(desk, "two")
    assert (folder / NAME).read_bytes() == before


def test_no_checkpoint_reads_like_the_note_of_a_kept_state(folder: Path) -> None:
    content = (folder / NAME).read_bytes()
    length, _, rest = content.partition(b"\n")
    text = rest[: int(length)].decode().partition("\n\n")[0] + "\n"
    assert text.splitlines()[:2] == [desk_kept.FORMAT, ORIGIN]
    with pytest.raises(MalformedError):
        Checkpoint.parse(text)


def test_everything_that_a_world_holds_is_kept() -> None:
    """Whoever gives the world something more must keep it too, or a start from a kept state loses it."""
    world = World()
    derived = {"rules", "meaning", "_rings", "_ring_at"}  # given; from the versions; `rings` of `parts_of`
    assert vars(world).keys() == derived | parts_of(world).keys() - {"rings", "meaning"}
