"""From the state to what pages show: rows, refusals, the board. Nothing here decides anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import takewhile
from typing import Final

import msgspec

from answerable.model.vocabulary import FactType
from answerable.watch.alarms import Alarm, AlarmKind
from answerable.watch.beside_calls import Feed
from answerable.watch.checks import is_own
from answerable.watch.clocks import clocks
from answerable.watch.commands import ReasonCode, StillAnswered
from answerable.watch.moves import KEYS, OWN_KEYS, is_possible
from answerable.watch.people import Actor
from answerable.watch.roles import MAY_DO, ONLY_OWN, Sight, may_see
from answerable.watch.rules import DeskRules
from answerable.watch.states import PENDING
from answerable.watch.subject import Denial, Subject
from answerable.watch.views import (
    Board,
    ConditionView,
    DenialView,
    DutyView,
    FeedHealth,
    FeedView,
    Question,
    RecordHealth,
    Row,
    Said,
)
from answerable.watch.words import (
    DUTIES,
    NO_POLICY,
    NO_RULE,
    ORIGINS,
    REASONS,
    STATES,
    STILL,
    blind_text,
    gap_text,
    value_text,
)
from answerable.watch.world import World

replace = msgspec.structs.replace
Spoken = Callable[[str], str | None]
"""The spoken number of an entry's receipt; None where it has none yet."""

_FAR: Final = 2**62
_URGENT: Final = {kind: place for place, kind in enumerate(AlarmKind)}


class Looking(msgspec.Struct, frozen=True, kw_only=True):
    """Who looks, and so what is withheld. `by` None: nobody that is known, who sees nothing private."""

    by: Actor | None = None

    def sees(self, subject: Subject) -> bool:
        """Whether private values of a call are shown."""
        if self.by is None:
            return False
        sight = Sight.SENSITIVE if subject.sensitive else Sight.PRIVATE
        return may_see(self.by.role, sight) or (may_see(self.by.role, Sight.OWN) and is_own(subject, self.by))


class Rows:
    """Rows, kept as long as nothing about the call, and nobody else's rights, changes."""

    def __init__(self, world: World, spoken: Spoken) -> None:
        self._world, self._spoken = world, spoken
        self._kept: dict[tuple[str, str], tuple[Subject, str | None, Row]] = {}

    def row(self, subject: Subject, looking: Looking, now_us: int) -> Row:
        """The row of a call at one instant."""
        gap = self._world.unseen(subject)
        key = (subject.id, "" if looking.by is None else f"{looking.by.role} {looking.sees(subject)}")
        kept = self._kept.get(key)
        if kept is None or kept[0] is not subject or kept[1] != gap:
            row = row_of(subject, self._world, looking, spoken=self._spoken(subject.id))
            self._kept[key] = (subject, gap, row)
        else:
            row = kept[2]
        late = row.due is not None and row.due.due_us < now_us and row.gap is None
        return row if row.late is late else replace(row, late=late)

    def forget(self) -> None:
        """Drop the rows of calls that no board shows any more."""
        shown = self._world.open.keys() | self._world.recent.keys()
        self._kept = {key: kept for key, kept in self._kept.items() if key[0] in shown}


def row_of(subject: Subject, world: World, looking: Looking, *, spoken: str | None) -> Row:
    """The row of a call; `late` is for `Rows` to say, who knows the time."""
    sees, running, gap = looking.sees(subject), clocks(subject, world.rules), world.unseen(subject)
    return Row(
        id=subject.id,
        kind=subject.kind,
        number=subject.number or spoken,
        state=subject.state,
        status=STATES[subject.state],
        due=next((due for due in running if due.met_us is None), None),
        late=False,
        duty=duty_view(subject),
        priority=_priority(subject),
        nature=subject.nature if sees else None,
        place=subject.place if sees else None,
        caller=(subject.caller_name if sees else None) or ORIGINS[subject.origin],
        agency=subject.agency if sees else None,
        waiting_since_us=subject.told_us,
        units=tuple(unit.id for unit in subject.attached),
        questions=questions(subject, world),
        decide=offered(subject, looking.by),
        alarms=tuple(sorted(subject.alarms, key=urgency)),
        sensitive=subject.sensitive,
        gap=gap,
        gap_kind=None if gap is None or subject.feed is None else feed_health(world.feeds[subject.feed]),
        version=subject.version,
    )


