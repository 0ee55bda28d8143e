"""The vocabulary `answerable/calls@1`: the facts a response policy may ask for.

A fact is *yes-no*, *one-of* named values, or a *whole number* in a range; `None` is always "unknown".
"""

from __future__ import annotations

import difflib
from typing import TypeAlias

import msgspec

VOCABULARY = "answerable/calls@1"

FactValue: TypeAlias = bool | int | str
"""A known value of a fact. Unknown is `None`, or the fact is absent; never `False`."""


class FactType(msgspec.Struct, frozen=True, kw_only=True):
    """What values a fact can take. Exactly one of `yes_no`, `one_of` and `first`..`last` is given.

    `ask` is the question the desk asks when the fact is missing.
    """

    yes_no: bool = False
    one_of: tuple[str, ...] = ()
    ordered: bool = False
    first: int | None = None
    last: int | None = None
    ask: str = ""

    @property
    def kind(self) -> str:
        """`yes-no`, `one-of` or `number`."""
        return "yes-no" if self.yes_no else "one-of" if self.one_of else "number"

    def admits(self, value: object) -> bool:
        """Whether `value` is a declared value of this fact (unknown, i.e. None, is not a value)."""
        if self.yes_no:
            return isinstance(value, bool)
        if self.one_of:
            return isinstance(value, str) and value in self.one_of
        if isinstance(value, bool) or not isinstance(value, int):
            return False
        return self.first is not None and self.last is not None and self.first <= value <= self.last


def _yes_no(ask: str) -> FactType:
    return FactType(yes_no=True, ask=ask)


def _one_of(ask: str, *values: str) -> FactType:
    return FactType(one_of=values, ask=ask)


FACTS: dict[str, FactType] = {
    "kind": _one_of("Is this a call for service or a request from another agency?", "call", "request_for_assistance"),
    "requester": _one_of(
        "Who is asking?", "public", "federal_agency", "state_agency", "local_agency", "alarm", "officer"
    ),
    "place": _one_of("Where is help needed?", "city", "federal_property", "elsewhere"),
    "asks_for": _one_of("Emergency help, or additional resources?", "help", "additional_resources"),
    "priority": FactType(first=0, last=9, ask="What priority has the call?"),
    "priority_class": _one_of(
        "How urgent is the call?", "life_safety", "emergency", "urgent", "routine", "deferred", "none"
    ),
    "discipline": _one_of("Which service is asked for?", "police", "fire", "ems", "crisis", "other"),
    "type_group": FactType(
        one_of=(
            "violence",
            "property",
            "traffic",
            "disorder",
            "welfare",
            "alarm",
            "medical",
            "fire",
            "other",
        ),
        ask="What kind of call is it?",
    ),
    "life_safety": _yes_no("Is anyone's life or safety at risk?"),
    "officer_assaulted": _yes_no("Is an officer reported assaulted, of any agency?"),
    "safe_exit_needed": _yes_no("Are officers unable to leave safely?"),
    "alternatives_exhausted": _yes_no("Has the requester exhausted alternatives other than arrests?"),
    "own_service_used": _yes_no("Has the requester used its own protective service to the full?"),
    "hour_of_week": FactType(first=0, last=167, ask="At what local hour was the call received (0 = Monday 0:00)?"),
    "holiday": _yes_no("Was it a public holiday?"),
}
"""Name -> type and default question. A policy may narrow a fact (fewer values); it may not invent one."""


def fact_name(name: str) -> str:
    """The name of a fact of the vocabulary. Raises ValueError for any other."""
    if name not in FACTS:
        near = difflib.get_close_matches(name, FACTS, n=1)
        guess = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"{name!r} is not a fact of the vocabulary{guess} The facts are {', '.join(FACTS)}")
    return name


def parse_fact(fact: str, text: str) -> FactValue:
    """A value of a fact as people write it: `yes`, `no`, a listed text, digits. Raises ValueError."""
    kind = FACTS[fact]
    value: FactValue = text
    if kind.yes_no:
        if text not in ("yes", "no"):
            raise ValueError(f"{text!r} is not yes or no")
        value = text == "yes"
    elif not kind.one_of and text.isascii() and text.isdigit() and len(text) < 10:
        value = int(text)
    if not kind.admits(value):
        allowed = ", ".join(kind.one_of) or f"a whole number from {kind.first} to {kind.last}"
        raise ValueError(f"{text!r} is not a value of {fact}; it takes {allowed}")
    return value
