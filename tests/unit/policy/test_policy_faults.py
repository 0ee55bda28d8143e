"""A file's independent faults are told together, each where it stands; what follows from one is not told with it."""

from __future__ import annotations

import pytest
from tests.support.policy_packs import ALDER, STARTER, changed

from answerable.errors import PolicyError
from answerable.policy import check_policy, load_policy, of_fault, read_policy
from answerable.policy.faults import MOST


def faults(text: str) -> list[str]:
    policy, found = read_policy(text.encode(), file="x.toml")
    assert (policy is None) == bool(found)
    return [f"{fault.rule}: {fault.what}" for fault in found]


def test_independent_faults_are_told_together_in_the_order_of_their_lines() -> None:
    text = changed(ALDER, '"chief"]', '"Chief"]')
    text = changed(text, 'when = "life_safety"', 'when = "life_safty"')
    text = changed(text, '["unit", "phone"]', '["unit", "fone"]')
    text = changed(text, 'decide-within = "60 min"', 'decide-within = "60min"')
    text = changed(text, 'when = "priority == 2"', "when = \"priority == '2'\"")
    text = changed(text, "priority = 4", "priority = 12")
    assert faults(text) == [
        "None: a rank cannot be 'Chief'",
        "life-safety: there is no fact 'life_safty'",
        "emergency-help: satisfied-by names 'fone'",
        "agency-resources: '60min' is not a duration; write a whole number, a space and s, min, h or d: '15 min'",
        "p2: priority is a number, '2' is a text",
        "example 1: priority is never 12",
    ]


def test_several_faults_of_one_table_are_told() -> None:
    text = changed(ALDER, 'duty = "must-respond"', 'duty = "must_respond"\ncolour = "red"\nreview-every = 3')
    assert sorted(faults(text)) == [
        "life-safety: duty is never 'must_respond'",
        "life-safety: review-every must be a duration, not a whole number",
        "life-safety: there is no key 'colour' here",
    ]


CONSEQUENCES = [
    # one fault, and everything that leans on what it broke
    ("[ranks]", "[rank]", "None: there is no key 'rank' here"),
    ('order = ["dispatcher"', 'order = [7, "dispatcher"', "None: order must list texts, not a whole number"),
    ('id = "other-agency"', 'id = "Other Agency"', "Other Agency: id cannot be 'Other Agency'"),
    ('id = "other-agency"', "", "duty 6: the key 'id' is missing"),
    ("life_safety = {", "life_safty = {", "None: there is no key 'life_safty' here"),
    ("when = \"true\"\ndispatch-within", "wehn = \"true\"\ndispatch-within", "any: there is no key 'wehn' here"),
    ("requester = { one-of", "requester = { one_of", "fact requester: there is no key 'one_of' here"),
    ("issued-at = 2017-12-15T09:00:00-08:00", 'issued-at = "soon"',
     "None: issued-at must be a date and time with an offset, not a text"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "only"), CONSEQUENCES, ids=range(len(CONSEQUENCES)))
def test_what_follows_from_a_fault_is_not_told(old: str, new: str, only: str) -> None:
    assert faults(changed(ALDER, old, new)) == [only]


def test_loading_raises_the_first_by_line() -> None:
    text = changed(ALDER, "priority = 4", "priority = 12")
    text = changed(text, 'when = "life_safety"', 'when = "life_safty"')
    with pytest.raises(PolicyError, match="there is no fact 'life_safty'"):
        load_policy(text.encode(), file="x.toml")


def test_a_fault_becomes_a_problem_with_place_rule_and_what_to_do() -> None:
    text = changed(ALDER, 'when = "life_safety"', 'when = "life_safty"')
    problem = of_fault(read_policy(text.encode(), file="x.toml")[1][0])
    assert (problem.severity, problem.code, problem.rule) == ("error", "policy", "life-safety")
    assert (problem.message, problem.hint) == ("there is no fact 'life_safty'", "did you mean 'life_safety'?")
    assert text.split("\n")[problem.line - 1][problem.column - 1 :].startswith("life_safty")


def test_more_faults_than_anybody_mends_at_once_are_not_all_told() -> None:
    text = STARTER + "".join(f'[[clock]]\nid = "c{number}"\nwhen = "nonsense"\n' for number in range(300))
    assert len(faults(text)) == MOST


@pytest.mark.parametrize(
    ("wrong", "letter"),
    [
        (('when = "life_safety"', 'when = "lifе_safety"'), "U+0435, CYRILLIC SMALL LETTER IE"),
        (("kind == 'call'", "kind == 'саll'"), "U+0441, CYRILLIC SMALL LETTER ES"),
        (('id = "life-safety"', 'id = "life‐safety"'), "U+2010, HYPHEN"),
        (('"chief"]', '"сhief"]'), "U+0441, CYRILLIC SMALL LETTER ES"),
        (('title = "How', 'tіtle = "How'), "U+0456, CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I"),
    ],
)
def test_a_letter_that_only_looks_right_is_named(wrong: tuple[str, str], letter: str) -> None:
    found = read_policy(changed(ALDER, *wrong).encode(), file="x.toml")[1]
    assert any(letter in (fault.hint or "") for fault in found)


def test_a_policy_without_faults_is_checked_as_before() -> None:
    policy, found = read_policy(ALDER.encode(), file="x.toml")
    assert policy is not None
    assert found == ()
    assert check_policy(policy) == ()
