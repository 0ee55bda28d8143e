"""A call or a request as the desk knows it: what its entries come to. Frozen; every entry makes a new one."""

from __future__ import annotations

import msgspec

from answerable.model.call import EntryKind, Origin
from answerable.model.decision import FactAssertion
from answerable.model.duty import Duty, PolicyDecision
from answerable.model.vocabulary import FactValue
from answerable.watch.alarms import Alarm
from answerable.watch.commands import UnitStatus
from answerable.watch.people import Actor
from answerable.watch.states import OVER, PENDING, REFUSED, Kind, State

THE_RECORD = "the record"
"""The asserter of what a call's own record says; the outcome calls it so too (`policy/known.py`)."""


class Period(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The duty period that runs. `base` is what the policy says in it (None: no version in force); `lowered` what it
    said before the priority was lowered, whose clocks go on. `committed`: a decision to respond stands, so that the
    clocks of a response run. `answered_us`: when a duty that leaves a choice was decided."""

    start_us: int
    cause: str
    base: PolicyDecision | None
    first: bool = True
    committed: bool = False
    limits: PolicyDecision | None = None
    """What the clocks are taken from where a decision to respond stands."""
    lowered: PolicyDecision | None = None

    @property
    def clocks_of(self) -> tuple[PolicyDecision, ...]:
        """The decisions whose limits run, at most two."""
        running = (self.limits if self.committed else self.base, self.lowered)
        return tuple(one for one in running if one is not None)

    @property
    def must_respond(self) -> bool:
        """Whether somebody has to be sent."""
        return self.committed or (self.base is not None and self.base.duty is Duty.MUST_RESPOND)

    @property
    def leaves_choice(self) -> bool:
        """Whether it has to be decided whether somebody is sent."""
        return not self.committed and self.base is not None and self.base.duty not in (None, Duty.MUST_RESPOND)


class Unit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One unit's movements for this call, in microseconds."""

    id: str
    status: UnitStatus
    dispatched_us: int
    enroute_us: int | None = None
    on_scene_us: int | None = None
    over_us: int | None = None
    """When it was cleared or cancelled."""

    @property
    def on_its_way(self) -> bool:
        """Whether it is still with this call."""
        return self.over_us is None

    @property
    def called_back(self) -> bool:
        """Whether it was taken away before it was there."""
        return self.status is UnitStatus.CANCELLED and self.on_scene_us is None


class Condition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A condition of a refusal. `text` None: erased."""

    text: str | None
    fact: str | None
    reported_met_us: int | None = None
    reported_by: str | None = None


class Denial(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The last refusal. It stands until `ended_us`."""

    id: str
    at_us: int
    decider: Actor
    policy: str
    clause: str
    sentence: str
    cite: str
    reason_code: str
    reason_text: str | None
    conditions: tuple[Condition, ...]
    review_due_us: int | None
    review_from_us: int
    """When it was decided or last reviewed: from then the review's clock runs."""
    still_answered: tuple[str, ...]
    notice_text: str | None
    notice_sent_us: int | None
    notice_read_us: int | None = None
    reviews: int = 0
    review_asked_us: int | None = None
    """When a condition was reported met or an appeal came: a review is due, and the clock of a decision runs."""
    review_asked_by: str | None = None
    appealed_us: int | None = None
    ended_us: int | None = None
    ended_by: str | None = None

    @property
    def stands(self) -> bool:
        """Whether it still is what the requester was told."""
        return self.ended_us is None

    @property
    def final(self) -> bool:
        """Whether it names no condition."""
        return not self.conditions


class Made(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A decision in the course of a call, as an examination reads it (`answerable.model.decision`)."""

    id: str
    kind: str
    at_us: int
    recorded_us: int
    actor: Actor
    clause: str | None = None
    reason: str | None = None
    conditions: str | None = None
    review_due_us: int | None = None


class Subject(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A call or a request. Private values that were erased are None.

    `told_us` is when the requester told it, `recorded_us` when the desk took it. `rung` holds the keys of the alarms
    that were raised, so that none is raised twice. `entries` are the indexes and ids of its entries, in order; those
    that did not fit the state stand in `out_of_order`.
    """

    id: str
    kind: Kind
    state: State
    by: Actor
    told_us: int
    recorded_us: int
    changed_us: int
    period: Period
    policy: str | None
    origin: Origin = Origin.PUBLIC_911
    entry_kind: EntryKind = EntryKind.CALL
    was_request: bool = False
    number: str | None = None
    feed: str | None = None
    sensitive: bool = False
    agency: str | None = None
    nature: str | None = None
    place: str | None = None
    narrative: str | None = None
    caller_name: str | None = None
    phone: str | None = None
    district: str | None = None
    beat: str | None = None
    by_telephone: bool = False
    confirmed: bool | None = None
    disputed_told_us: int | None = None
    bound: dict[str, FactValue] = {}
    facts: dict[str, FactValue] = {}
    assertions: tuple[FactAssertion, ...] = ()
    priority_final: int | None = None
    units: tuple[Unit, ...] = ()
    made: tuple[Made, ...] = ()
    denial: Denial | None = None
    abandoned: bool = False
    answered_us: int | None = None
    entered_us: int | None = None
    contact_us: int | None = None
    delay_told_us: int | None = None
    acknowledged_us: int | None = None
    response_written_us: int | None = None
    closed_us: int | None = None
    closed_by: Actor | None = None
    close_reason: str | None = None
    reopened_us: int | None = None
    first_closed_us: int | None = None
    referred_to: str | None = None
    referral_accepted_us: int | None = None
    merged_into: str | None = None
    linked: tuple[str, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    rung: frozenset[str] = frozenset()
    entries: tuple[str, ...] = ()
    version: int = -1

    @property
    def entered_as(self) -> Kind:
        """What it was when it came in: its entries keep that name."""
        return Kind.REQUEST if self.was_request else self.kind

    @property
    def over(self) -> bool:
        """Whether nobody waits any more."""
        return self.state in OVER

    @property
    def pending(self) -> bool:
        """Whether somebody waits and nobody was sent."""
        return self.state in PENDING

    @property
    def refused(self) -> bool:
        """Whether a refusal stands."""
        return self.state in REFUSED

    @property
    def start_us(self) -> int:
        """When the clocks of the running period began. Of a disputed time of telling, the earlier."""
        if self.period.first and self.disputed_told_us is not None:
            return min(self.period.start_us, self.disputed_told_us)
        return self.period.start_us

    @property
    def attached(self) -> tuple[Unit, ...]:
        """Units that are with this call now."""
        return tuple(unit for unit in self.units if unit.on_its_way)

    @property
    def all_called_back(self) -> bool:
        """Whether somebody was sent, and everybody taken away before anybody was there: the clocks go on."""
        return bool(self.units) and all(unit.called_back for unit in self.units)

    @property
    def arrived_us(self) -> int | None:
        """When the first unit was there."""
        return min((unit.on_scene_us for unit in self.units if unit.on_scene_us is not None), default=None)
