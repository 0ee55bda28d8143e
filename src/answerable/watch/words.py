"""Every word the desk says: states, clocks, events, alarms, reasons. One place, so that one thing has one name."""

from __future__ import annotations

from typing import Final

from answerable.model.call import Origin
from answerable.watch.alarms import AlarmKind, Rung
from answerable.watch.commands import CloseReason, ReasonCode, StillAnswered
from answerable.watch.events import EventName as E
from answerable.watch.people import Role
from answerable.watch.states import Kind, State

WITHHELD: Final = "withheld or erased"

KINDS: Final = {Kind.CALL: "call", Kind.REQUEST: "request for assistance"}

STATES: Final = {
    State.RECEIVED: "received",
    State.ANSWERED: "answered by telephone",
    State.PENDING: "waiting, nobody sent",
    State.HELD: "held",
    State.DISPATCHED: "unit sent",
    State.ENROUTE: "unit on the way",
    State.ON_SCENE: "unit there",
    State.ABANDONED: "caller hung up, callback owed",
    State.MERGED: "merged into another call",
    State.SUBMITTED: "submitted, not seen yet",
    State.ACKNOWLEDGED: "seen, not decided",
    State.UNDER_REVIEW: "being decided",
    State.ACCEPTED: "accepted, nobody sent yet",
    State.ACCEPTED_PROVISIONALLY: "accepted provisionally, nobody sent yet",
    State.COMMITTED: "units committed",
    State.RELEASED: "units released",
    State.DECLINED: "declined",
    State.DECLINED_CONDITIONALLY: "declined with conditions",
    State.REVIEW_DUE: "declined, review due",
    State.WITHDRAWN: "withdrawn by whoever asked",
    State.HANDED_OVER: "accepted by another agency",
    State.CLOSED: "closed",
}

CLOCKS: Final = {
    "dispatch": "send somebody",
    "arrive": "be there",
    "answer": "pick up",
    "tell_caller": "tell the caller of the delay",
    "decide": "decide",
    "callback": "call back",
    "review": "review the refusal",
    "written_response": "respond in writing",
}

DUTIES: Final = {
    "must-respond": "must respond",
    "may-decline": "may decline",
    "command-decides": "command decides",
    "none": "no duty can be said",
}

NO_POLICY: Final = "No policy was in force when this was told."
NO_RULE: Final = "No rule of the policy applies."

ROLES: Final = {
    Role.CALLER: "caller",
    Role.REQUESTER: "requester",
    Role.CALL_TAKER: "call-taker",
    Role.DISPATCHER: "dispatcher",
    Role.WATCH_COMMANDER: "watch commander",
    Role.POLICY_OFFICER: "policy officer",
    Role.POLICY_APPROVER: "policy approver",
    Role.RECORDS_OFFICER: "records officer",
    Role.AUDITOR: "auditor",
    Role.ADMINISTRATOR: "administrator",
    Role.WITNESS: "witness",
    Role.FEED: "feed",
    Role.DESK: "the desk",
}

RUNGS: Final = {
    Rung.DISPATCHER: "dispatcher",
    Rung.WATCH_SUPERVISOR: "watch supervisor",
    Rung.COMMAND: "command",
}

REASONS: Final = {
    ReasonCode.NO_DUTY_OUTSIDE_JURISDICTION: "no duty: outside the jurisdiction",
    ReasonCode.ALTERNATIVES_NOT_EXHAUSTED: "alternatives not exhausted",
    ReasonCode.REQUESTER_RESOURCES_AVAILABLE: "the requester has resources of its own",
    ReasonCode.NO_UNITS_AVAILABLE: "no units available",
    ReasonCode.PROHIBITED_BY_LAW: "prohibited by law",
    ReasonCode.NOT_POLICE_MATTER: "not a matter for the police",
    ReasonCode.INSUFFICIENT_INFORMATION: "not enough information",
    ReasonCode.DUPLICATE: "the same request was made before",
    ReasonCode.UNSAFE_WITHOUT_PLAN: "unsafe without a plan",
    ReasonCode.COMMAND_DISCRETION: "command's discretion (say why)",
    ReasonCode.OTHER: "another reason (say which)",
}

