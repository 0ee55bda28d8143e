"""Policies written to do harm: refused with words, checked, or undecided within the budget of steps; never a crash."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import pytest
from tests.support.policy_packs import STARTER

from answerable.model.vocabulary import FACTS
from answerable.policy import (
    alternatives,
    check_policy,
    compare_policies,
    decide,
    explain,
    load_policy,
    meaning_sha256,
    plan,
    question,
    read_policy,
)
from answerable.policy.explore import Steps

HEAD = STARTER[: STARTER.index("[[duty]]")] + '[ranks]\norder = ["dispatcher", "sergeant"]\n'
FALLBACK = '[[clock]]\nid = "z"\nwhen = "true"\ndispatch-within = "300 min"\n'
DECIDED = 'decline-by = "sergeant"\ndecide-within = "30 min"\n'


def policy(conditions: list[str], more: str = "") -> str:
    """One rule a condition, the duties taking turns."""
    rules = []
    for number, when in enumerate(conditions):
        duty = ("must-respond", "may-decline", "command-decides")[number % 3]
        own = DECIDED if number % 3 else ""
        rules.append(f'[[duty]]\nid = "r{number}"\ntext = "x"\nduty = "{duty}"\nwhen = """{when}"""\n{own}')
    return HEAD + "".join(rules) + FALLBACK + more


def look(chance: random.Random) -> str:
    fact = chance.choice([*FACTS])
    kind = FACTS[fact]
    if kind.yes_no:
        return chance.choice([fact, f"not {fact}"])
    if kind.one_of:
        return f"{fact} {chance.choice(['==', '!='])} '{chance.choice(kind.one_of)}'"
    assert kind.first is not None
    assert kind.last is not None
    return f"{fact} {chance.choice(['<=', '>=', '=='])} {chance.randint(kind.first, kind.last)}"


def clauses(seed: int, count: int, *, width: int = 3, inner: str = "or", outer: str = "and") -> Callable[[], str]:
    chance = random.Random(seed)

    def one() -> str:
        return f" {outer} ".join(f"({f' {inner} '.join(look(chance) for _ in range(width))})" for _ in range(count))

    return one


HUGE = "0x" + "f" * 50_000
REFUSED = {
    "deep brackets": (policy(["(" * 1500 + "true" + ")" * 1500]), "nested more than 30 deep"),
    "deep nots": (policy(["not " * 900 + "holiday"]), "nested more than 30 deep"),
    "deep lists": ("a = " + "[" * 100_000, "too deep"),
    "deep tables": ("a = " + "{a=" * 10_000, "too deep"),
    "a megabyte": ("#" * 1_000_001, "a policy has at most 1000000"),
    "a long condition": (policy(["holiday or " * 60_000 + "holiday"]), "at most 4000 characters"),
    "a hundred thousand rules": (HEAD + "[[duty]]\n" * 100_000, "[[duty]] stands 100000 times"),
    "many clocks": (STARTER + FALLBACK * 400, "a policy has at most 400"),
    "many keys": (HEAD + "".join(f"k{n} = 1\n" for n in range(60_000)), "there is no key 'k0' here"),
    "many tables": ("".join(f"[a{n}]\n" for n in range(60_000)), "there is no key 'a0' here"),
    "a dotted name": ("a" + ".a" * 400_000 + " = 1", "more than 50 parts"),
    "a dotted name with spaces": ("a" + " . a" * 200_000 + " = 1", "more than 50 parts"),
    "a dotted name in quotes": ('"a"' + '."a"' * 200_000 + " = 1", "more than 50 parts"),
    "a dotted header": ("[" + ".".join("a" * 100_000) + "]", "more than 50 parts"),
    "a long word": ("a" * 900_000, "this is not TOML"),
    "only quotes": ("'\"" * 450_000, "this is not TOML"),
    "a number of thousands of digits": ("answerable-policy = " + "9" * 5_000, "this is not TOML"),
    "a huge format": (HEAD.replace("policy = 1", f"policy = {HUGE}"), "reads answerable-policy = 1"),
    "a huge bound": (policy(["true"], f"[facts]\npriority = {{ from = {HUGE}, to = 9 }}\n"), "goes from 0 to 9"),
    "a huge value": (
        policy(["true"], f'[[example]]\ntext = "x"\ngiven = {{ kind = {HUGE}, priority = {HUGE} }}\nexpect = {{}}\n'),
        "kind is never a whole number",
    ),
    "a huge number in a condition": (policy(["priority == " + "9" * 3_000]), "is not a whole number"),
    "a NUL": (HEAD + 'x = "\0"', "this is not TOML"),
    "an escaped NUL": (policy(["holiday\\u0000"]), "'\\x00' is not understood here"),
    "an escaped NUL in a name": (STARTER.replace('id = "respond"', 'id = "res\\u0000pond"'), "cannot be"),
    "code": (policy(["__import__('os')"]), "there are no functions in this language"),
    "a method": (policy(["kind.upper() == 'CALL'"]), "'.' is not understood here"),
    "a lambda": (policy(["(lambda: true)()"]), "':' is not understood here"),
    "a format string": (policy(["{holiday}"]), "'{' is not understood here"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_text_is_refused_with_words(name: str) -> None:
    text, message = REFUSED[name]
    loaded, faults = read_policy(text.encode(), file="hostile.toml")
    assert loaded is None
    assert any(message in fault.message for fault in faults), [fault.message for fault in faults][:3]
    assert all(len(str(fault)) < 1_000 for fault in faults)


SEARCHED = {
    "400 rules of three looks": policy([clauses(1, 3, width=1)() for _ in range(400)]),
    "400 rules of twelve": policy([clauses(2, 4)() for _ in range(400)]),
    "60 rules as long as they may be": policy([clauses(3, 40)() for _ in range(60)]),
    "any of all": policy([clauses(4, 40, inner="and", outer="or")() for _ in range(60)]),
    "400 clocks": policy(
        [clauses(5, 2)() for _ in range(30)],
        "".join(
            f'[[clock]]\nid = "c{n}"\nwhen = """{clauses(n, 3)()}"""\ndispatch-within = "{n + 1} min"\n'
            for n in range(399)
        ),
    ),
    "1000 examples": policy(
        [clauses(6, 4, width=1)() for _ in range(60)],
        '[[example]]\ntext = "x"\ngiven = {}\nexpect = { open = [] }\n' * 1000,
    ),
    "400 promises": policy(
        [clauses(7, 4)() for _ in range(60)],
        f'[[promise]]\ntext = "x"\nwhen = "true"\nthen = """duty == \'may-decline\' or {clauses(8, 12)()}"""\n' * 400,
    ),
}


