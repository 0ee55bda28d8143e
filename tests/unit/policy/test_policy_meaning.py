"""The meaning digest: the same for other words and layouts, another for everything that could decide otherwise."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from tests.support.policy_packs import ALDER, STARTER, changed, moved
from tests.support.random_policy import RandomPolicy, policies

from answerable.policy import compare_policies, load_policy, meaning, meaning_sha256


def seal(text: str) -> str:
    return meaning_sha256(load_policy(text.encode(), file="x.toml"))


SAME = [
    ("# lowest first", "# from the bottom"),
    ('title = "How', 'title="Now'),
    ('version = "2018-01-01"', 'version = "2018-02-01"'),
    ("from = 2018-01-01T00:00:00-08:00", "from = 2018-03-01T00:00:00-08:00"),
    ('cite = "Directive A.1"', 'cite = "Directive Z"'),
    ('text = "Where anybody', 'text = "Wherever anybody'),
    ('ask = "Could anybody be hurt or killed?"', 'ask = "Danger?"'),
    ('"15 min"', '"900 s"'),
    ('when = "officer_assaulted or safe_exit_needed"', 'when = "safe_exit_needed or officer_assaulted"'),
    ('when = "officer_assaulted or safe_exit_needed"', 'when = "not (not officer_assaulted and not safe_exit_needed)"'),
    ('when = "officer_assaulted or safe_exit_needed"',
     'when = "(officer_assaulted or (safe_exit_needed)) or officer_assaulted"'),
    ('when = "priority <= 1"', 'when = "priority in (1, 0)"'),
    ('when = "priority <= 1"', 'when = "not priority > 1"'),
    ('when = "3 <= priority <= 5"', 'when = "priority <= 5 and priority >= 3"'),
    ('["unit", "phone"]', '["phone", "unit"]'),
    ('over = ["other-agency"]', 'over = ["other-agency", "kind-not-recorded"]'),
]  # fmt: skip
OTHER = [
    ('"15 min"', '"16 min"'),
    ('when = "priority <= 1"', 'when = "priority <= 2"'),
    ('when = "priority == 2"', 'when = "not priority != 2 and known(priority)"'),
    ('id = "p2"', 'id = "p-two"'),
    ('decline-by = "deputy_chief"', 'decline-by = "chief"'),
    ('review-every = "24 h"', ""),
    ('["unit", "phone"]', '["unit"]'),
    ('order = ["dispatcher", "sergeant",', 'order = ["sergeant", "dispatcher",'),
    ('issued-by-rank = "chief"', 'issued-by-rank = "deputy_chief"'),
    ("reopen-when = \"life_safety or", "reopen-when = \"holiday or life_safety or"),
    ("priority = { from = 0, to = 9", "priority = { from = 0, to = 8"),
    ('dispatch-within = "4 h"', 'dispatch-within = "4 h"\nescalate-to = "sergeant"'),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), SAME, ids=range(len(SAME)))
def test_what_only_people_read_or_spell_does_not_change_it(old: str, new: str) -> None:
    assert seal(changed(ALDER, old, new)) == seal(ALDER)


@pytest.mark.parametrize(("old", "new"), OTHER, ids=range(len(OTHER)))
def test_what_could_decide_otherwise_changes_it(old: str, new: str) -> None:
    assert seal(changed(ALDER, old, new)) != seal(ALDER)


def test_order_is_meaning_even_where_nobody_is_affected() -> None:
    """By definition: the digest says how it is decided; that nobody is affected is what the comparison proves."""
    swapped = moved(ALDER, '[[duty]]\nid = "officer-assaulted"', before='[[duty]]\nid = "life-safety"')
    assert seal(swapped) != seal(ALDER)
    two = [load_policy(text.encode(), file="x.toml") for text in (ALDER, swapped)]
    found = compare_policies(*two)
    assert {one.what for region in found.regions for one in region.changes} <= {"rule"}


def test_two_policies_have_two_meanings() -> None:
    assert seal(ALDER) != seal(STARTER)


def test_the_meaning_is_plain_json_that_says_which_values_a_look_is_true_of() -> None:
    told = meaning(load_policy(ALDER.encode(), file="x.toml"))
    assert isinstance(told, dict)
    assert json.loads(json.dumps(told)) == told
    clocks = told["clocks"]
    assert isinstance(clocks, list)
    assert clocks[0] == {
        "id": "p0-1", "when": {"fact": "priority", "is": [[0, 1]]}, "within-s": {"dispatch_within": 300},
        "escalate-to": None,
    }  # fmt: skip
    assert clocks[3] == {"id": "any", "when": True, "within-s": {"dispatch_within": 14400}, "escalate-to": None}


@settings(max_examples=40)
@given(policies, policies)
def test_the_same_meaning_decides_the_same(one: RandomPolicy, other: RandomPolicy) -> None:
    first, second = load_policy(one.text(), file="1"), load_policy(other.text(), file="2")
    if meaning_sha256(first) == meaning_sha256(second):
        assert compare_policies(first, second).regions == ()
    assert meaning_sha256(first) == meaning_sha256(load_policy(b"# a comment\n" + one.text(), file="1"))
