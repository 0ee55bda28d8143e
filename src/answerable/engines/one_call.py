"""The facts of one call out of a file of canonical calls."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from answerable.config import Settings
from answerable.engines.duck import connect, engine_faults, text_literal
from answerable.errors import SourceError
from answerable.model.call import FACT_COLUMNS
from answerable.model.vocabulary import FACTS, FactValue, parse_fact

_SHOWN = 5


def facts_of_call(calls: Path, *, call: str, settings: Settings | None = None) -> dict[str, FactValue]:
    """The facts known of the call with this `call_id`, or else `row_key`, in a canonical file (Parquet, or CSV with the
    same columns; a blank is unknown there).

    Raises SourceError where there is no such call, or several share the id, and for a value that no fact has.
    """
    columns = [name for name, _ in FACT_COLUMNS if name.removeprefix("fact_") in FACTS]
    is_csv = calls.suffix.lower() == ".csv"
    reader = "read_csv" if is_csv else "read_parquet"
    options = ", header = true, all_varchar = true" if is_csv else ""
    query = (
        f"SELECT row_key, call_id, {', '.join(columns)} FROM {reader}({text_literal(str(calls))}{options}) "
        "WHERE call_id = $1 OR row_key = $1 ORDER BY call_id IS DISTINCT FROM $1"
    )
    with closing(connect(settings)) as connection, engine_faults(calls):
        rows = connection.execute(query, [call]).fetchmany(_SHOWN + 1)
    if not rows:
        raise SourceError("there is no such call", file=str(calls), column="call_id", value=call)
    same = [row for row in rows if row[1] == call]
    if len(same) > 1:
        keys = ", ".join(str(row[0]) for row in same[:_SHOWN])
        hint = f"Name one of them by its row_key: {keys}{' …' if len(same) > _SHOWN else ''}"
        raise SourceError("several calls have this number", file=str(calls), column="call_id", value=call, hint=hint)
    return {
        name.removeprefix("fact_"): _value(name, value, calls)
        for name, value in zip(columns, rows[0][2:], strict=True)
        if value is not None
    }


def _value(column: str, value: FactValue, calls: Path) -> FactValue:
    """A value as the vocabulary has it; text of a CSV file may also say true and false."""
    fact = column.removeprefix("fact_")
    if FACTS[fact].admits(value):
        return value
    try:
        return parse_fact(fact, {"true": "yes", "false": "no"}.get(str(value), str(value)))
    except ValueError as fault:
        raise SourceError(str(fault), file=str(calls), column=column, value=str(value)) from None
