"""Strict reading of a policy file: what is accepted can be trusted, all else is refused with its place."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Sequence
from typing import Any, Final

from answerable.errors import PolicyError
from answerable.model.duty import CLOCK_KINDS, Duty, SatisfiedBy
from answerable.model.vocabulary import FACTS, VOCABULARY, FactType
from answerable.policy.document import Clock, Example, Policy, Promise, Rule
from answerable.policy.expectations import read_expectations, read_given
from answerable.policy.expression import Always
from answerable.policy.locate import Map, TooDeepError
from answerable.policy.spelling import quoted
from answerable.policy.table import Table
from answerable.policy.tokens import DUTY

FORMAT: Final = 1
LARGEST_BYTES: Final = 1_000_000
"""A policy is read by people; a larger file is something else."""

DUTY_TYPE: Final = FactType(one_of=tuple(duty.value for duty in Duty))
"""The reserved word `duty` as promises see it."""

_ID = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_POLICY_ID = rf"{_ID}(?:/{_ID})*"
_VERSION = r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}"
_RANK = r"[a-z][a-z0-9_]*"
_TOP = ("answerable-policy", "policy", "ranks", "facts", "duty", "clock", "promise", "example")
_ABOUT = (
    "id", "version", "title", "issued-by", "issued-by-rank", "issued-at", "effective", "supersedes", "vocabulary",
    "source",
)  # fmt: skip
_DECIDED = ("decline-by", "decide-within", "review-every", "reopen-when")
_DUTY = ("id", "text", "when", "duty", *_DECIDED, "satisfied-by", "over", "cite")
_KINDS = {kind.replace("_", "-"): kind for kind in CLOCK_KINDS}
_CLOCK = ("id", "when", *_KINDS, "escalate-to")


def load_policy(text: bytes, *, file: str) -> Policy:
    """The policy in the bytes of a file. `file` is its name in messages.

    Raises PolicyError with file, line, column and (inside a rule) the rule's id, at the first fault.
    """
    values, places = _toml(text, file)
    top = Table(values, path=(), places=places, file=file)
    top.only(_TOP)
    if top.whole("answerable-policy") != FORMAT:
        top.fail(f"this program reads answerable-policy = {FORMAT}", key="answerable-policy")
    about = top.table("policy")
    about.only(_ABOUT)
    ranks = _ranks(top)
    declared = _facts(top)
    facts = {**declared, **{fact: kind for fact, kind in FACTS.items() if fact not in declared}}
    duties = _duties(top, facts=facts, ranks=ranks)
    clocks = _clocks(top, facts=facts, ranks=ranks)
    _demand_fallback(top, duties=duties, clocks=clocks)
    return Policy(
        **_about(about, ranks=ranks),
        ranks=ranks, facts=facts, declared=tuple(declared), duties=duties, clocks=clocks,
        promises=_promises(top, facts), examples=_examples(top, facts=facts, ranks=ranks, duties=duties),
        text_sha256=hashlib.sha256(text).hexdigest(), file=file, spot=about.spot,
    )  # fmt: skip


def _toml(text: bytes, file: str) -> tuple[dict[str, Any], Map]:
    if len(text) > LARGEST_BYTES:
        raise PolicyError(f"the file has {len(text)} bytes; a policy has at most {LARGEST_BYTES}", file=file)
    try:
        source = text.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as fault:
        line = text.count(b"\n", 0, fault.start) + 1
        raise PolicyError("this is not UTF-8 text", file=file, line=line, hint="save the file as UTF-8") from None
    try:
        return tomllib.loads(source), Map(source)
    except tomllib.TOMLDecodeError as fault:
        raise _not_toml(str(fault), source, file) from None
    except (RecursionError, TooDeepError):
        raise PolicyError("the file nests lists or tables too deep", file=file) from None
    except ValueError as fault:  # a number of thousands of digits
        raise PolicyError(f"this is not TOML: {fault}", file=file) from None


def _not_toml(message: str, source: str, file: str) -> PolicyError:
    found = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    line = int(found[1]) if found and found[1] else source.count("\n") + 1
    column = int(found[2]) if found and found[2] else None
    what = message[: found.start()] if found else message
    hint = "a text stands in quotes, a table's name in square brackets"
    return PolicyError(f"this is not TOML: {what}", file=file, line=line, column=column, hint=hint)


def _about(table: Table, *, ranks: Sequence[str]) -> dict[str, Any]:
    """The fields of `Policy` that the table [policy] gives."""
    table.one_of("vocabulary", (VOCABULARY,))
    effective = table.table("effective")
    effective.only(("from", "to"))
    issued_us, from_us = table.instant_us("issued-at"), effective.instant_us("from")
    to_us = effective.instant_us("to") if effective.has("to") else None
    if from_us < issued_us:
        effective.fail("effective before it was issued: a policy does not bind the past", key="from",
                       hint="write a time that is not before issued-at")  # fmt: skip
    if to_us is not None and to_us <= from_us:
        effective.fail("ends before it begins", key="to", hint="'to' is exclusive and must be later than 'from'")
    return {
        "id": table.text("id", pattern=_POLICY_ID, example='"alder-city/response"'),
        "version": table.text("version", pattern=_VERSION, example='"2018-01-01"'),
        "title": table.text("title"),
        "issued_by": table.text("issued-by"),
        "issued_by_rank": table.one_of("issued-by-rank", ranks) if table.has("issued-by-rank") else None,
        "issued_at_us": issued_us,
        "effective_from_us": from_us,
        "effective_to_us": to_us,
        "supersedes": table.optional_text("supersedes", pattern=_VERSION, example='"2017-06-01"') or None,
        "vocabulary": VOCABULARY,
        "source": table.optional_text("source"),
    }


def _ranks(top: Table) -> tuple[str, ...]:
    if not top.has("ranks"):
        return ()
    table = top.table("ranks")
    table.only(("order",))
    order = table.texts("order")
    for index, rank in enumerate(order):
        if re.fullmatch(_RANK, rank, re.ASCII) is None:
            table.fail(f"a rank cannot be {quoted(rank)}", key="order", index=index, hint="write watch_commander")
    return order


def _facts(top: Table) -> dict[str, FactType]:
    if not top.has("facts"):
        return {}
    table = top.table("facts")
    table.only(FACTS)
    return {fact: _fact(table.table(fact), known=FACTS[fact], fact=fact) for fact in table.names()}


def _fact(table: Table, *, known: FactType, fact: str) -> FactType:
    """A declared fact: of the vocabulary's type, with all of its values or fewer."""
    table.rule = f"fact {fact}"
    ask = table.optional_text("ask") or known.ask
    if known.yes_no:
        table.only(("yes-no", "ask"))
        table.truth("yes-no")
        return FactType(yes_no=True, ask=ask)
    if known.one_of:
        table.only(("one-of", "ordered", "ask"))
        ordered = known.ordered or (table.has("ordered") and table.truth("ordered"))
        return FactType(one_of=table.texts_of("one-of", known.one_of), ordered=ordered, ask=ask)
    table.only(("from", "to", "ask"))
    first, last = table.whole("from"), table.whole("to")
    for key, value in (("from", first), ("to", last)):
        if not known.admits(value):
            table.fail(f"{fact} goes from {known.first} to {known.last} in {VOCABULARY}", key=key)
    if first > last:
        table.fail("'from' is greater than 'to'", key="from")
    return FactType(first=first, last=last, ask=ask)


