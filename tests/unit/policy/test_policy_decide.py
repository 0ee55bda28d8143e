"""What Alder City's policy decides: duties, clocks, open facts, alternatives, cells, cases."""

from __future__ import annotations

import pytest
from tests.support.policy_packs import ALDER, STARTER, changed

from answerable.errors import PolicyError
from answerable.model.duty import Duty, Limit, SatisfiedBy
from answerable.model.vocabulary import FactValue
from answerable.policy import (
    UNDECIDED,
    Case,
    Cells,
    Policy,
    alternatives,
    clocks_of_a_response,
    decide,
    find_case,
    load_policy,
)

POLICY = load_policy(ALDER.encode(), file="alder.toml")
REQUEST: dict[str, FactValue | None] = {
    "kind": "request_for_assistance",
    "requester": "federal_agency",
    "place": "federal_property",
    "asks_for": "additional_resources",
    "priority": 4,
    "life_safety": False,
    "officer_assaulted": False,
    "safe_exit_needed": False,
    "alternatives_exhausted": False,
    "own_service_used": True,
}
CALL: dict[str, FactValue | None] = {
    "kind": "call",
    "priority": 3,
    "life_safety": False,
    "officer_assaulted": False,
    "safe_exit_needed": False,
}


def version(*changes: tuple[str, str], base: str = ALDER) -> Policy:
    text = base
    for old, new in changes:
        text = changed(text, old, new)
    return load_policy(text.encode(), file="changed.toml")


def case(**more: object) -> Case:
    found = find_case(POLICY, given=more.pop("given", {}), then=str(more.pop("then")), **more)  # type: ignore[arg-type]
    assert isinstance(found, Case)
    return found


def test_the_rule_gives_everything_it_says() -> None:
    decision = decide(POLICY, REQUEST)
    assert (decision.policy, decision.version) == ("alder-city/response", "2018-01-01")
    assert (decision.duty, decision.rule, decision.cite) == (Duty.MAY_DECLINE, "agency-resources", "Directive B.4")
    assert (decision.decline_by, decision.decide_within_s, decision.review_every_s) == ("deputy_chief", 3600, 86400)
    assert decision.open == ()


def test_clocks_of_a_response_do_not_run_while_nobody_must_come() -> None:
    assert decide(POLICY, REQUEST).limits == {}
    assert clocks_of_a_response(POLICY, REQUEST) == {"dispatch_within": Limit(within_s=3600, clock="p3-5")}


def test_of_several_clocks_the_tightest_binds() -> None:
    decision = decide(POLICY, {**CALL, "life_safety": True})
    assert decision.limits == {
        "dispatch_within": Limit(within_s=300, clock="life-safety-arrival"),
        "arrive_within": Limit(within_s=900, clock="life-safety-arrival"),
    }


def test_of_two_equal_clocks_the_first_in_the_file_is_named() -> None:
    decision = decide(POLICY, {**CALL, "life_safety": True, "priority": 1})
    assert decision.limits["dispatch_within"] == Limit(within_s=300, clock="p0-1")


def test_the_answer_of_a_call_may_be_a_unit_or_a_telephone() -> None:
    assert decide(POLICY, CALL).satisfied_by == (SatisfiedBy.UNIT, SatisfiedBy.PHONE)


def test_a_missing_fact_is_unknown_and_never_no() -> None:
    without = {fact: value for fact, value in REQUEST.items() if fact != "life_safety"}
    decision = decide(POLICY, without)
    assert (decision.duty, decision.open) == (Duty.MAY_DECLINE, ("life_safety",))
    assert decision == decide(POLICY, {**without, "life_safety": None})


@pytest.mark.parametrize(
    ("fact", "value"), [("priority", 10), ("priority", True), ("priority", "4"), ("priority", 4.0)]
)
def test_an_undeclared_value_is_unknown(fact: str, value: object) -> None:
    call = {**CALL, fact: value}
    decision = decide(POLICY, call)  # type: ignore[arg-type]
    assert decision.limits["dispatch_within"].clock == "any"
    assert decision.open == ("priority",)


def test_a_value_the_policy_does_not_list_is_unknown_even_if_the_vocabulary_has_it() -> None:
    assert "requester" in decide(POLICY, {**REQUEST, "requester": "alarm"}).open


