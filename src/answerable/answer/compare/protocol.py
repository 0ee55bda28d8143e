"""The whole protocol over matched calls: tests, bounds of what is missing, placebos, sensitivity, what was possible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf

import msgspec

from answerable.answer.compare.arrays import Units, tables, units
from answerable.answer.compare.balance import balance
from answerable.answer.compare.calls import FEWEST_INCIDENTS, ComparedCall, Matched, Stratum
from answerable.answer.compare.conditional import conditional_test, least_bias
from answerable.answer.compare.curves import Curve, two_curves
from answerable.answer.compare.detectable import detectable_ratio
from answerable.answer.compare.drawing import differ_p
from answerable.answer.compare.rank_test import DRAWS, RankTest, rank_test, rank_tests
from answerable.answer.compare.sensitivity import e_value, least_gamma
from answerable.answer.compare.several import benjamini_hochberg, holm
from answerable.model.comparison import (
    BothTests,
    Comparison,
    Missing,
    OtherClaimant,
    Placebo,
    Registration,
    Terms,
    Waits,
)

MOST_MISSING = 0.05
_DIFFER_AT = 0.05
_POINTS = 60
_PLACEBO_DRAWS = 9_999


class Gathered(msgspec.Struct, frozen=True, kw_only=True):
    """The matched calls of one claim: in its window, before it, and of every other claimant."""

    now: Matched
    before: Matched | None
    others: Mapping[str, Matched]
    untouched: str = ""  # the step that no policy of response could touch, in words; "" where none is recorded


class Reading(msgspec.Struct, frozen=True):
    """One way to read what is missing: seconds in place of a wait that is not known, of the claimed and of the
    comparable calls (0: at once, inf: never, None: left out). `never`: a call that nobody came to waits for ever,
    otherwise it is censored when it was closed."""

    ours: float | None
    theirs: float | None
    never: bool = False

    def time_of(self, call: ComparedCall, ours: bool) -> tuple[float, bool] | None:
        """Seconds and whether somebody was sent then; None leaves the call out."""
        if call.wait_s is not None:
            return call.wait_s, True
        if call.time_known:
            return (inf if self.never else float(call.ended_s or 0.0)), False
        filled = self.ours if ours else self.theirs
        return None if filled is None else (filled, filled == 0.0)

    def late_of(self, call: ComparedCall, ours: bool) -> bool | None:
        """Whether it was late or unheard; None leaves the call out."""
        filled = self.ours if ours else self.theirs
        return call.late if call.late is not None or filled is None else filled > 0


PLAIN, WORST, BEST = Reading(None, None), Reading(0.0, inf), Reading(inf, 0.0)
"""Leaves out what is missing; has it speak against the allegation; has it speak for it."""


def compare(
    gathered: Gathered, *, terms: Terms, seed: int, registration: Registration | None = None, draws: int = DRAWS
) -> Comparison:
    """What the record says. p-values are not yet adjusted for other claims: see `adjusted`."""
    now, alpha = gathered.now, float(terms.alpha)
    missing = missing_of(now.strata)
    said = Comparison(
        terms=terms,
        seed=seed,
        draws=draws,
        registration=registration,
        claimed_calls=now.incidents + len(now.unmatched) + now.repeated,
        incidents=now.incidents,
        comparable=now.comparators,
        unmatched=len(now.unmatched),
        repeated=now.repeated,
        thin_strata=now.thin,
        widened_strata=sum(one.widened for one in now.strata),
        neighbour_strata=sum(one.neighbours for one in now.strata),
        missing=missing,
        balance=balance(now.strata),
    )
    plain = tested(now.strata, PLAIN, alpha=alpha, draws=draws, seed=seed)
    if plain is None:
        return said
    found = msgspec.structs.replace(said, plain=plain, **_described(now.strata, terms=terms, seed=seed))
    if missing.matters:
        worst, best = (tested(now.strata, one, alpha=alpha, draws=draws, seed=seed) for one in (WORST, BEST))
        found = msgspec.structs.replace(found, worst=worst, best=best)
    placebos, others = _placebos(gathered, found, alpha=alpha, draws=draws, seed=seed)
    return adjusted([msgspec.structs.replace(found, placebos=placebos, others=others)])[0]


def adjusted(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """The comparisons with the p-values of all their tests adjusted together (Holm)."""
    with_tests = [one for one in comparisons if one.judged is not None]
    raw = [p for one in with_tests if one.judged for p in (one.judged.p_slower, one.judged.p_late)]
    together = iter(holm(raw))
    pairs = {id(one): (_figure(next(together)), _figure(next(together))) for one in with_tests}
    return [msgspec.structs.replace(one, p_holm=pairs.get(id(one))) for one in comparisons]


def tested(strata: Sequence[Stratum], reading: Reading, *, alpha: float, draws: int, seed: int) -> BothTests | None:
    """Both tests under a reading; None with fewer incidents than anything can be said of."""
    timed, counted = units(strata, reading.time_of), tables(strata, reading.late_of)
    many = min(_incidents(timed), sum(one.claimed for one in counted))
    if many < FEWEST_INCIDENTS:
        return None
    never = msgspec.structs.replace(reading, never=True)
    rank, ranked_never = rank_tests([timed, units(strata, never.time_of)], draws=draws, seed=seed)
    exact = conditional_test(counted)
    return BothTests(
        incidents=many,
        comparable=sum(int((~one.claimed).sum()) for one in timed),
        p_slower=_figure(rank.slower),
        p_slower_never=_figure(ranked_never.slower),
        z=_figure(rank.z),
        p_late=_figure(exact.more),
        late=sum(one.late for one in counted),
        expected=_figure(sum(one.claimed * one.late_others / one.others for one in counted)),
        ratio=None if exact.odds_ratio is None else _figure(exact.odds_ratio),
        ratio_low=_figure(exact.low),
        ratio_high=None if exact.high is None else _figure(exact.high),
        risk_difference=(_figure(exact.risk_difference), _figure(exact.risk_low), _figure(exact.risk_high)),
        gamma_time=_figure(least_gamma(timed, alpha=alpha)),
        gamma_late=_figure(least_bias(counted, alpha=alpha)),
    )


def missing_of(strata: Sequence[Stratum]) -> Missing:
    """How much is missing on each side, and whether it matters."""
    sides = [[call for one in strata for call in getattr(one, name)] for name in ("claimed", "others")]
    times = [(sum(not call.time_known for call in side), len(side)) for side in sides]
    outcomes = [(sum(call.late is None for call in side), len(side)) for side in sides]
    shares = [[gone / (whole or 1) for gone, whole in pair] for pair in (times, outcomes)]
    matters = any(share > MOST_MISSING for pair in shares for share in pair) or _differ(times) or _differ(outcomes)
    (claimed_times, comparable_times), (claimed_outcomes, comparable_outcomes) = (
        [round(1000 * share) for share in pair] for pair in shares
    )
    return Missing(
        claimed_times=claimed_times, comparable_times=comparable_times, claimed_outcomes=claimed_outcomes,
        comparable_outcomes=comparable_outcomes, matters=matters,
    )  # fmt: skip


def _differ(sides: Sequence[tuple[int, int]]) -> bool:
    (gone, whole), (gone_others, whole_others) = sides
    return differ_p(gone, whole, gone_others, whole_others) < _DIFFER_AT


def _incidents(timed: Sequence[Units]) -> int:
    return sum(int(one.claimed.sum()) for one in timed)


def _described(strata: Sequence[Stratum], *, terms: Terms, seed: int) -> dict[str, object]:
    timed, counted = units(strata, PLAIN.time_of), tables(strata, PLAIN.late_of)
    base_rate = sum(one.late_others for one in counted) / sum(one.others for one in counted)
    ratio = conditional_test(counted).odds_ratio
    waits = two_curves(timed)
    shares = two_curves(timed, causes=2)
    detectable = detectable_ratio(
        [(one.claimed, one.others) for one in counted], base_rate=base_rate, alpha=float(terms.alpha), seed=seed
    )
    return {
        "e_value": None if ratio is None else _figure(e_value(ratio, base_rate=base_rate)),
        "base_rate": _figure(base_rate),
        "detectable_ratio": None if detectable is None else _figure(detectable),
        "waits": _waits(waits[0], shares[0]),
        "comparable_waits": _waits(waits[1], shares[1]),
    }


def _waits(still: Curve, shares: Curve) -> Waits:
    step = max(1, -(-len(still.time_s) // _POINTS))
    kept = [*range(0, len(still.time_s), step), len(still.time_s) - 1]
    return Waits(
        median_s=still.quantile_s(0.5),
        p90_s=still.quantile_s(0.9),
        sent_share=round(1000 * float(shares.ended[0][-1])),
        curve=tuple((float(still.time_s[at]), round(1000 * float(still.waiting[at]))) for at in dict.fromkeys(kept)),
    )


def _placebos(
    gathered: Gathered, found: Comparison, *, alpha: float, draws: int, seed: int
) -> tuple[tuple[Placebo, ...], tuple[OtherClaimant, ...]]:
    draws = min(draws, _PLACEBO_DRAWS)
    others = _others(gathered.others, draws=draws, seed=seed)
    before = units(gathered.before.strata, PLAIN.time_of) if gathered.before is not None else []
    placebos = (
        _nothing("before", before, "The claimant's calls before that time", alpha=alpha, draws=draws, seed=seed),
        _rank(others, found),
        _untouched_placebo(gathered, alpha=alpha, draws=draws, seed=seed),
    )
    return placebos, others


def _untouched_placebo(gathered: Gathered, *, alpha: float, draws: int, seed: int) -> Placebo:
    if not gathered.untouched:
        return Placebo(name="untouched", clean=None, said="No step that a policy could not touch is recorded.")
    timed = units(gathered.now.strata, _untouched)
    return _nothing("untouched", timed, f"The claimant's {gathered.untouched}", alpha=alpha, draws=draws, seed=seed)


def _untouched(call: ComparedCall, _ours: bool) -> tuple[float, bool] | None:
    return None if call.untouched_s is None else (call.untouched_s, True)


def _nothing(name: str, timed: Sequence[Units], what: str, *, alpha: float, draws: int, seed: int) -> Placebo:
    """A comparison that must not find what is alleged."""
    many = _incidents(timed)
    if many < FEWEST_INCIDENTS:
        return Placebo(name=name, clean=None, said=f"{what}: too few to compare ({many} incidents).")
    rank = rank_test(timed, draws=draws, seed=seed)
    clean = rank.slower > alpha
    verdict = "no slower than comparable ones" if clean else "slower too, so that something else may be the cause"
    return Placebo(name=name, clean=clean, said=f"{what}: {verdict} ({many} incidents, p = {rank.slower:.3f}).")


def _others(given: Mapping[str, Matched], *, draws: int, seed: int) -> tuple[OtherClaimant, ...]:
    ranked: list[tuple[str, int, RankTest]] = []
    for name, matched in sorted(given.items()):
        timed = units(matched.strata, PLAIN.time_of)
        if _incidents(timed) >= FEWEST_INCIDENTS:
            ranked.append((name, _incidents(timed), rank_test(timed, draws=draws, seed=seed)))
    screened = benjamini_hochberg([test.slower for _, _, test in ranked])
    return tuple(
        OtherClaimant(
            name=name, incidents=many, z=_figure(test.z), p_slower=_figure(test.slower), p_adjusted=_figure(adjusted_p)
        )
        for (name, many, test), adjusted_p in zip(ranked, screened, strict=True)
    )


def _rank(others: Sequence[OtherClaimant], found: Comparison) -> Placebo:
    if not others or found.plain is None:
        return Placebo(name="others", clean=None, said="No other claimant could be compared in the same way.")
    rank = 1 + sum(one.z >= found.plain.z for one in others)
    return Placebo(
        name="others",
        clean=rank == 1,
        said=f"Of {len(others) + 1} claimants compared in the same way, this one is number {rank} by how much slower.",
    )


def _figure(value: float) -> float:
    """Six significant digits: what the last bits of a machine's arithmetic cannot change."""
    return float(f"{value:.6g}")
