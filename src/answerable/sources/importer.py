"""A publisher's file to canonical calls: everything read is imported, quarantined or a duplicate, and counted.

Writes OUT (Parquet: CALL_COLUMNS and `raw`), `<OUT stem>.quarantine.csv` and `<OUT stem>.manifest.json`. All three
appear at the end, together; an error leaves what was there before.
"""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import duckdb
import msgspec

from answerable import __version__
from answerable.config import Settings
from answerable.errors import SourceError
from answerable.model.source import Rows, SourceManifest
from answerable.sources.accounting import first_unlisted_code, in_order_of_receipt, manifest, unlisted_codes
from answerable.sources.files.gather import Gathered, Reading, gather
from answerable.sources.files.seal import sha256_of
from answerable.sources.meaning.call_sql import calls
from answerable.sources.meaning.clock import ZoneClock, zone_clock
from answerable.sources.meaning.few_texts import find_few_texts
from answerable.sources.meaning.fold_sql import entries, kept_rows
from answerable.sources.meaning.lost_units import LostUnits, find_lost_units
from answerable.sources.meaning.times_sql import decide_folds, fault_said, span_us, timed
from answerable.sources.profiling.catalogue import profiles
from answerable.sources.profiling.header import match_header
from answerable.sources.profiling.layout import Layout
from answerable.sources.profiling.profile import ClockPolicy, Grain, Profile
from answerable.sources.rows.one_header import Columns, OneHeader, one_header
from answerable.sources.rows.stage_all import Part, Parts, Place, repeated_across, rows_by_part, stage_all
from answerable.sources.rows.staging import PARQUET, Names, Stage, count, publish, staging, watching
from answerable.sources.sql_text import literal

Progress: TypeAlias = Callable[[str, int, int | None], None]
"""Hears of the steps sealing, reading, times, writing and accounting; of reading and writing, the rows done so far."""
Beside: TypeAlias = Callable[[Path], AbstractContextManager[None]]
"""Given the calls, in full but at no place of theirs yet: a block in which somebody else reads them, too. At its end
they are left alone."""
MOST_CODES_SAID = 12


def import_calls(  # noqa: PLR0913  how a file is read, and who hears of it
    file: Path | Sequence[Path],
    *,
    profile: Profile,
    out: Path,
    encoding: str | None = None,
    sheet: str | None = None,
    as_of_us: int | None = None,
    progress: Progress | None = None,
    settings: Settings | None = None,
    beside: Beside = lambda _calls: nullcontext(),
) -> SourceManifest:
    """Import `file`, a folder or several files, under `profile` into `out`.

    `as_of_us`: up to when the file can speak, if the caller knows; `sheet`: which sheet of a workbook; `beside`: what
    reads the calls while they are accounted for.
    Raises SourceError naming file, line and column for what cannot be read at all, StorageError if the disk refuses.
    """
    tell = progress or (lambda _step, _done, _total: None)
    settings = settings or Settings()
    key = _key(file, out, profile=profile, encoding=encoding, sheet=sheet)
    with staging(out, settings, key=key) as stage:
        names = Names(stage.folder / "calls.parquet")
        found = _import(
            stage, file, profile, _reading(profile, encoding, sheet), names, as_of_us=as_of_us, tell=tell, beside=beside
        )
        names.manifest.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
        publish(names, Names(out))
    tell("done", 1, 1)
    return found


def _import(
    stage: Stage, file: Path | Sequence[Path], profile: Profile, reading: Reading, names: Names, *,
    as_of_us: int | None, tell: Progress, beside: Beside,
) -> SourceManifest:  # fmt: skip
    con = stage.con
    tell("sealing", 0, None)
    gathered = gather(file, stage.folder, reading=reading)
    stage.expect(gathered.text_bytes)
    header = one_header(
        profile, [Columns(one.readable.name, one.readable.shown, one.header) for one in gathered.opened]
    )
    layout = Layout(definition=profile.definition, header=header.header, match=header.match)
    lines = gathered.lines
    tell("reading", 0, lines)
    parts = stage_all(
        con, gathered.tables, header.placed, derive=lambda relation: timed(layout, relation),
        told=lambda done: tell("reading", done, lines),
    )  # fmt: skip
    tell("times", 0, None)
    prepared = _prepare(con, layout)
    rows = _sort_out(con, parts)
    _refuse_unlisted_in_a_draft(con, profile, layout, parts)
    tell("writing", 0, rows.imported)
    _write_quarantine(con, parts, layout, names.quarantine)
    with watching(con, lambda share: tell("writing", round(share * rows.imported), rows.imported)):
        _write_calls(con, prepared, names.parquet, as_of_us=as_of_us, place=parts.place)
    tell("accounting", 0, None)
    stage.leave_half()
    with beside(names.parquet), ThreadPoolExecutor(1, thread_name_prefix="digest") as digesting:
        digest = digesting.submit(sha256_of, names.parquet)
        if not in_order_of_receipt(con, names.parquet):
            raise AssertionError("the calls were not written in the order of receipt")
        found = manifest(
            con, profile, prepared.layout, parquet=names.parquet, seal=gathered.seal,
            encoding=gathered.encoding, rows=rows, as_of_us=as_of_us,
            notes=(*_notes(gathered, header, parts, repeated_across(con, parts)), *prepared.lost.notes()),
        )  # fmt: skip
        return msgspec.structs.replace(
            found, parquet_sha256=digest.result(), files=gathered.seals, parts=rows_by_part(con, parts, rows)
        )


