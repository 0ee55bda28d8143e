"""The board as its page and its script read it: every word said, every button named, only the counting left open."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from answerable.watch.alarms import NEVER_MUTED, Alarm, AlarmKind
from answerable.watch.people import Role
from answerable.watch.states import REFUSED, UNDER_WAY, Kind
from answerable.watch.views import Board, ConditionView, DenialView, FeedHealth, Row
from answerable.watch.words import WITHHELD, rung_words
from answerable.web.pages.acts import Act, answers_to, board_acts
from answerable.web.pages.spans import until

MASKED = "masked on the wall"
NOT_THERE = "not recorded, or withheld"
"""A private value that was never told looks the same as one that was erased."""

MARKS = {
    "must-respond": ("plain", "must"),
    "may-decline": ("decline", "decline"),
    "command-decides": ("command", "command"),
    "none": ("quiet", "ask"),
}
"""Tone and shape of each duty."""

GRAVE = frozenset(
    (
        *NEVER_MUTED,
        AlarmKind.NOT_ARRIVED,
        AlarmKind.UNDECIDED,
        AlarmKind.CALLBACK_MISSED,
        AlarmKind.REVIEW_MISSED,
        AlarmKind.RESPONSE_NOT_WRITTEN,
        AlarmKind.RECORD_DOWN,
    )
)
"""What is past its time, and what is never muted: in the colour of late."""

MOST_DRAWN = 500
"""So many rows of a group are drawn, those that are due first: a browser cannot lay out a year of somebody's export."""

_SLACK = 20
"""So many of the last rows that are drawn are sent each time: they may have moved up."""

DUE_SOON, PAST = "Due soon", "LATE"
TITLES = {kind: PAST if kind in GRAVE else DUE_SOON for kind in AlarmKind} | {
    AlarmKind.LIFE_SAFETY_ON_DENIAL: "LIFE SAFETY ON A REFUSAL",
    AlarmKind.UNHEARD: "UNHEARD",
    AlarmKind.ABOUT_TO_GO_UNHEARD: "ABOUT TO GO UNHEARD",
    AlarmKind.CONDITION_MET: "Review now",
    AlarmKind.APPEALED: "Appeal",
    AlarmKind.REQUEST_DISPUTED: "Disputed",
    AlarmKind.FEED_GAP: "Feed silent",
    AlarmKind.RECORD_DOWN: "RECORD DOWN",
    AlarmKind.CLOCK_JUMPED: "Clock jumped",
}
"""What stands before an alarm's sentence."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """An open question in a row, with its answers."""

    question: str
    choices: tuple[Act, ...]


class ShownRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row. The script counts `due_us` and `since_us`; `due_none` is said where no clock runs."""

    id: str
    href: str
    number: str
    due_us: int | None
    due_what: str
    due_none: str
    late: bool
    tone: str
    duty_tone: str
    shape: str
    duty: str
    says: str
    priority: str
    nature: str
    place: str
    nature_hidden: bool
    place_hidden: bool
    caller: str
    agency: str
    since_us: int | None
    until_us: int | None
    status: str
    note: str
    asks: tuple[Asked, ...]
    acts: tuple[Act, ...]
    why_not: dict[str, str]
    """For a key that does nothing in this row: why."""


class ShownAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm that rings."""

    id: str
    title: str
    tone: str
    shape: str
    sentence: str
    number: str
    href: str
    raised_us: int
    escalated: str
    never_muted: bool
    acts: tuple[Act, ...]


class ShownDenial(msgspec.Struct, frozen=True, kw_only=True):
    """A refusal that stands."""

    id: str
    href: str
    number: str
    who: str
    asks: str
    sentence: str
    conditions: tuple[str, ...]
    due_us: int | None
    due_none: str
    acts: tuple[Act, ...]


class ShownBoard(msgspec.Struct, frozen=True, kw_only=True):
    """All of it, or what changed: `order` always has every id of the three groups that is drawn.

    `counts` are the rows of each group, `undrawn_late` how many of those that wait and are not drawn are late.
    """

    now_us: int
    index: int
    rows: tuple[ShownRow, ...]
    order: tuple[tuple[str, ...], ...]
    counts: tuple[int, ...]
    undrawn_late: int
    alarms: tuple[ShownAlarm, ...]
    standing: tuple[ShownDenial, ...]
    feeds: tuple[str, ...]
    policy: str
    muted_until_us: int | None


def shown_board(
    board: Board, *, role: Role, wall: bool, say_time: Callable[[int], str], changed: Callable[[Row], bool],
    whole: bool = False,
) -> ShownBoard:  # fmt: skip
    """The board for somebody in this role; rows only where `changed` says so. `wall`: places of sensitive calls are
    masked, and nothing can be pressed. `whole`: every row is drawn, however many there are."""
    every = (board.pending, board.active, board.closed)
    numbers = {row.id: row.number or "" for group in every for row in group}
    groups = every if whole else tuple(map(drawn, every))
    return ShownBoard(
        now_us=board.now_us,
        index=board.index,
        rows=tuple(
            shown_row(row, role=role, wall=wall, over=all_of_it is board.closed)
            for group, all_of_it in zip(groups, every, strict=True)
            for place, row in enumerate(group)
            if changed(row) or (len(group) < len(all_of_it) and place >= MOST_DRAWN - _SLACK)
        ),
        order=tuple(tuple(row.id for row in group) for group in groups),
        counts=tuple(map(len, every)),
        undrawn_late=sum(row.late for row in board.pending) - sum(row.late for row in groups[0]),
        alarms=tuple(shown_alarm(alarm, numbers, role=role, wall=wall) for alarm in board.alarms if alarm.rings),
        standing=tuple(shown_denial(denial, role=role, say_time=say_time) for denial in board.denials),
        feeds=tuple(_troubles(board)),
        policy=board.policy or "",
        muted_until_us=board.muted_until_us,
    )


def drawn(group: tuple[Row, ...]) -> tuple[Row, ...]:
    """The rows of a group that are drawn: those that come first, and every one for which something rings."""
    first, rest = group[:MOST_DRAWN], group[MOST_DRAWN:]
    return (*first, *(row for row in rest if any(alarm.rings for alarm in row.alarms)))


def shown_row(row: Row, *, role: Role, wall: bool = False, over: bool = False) -> ShownRow:
    """One row. `over`: nobody waits any more."""
    tone, shape = MARKS.get(row.duty.code, MARKS["none"])
    masked = wall and row.sensitive
    return ShownRow(
        id=row.id,
        href=f"/c/{row.id}",
        number=row.number or f"…{row.id[-6:]}",
        due_us=None if row.due is None or row.gap else row.due.due_us,
        due_what="" if row.due is None else f"to {row.due.text}",
        due_none=_without_clock(row, over=over),
        late=row.late,
        tone="quiet" if over else "answered" if row.state in UNDER_WAY else tone,
        duty_tone="quiet" if over else tone,
        shape=shape,
        duty=capital(row.duty.text),
        says=row.duty.sentence,
        priority="–" if row.priority is None else str(row.priority),
        nature=MASKED if masked else row.nature or NOT_THERE,
        nature_hidden=masked or row.nature is None,
        place=MASKED if masked else row.place or NOT_THERE,
        place_hidden=masked or row.place is None,
        caller=capital(row.caller),
        agency=row.agency or "",
        since_us=None if over else row.waiting_since_us,
        until_us=None,
        status=capital(row.status),
        note=", ".join(row.units) if row.gap_kind is None else _GAPS[row.gap_kind],
        asks=()
        if over or wall
        else tuple(
            Asked(question=one.ask, choices=answers_to(one, row, first=place == 0))
            for place, one in enumerate(row.questions)
        ),
        acts=() if wall else board_acts(row, role=role),
        why_not=_why_not(row, role=role),
    )


def capital(text: str) -> str:
    """`text` as a line of its own begins; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def _without_clock(row: Row, *, over: bool) -> str:
    if over:
        return "over"
    if row.gap:
        return "not told" if row.gap_kind is FeedHealth.BLIND else "feed gap"
    return "under way" if row.state in UNDER_WAY else "refused" if row.state in REFUSED else "no clock"


