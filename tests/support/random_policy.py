"""Random small policies together with what they mean, worked out a second way: by trying every possible call.

Conditions are plain tuples here, their truth is a number (0 false, 1/2 unknown, 1 true, so that `and` is the minimum,
`or` the maximum and `not` one minus), and nothing of `answerable.policy` takes part in it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

DOMAINS: dict[str, tuple[bool | int | str, ...]] = {
    "place": ("city", "federal_property", "elsewhere"),
    "priority": (0, 1, 2, 3, 4),
    "life_safety": (False, True),
    "holiday": (False, True),
}
FACTS_TABLE = """[facts]
place = { one-of = ["city", "federal_property", "elsewhere"], ordered = true }
priority = { from = 0, to = 4 }
life_safety = { yes-no = true }
holiday = { yes-no = true }
"""
HALF = Fraction(1, 2)
Tree = tuple[Any, ...]
Call = Mapping[str, bool | int | str | None]
_SIGNS = ("==", "!=", "<", "<=", ">", ">=")


def truth(tree: Tree, call: Call) -> Fraction:
    """1, 0 or 1/2 of a condition."""
    kind = tree[0]
    if kind == "true":
        return Fraction(1)
    if kind == "known":
        return Fraction(call.get(tree[1]) is not None)
    if kind == "not":
        return 1 - truth(tree[1], call)
    if kind == "and":
        return min(truth(part, call) for part in tree[1])
    if kind == "or":
        return max(truth(part, call) for part in tree[1])
    return _look(tree, call.get(tree[1]))


def _look(tree: Tree, value: bool | int | str | None) -> Fraction:
    if value is None:
        return HALF
    if tree[0] == "fact":
        return Fraction(value)
    position = DOMAINS[tree[1]].index(value)
    if tree[0] == "in":
        return Fraction(any(position == DOMAINS[tree[1]].index(one) for one in tree[2]))
    against = DOMAINS[tree[1]].index(tree[3])
    return Fraction(
        {
            "==": position == against,
            "!=": position != against,
            "<": position < against,
            "<=": position <= against,
            ">": position > against,
            ">=": position >= against,
        }[tree[2]]
    )


def written(tree: Tree) -> str:
    """The condition as a policy says it."""
    match tree:
        case ("true",):
            return "true"
        case ("fact", fact):
            return str(fact)
        case ("known", fact):
            return f"known({fact})"
        case ("compare", fact, sign, value):
            return f"{fact} {sign} {_value(value)}"
        case ("in", fact, values):
            return f"{fact} in ({', '.join(_value(value) for value in values)})"
        case ("not", part):
            return f"not ({written(part)})"
        case (join, parts):
            return "(" + f" {join} ".join(written(part) for part in parts) + ")"
    raise AssertionError(tree)


def _value(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)


def _looks() -> st.SearchStrategy[Tree]:
    yes_no = st.sampled_from(["life_safety", "holiday"]).map(lambda fact: ("fact", fact))
    known = st.sampled_from(list(DOMAINS)).map(lambda fact: ("known", fact))
    listed = st.sampled_from(["place", "priority"])
    compare = listed.flatmap(
        lambda fact: st.tuples(
            st.just("compare"), st.just(fact), st.sampled_from(_SIGNS), st.sampled_from(DOMAINS[fact])
        )
    )
    member = listed.flatmap(
        lambda fact: st.tuples(
            st.just("in"), st.just(fact), st.lists(st.sampled_from(DOMAINS[fact]), min_size=1, max_size=3).map(tuple)
        )
    )
    return st.one_of(yes_no, yes_no, compare, compare, member, known, st.just(("true",)))


def _joined(part: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    several = st.lists(part, min_size=2, max_size=3).map(tuple)
    join = st.sampled_from(["and", "or"])
    return st.one_of(part.map(lambda one: ("not", one)), st.tuples(join, several))


trees: st.SearchStrategy[Tree] = st.recursive(_looks(), _joined, max_leaves=5)


@dataclass(frozen=True)
class RandomRule:
    when: Tree
    duty: str
    over: tuple[int, ...] = ()


@dataclass(frozen=True)
class RandomClock:
    when: Tree
    within_min: Mapping[str, int]
    escalate_to: str | None


@dataclass(frozen=True)
class RandomPolicy:
    """Rules and clocks, and what they owe any call by the plain reading of the rules."""

    rules: tuple[RandomRule, ...]
    clocks: tuple[RandomClock, ...]

    def text(self) -> bytes:
        """The policy as a file. A fallback clock stands last."""
        parts = [_HEAD, FACTS_TABLE]
        for number, rule in enumerate(self.rules):
            parts.append(f'[[duty]]\nid = "r{number}"\ntext = "Rule {number}."\nwhen = "{written(rule.when)}"\n')
            parts.append(f'duty = "{rule.duty}"\n')
            if rule.duty != "must-respond":
                parts.append('decline-by = "sergeant"\ndecide-within = "30 min"\n')
            if rule.over:
                parts.append(f"over = {[f'r{later}' for later in rule.over]}\n")
        for number, clock in enumerate(self.clocks):
            parts.append(f'[[clock]]\nid = "c{number}"\nwhen = "{written(clock.when)}"\n')
            parts += [f'{kind} = "{minutes} min"\n' for kind, minutes in clock.within_min.items()]
            parts += [f'escalate-to = "{clock.escalate_to}"\n'] if clock.escalate_to else []
        return "".join(parts).encode()

    def rule_of(self, call: Call) -> int | None:
        """The first rule that is definitely true."""
        return next((number for number, rule in enumerate(self.rules) if truth(rule.when, call) == 1), None)

    def owed(self, call: Call) -> tuple[object, ...]:
        """Rule, (kind, minutes, clock) of each limit, and the ranks called."""
        rule = self.rule_of(call)
        responds = rule is not None and self.rules[rule].duty == "must-respond"
        tightest: dict[str, tuple[int, int]] = {}
        called = set()
        for number, clock in enumerate(self.clocks):
            if truth(clock.when, call) != 1:
                continue
            running = [
                kind for kind in clock.within_min if responds or kind not in ("dispatch-within", "arrive-within")
            ]
            for kind in running:
                tightest[kind] = min(tightest.get(kind, (10**9, 0)), (clock.within_min[kind], number))
            if running and clock.escalate_to:
                called.add(clock.escalate_to)
        return rule, tuple(sorted((kind, *one) for kind, one in tightest.items())), tuple(sorted(called))

    def substance(self, call: Call) -> tuple[object, ...]:
        """As `owed`, without which clock says so."""
        rule, limits, called = self.owed(call)
        assert isinstance(limits, tuple)
        return rule, tuple(limit[:2] for limit in limits), called


_HEAD = """answerable-policy = 1
[policy]
id = "made/up"
version = "1"
title = "Made up"
issued-by = "Nobody"
issued-at = 2017-01-01T00:00:00Z
effective = { from = 2018-01-01T00:00:00Z }
vocabulary = "answerable/calls@1"
[ranks]
order = ["dispatcher", "sergeant"]
"""

_KINDS = ("answer-within", "dispatch-within", "arrive-within", "tell-caller-within")
_rules = st.builds(
    RandomRule, when=trees, duty=st.sampled_from(["must-respond", "must-respond", "may-decline", "command-decides"])
)
_clocks = st.builds(
    RandomClock,
    when=trees,
    within_min=st.dictionaries(st.sampled_from(_KINDS), st.integers(1, 4), min_size=1, max_size=2),
    escalate_to=st.sampled_from([None, None, "dispatcher", "sergeant"]),
)
_FALLBACK = RandomClock(when=("true",), within_min={"dispatch-within": 5}, escalate_to=None)

policies: st.SearchStrategy[RandomPolicy] = st.builds(
    lambda rules, clocks: RandomPolicy(tuple(rules), (*clocks, _FALLBACK)),
    st.lists(_rules, min_size=1, max_size=4),
    st.lists(_clocks, max_size=3),
)

calls: st.SearchStrategy[dict[str, bool | int | str | None]] = st.fixed_dictionaries(
    {fact: st.sampled_from([None, *values]) for fact, values in DOMAINS.items()}
)


def every_call(fixed: Call | None = None, *, unknown: bool = True) -> Iterator[dict[str, bool | int | str | None]]:
    """Every possible call with the facts of `fixed` as they are; `unknown`: any other fact may be unknown too."""
    fixed = fixed or {}
    columns = [
        [fixed[fact]] if fact in fixed else ([None, *values] if unknown else list(values))
        for fact, values in DOMAINS.items()
    ]
    for values in itertools.product(*columns):
        yield dict(zip(DOMAINS, values, strict=True))


def mentions_known(policy: RandomPolicy) -> frozenset[str]:
    """Facts that some rule or clock asks `known(…)` about."""
    found: set[str] = set()

    def walk(tree: Tree) -> None:
        if tree[0] == "known":
            found.add(tree[1])
        elif tree[0] == "not":
            walk(tree[1])
        elif tree[0] in ("and", "or"):
            for part in tree[1]:
                walk(part)

    for when in (*(rule.when for rule in policy.rules), *(clock.when for clock in policy.clocks)):
        walk(when)
    return frozenset(found)
