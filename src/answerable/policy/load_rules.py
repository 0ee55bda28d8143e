"""What a policy file lists: its duties, clocks, promises and examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from answerable.model.duty import Duty, SatisfiedBy
from answerable.model.vocabulary import FactType
from answerable.policy import keys
from answerable.policy.document import Clock, Example, Promise, Rule
from answerable.policy.expectations import read_expectations, read_given
from answerable.policy.expression import Always
from answerable.policy.faults import Names, ToldAlreadyError
from answerable.policy.table import Table
from answerable.policy.tokens import DUTY

DUTY_TYPE: Final = FactType(one_of=keys.DUTIES)
"""The reserved word `duty` as promises see it."""


def _tables(top: Table, key: str) -> list[Table]:
    return top.tables(key, most=keys.MOST_TABLES[key])


def read_duties(top: Table, *, facts: Mapping[str, FactType], ranks: Names) -> tuple[Rule, ...]:
    """The rules, in order."""
    tables = _tables(top, "duty")
    if top.is_empty("duty") or (not top.has("duty") and not isinstance(top.missing("duty"), ToldAlreadyError)):
        top.tell("there is no [[duty]]: the policy decides nothing")
    ids = _ids(tables, example='"life-safety"')
    return tuple(_duty(table, own, ids=ids, facts=facts, ranks=ranks) for table, own in zip(tables, ids, strict=True))


def _ids(tables: Sequence[Table], *, example: str) -> list[str]:
    ids: list[str] = []
    for table in tables:
        said = table.text("id", pattern=keys.ID, example=example)
        if said and said in ids:
            table.tell(f"the id {said!r} stands twice", key="id", hint="each rule and each clock needs its own")
        ids.append(said)
    return ids


def _duty(table: Table, own: str, *, ids: Sequence[str], facts: Mapping[str, FactType], ranks: Names) -> Rule:
    table.only(keys.names(keys.DUTY))
    said = table.one_of("duty", keys.DUTIES)
    _demand_decision(table, said, ranks=ranks)
    satisfied_by = table.texts_of("satisfied-by", keys.WAYS) if table.has("satisfied-by") else ()
    return Rule(
        id=own,
        text=table.text("text"),
        when=table.condition("when", facts),
        duty=Duty(said) if said else Duty.MUST_RESPOND,
        decline_by=table.one_of("decline-by", ranks) if table.has("decline-by") else None,
        decide_within_s=table.optional_duration_s("decide-within"),
        satisfied_by=tuple(map(SatisfiedBy, satisfied_by)) or (SatisfiedBy.UNIT,),
        review_every_s=table.optional_duration_s("review-every"),
        reopen_when=table.condition("reopen-when", facts) if table.has("reopen-when") else None,
        over=_over(table, own, ids),
        cite=table.optional_text("cite"),
        spot=table.spot,
    )


def _demand_decision(table: Table, duty: str, *, ranks: Names) -> None:
    """What may be declined needs who may decline it, and by when; what must be met may have neither."""
    if duty == Duty.MUST_RESPOND:
        for key in filter(table.has, keys.ONLY_WHERE_DECIDED):
            table.tell(f"a duty that must be met has no {key}", key=key, hint="remove it, or change the duty")
    elif duty:
        table.demand(
            "decline-by", hint=f"say which rank or above may decline: {', '.join(ranks or ()) or 'declare [ranks]'}"
        )
        table.demand("decide-within", hint="say by when it must be decided: decide-within = '60 min'")


def _over(table: Table, own: str, ids: Sequence[str]) -> tuple[str, ...]:
    if not table.has("over"):
        return ()
    over = table.texts_of("over", [rule for rule in ids if rule != own] if all(ids) else None)
    for index, rule in enumerate(over):
        if all(ids) and ids.index(rule) < ids.index(own):
            table.tell(
                f"over names {rule!r}, which stands before this rule and so wins over it",
                key="over",
                index=index,
                hint="the first rule that applies decides; change the order",
            )
    return over


def read_clocks(top: Table, *, facts: Mapping[str, FactType], ranks: Names) -> tuple[Clock, ...]:
    """The clocks, in order."""
    tables = _tables(top, "clock")
    ids = _ids(tables, example='"priority-1"')
    return tuple(_clock(table, own, facts=facts, ranks=ranks) for table, own in zip(tables, ids, strict=True))


def _clock(table: Table, own: str, *, facts: Mapping[str, FactType], ranks: Names) -> Clock:
    table.only(keys.names(keys.CLOCK))
    within_s = {kind: table.duration_s(key) for key, kind in keys.LIMITS.items() if table.has(key)}
    if not within_s and not table.refused:
        table.tell("this clock sets no limit", hint=f"give at least one of {', '.join(keys.LIMITS)}")
    return Clock(
        id=own,
        when=table.condition("when", facts),
        within_s=within_s,
        escalate_to=table.one_of("escalate-to", ranks) if table.has("escalate-to") else None,
        spot=table.spot,
    )


def demand_fallback(top: Table, *, duties: Sequence[Rule], clocks: Sequence[Clock]) -> None:
    """Every duty to respond has a clock, whatever is unknown."""
    must = next((rule for rule in duties if rule.duty is Duty.MUST_RESPOND), None)
    if must is None or any(isinstance(one.when.node, Always) and "dispatch_within" in one.within_s for one in clocks):
        return
    _tables(top, "duty")[duties.index(must)].tell(
        "a duty to respond without a clock that always runs",
        key="duty",
        hint='add a [[clock]] with when = "true" and dispatch-within, for calls of which little is known',
    )


def read_promises(top: Table, *, facts: Mapping[str, FactType]) -> tuple[Promise, ...]:
    """The promises; they may speak of `duty`."""
    with_duty = {**facts, DUTY: DUTY_TYPE}
    return tuple(_promise(table, with_duty) for table in _tables(top, "promise"))


def _promise(table: Table, facts: Mapping[str, FactType]) -> Promise:
    table.only(keys.names(keys.PROMISE))
    return Promise(
        text=table.text("text"),
        when=table.condition("when", facts),
        then=table.condition("then", facts),
        spot=table.spot,
    )


def read_examples(
    top: Table, *, facts: Mapping[str, FactType], ranks: Names, duties: Sequence[Rule]
) -> tuple[Example, ...]:
    """The examples, which may name ranks and rules."""
    ids = [rule.id for rule in duties]
    rules = ids if ids and all(ids) and len(set(ids)) == len(ids) else None
    return tuple(_example(table, facts=facts, ranks=ranks, rules=rules) for table in _tables(top, "example"))


def _example(table: Table, *, facts: Mapping[str, FactType], ranks: Names, rules: Names) -> Example:
    table.only(keys.names(keys.EXAMPLE))
    return Example(
        text=table.text("text"),
        given=read_given(table.table("given"), facts),
        expect=read_expectations(table.table("expect"), facts=facts, ranks=ranks, rules=rules),
        spot=table.spot,
    )
