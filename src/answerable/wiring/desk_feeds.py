"""Beside a dispatch system: its files, read through a source profile, become what a desk is told.

Nothing is typed twice: every step of a call has an id made of the feed, the call and the step, so that reading a file
again changes nothing. What the file cannot say (whether anybody was sent) is said to be unseen, never to be silence.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Final

import msgspec

from answerable.config import read_settings
from answerable.engines.feed_rows import FeedRow, feed_rows
from answerable.errors import AnswerableError, OverloadedError
from answerable.model.call import Disposition, EndedBy, EntryKind, Known, Origin
from answerable.model.source import SourceManifest
from answerable.sources import find_profile, import_calls
from answerable.watch import commands as do
from answerable.watch.people import Actor, Role
from answerable.watch.states import Kind
from answerable.wiring.desk import Desk, Done

AT_ONCE: Final = 500
_SAFE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_CODE: Final = re.compile(r"[A-Za-z0-9_.:/-]{0,64}", re.ASCII)
_NOT_A_FACT: Final = frozenset({"priority_final"})
_UNIT_POINTS: Final = (
    ("dispatched", do.UnitStatus.DISPATCHED),
    ("enroute", do.UnitStatus.ENROUTE),
    ("arrived", do.UnitStatus.ON_SCENE),
    ("cleared", do.UnitStatus.CLEARED),
)
_CLOSINGS: Final = {
    Disposition.UNFOUNDED: do.CloseReason.UNFOUNDED,
    Disposition.GONE_ON_ARRIVAL: do.CloseReason.GONE_ON_ARRIVAL,
    Disposition.VOID_TEST: do.CloseReason.TEST_OR_MISDIAL,
    Disposition.DUPLICATE: do.CloseReason.DUPLICATE,
    Disposition.CANCELLED_BY_AGENCY: do.CloseReason.DECLINED,
    Disposition.DECLINED_NO_RESPONSE: do.CloseReason.DECLINED,
}
"""What a file's disposition is as a reason; any other that it states is SERVED, and a blank is none."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened, as the desk is told of it: when, what, by whom."""

    at_us: int
    command: do.Command
    by: Actor


class FeedRead(msgspec.Struct, frozen=True, kw_only=True):
    """What reading a feed's files came to: calls in them, new entries, and what the desk refused, with the reasons."""

    calls: int
    entered: int
    known: int
    refused: tuple[str, ...]
    shows_dispatch: bool


def feed_actor(name: str) -> Actor:
    """A feed as the record names it."""
    return Actor(id=name, role=Role.FEED)


def steps_of(row: FeedRow, *, feed: str) -> Iterator[Step]:
    """What a call in a file says happened, in the order in which it did."""
    received_us = row.times_us.get("received") or row.times_us.get("queued") or row.times_us.get("entered")
    if received_us is None:
        return
    id_, by = call_id(row, feed=feed), feed_actor(feed)
    yield Step(at_us=received_us, command=_begun(row, id_, told_us=received_us, feed=feed), by=by)
    for name, at_us, command in sorted(_later(row, id_, feed), key=lambda one: one[1]):
        given = msgspec.structs.replace(command, id=f"{id_}:{name}", occurred_at_us=at_us)
        yield Step(at_us=max(at_us, received_us), command=given, by=by)


def call_id(row: FeedRow, *, feed: str) -> str:
    """The id of a call of a feed: its own number where that can stand in an id, else one made of its row."""
    return named_id(row.call_id, feed=feed) or f"{feed}:{row.row_key[:24]}"


def named_id(number: str | None, *, feed: str) -> str | None:
    """The id of the call that a feed calls `number`; None where the number cannot stand in an id."""
    if number is None or _SAFE.fullmatch(number) is None:
        return None if number is None else f"{feed}:{hashlib.sha256(number.encode()).hexdigest()[:24]}"
    return f"{feed}:{number}"


