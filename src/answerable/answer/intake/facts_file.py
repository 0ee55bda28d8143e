"""`--facts FILE`: facts asserted about calls (call, fact, value, asserted_by, occurred_at, recorded_at)."""

from __future__ import annotations

import difflib

from answerable.answer.intake.table import Row, rows
from answerable.model.decision import FactAssertion
from answerable.model.vocabulary import FACTS, FactValue

COLUMNS = ("call", "fact", "value", "asserted_by", "occurred_at", "recorded_at")


def read_facts(data: bytes, *, file: str) -> tuple[FactAssertion, ...]:
    """Every assertion of the file. A blank value retracts what the same asserter said. Raises ClaimError."""
    return tuple(_assertion(row) for row in rows(data, file=file, required=COLUMNS))


def _assertion(row: Row) -> FactAssertion:
    fact = row.parsed("fact", _known_fact)
    return FactAssertion(
        call=row.text("call"),
        fact=fact,
        value=None if row.optional("value") is None else row.parsed("value", lambda text: _value(fact, text)),
        asserted_by=row.text("asserted_by"),
        occurred_at_us=row.instant_us("occurred_at"),
        recorded_at_us=row.instant_us("recorded_at"),
    )


def _known_fact(name: str) -> str:
    if name not in FACTS:
        near = difflib.get_close_matches(name, FACTS, n=1)
        guess = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"{name!r} is not a fact of the vocabulary{guess} The facts are {', '.join(FACTS)}")
    return name


def _value(fact: str, text: str) -> FactValue:
    kind = FACTS[fact]
    value: FactValue = text
    if kind.yes_no:
        if text not in ("yes", "no"):
            raise ValueError(f"{text!r} is not yes or no")
        value = text == "yes"
    elif not kind.one_of and text.isascii() and text.isdigit():
        value = int(text)
    if not kind.admits(value):
        allowed = ", ".join(kind.one_of) or f"a whole number from {kind.first} to {kind.last}"
        raise ValueError(f"{text!r} is not a value of {fact}; it takes {allowed}")
    return value
