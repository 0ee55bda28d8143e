"""What somebody asks the desk to do. Each command becomes one entry under its own `id`, and perhaps more that follow.

`id` is the sender's (a UUIDv7), so that sending again is safe. `occurred_at_us` is when it happened, where that is not
now. `about` is the id of the call or request.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, TypeAlias

import msgspec

from answerable.model.call import EntryKind, Origin
from answerable.model.vocabulary import FactValue
from answerable.watch.people import Role

Text: TypeAlias = Annotated[str, msgspec.Meta(max_length=4_000)]
"""Free text, which is always private."""
Line: TypeAlias = Annotated[str, msgspec.Meta(max_length=300)]
Code: TypeAlias = Annotated[str, msgspec.Meta(max_length=64, pattern=r"\A[A-Za-z0-9_.:/-]*\Z")]
Id: TypeAlias = Annotated[str, msgspec.Meta(max_length=128, pattern=r"\A[A-Za-z0-9][A-Za-z0-9._:-]*\Z")]


class ReasonCode(StrEnum):
    """Why somebody is not sent. The last two need a text."""

    NO_DUTY_OUTSIDE_JURISDICTION = "NO_DUTY_OUTSIDE_JURISDICTION"
    ALTERNATIVES_NOT_EXHAUSTED = "ALTERNATIVES_NOT_EXHAUSTED"
    REQUESTER_RESOURCES_AVAILABLE = "REQUESTER_RESOURCES_AVAILABLE"
    NO_UNITS_AVAILABLE = "NO_UNITS_AVAILABLE"
    PROHIBITED_BY_LAW = "PROHIBITED_BY_LAW"
    NOT_POLICE_MATTER = "NOT_POLICE_MATTER"
    INSUFFICIENT_INFORMATION = "INSUFFICIENT_INFORMATION"
    DUPLICATE = "DUPLICATE"
    UNSAFE_WITHOUT_PLAN = "UNSAFE_WITHOUT_PLAN"
    COMMAND_DISCRETION = "COMMAND_DISCRETION"
    OTHER = "OTHER"


NEEDS_TEXT = frozenset({ReasonCode.COMMAND_DISCRETION, ReasonCode.OTHER})


class CloseReason(StrEnum):
    """Why a call is over. One without a unit on scene needs a reason, and somebody who closes it."""

    SERVED = "SERVED"
    SERVED_BY_PHONE = "SERVED_BY_PHONE"
    UNFOUNDED = "UNFOUNDED"
    GONE_ON_ARRIVAL = "GONE_ON_ARRIVAL"
    CALLER_REACHED_NOTHING_NEEDED = "CALLER_REACHED_NOTHING_NEEDED"
    TEST_OR_MISDIAL = "TEST_OR_MISDIAL"
    DUPLICATE = "DUPLICATE"
    """Of a call that nobody named; of a known one it is merged."""
    DECLINED = "DECLINED"
    OTHER = "OTHER"


class UnitStatus(StrEnum):
    """What a unit did; the second half of the event's name."""

    DISPATCHED = "dispatched"
    ACKNOWLEDGED = "acknowledged"
    ENROUTE = "enroute"
    STAGED = "staged"
    ON_SCENE = "on_scene"
    CLEARED = "cleared"
    CANCELLED = "cancelled"


class StillAnswered(StrEnum):
    """What will still be answered while a refusal stands: a decision can be partial."""

    LIFE_SAFETY = "life_safety"
    CALLS_FOR_HELP = "calls_for_help"
    LIAISON = "liaison"
    STAGING = "staging"
    ADVICE = "advice"
    TRAFFIC = "traffic"


class ConditionAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What would change a refusal. `fact`: the fact of the policy that says it is met, where there is one."""

    text: Text
    fact: Code | None = None


class _Base(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="do"):
    id: Id
    occurred_at_us: int | None = None


class _About(_Base, frozen=True, kw_only=True, forbid_unknown_fields=True):
    about: Id


class ReceiveCall(_Base, tag="receive-call", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A call for help. `told_at_us`: when the caller told it; `number`: the dispatch system's own number."""

    origin: Origin = Origin.PUBLIC_911
    entry_kind: EntryKind = EntryKind.CALL
    facts: dict[str, FactValue] = {}
    place: Text | None = None
    nature: Line | None = None
    narrative: Text | None = None
    caller_name: Line | None = None
    phone: Line | None = None
    caller_agency: Line | None = None
    district: Code | None = None
    beat: Code | None = None
    number: Code | None = None
    sensitive: bool = False
    abandoned: bool = False
    told_at_us: int | None = None
    feed: Code | None = None
    """The feed that brought it; the door may leave it to the actor."""


