"""The cell of a row as SQL that DuckDB, SQLite and PostgreSQL read alike: CASE, comparisons, sums, nothing else.

The columns must have the types of their facts (docs/reference/policy-engines.md). NULL and whatever is no declared
value are unknown, as everywhere. tests/differential/test_policy_engines.py holds all engines to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from answerable.engines.duck import text_literal
from answerable.policy import Cells, FactEncoder

_MOST_OF_32_BITS = 2**31


def cell_expression(cells: Cells, *, columns: Mapping[str, str] | None = None) -> str:
    """The cell of a row whose columns are named `fact_…`; `columns` names another column for a fact."""
    chosen = columns or {}
    parts = [_part(one, chosen.get(one.fact, f"fact_{one.fact}")) for one in cells.encoders]
    # the first operand makes the whole sum as wide as it must be, whatever the numbers are taken for
    kind = "INTEGER" if cells.count <= _MOST_OF_32_BITS else "BIGINT"
    return f"({' + '.join([f'CAST(0 AS {kind})', *parts])})"


def _part(encoder: FactEncoder, column: str) -> str:
    """A column's part of the cell: its class times its weight; unknown and undeclared values are class 0."""
    if encoder.kind == "yes-no" and len(encoder.cases) == 2:
        part = {value: code * encoder.weight for value, code in encoder.cases}
        return f"CASE WHEN {column} IS NULL THEN 0 WHEN {column} THEN {part[True]} ELSE {part[False]} END"
    joined = _joined(encoder.cases)
    cases = " ".join(f"WHEN {_is(column, value)} THEN {code * encoder.weight}" for value, code in joined)
    return f"CASE {cases} ELSE 0 END"


def _joined(cases: Iterable[tuple[Any, int]]) -> Iterator[tuple[Any, int]]:
    """The cases, with ranges of one class that touch as one range: each comparison is paid for by every row."""
    held: tuple[tuple[int, int], int] | None = None
    for value, code in cases:
        if held is not None and isinstance(value, tuple) and code == held[1] and value[0] == held[0][1] + 1:
            held = ((held[0][0], value[1]), code)
            continue
        if held is not None:
            yield held
        held = (value, code) if isinstance(value, tuple) else None
        if held is None:
            yield value, code
    if held is not None:
        yield held


def _is(column: str, value: object) -> str:
    if isinstance(value, bool):
        return column if value else f"NOT {column}"
    if isinstance(value, tuple):
        return f"{column} BETWEEN {int(value[0])} AND {int(value[1])}"
    return f"{column} = {text_literal(str(value))}"
