"""What an import must say about itself: counts, coverage, what no map explains. Read back from what was written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb

from answerable.model.call import CLOCK_POINTS, Inclusion, Quality
from answerable.model.source import ClockOffset, FileSeal, Rows, SourceManifest
from answerable.model.times import SECOND_US, parse_duration_s, parse_instant
from answerable.sources.meaning.facts_sql import explained
from answerable.sources.profiling.layout import Layout
from answerable.sources.profiling.profile import Profile
from answerable.sources.profiling.profile_rules import FLAGS
from answerable.sources.rows.staging import count
from answerable.sources.sql_text import listed, literal

MOST_CODES_LISTED = 200
"""An unlisted code beyond this many is counted under `(other values)`."""


class _Codes(NamedTuple):
    """A code column of the file: its own name, SQL for its text over `rows`, a table of texts with the `rows` that have
    them, and the codes that the profile lists."""

    column: str
    text: str
    rows: str
    codes: list[str]


def _code_columns(layout: Layout) -> Iterator[_Codes]:
    definition, cells = layout.definition, layout.as_texts()
    maps = {
        "disposition_raw": list(definition.disposition),
        "origin_raw": list(definition.origin),
        "priority_initial_raw": list(definition.priority),
        "priority_final_raw": list(definition.priority),
    }
    for canonical, codes in maps.items():
        ref, text = definition.ref(canonical), cells.value(canonical)
        if ref is not None and text is not None and (codes or canonical == "disposition_raw"):
            yield _Codes(layout.source_name(canonical), text, _rows(layout, *ref.names()), codes)
    for flag in FLAGS:
        rule = definition.flags.get(flag)
        cell = cells.cell(rule.column) if rule else None
        if rule is not None and cell is not None:
            yield _Codes(rule.column, cell, _rows(layout, rule.column), [*rule.yes, *rule.no])


def _rows(layout: Layout, *columns: str) -> str:
    """The rows that are imported, or as much as there is to know of them where a column has few texts."""
    cell = f"c{layout.match.found.get(columns[0])}"
    return f"few_{cell}" if cell in layout.few and len(columns) == 1 else "(SELECT *, 1 AS rows FROM kept)"


def unlisted_codes(con: duckdb.DuckDBPyConnection, layout: Layout) -> dict[str, dict[str, int]]:
    """Per source column, each value of a code column that the profile's map does not list, with its rows."""
    out: dict[str, dict[str, int]] = {}
    for one in _code_columns(layout):
        values = _unlisted(con, one)
        if values:
            out.setdefault(one.column, {}).update(values)
    return out


def first_unlisted_code(con: duckdb.DuckDBPyConnection, layout: Layout) -> tuple[int, str, str] | None:
    """Line, column and value of the first code that the profile does not list, or None."""
    for column, text, _, codes in _code_columns(layout):
        row = con.execute(
            f"""SELECT line, v FROM (SELECT min(line) AS line, {text} AS v FROM kept GROUP BY v)
            WHERE v IS NOT NULL AND v NOT IN {listed(codes or [""])} ORDER BY line LIMIT 1"""
        ).fetchone()
        if row:
            return int(row[0]), column, str(row[1])
    return None


def _unlisted(con: duckdb.DuckDBPyConnection, of: _Codes) -> dict[str, int]:
    found = con.execute(
        f"""SELECT v, rows FROM (SELECT {of.text} AS v, sum(rows)::BIGINT AS rows FROM {of.rows} GROUP BY v)
        WHERE v IS NOT NULL AND v NOT IN {listed(of.codes or [""])} ORDER BY rows DESC, v"""
    ).fetchall()
    values = {str(value): int(rows) for value, rows in found[:MOST_CODES_LISTED]}
    rest = sum(rows for _, rows in found[MOST_CODES_LISTED:])
    return values | ({"(other values)": rest} if rest else {})


def unlisted_facts(con: duckdb.DuckDBPyConnection, layout: Layout) -> dict[str, int]:
    """Per bound fact, the rows whose column has a text that is no value of the fact."""
    out = {}
    for fact, binding in layout.definition.bind.items():
        column = explained(layout.as_texts(), fact)
        if column is not None and binding.column is not None:
            text, known = column
            where = f"FROM {_rows(layout, binding.column)} WHERE {text} IS NOT NULL AND NOT {known}"
            if rows := count(con, f"SELECT coalesce(sum(rows), 0)::BIGINT {where}"):
                out[fact] = rows
    return out


def quality_counts(con: duckdb.DuckDBPyConnection, layout: Layout, parquet: Path) -> dict[str, dict[str, int]]:
    """Flagged times by clock point and Quality name, for the clock points that this file shows."""
    points = [point for point in CLOCK_POINTS if layout.shows(point)]
    if not points:
        return {}
    columns = ", ".join(f"quality_{point}" for point in points)
    # a file has few combinations of qualities, and far more calls
    found = con.execute(
        f"SELECT {columns}, count(*) FROM read_parquet({literal(str(parquet))}) GROUP BY {columns}"
    ).fetchall()
    out: dict[str, Counter[str]] = {point: Counter() for point in points}
    for *qualities, calls in found:
        for point, quality in zip(points, qualities, strict=True):
            for bit in Quality(quality):
                out[point][str(bit.name).lower()] += calls
    every = [str(bit.name).lower() for bit in Quality]
    return {point: {name: bits[name] for name in every if name in bits} for point, bits in out.items() if bits}


