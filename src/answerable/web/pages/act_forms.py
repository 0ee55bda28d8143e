"""The small forms: one a command that needs more than a press. What they ask, in words; `command_forms` reads them."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from answerable.watch.commands import ReviewResult, UnitStatus
from answerable.watch.words import CLOSE_REASONS


class Ask(StrEnum):
    """How a field is asked."""

    LINE = "line"
    TEXT = "text"
    ONE_OF = "one-of"
    TICK = "tick"
    NUMBER = "number"


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field; `choices` as value and words."""

    name: str
    label: str
    ask: Ask = Ask.LINE
    hint: str = ""
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    value: str = ""


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """A form: the command it gives, its title, what it means, its fields, and the words on its button."""

    tag: str
    title: str
    lead: str
    fields: tuple[Field, ...]
    button: str


ASSERTERS = (
    ("caller", "the caller"),
    ("requester", "the requesting agency"),
    ("officer on scene", "an officer on scene"),
    ("dispatcher", "the desk itself"),
    ("partner agency", "another agency"),
)
"""Who says so. What a caller or requester says about danger stands until it is resolved."""

_WHO = Field(name="asserted_by", label="Who says so?", ask=Ask.ONE_OF, required=True, choices=ASSERTERS)
_NOTE = Field(name="note", label="Note", ask=Ask.TEXT, hint="Kept private; it can be erased without breaking a proof.")
_REASON = Field(name="reason_text", label="Why", ask=Ask.TEXT, required=True)

UNIT_WORDS = {
    UnitStatus.DISPATCHED: "dispatched",
    UnitStatus.ACKNOWLEDGED: "acknowledged",
    UnitStatus.ENROUTE: "en route",
    UnitStatus.STAGED: "staged",
    UnitStatus.ON_SCENE: "on scene",
    UnitStatus.CLEARED: "cleared",
    UnitStatus.CANCELLED: "cancelled",
}