def _begun(row: FeedRow, id_: str, *, told_us: int, feed: str) -> do.Command:
    facts = {name: value for name, value in row.facts.items() if name not in _NOT_A_FACT}
    if facts.get("kind") == Kind.REQUEST.value:
        return do.RequestAssistance(
            id=id_,
            agency=str(facts.get("requester", "an agency")).replace("_", " "),
            asks=row.type or "assistance",
            facts=facts,
            place=row.place,
            district=_code(row.district),
            number=_code(row.call_id),
            told_at_us=told_us,
            feed=feed,
        )
    return do.ReceiveCall(
        id=id_,
        origin=Origin(row.origin),
        entry_kind=EntryKind(row.entry_kind),
        facts=facts,
        place=row.place,
        nature=row.type,
        district=_code(row.district),
        beat=_code(row.beat),
        number=_code(row.call_id),
        sensitive=bool(row.sensitive),
        abandoned=bool(row.abandoned),
        told_at_us=told_us,
        feed=feed,
    )


def _later(row: FeedRow, id_: str, feed: str) -> Iterator[tuple[str, int, do.Command]]:
    """Name, time and command of each later step; the id is put in by whoever asks."""
    times, unit = row.times_us, _code(row.unit) or "unit"
    if "answered" in times:
        yield "answered", times["answered"], do.Answer(id="-", about=id_)
    if "entered" in times and row.facts.get("kind") != Kind.REQUEST.value:
        yield "entered", times["entered"], do.Enter(id="-", about=id_)
    for point, status in _UNIT_POINTS:
        if point in times and row.dispatched == Known.YES:
            yield point, times[point], do.RecordUnit(id="-", about=id_, unit=unit, status=status)
    final = row.facts.get("priority_final")
    if isinstance(final, int) and final != row.facts.get("priority"):
        yield "priority", _known_final(times), do.Prioritize(id="-", about=id_, priority=final)
    if "contact" in times:
        yield "contact", times["contact"], do.Callback(id="-", about=id_, reached=True)
    if "closed" in times:
        yield "closed", times["closed"], _ended(row, id_, feed)


def _known_final(times: Mapping[str, int]) -> int:
    """When a file without a time of it can be taken to know the last priority: as late as it speaks of the call before
    its end, so that nobody is held to it sooner."""
    return max(at_us for point, at_us in times.items() if point not in ("closed", "cleared"))


def _ended(row: FeedRow, id_: str, feed: str) -> do.Command:
    into = named_id(row.duplicate_of, feed=feed)
    if into is not None and into != id_:
        return do.Merge(id="-", about=id_, into=into)
    if row.ended_by == EndedBy.REQUESTER:
        return do.Withdraw(id="-", about=id_, asserted_by="caller")
    disposition = Disposition(row.disposition)
    blank = disposition in (Disposition.NONE, Disposition.UNKNOWN_CODE)
    reason = None if blank else _CLOSINGS.get(disposition, do.CloseReason.SERVED)
    return do.Close(id="-", about=id_, reason_code=reason, reason_text=row.disposition_raw)


def _code(text: str | None) -> str | None:
    return text if text is not None and _CODE.fullmatch(text) else None


def shows_dispatch(manifest: SourceManifest) -> bool:
    """Whether a blank of the file means that nobody was sent."""
    return "dispatched" in manifest.blank_means_no