def test_facts_the_policy_never_asks_for_do_not_matter() -> None:
    assert decide(POLICY, {**REQUEST, "holiday": True, "weather": "rain"}) == decide(POLICY, REQUEST)


def test_a_fact_that_can_change_nothing_any_more_is_not_open() -> None:
    assert decide(POLICY, {"kind": "call", "life_safety": True, "priority": 1}).open == ()
    assert decide(POLICY, {"kind": "call", "life_safety": True}).open == ()  # five minutes, whatever the priority


def test_a_fact_that_could_only_change_a_clock_is_open() -> None:
    assert decide(POLICY, {fact: value for fact, value in CALL.items() if fact != "priority"}).open == ("priority",)


def test_open_facts_come_in_the_policys_order() -> None:
    assert decide(POLICY, {"kind": "call"}).open == (
        "priority",
        "life_safety",
        "officer_assaulted",
        "safe_exit_needed",
    )


def test_a_condition_that_is_true_either_way_leaves_the_fact_open_until_it_is_known() -> None:
    policy = version(("when = \"kind == 'call' or", 'when = "holiday or not holiday or'))
    assert "holiday" in decide(policy, {**REQUEST, "asks_for": "additional_resources"}).open
    assert {one.rule for one in alternatives(policy, REQUEST)} == {"emergency-help"}


def test_where_no_rule_applies_the_duty_is_none() -> None:
    policy = version(('when = "not known(kind)"', 'when = "not known(kind) and holiday"'))
    decision = decide(policy, {"holiday": False})
    assert (decision.duty, decision.rule, decision.limits) == (None, None, {})
    assert "kind" in decision.open


def test_clocks_that_escalate_name_the_ranks_in_order() -> None:
    policy = version(
        ('when = "priority == 2"\ndispatch', 'when = "priority == 2"\nescalate-to = "watch_commander"\ndispatch'),
        ('when = "true"\ndispatch', 'when = "true"\nescalate-to = "sergeant"\ndispatch'),
    )
    assert decide(policy, {**CALL, "priority": 2}).escalate_to == ("sergeant", "watch_commander")
    assert decide(policy, {**CALL, "priority": 9}).escalate_to == ("sergeant",)
    assert decide(policy, REQUEST).escalate_to == ()  # none of these clocks runs while nobody must come


def test_answer_and_delay_clocks_run_whatever_the_duty() -> None:
    policy = version(('when = "true"\ndispatch', 'when = "true"\ntell-caller-within = "30 min"\ndispatch'))
    assert decide(policy, REQUEST).limits == {"tell_caller_within": Limit(within_s=1800, clock="any")}


def test_the_alternatives_are_what_the_missing_fact_may_turn_it_into() -> None:
    without = {fact: value for fact, value in REQUEST.items() if fact != "life_safety"}
    assert [(one.duty, one.rule, one.open) for one in alternatives(POLICY, without)] == [
        (Duty.MUST_RESPOND, "life-safety", ()),
        (Duty.MAY_DECLINE, "agency-resources", ()),
    ]


def test_with_everything_known_the_only_alternative_is_the_decision() -> None:
    assert alternatives(POLICY, REQUEST) == (decide(POLICY, REQUEST),)


def test_a_fact_the_policy_asks_known_about_may_stay_unknown() -> None:
    rules = {one.rule for one in alternatives(POLICY, {**REQUEST, "kind": None})}
    assert rules == {"emergency-help", "agency-resources", "kind-not-recorded"}


def test_alternatives_without_end_are_refused_in_words() -> None:
    with pytest.raises(PolicyError, match="too many to list"):
        alternatives(POLICY, {}, step_budget=3)


def test_cells_look_only_at_facts_that_matter_and_merge_values_that_do_not() -> None:
    cells = Cells(version(base=STARTER))
    assert [encoder.fact for encoder in cells.encoders] == ["priority_class", "life_safety"]
    assert cells.count == 6 * 3
    assert cells.encode({"priority_class": "deferred"}) == cells.encode({"priority_class": "none"})


