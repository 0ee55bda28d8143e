"""How often each method errs in made-up records where the truth is known: overload, camp nights, bursts of calls."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import StratifiedTable
from tests.support.worlds import World, world

from answerable.answer.compare.arrays import Table, tables, units
from answerable.answer.compare.conditional import conditional_test
from answerable.answer.compare.detectable import detectable_ratio, power_at
from answerable.answer.compare.evidence import ALARM_AT, Evidence
from answerable.answer.compare.matching import match
from answerable.answer.compare.protocol import PLAIN
from answerable.answer.compare.rank_test import rank_test

WORLDS, ALPHA = 240, 0.05
Method = Callable[[World, int], float]


def at_most(truth: float, trials: int) -> float:
    """What a rate of `truth` stays below, but for three standard errors."""
    return truth + 3 * float((truth * (1 - truth) / trials) ** 0.5)


def primary(one: World, seed: int) -> float:
    strata = match(one.claimed, one.others, neighbours={}).strata
    return rank_test(units(strata, PLAIN.time_of), draws=999, seed=seed).slower


def confirming(one: World, _seed: int) -> float:
    return conditional_test(tables(match(one.claimed, one.others, neighbours={}).strata, PLAIN.late_of)).more


def fisher_unadjusted(one: World, _seed: int) -> float:
    late, timely, late_others, timely_others = one.counts.sum(axis=0)
    return float(stats.fisher_exact([[late, timely], [late_others, timely_others]], alternative="greater").pvalue)


def cmh_adjusted(one: World, _seed: int) -> float:
    """Cochran-Mantel-Haenszel by priority, district and shift: "adjusted for everything", but not for that night."""
    squares = [row.reshape(2, 2) for row in one.counts if row[:2].sum() and row[2:].sum()]
    return float(StratifiedTable(squares).test_null_odds(correction=True).pvalue)


@cache
def rate(method: Method, incidents: int, slower: float = 1.0, worlds: int = WORLDS) -> float:
    found = [method(world(seed, incidents=incidents, slower=slower), seed) for seed in range(worlds)]
    return float(np.mean(np.array(found) <= ALPHA))


@pytest.mark.parametrize("incidents", [5, 10, 20])
@pytest.mark.parametrize("method", [primary, confirming])
def test_without_a_policy_our_tests_cry_wolf_no_more_than_once_in_twenty(method: Method, incidents: int) -> None:
    assert rate(method, incidents) <= at_most(ALPHA, WORLDS)


def test_with_waits_doubled_the_primary_test_finds_it_nine_times_in_ten() -> None:
    assert rate(primary, 20, 2.0, 200) >= 0.9


@pytest.mark.parametrize("method", [fisher_unadjusted, cmh_adjusted])
def test_the_usual_methods_find_a_policy_that_is_not_there_in_more_than_one_record_of_five(method: Method) -> None:
    """Why none of them is offered: they compare quiet nights with besieged ones."""
    assert rate(method, 20, 1.0, 100) > 0.2


# Watching every day


def watched(seed: int, *, ratio: float, days: int = 120) -> Evidence:
    rng = np.random.default_rng(seed)
    evidence = Evidence(agency="a", district="d")
    for day in range(days):
        base = 0.4 if rng.random() < 0.2 else 0.1  # overloaded nights are late for everybody
        odds = ratio * base / (1 - base)
        table = Table(int(rng.random() < odds / (1 + odds)), 1, int(rng.binomial(7, base)), 7)
        evidence = evidence.after(table, at_us=day)
    return evidence


def test_looking_every_day_alarms_falsely_in_no_more_than_one_record_of_twenty() -> None:
    alarms = float(np.mean([watched(seed, ratio=1.0).alarm for seed in range(WORLDS)]))
    assert alarms <= at_most(1 / ALARM_AT, WORLDS)


def test_a_daily_p_value_would_alarm_falsely_far_more_often() -> None:
    """The documented negative: the same looks with the test that is meant for one."""
    rng = np.random.default_rng(7)
    fooled = 0
    for _ in range(60):
        seen: list[Table] = []
        for _ in range(120):
            base = 0.4 if rng.random() < 0.2 else 0.1
            seen.append(Table(int(rng.random() < base), 1, int(rng.binomial(7, base)), 7))
            if len(seen) % 3 == 0 and conditional_test(seen).more <= ALPHA:
                fooled += 1
                break
    assert fooled / 60 > 0.1


def test_an_odds_ratio_of_four_is_found_in_most_records_and_the_alarm_stays() -> None:
    found = [watched(seed, ratio=4.0) for seed in range(60)]
    assert np.mean([one.alarm for one in found]) > 0.7
    assert all(one.highest >= one.value for one in found)


def test_the_evidence_of_a_table_averages_to_one_when_nothing_is_wrong() -> None:
    """Ville's inequality needs this for every table: the average over what the margins allow is one, exactly."""
    claimed, late, size = 2, 5, 12
    mean = 0.0
    for count in range(claimed + 1):
        chance = float(stats.hypergeom.pmf(count, size, late, claimed))
        table = Table(count, claimed, late - count, size - claimed)
        mean += chance * Evidence(agency="a", district="d").after(table, at_us=0).value
    assert mean == pytest.approx(1.0)


