"""A later export held against what is known: which rows and calls are new, unchanged, changed, gone, undetermined.

A row is found again by the profile's `identity`, and is unchanged where every column has the same text; a column that
one of the two exports lacks counts as blank. Where several rows share an identity, or have none, only identical rows
are matched. Calls that units' rows were folded to are found by their call number, and their rows by `identity`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from string import Template

import duckdb

from answerable.errors import SourceError
from answerable.model.snapshot import States
from answerable.sources.profiling.profile import Definition, Grain
from answerable.sources.profiling.spelling import folded
from answerable.sources.rows.staging import count
from answerable.sources.sql_text import listed, literal, name

LINE = "line"
KINDS = ("rows", "calls")
QUARANTINE_COLUMNS = ("file", "line", "column", "value", "reason", "raw")
_LONGEST_LINE_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class RawColumns:
    """The columns of the source rows in `raw`: what each is called here, and the fields that hold it in a file.

    One column may have two fields, where exports of both spellings were put together; no row has both.
    """

    fields: dict[str, tuple[str, ...]]

    def text(self, column: str, *, row: str = "r") -> str:
        """SQL for a column's text in the struct `row`; NULL where the file lacks it."""
        found = [f"{row}.{name(field)}" for field in self.fields.get(column, ())]
        if not found:
            return "NULL::VARCHAR"
        return found[0] if len(found) == 1 else f"nullif(concat_ws(chr(31), {', '.join(found)}), '')"


def raw_columns(con: duckdb.DuckDBPyConnection, relation: str, definition: Definition) -> RawColumns:
    """The columns in `raw` of a relation, under the profile's name where it knows them, else under their own."""
    # a struct without any row still unfolds to its columns
    unfolded = con.execute(f"SELECT unnest(r) FROM (SELECT unnest(raw) AS r FROM {relation}) LIMIT 0").description
    fields: dict[str, tuple[str, ...]] = {}
    for field, *_ in unfolded:
        if field != LINE:
            column = _known_name(field, definition)
            fields[column] = (*fields.get(column, ()), field)
    return RawColumns(fields)


def _known_name(field: str, definition: Definition) -> str:
    spellings = {column: (column, *definition.header_drift.get(column, ())) for column, _ in definition.needed()}
    exact = [column for column, some in spellings.items() if field in some]
    alike = [column for column, some in spellings.items() if folded(field) in map(folded, some)]
    return next((found[0] for found in (exact, alike) if len(found) == 1), field)


def hold_against(
    con: duckdb.DuckDBPyConnection,
    definition: Definition,
    *,
    earlier: RawColumns,
    later: RawColumns,
    quarantine: Path,
    start: str,
) -> None:
    """Make `rows_match` and `calls_match` (earlier, later, state) over the views `earlier` (with call_no) and `later`
    (with n), and the tables `rows_earlier`, … (id, call, line, identity, content) that they speak of.

    Raises SourceError where a column of the identity is in neither.
    """
    identity = definition.file.identity
    for column in identity:
        if column not in earlier.fields and column not in later.fields:
            raise SourceError(f"the identity column {column!r} of the profile is not in the rows", column=column)
    columns = sorted({*earlier.fields, *later.fields})
    for side, raw, key in (("earlier", earlier, "call_no"), ("later", later, "n")):
        con.execute(
            f"""CREATE TABLE rows_{side} AS SELECT row_number() OVER () AS id, call, r.{LINE} AS line,
                {_identity(raw, definition)} AS identity, {_content(raw, columns)} AS content, start_us
            FROM (SELECT {key} AS call, unnest(raw) AS r, epoch_us({start}_at) AS start_us FROM {side})"""
        )
        con.execute(f"CREATE TABLE calls_{side} AS {_calls(definition.file.grain, side=side, key=key)}")
    con.execute("CREATE TABLE span AS SELECT min(start_us) AS first_us, max(start_us) AS last_us FROM calls_later")
    _tokens(con, quarantine, delimiter=definition.file.delimiter)
    parts = "from_json(identity, '[\"VARCHAR\"]')" if len(identity) > 1 else "[identity]"
    text = (resources.files("answerable.sources.snapshots") / "match.sql").read_text(encoding="utf-8")
    for kind in KINDS:
        of_units = kind == "calls" and definition.file.grain is Grain.UNIT_RESPONSE
        con.execute(Template(text).substitute(kind=kind, parts="[identity]" if of_units else parts))


