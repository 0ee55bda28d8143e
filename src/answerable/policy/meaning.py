"""The meaning digest: one number for what a policy decides, whatever its words and layout.

Equal digests mean equal decisions for every call, but for the texts in them. The converse does not hold: two policies
may decide alike and be built differently (two rules in another order, say); whether anybody is affected is what
`compare_policies` answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from answerable.model.canonical import Json, canonical_bytes, digest
from answerable.model.vocabulary import FactType
from answerable.policy.document import Clock, Policy, Rule
from answerable.policy.expression import Always, And, Atom, Known, Node, Not, Or, admits, atoms

FORMAT: Final = 1


def meaning_sha256(policy: Policy) -> str:
    """Hex SHA-256 of the canonical bytes (RFC 8785) of `meaning`."""
    return digest(meaning(policy))


def meaning(policy: Policy) -> Json:
    """What a policy decides, and by what rules, without a word that only people read.

    In it: vocabulary, ranks, the issuer's rank, the facts that some condition of a rule or a clock looks at (in the
    policy's order, with their values), the rules in order (id, condition, duty, decline-by, times, satisfied-by,
    reopen-when) and the clocks in order. Not in it: comments, layout, texts, cites, questions, title, id, version and
    dates of the policy, `over`, promises, examples. docs/formats/response-policy.md has the form of a condition.
    """
    used = {
        atom.fact
        for condition in (*(rule.when for rule in policy.duties), *(clock.when for clock in policy.clocks))
        for atom in atoms(condition.node)
    } | {atom.fact for rule in policy.duties if rule.reopen_when for atom in atoms(rule.reopen_when.node)}
    return {
        "answerable-meaning": FORMAT,
        "vocabulary": policy.vocabulary,
        "ranks": [*policy.ranks],
        "issued-by-rank": policy.issued_by_rank,
        "facts": [[fact, _values(kind)] for fact, kind in policy.facts.items() if fact in used],
        "duties": [_rule(policy, rule) for rule in policy.duties],
        "clocks": [_clock(policy, clock) for clock in policy.clocks],
    }


def _rule(policy: Policy, rule: Rule) -> Json:
    return {
        "id": rule.id,
        "when": _form(policy, rule.when.node),
        "duty": rule.duty.value,
        "decline-by": rule.decline_by,
        "decide-within-s": rule.decide_within_s,
        "review-every-s": rule.review_every_s,
        "satisfied-by": [*sorted(way.value for way in rule.satisfied_by)],
        "reopen-when": None if rule.reopen_when is None else _form(policy, rule.reopen_when.node),
    }


def _clock(policy: Policy, clock: Clock) -> Json:
    return {
        "id": clock.id,
        "when": _form(policy, clock.when.node),
        "within-s": {kind: clock.within_s[kind] for kind in sorted(clock.within_s)},
        "escalate-to": clock.escalate_to,
    }


def _values(kind: FactType) -> Json:
    """`"yes-no"`, the list of values, or the first and last number."""
    if kind.yes_no:
        return "yes-no"
    return [*kind.one_of] if kind.one_of else {"from": kind.first, "to": kind.last}


def _form(policy: Policy, node: Node, *, truth: bool = True) -> Json:
    """A condition (`truth=False`: its negation) with `not` driven down to the facts, nested `and`s and `or`s as one,
    parts sorted by their canonical bytes and each only once."""
    match node:
        case Always():
            return truth
        case Not():
            return _form(policy, node.part, truth=not truth)
        case And() | Or():
            join = "all" if isinstance(node, And) is truth else "any"
            parts = {canonical_bytes(part): part for part in _joined(policy, node, join=join, truth=truth)}
            found = [parts[key] for key in sorted(parts)]
            return found[0] if len(found) == 1 else {join: found}
        case _:
            return _atom(policy.facts[node.fact], node, truth=truth)


def _joined(policy: Policy, node: And | Or, *, join: str, truth: bool) -> Iterator[Json]:
    for part in node.parts:
        form = _form(policy, part, truth=truth)
        inner = form.get(join) if isinstance(form, dict) else None
        yield from inner if isinstance(inner, list) else [form]


def _atom(kind: FactType, atom: Atom, *, truth: bool) -> Json:
    """A look at a fact as the values of which it is true; of a number, as ranges with both ends included."""
    if isinstance(atom, Known):
        return {"known" if truth else "unknown": atom.fact}
    test = admits(atom)
    if kind.yes_no:
        return {"fact": atom.fact, "is": [value for value in (False, True) if test(value) is truth]}
    if kind.one_of:
        return {"fact": atom.fact, "is": [*sorted(value for value in kind.one_of if test(value) is truth)]}
    first, last = kind.first or 0, kind.last or 0
    return {"fact": atom.fact, "is": _ranges([value for value in range(first, last + 1) if test(value) is truth])}


def _ranges(numbers: list[int]) -> Json:
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return [[low, high] for low, high in ranges]
