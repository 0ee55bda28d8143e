"""Everything an examination found: what `--json` prints and what the report shows."""

from __future__ import annotations

import msgspec

from answerable.model.finding import CallInScope, ClaimFinding
from answerable.model.source import SourceManifest


class MonthCoverage(msgspec.Struct, frozen=True, kw_only=True):
    """Calls received in one local month (`2018-06`), and how many have each clock point recorded."""

    month: str
    calls: int
    recorded: dict[str, int]


class WaitBound(msgspec.Struct, frozen=True, kw_only=True):
    """One end of what the figures of an interval can be. Seconds; None: no limit (a quantile that is not reached).

    `calls_within_s` maps a number of seconds to how many calls waited no longer than that.
    """

    calls_within_s: dict[str, int]
    median_s: float | None
    p90_s: float | None
    mean_s: float | None


class WaitBounds(msgspec.Struct, frozen=True, kw_only=True):
    """Between what the figures of an interval lie, whatever the calls without a usable time would have shown.

    `calls` are all that the definition is about, `unknown` those of them whose wait is not known. `best`: each of these
    waited for nothing; `worst`: each waited for ever, or for as long as the definition counts. A call of which it is
    known that the end never came waits for ever in both. See docs/decisions/0012-bounds-of-waits.md.
    """

    calls: int
    unknown: int
    best: WaitBound
    worst: WaitBound


class IntervalStatistic(msgspec.Struct, frozen=True, kw_only=True):
    """One interval under one definition. Seconds; None where no call has both ends.

    `counted` calls have both ends in order; `left_out` says how many have not, by reason
    (`missing_from`, `missing_to`, `out_of_order`, `uncertain`; `no_start`, `no_end`: known not to have happened).
    `bounds`: None where nothing was counted. Officer-initiated calls are apart: `population` is `calls` or
    `officer_initiated`.
    """

    definition: str  # e.g. "received to arrived"
    from_point: str
    to_point: str
    population: str
    counted: int
    left_out: dict[str, int]
    mean_s: float | None
    median_s: float | None
    p90_s: float | None
    bounds: WaitBounds | None = None


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """What a file of calls is, without any policy. Counts by value are sorted, most frequent first."""

    coverage: tuple[MonthCoverage, ...]
    intervals: tuple[IntervalStatistic, ...]
    dispositions: dict[str, int]
    disposition_codes: dict[str, int]
    origins: dict[str, int]
    entry_kinds: dict[str, int]
    dispatched: dict[str, int]
    arrived: dict[str, int]
    priorities: dict[str, int]


class SeveralSources(msgspec.Struct, frozen=True, kw_only=True):
    """What files of several sources show: each by itself, and all calls together, as if one file had them.

    `coverage` and `intervals` are of all together: months are local to each source, quantiles those of all waits.
    `limits` says in sentences what the sources do not share.
    """

    program: str
    sources: tuple[Examination, ...]
    calls: int
    coverage: tuple[MonthCoverage, ...]
    intervals: tuple[IntervalStatistic, ...]
    limits: tuple[str, ...]


class PolicyInForce(msgspec.Struct, frozen=True, kw_only=True):
    """One version applied: how many calls it governed, and the sentences of its duties."""

    id: str
    version: str
    title: str
    issued_by: str
    issued_at_us: int
    effective_from_us: int
    effective_to_us: int | None
    sha256: str
    calls: int
    duties: tuple[dict[str, str], ...]  # id, text, duty, cite


class LateDistribution(msgspec.Struct, frozen=True, kw_only=True):
    """How long the calls of a claim's scope waited against the limit that bound first: one row a call."""

    call: str
    received_us: int
    limit_s: int
    waited_s: int | None  # None: no unit was sent (also: by telephone, withdrawn, declined), or its time is not known
    outcome: str


class EditRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `edits.csv`: a call that was changed after it was first published (`what` is `edited`, in `column`),
    is gone from a later export, or could not be told apart from another (`undetermined`).

    `outcome_first`, `outcome_now`: what would have been said of the call as first published, and what is said of it;
    empty where nothing of it was edited.
    """

    call: str
    what: str
    column: str
    earlier: str
    later: str
    earlier_as_of: str
    later_as_of: str
    outcome_first: str
    outcome_now: str


class Edits(msgspec.Struct, frozen=True, kw_only=True):
    """What edits after first publication did to outcomes. `outcomes` counts the edited calls whose outcome would have
    been another one as first published: (then, now, calls), most calls first."""

    rows: tuple[EditRow, ...]
    outcomes: tuple[tuple[str, str, int], ...]

    @property
    def other_outcome(self) -> int:
        """How many calls would have had another outcome as first published."""
        return sum(calls for _, _, calls in self.outcomes)


class Examination(msgspec.Struct, frozen=True, kw_only=True):
    """The whole result. `outcomes` always has every outcome (0 where none); `undetermined` counts by reason.

    `nobody_complained` lists the ignored calls (unheard, closed without reason, declined against policy) that are in no
    claim's scope. `clocks` maps a claim's id to its calls against their clocks. `edits` is there only under a policy.
    """

    program: str  # "answerable 0.1.0"
    source: SourceManifest
    as_of_us: int | None
    description: Description
    policies: tuple[PolicyInForce, ...] = ()
    outcomes: dict[str, int] = {}
    undetermined: dict[str, int] = {}
    undetermined_facts: dict[str, int] = {}
    merged_as: dict[str, int] = {}
    claims: tuple[ClaimFinding, ...] = ()
    ignored: tuple[CallInScope, ...] = ()
    nobody_complained: tuple[CallInScope, ...] = ()
    clocks: dict[str, tuple[LateDistribution, ...]] = {}
    limits: tuple[str, ...] = ()
    recompute: str = ""  # the command that gives this result again
    edits: Edits | None = None  # where the calls come from several exports
    coded: dict[str, str] = {}  # the SHA-256 of each file of the coded record, where it was read instead of the calls
    made_up: str = ""  # for the demo: that city and calls are made up, and what they are modelled on


class ReportRow(msgspec.Struct, frozen=True, kw_only=True):
    """One call in the report's table and in `calls.csv`: the allow-list of columns. District and beat instead of an
    address, never a name. `claims` are the ids of the claims that complain of it."""

    call: str
    received: str  # local time with offset, as people at the agency read it
    type: str
    priority: str
    district: str
    beat: str
    outcome: str
    reason: str
    facts: str
    carried: str
    duty: str
    rule: str
    policy_version: str
    limit_s: int | None
    waited_s: int | None
    because: str
    claims: tuple[str, ...] = ()