def _identity(raw: RawColumns, definition: Definition) -> str:
    """The text of the only column, or the list of all as JSON; NULL where every one is blank."""
    tokens = listed((*definition.file.null_tokens, ""))
    values = []
    for column in definition.file.identity:
        trimmed = f"trim({raw.text(column)}, ' \t')"
        values.append(f"(CASE WHEN {trimmed} NOT IN {tokens} THEN {trimmed} END)")
    if len(values) == 1:
        return values[0]
    return f"(CASE WHEN coalesce({', '.join(values)}) IS NOT NULL THEN to_json([{', '.join(values)}])::VARCHAR END)"


def _content(raw: RawColumns, columns: Sequence[str]) -> str:
    """A hash over every column of either file, so that their order and a column that is blank change nothing."""
    texts = [f"coalesce({raw.text(column)}, '')" for column in columns]
    return "sha256(concat(" + ", ".join(f"strlen({text}), ':', {text}" for text in texts) + "))"


def _calls(grain: Grain, *, side: str, key: str) -> str:
    if grain is Grain.CALL:
        return f"SELECT call AS id, call, line, identity, content, start_us FROM rows_{side}"
    # a unit's row without a call number is a call of its own
    return f"""SELECT call AS id, call, min(line) AS line,
            coalesce(any_value(calls.call_id), 'row ' || min(identity)) AS identity,
            sha256(string_agg(content, '' ORDER BY content)) AS content, any_value(start_us) AS start_us
        FROM rows_{side} JOIN (SELECT {key} AS call, call_id FROM {side}) AS calls USING (call) GROUP BY call"""


def _tokens(con: duckdb.DuckDBPyConnection, quarantine: Path, *, delimiter: str) -> None:
    """The table `unread_token` (line, token): every field and word of the lines that could not be read."""
    columns = "{" + ", ".join(f"{literal(one)}: 'VARCHAR'" for one in QUARANTINE_COLUMNS) + "}"
    fields = f"list_transform(string_split(raw, {literal(delimiter)}), lambda part: trim(part, ' \t\"'))"
    con.execute(
        f"""CREATE TABLE unread_token AS SELECT DISTINCT line, unnest(list_distinct(list_concat(
                {fields}, regexp_split_to_array(raw, '["\\s,;|]+')))) AS token
            FROM read_csv({literal(str(quarantine))}, columns = {columns}, header = true, auto_detect = false,
                delim = ',', quote = '"', escape = '"', max_line_size = {_LONGEST_LINE_BYTES})"""
    )


def states(con: duckdb.DuckDBPyConnection, kind: str, *, returned: int = 0) -> States:
    """The counts of `rows_match` or `calls_match`. Raises AssertionError where they do not reconcile."""
    query = f"SELECT state, count(*), count(earlier) FROM {kind}_match GROUP BY state"
    found = {state: (whole, of_earlier) for state, whole, of_earlier in con.execute(query).fetchall()}
    number = {state: whole for state, (whole, _) in found.items()}
    undetermined, of_earlier = found.get("undetermined", (0, 0))
    counted = States(
        earlier=count(con, f"SELECT count(*) FROM {kind}_earlier"),
        later=count(con, f"SELECT count(*) FROM {kind}_later"),
        new=number.get("new", 0),
        unchanged=number.get("unchanged", 0),
        changed=number.get("changed", 0),
        gone=number.get("gone", 0),
        not_covered=number.get("not_covered", 0),
        unread=number.get("unread", 0),
        undetermined_earlier=of_earlier,
        undetermined_later=undetermined - of_earlier,
        returned=returned,
    )
    if not counted.reconciles():
        raise AssertionError(f"the {kind} of both exports do not reconcile: {counted}")
    return counted
