"""The page's drawings with the rows of the tables that stand beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from markupsafe import Markup

from answerable.model.backtest import Backtest, LimitChange
from answerable.model.claim import ClaimKind
from answerable.model.examination import Examination, IntervalStatistic, LateDistribution, MonthCoverage
from answerable.model.finding import ClaimFinding
from answerable.model.outcome import Outcome
from answerable.report.backtest_words import limit_change
from answerable.report.clock_chart import MOST_SINGLE_DOTS, clock_chart
from answerable.report.clock_states import State, counted_states, state_of
from answerable.report.compared import FigureRow, compared_rows, waiting_chart
from answerable.report.interval_chart import interval_chart
from answerable.report.outcome_chart import Bar, bar_chart
from answerable.report.spelling import number, share
from answerable.report.svg import Spec, draw
from answerable.report.tones import OUTCOME_TONES
from answerable.report.words import OUTCOMES, REASONS, said

WIDE, NARROW = 760, 288
CLOCK_TABLE_ROWS = 200
HEAT_STEPS = 10
MOST_BARS = 12
"""More sorts of change than this are told in the table alone."""
FEWEST_DRAWN = 3
"""Fewer calls than this are told in the claim's own table; a drawing would add nothing."""


@dataclass(frozen=True, slots=True)
class Chart:
    """One drawing at two widths; the page shows the one that fits."""

    wide: Markup
    narrow: Markup


@dataclass(frozen=True, slots=True)
class ClockFigure:
    """The calls of one scope against their clocks. `claims` share that scope; `listed` are the table's rows, worst
    first, `more` how many calls the table leaves to calls.csv; `gathered` where a mark can stand for many calls."""

    claims: tuple[ClaimFinding, ...]
    chart: Chart
    states: tuple[tuple[State, int], ...]
    listed: tuple[tuple[LateDistribution, State], ...]
    more: int
    gathered: bool


@dataclass(frozen=True, slots=True)
class ComparedFigure:
    """How a claim's calls and comparable ones waited, and the figures behind what is said of them."""

    chart: Chart
    rows: tuple[FigureRow, ...]


@dataclass(frozen=True, slots=True)
class Covered:
    """How many calls of one period have one clock point recorded. `step` 0 (none) to HEAT_STEPS (all)."""

    recorded: int
    text: str
    step: int


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One month or year."""

    period: str
    calls: int
    cells: tuple[Covered, ...]


@dataclass(frozen=True, slots=True)
class CoverageTable:
    """Clock points that occur at all, as columns; those that never do are named apart."""

    points: tuple[str, ...]
    never: tuple[str, ...]
    rows: tuple[CoverageRow, ...]


def outcome_figure(examination: Examination) -> Chart | None:
    """Bars of the outcomes that occur, worst first; None where no call was judged."""
    bars = [
        Bar(OUTCOMES[key].label, examination.outcomes[key], OUTCOME_TONES[key])
        for key in OUTCOMES
        if examination.outcomes.get(key)
    ]
    return _bars(bars, key="outcomes", title="Calls by outcome") if bars else None


def reason_figure(examination: Examination) -> Chart | None:
    """Bars of why calls are undetermined, most frequent first; None where none is."""
    counted = sorted(examination.undetermined.items(), key=lambda item: (-item[1], item[0]))
    bars = [Bar(said(REASONS, key).label, calls, "unknown") for key, calls in counted if calls]
    return _bars(bars, key="reasons", title="Undetermined calls by reason") if bars else None


def outcome_changes_figure(found: Backtest) -> Chart | None:
    """Bars of the calls whose outcome would have been another, most frequent first, coloured by what it would be."""
    told = [one for one in found.outcome_changes if Outcome.UNDETERMINED not in (one.before, one.after)]
    bars = [
        Bar(
            f"{said(OUTCOMES, one.before).label} → {said(OUTCOMES, one.after).label}",
            one.calls,
            OUTCOME_TONES[one.after],
        )
        for one in told[:MOST_BARS]
    ]
    return _bars(bars, key="outcome-changes", title="Calls whose outcome would have been another") if bars else None


def limit_changes_figure(found: Backtest) -> Chart | None:
    """Bars of the calls with another limit, most frequent first; a tighter one has the colour of an alarm."""
    bars = [
        Bar(limit_change(one), one.calls, "late" if _tighter(one) else "answered")
        for one in found.limit_changes[:MOST_BARS]
    ]
    return _bars(bars, key="limit-changes", title="Calls with another limit") if bars else None


def _tighter(change: LimitChange) -> bool:
    if change.before_s is None or change.after_s is None:
        return change.before_s is None
    return change.after_s < change.before_s


def _bars(bars: Sequence[Bar], *, key: str, title: str) -> Chart:
    description = "; ".join(f"{bar.label}: {number(bar.calls)}" for bar in bars)
    return _chart(lambda width: bar_chart(bars, width=width), key=key, title=title, description=description)


def _chart(spec: Callable[[int], Spec], *, key: str, title: str, description: str) -> Chart:
    wide, narrow = (
        draw(spec(width), key=f"{key}-{variant}", title=title, description=description, variant=variant)
        for width, variant in ((WIDE, "wide"), (NARROW, "narrow"))
    )
    return Chart(wide=wide, narrow=narrow)


def compared_figures(examination: Examination) -> dict[str, ComparedFigure]:
    """The drawing and the figures of each claim that was compared, by claim id; none where nothing could be tested."""
    drawn = {claim.id: compared_figure(claim, number=n) for n, claim in enumerate(examination.claims, start=1)}
    return {claim: figure for claim, figure in drawn.items() if figure is not None}


def compared_figure(claim: ClaimFinding, *, number: int) -> ComparedFigure | None:
    """How one claim's calls and comparable ones waited; None where nothing could be tested. Claims count from 1."""
    compared = claim.comparison
    if compared is None or compared.waits is None:
        return None
    chart = _chart(
        partial(waiting_chart, compared),
        key=f"compared-{number}",
        title="How long these calls and comparable ones waited for a dispatch",
        description="; ".join(f"{row.name}: {row.value}, {row.read}" for row in compared_rows(compared)),
    )
    return ComparedFigure(chart=chart, rows=compared_rows(compared))


