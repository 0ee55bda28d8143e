"""What a command says as an entry: its name, its public and its private fields. Nothing that its sender did not say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from answerable.watch import commands as do
from answerable.watch.events import Event, EventName
from answerable.watch.people import Actor, Role
from answerable.watch.states import Kind
from answerable.watch.subject import Subject

_E = EventName
Payload: TypeAlias = tuple[EventName, dict[str, Any], dict[str, Any]]
"""Name, public and private fields of an entry."""


def event_of(command: do.Command, *, by: Actor, subject: Subject | None, now_us: int) -> Event:
    """The entry that a command is."""
    name, public, private = _PAYLOADS[type(command)](command, subject, by, now_us)
    about = getattr(command, "about", None)
    return Event(
        id=command.id,
        name=name,
        about=about,
        actor=by,
        recorded_at_us=now_us,
        occurred_at_us=command.occurred_at_us,
        public={key: value for key, value in public.items() if value is not None},
        private={key: value for key, value in private.items() if value is not None},
    )


def _given(command: do.Command, *names: str) -> dict[str, Any]:
    return {name: getattr(command, name) for name in names}


def _call(command: do.ReceiveCall, _: Subject | None, by: Actor, __: int) -> Payload:
    public = _given(command, "district", "beat", "number", "told_at_us")
    public |= {
        "facts": {"kind": Kind.CALL.value, **command.facts},
        "origin": command.origin.value,
        "entry_kind": command.entry_kind.value,
        "feed": command.feed or (by.id if by.role is Role.FEED else None),
        "sensitive": command.sensitive or None,
        "abandoned": command.abandoned or None,
    }
    private = _given(command, "place", "nature", "caller_name", "phone", "caller_agency")
    # one private field is always there: its salt is what the receipt's holder, and nobody else, has
    return _E.CALL_RECEIVED, public, private | {"narrative": command.narrative or ""}


def _request(command: do.RequestAssistance, _: Subject | None, by: Actor, __: int) -> Payload:
    public = _given(command, "district", "number", "told_at_us", "from_call")
    public["facts"] = {"kind": Kind.REQUEST.value} | command.facts
    public["by_telephone"] = command.by_telephone or None
    public["feed"] = command.feed or (by.id if by.role is Role.FEED else None)
    private = _given(command, "agency", "asks", "place", "contact_name", "phone")
    return _E.ASSISTANCE_REQUESTED, public, private


def _plain(
    call: EventName | None,
    request: EventName | None = None,
    *,
    public: tuple[str, ...] = (),
    private: tuple[str, ...] = (),
) -> Callable[[Any, Subject | None, Actor, int], Payload]:
    """An entry that says what the command's fields say, under the name for calls or for requests."""

    def payload(command: do.Command, subject: Subject | None, _: Actor, __: int) -> Payload:
        is_request = subject is not None and subject.entered_as is Kind.REQUEST
        name = request if call is None or (is_request and request is not None) else call
        assert name is not None  # noqa: S101  the table gives one of them
        return name, {key: _told(getattr(command, key)) for key in public}, _given(command, *private)

    return payload


def _told(value: Any) -> Any:
    """A public value as JSON has it."""
    if isinstance(value, tuple):
        return [_told(one) for one in value]
    return value.value if hasattr(value, "value") else value


def _fact(command: do.ReportFact, subject: Subject | None, _: Actor, __: int) -> Payload:
    is_request = subject is not None and subject.entered_as is Kind.REQUEST
    name = _E.ASSISTANCE_FACT_REPORTED if is_request else _E.CALL_FACT_REPORTED
    public = {"fact": command.fact, "asserted_by": command.asserted_by}
    return name, public | ({} if command.value is None else {"value": command.value}), {}


def _decline(command: do.Decline, subject: Subject | None, _: Actor, __: int) -> Payload:
    public = _given(command, "policy_version", "clause", "review_due_us", "notice_sent_at_us")
    public |= {
        "reason_code": command.reason_code.value,
        "conditions": [one.fact for one in command.conditions],
        "still_answered": [one.value for one in command.still_answered],
    }
    private = _given(command, "reason_text", "notice_text")
    private["conditions"] = [one.text for one in command.conditions] or None
    if subject is not None and subject.entered_as is Kind.CALL:
        return _E.CALL_DECLINED, public, private
    name = _E.ASSISTANCE_DECLINED_CONDITIONALLY if command.conditions else _E.ASSISTANCE_DECLINED
    return name, public, private


def _accept(command: do.AcceptRequest, _: Subject | None, __: Actor, ___: int) -> Payload:
    name = _E.ASSISTANCE_ACCEPTED_PROVISIONALLY if command.provisionally else _E.ASSISTANCE_ACCEPTED
    return name, {}, _given(command, "note")


def _unit(command: do.RecordUnit, _: Subject | None, __: Actor, ___: int) -> Payload:
    return EventName(f"unit.{command.status.value}"), {"unit": command.unit}, {}


def _transfer(command: do.Transfer, _: Subject | None, __: Actor, ___: int) -> Payload:
    return (_E.CALL_REFERRED if command.referred else _E.CALL_TRANSFERRED), {}, {"to": command.to}


