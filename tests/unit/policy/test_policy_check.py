"""Planted faults: each must be found, where it stands, in words a person can act on; sound policies have none."""

from __future__ import annotations

import pytest
from tests.support.policy_packs import ALDER, STARTER, changed, moved

from answerable.policy import Problem, Severity, check_policy, load_policy
from answerable.policy import cells as cells_module
from answerable.policy import question as question_module


def problems(text: str) -> tuple[Problem, ...]:
    return check_policy(load_policy(text.encode(), file="x.toml"))


def codes(text: str) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.rule) for problem in problems(text)]


def line(text: str, passage: str) -> int:
    return text.count("\n", 0, text.index(passage)) + 1


@pytest.mark.parametrize("text", [ALDER, STARTER], ids=["alder", "starter"])
def test_the_policies_that_come_with_the_program_have_no_problem(text: str) -> None:
    assert problems(text) == ()


def test_a_missing_over_is_a_conflict_for_each_rule_it_wins_over() -> None:
    text = changed(ALDER, 'over = ["agency-resources", "agency-resources-revisit", "other-agency"]\n', "")
    found = problems(text)
    assert [(one.code, one.rule, one.severity) for one in found] == [("conflict", "life-safety", Severity.ERROR)] * 3
    assert {one.line for one in found} == {line(text, "[[duty]]")}
    assert found[2].message == (
        "for a request for assistance where life_safety is yes, this rule (must-respond) wins over 'other-agency' "
        "(command-decides) without saying so; add 'other-agency' to its 'over', or change the order"
    )


def test_the_wrong_order_breaks_the_promise_and_hides_the_rule() -> None:
    text = changed(ALDER, 'over = ["agency-resources", "agency-resources-revisit", "other-agency"]\n', "")
    found = problems(moved(text, '[[duty]]\nid = "life-safety"', before='[[duty]]\nid = "kind-not-recorded"'))
    assert [one.rule for one in found if one.code == "conflict"] == [
        "agency-resources",
        "agency-resources-revisit",
        "other-agency",
    ]
    broken = next(one for one in found if one.code == "promise-broken")
    assert (
        "the promise 'What endangers life is never declined.' is broken by a request for assistance" in broken.message
    )
    assert "life_safety is yes" in broken.message
    assert broken.message.endswith("rule 'agency-resources' decides: may-decline")


def test_a_rule_behind_one_that_always_applies_is_unreachable() -> None:
    rule = '[[duty]]\nid = "late"\ntext = "Too late."\nwhen = "life_safety"\nduty = "must-respond"\n\n[[clock]]'
    text = changed(STARTER, "[[clock]]", rule)
    (found,) = problems(text)
    assert (found.code, found.rule, found.line) == ("rule-unreachable", "late", line(text, '[[duty]]\nid = "late"'))
    assert found.message == "this rule decides no possible call: whenever it applies, an earlier rule decides already"


def test_a_rule_that_contradicts_itself_is_unreachable() -> None:
    text = changed(ALDER, 'when = "life_safety"', 'when = "priority == 1 and priority == 2"')
    found = next(one for one in problems(text) if one.code == "rule-unreachable")
    assert (found.rule, found.message) == (
        "life-safety",
        "this rule decides no possible call: its condition is never true",
    )


def test_a_gap_is_told_as_the_call_that_falls_through() -> None:
    text = changed(ALDER, 'when = "not known(kind)"', 'when = "not known(kind) and priority <= 5"')
    found, *examples = problems(text)
    assert (found.code, found.severity, found.rule) == ("gap", Severity.WARNING, None)
    assert found.message == (
        "no rule applies to a call where kind is unknown, asks_for is additional_resources, priority is 6, "
        "life_safety is no, officer_assaulted is no and safe_exit_needed is no"
    )
    assert {one.code for one in examples} == {"example-fails"}


def test_an_over_without_need_is_a_warning() -> None:
    text = changed(ALDER, 'over = ["other-agency"]', 'over = ["other-agency", "agency-resources"]')
    (found,) = problems(text)
    assert (found.code, found.severity, found.rule) == ("over-needless", Severity.WARNING, "emergency-help")
    same = changed(ALDER, 'over = ["other-agency"]', 'over = ["other-agency", "kind-not-recorded"]')
    assert "which has the same duty" in problems(same)[0].message


def test_reopening_that_changes_nothing_is_an_error() -> None:
    (found,) = problems(
        changed(ALDER, 'reopen-when = "life_safety or', 'reopen-when = "priority == 1 or life_safety or')
    )
    assert (found.code, found.rule) == ("reopen-without-effect", "agency-resources")
    assert "priority is 1" in found.message
    never = changed(
        ALDER, 'reopen-when = "life_safety or', 'reopen-when = "priority == 1 and priority == 2 and life_safety or'
    )
    assert problems(never) == ()  # the other parts still reopen


def test_reopening_that_is_never_true_is_an_error() -> None:
    text = changed(ALDER, 'reopen-when = "', 'reopen-when = "priority == 1 and priority == 2 and ( true or ')
    text = changed(text, '(alternatives_exhausted and own_service_used)"\nover', 'holiday)"\nover')
    assert [(one.code, one.message) for one in problems(text)] == [
        ("reopen-without-effect", "reopen-when is never true")
    ]