def scope_figure(claim: ClaimFinding, *, key: str) -> Chart | None:
    """Bars of what became of the calls that a claim is about, worst first; None where it is about none."""
    bars = [
        Bar(OUTCOMES[outcome].label, claim.figures[outcome], OUTCOME_TONES[outcome])
        for outcome in OUTCOMES
        if claim.figures.get(outcome)
    ]
    return _bars(bars, key=key, title="What became of the calls that the claim is about") if bars else None


def clock_figures(examination: Examination, zone: ZoneInfo) -> tuple[ClockFigure, ...]:
    """One figure a scope: claims about the very same calls share it, so that nothing is drawn twice.

    A claim about a policy rests on no call, and has none.
    """
    kinds = {claim.id: ClaimKind(claim.kind) for claim in examination.claims}
    sharing: dict[tuple[LateDistribution, ...], list[str]] = {}
    for claim, calls in examination.clocks.items():
        if len(calls) >= FEWEST_DRAWN and kinds.get(claim) is not ClaimKind.POLICY_EXISTS:
            sharing.setdefault(calls, []).append(claim)
    by_id = {claim.id: claim for claim in examination.claims}
    return tuple(
        _clock_figure(calls, tuple(by_id[claim] for claim in ids if claim in by_id), zone=zone, key=f"clock-{n}")
        for n, (calls, ids) in enumerate(sharing.items(), start=1)
    )


def _clock_figure(
    calls: tuple[LateDistribution, ...], claims: tuple[ClaimFinding, ...], *, zone: ZoneInfo, key: str
) -> ClockFigure:
    states = counted_states(calls)
    chart = _chart(
        lambda width: clock_chart(calls, zone=zone, width=width),
        key=key,
        title="Calls against their clocks",
        description="; ".join(f"{state.label}: {number(n)}" for state, n in states),
    )
    listed = sorted(calls, key=_worst_first)[:CLOCK_TABLE_ROWS]
    return ClockFigure(
        claims=claims,
        chart=chart,
        states=states,
        listed=tuple((call, state_of(call)) for call in listed),
        more=len(calls) - len(listed),
        gathered=len(calls) > MOST_SINGLE_DOTS,
    )


def _worst_first(call: LateDistribution) -> tuple[float, int, str]:
    times = float("inf") if call.waited_s is None else call.waited_s / max(call.limit_s, 1)
    return (-times, call.received_us, call.call)


def interval_figure(examination: Examination) -> Chart | None:
    """The definitions side by side, without officer-initiated calls; None where nothing was counted."""
    drawn = [s for s in examination.description.intervals if s.population == "calls" and s.median_s is not None]
    if not drawn:
        return None
    return _chart(
        lambda width: interval_chart(drawn, width=width),
        key="intervals",
        title="The same calls under several definitions",
        description="; ".join(_spoken(statistic) for statistic in drawn),
    )


def _spoken(statistic: IntervalStatistic) -> str:
    median, p90 = statistic.median_s or 0.0, statistic.p90_s or 0.0
    return f"{statistic.definition}: median {median / 60:.1f} minutes, P90 {p90 / 60:.1f} minutes"


def coverage_table(months: Sequence[MonthCoverage], order: Sequence[str]) -> CoverageTable:
    """Months as rows, clock points in the order given as columns."""
    points = tuple(point for point in order if any(month.recorded.get(point) for month in months))
    return CoverageTable(
        points=points,
        never=tuple(point for point in order if point not in points),
        rows=tuple(
            CoverageRow(
                period=month.month,
                calls=month.calls,
                cells=tuple(_covered(month.recorded.get(point, 0), month.calls) for point in points),
            )
            for month in months
        ),
    )


def by_year(months: Sequence[MonthCoverage]) -> tuple[MonthCoverage, ...]:
    """The same counts summed by year, for files that span many months."""
    years: dict[str, list[MonthCoverage]] = {}
    for month in months:
        years.setdefault(month.month[:4], []).append(month)
    return tuple(
        MonthCoverage(
            month=year,
            calls=sum(month.calls for month in of_year),
            recorded={
                point: sum(month.recorded.get(point, 0) for month in of_year)
                for point in sorted({point for month in of_year for point in month.recorded})
            },
        )
        for year, of_year in years.items()
    )


def _covered(recorded: int, calls: int) -> Covered:
    """The darkest step is kept for "all" and the lightest for "none", whatever rounding would say."""
    if recorded == 0 or calls == 0:
        step = 0
    elif recorded >= calls:
        step = HEAT_STEPS
    else:
        step = 1 + min(recorded * (HEAT_STEPS - 1) // calls, HEAT_STEPS - 2)
    return Covered(recorded=recorded, text=share(recorded, calls), step=step)
