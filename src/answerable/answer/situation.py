"""The situation of one call in one duty period: everything the outcome depends on, and nothing else.

Each field is a small closed list, so that a situation has a whole-number code: the bulk engine computes the
fields with comparisons, packs them into the code, and joins a table that `outcome_of` filled. What decides one call
therefore decides all of them.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from itertools import pairwise

import msgspec

from answerable.model.call import Known


class Merged(StrEnum):
    """Whether the call was merged into another as its duplicate, and whether that other call is identified."""

    NO = "no"
    INTO_KNOWN = "into_known"
    INTO_UNKNOWN = "into_unknown"


class Owed(StrEnum):
    """What the policy in force owes. `no_rule`: none of its rules applies; `no_policy`: no version was in force;
    `no_start`: the record does not say when the requester told, so that no version can be named."""

    MUST_RESPOND = "must_respond"
    MAY_DECLINE = "may_decline"
    COMMAND_DECIDES = "command_decides"
    NO_RULE = "no_rule"
    NO_POLICY = "no_policy"
    NO_START = "no_start"


class Act(StrEnum):
    """An act that ends what is owed (a withdrawal, another agency's acceptance), against the first unmet deadline."""

    NONE = "none"
    OFFERED = "offered"
    IN_TIME = "in_time"
    TOO_LATE = "too_late"
    TIME_UNKNOWN = "time_unknown"


class Decline(StrEnum):
    """An explicit decision not to respond, held against the policy (see `answerable.answer.decline`)."""

    NONE = "none"
    WITHIN = "within"
    AGAINST = "against"
    FACTS_OPEN = "facts_open"
    NOT_RECORDED = "not_recorded"


class Closing(StrEnum):
    """Who ended the call otherwise, and whether a reason and an actor stand beside it."""

    NONE = "none"
    REASONED = "reasoned"
    UNREASONED = "unreasoned"
    REASON_UNKNOWN = "reason_unknown"
    BY_UNSPECIFIED = "by_unspecified"


class Timing(StrEnum):
    """One limit held against the clock. `none`: no such clock runs. `not_due`: its deadline lies after the horizon.
    `uncertain`: the recorded times are too coarse or impossible. `offset`: inside two clocks' difference."""

    NONE = "none"
    MET = "met"
    MISSED = "missed"
    NOT_DUE = "not_due"
    NOT_RECORDED = "not_recorded"
    UNCERTAIN = "uncertain"
    OFFSET = "offset"


class Contact(StrEnum):
    """Whether somebody spoke to the caller again. `none`: nobody did, and this record would show it."""

    NONE = "none"
    IN_TIME = "in_time"
    LATE = "late"
    UNCERTAIN = "uncertain"
    NOT_RECORDED = "not_recorded"


class Code(StrEnum):
    """Whether the record's codes can be read."""

    READABLE = "readable"
    UNKNOWN_CODE = "unknown_code"
    CONTRADICTORY = "contradictory"


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """One duty period of one call under one possible reading of the policy.

    `someone_waits`: no for officer-initiated, scheduled, test, broadcast and information entries; not_recorded where
    the source does not say where a call came from. `first` is the dispatch clock, or the decider's clock where the
    duty leaves a choice. `arrived` is no only on positive evidence (cancelled, diverted). `phone`: whether a
    recorded contact by telephone satisfies the duty (not_recorded: life safety is unknown). `decided`: no where this
    record would show a decision and shows none.
    """

    merged: Merged = Merged.NO
    someone_waits: Known = Known.YES
    owed: Owed = Owed.MUST_RESPOND
    withdrawal: Act = Act.NONE
    handover: Act = Act.NONE
    decline: Decline = Decline.NONE
    closing: Closing = Closing.NONE
    sent: Known = Known.NO
    first: Timing = Timing.MISSED
    arrival: Timing = Timing.NONE
    arrived: Known = Known.NOT_RECORDED
    abandoned: Known = Known.NO
    contact: Contact = Contact.NONE
    phone: Known = Known.NO
    decided: Known = Known.NO
    code: Code = Code.READABLE


FIELDS: tuple[tuple[str, type[StrEnum]], ...] = (
    ("merged", Merged),
    ("someone_waits", Known),
    ("owed", Owed),
    ("withdrawal", Act),
    ("handover", Act),
    ("decline", Decline),
    ("closing", Closing),
    ("sent", Known),
    ("first", Timing),
    ("arrival", Timing),
    ("arrived", Known),
    ("abandoned", Known),
    ("contact", Contact),
    ("phone", Known),
    ("decided", Known),
    ("code", Code),
)
"""Every field with its closed list, most significant first."""


@cache
def weights() -> tuple[int, ...]:
    """What one step of each field adds to the code, in the order of FIELDS. The whole code fits an int64."""
    sizes = [len(values) for _, values in FIELDS]
    result = [1]
    for size in reversed(sizes[1:]):
        result.append(result[-1] * size)
    result.reverse()
    assert all(bigger > smaller for bigger, smaller in pairwise(result))  # noqa: S101
    return tuple(result)


def code_of(situation: Situation) -> int:
    """The whole-number code of a situation: one number a situation, and back."""
    return sum(
        weight * list(values).index(getattr(situation, name))
        for weight, (name, values) in zip(weights(), FIELDS, strict=True)
    )


def situation_of(code: int) -> Situation:
    """The situation of a code. Raises ValueError for a number that is no code."""
    rest, found = code, dict[str, StrEnum]()
    for weight, (name, values) in zip(weights(), FIELDS, strict=True):
        index, rest = divmod(rest, weight)
        if not 0 <= index < len(values):
            raise ValueError(f"{code} is not the code of a situation")
        found[name] = list(values)[index]
    return msgspec.convert(found, Situation)
