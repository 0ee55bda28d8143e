"""A publisher's file to canonical calls: everything read is imported, quarantined or a duplicate, and counted.

Writes OUT (Parquet: CALL_COLUMNS and `raw`), `<OUT stem>.quarantine.csv` and `<OUT stem>.manifest.json`. All three
appear at the end, together; an error leaves what was there before.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import duckdb
import msgspec

from answerable.config import Settings
from answerable.errors import SourceError
from answerable.model.source import Rows, SourceManifest
from answerable.sources.accounting import count, first_unlisted_code, manifest, unlisted_codes
from answerable.sources.call_sql import calls
from answerable.sources.clock import ZoneClock, zone_clock
from answerable.sources.fold_sql import entries, kept_rows
from answerable.sources.header import Match, match_header
from answerable.sources.layout import Layout
from answerable.sources.lost_units import LostUnits, find_lost_units
from answerable.sources.opening import Source, open_source
from answerable.sources.profile import ClockPolicy, Grain, Profile
from answerable.sources.reader import Staged, raw_lines, read_header, stage_rows
from answerable.sources.sql_text import literal
from answerable.sources.staging import Names, database, publish, staging
from answerable.sources.times_sql import decide_folds, span_us, timed

Progress: TypeAlias = Callable[[str, int, int | None], None]
MOST_CODES_SAID = 12
STEPS = ("sealing", "reading", "times", "writing", "accounting")
"""The steps that a progress callback hears of, in order."""


def import_calls(
    file: Path,
    *,
    profile: Profile,
    out: Path,
    encoding: str | None = None,
    as_of_us: int | None = None,
    progress: Progress | None = None,
    settings: Settings | None = None,
) -> SourceManifest:
    """Import `file` under `profile` into `out`. `as_of_us`: up to when the file can speak, if the caller knows.

    Raises SourceError naming file, line and column for what cannot be read at all, StorageError if the disk refuses.
    """
    tell = progress or (lambda _step, _done, _total: None)
    with staging(out) as folder:
        tell(STEPS[0], 0, len(STEPS))
        delimiter = profile.definition.file.delimiter
        source = open_source(file, folder, delimiter=delimiter, stated=encoding or profile.definition.file.encoding)
        header = read_header(source.path, delimiter, shown=str(file))
        layout = _layout(profile, header, file)
        with database(folder, settings or Settings()) as con:
            tell(STEPS[1], 1, len(STEPS))
            staged = stage_rows(
                con, source.path, source.text, header=header, delimiter=delimiter, folder=folder,
                undecodable=source.undecodable, derive=lambda relation: timed(layout, relation),
            )  # fmt: skip
            tell(STEPS[2], 2, len(STEPS))
            prepared = _prepare(con, layout)
            rows = _sort_out(con, staged)
            _refuse_unlisted_in_a_draft(con, profile, layout, file)
            tell(STEPS[3], 3, len(STEPS))
            names = Names(folder / "calls.parquet")
            _write_quarantine(con, source.path, names.quarantine)
            _write_calls(con, prepared, names.parquet, as_of_us=as_of_us)
            tell(STEPS[4], 4, len(STEPS))
            found = manifest(
                con, profile, prepared.layout, parquet=names.parquet, seal=source.original.seal,
                encoding=source.encoding.name, rows=rows, as_of_us=as_of_us,
                notes=(*_notes(layout, source, staged), *prepared.lost.notes()),
                parquet_sha256=_sha256(names.parquet),
            )  # fmt: skip
        names.manifest.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
        publish(names, Names(out))
    tell("done", len(STEPS), len(STEPS))
    return found


def _layout(profile: Profile, header: tuple[str, ...], file: Path) -> Layout:
    match = match_header(profile.definition, header)
    if match.missing:
        raise SourceError(
            f"columns that the profile {profile.id} needs are missing: {', '.join(match.missing)}",
            file=str(file),
            line=1,
            hint=f"The file has: {', '.join(header)}. `answerable sources check` says which profile fits; a new "
            "spelling belongs under [header-drift] (docs/formats/source-profile.md).",
        )
    return Layout(definition=profile.definition, header=header, match=match)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """`layout`: with the blanks that still mean something. `local`: the zone's wall clock over the file's years.
    `in_order`: the entries are in the order of receipt. `lost`: quarantined rows of units."""

    layout: Layout
    local: ZoneClock
    in_order: bool
    lost: LostUnits


def _prepare(con: duckdb.DuckDBPyConnection, layout: Layout) -> _Prepared:
    """Make the tables `folds`, `duplicate_rows` and `lost_units` and the views `kept` and `entries` over `numbered`."""
    clock = layout.definition.clock
    first_us, last_us = span_us(con, layout) or (0, 0)
    written = zone_clock(clock.timezone, clock.policy, first_us=first_us, last_us=last_us)
    folds = decide_folds(con, layout, written)
    con.execute(
        """CREATE TABLE duplicate_rows AS SELECT line FROM (
            SELECT line, row_number() OVER (PARTITION BY raw_hash ORDER BY line) AS copy FROM numbered
            WHERE bad_column IS NULL AND raw_hash IN (
                SELECT raw_hash FROM numbered WHERE bad_column IS NULL GROUP BY raw_hash HAVING count(*) > 1))
        WHERE copy > 1"""
    )
    duplicates = count(con, "SELECT count(*) FROM duplicate_rows")
    con.execute(f"CREATE VIEW kept AS {kept_rows(layout, written, folds=folds > 0, duplicates=duplicates > 0)}")
    lost = find_lost_units(con, layout)
    layout = lost.laid_over(layout)
    con.execute(f"CREATE VIEW entries AS {entries(layout, lost=lost.assigned > 0)}")
    local = zone_clock(clock.timezone, ClockPolicy.LOCAL, first_us=first_us, last_us=last_us)
    plain = layout.definition.file.grain is Grain.CALL and not folds and not duplicates
    return _Prepared(layout=layout, local=local, in_order=plain and _in_order(con, layout), lost=lost)


def _in_order(con: duckdb.DuckDBPyConnection, layout: Layout) -> bool:
    """Whether the rows lie in the order of receipt, as most exports do; sorting them costs more than asking."""
    if not layout.shows("received"):
        return True
    query = """SELECT count(*) FROM (
        SELECT u_received AS now, lag(u_received) OVER (ORDER BY line) AS before, line > min(line) OVER () AS follows
        FROM kept) WHERE now < before OR (follows AND before IS NULL AND now IS NOT NULL)"""
    return count(con, query) == 0


def _sort_out(con: duckdb.DuckDBPyConnection, staged: Staged) -> Rows:
    unreadable = count(con, "SELECT count(*) FROM numbered WHERE bad_column IS NOT NULL")
    duplicates = count(con, "SELECT count(*) FROM duplicate_rows")
    rows = Rows(
        read=staged.rows + staged.rejected,
        imported=count(con, "SELECT count(*) FROM kept"),
        quarantined=staged.rejected + unreadable,
        duplicates=duplicates,
    )
    if rows.read != rows.imported + rows.quarantined + rows.duplicates:
        raise AssertionError(f"the rows do not reconcile: {rows}")
    return rows


def _refuse_unlisted_in_a_draft(con: duckdb.DuckDBPyConnection, profile: Profile, layout: Layout, file: Path) -> None:
    """A code that nobody has explained stops a profile that nobody has confirmed."""
    found = None if profile.verified else first_unlisted_code(con, layout)
    if found is not None:
        line, column, value = found
        raise SourceError(
            f"the profile {profile.id} is not verified and does not list this code",
            file=str(file), line=line, column=column, value=value,
            hint=f"{_codes_said(unlisted_codes(con, layout))} To confirm the profile, save it as a file of your own "
            f"(answerable sources show {profile.id} --toml), say there what each code means, hold it against the rows, "
            "write verified = true and how it was verified, and use it with --source FILE.toml. Codes that a verified "
            'profile does not list are imported as unknown and counted. ("To confirm a profile" in '
            "docs/formats/source-profile.md.)",
        )  # fmt: skip


def _codes_said(unlisted: dict[str, dict[str, int]]) -> str:
    """Every column with codes to explain, the commonest codes first, so that one sitting can explain them all."""
    said = []
    for column, codes in unlisted.items():
        shown = ", ".join(f"{code!r} ({rows})" for code, rows in list(codes.items())[:MOST_CODES_SAID])
        more = f" and {len(codes) - MOST_CODES_SAID} more" if len(codes) > MOST_CODES_SAID else ""
        said.append(f"{column}: {shown}{more}")
    return f"Not listed, with the rows that have them: {'; '.join(said)}."


def _write_quarantine(con: duckdb.DuckDBPyConnection, source: Path, path: Path) -> None:
    """line, column, value, reason, raw text: one line a quarantined row, in the order of the file."""
    unreadable = con.execute(
        "SELECT line, covers, bad_column, bad_value, bad_reason FROM numbered WHERE bad_column IS NOT NULL"
    ).fetchall()
    raw = dict(raw_lines(source, {line: covers for line, covers, *_ in unreadable})) if unreadable else {}
    rejected = con.execute("SELECT line, reason, raw FROM rejected").fetchall()
    rows = [(line, column, value, reason, raw[line]) for line, _, column, value, reason in unreadable]
    rows += [(line, "", "", reason, text) for line, reason, text in rejected]
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("line", "column", "value", "reason", "raw"))
        writer.writerows(sorted(rows))


def _write_calls(con: duckdb.DuckDBPyConnection, prepared: _Prepared, path: Path, *, as_of_us: int | None) -> None:
    select = calls(prepared.layout, local=prepared.local, as_of_us=as_of_us, in_order=prepared.in_order)
    con.execute(f"COPY ({select}) TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)")


def _notes(layout: Layout, source: Source, staged: Staged) -> tuple[str, ...]:
    match: Match = layout.match
    notes = [source.encoding.note] if source.encoding.note else []
    notes += [f"Column {column!r} is spelled {found!r} in this file." for column, found in match.drifted.items()]
    notes += [f"This file has no column {column!r}; what it would say is unknown." for column in match.absent]
    if staged.rejected:
        notes.append(f"{staged.rejected} physical lines are not rows; they are in the quarantine file.")
    return tuple(notes)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