def _assign(command: do.Assign, _: Subject | None, __: Actor, ___: int) -> Payload:
    public = _given(command, "person", "rank", "from_us", "until_us") | {"role": command.role.value}
    return _E.ASSIGNMENT_MADE, public | {"acting": command.acting or None}, {}


def _approve(command: do.ApprovePolicy, _: Subject | None, __: Actor, ___: int) -> Payload:
    return (_E.POLICY_APPROVED if command.approve else _E.POLICY_REFUSED), {}, _given(command, "reason_text")


def _acknowledge_alarm(command: do.AcknowledgeAlarm, _: Subject | None, __: Actor, ___: int) -> Payload:
    return _E.ALARM_ACKNOWLEDGED, {"alarm": command.alarm}, {}


_PAYLOADS: Final[dict[type[do.Command], Callable[[Any, Subject | None, Actor, int], Payload]]] = {
    do.ReceiveCall: _call,
    do.RequestAssistance: _request,
    do.Answer: _plain(_E.CALL_ANSWERED),
    do.Enter: _plain(_E.CALL_ENTERED),
    do.Abandon: _plain(_E.CALL_ABANDONED),
    do.Callback: _plain(_E.CALL_CALLBACK_ATTEMPTED, public=("reached",), private=("note",)),
    do.ReportFact: _fact,
    do.RecordUnit: _unit,
    do.DecideRespond: _plain(_E.DECISION_MADE, private=("note",)),
    do.Decline: _decline,
    do.ReportConditionMet: _plain(
        _E.CALL_CONDITION_REPORTED_MET,
        _E.ASSISTANCE_CONDITION_REPORTED_MET,
        public=("condition", "asserted_by"),
        private=("note",),
    ),
    do.Review: _plain(
        _E.CALL_REVIEWED, _E.ASSISTANCE_REVIEWED, public=("result", "review_due_us"), private=("reason_text",)
    ),
    do.Reopen: _plain(_E.CALL_REOPENED, _E.ASSISTANCE_REOPENED, private=("reason_text",)),
    do.Close: _plain(_E.CALL_CLOSED, _E.ASSISTANCE_CLOSED, public=("reason_code",), private=("reason_text",)),
    do.Merge: _plain(_E.CALL_MERGED, public=("into",)),
    do.Link: _plain(_E.CALL_LINKED, public=("other",)),
    do.Transfer: _transfer,
    do.AcceptReferral: _plain(_E.CALL_REFERRAL_ACCEPTED, private=("by_agency",)),
    do.Withdraw: _plain(_E.CALL_WITHDRAWN, _E.ASSISTANCE_WITHDRAWN, public=("asserted_by",), private=("note",)),
    do.Correct: _plain(
        _E.CALL_CORRECTED,
        _E.ASSISTANCE_CORRECTED,
        public=("sensitive", "district", "beat"),
        private=("place", "nature", "narrative", "caller_name", "phone"),
    ),
    do.Prioritize: _plain(_E.CALL_PRIORITIZED, public=("priority",), private=("reason_text",)),
    do.Hold: _plain(_E.CALL_HELD, private=("reason_text",)),
    do.Release: _plain(_E.CALL_RELEASED, _E.ASSISTANCE_RELEASED),
    do.NotifyDelay: _plain(_E.CALL_DELAY_NOTIFIED, private=("told",)),
    do.ConfirmRequest: _plain(None, _E.ASSISTANCE_CONFIRMED),
    do.DisputeRequest: _plain(None, _E.ASSISTANCE_DISPUTED, public=("told_at_us",), private=("what",)),
    do.AcknowledgeRequest: _plain(None, _E.ASSISTANCE_ACKNOWLEDGED),
    do.AskInformation: _plain(None, _E.ASSISTANCE_INFORMATION_REQUESTED, private=("question",)),
    do.GiveInformation: _plain(None, _E.ASSISTANCE_INFORMATION_GIVEN, private=("answer",)),
    do.AcceptRequest: _accept,
    do.CommitUnits: _plain(None, _E.ASSISTANCE_COMMITTED, public=("units",), private=("note",)),
    do.WriteResponse: _plain(None, _E.ASSISTANCE_RESPONSE_WRITTEN, private=("text",)),
    do.ReadNotice: _plain(None, _E.ASSISTANCE_NOTICE_READ),
    do.Appeal: _plain(None, _E.ASSISTANCE_APPEALED, private=("grounds",)),
    do.AcknowledgeAlarm: _acknowledge_alarm,
    do.Mute: _plain(_E.ALARM_MUTED),
    do.Assign: _assign,
    do.EndAssignment: _plain(_E.ASSIGNMENT_ENDED, public=("person", "role")),
    do.HearFeed: _plain(_E.FEED_HEARD, public=("feed", "up_to_us", "every_s", "shows_dispatch")),
    do.DraftPolicy: _plain(_E.POLICY_DRAFTED, public=("text", "file")),
    do.ApprovePolicy: _approve,
    do.OpenAllegation: _plain(
        _E.ALLEGATION_OPENED, public=("kind", "calls", "from_us", "until_us"), private=("by", "text")
    ),
}