def test_a_cells_encoder_says_everything_a_case_expression_needs() -> None:
    priority = next(encoder for encoder in Cells(POLICY).encoders if encoder.fact == "priority")
    assert (priority.kind, priority.weight) == ("number", 3**4)
    assert priority.cases == (
        ((0, 0), 1), ((1, 1), 1), ((2, 2), 2), ((3, 3), 3), ((4, 4), 3), ((5, 5), 3), ((6, 9), 4),
    )  # fmt: skip


def test_a_cell_is_decided_once() -> None:
    cells = Cells(POLICY)
    cell = cells.encode(REQUEST)
    assert cells.decision(cell) is cells.decision(cell)
    assert cells.alternatives(cell) is cells.alternatives(cell)
    assert cells.decision(cell) == decide(POLICY, REQUEST)


@pytest.mark.parametrize(
    "facts",
    [{"priority": True}, {"priority": 12}, {"priority": "1"}, {"life_safety": 1}, {"kind": "Call"}, {"kind": None}, {}],
)
def test_a_dirty_value_has_the_cell_of_an_unknown_one(facts: dict[str, FactValue | None]) -> None:
    assert Cells(POLICY).encode(facts) == 0


def test_a_number_that_is_no_cell_is_refused() -> None:
    cells = Cells(POLICY)
    for cell in (-1, cells.count):
        with pytest.raises(ValueError, match="is not a cell"):
            cells.facts_of(cell)


def test_a_promise_that_holds_has_no_case() -> None:
    assert find_case(POLICY, given={"life_safety": True}, then="duty == 'must-respond'") is None


def test_a_case_is_told_with_the_facts_it_needs_and_no_others() -> None:
    found = case(given={"kind": "request_for_assistance"}, then="duty != 'may-decline'")
    assert found.in_words() == (
        "a request for assistance where requester is federal_agency, place is federal_property, asks_for is "
        "additional_resources, life_safety is no, officer_assaulted is no, safe_exit_needed is no and "
        "alternatives_exhausted is no"
    )
    assert found.decision.rule == "agency-resources"
    assert decide(POLICY, found.facts) == found.decision


def test_an_unknown_fact_makes_a_possible_call() -> None:
    found = case(given={"kind": "call"}, then="known(life_safety)")
    assert found.in_words() == "a call for service where life_safety is unknown"
    assert found.facts["life_safety"] is None


def test_a_given_unknown_stays_unknown() -> None:
    found = case(given={"kind": None}, then="duty == 'may-decline'")
    assert found.in_words().startswith("a call where kind is unknown")
    assert found.decision.rule is not None


def test_a_case_that_needs_nothing_is_any_call() -> None:
    assert case(then="not true").in_words() == "any call"
    assert case(given={"kind": "call"}, then="not true").in_words() == "a call for service"


def test_no_rule_at_all_fails_whatever_is_said_of_the_duty() -> None:
    policy = version(('when = "not known(kind)"', 'when = "not known(kind) and holiday"'))
    for then in ("duty == 'must-respond'", "duty != 'may-decline'", "known(duty)"):
        found = find_case(policy, given={"kind": None, "asks_for": None, "holiday": False}, then=then)
        assert isinstance(found, Case)
        assert found.decision.duty is None


def test_a_search_without_budget_is_undecided() -> None:
    assert find_case(POLICY, given={}, then="duty == 'must-respond'", step_budget=2) is UNDECIDED


@pytest.mark.parametrize(
    ("given", "then", "message"),
    [
        ({}, "duty == 'ignore'", "duty is never 'ignore'"),
        ({}, "dutty == 'must-respond'", "there is no fact 'dutty'"),
        ({"requestor": "officer"}, "life_safety", "there is no fact 'requestor'"),
        ({"requester": "fbi"}, "life_safety", "requester is never 'fbi'"),
        ({"priority": 12}, "life_safety", "priority is never '12'"),
        ({"life_safety": "yes"}, "life_safety", "life_safety is never 'yes'"),
    ],
)
def test_a_search_for_something_meaningless_is_refused(
    given: dict[str, FactValue | None], then: str, message: str
) -> None:
    with pytest.raises(PolicyError) as caught:
        find_case(POLICY, given=given, then=then)
    assert message in caught.value.message


def test_a_given_value_the_policy_does_not_tell_apart_is_unknown_to_it() -> None:
    found = case(given={"kind": "request_for_assistance", "requester": "alarm"}, then="duty == 'must-respond'")
    assert found.decision.rule == "other-agency"
