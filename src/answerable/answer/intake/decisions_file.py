"""`--decisions FILE`: decisions on calls and requests, one a row; what is blank was not recorded."""

from __future__ import annotations

from answerable.answer.intake.table import Row, rows
from answerable.model.decision import Decision, DecisionKind

REQUIRED = ("call", "at", "recorded_at", "actor", "rank", "decision", "clause", "reason", "conditions", "review_due")
OPTIONAL = ("recorded_by",)


def read_decisions(data: bytes, *, file: str) -> tuple[Decision, ...]:
    """Every decision of the file, in its order. Raises ClaimError."""
    return tuple(_decision(row) for row in rows(data, file=file, required=REQUIRED, optional=OPTIONAL))


def _decision(row: Row) -> Decision:
    return Decision(
        call=row.text("call"),
        at_us=row.instant_us("at"),
        recorded_at_us=row.instant_us("recorded_at"),
        actor=row.optional("actor"),
        rank=row.optional("rank"),
        decision=row.parsed("decision", _kind),
        clause=row.optional("clause"),
        reason=row.optional("reason"),
        conditions=row.optional("conditions"),
        review_due_us=row.optional_instant_us("review_due"),
        recorded_by=row.optional("recorded_by"),
    )


def _kind(text: str) -> DecisionKind:
    try:
        return DecisionKind(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a decision; it takes {', '.join(DecisionKind)}") from None
