"""The story of Alder City as a live feed: the desk's clock runs through the summer of 2018 as fast as is wished."""

from __future__ import annotations

import csv
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from answerable.demo import Story, write_story
from answerable.errors import AnswerableError
from answerable.model.times import SECOND_US, parse_instant
from answerable.model.vocabulary import parse_fact
from answerable.record.ports import Clock
from answerable.watch import commands as do
from answerable.watch.people import Actor, Role
from answerable.wiring.desk import Desk, open_desk
from answerable.wiring.desk_feeds import Step, feed_actor, named_id, read_feed, shows_dispatch, tell

FEED: Final = "alder"
SOURCE: Final = "alder-city"
ORIGIN: Final = "alder-city.example/desk/2018h1"
BEGINS: Final = "2018-06-19T12:00:00-07:00"
"""An hour and a half before the request that was declined on 19 June."""

_CONSOLE: Final = Actor(id="console", role=Role.ADMINISTRATOR)
_AGENCY: Final = Actor(id="a-federal", role=Role.REQUESTER, agency="federal agency")
_COMMANDERS: Final = {"watch_commander": "u-watch", "deputy_chief": "u-deputy", "chief": "u-chief"}
_LOOK_S: Final = 0.25
_HEARD_S: Final = 60


def fast_clock(*, begins: str = BEGINS, speed: float = 60.0) -> Clock:
    """A clock that shows `begins` now and runs `speed` times as fast as the machine's steady one."""
    began_us, began_ns = parse_instant(begins), time.monotonic_ns()

    def now_us() -> int:
        return began_us + int((time.monotonic_ns() - began_ns) * speed) // 1_000

    return now_us


def story_steps(story: Story) -> tuple[list[Step], bool]:
    """Everything of the story in the order in which it was written down, and whether its file shows who was sent."""
    steps, manifest = read_feed(story.calls, source=SOURCE, feed=FEED)
    steps += _facts(story.facts)
    steps += _decisions(story.decisions)
    decided = {step.command.about for step in steps if isinstance(step.command, do.Decline)}
    ends = {f"{about}:closed" for about in decided}  # a refused request ends by the requester's own act
    kept = [step for step in steps if step.command.id not in ends]
    return sorted(kept, key=lambda step: step.at_us), shows_dispatch(manifest)


def _facts(path: Path) -> Iterator[Step]:
    for number, row in enumerate(_rows(path), start=1):
        command = do.ReportFact(
            id=f"{FEED}:fact-{number}",
            about=_about(row["call"]),
            occurred_at_us=parse_instant(row["occurred_at"]),
            fact=row["fact"],
            value=parse_fact(row["fact"], row["value"]),
            asserted_by=row["asserted_by"],
        )
        waits = row["asserted_by"].casefold().startswith(("requester", "caller"))
        by = _AGENCY if waits else feed_actor(FEED)
        yield Step(at_us=parse_instant(row["recorded_at"]) + number, command=command, by=by)


def _decisions(path: Path) -> Iterator[Step]:
    for number, row in enumerate(_rows(path), start=1):
        made = _decision(row, id_=f"{FEED}:decision-{number}")
        if made is not None:
            command, by = made
            yield Step(at_us=parse_instant(row["recorded_at"]), command=command, by=by)


def _decision(row: dict[str, str], *, id_: str) -> tuple[do.Command, Actor] | None:
    about, at_us = _about(row["call"]), parse_instant(row["at"])
    by = Actor(id=_COMMANDERS.get(row["rank"], "u-watch"), role=Role.WATCH_COMMANDER)
    due_us = parse_instant(row["review_due"]) if row["review_due"] else None
    match row["decision"]:
        case "respond":
            return do.DecideRespond(id=id_, about=about, occurred_at_us=at_us, note=row["reason"] or None), by
        case "decline" | "decline_with_conditions":
            return _declined(row, id_=id_, about=about, at_us=at_us, due_us=due_us), by
        case "review":
            result = do.ReviewResult.UPHELD
            return do.Review(id=id_, about=about, occurred_at_us=at_us, result=result, review_due_us=due_us), by
        case "withdraw":
            return do.Withdraw(id=id_, about=about, occurred_at_us=at_us, asserted_by="requester"), _AGENCY
        case _:
            return None


