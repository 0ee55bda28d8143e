"""The cell of a row as SQL that DuckDB, SQLite and PostgreSQL read alike: CASE, comparisons, sums, nothing else.

The columns must have the types of their facts (docs/reference/policy-engines.md). NULL and whatever is no declared
value are unknown, as everywhere. tests/differential/test_policy_engines.py holds all engines to it.
"""

from __future__ import annotations

from collections.abc import Mapping

from answerable.engines.duck import text_literal
from answerable.policy import Cells, FactEncoder


def cell_expression(cells: Cells, *, columns: Mapping[str, str] | None = None) -> str:
    """The cell of a row whose columns are named `fact_…`; `columns` names another column for a fact."""
    chosen = columns or {}
    parts = [_part(one, chosen.get(one.fact, f"fact_{one.fact}")) for one in cells.encoders]
    # the first operand makes the whole sum one of 64 bits, whatever the numbers are taken for
    return f"({' + '.join(['CAST(0 AS BIGINT)', *parts])})"


def _part(encoder: FactEncoder, column: str) -> str:
    """A column's part of the cell: its class times its weight; unknown and undeclared values are class 0."""
    cases = " ".join(f"WHEN {_is(column, value)} THEN {code * encoder.weight}" for value, code in encoder.cases)
    return f"CASE {cases} ELSE 0 END"


def _is(column: str, value: object) -> str:
    if isinstance(value, bool):
        return column if value else f"NOT {column}"
    if isinstance(value, tuple):
        return f"{column} BETWEEN {int(value[0])} AND {int(value[1])}"
    return f"{column} = {text_literal(str(value))}"
