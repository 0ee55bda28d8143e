"""What counts as a change in a back-test: the meaning, case by case."""

from __future__ import annotations

import pytest

from answerable.answer.backtest import Comparison, differs, is_sooner, limits_of, owes_otherwise
from answerable.model.backtest import LIMIT_KINDS, DutyChange, LimitChange, OutcomeChange, Side
from answerable.model.outcome import Outcome

RESPOND = Side(outcome="answered", duty="must-respond", rule="r", limit_s=900)
DECLINE = Side(outcome="declined_within_policy", duty="may-decline", rule="d", limit_s=3600)


def side(like: Side, **changes: object) -> Side:
    values = {name: getattr(like, name) for name in Side.__struct_fields__}
    return Side(**(values | changes))


SOONER = {
    "a tighter dispatch": (RESPOND, side(RESPOND, limit_s=300), True, False),
    "a looser dispatch": (RESPOND, side(RESPOND, limit_s=1800), False, True),
    "an arrival limit that was none": (RESPOND, side(RESPOND, arrive_limit_s=900), True, False),
    "an arrival limit that is gone": (side(RESPOND, arrive_limit_s=900), RESPOND, False, True),
    "sooner sent, later there": (
        side(RESPOND, arrive_limit_s=900), side(RESPOND, limit_s=300, arrive_limit_s=1800), True, True,
    ),
    "a choice becomes a duty": (DECLINE, RESPOND, True, False),
    "a duty becomes a choice": (RESPOND, DECLINE, False, True),
    "a sooner decision": (DECLINE, side(DECLINE, limit_s=1800), True, False),
    "another rule that says the same": (RESPOND, side(RESPOND, rule="other"), False, False),
    "a caller told of a delay": (RESPOND, side(RESPOND, tell_limit_s=600), True, False),
    "an earlier answer": (side(RESPOND, answer_limit_s=20), side(RESPOND, answer_limit_s=10), True, False),
    "no rule, then a duty": (Side(outcome="undetermined", reason="no_rule"), RESPOND, True, False),
    "nobody waits": (
        Side(outcome="none_owed", duty="must-respond", limit_s=900),
        Side(outcome="none_owed", duty="must-respond", limit_s=300), False, False,
    ),
    "merged into an entry nobody waits for": (
        side(RESPOND, outcome="merged", carried="none_owed"),
        side(RESPOND, outcome="merged", carried="none_owed", limit_s=1), False, False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SOONER)
def test_what_is_owed_sooner_and_what_later(case: str) -> None:
    before, after, sooner, later = SOONER[case]
    assert (is_sooner(before, after), is_sooner(after, before)) == (sooner, later)
    if sooner or later:
        assert owes_otherwise(before, after)
        assert differs(before, after)


def test_the_first_limit_is_a_decision_where_the_duty_leaves_a_choice() -> None:
    assert limits_of(DECLINE) == {"decide_within": 3600}
    everything = side(RESPOND, arrive_limit_s=1, answer_limit_s=2, tell_limit_s=3)
    assert limits_of(everything) == {
        "dispatch_within": 900, "arrive_within": 1, "answer_within": 2, "tell_caller_within": 3,
    }  # fmt: skip
    assert {*limits_of(everything), *limits_of(DECLINE)} == {*LIMIT_KINDS}


def test_a_rule_with_another_name_and_the_same_words_is_no_change() -> None:
    assert not differs(RESPOND, side(RESPOND, rule="renamed", open_facts=("priority",)))


def test_a_merged_call_counts_with_what_it_carried() -> None:
    before = side(RESPOND, outcome="merged", carried="answered")
    assert differs(before, side(before, carried="answered_late"))
    found = Comparison()
    found.add(before, side(before, carried="answered_late"), 3)
    figures = found.figures()
    assert figures["outcome_changes"] == (OutcomeChange(before="answered", after="answered_late", calls=3),)
    assert figures["outcomes_before"]["merged"] == 3


def compared() -> dict[str, object]:
    unknown = Side(outcome="undetermined", reason="fact", duty="must-respond", limit_s=900, open_facts=("priority",))
    found = Comparison()
    found.add(RESPOND, RESPOND, 10)
    found.add(RESPOND, side(RESPOND, outcome="answered_late", limit_s=300), 4)
    found.add(DECLINE, side(RESPOND, outcome="unheard"), 2)
    found.add(unknown, side(unknown, limit_s=300), 5)
    found.add(unknown, RESPOND, 6)
    found.add(RESPOND, side(unknown, reason="time_not_recorded", open_facts=("priority", "place")), 7)
    found.add(Side(outcome="none_owed"), Side(outcome="none_owed", limit_s=5), 8)
    return found.figures()


def test_same_changed_and_untold_add_up_to_all_calls() -> None:
    figures = compared()
    groups = {name: figures[name] for name in ("same", "changed", "untold_both", "untold_before", "untold_after")}
    assert groups == {"same": 18, "changed": 6, "untold_both": 5, "untold_before": 6, "untold_after": 7}
    assert figures["calls"] == 42
    assert figures["waited"] == 34


def test_changes_are_counted_largest_first_and_only_where_somebody_waits() -> None:
    figures = compared()
    assert figures["duty_changes"] == (DutyChange(before="may-decline", after="must-respond", calls=2),)
    assert figures["limit_changes"] == (
        LimitChange(kind="dispatch_within", before_s=900, after_s=300, calls=9),
        LimitChange(kind="decide_within", before_s=3600, after_s=None, calls=2),
        LimitChange(kind="dispatch_within", before_s=None, after_s=900, calls=2),
    )
    assert (figures["sooner"], figures["later"], figures["listed"]) == (11, 0, 24)


def test_what_cannot_be_told_is_counted_by_reason_and_by_missing_fact() -> None:
    figures = compared()
    assert figures["undetermined_before"] == {"fact": 11}
    assert figures["undetermined_after"] == {"time_not_recorded": 7, "fact": 5}
    assert (figures["open_calls"], figures["open_facts"]) == (18, {"priority": 18, "place": 7})


def test_every_outcome_is_counted_on_both_sides_also_where_there_is_none() -> None:
    figures = compared()
    for name in ("outcomes_before", "outcomes_after"):
        counts = figures[name]
        assert isinstance(counts, dict)
        assert {*counts} == {*Outcome}
        assert sum(counts.values()) == 42
