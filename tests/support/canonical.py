"""Writes canonical Parquet from rows a test spells out; whatever a row leaves out has a harmless default.

Times (`received_at` and so on) are microseconds since the epoch, or RFC 3339 text with an offset.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from answerable.model.call import CALL_COLUMNS, CLOCK_POINTS, Quality
from answerable.model.times import parse_instant

_TEXT_DEFAULTS = {
    "source": "test",
    "agency": "Test Agency",
    "discipline": "police",
    "origin": "unknown",
    "entry_kind": "call",
    "priority_class": "unknown",
    "dispatched": "not_recorded",
    "arrived": "not_recorded",
    "disposition": "none",
    "ended_by": "not_recorded",
    "reason_given": "not_recorded",
    "handover": "none",
}
_INSTANTS = frozenset(name for name, kind in CALL_COLUMNS if kind == "TIMESTAMPTZ")


def write_canonical(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Write `rows` as canonical Parquet at `path` and return it. Raises ValueError for a column there is not.

    `raw` may be given as a list of flat dicts; without it every call has one source row with its line alone.
    """
    with TemporaryDirectory() as folder:
        lines = Path(folder) / "rows.json"
        lines.write_text("".join(json.dumps(_filled(row, at)) + "\n" for at, row in enumerate(rows)))
        connection = duckdb.connect()
        try:
            connection.execute("SET TimeZone='UTC'")
            connection.execute(_copy(lines, path, raw_columns=_raw_columns(rows)))
        finally:
            connection.close()
    return path


def _filled(row: Mapping[str, Any], at: int) -> dict[str, Any]:
    known = {name for name, _ in CALL_COLUMNS} | {"raw"}
    if unknown := set(row) - known:
        raise ValueError(f"not canonical columns: {sorted(unknown)}")
    filled = {**_TEXT_DEFAULTS, "raw_line_no": at + 2, **row}
    for name in _INSTANTS & filled.keys():
        filled[name] = _us(filled[name])
    for point in CLOCK_POINTS:
        missing = filled.get(f"{point}_at") is None
        filled.setdefault(f"quality_{point}", int(Quality.MISSING) if missing else 0)
    filled.setdefault("raw", [{"line": filled["raw_line_no"]}])
    content = hashlib.sha256(json.dumps(filled, sort_keys=True, default=str).encode()).hexdigest()
    return {"row_key": content[:32], **filled}


def _us(value: int | str | None) -> int | None:
    return parse_instant(value) if isinstance(value, str) else value


def _raw_columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    names = {name for row in rows for raw in row.get("raw", ()) for name in raw}
    return sorted(names - {"line"})


def _copy(lines: Path, out: Path, *, raw_columns: Sequence[str]) -> str:
    read = {name: "BIGINT" if kind == "TIMESTAMPTZ" else kind for name, kind in CALL_COLUMNS}
    fields = ", ".join(["line BIGINT", *(f'"{name}" VARCHAR' for name in raw_columns)])
    read["raw"] = f"STRUCT({fields})[]"
    columns = ", ".join(f"{name}: '{kind}'" for name, kind in read.items())
    chosen = ", ".join(
        f"make_timestamptz({name}) AS {name}" if kind == "TIMESTAMPTZ" else name for name, kind in CALL_COLUMNS
    )
    source = f"read_json({_quoted(lines)}, format = 'newline_delimited', columns = {{{columns}}})"
    return f"COPY (SELECT {chosen}, raw FROM {source}) TO {_quoted(out)} (FORMAT parquet)"


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