def _key(file: Path | Sequence[Path], out: Path, *, profile: Profile, encoding: str | None, sheet: str | None) -> str:
    """What an import that was stopped is known by: what is read, and how. Reading tells if the bytes are the same."""
    paths = [file] if isinstance(file, Path) else list(file)
    named = [str(path.resolve()) for path in paths]
    told = msgspec.json.encode([__version__, duckdb.__version__, profile.sha256, encoding, sheet, out.name, *named])
    return hashlib.sha256(told).hexdigest()[:16]


def _reading(profile: Profile, encoding: str | None, sheet: str | None) -> Reading:
    definition = profile.definition
    return Reading(
        delimiter=definition.file.delimiter,
        encoding=encoding or definition.file.encoding,
        sheet=sheet,
        fits=lambda header: not match_header(definition, header).missing,
    )


@dataclass(frozen=True, slots=True)
class _Prepared:
    """`layout`: of `entries`, with the blanks that still mean something. `local`: the zone's wall clock over the years.
    `lost`: quarantined rows of units."""

    layout: Layout
    local: ZoneClock
    lost: LostUnits


def _prepare(con: duckdb.DuckDBPyConnection, layout: Layout) -> _Prepared:
    """Make the tables `folds`, `duplicate_rows` and `lost_units` and the views `kept` and `entries` over `numbered`."""
    clock = layout.definition.clock
    first_us, last_us = span_us(con, layout) or (0, 0)
    written = zone_clock(clock.timezone, clock.policy, first_us=first_us, last_us=last_us)
    folds = decide_folds(con, layout, written)
    duplicates = find_duplicates(con, layout)
    con.execute(
        f"CREATE OR REPLACE VIEW kept AS {kept_rows(layout, written, folds=folds > 0, duplicates=duplicates > 0)}"
    )
    lost = find_lost_units(con, layout)
    layout = lost.laid_over(layout)
    plain = layout.definition.file.grain is Grain.CALL and not folds and not duplicates
    in_order = plain and _in_order(con, layout)
    layout = dataclasses.replace(layout, few=find_few_texts(con, layout))
    con.execute(f"CREATE OR REPLACE VIEW entries AS {entries(layout, in_order=in_order, lost=lost.assigned > 0)}")
    local = zone_clock(clock.timezone, ClockPolicy.LOCAL, first_us=first_us, last_us=last_us)
    return _Prepared(layout=layout, local=local, lost=lost)


def find_duplicates(con: duckdb.DuckDBPyConnection, layout: Layout) -> int:
    """Make the table `duplicate_rows` (line, first_line) of each row that says the same as one before; how many."""
    # few rows share a number with another: only of those is the content compared
    con.execute(
        f"""CREATE OR REPLACE TABLE duplicate_rows AS SELECT line, first_line FROM (
            SELECT line, first_value(line) OVER (PARTITION BY {layout.content_hash()} ORDER BY line) AS first_line
            FROM numbered WHERE fault IS NULL AND alike IN (
                SELECT alike FROM numbered WHERE fault IS NULL GROUP BY alike HAVING count(*) > 1))
        WHERE line <> first_line"""
    )
    return count(con, "SELECT count(*) FROM duplicate_rows")


def _in_order(con: duckdb.DuckDBPyConnection, layout: Layout) -> bool:
    """Whether the rows lie in the order of receipt, as most exports do; sorting them costs more than asking."""
    if not layout.shows("received"):
        return True
    query = """SELECT count(*) FROM (
        SELECT u_received AS now, lag(u_received) OVER (ORDER BY line) AS before, line > min(line) OVER () AS follows
        FROM kept) WHERE now < before OR (follows AND before IS NULL AND now IS NOT NULL)"""
    return count(con, query) == 0


def _sort_out(con: duckdb.DuckDBPyConnection, parts: Parts) -> Rows:
    unreadable = count(con, "SELECT count(*) FROM numbered WHERE fault IS NOT NULL")
    duplicates = count(con, "SELECT count(*) FROM duplicate_rows")
    rows = Rows(
        read=parts.rows + parts.rejected,
        imported=count(con, "SELECT count(*) FROM kept"),
        quarantined=parts.rejected + unreadable,
        duplicates=duplicates,
    )
    if rows.read != rows.imported + rows.quarantined + rows.duplicates:
        raise AssertionError(f"the rows do not reconcile: {rows}")
    return rows