def span(con: duckdb.DuckDBPyConnection, layout: Layout, parquet: Path) -> tuple[int | None, int | None, int | None]:
    """The first and last receipt (or start point), and the latest time of any kind in the file."""
    start = start_point(layout) or "received"
    latest = ", ".join(f"epoch_us({point}_at)" for point in CLOCK_POINTS if layout.shows(point)) or "NULL::BIGINT"
    row = con.execute(
        f"""SELECT min(epoch_us({start}_at)), max(epoch_us({start}_at)), max(greatest({latest}))
        FROM read_parquet({literal(str(parquet))})"""
    ).fetchone()
    return (row[0], row[1], row[2]) if row else (None, None, None)


def in_order_of_receipt(con: duckdb.DuckDBPyConnection, parquet: Path) -> bool:
    """Whether the calls in a file lie in the order of receipt, those without a time of it last."""
    descents = f"""SELECT count(*) FROM (SELECT now, lag(now) OVER () AS before FROM (
        SELECT coalesce(epoch_us(received_at), {2**63 - 1}) AS now FROM read_parquet({literal(str(parquet))})))
        WHERE now < before"""
    return count(con, descents) == 0


def start_point(layout: Layout) -> str | None:
    """The clock point from which limits can be counted in this file."""
    stated = layout.definition.clock.start_point
    if stated is not None:
        return stated if layout.shows(stated) else None
    return "received" if layout.shows("received") else None


def horizon_us(layout: Layout, *, as_of_us: int | None, latest_us: int | None) -> int | None:
    """The instant up to which the file can speak: stated, else the latest time in it less its edit window."""
    clock = layout.definition.clock
    if as_of_us is not None:
        return as_of_us
    if clock.horizon is not None:
        return parse_instant(clock.horizon)
    if latest_us is None:
        return None
    return latest_us - (parse_duration_s(clock.edit_window) if clock.edit_window else 0) * SECOND_US


def manifest(  # noqa: PLR0913  one argument for each thing that was found out on the way
    con: duckdb.DuckDBPyConnection,
    profile: Profile,
    layout: Layout,
    *,
    parquet: Path,
    seal: FileSeal,
    encoding: str,
    rows: Rows,
    as_of_us: int | None,
    notes: tuple[str, ...],
) -> SourceManifest:
    """Everything an examination needs to know about what was imported, but for the digest of the file itself."""
    definition = profile.definition
    about, clock = definition.source, definition.clock
    first_us, last_us, latest_us = span(con, layout, parquet)
    return SourceManifest(
        source=about.id,
        title=about.title,
        publisher=about.publisher,
        licence=about.licence,
        citation=about.citation,
        verified=about.verified,
        profile_sha256=profile.sha256,
        file=seal,
        encoding=encoding,
        timezone=clock.timezone,
        grain=definition.file.grain.value,
        inclusion=Inclusion(definition.inclusion.rule),
        inclusion_evidence=definition.inclusion.evidence,
        rows=rows,
        calls=count(con, f"SELECT count(*) FROM read_parquet({literal(str(parquet))})"),
        start_point=start_point(layout),
        first_us=first_us,
        last_us=last_us,
        horizon_us=horizon_us(layout, as_of_us=as_of_us, latest_us=latest_us),
        blank_means_no=_meaningful_blanks(layout),
        records_callbacks=definition.records.callbacks and layout.shows("contact"),
        records_origin=definition.records.origin and layout.value("origin_raw") is not None,
        clock_offset=_offset(profile),
        removals=definition.removals,
        can_answer=definition.can_answer,
        unlisted_codes=unlisted_codes(con, layout),
        unlisted_facts=unlisted_facts(con, layout),
        quality=quality_counts(con, layout, parquet),
        notes=(*definition.notes, *notes),
        parquet_sha256="",
    )


def _meaningful_blanks(layout: Layout) -> dict[str, str]:
    """[blank-means-no] without the columns that this file lacks."""
    shown = {
        "dispatched": layout.shows("dispatched"),
        "disposition": layout.value("disposition_raw") is not None,
        "contact": layout.shows("contact"),
        "closed": layout.shows("closed"),
    }
    return {key: why for key, why in layout.definition.blank_means_no.items() if shown[key]}


def _offset(profile: Profile) -> ClockOffset | None:
    rule = profile.definition.clock.offset
    if rule is None:
        return None
    return ClockOffset(
        points=rule.points,
        ahead_from_s=rule.ahead_from_s,
        ahead_to_s=rule.ahead_to_s,
        evidence=rule.evidence,
    )