def _duties(top: Table, *, facts: dict[str, FactType], ranks: Sequence[str]) -> tuple[Rule, ...]:
    tables = top.tables("duty", called="duty")
    if not tables:
        top.fail("there is no [[duty]]: the policy decides nothing")
    ids = _ids(tables)
    return tuple(_duty(table, ids=ids, facts=facts, ranks=ranks) for table in tables)


def _ids(tables: Sequence[Table]) -> list[str]:
    ids: list[str] = []
    for table in tables:
        said = table.text("id", pattern=_ID, example='"life-safety"')
        if said in ids:
            table.fail(f"the id {said!r} stands twice", key="id", hint="each rule and each clock needs its own")
        ids.append(said)
    return ids


def _duty(table: Table, *, ids: Sequence[str], facts: dict[str, FactType], ranks: Sequence[str]) -> Rule:
    table.only(_DUTY)
    duty = Duty(table.one_of("duty", DUTY_TYPE.one_of))
    if duty is Duty.MUST_RESPOND:
        for key in _DECIDED:
            if table.has(key):
                table.fail(f"a duty that must be met has no {key}", key=key, hint="remove it, or change the duty")
    else:
        table.raw("decline-by", hint=f"say which rank or above may decline: {', '.join(ranks) or 'declare [ranks]'}")
        table.raw("decide-within", hint="say by when it must be decided: decide-within = '60 min'")
    answers = [way.value for way in SatisfiedBy]
    satisfied_by = (
        tuple(map(SatisfiedBy, table.texts_of("satisfied-by", answers))) if table.has("satisfied-by") else None
    )
    return Rule(
        id=table.text("id"),
        text=table.text("text"),
        when=table.condition("when", facts),
        duty=duty,
        decline_by=table.one_of("decline-by", ranks) if table.has("decline-by") else None,
        decide_within_s=table.optional_duration_s("decide-within"),
        satisfied_by=satisfied_by or (SatisfiedBy.UNIT,),
        review_every_s=table.optional_duration_s("review-every"),
        reopen_when=table.condition("reopen-when", facts) if table.has("reopen-when") else None,
        over=_over(table, ids),
        cite=table.optional_text("cite"),
        spot=table.spot,
    )


