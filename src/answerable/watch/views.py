"""What pages show: frozen values, already in the words of `answerable.watch.words` where a person reads them.

A private value that was erased, or that this reader may not see, is None: shown as "withheld or erased".
Instants are microseconds (`_us`), to be said in local time by the page.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from answerable.model.vocabulary import FactType, FactValue
from answerable.watch.alarms import Alarm
from answerable.watch.people import Actor, Assignment
from answerable.watch.states import Kind, State


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A code with the words that people read."""

    code: str
    text: str


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that is missing and could change the duty or a clock; `choices` as value (yes, no, a text, digits) and
    words. A number has no choices, but `first` and `last`."""

    fact: str
    ask: str
    choices: tuple[Said, ...] = ()
    first: int | None = None
    last: int | None = None


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A clock that runs. `what` is a stable code (dispatch, arrive, answer, decide, callback, review,
    written_response, tell_caller), `text` its words. `due_us` runs from when the requester told it, `ring_us` is when
    the desk rings. `met_us` where it was met."""

    what: str
    text: str
    due_us: int
    ring_us: int
    start_us: int
    within_s: int
    clock: str
    met_us: int | None = None

    def left_s(self, now_us: int) -> int:
        """Whole seconds to the deadline; negative past it."""
        return (self.due_us - now_us) // 1_000_000


class DutyView(msgspec.Struct, frozen=True, kw_only=True):
    """What the policy says now: `code` is must-respond, may-decline, command-decides or none."""

    code: str
    text: str
    sentence: str
    cite: str
    policy: str
    version: str
    rule: str | None
    decline_by: str | None = None
    satisfied_by: tuple[str, ...] = ()
    escalate_to: tuple[str, ...] = ()


class FeedHealth(StrEnum):
    """How a feed is; `BLIND`: heard, and it never tells that somebody was sent."""

    ALIVE = "alive"
    GAP = "gap"
    BLIND = "blind"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the board. `due` is the clock that is due first; `late` says that it is past."""

    id: str
    kind: Kind
    number: str | None
    """What it is called at the desk: the dispatch system's number, else the spoken number of its receipt."""
    state: State
    status: str
    due: Due | None
    late: bool
    duty: DutyView
    priority: int | None
    nature: str | None
    place: str | None
    caller: str
    agency: str | None
    waiting_since_us: int
    units: tuple[str, ...]
    questions: tuple[Question, ...]
    decide: tuple[str, ...]
    """Tags of the commands that can be given now, in the order of the keys: `decide-respond` always first."""
    alarms: tuple[Alarm, ...]
    sensitive: bool
    gap: str | None
    """Where its feed is silent, or never tells that somebody was sent: what that means. No clock of it is called late
    then."""
    version: int
    """Index of the last entry about it: a row whose version has not changed need not be drawn again."""
    gap_kind: FeedHealth | None = None
    """How its feed is, where there is a `gap`."""


class ConditionView(msgspec.Struct, frozen=True, kw_only=True):
    """A condition of a refusal; `number` counts from 1."""

    number: int
    text: str | None
    fact: str | None
    reported_met_us: int | None
    reported_by: str | None


class DenialView(msgspec.Struct, frozen=True, kw_only=True):
    """A refusal that stands."""

    id: str
    """Of the call or request."""
    denial: str
    """The id of the refusal's own entry."""
    kind: Kind
    number: str | None
    agency: str | None
    asks: str | None
    declined_us: int
    decider: Actor
    clause: str
    policy_version: str
    sentence: str
    cite: str
    reason: Said
    reason_text: str | None
    conditions: tuple[ConditionView, ...]
    still_answered: tuple[Said, ...]
    final: bool
    review_due_us: int | None
    reviews: int
    overdue: bool
    notice_sent_us: int | None
    notice_read_us: int | None
    written_response_due_us: int | None
    response_written_us: int | None
    appealed_us: int | None
    alarms: tuple[Alarm, ...]


class FeedView(msgspec.Struct, frozen=True, kw_only=True):
    """A feed, and since when it is silent where it is."""

    name: str
    health: FeedHealth
    text: str
    heard_us: int
    up_to_us: int | None
    gap_since_us: int | None
    open_calls: int


class FilesChecked(msgspec.Struct, frozen=True, kw_only=True):
    """How far the whole files of the record were looked through since the desk started: the first `entries` of the `of`
    that it had then were hashed again. `whole` only at the end of all checks; `fault` says what was found."""

    entries: int
    of: int
    whole: bool = False
    fault: str | None = None

    @property
    def state(self) -> str:
        """A word for programs: checking, whole, damaged."""
        return "damaged" if self.fault is not None else "whole" if self.whole else "checking"


