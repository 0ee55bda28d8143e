"""Our statistics beside those of libraries that are kept for it: the same numbers, or the test fails."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from lifelines import AalenJohansenFitter, KaplanMeierFitter
from scipy import stats
from statsmodels.duration.survfunc import CumIncidenceRight, survdiff
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.multitest import multipletests

from answerable.answer.compare.arrays import Floats, Table, Units
from answerable.answer.compare.conditional import Totals, conditional_test, least_bias
from answerable.answer.compare.curves import curve, two_curves
from answerable.answer.compare.drawing import differ_p, marked_among
from answerable.answer.compare.rank_test import rank_test, rank_tests, scores
from answerable.answer.compare.sensitivity import e_value, least_gamma, worst_p
from answerable.answer.compare.several import benjamini_hochberg, holm

SEEDS = range(8)


def stratum(seed: int, *, size: int = 30, many: int = 8) -> Units:
    rng = np.random.default_rng(seed)
    claimed = np.zeros(size, dtype=bool)
    claimed[:many] = True
    return Units(claimed, np.ceil(rng.exponential(20, size=size)), rng.random(size) < 0.8)


def hypergeometric_variance(one: Units) -> float:
    """The variance of observed minus expected of the log-rank test."""
    total = 0.0
    for at in np.unique(one.time_s[one.event]):
        risk, ours = (one.time_s >= at).sum(), (one.claimed & (one.time_s >= at)).sum()
        died = (one.event & (one.time_s == at)).sum()
        if risk > 1:
            total += died * ours * (risk - ours) * (risk - died) / (risk**2 * (risk - 1))
    return float(total)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_sum_of_our_scores_is_the_log_rank_statistic_of_statsmodels(seed: int) -> None:
    one = stratum(seed)
    ours = float(scores(one.time_s, one.event)[one.claimed].sum())
    chi2, _ = survdiff(one.time_s, one.event.astype(int), one.claimed.astype(int))
    assert ours**2 / hypergeometric_variance(one) == pytest.approx(chi2)


def test_stratified_scores_add_up_to_the_stratified_log_rank_of_statsmodels() -> None:
    strata = [stratum(seed, size=12 + seed, many=1 + seed % 3) for seed in SEEDS]
    ours = sum(float(scores(one.time_s, one.event)[one.claimed].sum()) for one in strata)
    chi2, _ = survdiff(
        np.concatenate([one.time_s for one in strata]),
        np.concatenate([one.event for one in strata]).astype(int),
        np.concatenate([one.claimed for one in strata]).astype(int),
        strata=np.concatenate([np.full(len(one.claimed), at) for at, one in enumerate(strata)]),
    )
    assert ours**2 / sum(map(hypergeometric_variance, strata)) == pytest.approx(chi2)


@pytest.mark.parametrize("many", [1, 3])
def test_the_permutation_p_value_is_that_of_all_permutations(many: int) -> None:
    one = stratum(3, size=10, many=many)
    own = scores(one.time_s, one.event)
    sums = [own[list(chosen)].sum() for chosen in combinations(range(10), many)]
    exact = float(np.mean(np.array(sums) <= own[one.claimed].sum() + 1e-9))
    assert rank_test([one], draws=40_000, seed=1).slower == pytest.approx(exact, abs=4 * (0.25 / 40_000) ** 0.5)
    if many == 1:
        return  # scipy wants two values a side
    found = stats.permutation_test(
        (own[one.claimed], own[~one.claimed]), lambda x, _: x.sum(), alternative="less", n_resamples=np.inf
    )
    assert exact == pytest.approx(found.pvalue)


@pytest.mark.parametrize("table", [Table(7, 12, 5, 40), Table(1, 3, 4, 9), Table(0, 5, 3, 20), Table(4, 4, 2, 10)])
def test_one_stratum_is_fishers_exact_test_with_its_odds_ratio_and_interval(table: Table) -> None:
    square = [[table.late, table.claimed - table.late], [table.late_others, table.others - table.late_others]]
    found = conditional_test([table])
    expected = stats.contingency.odds_ratio(square, kind="conditional")
    interval = expected.confidence_interval(0.95)
    assert found.more == pytest.approx(stats.fisher_exact(square, alternative="greater").pvalue)
    assert (np.inf if found.odds_ratio is None else found.odds_ratio) == pytest.approx(expected.statistic, rel=1e-4)
    assert found.low == pytest.approx(interval.low, rel=1e-4)
    assert (np.inf if found.high is None else found.high) == pytest.approx(interval.high, rel=1e-4)


def test_totals_are_fishers_noncentral_hypergeometric_numbers() -> None:
    table = Table(3, 7, 6, 21)
    totals = Totals([table])
    for ratio in (0.4, 1.0, 3.7):
        expected = stats.nchypergeom_fisher.pmf(np.arange(0, 8), 28, 9, 7, ratio)
        assert totals.chances(np.log(ratio)) == pytest.approx(expected, rel=1e-6)


def tables_of(seed: int, number: int = 25) -> list[Table]:
    rng = np.random.default_rng(seed)
    sizes = [(int(rng.integers(1, 4)), int(rng.integers(4, 15))) for _ in range(number)]
    return [Table(int(rng.binomial(m, 0.4)), m, int(rng.binomial(k, 0.2)), k) for m, k in sizes]


@pytest.mark.parametrize("seed", SEEDS)
def test_over_many_strata_the_odds_ratio_is_close_to_mantel_and_haenszels(seed: int) -> None:
    tables = tables_of(seed)
    squares = [
        np.array([[one.late, one.claimed - one.late], [one.late_others, one.others - one.late_others]])
        for one in tables
    ]
    peer, found = StratifiedTable(squares), conditional_test(tables)
    assert found.odds_ratio == pytest.approx(peer.oddsratio_pooled, rel=0.15)
    assert found.either == pytest.approx(peer.test_null_odds(correction=True).pvalue, abs=0.06)


def test_the_convolution_equals_counting_every_way_the_margins_allow() -> None:
    tables = tables_of(1, number=4)
    ways = {0: 1.0}
    for one in tables:
        counts = list(range(one.claimed + 1))
        chances = stats.hypergeom.pmf(counts, one.claimed + one.others, one.late + one.late_others, one.claimed)
        ways = {
            total: sum(ways.get(total - x, 0) * float(chances[x]) for x in counts) for total in range(max(ways) + 4)
        }
    seen = sum(one.late for one in tables)
    assert conditional_test(tables).more == pytest.approx(sum(p for total, p in ways.items() if total >= seen))


def test_the_risk_difference_covers_the_truth_nineteen_times_in_twenty() -> None:
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(400):
        tables = [Table(int(rng.binomial(1, 0.35)), 1, int(rng.binomial(8, 0.2)), 8) for _ in range(40)]
        found = conditional_test(tables)
        held += found.risk_low <= 0.15 <= found.risk_high
    assert held / 400 >= 0.95 - 3 * (0.95 * 0.05 / 400) ** 0.5


@pytest.mark.parametrize("seed", SEEDS)
def test_our_kaplan_meier_is_that_of_scipy_and_of_lifelines_with_weights(seed: int) -> None:
    one = stratum(seed)
    ours = curve(one.time_s, one.event.astype(int))
    data = stats.CensoredData(uncensored=one.time_s[one.event], right=one.time_s[~one.event])
    theirs = stats.ecdf(data).sf
    assert ours.waiting == pytest.approx(theirs.evaluate(ours.time_s))
    weights = np.random.default_rng(seed).integers(1, 5, size=len(one.time_s)).astype(float)
    weighted = curve(one.time_s, one.event.astype(int), weights=weights)
    peer = KaplanMeierFitter().fit(one.time_s, one.event, weights=weights)
    assert weighted.waiting == pytest.approx(peer.predict(weighted.time_s).to_numpy())


@pytest.mark.parametrize("seed", SEEDS)
def test_our_aalen_johansen_is_that_of_statsmodels_and_of_lifelines(seed: int) -> None:
    rng = np.random.default_rng(seed)
    time_s: Floats = rng.exponential(20, size=50)
    cause = rng.integers(0, 3, size=50)
    ours = curve(time_s, cause, causes=2)
    peer = CumIncidenceRight(time_s, cause)
    at = np.searchsorted(ours.time_s, peer.times)
    for kind in (0, 1):
        assert ours.ended[kind][at] == pytest.approx(peer.cinc[kind])
    order = np.argsort(time_s)  # lifelines is right where times are sorted and none is tied
    fitted = AalenJohansenFitter(calculate_variance=False).fit(time_s[order], cause[order], event_of_interest=1)
    assert ours.ended[0] == pytest.approx(fitted.cumulative_density_.to_numpy()[1:, 0])
    assert ours.waiting + ours.ended[0] + ours.ended[1] == pytest.approx(np.ones(len(ours.time_s)))


def test_comparable_calls_are_weighted_to_the_claimed_ones_strata() -> None:
    slow = Units(np.array([True, True, False]), np.array([100.0, 100.0, 90.0]), np.ones(3, dtype=bool))
    quick = Units(np.array([True, False, False]), np.array([10.0, 5.0, 6.0]), np.ones(3, dtype=bool))
    ours, theirs = two_curves([slow, quick])
    assert (ours.quantile_s(0.5), theirs.quantile_s(0.5)) == (100.0, 90.0)
    assert theirs.quantile_s(0.3) == 6.0


def test_a_quantile_that_is_not_reached_is_none() -> None:
    assert curve(np.array([1.0, 2.0]), np.array([1, 0])).quantile_s(0.9) is None


def test_holm_and_benjamini_hochberg_are_those_of_statsmodels() -> None:
    p_values = [0.011, 0.2, 0.001, 0.04, 0.039, 0.9]
    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1])
    assert benjamini_hochberg(p_values) == pytest.approx(multipletests(p_values, method="fdr_bh")[1])
    assert (holm([]), benjamini_hochberg([])) == ((), ())


def test_without_hidden_bias_the_worst_case_is_the_large_sample_permutation_test() -> None:
    strata = [stratum(seed, size=9, many=1 + seed % 2) for seed in range(40)]
    plain = rank_test(strata, draws=20_000, seed=2)
    assert worst_p(strata, 1.0) == pytest.approx(stats.norm.sf(plain.z))
    assert worst_p(strata, 1.0) == pytest.approx(plain.slower, abs=0.02)


def test_the_worst_case_is_no_smaller_than_any_hidden_cause_would_give() -> None:
    """One claimed call a stratum: a cause that any of its calls may have, tried one by one."""
    one = stratum(4, size=6, many=1)
    slow = -scores(one.time_s, one.event)
    for bits in range(64):
        weights = np.where([(bits >> at) & 1 for at in range(6)], 2.0, 1.0)
        mean = float((slow * weights).sum() / weights.sum())
        variance = float((slow**2 * weights).sum() / weights.sum()) - mean**2
        if variance > 0 and slow[0] > mean:
            single = stats.norm.sf((slow[0] - mean) / variance**0.5)
            assert worst_p([one] * 30, 2.0) >= stats.norm.sf(30**0.5 * (slow[0] - mean) / variance**0.5) - 1e-12, single


def test_gamma_is_where_the_worst_case_reaches_alpha() -> None:
    rng = np.random.default_rng(1)
    strata = []
    for _ in range(40):
        time_s = rng.exponential(10, size=8)
        time_s[0] *= 6
        strata.append(Units(np.arange(8) == 0, time_s, np.ones(8, dtype=bool)))
    gamma = least_gamma(strata, alpha=0.05)
    assert gamma > 1.5
    assert worst_p(strata, gamma) == pytest.approx(0.05, abs=0.001)
    assert least_gamma([stratum(1)], alpha=1e-9) == 1.0


def test_gamma_of_the_confirming_test_is_the_lower_end_of_its_one_sided_interval() -> None:
    tables = [Table(1, 1, 1, 6)] * 9 + [Table(0, 1, 1, 6)] * 4
    gamma = least_bias(tables, alpha=0.05)
    assert Totals(tables).at_least(np.log(gamma)) == pytest.approx(0.05, abs=1e-6)
    assert least_bias([Table(0, 5, 5, 10)], alpha=0.05) == 1.0


def test_the_e_value_is_that_of_its_authors_example() -> None:
    assert e_value(3.9, base_rate=0.05) == pytest.approx(7.26, abs=0.01)  # VanderWeele and Ding 2017, table 1
    assert e_value(4.0, base_rate=0.5) == pytest.approx(2 + 2**0.5)
    assert e_value(0.5, base_rate=0.05) == 1.0


@pytest.mark.parametrize(
    ("marked", "others", "drawn"), [(5, 9, 3), (0, 7, 3), (12, 2, 9), (3, 4000, 50), (900, 1200, 800)]
)
def test_what_is_drawn_is_hypergeometric_as_scipy_has_it(marked: int, others: int, drawn: int) -> None:
    low, chances = marked_among(marked, others, drawn)
    expected = stats.hypergeom.pmf(np.arange(low, low + len(chances)), marked + others, marked, drawn)
    assert chances == pytest.approx(expected, rel=1e-9, abs=1e-300)
    assert low == max(0, drawn - others)
    assert low + len(chances) - 1 == min(marked, drawn)


@pytest.mark.parametrize(
    ("gone", "whole", "gone_others", "whole_others"),
    [(0, 9, 0, 70), (3, 9, 3, 70), (16, 416, 0, 400), (1, 42, 30, 8000), (9, 9, 0, 9), (2, 40, 2, 40)],
)
def test_whether_more_is_missing_on_one_side_is_fishers_exact_test(
    gone: int, whole: int, gone_others: int, whole_others: int
) -> None:
    square = [[gone, whole - gone], [gone_others, whole_others - gone_others]]
    assert differ_p(gone, whole, gone_others, whole_others) == pytest.approx(stats.fisher_exact(square).pvalue)


def test_what_one_reading_draws_serves_the_other_alike() -> None:
    """Two readings of one stratum tested together give what each gives by itself, to the last digit."""
    plain = [stratum(seed, size=9 + seed, many=1 + seed % 3) for seed in SEEDS]
    never = [Units(one.claimed, np.where(one.event, one.time_s, np.inf), one.event) for one in plain]
    together = rank_tests([plain, never], draws=5_000, seed=3)
    assert together == (rank_test(plain, draws=5_000, seed=3), rank_test(never, draws=5_000, seed=3))
    assert together[0].z != together[1].z


def one_cut(slow: Floats, cut: int, many: int, gamma: float) -> tuple[float, float]:
    """Mean and variance of the sum of `many` scores if being above the cut makes `gamma` times as likely."""
    size = len(slow)
    count: Floats = np.arange(max(0, many - (size - cut)), min(cut, many) + 1, dtype=float)
    chances = stats.nchypergeom_fisher.pmf(count, size, cut, many, gamma)
    above, below = slow[:cut], slow[cut:]
    means = count * above.mean() + (many - count) * below.mean()

    def variance(values: Floats, drawn: Floats) -> Floats:
        return np.asarray(drawn * (len(values) - drawn) / max(len(values) - 1, 1) * values.var())

    mean = float((means * chances).sum())
    within = variance(above, count) + variance(below, many - count)
    return mean, float((((means - mean) ** 2 + within) * chances).sum())


@pytest.mark.parametrize("many", [1, 3])
@pytest.mark.parametrize("gamma", [1.0, 1.7, 20.0])
def test_the_worst_case_is_the_cut_with_the_largest_mean_of_all(many: int, gamma: float) -> None:
    strata = [stratum(seed, size=8 + seed, many=many) for seed in SEEDS]
    observed, mean, variance = 0.0, 0.0, 0.0
    for one in strata:
        slow = -scores(one.time_s, one.event)
        cuts = [one_cut(np.sort(slow)[::-1], cut, many, gamma) for cut in range(1, len(slow))]
        worst = max(cuts)
        observed, mean, variance = observed + slow[one.claimed].sum(), mean + worst[0], variance + worst[1]
    assert worst_p(strata, gamma) == pytest.approx(stats.norm.sf((observed - mean) / variance**0.5), rel=1e-6)


def test_a_stratum_of_thousands_of_calls_has_a_worst_case_too() -> None:
    """As many ways to draw as no floating number can hold."""
    assert 0 < worst_p([stratum(1, size=2_400, many=700)], 1.5) < 1