def _why_not(row: Row, *, role: Role) -> dict[str, str]:
    """Words for the keys D and R where they do nothing."""
    said = dict[str, str]()
    if row.duty.code == "must-respond":
        said["decline"] = f"Nobody may decline this: {row.duty.sentence}"
    elif row.duty.decline_by:
        rank = row.duty.decline_by.replace("_", " ")
        said["decline"] = f"Only a {rank} or above may decline this, in the role of watch commander; you act as {role}."
    said["respond"] = f"It is {row.status.lower()} already."
    return said


def shown_alarm(alarm: Alarm, numbers: dict[str, str], *, role: Role, wall: bool = False) -> ShownAlarm:
    """An alarm with its button."""
    grave = alarm.kind in GRAVE
    known = alarm.about in numbers
    return ShownAlarm(
        id=alarm.id,
        title=TITLES[alarm.kind],
        tone="late" if grave else "command",
        shape="late" if grave else "command",
        sentence=f"{alarm.text.rstrip('.')}.",
        number=numbers.get(alarm.about or "", ""),
        href=f"/c/{alarm.about}" if known else "/board",
        raised_us=alarm.raised_us,
        escalated=rung_words(alarm.rung, climbed=alarm.climbed_us is not None, calls_rank=alarm.calls_rank),
        never_muted=alarm.kind in NEVER_MUTED,
        acts=()
        if wall or role not in {Role.CALL_TAKER, Role.DISPATCHER, Role.WATCH_COMMANDER}
        else (
            Act(
                label="Acknowledge",
                act="acknowledge-alarm",
                key="G",
                action=f"/alarms/{alarm.id}/acknowledge",
                style="slim",
                unseen=f"Acknowledge the alarm: {alarm.text}",
            ),
        ),
    )


def shown_denial(denial: DenialView, *, role: Role, say_time: Callable[[int], str]) -> ShownDenial:
    """A refusal that stands, in the panel beside the calls."""
    rank = (denial.decider.rank or "rank not recorded").replace("_", " ")
    acts = [Act(label="Condition met…", href=f"/c/{denial.id}/condition", style="slim")] if denial.conditions else []
    if role is Role.WATCH_COMMANDER:
        acts.append(Act(label="Review…", href=f"/c/{denial.id}/review", style="slim"))
    return ShownDenial(
        id=denial.id,
        href=f"/c/{denial.id}",
        number=denial.number or f"…{denial.id[-6:]}",
        who=denial.agency or ("a caller" if denial.kind is Kind.CALL else "an agency"),
        asks=denial.asks or WITHHELD,
        sentence=f"Declined {say_time(denial.declined_us)} by {rank} {denial.decider.id}: {denial.reason.text}",
        conditions=tuple(condition_words(one, say_time=say_time) for one in denial.conditions),
        due_us=denial.review_due_us,
        due_none="Final: no review is due" if denial.final else "No review clock",
        acts=tuple(acts),
    )


def condition_words(condition: ConditionView, *, say_time: Callable[[int], str]) -> str:
    """A condition, and whether it was reported met."""
    text = condition.text or WITHHELD
    if condition.reported_met_us is None:
        return text
    return f"{text} Reported met {say_time(condition.reported_met_us)}."


_GAPS = {
    FeedHealth.GAP: "its feed is silent",
    FeedHealth.BLIND: "its feed never tells",
}
"""Why a row has no clock; the whole sentence stands once, above the board."""


def _troubles(board: Board) -> Iterable[str]:
    """Feeds that are silent, or never tell of dispatches, and a record that takes nothing, in words."""
    if not board.record.writing or board.record.spooling:
        yield board.record.text
    said_of = {row.gap for group in (board.pending, board.active) for row in group}
    for feed in board.feeds:
        if feed.health is FeedHealth.GAP or feed.text in said_of:
            yield feed.text


def waits(row: ShownRow, now_us: int) -> str:
    """The deadline of a row as the page says it before any script counts."""
    return row.due_none if row.due_us is None else until(row.due_us, now_us)
