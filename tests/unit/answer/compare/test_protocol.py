"""The protocol as a whole: readings of what is missing, too few incidents, placebos, several claims."""

from __future__ import annotations

from math import inf

import msgspec
import pytest
from tests.support.worlds import world

from answerable.answer.compare.calls import ComparedCall, Matched, Stratum
from answerable.answer.compare.matching import match
from answerable.answer.compare.protocol import BEST, PLAIN, WORST, Gathered, adjusted, compare, missing_of
from answerable.model.comparison import Comparison, Terms

TERMS = Terms()


def matched(seed: int, *, incidents: int = 20, slower: float = 1.0) -> Matched:
    made = world(seed, incidents=incidents, slower=slower)
    return match(made.claimed, made.others, neighbours={})


def gathered(now: Matched, **more: object) -> Gathered:
    given = {"before": matched(901), "others": {"them": matched(902), "these": matched(903)}, "untouched": "", **more}
    return Gathered(now=now, **given)  # type: ignore[arg-type]


def compared(now: Matched, **more: object) -> Comparison:
    return compare(gathered(now, **more), terms=TERMS, seed=7, draws=999)


def without(matched_calls: Matched, *, share: float) -> Matched:
    """The same with what became of every n-th claimed call not recorded."""
    every = round(1 / share)
    lost = iter(range(10_000))

    def forgotten(call: ComparedCall) -> ComparedCall:
        if next(lost) % every:
            return call
        return msgspec.structs.replace(call, wait_s=None, never=False, ended_s=None, late=None)

    strata = tuple(
        msgspec.structs.replace(one, claimed=tuple(map(forgotten, one.claimed))) for one in matched_calls.strata
    )
    return msgspec.structs.replace(matched_calls, strata=strata)


def call(**more: object) -> ComparedCall:
    return ComparedCall(key="k", incident="k", received_us=0, day="1", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "plain", "never"),
    [
        (call(wait_s=60.0), (60.0, True), (60.0, True)),
        (call(never=True, ended_s=900.0), (900.0, False), (inf, False)),
        (call(never=True), None, None),
        (call(), None, None),
    ],
    ids=["sent", "never sent, closed", "never sent, end unknown", "nothing known"],
)
def test_what_nobody_came_to_is_censored_when_it_was_closed_or_waits_for_ever(
    one: ComparedCall, plain: tuple[float, bool] | None, never: tuple[float, bool] | None
) -> None:
    assert PLAIN.time_of(one, True) == plain
    assert msgspec.structs.replace(PLAIN, never=True).time_of(one, True) == never


def test_the_two_bounds_of_what_is_missing_are_the_ends_of_what_can_have_happened() -> None:
    assert (WORST.time_of(call(), True), WORST.time_of(call(), False)) == ((0.0, True), (inf, False))
    assert (BEST.time_of(call(), True), BEST.time_of(call(), False)) == ((inf, False), (0.0, True))
    assert (WORST.late_of(call(), True), WORST.late_of(call(), False)) == (False, True)
    assert (BEST.late_of(call(), True), BEST.late_of(call(), False)) == (True, False)
    assert PLAIN.late_of(call(), True) is None
    assert WORST.late_of(call(late=True), True) is True


def test_with_everything_recorded_there_is_one_reading() -> None:
    found = compared(matched(1))
    assert not found.missing.matters
    assert (found.worst, found.best) == (None, None)
    assert found.judged == found.margin == found.plain


def test_where_much_is_missing_both_bounds_are_given_and_lie_around_it() -> None:
    found = compared(without(matched(1, slower=3.0), share=0.25))
    assert found.missing.matters
    assert found.plain
    assert found.worst
    assert found.best
    assert found.worst.p_slower >= found.plain.p_slower >= found.best.p_slower
    assert found.worst.p_late >= found.plain.p_late >= found.best.p_late
    assert (found.judged, found.margin) == (found.worst, found.best)


