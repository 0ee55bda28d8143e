"""What a back-test found: past calls judged twice, as they were owed and as a policy would have owed them."""

from __future__ import annotations

import msgspec

from answerable.model.examination import PolicyInForce
from answerable.model.source import SourceManifest

LIMIT_KINDS: tuple[str, ...] = (
    "decide_within",
    "dispatch_within",
    "arrive_within",
    "answer_within",
    "tell_caller_within",
)
"""The limits that are compared, first the ones that an outcome depends on."""


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """A call as one of the two judged it. `limit_s` is what the requester waits for first: the decision where the duty
    leaves a choice, else the dispatch. `open_facts` are missing facts that could still change duty or limits."""

    outcome: str
    reason: str | None = None
    carried: str | None = None
    duty: str | None = None
    rule: str | None = None
    limit_s: int | None = None
    arrive_limit_s: int | None = None
    answer_limit_s: int | None = None
    tell_limit_s: int | None = None
    open_facts: tuple[str, ...] = ()


class OutcomeChange(msgspec.Struct, frozen=True, kw_only=True):
    """Calls that had one outcome and would have had another. A merged call counts with what it carried."""

    before: str
    after: str
    calls: int


class DutyChange(msgspec.Struct, frozen=True, kw_only=True):
    """Calls that were owed one duty and would have been owed another; None: no rule, or no policy in force."""

    before: str | None
    after: str | None
    calls: int


class LimitChange(msgspec.Struct, frozen=True, kw_only=True):
    """Calls with one limit that would have had another, in seconds; None: no such limit. `kind` of LIMIT_KINDS."""

    kind: str
    before_s: int | None
    after_s: int | None
    calls: int


class Backtest(msgspec.Struct, frozen=True, kw_only=True):
    """The whole result. `base` are the versions compared with; `base_as_if`: they too were applied to every call,
    whatever their dates. Counts are calls; `waited` are those for whom somebody waited, and only those have changes of
    duty or limit. `outcomes_*` have every outcome.

    `same`, `changed` and the three `untold_*` add up to `calls`: an outcome that is undetermined on a side cannot be
    compared. `sooner` would have been owed something more or earlier, `later` something less or later; a call can be
    in both. `listed` calls differ in outcome, duty or limit. `open_facts` counts calls by the missing fact that could
    still change what they are owed on either side.
    """

    program: str
    source: SourceManifest
    as_of_us: int | None
    policy: PolicyInForce
    base: tuple[PolicyInForce, ...]
    base_as_if: bool
    calls: int
    waited: int
    same: int
    changed: int
    untold_both: int
    untold_before: int
    untold_after: int
    outcomes_before: dict[str, int]
    outcomes_after: dict[str, int]
    undetermined_before: dict[str, int]
    undetermined_after: dict[str, int]
    outcome_changes: tuple[OutcomeChange, ...]
    duty_changes: tuple[DutyChange, ...]
    limit_changes: tuple[LimitChange, ...]
    sooner: int
    later: int
    listed: int
    open_calls: int
    open_facts: dict[str, int]
    with_decisions: bool = False
    recompute: str = ""


class BacktestRow(msgspec.Struct, frozen=True, kw_only=True):
    """One call of the list `changed.csv`: the allow-list of columns. Never an address, never a name."""

    call: str
    received: str  # local time with offset
    type: str
    priority: str
    district: str
    beat: str
    waited_s: int | None
    before: Side
    after: Side