def test_evidence_that_cannot_be_informative_changes_nothing_and_order_is_kept() -> None:
    before = Evidence(agency="a", district="d").after(Table(1, 1, 0, 6), at_us=10)
    assert before.after(Table(1, 1, 6, 6), at_us=11).value == pytest.approx(before.value)
    with pytest.raises(ValueError, match="order"):
        before.after(Table(1, 1, 0, 6), at_us=9)


# What a record could have shown


def smallest_found_by_a_binomial_test(incidents: int) -> float:
    """The same with a base rate of exactly 10 %: what very many comparable calls come to."""
    critical = next(x for x in range(incidents + 2) if stats.binom.sf(x - 1, incidents, 0.1) <= ALPHA)
    share = next(p for p in np.linspace(0.1, 1, 9001) if stats.binom.sf(critical - 1, incidents, p) >= 0.8)
    return float(share / (1 - share) * 9)


def test_twenty_calls_could_have_shown_an_odds_ratio_of_four_to_five_and_five_calls_only_a_huge_one() -> None:
    assert smallest_found_by_a_binomial_test(20) == pytest.approx(4.1, abs=0.1)
    twenty = detectable_ratio([(1, 12)] * 20, base_rate=0.1, alpha=0.05, seed=1)
    five = detectable_ratio([(1, 12)] * 5, base_rate=0.1, alpha=0.05, seed=1)
    assert twenty is not None
    assert 4.1 < twenty < 1.5 * 4.1, "twelve comparable calls a stratum say less than endlessly many"
    assert five is not None
    assert five == pytest.approx(smallest_found_by_a_binomial_test(5), rel=0.25)


def test_power_is_that_of_the_test_itself() -> None:
    sizes = [(1, 6), (2, 9)] * 8
    rng = np.random.default_rng(3)
    odds = 5 * 0.2 / 0.8
    found = [
        conditional_test(
            [Table(int(rng.binomial(m, odds / (1 + odds))), m, int(rng.binomial(k, 0.2)), k) for m, k in sizes]
        ).more
        <= ALPHA
        for _ in range(400)
    ]
    said = power_at(sizes, base_rate=0.2, ratio=5.0, alpha=ALPHA, seed=1, trials=2000)
    assert said == pytest.approx(float(np.mean(found)), abs=0.08)


def test_nothing_is_detectable_where_nobody_or_everybody_is_late() -> None:
    assert detectable_ratio([(1, 9)] * 9, base_rate=0.0, alpha=0.05, seed=1) is None
    assert detectable_ratio([], base_rate=0.1, alpha=0.05, seed=1) is None
    assert detectable_ratio([(1, 2)], base_rate=0.1, alpha=0.05, seed=1) is None