FORMS: dict[str, Form] = {
    "unit": Form(
        tag="record-unit",
        title="A unit moved",
        button="Record it",
        lead="What the unit did, as it happened. Units are evidence here; nothing is dispatched by this form.",
        fields=(
            Field(name="unit", label="Unit", required=True, hint="As on the radio, such as 4A12."),
            Field(
                name="status",
                label="What it did",
                ask=Ask.ONE_OF,
                required=True,
                choices=tuple((one.value, words) for one, words in UNIT_WORDS.items()),
            ),
            Field(name="ago_min", label="Minutes ago", ask=Ask.NUMBER, hint="Empty: now."),
        ),
    ),
    "commit": Form(
        tag="commit-units",
        title="Units for this request",
        button="Commit them",
        lead="What is sent to the agency that asked.",
        fields=(Field(name="units", label="Units", hint="Several with a space between."), _NOTE),
    ),
    "callback": Form(
        tag="callback",
        title="Somebody called the caller",
        button="Record it",
        lead="Whoever hung up is owed a callback; what is served by telephone needs somebody spoken to.",
        fields=(
            Field(
                name="reached",
                label="Was the caller reached?",
                ask=Ask.ONE_OF,
                required=True,
                choices=(("true", "yes, spoken to"), ("false", "no, nobody answered")),
            ),
            _NOTE,
        ),
    ),
    "ask": Form(
        tag="ask-information",
        title="Ask the requesting agency",
        button="Ask",
        lead="The clock goes on while the agency answers.",
        fields=(Field(name="question", label="What must be known?", ask=Ask.TEXT, required=True),),
    ),
    "inform": Form(
        tag="give-information",
        title="Answer what was asked",
        button="Send the answer",
        lead="The answer becomes part of the request.",
        fields=(Field(name="answer", label="Answer", ask=Ask.TEXT, required=True),),
    ),
    "review": Form(
        tag="review",
        title="Review this refusal",
        button="Record the review",
        lead="A refusal that stands is looked at again. Whoever reviews holds the rank that the clause asks for.",
        fields=(
            Field(
                name="result",
                label="What the review came to",
                ask=Ask.ONE_OF,
                required=True,
                choices=(
                    (ReviewResult.REVERSED.value, "reversed: somebody will be sent"),
                    (ReviewResult.UPHELD.value, "upheld: the refusal stands"),
                ),
            ),
            Field(name="review_in_h", label="If upheld, the next review is due in how many hours?", ask=Ask.NUMBER),
            _REASON,
        ),
    ),
    "reopen": Form(
        tag="reopen",
        title="Take it up again",
        button="Reopen",
        lead="A declined or closed call is pending again at once, and its clocks start now.",
        fields=(Field(name="reason_text", label="Why", ask=Ask.TEXT),),
    ),
    "delay": Form(
        tag="notify-delay",
        title="The caller was told that it takes longer",
        button="Record it",
        lead="A delay notice changes no deadline.",
        fields=(Field(name="told", label="What the caller was told", ask=Ask.TEXT),),
    ),
    "priority": Form(
        tag="prioritize",
        title="Another priority",
        button="Change it",
        lead="The first priority stays in the record beside this one.",
        fields=(
            Field(
                name="priority",
                label="Priority",
                ask=Ask.ONE_OF,
                required=True,
                choices=tuple((str(one), str(one)) for one in range(10)),
                hint="0 is the most urgent.",
            ),
            _REASON,
        ),
    ),
    "hold": Form(
        tag="hold",
        title="Hold it knowingly",
        button="Hold",
        lead="The clocks go on, and alarms ring as before.",
        fields=(_REASON,),
    ),
    "transfer": Form(
        tag="transfer",
        title="Transfer or refer to another agency",
        button="Record it",
        lead="Until that agency records that it accepts, the clock runs here.",
        fields=(
            Field(name="to", label="To which agency", required=True),
            Field(name="referred", label="Referred rather than put through", ask=Ask.TICK),
        ),
    ),
    "referral": Form(
        tag="accept-referral",
        title="The other agency accepted",
        button="Record it",
        lead="From now on the call is theirs.",
        fields=(Field(name="by_agency", label="Which agency", required=True),),
    ),
    "condition": Form(
        tag="report-condition-met",
        title="A condition is met",
        button="Report it",
        lead="A reported condition starts a review at once. It decides nothing by itself.",
        fields=(
            Field(name="condition", label="Which condition", ask=Ask.ONE_OF, required=True),
            _WHO,
            _NOTE,
        ),
    ),
    "dispute": Form(
        tag="dispute-request",
        title="This is not what was asked",
        button="Dispute it",
        lead="What was written down stays in the record, and your dispute stands beside it.",
        fields=(
            Field(name="what", label="What is wrong", ask=Ask.TEXT, required=True),
            Field(name="told_ago_min", label="If the time is wrong: how many minutes ago did you ask?", ask=Ask.NUMBER),
        ),
    ),
    "appeal": Form(
        tag="appeal",
        title="Ask command to look again",
        button="Appeal",
        lead="An appeal rings for command. It reopens nothing by itself; danger to life does: report it as a fact.",
        fields=(Field(name="grounds", label="Grounds", ask=Ask.TEXT, required=True),),
    ),
    "response": Form(
        tag="write-response",
        title="The written response",
        button="Enter the response",
        lead="A request by telephone is answered in writing.",
        fields=(Field(name="text", label="Response", ask=Ask.TEXT, required=True),),
    ),
    "withdraw": Form(
        tag="withdraw",
        title="Withdrawn by whoever waits",
        button="Record it",
        lead="Only the caller's or requester's own act. What the desk thinks is no withdrawal.",
        fields=(
            Field(name="asserted_by", label="Who withdrew it", ask=Ask.ONE_OF, required=True, choices=ASSERTERS[:2]),
            _NOTE,
        ),
    ),
    "correct": Form(
        tag="correct",
        title="Correct what was written down",
        button="Correct it",
        lead="What stood before stays in the record. Leave empty what is right.",
        fields=(
            Field(name="nature", label="Nature"),
            Field(name="place", label="Place"),
            Field(name="caller_name", label="Caller's name"),
            Field(name="phone", label="Telephone"),
            Field(name="narrative", label="What is said", ask=Ask.TEXT),
        ),
    ),
    "merge": Form(
        tag="merge",
        title="The same event as another call",
        button="Merge",
        lead="This call takes the other call's outcome, measured from its own receipt.",
        fields=(Field(name="into", label="The other call's id", required=True),),
    ),
    "link": Form(
        tag="link",
        title="Has to do with another call",
        button="Link",
        lead="Both stay their own.",
        fields=(Field(name="other", label="The other call's id", required=True),),
    ),
    "close": Form(
        tag="close",
        title="Close",
        button="Close it",
        lead="A person closes a call, never a clock. Without a unit on scene, give the reason.",
        fields=(
            Field(
                name="reason_code",
                label="Reason",
                ask=Ask.ONE_OF,
                required=True,
                choices=tuple((one.value, words) for one, words in CLOSE_REASONS.items()),
            ),
            Field(name="reason_text", label="In words", ask=Ask.TEXT),
        ),
    ),
}
"""By the last part of the form's address, /c/{id}/NAME."""
