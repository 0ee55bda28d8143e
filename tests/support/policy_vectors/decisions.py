"""Policies with calls: what is owed, within what time, who is called, and which missing facts could change it."""

from __future__ import annotations

import itertools
from random import Random
from typing import Any

from tests.support.policy_vectors import Case
from tests.support.random_policy import DOMAINS, Call, RandomClock, RandomPolicy, RandomRule, every_call

ABOUT = (
    "What does a policy decide about a call? `policies` has the texts. `decision`: `duty` and `rule` (null: no rule "
    "applies), `limits` (seconds, and the clock that sets the limit; of equal ones the first in the file), "
    "`escalate_to` and `open`, both in any order. `open` are the missing facts that could change the rule, a limit in "
    "seconds or whom a clock calls, in some state of the other missing facts. Facts that the policy does not look at "
    "change nothing."
)
PER_POLICY = 44
UNRELATED: dict[str, Any] = {"discipline": "police", "hour_of_week": 30, "own_service_used": True}
"""Facts of the vocabulary that no policy here looks at."""

LIFE, HOLIDAY = ("fact", "life_safety"), ("fact", "holiday")
CITY = ("compare", "place", "==", "city")
URGENT = ("compare", "priority", "<=", 1)
ALWAYS = ("true",)
FALLBACK = RandomClock(when=ALWAYS, within_min={"dispatch-within": 240}, escalate_to=None)

POLICIES = {
    "first rule decides": RandomPolicy(
        (
            RandomRule(when=LIFE, duty="must-respond", over=(1, 2)),
            RandomRule(when=("and", (HOLIDAY, ("not", CITY))), duty="may-decline", over=(2,)),
            RandomRule(when=("known", "place"), duty="command-decides", over=(3,)),
            RandomRule(when=URGENT, duty="must-respond"),
        ),
        (
            RandomClock(when=URGENT, within_min={"dispatch-within": 5}, escalate_to="sergeant"),
            RandomClock(when=LIFE, within_min={"dispatch-within": 5, "arrive-within": 15}, escalate_to=None),
            FALLBACK,
        ),
    ),
    "clocks add up": RandomPolicy(
        (RandomRule(when=ALWAYS, duty="must-respond"),),
        (
            RandomClock(when=("compare", "priority", "==", 2), within_min={"dispatch-within": 15}, escalate_to=None),
            RandomClock(when=("in", "priority", (2, 3)), within_min={"dispatch-within": 10}, escalate_to="dispatcher"),
            RandomClock(
                when=HOLIDAY, within_min={"arrive-within": 30, "tell-caller-within": 10}, escalate_to="sergeant"
            ),
            RandomClock(when=("not", ("known", "priority")), within_min={"answer-within": 1}, escalate_to=None),
            FALLBACK,
        ),
    ),
    "clocks of a choice": RandomPolicy(
        (
            RandomRule(when=("or", (LIFE, ("compare", "place", "<", "elsewhere"))), duty="must-respond", over=(1,)),
            RandomRule(when=("not", ("and", (LIFE, HOLIDAY))), duty="may-decline"),
        ),
        (
            RandomClock(when=CITY, within_min={"dispatch-within": 20, "answer-within": 2}, escalate_to="sergeant"),
            RandomClock(when=HOLIDAY, within_min={"dispatch-within": 5}, escalate_to="dispatcher"),
            FALLBACK,
        ),
    ),
    "what is not known": RandomPolicy(
        (
            RandomRule(when=("not", ("known", "life_safety")), duty="must-respond", over=(1, 2)),
            RandomRule(when=("and", (("known", "priority"), ("not", URGENT))), duty="command-decides", over=(2,)),
            RandomRule(when=("or", (URGENT, ("not", LIFE))), duty="must-respond"),
        ),
        (
            RandomClock(when=("or", (CITY, ("not", CITY))), within_min={"dispatch-within": 30}, escalate_to=None),
            RandomClock(when=("known", "holiday"), within_min={"dispatch-within": 30}, escalate_to=None),
            FALLBACK,
        ),
    ),
    "a rule that never comes": RandomPolicy(
        (
            RandomRule(when=("and", (LIFE, ("not", LIFE))), duty="may-decline", over=(1,)),
            RandomRule(when=("compare", "priority", ">", 2), duty="must-respond"),
        ),
        (FALLBACK,),
    ),
}  # fmt: skip


def policies() -> dict[str, str]:
    """Name to text."""
    return {name: policy.text().decode() for name, policy in POLICIES.items()}


def cases() -> list[Case]:
    """For each policy: nothing known, everything known, and calls by lot; some with facts it does not look at."""
    return [case for name, policy in POLICIES.items() for case in _of(name, policy)]


def _of(name: str, policy: RandomPolicy) -> list[Case]:
    random = Random(name)
    calls = list(every_call())
    chosen = [calls[0], calls[-1], *random.sample(calls[1:-1], PER_POLICY - 2)]
    made = []
    for number, call in enumerate(chosen, start=1):
        known = {fact: value for fact, value in call.items() if value is not None}
        given = known | (UNRELATED if number % 11 == 0 else {})
        decision = decision_of(policy, known)
        made.append({"name": f"{name} {number:02d}", "policy": name, "given": given, "decision": decision})
    return made


def decision_of(policy: RandomPolicy, known: Call) -> Case:
    """What is owed, by the plain reading of the rules; `open` by trying every state of the missing facts."""
    rule, limits, called = policy.owed(known)
    assert isinstance(limits, tuple)
    assert isinstance(called, tuple)
    return {
        "duty": policy.rules[rule].duty if isinstance(rule, int) else None,
        "rule": f"r{rule}" if isinstance(rule, int) else None,
        "limits": {kind: {"within_s": minutes * 60, "clock": f"c{number}"} for kind, minutes, number in limits},
        "escalate_to": list(called),
        "open": [fact for fact in DOMAINS if fact not in known and _matters(policy, known, fact)],
    }


def _matters(policy: RandomPolicy, known: Call, fact: str) -> bool:
    """Whether learning the fact changes anything, in some state of the other missing facts."""
    others = [one for one in DOMAINS if one not in known and one != fact]
    states = itertools.product(*([None, *DOMAINS[one]] for one in others))
    for state in states:
        call = dict(known) | dict(zip(others, state, strict=True))
        if len({policy.substance({**call, fact: value}) for value in (None, *DOMAINS[fact])}) > 1:
            return True
    return False
