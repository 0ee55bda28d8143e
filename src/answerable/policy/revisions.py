"""What two versions say differently: words, dates, facts, ranks, conditions, promises and examples, item by item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from answerable.model.times import duration_text, iso
from answerable.model.vocabulary import FactType
from answerable.policy.document import Clock, Policy, Rule
from answerable.policy.expression import written


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """One item that is said differently, under a name such as `rule life-safety, text`. None: it is not there."""

    what: str
    before: str | None
    after: str | None


def revisions(before: Policy, after: Policy) -> tuple[Revision, ...]:
    """Every item that differs, in the order of the file. Layout and comments are not items."""
    old, new = dict(_items(before)), dict(_items(after))
    names = dict.fromkeys([*old, *new])
    found = [Revision(what=name, before=old.get(name), after=new.get(name)) for name in names]
    return (*(one for one in found if one.before != one.after), *_reordered(before, after))


def _reordered(before: Policy, after: Policy) -> Iterator[Revision]:
    """Rules that both have, where they stand in another order."""
    old, new = [rule.id for rule in before.duties], [rule.id for rule in after.duties]
    shared_old, shared_new = [one for one in old if one in new], [one for one in new if one in old]
    if shared_old != shared_new:
        yield Revision(what="order of the rules", before=", ".join(shared_old), after=", ".join(shared_new))


def _items(policy: Policy) -> Iterator[tuple[str, str]]:
    yield from _about(policy)
    if policy.ranks:
        yield "ranks, lowest first", ", ".join(policy.ranks)
    for fact, kind in policy.facts.items():
        yield f"fact {fact}, values", _values(kind)
        yield f"fact {fact}, question", kind.ask
    for rule in policy.duties:
        yield from _prefixed(f"rule {rule.id}", _rule(rule))
    for clock in policy.clocks:
        yield from _prefixed(f"clock {clock.id}", _clock(clock))
    for promise in policy.promises:
        yield f"promise {promise.text!r}", f"{written(promise.when.node)}: {written(promise.then.node)}"
    for example in policy.examples:
        yield f"example {example.text!r}", f"given {_pairs(example.given)}, expect {_pairs(example.expect)}"


def _about(policy: Policy) -> Iterator[tuple[str, str]]:
    yield "id", policy.id
    yield "version", policy.version
    yield "title", policy.title
    yield "issued by", policy.issued_by
    if policy.issued_by_rank:
        yield "issued by rank", policy.issued_by_rank
    yield "issued at", iso(policy.issued_at_us)
    yield "effective from", iso(policy.effective_from_us)
    if policy.effective_to_us is not None:
        yield "effective to", iso(policy.effective_to_us)
    for what, said in (("supersedes", policy.supersedes), ("source", policy.source)):
        if said:
            yield what, said


def _rule(rule: Rule) -> Iterator[tuple[str, str]]:
    yield "text", rule.text
    if rule.cite:
        yield "cite", rule.cite
    yield "when", written(rule.when.node)
    yield "duty", rule.duty.value
    if rule.decline_by:
        yield "decline-by", rule.decline_by
    for what, seconds in (("decide-within", rule.decide_within_s), ("review-every", rule.review_every_s)):
        if seconds is not None:
            yield what, duration_text(seconds)
    if rule.reopen_when is not None:
        yield "reopen-when", written(rule.reopen_when.node)
    yield "satisfied-by", ", ".join(rule.satisfied_by)
    if rule.over:
        yield "over", ", ".join(rule.over)


def _clock(clock: Clock) -> Iterator[tuple[str, str]]:
    yield "when", written(clock.when.node)
    for kind, within_s in clock.within_s.items():
        yield kind.replace("_", "-"), duration_text(within_s)
    if clock.escalate_to:
        yield "escalate-to", clock.escalate_to


def _prefixed(name: str, items: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for what, said in items:
        yield f"{name}, {what}", said


def _values(kind: FactType) -> str:
    if kind.yes_no:
        return "yes or no"
    return (" < " if kind.ordered else ", ").join(kind.one_of) or f"{kind.first} to {kind.last}"


def _pairs(values: Mapping[str, object]) -> str:
    return "; ".join(f"{name} {_said(value)}" for name, value in values.items()) or "nothing"


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) or "nothing" if isinstance(value, tuple) else str(value)