def _declined(row: dict[str, str], *, id_: str, about: str, at_us: int, due_us: int | None) -> do.Decline:
    condition = do.ConditionAsked(text=row["conditions"], fact="alternatives_exhausted")
    return do.Decline(
        id=id_,
        about=about,
        occurred_at_us=at_us,
        policy_version="alder-city/response 2018-01-01",
        clause=row["clause"],
        reason_code=do.ReasonCode(row["reason"]),
        conditions=(condition,) if row["conditions"] else (),
        review_due_us=due_us,
        notice_text=row["conditions"] or "Declined.",
        notice_sent_at_us=at_us,
    )


def _about(number: str) -> str:
    return named_id(number, feed=FEED) or number


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as text:
        yield from csv.DictReader(text)


class Rehearsal:
    """Plays steps to a desk as its clock comes to them. `refused` has what the desk did not take, with the reasons."""

    def __init__(
        self, desk: Desk, steps: list[Step], *, shows_dispatch: bool = True, heard_every_s: int = _HEARD_S
    ) -> None:
        self._desk, self._steps, self._shows_dispatch = desk, steps, shows_dispatch
        self._every_s = heard_every_s
        self._next = 0
        self._heard_us = 0
        self.entered = 0
        self.refused: list[str] = []

    def cast(self) -> None:
        """Everybody of the story holds their role and rank."""
        for rank, person in _COMMANDERS.items():
            made = do.Assign(
                id=self._desk.core.new_id(), person=person, role=Role.WATCH_COMMANDER, rank=rank, from_us=0
            )
            self._desk.do(made, by=_CONSOLE).result()

    def play(self) -> bool:
        """Tell the desk what has happened by now; whether anything is still to come."""
        now_us = self._desk.now_us()
        if now_us - self._heard_us >= self._every_s * SECOND_US:
            self._heard_us = now_us
            heard = do.HearFeed(
                id=self._desk.core.new_id(), feed=FEED, every_s=self._every_s, shows_dispatch=self._shows_dispatch
            )
            self._desk.do(heard, by=feed_actor(FEED)).result()
        end = self._next
        while end < len(self._steps) and self._steps[end].at_us <= now_us:
            end += 1
        entered, _, refused = tell(self._desk, self._steps[self._next : end])
        self._next, self.entered = end, self.entered + entered
        self.refused += refused
        return self._next < len(self._steps)

    def run(self, stop: threading.Event) -> None:
        """Play until the end, or until `stop` is set."""
        while not stop.is_set():
            try:
                self.play()
            except AnswerableError as fault:
                self.refused.append(fault.message)
            stop.wait(_LOOK_S)


@contextmanager
def open_demo_desk(folder: Path, *, speed: float = 60.0, begins: str = BEGINS) -> Iterator[tuple[Desk, Rehearsal]]:
    """A desk in `folder` on which the story is played, `speed` times as fast as it was, from `begins` on.

    A second start on the same folder goes on from where the record ends. Raises InputError, StorageError.
    """
    story = write_story(folder / "story")
    steps, shows = story_steps(story)
    clock = fast_clock(begins=begins, speed=speed)
    with open_desk(folder / "record", origin=ORIGIN, policies=story.policies, clock=clock, steady=clock) as desk:
        rehearsal = Rehearsal(
            desk, beginning(steps, parse_instant(begins)), shows_dispatch=shows, heard_every_s=max(_HEARD_S, int(speed))
        )
        rehearsal.cast()
        stop = threading.Event()
        thread = threading.Thread(target=rehearsal.run, args=(stop,), name="rehearsal", daemon=True)
        thread.start()
        try:
            yield desk, rehearsal
        finally:
            stop.set()
            thread.join()


def beginning(steps: list[Step], begins_us: int) -> list[Step]:
    """What begins after an instant, with all that belongs to it; of what began before, nothing."""
    begun = {step.command.id for step in steps if step.at_us >= begins_us and not hasattr(step.command, "about")}
    return [step for step in steps if step.command.id in begun or getattr(step.command, "about", None) in begun]