class Answer(_About, tag="answer", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody picked up the telephone."""


class Enter(_About, tag="enter", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The call is written down in full and waits to be sent to."""


class Abandon(_About, tag="abandon", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The caller hung up. Somebody owes a callback."""


class Callback(_About, tag="callback", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody tried to call back. `reached`: the caller was spoken to."""

    reached: bool
    note: Text | None = None


class ReportFact(_About, tag="report-fact", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fact, as `asserted_by` says it ("caller…" and "requester…" are those who wait). None takes back what the same
    asserter said before."""

    fact: Code
    value: FactValue | None
    asserted_by: Line


class RecordUnit(_About, tag="record-unit", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A unit's movement."""

    unit: Code
    status: UnitStatus


class DecideRespond(_About, tag="decide-respond", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody will be sent. Always possible, always one step."""

    note: Text | None = None


class Decline(_About, tag="decline", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nobody will be sent. No condition means that it is final; `review_due_us` is demanded where the clause sets a
    review, and not later than that. `notice_text` is what the requester is told."""

    policy_version: Line
    clause: Code
    reason_code: ReasonCode
    reason_text: Text | None = None
    conditions: tuple[ConditionAsked, ...] = ()
    review_due_us: int | None = None
    still_answered: tuple[StillAnswered, ...] = (StillAnswered.LIFE_SAFETY,)
    notice_text: Text | None = None
    notice_sent_at_us: int | None = None


class ReportConditionMet(_About, tag="report-condition-met", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A condition of the standing refusal is reported met; `condition` counts from 1. A review begins."""

    condition: int
    asserted_by: Line
    note: Text | None = None


class ReviewResult(StrEnum):
    """What a review came to."""

    UPHELD = "upheld"
    REVERSED = "reversed"


class Review(_About, tag="review", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A refusal was looked at again. Reversed: somebody will be sent."""

    result: ReviewResult
    review_due_us: int | None = None
    reason_text: Text | None = None


class Reopen(_About, tag="reopen", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Takes a declined or closed call up again."""

    reason_text: Text | None = None


class Close(_About, tag="close", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """It is over. Without a unit on scene the reason is demanded, and a person."""

    reason_code: CloseReason | None = None
    reason_text: Text | None = None


class Merge(_About, tag="merge", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same event as another call, whose answer is this one's too."""

    into: Id


class Link(_About, tag="link", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Has to do with another call or request, and stays its own."""

    other: Id


class Transfer(_About, tag="transfer", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Put through to, or referred to, another agency. Until that agency accepts, the clock runs here."""

    to: Line
    referred: bool = False


class AcceptReferral(_About, tag="accept-referral", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The other agency accepted."""

    by_agency: Line


class Withdraw(_About, tag="withdraw", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The caller's or requester's own act; `asserted_by` names which of them said so."""

    asserted_by: Line
    note: Text | None = None


class Correct(_About, tag="correct", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A correction; what stood before stays in the record. Only fields that are given change."""

    place: Text | None = None
    nature: Line | None = None
    narrative: Text | None = None
    caller_name: Line | None = None
    phone: Line | None = None
    sensitive: bool | None = None
    district: Code | None = None
    beat: Code | None = None


class Prioritize(_About, tag="prioritize", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another priority, and why. The first one stays in the record."""

    priority: Annotated[int, msgspec.Meta(ge=0, le=9)]
    reason_text: Text | None = None


class Hold(_About, tag="hold", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Waits knowingly. The clocks go on."""

    reason_text: Text


class Release(_About, tag="release", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Is held no more; of a request: those who were committed come back."""


class NotifyDelay(_About, tag="notify-delay", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The caller was told that it takes longer."""

    told: Text | None = None


class RequestAssistance(_Base, tag="request-assistance", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An agency asks for assistance. By telephone two fields are enough: `agency` and `asks`."""

    agency: Line
    asks: Text
    by_telephone: bool = False
    facts: dict[str, FactValue] = {}
    place: Text | None = None
    contact_name: Line | None = None
    phone: Line | None = None
    district: Code | None = None
    number: Code | None = None
    told_at_us: int | None = None
    from_call: Id | None = None
    """The call that the requester itself says is a request: only the requester can recode one."""
    feed: Code | None = None


class ConfirmRequest(_About, tag="confirm-request", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The requester says that what was read back is right."""


class DisputeRequest(_About, tag="dispute-request", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The requester says that it is not; `told_at_us` where the time is disputed."""

    what: Text
    told_at_us: int | None = None


class AcknowledgeRequest(_About, tag="acknowledge-request", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """It was seen. That is not an acceptance."""


class AskInformation(_About, tag="ask-information", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something must be known first. The clock goes on."""

    question: Text


class GiveInformation(_About, tag="give-information", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The requester's answer."""

    answer: Text


class AcceptRequest(_About, tag="accept-request", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody will be sent; `provisionally`: as soon as it can be."""

    provisionally: bool = False
    note: Text | None = None


class CommitUnits(_About, tag="commit-units", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sent to a request."""

    units: tuple[Code, ...] = ()
    note: Text | None = None


class WriteResponse(_About, tag="write-response", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The written response to a request."""

    text: Text


class ReadNotice(_About, tag="read-notice", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The requester has read the notice of a refusal."""


class Appeal(_About, tag="appeal", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The requester asks command to look again."""

    grounds: Text


class AcknowledgeAlarm(_Base, tag="acknowledge-alarm", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody has heard it and does something about it. What rings for is not over by that."""

    alarm: Id


class Mute(_Base, tag="mute", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ten minutes of silence for whoever asks; never for a call about to go unheard."""


class Assign(_Base, tag="assign", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody holds a role, and perhaps a rank, from one instant to another. `acting`: in somebody's place."""

    person: Code
    role: Role
    rank: Code | None = None
    from_us: int | None = None
    until_us: int | None = None
    acting: bool = False


class EndAssignment(_Base, tag="end-assignment", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody holds a role no more, from now on."""

    person: Code
    role: Role


class HearFeed(_Base, tag="hear-feed", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A feed is alive. `up_to_us`: how far it speaks; `every_s`: how often it is heard when it is well.

    `shows_dispatch`: whether it tells that somebody was sent. Of calls from one that does not, this desk's silence
    means nothing, and no clock of theirs is called late.
    """

    feed: Code
    up_to_us: int | None = None
    every_s: Annotated[int, msgspec.Meta(ge=1, le=86_400)] = 60
    shows_dispatch: bool = True


class DraftPolicy(_Base, tag="draft-policy", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A version of a response policy, for somebody else to approve."""

    text: Annotated[str, msgspec.Meta(max_length=48_000)]
    file: Line = "policy.toml"


class ApprovePolicy(_About, tag="approve-policy", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A second person approves a draft; `about` is the draft's id."""

    approve: bool = True
    reason_text: Text | None = None


class OpenAllegation(_Base, tag="open-allegation", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody says that calls were ignored. `calls` are the ids it is about, where they are known."""

    kind: Code
    by: Line
    text: Text
    calls: tuple[Id, ...] = ()
    from_us: int | None = None
    until_us: int | None = None


Command: TypeAlias = (
    ReceiveCall
    | Answer
    | Enter
    | Abandon
    | Callback
    | ReportFact
    | RecordUnit
    | DecideRespond
    | Decline
    | ReportConditionMet
    | Review
    | Reopen
    | Close
    | Merge
    | Link
    | Transfer
    | AcceptReferral
    | Withdraw
    | Correct
    | Prioritize
    | Hold
    | Release
    | NotifyDelay
    | RequestAssistance
    | ConfirmRequest
    | DisputeRequest
    | AcknowledgeRequest
    | AskInformation
    | GiveInformation
    | AcceptRequest
    | CommitUnits
    | WriteResponse
    | ReadNotice
    | Appeal
    | AcknowledgeAlarm
    | Mute
    | Assign
    | EndAssignment
    | HearFeed
    | DraftPolicy
    | ApprovePolicy
    | OpenAllegation
)
"""The tag is the field `do`: `{"do": "report-fact", …}`."""

HELP_NEVER_WAITS: tuple[type[Command], ...] = (
    ReceiveCall, RequestAssistance, ReportFact, RecordUnit, DecideRespond, AcceptRequest, Reopen, ReportConditionMet,
)  # fmt: skip
"""What is taken even where the record cannot take it: into the spool, and at once into what everybody sees."""
