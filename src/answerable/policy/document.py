"""A response policy as a value: one version, read and checked (docs/formats/response-policy.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from answerable.model.duty import Duty, SatisfiedBy
from answerable.model.vocabulary import FactType, FactValue
from answerable.policy.condition import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Line and column, from 1, in the policy's file."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One `[[duty]]`. Times in seconds. `decline_by` and `decide_within_s` are given unless the duty is must-respond.

    `over` names later rules that this one is meant to win over.
    """

    id: str
    text: str
    when: Condition
    duty: Duty
    decline_by: str | None = None
    decide_within_s: int | None = None
    satisfied_by: tuple[SatisfiedBy, ...] = (SatisfiedBy.UNIT,)
    review_every_s: int | None = None
    reopen_when: Condition | None = None
    over: tuple[str, ...] = ()
    cite: str = ""
    spot: Spot = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One `[[clock]]`: `within_s` maps a clock kind (model.duty.CLOCK_KINDS) to seconds, at least one."""

    id: str
    when: Condition
    within_s: Mapping[str, int]
    escalate_to: str | None = None
    spot: Spot = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One `[[promise]]`: of every possible call for which `when` is true, `then` is true as well."""

    text: str
    when: Condition
    then: Condition
    spot: Spot = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One `[[example]]`. `expect` maps a key to the value as the file says it (`none` for its absence), in the spelling
    that `answerable.policy.examples` also gives a decision."""

    text: str
    given: Mapping[str, FactValue]
    expect: Mapping[str, str | tuple[str, ...]]
    spot: Spot = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, weakref_slot=True)
class Policy:
    """One version of a response policy. Instants in microseconds; `effective_to_us` is exclusive.

    `facts` has every fact a condition may use: the declared ones first, in the file's order and as narrow as the file
    makes them, then the rest of the vocabulary. `ranks` is lowest first. `text_sha256` seals the file byte for byte.
    """

    id: str
    version: str
    title: str
    issued_by: str
    issued_by_rank: str | None
    issued_at_us: int
    effective_from_us: int
    effective_to_us: int | None
    supersedes: str | None
    vocabulary: str
    source: str
    ranks: tuple[str, ...]
    facts: Mapping[str, FactType]
    declared: tuple[str, ...]
    duties: tuple[Rule, ...]
    clocks: tuple[Clock, ...]
    promises: tuple[Promise, ...]
    examples: tuple[Example, ...]
    text_sha256: str
    file: str
    spot: Spot

    def rule(self, rule_id: str) -> Rule | None:
        """The duty rule of that id."""
        return next((rule for rule in self.duties if rule.id == rule_id), None)

    @property
    def name(self) -> str:
        """Id and version, as they are said together."""
        return f"{self.id} {self.version}"