def test_a_broken_promise_comes_with_a_call_that_breaks_it() -> None:
    text = changed(ALDER, "when = \"kind == 'call'\"\nthen", "when = \"requester == 'federal_agency'\"\nthen")
    (found,) = problems(text)
    assert (found.code, found.line) == ("promise-broken", line(text, '[[promise]]\ntext = "A call for help'))
    assert "requester is federal_agency" in found.message


def test_where_no_rule_applies_nothing_is_promised() -> None:
    text = changed(ALDER, 'id = "kind-not-recorded"', 'id = "kind-not-recorded"\nover = []'.replace("\nover = []", ""))
    text = changed(text, 'when = "not known(kind)"', 'when = "not known(kind) and holiday"')
    text = changed(text, "when = \"kind == 'call'\"\nthen", 'when = "not known(kind)"\nthen')
    broken = next(one for one in problems(text) if one.code == "promise-broken")
    assert broken.message.endswith("no rule applies")


def test_a_promise_about_the_duty_itself_is_searched_too() -> None:
    kept = changed(ALDER, 'when = "officer_assaulted"\nthen = "duty == \'must-respond\'"',
                   'when = "duty == \'may-decline\'"\nthen = "requester == \'federal_agency\'"')  # fmt: skip
    assert problems(kept) == ()
    broken = changed(kept, "then = \"requester == 'federal_agency'\"", 'then = "known(life_safety)"')
    (found,) = problems(broken)
    assert "life_safety is unknown" in found.message


def test_a_promise_about_no_possible_call_is_a_warning() -> None:
    text = changed(
        ALDER, 'when = "officer_assaulted"\nthen', 'when = "officer_assaulted and not officer_assaulted"\nthen'
    )
    assert codes(text) == [("promise-empty", None)]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('duty = "may-decline", open', 'duty = "must-respond", open', "duty must-respond, but gets may-decline"),
        ('open = ["life_safety"]', "open = []", "expects open nothing, but gets life_safety"),
        ('dispatch-within = "none"', 'dispatch-within = "4 h"', "expects dispatch-within 4 h, but gets none"),
        ('arrive-within = "15 min"', 'arrive-within = "900 s"', None),
        ('decide-within = "60 min", review', 'decide-within = "1 h", review', None),
        ('arrive-within = "none"', 'arrive-within = "15 min"', "expects arrive-within 15 min, but gets none"),
        (
            'rule = "life-safety"',
            'rule = "officer-assaulted"',
            "expects rule officer-assaulted, but gets life-safety",
        ),
    ],
)  # fmt: skip
def test_an_example_that_does_not_hold_is_an_error(old: str, new: str, message: str | None) -> None:
    text = changed(ALDER, old, new)
    found = problems(text)
    assert [one.code for one in found] == ([] if message is None else ["example-fails"])
    if message is not None:
        assert found[0].message.endswith(message)
        changed_at = next(at for at, pair in enumerate(zip(ALDER, text, strict=False)) if pair[0] != pair[1])
        assert found[0].line == text.count("\n", 0, text.rindex("[[example]]", 0, changed_at)) + 1


def test_a_clock_that_never_runs_is_an_error() -> None:
    text = changed(ALDER, 'when = "priority == 2"', 'when = "priority < 2 and priority > 2"')
    assert [one for one in codes(text) if one[0] != "example-fails"] == [("clock-unreachable", "p2")]


def test_a_rule_only_its_issuer_could_use_is_a_warning() -> None:
    text = changed(ALDER, 'decline-by = "watch_commander"', 'decline-by = "chief"')
    (found,) = (one for one in problems(text) if one.code != "example-fails")
    assert (found.code, found.severity, found.rule) == ("issuer-declines", Severity.WARNING, "other-agency")


def test_problems_come_in_the_order_of_their_lines() -> None:
    text = changed(ALDER, 'when = "priority == 2"', 'when = "priority < 2 and priority > 2"')
    text = changed(text, 'over = ["other-agency"]', 'over = ["other-agency", "agency-resources"]')
    text = changed(text, 'open = ["life_safety"]', "open = []")
    found = problems(text)
    assert [one.code for one in found] == ["over-needless", "clock-unreachable", "example-fails", "example-fails"]
    assert [one.line for one in found] == sorted(one.line for one in found)


def test_what_is_too_large_to_search_is_said_to_be_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(question_module, "QUESTION_STEPS", 1)
    found = problems(ALDER)
    assert {one.code for one in found} == {"undecided"}
    assert all(one.severity is Severity.WARNING for one in found)
    assert any("the promise 'What endangers life is never declined.' is not proved" in one.message for one in found)


def test_more_cells_than_can_be_numbered_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells_module, "LARGEST", 1000)  # the vocabulary of today stays far below the limit of 64 bits
    (found,) = problems(ALDER)
    assert (found.code, found.severity) == ("too-large", Severity.ERROR)
    assert "kinds of call apart; at most 1000 can be numbered" in found.message
