"""An explanation shows every clause that led to a decision, and what could still change it."""

from __future__ import annotations

from hypothesis import given, settings
from tests.support.policy_packs import ALDER, changed
from tests.support.random_policy import Call, RandomPolicy, calls, policies, truth

from answerable.model.duty import Duty
from answerable.model.vocabulary import FactValue
from answerable.policy import Cells, decide, explain, load_policy
from answerable.policy.clauses import Clause

POLICY = load_policy(ALDER.encode(), file="alder.toml")
REQUEST: dict[str, FactValue | None] = {
    "kind": "request_for_assistance", "asks_for": "additional_resources", "requester": "federal_agency",
    "place": "federal_property", "priority": 4, "officer_assaulted": False, "safe_exit_needed": False,
    "alternatives_exhausted": False, "own_service_used": None,
}  # fmt: skip


def said(clauses: tuple[Clause, ...]) -> list[tuple[int, str, bool | None]]:
    return [(clause.depth, clause.text, clause.truth) for clause in clauses]


def test_the_rules_are_told_up_to_the_one_that_decides() -> None:
    found = explain(POLICY, REQUEST)
    assert [(rule.rule, rule.clauses[0].truth) for rule in found.rules] == [
        ("life-safety", None), ("officer-assaulted", False), ("emergency-help", False), ("agency-resources", True),
    ]  # fmt: skip
    assert [rule.fires for rule in found.rules] == [False, False, False, True]
    last = found.rules[-1]
    assert (last.duty, last.cite) == (Duty.MAY_DECLINE, "Directive B.4")
    assert last.text.startswith("A federal agency that asks for more officers")


def test_each_clause_has_its_own_truth_and_stands_below_what_joins_it() -> None:
    rule = explain(POLICY, REQUEST).rules[-1]
    assert said(rule.clauses) == [
        (0, "all of", True),
        (1, "kind == 'request_for_assistance'", True),
        (1, "asks_for == 'additional_resources'", True),
        (1, "requester == 'federal_agency'", True),
        (1, "place == 'federal_property'", True),
        (1, "not", True),
        (2, "all of", False),
        (3, "alternatives_exhausted", False),
        (3, "own_service_used", None),
    ]


def test_a_clock_says_what_runs_and_what_binds() -> None:
    found = explain(POLICY, {"kind": "call", "priority": 2, "life_safety": True})
    told = {clock.clock: (clock.clauses[0].truth, clock.running, clock.binds) for clock in found.clocks}
    assert told == {
        "p0-1": (False, {}, ()),
        "p2": (True, {"dispatch_within": 900}, ()),
        "p3-5": (False, {}, ()),
        "any": (True, {"dispatch_within": 14400}, ()),
        "life-safety-arrival": (
            True, {"dispatch_within": 300, "arrive_within": 900}, ("dispatch_within", "arrive_within"),
        ),
    }  # fmt: skip


def test_a_clock_that_the_duty_does_not_start_has_nothing_running() -> None:
    any_clock = next(clock for clock in explain(POLICY, REQUEST).clocks if clock.clock == "any")
    assert (any_clock.clauses[0].truth, any_clock.running, any_clock.binds) == (True, {}, ())


def test_every_open_fact_comes_with_the_question_to_ask() -> None:
    assert [(one.fact, one.ask) for one in explain(POLICY, REQUEST).questions] == [
        ("life_safety", "Could anybody be hurt or killed?")
    ]


def test_where_no_rule_applies_every_rule_is_told() -> None:
    gap = load_policy(changed(ALDER, 'when = "not known(kind)"', 'when = "holiday"').encode(), file="gap.toml")
    found = explain(gap, {})
    assert len(found.rules) == len(gap.duties)
    assert found.decision.duty is None


def test_a_value_that_the_policy_does_not_list_is_named_and_counts_as_unknown() -> None:
    found = explain(POLICY, {"kind": "call", "requester": "alarm"})
    assert found.not_understood == ("requester",)
    assert found.facts == {"kind": "call"}
    assert found.cell == explain(POLICY, {"kind": "call"}).cell


@settings(max_examples=40)
@given(policies, calls)
def test_an_explanation_is_the_decision_of_the_cell_and_of_the_reference(random: RandomPolicy, call: Call) -> None:
    policy = load_policy(random.text(), file="random.toml")
    found = explain(policy, call)
    assert found.decision == decide(policy, call) == Cells(policy).decision(found.cell)
    truths = {1: True, 0: False}
    for rule, told in zip(random.rules, found.rules, strict=False):
        assert told.clauses[0].truth is truths.get(truth(rule.when, call))  # type: ignore[call-overload]
    deciding = random.rule_of(call)
    assert len(found.rules) == (len(random.rules) if deciding is None else deciding + 1)
    for clock, clock_told in zip(random.clocks, found.clocks, strict=True):
        assert clock_told.clauses[0].truth is truths.get(truth(clock.when, call))  # type: ignore[call-overload]
    binding = {kind: limit.clock for kind, limit in found.decision.limits.items()}
    assert binding == {kind: clock.clock for clock in found.clocks for kind in clock.binds}