def duty_view(subject: Subject) -> DutyView:
    """What the policy says of a call now, in its own words."""
    base = subject.period.base
    if base is None or base.duty is None:
        sentence, name = (NO_POLICY, "") if base is None else (NO_RULE, f"{base.policy} {base.version}")
        return DutyView(
            code="none", text=DUTIES["none"], sentence=sentence, cite="", policy=name, version="", rule=None
        )
    decided = " (decided: respond)" if subject.period.committed else ""
    return DutyView(
        code=base.duty.value,
        text=DUTIES[base.duty.value] + decided,
        sentence=" ".join(base.text.split()),
        cite=base.cite,
        policy=f"{base.policy} {base.version}",
        version=base.version,
        rule=base.rule,
        decline_by=base.decline_by,
        satisfied_by=tuple(one.value for one in base.satisfied_by),
        escalate_to=base.escalate_to,
    )


def questions(subject: Subject, world: World) -> tuple[Question, ...]:
    """The missing facts that could still change the duty or a clock, as the policy asks about them."""
    policy, base = world.meaning.policy(subject.policy), subject.period.base
    if policy is None or base is None or subject.over:
        return ()
    return tuple(_question(fact, policy.facts[fact]) for fact in base.open)


def _question(fact: str, kind: FactType) -> Question:
    values = (True, False) if kind.yes_no else kind.one_of
    choices = tuple(Said(code=value_text(value).replace(" ", "_"), text=value_text(value)) for value in values)
    return Question(fact=fact, ask=kind.ask, choices=choices, first=kind.first, last=kind.last)


def offered(subject: Subject, by: Actor | None) -> tuple[str, ...]:
    """Tags of the commands that this role can give now, in the order of the keys."""
    if by is None:
        return ()
    return tuple(
        str(command.__struct_config__.tag)
        for command in (OWN_KEYS if by.role in ONLY_OWN else KEYS)
        if command in MAY_DO[by.role] and is_possible(command, subject)
    )


def urgency(alarm: Alarm) -> tuple[bool, int, int]:
    """How alarms are sorted: those that ring first, then by kind, then the oldest."""
    return (not alarm.rings, _URGENT[alarm.kind], alarm.raised_us)


def _priority(subject: Subject) -> int | None:
    if subject.priority_final is not None:
        return subject.priority_final
    value = subject.facts.get("priority")
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def sorted_rows(rows: Iterable[Row]) -> tuple[Row, ...]:
    """What is due soonest, then the priority, then the oldest."""

    def place(row: Row) -> tuple[int, int, int]:
        due_us = _FAR if row.due is None or row.gap is not None else row.due.due_us
        return (due_us, 10 if row.priority is None else row.priority, row.waiting_since_us)

    return tuple(sorted(rows, key=place))


# refusals