def read_feed(file: Path, *, source: str, feed: str, encoding: str | None = None) -> tuple[list[Step], SourceManifest]:
    """The steps that a feed's file tells, in the order of time, and what the file can show. Raises SourceError."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "calls.parquet"
        manifest = import_calls(
            file, profile=find_profile(source), out=out, encoding=encoding, settings=read_settings()
        )
        steps = [step for row in feed_rows(out) for step in steps_of(row, feed=feed)]
    return sorted(steps, key=lambda step: step.at_us), manifest


class Shadow:
    """A desk beside a dispatch system: looks at a file, or a folder of files, and tells the desk what is new in it."""

    def __init__(self, desk: Desk, path: Path, *, source: str, feed: str, every_s: int = 30) -> None:
        self._desk, self._path, self._source, self._feed = desk, path, source, feed
        self._every_s = every_s
        self._seen = dict[Path, tuple[int, int]]()
        self._told = set[str]()
        self._shows_dispatch = True
        self.fault: AnswerableError | None = None
        """Why the last look failed, where it did: the feed then is not heard, and falls silent in words."""

    def look(self) -> FeedRead:
        """Read what has changed since the last look, and tell the desk. Raises SourceError, StorageError."""
        steps, calls = list[Step](), 0
        for file in self._files():
            state = file.stat()
            mark = (state.st_mtime_ns, state.st_size)
            if self._seen.get(file) == mark:
                continue
            found, manifest = read_feed(file, source=self._source, feed=self._feed)
            self._seen[file], calls = mark, calls + manifest.calls
            self._shows_dispatch = shows_dispatch(manifest)
            steps += found
        # heard first: what the feed cannot show has to be known before its calls are
        self.heard()
        new = [step for step in steps if step.command.id not in self._told]
        entered, known, refused = tell(self._desk, new)
        self._told.update(step.command.id for step in new)
        return FeedRead(
            calls=calls, entered=entered, known=known + len(steps) - len(new), refused=tuple(refused),
            shows_dispatch=self._shows_dispatch,
        )  # fmt: skip

    def heard(self) -> None:
        """That the files could be looked at: the feed is alive."""
        command = do.HearFeed(
            id=self._desk.core.new_id(),
            feed=self._feed,
            every_s=self._every_s,
            shows_dispatch=self._shows_dispatch,
        )
        self._desk.do(command, by=feed_actor(self._feed)).result()

    def _files(self) -> list[Path]:
        if not self._path.is_dir():
            return [self._path] if self._path.exists() else []
        return sorted(one for one in self._path.iterdir() if one.is_file() and not one.name.startswith("."))

    def run(self, stop: threading.Event) -> None:
        """Look again and again, until `stop` is set."""
        while not stop.is_set():
            try:
                self.look()
                self.fault = None
            except AnswerableError as fault:
                self.fault = fault
            stop.wait(self._every_s)


def tell(desk: Desk, steps: Sequence[Step]) -> tuple[int, int, list[str]]:
    """Tell the desk, in order: new entries, known ones, and what it refused."""
    entered, known, refused = 0, 0, list[str]()
    for begin in range(0, len(steps), AT_ONCE):
        for step, future in _asked(desk, steps[begin : begin + AT_ONCE]):
            try:
                done = future.result()
            except AnswerableError as fault:
                refused.append(f"{step.command.id}: {fault.message}")
            else:
                known += done.again
                entered += not done.again
    return entered, known, refused


def _asked(desk: Desk, steps: Iterable[Step]) -> list[tuple[Step, Future[Done]]]:
    found = list[tuple[Step, Future[Done]]]()
    for by, group in groupby(steps, key=lambda step: step.by):
        some = list(group)
        try:
            futures = desk.do_all([step.command for step in some], by=by)
        except OverloadedError:
            for _, future in found:
                future.exception()  # wait for what is on its way, then go on
            futures = desk.do_all([step.command for step in some], by=by)
        found += zip(some, futures, strict=True)
    return found


@contextmanager
def shadowing(desk: Desk, path: Path, *, source: str, feed: str, every_s: int = 30) -> Iterator[Shadow]:
    """A shadow with a thread of its own, which ends with the block. Raises what the first look raises."""
    shadow, stop = Shadow(desk, path, source=source, feed=feed, every_s=every_s), threading.Event()
    shadow.look()
    thread = threading.Thread(target=shadow.run, args=(stop,), name=f"feed {feed}", daemon=True)
    thread.start()
    try:
        yield shadow
    finally:
        stop.set()
        thread.join()