@pytest.mark.parametrize("name", SEARCHED)
def test_a_hostile_policy_is_checked_within_its_budget_of_steps(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = Counter[str]()
    take = Steps.take

    def counted(self: Steps, count: int = 1) -> None:
        taken["steps"] += count
        take(self, count)

    monkeypatch.setattr(Steps, "take", counted)
    loaded = load_policy(SEARCHED[name].encode(), file="hostile.toml")
    problems = check_policy(loaded)
    # three kinds of question, the examples and the size have a budget each, which one question may overdraw
    most = 4 * (question.CHECK_STEPS + question.QUESTION_STEPS) + 200_000 + 1000 * 400
    assert taken["steps"] <= most
    assert len([one for one in problems if one.code == "undecided"]) <= 5 * len(loaded.duties) + 1000


def test_what_is_too_large_is_said_to_be_undecided_and_never_sound() -> None:
    loaded = load_policy(SEARCHED["60 rules as long as they may be"].encode(), file="hostile.toml")
    assert {"undecided"} <= {problem.code for problem in check_policy(loaded)}


def test_a_hostile_policy_still_decides_explains_and_compares() -> None:
    one, other = (
        load_policy(SEARCHED[name].encode(), file="hostile.toml")
        for name in ("60 rules as long as they may be", "any of all")
    )
    assert decide(one, {}).open  # what cannot be searched counts as open
    found = explain(one, {"kind": "call"})
    assert found.decision == decide(one, {"kind": "call"})
    assert len(meaning_sha256(one)) == 64
    compared = compare_policies(one, other, step_budget=300)
    assert not compared.decided


def test_alternatives_of_a_hostile_policy_are_refused_with_words() -> None:
    loaded = load_policy(SEARCHED["400 clocks"].encode(), file="hostile.toml")
    assert plan.plan_of(loaded).affordable(10**9) < 10**9
    with pytest.raises(Exception, match="too many to list"):
        alternatives(loaded, {}, step_budget=1_000)