def test_a_little_missing_on_one_side_alone_matters_too() -> None:
    sides = [call(wait_s=1.0, late=False)] * 400
    lost = [call()] * 16
    plain = missing_of([Stratum(claimed=tuple(sides), others=tuple(sides))])
    one_sided = missing_of([Stratum(claimed=(*sides, *lost), others=tuple(sides))])
    both = missing_of([Stratum(claimed=(*sides, *lost), others=(*sides, *lost))])
    assert (plain.matters, one_sided.matters, both.matters) == (False, True, False)
    assert one_sided.claimed_times == 38


def test_below_six_incidents_nothing_is_said_in_statistics() -> None:
    found = compared(matched(1, incidents=5))
    assert (found.incidents, found.plain, found.p_holm, found.waits) == (5, None, None, None)


def test_a_real_difference_is_found_with_clean_placebos_and_sensitivity() -> None:
    found = compared(matched(1, incidents=40, slower=3.0))
    assert found.plain
    assert found.p_holm
    assert max(found.p_holm) < 0.05
    assert found.plain.gamma_time > 1.5
    assert found.plain.ratio_low > 1
    assert found.e_value
    assert found.e_value > 1
    assert {one.name: one.clean for one in found.placebos} == {"before": True, "others": True, "untouched": None}
    assert found.waits
    assert found.comparable_waits
    assert found.waits.median_s > found.comparable_waits.median_s  # type: ignore[operator]


def test_a_placebo_that_finds_the_same_is_not_clean() -> None:
    slow = matched(5, incidents=40, slower=3.0)
    found = compared(slow, before=slow, others={"them": slow})
    assert {one.name: one.clean for one in found.placebos if one.name != "untouched"} == {
        "before": False,
        "others": False,
    }
    assert "number 2" in found.placebos[1].said


def test_a_placebo_that_cannot_be_made_is_not_called_clean() -> None:
    found = compared(matched(1), before=None, others={"few": matched(2, incidents=3)})
    assert [one.clean for one in found.placebos] == [None, None, None]
    assert not found.others


def test_the_step_that_no_policy_could_touch_is_compared_where_it_is_recorded() -> None:
    base = matched(1, incidents=30)
    strata = tuple(
        msgspec.structs.replace(
            one,
            claimed=tuple(msgspec.structs.replace(c, untouched_s=500.0) for c in one.claimed),
            others=tuple(msgspec.structs.replace(c, untouched_s=5.0 + at) for at, c in enumerate(one.others)),
        )
        for one in base.strata
    )
    found = compared(msgspec.structs.replace(base, strata=strata), untouched="wait for the telephone")
    assert found.placebos[2].clean is False
    assert "wait for the telephone: slower too" in found.placebos[2].said


def test_the_same_seed_gives_the_same_figures_and_another_seed_others() -> None:
    now = matched(3, slower=1.5)
    assert compared(now) == compared(now)
    assert compare(gathered(now), terms=TERMS, seed=8, draws=999).plain != compared(now).plain


def test_several_claims_are_adjusted_together() -> None:
    alone = compared(matched(4, incidents=30, slower=1.6))
    together = adjusted([alone, compared(matched(5)), compared(matched(6, incidents=3))])
    assert alone.p_holm
    assert together[0].p_holm
    assert all(more >= one for one, more in zip(alone.p_holm, together[0].p_holm, strict=True))
    assert together[0].p_holm != alone.p_holm
    assert together[2].p_holm is None


def test_traits_are_compared_with_the_same_weights_as_the_calls() -> None:
    ours = call(wait_s=1.0, late=False, traits={"hour": 10.0})
    theirs = tuple(
        msgspec.structs.replace(call(wait_s=1.0, late=False), traits={"hour": hour}) for hour in (10.0, 12.0)
    )
    found = compare(
        Gathered(now=Matched(strata=(Stratum(claimed=(ours,), others=theirs),)), before=None, others={}),
        terms=TERMS, seed=1, draws=99,
    )  # fmt: skip
    (row,) = found.balance
    assert (row.trait, row.claimed, row.comparable, row.balanced) == ("hour", 10.0, 11.0, False)