CLOSE_REASONS: Final = {
    CloseReason.SERVED: "somebody was there",
    CloseReason.SERVED_BY_PHONE: "answered by telephone",
    CloseReason.UNFOUNDED: "nothing was found",
    CloseReason.GONE_ON_ARRIVAL: "gone on arrival",
    CloseReason.CALLER_REACHED_NOTHING_NEEDED: "the caller was reached and needs nothing",
    CloseReason.TEST_OR_MISDIAL: "a test or a misdial",
    CloseReason.DUPLICATE: "the same as another call that is not named",
    CloseReason.DECLINED: "declined",
    CloseReason.OTHER: "another reason (say which)",
}

STILL: Final = {
    StillAnswered.LIFE_SAFETY: "calls with a risk to life or safety",
    StillAnswered.CALLS_FOR_HELP: "every call for help",
    StillAnswered.LIAISON: "a liaison is sent",
    StillAnswered.STAGING: "units stand by",
    StillAnswered.ADVICE: "advice by telephone",
    StillAnswered.TRAFFIC: "traffic around the place",
}

ALARMS: Final = {
    AlarmKind.LIFE_SAFETY_ON_DENIAL: "Life or safety at risk where a refusal stood: it is open again, send somebody",
    AlarmKind.UNHEARD: "The deadline is past and nobody was sent",
    AlarmKind.ABOUT_TO_GO_UNHEARD: "About to go unheard: nobody was sent yet",
    AlarmKind.NOT_ARRIVED: "The deadline is past and nobody is there",
    AlarmKind.ARRIVAL_DUE: "Somebody has to be there soon",
    AlarmKind.UNDECIDED: "The time to decide is past",
    AlarmKind.DECISION_DUE: "A decision is due soon",
    AlarmKind.CALLBACK_MISSED: "The caller hung up, and nobody has called back in time",
    AlarmKind.CALLBACK_DUE: "The caller hung up: a callback is due soon",
    AlarmKind.REVIEW_MISSED: "The review of a refusal was missed",
    AlarmKind.REVIEW_DUE: "The review of a refusal is due soon",
    AlarmKind.CONDITION_MET: "A condition of a refusal is reported met: review it",
    AlarmKind.APPEALED: "The requester asks command to look again",
    AlarmKind.REQUEST_DISPUTED: "The requester disputes what was written down",
    AlarmKind.CALLER_TO_BE_TOLD: "Tell the caller that it takes longer",
    AlarmKind.RESPONSE_NOT_WRITTEN: "The written response is overdue",
    AlarmKind.RESPONSE_DUE: "A written response is due soon",
    AlarmKind.FEED_GAP: "A feed is silent: what happens at its calls is not known here",
    AlarmKind.RECORD_DOWN: "The record takes nothing: what is done now is kept in the spool and entered later",
    AlarmKind.CLOCK_JUMPED: "The machine's clock jumped",
}

_CALLED_BACK: Final = {
    AlarmKind.UNHEARD: "The deadline is past, and who was sent was called back: nobody is on the way",
    AlarmKind.ABOUT_TO_GO_UNHEARD: "A deadline is near, and who was sent was called back: nobody is on the way",
}


def rung_called(rung: str) -> str:
    """Whom a rung of the ladder calls: `the watch supervisor`, and `command` without an article."""
    name = RUNGS[Rung(rung)]
    return name if rung == Rung.COMMAND else f"the {name}"


def rung_words(rung: str, *, climbed: bool, calls_rank: str | None = None) -> str:
    """For whom an alarm rings; that nobody acknowledged it, where it climbed; whom the policy's clock has called."""
    who = rung_called(rung)
    said = f"Nobody acknowledged it: it rings for {who} too." if climbed else f"It rings for {who}."
    return said if calls_rank is None else f"{said} The policy has the {calls_rank.replace('_', ' ')} called."


def alarm_words(kind: AlarmKind, *, called_back: bool) -> str:
    """What an alarm of a call says. `called_back`: everybody who was sent was taken away before they were there."""
    return _CALLED_BACK.get(kind, ALARMS[kind]) if called_back else ALARMS[kind]


