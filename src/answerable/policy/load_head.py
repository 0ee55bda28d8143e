"""What a policy file says first: `[policy]`, `[ranks]` and `[facts]`."""

from __future__ import annotations

import re
from typing import Any

from answerable.model.vocabulary import FACTS, VOCABULARY, FactType
from answerable.policy import keys
from answerable.policy.faults import Names, ToldAlreadyError
from answerable.policy.spelling import foreign_letter, quoted
from answerable.policy.table import Table

_KINDS = {"yes-no": "yes or no", "one-of": "one of several values", "number": "a whole number"}


def read_about(table: Table, *, ranks: Names) -> dict[str, Any] | None:
    """The fields of `Policy` that the table [policy] gives; None where its times were refused."""
    table.only(keys.names(keys.ABOUT))
    table.one_of("vocabulary", (VOCABULARY,))
    effective = table.table("effective")
    effective.only(keys.names(keys.PERIOD))
    issued_us, from_us = table.instant_us("issued-at"), effective.instant_us("from")
    to_us = effective.instant_us("to") if effective.has("to") else None
    head = {
        "id": table.text("id", pattern=keys.POLICY_ID, example='"alder-city/response"'),
        "version": table.text("version", pattern=keys.VERSION, example='"2018-01-01"'),
        "title": table.text("title"),
        "issued_by": table.text("issued-by"),
        "issued_by_rank": table.one_of("issued-by-rank", ranks) if table.has("issued-by-rank") else None,
        "supersedes": table.optional_text("supersedes", pattern=keys.VERSION, example='"2017-06-01"') or None,
        "vocabulary": VOCABULARY,
        "source": table.optional_text("source"),
    }
    if issued_us is None or from_us is None:
        return None
    if from_us < issued_us:
        effective.tell("effective before it was issued: a policy does not bind the past", key="from",
                       hint="write a time that is not before issued-at")  # fmt: skip
    if to_us is not None and to_us <= from_us:
        effective.tell("ends before it begins", key="to", hint="'to' is exclusive and must be later than 'from'")
    return {**head, "issued_at_us": issued_us, "effective_from_us": from_us, "effective_to_us": to_us}


def read_ranks(top: Table) -> Names:
    """The ranks, lowest first; none where the table is left out."""
    if not top.has("ranks"):
        return None if isinstance(top.missing("ranks"), ToldAlreadyError) else ()
    before = top.faults.count
    table = top.table("ranks")
    table.only(keys.names(keys.RANKS))
    order = table.texts("order")
    for index, rank in enumerate(order):
        if re.fullmatch(keys.RANK, rank, re.ASCII) is None:
            hint = foreign_letter(rank) or "write watch_commander"
            table.tell(f"a rank cannot be {quoted(rank)}", key="order", index=index, hint=hint)
    return order if top.faults.count == before else None


def read_facts(top: Table) -> tuple[dict[str, FactType], tuple[str, ...]]:
    """Every fact a condition may use, the declared ones first; and the names of those."""
    declared: dict[str, FactType] = {}
    if top.has("facts"):
        table = top.table("facts")
        table.only(FACTS)
        declared = {fact: _fact(table.table(fact), known=FACTS[fact], fact=fact) for fact in table.names()}
    return {**declared, **{fact: kind for fact, kind in FACTS.items() if fact not in declared}}, tuple(declared)


def _fact(table: Table, *, known: FactType, fact: str) -> FactType:
    """A declared fact: of the vocabulary's type, with all of its values or fewer."""
    table.rule = f"fact {fact}"
    own = keys.FACTS[known.kind]
    others = {key for kind in keys.FACTS.values() for key in kind} - {*own}
    if not table.has(own[0]) and any(map(table.has, others)):
        table.tell(f"{fact} is {_KINDS[known.kind]} in {VOCABULARY}", hint=f"write {fact} = {_sample(known)}")
        return known
    ask = table.optional_text("ask") or known.ask
    table.only(own)
    if known.yes_no:
        table.truth("yes-no")
        return FactType(yes_no=True, ask=ask)
    if known.one_of:
        if table.has("ordered"):
            table.truth("ordered")
        one_of = table.texts_of("one-of", known.one_of) or known.one_of
        return FactType(one_of=one_of, ordered=known.ordered or table.has("ordered"), ask=ask)
    return _number(table, known=known, fact=fact, ask=ask)


def _sample(known: FactType) -> str:
    if known.yes_no:
        return "{ yes-no = true }"
    if known.one_of:
        return f"{{ one-of = ['{known.one_of[0]}', …] }}"
    return f"{{ from = {known.first}, to = {known.last} }}"


def _number(table: Table, *, known: FactType, fact: str, ask: str) -> FactType:
    first, last = table.whole("from"), table.whole("to")
    for key, value in (("from", first), ("to", last)):
        if value is not None and not known.admits(value):
            table.tell(f"{fact} goes from {known.first} to {known.last} in {VOCABULARY}", key=key)
    if first is None or last is None or not (known.admits(first) and known.admits(last)):
        return known
    if first > last:
        table.tell("'from' is greater than 'to'", key="from")
        return known
    return FactType(first=first, last=last, ask=ask)
