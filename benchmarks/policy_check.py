"""Checking a policy: 40 rules over all 15 facts, and one made to be hard: it may end undecided, not run without end."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from answerable.model.vocabulary import FACTS
from answerable.policy import Cells, Policy, check_policy, decide, load_policy
from benchmarks.measure import side_by_side
from benchmarks.policy_calls import alder
from benchmarks.table import Line

RULES, CHECK_S, BUDGET_S = 40, 0.1, 2.0
FEW = 3
HEAD = """answerable-policy = 1
[policy]
id = "bench/large"
version = "1"
title = "Forty rules"
issued-by = "Nobody"
issued-at = 2017-01-01T00:00:00Z
effective = { from = 2018-01-01T00:00:00Z }
vocabulary = "answerable/calls@1"
[ranks]
order = ["sergeant", "captain"]
[[clock]]
id = "any"
when = "true"
dispatch-within = "4 h"
"""


def lines() -> Iterator[Line]:
    """The promises of the check."""
    usual, hard = large(RULES, looks=3), large(60, looks=10)
    cells = Cells(usual)
    calls = [cells.facts_of(Random(1).randrange(cells.count)) for _ in range(200)]
    timings = side_by_side(
        {
            "alder": lambda: check_policy(alder()),
            "usual": lambda: check_policy(usual),
            "hard": lambda: check_policy(hard),
            "enumeration": lambda: [decide(usual, call) for call in calls],
        },
        rounds=3,
    )
    problems = check_policy(usual)
    undecided = sum(one.code == "undecided" for one in problems)
    hours = timings["enumeration"].on_cpu.median_s / len(calls) * cells.count / 3600
    yield Line(
        promise=f"check of {RULES} rules over {len(usual.facts)} facts", target=f"<= {CHECK_S * 1000:.0f} ms",
        measured=f"{timings['usual'].on_cpu.median_s * 1000:.0f} ms ({len(problems)} found, {undecided} undecided)",
        control=f"trying its {cells.count:.1e} cells one by one would take {hours:,.0f} hours",
        met=timings["usual"].on_cpu.median_s <= CHECK_S,
    )  # fmt: skip
    yield Line(
        promise="check of the demo's policy", target="", measured=f"{timings['alder'].on_cpu.median_s * 1000:.1f} ms",
        control="15 examples decided, 3 promises proved", met=None,
    )  # fmt: skip
    found = check_policy(hard)
    yield Line(
        promise="a policy made to be hard ends within the budget", target=f"<= {BUDGET_S:g} s",
        measured=f"{timings['hard'].on_cpu.median_s:.2f} s",
        control=f"60 rules, {sum(one.code == 'undecided' for one in found)} questions said to be undecided",
        met=timings["hard"].on_cpu.median_s <= BUDGET_S,
    )  # fmt: skip


def large(rules: int, *, looks: int) -> Policy:
    """Rules of `looks` looks each, over every fact of the vocabulary, duties mixed. Seeded."""
    random = Random(rules)
    parts = [HEAD]
    for number in range(rules):
        parts.append(f'[[duty]]\nid = "r{number}"\ntext = "Rule {number}."\nwhen = "{_condition(random, looks)}"\n')
        if number % 3:
            parts.append('duty = "must-respond"\n')
        else:
            parts.append('duty = "may-decline"\ndecline-by = "captain"\ndecide-within = "30 min"\n')
        over = [f"r{later}" for later in range(number + 1, rules) if bool(later % 3) != bool(number % 3)]
        parts += [f"over = {over}\n"] if over else []
    parts += ['[[promise]]\ntext = "Danger is answered."\nwhen = "life_safety"\nthen = "duty == \'must-respond\'"\n']
    return load_policy("".join(parts).encode(), file="large.toml")


def _condition(random: Random, looks: int) -> str:
    """Few looks are all to be true. Of many, one of each pair: the sort of condition that searches stumble over."""
    told = [_look(random, fact) for fact in random.sample(list(FACTS), looks)]
    if looks <= FEW:
        return " and ".join(told)
    return " and ".join(f"({one} or {other})" for one, other in zip(told[::2], told[1::2], strict=True))


def _look(random: Random, fact: str) -> str:
    kind = FACTS[fact]
    if kind.yes_no:
        return random.choice([fact, f"not {fact}"])
    if kind.one_of:
        return f"{fact} == '{random.choice(kind.one_of)}'"
    return f"{fact} {random.choice(['<=', '>'])} {random.randint(kind.first or 0, (kind.last or 1) - 1)}"