EVENTS: Final = {
    E.CALL_RECEIVED: "call received",
    E.CALL_ANSWERED: "telephone answered",
    E.CALL_ABANDONED: "caller hung up",
    E.CALL_CALLBACK_ATTEMPTED: "callback",
    E.CALL_ENTERED: "call entered",
    E.CALL_CORRECTED: "corrected",
    E.CALL_PRIORITIZED: "priority changed",
    E.CALL_FACT_REPORTED: "fact reported",
    E.CALL_QUEUED: "queued",
    E.CALL_HELD: "held",
    E.CALL_RELEASED: "held no more",
    E.CALL_DELAY_NOTIFIED: "caller told of the delay",
    E.CALL_TRANSFERRED: "transferred",
    E.CALL_REFERRED: "referred to another agency",
    E.CALL_REFERRAL_ACCEPTED: "accepted by the other agency",
    E.CALL_LINKED: "linked",
    E.CALL_MERGED: "merged into another call",
    E.CALL_DECLINED: "declined",
    E.CALL_REVIEWED: "refusal reviewed",
    E.CALL_CONDITION_REPORTED_MET: "condition reported met",
    E.CALL_WITHDRAWN: "withdrawn by the caller",
    E.CALL_REOPENED: "taken up again",
    E.CALL_CLOSED: "closed",
    E.ASSISTANCE_REQUESTED: "assistance requested",
    E.ASSISTANCE_CONFIRMED: "read-back confirmed by the requester",
    E.ASSISTANCE_DISPUTED: "read-back disputed by the requester",
    E.ASSISTANCE_CORRECTED: "corrected",
    E.ASSISTANCE_FACT_REPORTED: "fact reported",
    E.ASSISTANCE_ACKNOWLEDGED: "request seen",
    E.ASSISTANCE_INFORMATION_REQUESTED: "more information asked for",
    E.ASSISTANCE_INFORMATION_GIVEN: "information given",
    E.ASSISTANCE_ACCEPTED: "request accepted",
    E.ASSISTANCE_ACCEPTED_PROVISIONALLY: "request accepted provisionally",
    E.ASSISTANCE_DECLINED: "request declined",
    E.ASSISTANCE_DECLINED_CONDITIONALLY: "request declined with conditions",
    E.ASSISTANCE_NOTICE_READ: "notice read by the requester",
    E.ASSISTANCE_CONDITION_REPORTED_MET: "condition reported met",
    E.ASSISTANCE_REVIEW_DUE: "review due",
    E.ASSISTANCE_REVIEWED: "refusal reviewed",
    E.ASSISTANCE_APPEALED: "refusal appealed",
    E.ASSISTANCE_WITHDRAWN: "request withdrawn",
    E.ASSISTANCE_COMMITTED: "units committed",
    E.ASSISTANCE_RELEASED: "units released",
    E.ASSISTANCE_RESPONSE_WRITTEN: "written response given",
    E.ASSISTANCE_REOPENED: "taken up again",
    E.ASSISTANCE_CLOSED: "closed",
    E.DECISION_REQUIRED: "decision required",
    E.DECISION_MADE: "decided to respond",
    E.UNIT_DISPATCHED: "unit sent",
    E.UNIT_ACKNOWLEDGED: "unit has it",
    E.UNIT_ENROUTE: "unit on the way",
    E.UNIT_STAGED: "unit stands by near",
    E.UNIT_ON_SCENE: "unit there",
    E.UNIT_CLEARED: "unit done",
    E.UNIT_CANCELLED: "unit called back",
    E.ALARM_RAISED: "alarm",
    E.ALARM_ACKNOWLEDGED: "alarm acknowledged",
    E.ALARM_ESCALATED: "alarm went one rung higher",
    E.ALARM_MUTED: "sound off for ten minutes",
    E.WATCH_HEARTBEAT: "heartbeat",
    E.WATCH_STARTED: "desk started",
    E.WATCH_CLOCK_JUMPED: "the machine's clock jumped",
    E.FEED_HEARD: "feed heard",
    E.FEED_GAP_BEGAN: "feed silent",
    E.FEED_GAP_ENDED: "feed heard again",
    E.ASSIGNMENT_MADE: "role or rank assigned",
    E.ASSIGNMENT_ENDED: "role or rank ended",
    E.POLICY_DRAFTED: "policy drafted",
    E.POLICY_APPROVED: "policy approved",
    E.POLICY_REFUSED: "policy refused",
    E.POLICY_FILED: "policy filed",
    E.POLICY_CAME_INTO_FORCE: "policy came into force",
    E.ALLEGATION_OPENED: "allegation opened",
}

