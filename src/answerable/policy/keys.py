"""The closed lists of the format: the keys of every table, and what each holds (docs/formats/response-policy.md).

The loader refuses every other key; the schema for editors is made of the same lists.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from answerable.model.duty import CLOCK_KINDS, Duty, SatisfiedBy

FORMAT: Final = 1
MOST_BYTES: Final = 1_000_000
"""A policy is read by people; a larger file is something else."""

MOST_TABLES: Final = {"duty": 400, "clock": 400, "promise": 400, "example": 1000}
"""How often each list's table may stand."""

ID: Final = r"[a-z0-9]+(?:-[a-z0-9]+)*"
POLICY_ID: Final = rf"{ID}(?:/{ID})*"
VERSION: Final = r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}"
RANK: Final = r"[a-z][a-z0-9_]*"

DUTIES: Final = tuple(duty.value for duty in Duty)
WAYS: Final = tuple(way.value for way in SatisfiedBy)
LIMITS: Final = {kind.replace("_", "-"): kind for kind in CLOCK_KINDS}
"""A clock's limits as the file spells them, and as a decision does."""


class Kind(Enum):
    """What a key holds."""

    FORMAT = auto()
    TEXT = auto()
    ID = auto()
    POLICY_ID = auto()
    VERSION = auto()
    VOCABULARY = auto()
    INSTANT = auto()
    PERIOD = auto()
    RANK = auto()
    RANKS = auto()
    RULE = auto()
    RULES = auto()
    DUTY = auto()
    WAYS = auto()
    CONDITION = auto()
    DURATION = auto()
    FACTS = auto()
    GIVEN = auto()
    EXPECT = auto()
    TABLE = auto()
    TABLES = auto()


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a table: what it holds, whether it may be left out, and what an editor says about it."""

    name: str
    kind: Kind
    says: str
    required: bool = False


def names(keys: tuple[Key, ...]) -> tuple[str, ...]:
    """The names alone, in order."""
    return tuple(key.name for key in keys)


TOP: Final = (
    Key("answerable-policy", Kind.FORMAT, "The format's number.", required=True),
    Key("policy", Kind.TABLE, "What this version is, who issued it, and from when it binds.", required=True),
    Key("ranks", Kind.TABLE, "The agency's ranks."),
    Key("facts", Kind.FACTS, "Facts of the vocabulary, narrowed to the values this policy knows."),
    Key("duty", Kind.TABLES, "The rules, in order: the first that is definitely true decides.", required=True),
    Key("clock", Kind.TABLES, "How soon. All that apply run, and of each kind the tightest binds."),
    Key("promise", Kind.TABLES, "What holds for every possible call; the check proves it."),
    Key("example", Kind.TABLES, "A call, and what is decided about it; the check tries it."),
)
ABOUT: Final = (
    Key("id", Kind.POLICY_ID, "The policy's name; the same for all versions.", required=True),
    Key("version", Kind.VERSION, "A text without spaces; a date is usual.", required=True),
    Key("title", Kind.TEXT, "What people call it.", required=True),
    Key("issued-by", Kind.TEXT, "Who issued it.", required=True),
    Key("issued-by-rank", Kind.RANK, "The rank of who issued it; no refusal by that person can rest on it."),
    Key("issued-at", Kind.INSTANT, "When it was issued, with offset.", required=True),
    Key("effective", Kind.PERIOD, "From when (and until when) it binds.", required=True),
    Key("supersedes", Kind.VERSION, "The version that this one cuts short before its own end."),
    Key("vocabulary", Kind.VOCABULARY, "Where the facts come from.", required=True),
    Key("source", Kind.TEXT, "Where the text comes from."),
)
PERIOD: Final = (
    Key("from", Kind.INSTANT, "The first instant, with offset; not before issued-at.", required=True),
    Key("to", Kind.INSTANT, "The end, exclusive, with offset."),
)
RANKS: Final = (Key("order", Kind.RANKS, "The ranks, lowest first.", required=True),)
ONLY_WHERE_DECIDED: Final = ("decline-by", "decide-within", "review-every", "reopen-when")
"""Keys of a duty that must-respond may not have: it cannot be declined."""
DUTY: Final = (
    Key("id", Kind.ID, "The rule's name in decisions, in `over` and in examples.", required=True),
    Key("text", Kind.TEXT, "The sentence that people read.", required=True),
    Key("when", Kind.CONDITION, "Of which calls the rule speaks.", required=True),
    Key("duty", Kind.DUTY, "What is owed.", required=True),
    Key("decline-by", Kind.RANK, "The lowest rank that may decline. Required unless the duty is must-respond."),
    Key("decide-within", Kind.DURATION, "By when it is decided. Required unless the duty is must-respond."),
    Key("review-every", Kind.DURATION, "How often a standing refusal is looked at again."),
    Key("reopen-when", Kind.CONDITION, "What ends a refusal; the check proves that it has effect."),
    Key("satisfied-by", Kind.WAYS, "What answers the duty; a unit, where this is left out."),
    Key("over", Kind.RULES, "Later rules with another duty that this one is meant to win over."),
    Key("cite", Kind.TEXT, "Where the rule stands in the agency's own directive."),
)
CLOCK: Final = (
    Key("id", Kind.ID, "The clock's name in decisions.", required=True),
    Key("when", Kind.CONDITION, "For which calls it runs; 'true' for all.", required=True),
    *(Key(name, Kind.DURATION, f"The limit, such as '15 min', from received: {name}.") for name in LIMITS),
    Key("escalate-to", Kind.RANK, "A rank to call."),
)
PROMISE: Final = (
    Key("text", Kind.TEXT, "The sentence that people read.", required=True),
    Key("when", Kind.CONDITION, "For which calls it is promised.", required=True),
    Key("then", Kind.CONDITION, "What then holds; `duty` may be spoken of.", required=True),
)
EXAMPLE: Final = (
    Key("text", Kind.TEXT, "What the call is, in words.", required=True),
    Key("given", Kind.GIVEN, "The facts of the call; what is left out is unknown.", required=True),
    Key("expect", Kind.EXPECT, "What is decided.", required=True),
)
EXPECT: Final = (
    Key("duty", Kind.DUTY, "The duty."),
    Key("rule", Kind.RULE, "The rule that decides."),
    Key("decline-by", Kind.RANK, "The lowest rank that may decline."),
    *(Key(name, Kind.DURATION, f"{name}.") for name in ("review-every", "decide-within", *LIMITS)),
    Key("satisfied-by", Kind.WAYS, "What answers the duty."),
    Key("escalate-to", Kind.RANKS, "The ranks that clocks call."),
    Key("open", Kind.FACTS, "The missing facts that could change anything."),
)
FACTS: Final = {"yes-no": ("yes-no", "ask"), "one-of": ("one-of", "ordered", "ask"), "number": ("from", "to", "ask")}
"""The keys of a declared fact, by its kind; the first one is what makes it of that kind."""

TABLES: Final = {
    "": TOP,
    "policy": ABOUT,
    "policy.effective": PERIOD,
    "ranks": RANKS,
    "duty": DUTY,
    "clock": CLOCK,
    "promise": PROMISE,
    "example": EXAMPLE,
    "example.expect": EXPECT,
}
"""Every table of the format with its keys; those of `[facts]` and of `given` are the vocabulary's facts."""
