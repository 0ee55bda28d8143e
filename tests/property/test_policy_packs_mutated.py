"""Every small change of a pack is noticed by its check, a promise or an example, or is on a list with its reason."""

from __future__ import annotations

import tomllib
from random import Random

import pytest
from tests.support.policy_mutations import Values, mutations
from tests.support.policy_packs import PACKS
from tests.support.policy_text import policy_text

from answerable.errors import PolicyError
from answerable.model.vocabulary import FACTS, FactType, FactValue
from answerable.policy import Policy, check_policy, decide, load_policy

DOCUMENTS = "reopen-when documents what reopens: it decides nothing, and the check only proves that it has effect"
EXCLUSIVE = "the two rules never apply to the same call, so their order decides nothing"
TIGHTER = "priority 2 has a tighter clock of its own, so this one never binds there"

_ALDER = {
    "duty agency-resources: reopen-when or at 12 becomes and": DOCUMENTS,
    "duty agency-resources: reopen-when or at 33 becomes and": DOCUMENTS,
    "duty agency-resources: reopen-when or at 53 becomes and": DOCUMENTS,
    "duty agency-resources: reopen-when left out": DOCUMENTS,
    "clock p3-5: when 3 at 0 becomes 2": TIGHTER,
    "duty emergency-help: after the next rule": EXCLUSIVE,
    "duty agency-resources: after the next rule": EXCLUSIVE,
    "duty other-agency: after the next rule": EXCLUSIVE,
}

SURVIVORS = {
    "alder-city-2018-01-01": _ALDER,
    "alder-city-2018-07-16": _ALDER,
    "oregon-ors-402-215-2017": {"duty calls: after the next rule": EXCLUSIVE},
    "portland-or-0612-e-to-5": {},
    "starter-1": {},
}
"""Changes that nothing notices, none of which changes what any call is owed (the second test holds them to that)."""

VALUES = {name: tomllib.loads(file.read_text(encoding="utf-8")) for name, file in PACKS.items()}


def found(values: Values) -> set[tuple[str, str | None, str]]:
    """What stands against a policy: that it cannot be read, or what the check says."""
    try:
        policy = load_policy(policy_text(values).encode(), file="mutated.toml")
    except PolicyError as fault:
        return {("unreadable", fault.rule, str(fault))}
    return {(problem.code, problem.rule, problem.message) for problem in check_policy(policy)}


@pytest.mark.parametrize("name", PACKS)
def test_every_change_of_a_pack_is_noticed_or_listed_with_its_reason(name: str) -> None:
    before = found(VALUES[name])
    changed = list(mutations(VALUES[name]))
    assert len(changed) > 20
    assert {what for what, mutated in changed if found(mutated) <= before} == {*SURVIVORS[name]}


@pytest.mark.parametrize("name", PACKS)
def test_what_survives_changes_nothing_that_a_call_is_owed(name: str) -> None:
    original = load_policy(PACKS[name].read_bytes(), file=name)
    random = Random(2018)
    calls = [_call(random, original) for _ in range(400)]
    for what, mutated in mutations(VALUES[name]):
        if what in SURVIVORS[name]:
            policy = load_policy(policy_text(mutated).encode(), file=what)
            assert [decide(policy, call) for call in calls] == [decide(original, call) for call in calls], what


def _call(random: Random, policy: Policy) -> dict[str, FactValue | None]:
    return {fact: _value(random, policy.facts[fact]) for fact in FACTS if random.random() < 0.8}


def _value(random: Random, kind: FactType) -> FactValue:
    if kind.yes_no:
        return random.random() < 0.5
    return random.choice(kind.one_of) if kind.one_of else random.randint(kind.first or 0, kind.last or 0)


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_written_out_again_is_the_same_policy(name: str) -> None:
    """The writer that the changes go through loses nothing."""
    assert tomllib.loads(policy_text(VALUES[name])) == VALUES[name]
