"""The draw is defined by SHA-256 alone; the bounds are exact, held against enumeration and against SciPy's figures."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from math import comb
from random import Random

import pytest

from answerable.answer.sampling import (
    Agrees,
    Candidate,
    cells_digest,
    draw,
    draw_digest,
    error_rate,
    fewest_wrong,
    list_digest,
    most_wrong,
    tally,
)


def candidates(names: list[str]) -> list[Candidate]:
    return [Candidate(cells=(name, *[""] * 7), nth=names[: at + 1].count(name)) for at, name in enumerate(names)]


def test_the_draw_takes_the_smallest_digests_of_seed_call_and_number() -> None:
    names = [f"18-{number:06}" for number in range(200)]
    expected = sorted(names, key=lambda name: hashlib.sha256(f"seed\n{name}\n1".encode()).hexdigest())[:10]
    assert [one.cells[0] for one in draw(candidates(names), seed="seed", size=10)] == expected


def test_the_digest_of_the_page_is_the_one_that_sha256sum_prints() -> None:
    # printf '481516\n18-153001\n1' | sha256sum
    assert draw_digest("481516", call="18-153001", nth=1).startswith("33f26fdec6ede583")


def test_the_order_in_which_calls_are_read_does_not_matter() -> None:
    rows = candidates([f"c{number}" for number in range(300)])
    shuffled = Random(5).sample(rows, len(rows))
    assert draw(shuffled, seed="7", size=40) == draw(rows, seed="7", size=40)


def test_the_first_calls_of_a_sample_are_the_smaller_sample() -> None:
    rows = candidates([f"c{number}" for number in range(300)])
    assert draw(rows, seed="7", size=40)[:15] == draw(rows, seed="7", size=15)


def test_another_seed_draws_other_calls() -> None:
    rows = candidates([f"c{number}" for number in range(300)])
    assert draw(rows, seed="7", size=40) != draw(rows, seed="8", size=40)


def test_two_calls_of_one_name_are_drawn_apart() -> None:
    drawn = draw(candidates(["a", "a", "b"]), seed="7", size=9)
    assert sorted((one.cells[0], one.nth) for one in drawn) == [("a", 1), ("a", 2), ("b", 1)]


def test_every_call_is_drawn_about_as_often_as_any_other() -> None:
    rows = candidates([f"c{number}" for number in range(20)])
    times = dict.fromkeys((one.cells[0] for one in rows), 0)
    for seed in range(1_000):
        for one in draw(rows, seed=str(seed), size=5):
            times[one.cells[0]] += 1
    # 250 expected, standard deviation 13.7: five of them
    assert all(abs(number - 250) < 69 for number in times.values())


def test_white_space_that_a_spreadsheet_changes_does_not_change_the_seal_and_a_letter_does() -> None:
    assert cells_digest(["a  b\r\nc ", "d"]) == cells_digest(["a b c", "d"])
    assert cells_digest(["a b", "d"]) != cells_digest(["a b", "e"])
    assert cells_digest(["a", "bd"]) != cells_digest(["ab", "d"])


def test_a_list_in_another_order_has_another_seal() -> None:
    assert list_digest(["a", "b"]) != list_digest(["b", "a"])


def tail(population: int, sample: int, supposed: int, found: range) -> Fraction:
    ways = sum(comb(supposed, k) * comb(population - supposed, sample - k) for k in found if k <= sample)
    return Fraction(ways, comb(population, sample))


@pytest.mark.parametrize("confidence", [80, 95, 99])
def test_the_bounds_are_those_found_by_trying_every_number(confidence: int) -> None:
    random = Random(18)
    left = Fraction(100 - confidence, 200)
    for _ in range(60):
        population = random.randint(1, 40)
        sample = random.randint(1, population)
        wrong = random.randint(0, sample)
        possible = range(wrong, population - sample + wrong + 1)
        low = min(m for m in possible if tail(population, sample, m, range(wrong, sample + 1)) > left)
        high = max(m for m in possible if tail(population, sample, m, range(wrong + 1)) > left)
        given = {"sample": sample, "population": population, "confidence_percent": confidence}
        assert (fewest_wrong(wrong, **given), most_wrong(wrong, **given)) == (low, high)


@pytest.mark.parametrize(
    ("population", "sample", "wrong", "low", "high"),
    [
        # the first and last M of scipy.stats.hypergeom (1.17) with sf(x - 1, N, M, n) and cdf(x, N, M, n) above 0.025
        (29_628, 200, 4, 164, 1_490),
        (29_628, 200, 0, 0, 539),
        (10_000, 100, 3, 63, 849),
        (500, 100, 0, 0, 16),
    ],
)
def test_the_bounds_are_those_of_an_independent_library(
    population: int, sample: int, wrong: int, low: int, high: int
) -> None:
    given = {"sample": sample, "population": population, "confidence_percent": 95}
    assert (fewest_wrong(wrong, **given), most_wrong(wrong, **given)) == (low, high)


def test_a_record_checked_in_full_leaves_no_doubt() -> None:
    assert fewest_wrong(3, sample=50, population=50, confidence_percent=95) == 3
    assert most_wrong(3, sample=50, population=50, confidence_percent=95) == 3


def test_the_bounds_hold_the_truth_as_often_as_they_say() -> None:
    """Over every possible sample result, weighed by its chance: exact, without any random number."""
    population, sample = 60, 20
    given = {"sample": sample, "population": population, "confidence_percent": 95}
    ranges = [(fewest_wrong(x, **given), most_wrong(x, **given)) for x in range(sample + 1)]
    for truth in range(population + 1):
        holds = [x for x, (low, high) in enumerate(ranges) if low <= truth <= high]
        covered = sum(tail(population, sample, truth, range(x, x + 1)) for x in holds)
        assert covered >= Fraction(95, 100), truth


@pytest.mark.parametrize(("wrong", "sample", "population"), [(-1, 5, 9), (6, 5, 9), (1, 10, 9)])
def test_figures_that_cannot_belong_together_are_refused(wrong: int, sample: int, population: int) -> None:
    with pytest.raises(ValueError, match="wrong of"):
        most_wrong(wrong, sample=sample, population=population, confidence_percent=95)


def test_open_calls_widen_the_bounds_and_are_never_left_out() -> None:
    answers = [Agrees.YES] * 80 + [Agrees.NO] * 2 + [Agrees.CANNOT_TELL] * 8 + [None] * 10
    rate = error_rate(tally(answers), population=5_000)
    assert (rate.tally.drawn, rate.tally.agrees, rate.tally.wrong) == (100, 80, 2)
    assert (rate.tally.cannot_tell, rate.tally.unanswered, rate.tally.open) == (8, 10, 18)
    given = {"population": 5_000, "confidence_percent": 95}
    assert rate.certain.low == fewest_wrong(2, sample=100, **given)
    assert rate.certain.high == most_wrong(20, sample=100, **given)
    assert rate.answered is not None
    assert (rate.answered.low, rate.answered.high) == (
        fewest_wrong(2, sample=82, **given),
        most_wrong(2, sample=82, **given),
    )
    assert rate.certain.high > rate.answered.high


def test_without_any_answer_nothing_is_said() -> None:
    rate = error_rate(tally([None] * 30), population=5_000)
    assert rate.answered is None
    assert (rate.certain.low, rate.certain.high) == (0, 5_000)