def _over(table: Table, ids: Sequence[str]) -> tuple[str, ...]:
    if not table.has("over"):
        return ()
    own = table.text("id")
    over = table.texts_of("over", [rule for rule in ids if rule != own])
    for index, rule in enumerate(over):
        if ids.index(rule) < ids.index(own):
            table.fail(
                f"over names {rule!r}, which stands before this rule and so wins over it",
                key="over",
                index=index,
                hint="the first rule that applies decides; change the order",
            )
    return over


def _clocks(top: Table, *, facts: dict[str, FactType], ranks: Sequence[str]) -> tuple[Clock, ...]:
    tables = top.tables("clock", called="clock")
    _ids(tables)
    return tuple(_clock(table, facts=facts, ranks=ranks) for table in tables)


def _clock(table: Table, *, facts: dict[str, FactType], ranks: Sequence[str]) -> Clock:
    table.only(_CLOCK)
    within_s = {kind: table.duration_s(key) for key, kind in _KINDS.items() if table.has(key)}
    if not within_s:
        table.fail("this clock sets no limit", hint=f"give at least one of {', '.join(_KINDS)}")
    return Clock(
        id=table.text("id"),
        when=table.condition("when", facts),
        within_s=within_s,
        escalate_to=table.one_of("escalate-to", ranks) if table.has("escalate-to") else None,
        spot=table.spot,
    )


def _demand_fallback(top: Table, *, duties: Sequence[Rule], clocks: Sequence[Clock]) -> None:
    """Every duty to respond has a clock, whatever is unknown."""
    must = next((rule for rule in duties if rule.duty is Duty.MUST_RESPOND), None)
    if must is None or any(isinstance(one.when.node, Always) and "dispatch_within" in one.within_s for one in clocks):
        return
    table = top.tables("duty", called="duty")[duties.index(must)]
    table.fail(
        "a duty to respond without a clock that always runs",
        key="duty",
        hint='add a [[clock]] with when = "true" and dispatch-within, for calls of which little is known',
    )


def _promises(top: Table, facts: dict[str, FactType]) -> tuple[Promise, ...]:
    with_duty = {**facts, DUTY: DUTY_TYPE}
    found = []
    for table in top.tables("promise", called="promise"):
        table.only(("text", "when", "then"))
        found.append(
            Promise(
                text=table.text("text"),
                when=table.condition("when", with_duty),
                then=table.condition("then", with_duty),
                spot=table.spot,
            )
        )
    return tuple(found)


def _examples(
    top: Table, *, facts: dict[str, FactType], ranks: Sequence[str], duties: Sequence[Rule]
) -> tuple[Example, ...]:
    found = []
    for table in top.tables("example", called="example"):
        table.only(("text", "given", "expect"))
        rules = [rule.id for rule in duties]
        found.append(
            Example(
                text=table.text("text"),
                given=read_given(table.table("given"), facts),
                expect=read_expectations(table.table("expect"), facts=facts, ranks=ranks, rules=rules),
                spot=table.spot,
            )
        )
    return tuple(found)
