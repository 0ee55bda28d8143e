"""`--facts FILE`: facts asserted about calls (call, fact, value, asserted_by, occurred_at, recorded_at)."""

from __future__ import annotations

from answerable.answer.intake.table import Row, rows
from answerable.model.decision import FactAssertion
from answerable.model.vocabulary import fact_name, parse_fact

COLUMNS = ("call", "fact", "value", "asserted_by", "occurred_at", "recorded_at")


def read_facts(data: bytes, *, file: str) -> tuple[FactAssertion, ...]:
    """Every assertion of the file. A blank value retracts what the same asserter said. Raises ClaimError."""
    return tuple(_assertion(row) for row in rows(data, file=file, required=COLUMNS))


def _assertion(row: Row) -> FactAssertion:
    fact = row.parsed("fact", fact_name)
    return FactAssertion(
        call=row.text("call"),
        fact=fact,
        value=None if row.optional("value") is None else row.parsed("value", lambda text: parse_fact(fact, text)),
        asserted_by=row.text("asserted_by"),
        occurred_at_us=row.instant_us("occurred_at"),
        recorded_at_us=row.instant_us("recorded_at"),
    )