class RecordHealth(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the record takes entries; `waiting` in the spool. `text` says what that means for who works now."""

    writing: bool
    spooling: bool
    waiting: int
    text: str
    size: int
    heartbeat_us: int | None
    files: FilesChecked = FilesChecked(entries=0, of=0, whole=True)


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """The board at one instant."""

    now_us: int
    pending: tuple[Row, ...]
    active: tuple[Row, ...]
    closed: tuple[Row, ...]
    """Over within the last 24 hours, newest first."""
    denials: tuple[DenialView, ...]
    alarms: tuple[Alarm, ...]
    """Those that ring, the most urgent first."""
    muted_until_us: int | None
    """Until when whoever looks has silenced the sound; never that of `alarms.NEVER_MUTED`."""
    feeds: tuple[FeedView, ...]
    record: RecordHealth
    policy: str | None
    """Name of the version in force; None: no policy is in force, and no duty can be said."""
    index: int
    """Index of the last entry that this board knows: the `Last-Event-ID` to go on from."""


class TimelineEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry about a call. `lines` are label and value; a value None was withheld or erased."""

    id: str
    index: int | None
    event: str
    text: str
    at_us: int
    recorded_at_us: int
    actor: Actor
    lines: tuple[tuple[str, str | None], ...]
    late: bool
    out_of_order: bool
    spoken: str | None
    times: tuple[tuple[str, int], ...] = ()
    """Label and instant of each further time that the entry says."""


class FactView(msgspec.Struct, frozen=True, kw_only=True):
    """A fact as it counts now (None: unknown, or the asserters contradict each other), and who said what when."""

    fact: str
    ask: str
    type: FactType
    value: FactValue | None
    text: str
    contradicted: bool
    said: tuple[tuple[str, str, int], ...]
    """Asserter, value in words, when recorded."""


class OutcomeView(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome so far, by the same rules as an examination."""

    outcome: str
    text: str
    because: str


class SubjectView(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of a call or a request."""

    row: Row
    told_us: int
    recorded_us: int
    disputed_told_us: int | None
    narrative: str | None
    caller_name: str | None
    phone: str | None
    district: str | None
    beat: str | None
    clocks: tuple[Due, ...]
    facts: tuple[FactView, ...]
    timeline: tuple[TimelineEntry, ...]
    denial: DenialView | None
    outcome: OutcomeView | None
    linked: tuple[str, ...]
    merged_into: str | None
    merged_here: tuple[str, ...]
    read_back: str | None
    """Of a request by telephone: the reference that is read back to the requester."""
    confirmed: bool | None
    """Of a request by telephone: True confirmed, False disputed, None neither yet."""


CallView = SubjectView
RequestView = SubjectView


class DeclineForm(msgspec.Struct, frozen=True, kw_only=True):
    """The form of a refusal as the clause fills it; where `refused` is a sentence, it cannot be declined by this
    person now, and that is why."""

    id: str
    refused: str | None
    rank_too_low: bool
    duty: DutyView
    policy_version: str
    clause: str | None
    sentence: str
    cite: str
    decline_by: str | None
    your_rank: str | None
    open_questions: tuple[Question, ...]
    reasons: tuple[Said, ...]
    reasons_that_need_text: tuple[str, ...]
    conditions: tuple[tuple[str, str], ...]
    """Fact and words of each condition that the clause itself names (`reopen-when`)."""
    review_due_us: int | None
    review_latest_us: int | None
    still_answered: tuple[Said, ...]
    notice_text: str
    decide_by_us: int | None


class PublicStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What a receipt's holder is told: no place, no nature, no name."""

    id: str
    spoken: str | None
    kind: Kind
    state: State
    text: str
    received_us: int
    changed_us: int
    steps: tuple[tuple[str, int], ...]
    """What happened, in words, and when."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as the boards hear of it: no content. `about` is the id of the call or request it changes.

    Of an alarm that was raised or has climbed: its kind, the rung it rings for, the rank that the policy has called.
    """

    index: int
    event: str
    about: str | None
    alarm: str | None = None
    rung: str | None = None
    calls_rank: str | None = None


class PolicyView(msgspec.Struct, frozen=True, kw_only=True):
    """A version of the policy: `state` is draft, approved, refused, filed, in_force or superseded."""

    id: str
    """Of the entry that drafted or filed it."""
    name: str
    version: str
    title: str
    state: str
    state_text: str
    effective_from_us: int
    effective_to_us: int | None
    drafted_by: Actor
    approved_by: Actor | None
    sha256: str
    text: str


class PersonView(msgspec.Struct, frozen=True, kw_only=True):
    """A pseudonym, with what it holds now and held."""

    person: str
    now: tuple[Assignment, ...]
    before: tuple[Assignment, ...]