def denial_view(
    subject: Subject, denial: Denial, looking: Looking, *, now_us: int, rules: DeskRules, number: str | None
) -> DenialView:
    """A refusal as it stands."""
    sees = looking.sees(subject)
    running = {due.what: due for due in clocks(subject, rules)}
    review, written = running.get("review"), running.get("written_response")
    return DenialView(
        id=subject.id,
        denial=denial.id,
        kind=subject.kind,
        number=subject.number or number,
        agency=subject.agency if sees else None,
        asks=subject.nature if sees else None,
        declined_us=denial.at_us,
        decider=denial.decider,
        clause=denial.clause,
        policy_version=denial.policy,
        sentence=" ".join(denial.sentence.split()),
        cite=denial.cite,
        reason=Said(code=denial.reason_code, text=REASONS[ReasonCode(denial.reason_code)]),
        reason_text=denial.reason_text if sees else None,
        conditions=tuple(
            ConditionView(
                number=number_,
                text=one.text if sees else None,
                fact=one.fact,
                reported_met_us=one.reported_met_us,
                reported_by=one.reported_by,
            )
            for number_, one in enumerate(denial.conditions, start=1)
        ),
        still_answered=tuple(Said(code=code, text=STILL[StillAnswered(code)]) for code in denial.still_answered),
        final=denial.final,
        review_due_us=None if review is None else review.due_us,
        reviews=denial.reviews,
        overdue=review is not None and review.due_us < now_us,
        notice_sent_us=denial.notice_sent_us,
        notice_read_us=denial.notice_read_us,
        written_response_due_us=None if written is None else written.due_us,
        response_written_us=subject.response_written_us,
        appealed_us=denial.appealed_us,
        alarms=tuple(sorted(subject.alarms, key=urgency)),
    )


def standing_denials(world: World, looking: Looking, now_us: int, spoken: Spoken) -> tuple[DenialView, ...]:
    """Every refusal that stands, the one whose review is due first on top."""
    found = [
        denial_view(subject, denial, looking, now_us=now_us, rules=world.rules, number=spoken(subject.id))
        for subject in (world.subjects[id_] for id_ in world.open)
        if subject.refused and (denial := subject.denial) is not None and denial.stands
    ]
    return tuple(sorted(found, key=lambda one: (one.review_due_us or _FAR, one.declined_us)))


# the board


def board(world: World, rows: Rows, looking: Looking, *, now_us: int, record: RecordHealth, spoken: Spoken) -> Board:
    """The board at one instant: its cost grows with what is open, never with what was ever recorded."""
    subjects = [world.subjects[id_] for id_ in world.open]
    shown = [(subject, rows.row(subject, looking, now_us)) for subject in subjects]
    since_us = now_us - world.rules.closed_shown_s * 1_000_000
    recent = takewhile(lambda one: one.changed_us >= since_us, (world.subjects[id_] for id_ in reversed(world.recent)))
    by = looking.by
    return Board(
        now_us=now_us,
        pending=sorted_rows(row for subject, row in shown if subject.state in PENDING),
        active=sorted_rows(row for subject, row in shown if subject.state not in PENDING),
        closed=tuple(rows.row(one, looking, now_us) for one in recent),
        denials=standing_denials(world, looking, now_us, spoken),
        alarms=tuple(sorted(world.ringing(), key=urgency)),
        muted_until_us=_muted_until(world, by, now_us),
        feeds=tuple(feed_view(feed, world) for feed in world.feeds.values()),
        record=record,
        policy=world.meaning.in_force(now_us),
        index=world.watch.index,
    )


def _muted_until(world: World, by: Actor | None, now_us: int) -> int | None:
    until_us = None if by is None else world.muted.get(by.id)
    return until_us if until_us is not None and until_us > now_us else None


def feed_health(feed: Feed) -> FeedHealth:
    """Whether a feed is heard, and tells of dispatches."""
    if feed.gap_from_us is not None:
        return FeedHealth.GAP
    return FeedHealth.ALIVE if feed.shows_dispatch else FeedHealth.BLIND


def feed_view(feed: Feed, world: World) -> FeedView:
    """A feed, and what its silence means."""
    health = feed_health(feed)
    texts = {FeedHealth.GAP: gap_text(feed.name), FeedHealth.BLIND: blind_text(feed.name), FeedHealth.ALIVE: "heard"}
    return FeedView(
        name=feed.name,
        health=health,
        text=texts[health],
        heard_us=feed.heard_us,
        up_to_us=feed.up_to_us,
        gap_since_us=feed.gap_from_us,
        open_calls=sum(world.subjects[id_].feed == feed.name for id_ in world.open),
    )