ORIGINS: Final = {
    Origin.PUBLIC_911: "public, 911",
    Origin.PUBLIC_NONEMERGENCY: "public, not 911",
    Origin.PUBLIC_OTHER: "public",
    Origin.ALARM: "an alarm",
    Origin.AGENCY: "an agency",
    Origin.OFFICER: "an officer",
    Origin.SCHEDULED: "scheduled",
    Origin.UNKNOWN: "not recorded",
}

POLICY_STATES: Final = {
    "draft": "draft, not approved",
    "refused": "refused",
    "filed": "filed with the desk",
    "approved": "approved, not yet in force",
    "in_force": "in force",
    "superseded": "superseded",
}

RECORD_WELL: Final = "The record takes entries."
RECORD_SPOOLS: Final = (
    "The record takes nothing now. Calls, facts, units and decisions to respond are kept in the spool and entered "
    "later, marked late. Declining, closing, merging and reviewing wait."
)
RECORD_DAMAGED: Final = (
    "The files of the record are damaged, and nothing more is entered until somebody has looked (`answerable log "
    "fsck`). Calls, facts, units and decisions to respond are kept in the spool. Declining, closing, merging and "
    "reviewing wait."
)
SPOOL_FAILED: Final = (
    "Neither the record nor the spool can be written. What is done now is known to this desk alone, until it stops: "
    "write it down on paper."
)

TICK_FAILED: Final = "The last look at the clocks failed: alarms may be late. Watch the board yourselves."

FIELDS: Final = {
    "fact": "fact",
    "value": "value",
    "asserted_by": "said by",
    "unit": "unit",
    "clause": "clause",
    "policy_version": "policy",
    "reason_code": "reason",
    "reason_text": "reason in words",
    "conditions": "conditions",
    "still_answered": "still answered",
    "review_due_us": "review due",
    "notice_text": "notice",
    "notice_sent_at_us": "notice sent",
    "result": "result",
    "condition": "condition",
    "priority": "priority",
    "place": "place",
    "nature": "nature",
    "narrative": "what was told",
    "caller_name": "name",
    "phone": "telephone",
    "caller_agency": "agency",
    "agency": "agency",
    "asks": "asks for",
    "contact_name": "contact",
    "note": "note",
    "to": "to",
    "into": "into",
    "other": "with",
    "reached": "reached",
    "units": "units",
    "kind": "kind",
    "rung": "called",
    "due_us": "due",
    "told": "told",
    "told_at_us": "told at",
    "question": "question",
    "answer": "answer",
    "text": "text",
    "grounds": "grounds",
    "what": "what",
    "number": "number",
    "origin": "came by",
    "facts": "facts",
    "by_agency": "agency",
    "decide_by_us": "decide by",
    "rule": "rule",
}
"""The fields of an entry that its line on a page shows, in words; others are not shown."""


def gap_text(feed: str) -> str:
    """What a silent feed means for a call of it."""
    return f"The feed {feed} is silent: whether anybody was sent is not known here. Ask, or look there."


def blind_text(feed: str) -> str:
    """What a call means of a feed that never tells that somebody was sent."""
    return f"The feed {feed} does not say whether anybody was sent: silence here means nothing."


YES_NO: Final = {True: "yes", False: "no"}


def value_text(value: bool | int | str | None) -> str:
    """A fact's value as people write it."""
    if value is None:
        return "unknown"
    return YES_NO[value] if isinstance(value, bool) else str(value).replace("_", " ")