def _refuse_unlisted_in_a_draft(con: duckdb.DuckDBPyConnection, profile: Profile, layout: Layout, parts: Parts) -> None:
    """A code that nobody has explained stops a profile that nobody has confirmed."""
    found = None if profile.verified else first_unlisted_code(con, layout)
    if found is not None:
        at, column, value = found
        part, line = parts.of(at)
        raise SourceError(
            f"the profile {profile.id} is not verified and does not list this code",
            file=part.opened.readable.shown, line=line, column=column, value=value,
            hint=f"{_codes_said(unlisted_codes(con, layout))} {_to_confirm(profile)} Codes that a verified "
            'profile does not list are imported as unknown and counted. ("To confirm a profile" in '
            "docs/formats/source-profile.md.)",
        )  # fmt: skip


def _to_confirm(profile: Profile) -> str:
    if profile not in profiles():
        return (
            f"Say in {profile.file} what each code means; or, once you have held its calls against the rows, write "
            "there verified = true, and how it was verified."
        )
    return (
        f"To confirm the profile, save it as a file of your own (answerable sources show {profile.id} --toml), say "
        "there what each code means, hold it against the rows, write verified = true and how it was verified, and "
        "use it with --source FILE.toml."
    )


def _codes_said(unlisted: dict[str, dict[str, int]]) -> str:
    """Every column with codes to explain, the commonest codes first, so that one sitting can explain them all."""
    said = []
    for column, codes in unlisted.items():
        shown = ", ".join(f"{code!r} ({rows})" for code, rows in list(codes.items())[:MOST_CODES_SAID])
        more = f" and {len(codes) - MOST_CODES_SAID} more" if len(codes) > MOST_CODES_SAID else ""
        said.append(f"{column}: {shown}{more}")
    return f"Not listed, with the rows that have them: {'; '.join(said)}."


def _write_quarantine(con: duckdb.DuckDBPyConnection, parts: Parts, layout: Layout, path: Path) -> None:
    """file, line, column, value, reason, raw text: one line a quarantined row, in the order of the files."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("file", "line", "column", "value", "reason", "raw"))
        for part in parts.every:
            writer.writerows(sorted(_quarantined(con, part, layout)))


def _quarantined(
    con: duckdb.DuckDBPyConnection, part: Part, layout: Layout
) -> Iterator[tuple[str, int, str, str, str, str]]:
    name, before = part.opened.readable.name, part.lines_before
    within = f"line BETWEEN {before + 1} AND {before + part.staged.lines}"
    cells = f"[{', '.join(part.placed.columns)}]"
    unreadable = con.execute(
        f"""SELECT line - {before}, covers, {fault_said(layout)}, {cells} FROM numbered
        WHERE fault IS NOT NULL AND {within}"""
    ).fetchall()
    wanted = {line: covers for line, covers, *_ in unreadable}
    lines = part.opened.raw(wanted) if wanted else ()
    raw = {line: _csv_line(fields) for line, *_, fields in unreadable} if lines is None else dict(lines)
    for line, _, column, value, reason, _ in unreadable:
        yield name, line, column, value, reason, raw[line]
    rejected = con.execute(f"SELECT line - {before}, reason, raw FROM rejected WHERE {within}").fetchall()
    for line, reason, text in rejected:
        yield name, line, "", "", reason, text


def _csv_line(fields: Sequence[str]) -> str:
    """A row that is no text of its own, as a line of CSV."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(fields)
    return line.getvalue()


def _write_calls(
    con: duckdb.DuckDBPyConnection, prepared: _Prepared, path: Path, *, as_of_us: int | None, place: Place
) -> None:
    select = calls(prepared.layout, local=prepared.local, as_of_us=as_of_us, place=place)
    con.execute(f"COPY ({select}) TO {literal(str(path))} {PARQUET}")


def _notes(gathered: Gathered, header: OneHeader, parts: Parts, repeated: int) -> tuple[str, ...]:
    """How each file was read; what several share is said once."""
    several = len(parts.every) > 1
    notes = list(gathered.notes)
    for part in parts.every:
        lead = f"{part.opened.readable.name}: " if several else ""
        unpacked = part.opened.readable.notes
        said = (*part.opened.notes, *part.opened.remarks())
        notes += [note if note in unpacked else lead + note for note in said]
    notes += header.notes
    if parts.rejected:
        notes.append(f"{parts.rejected} physical lines are not rows; they are in the quarantine file.")
    if repeated:
        notes.append(f"{repeated} duplicates are copies of a row in an earlier file.")
    return tuple(notes)
