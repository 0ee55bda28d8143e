"""An Excel workbook (.xlsx): one sheet, row by row, every cell as text. Needs the extra `excel` (openpyxl).

A text cell stays as it is, zeros and all. A date becomes ISO text, a whole number loses the ".0" that Excel gives it.
Of a formula the value is taken that Excel last calculated; where there is none the row is rejected.
"""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from answerable.errors import MissingExtraError, SourceError
from answerable.model.source import FileSeal
from answerable.sources.files.containers import DAMAGED, LIMITS, Limits, Meter, Readable, refused, seal_bytes
from answerable.sources.rows.careful import Blank, Rejected, Row
from answerable.sources.rows.reader import Derive, Staged, Told, stage_judged

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook as Book

LAST_ROW = 1_048_576
"""Excel's own last row; a file that names a later one is forged."""
LARGEST_TEXTS_BYTES = 512 << 20
"""The workbook's table of shared texts, the only part that is read into memory whole."""
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_EXACT = 10**15
"""Whole numbers from here on have lost digits in Excel, which keeps 15."""


@dataclass(slots=True)
class Workbook:
    """One sheet of a workbook. `header` is its first row; `formulas`: whether any sheet has a formula."""

    readable: Readable
    seal: FileSeal
    sheet: str
    header: tuple[str, ...]
    formulas: bool
    _calculated: int = field(default=0)
    _errors: int = field(default=0)
    _inexact: int = field(default=0)

    @property
    def encoding(self) -> str:
        """A workbook's text is always UTF-8."""
        return "utf-8"

    @property
    def notes(self) -> tuple[str, ...]:
        """Which sheet was read, and how."""
        said = f"Read from the Excel sheet {self.sheet!r}; the line of a row is its row in the sheet."
        return (*self.readable.notes, said, "Cells that Excel keeps as dates were read as ISO text.")

    def stage(
        self, con: duckdb.DuckDBPyConnection, *, columns: tuple[str, ...], folder: Path, derive: Derive, told: Told
    ) -> Staged:
        """Load the rows of the sheet, one at a time."""
        return stage_judged(
            con,
            self._judged(),
            header=self.header,
            columns=columns,
            lines=None,
            folder=folder,
            derive=derive,
            told=told,
        )

    @property
    def lines(self) -> None:
        """How many rows a sheet has is only known when it was read."""
        return

    def raw(self, wanted: Mapping[int, int]) -> Iterator[tuple[int, str]] | None:  # noqa: ARG002  the protocol's
        """A row of a sheet is no text of its own."""
        return None

    def remarks(self) -> tuple[str, ...]:
        """What only reading every cell could tell."""
        said = (
            (self._calculated, "cells are formulas; the values that Excel last calculated were taken."),
            (self._errors, "cells hold an error of Excel (such as #N/A); it was kept as their text."),
            (self._inexact, "numbers have more than 15 digits, of which Excel keeps 15: their last digits are lost."),
        )
        return tuple(f"{count:,} {what}" for count, what in said if count)

    def _judged(self) -> Iterator[Row | Rejected | Blank]:
        width = len(self.header)
        for line, cells in _rows(self.readable, self.sheet, formulas=self.formulas):
            if line == 1:
                continue
            fields = [self._text(cell) for cell, _ in cells]
            while len(fields) > width and not fields[-1]:
                fields.pop()
            uncalculated = [at for at, (cell, formula) in enumerate(cells) if formula and cell.value is None]
            self._calculated += sum(formula for _, formula in cells) - len(uncalculated)
            if uncalculated:
                column = self.header[uncalculated[0]] if uncalculated[0] < width else f"column {uncalculated[0] + 1}"
                yield Rejected(line, f"the formula in {column} was never calculated", ",".join(fields))
            elif not any(fields):
                yield Blank(line)
            elif len(fields) > width:
                yield Rejected(line, f"expected {width} fields, found {len(fields)}", ",".join(fields))
            else:
                yield Row(line, 1, fields + [""] * (width - len(fields)))

    def _text(self, cell: Any) -> str:
        self._errors += getattr(cell, "data_type", "n") == "e"
        value = cell.value
        self._inexact += isinstance(value, int | float) and abs(value) >= _EXACT
        return _as_text(value, cell)


def open_workbook(readable: Readable, *, sheet: str | None, limits: Limits = LIMITS) -> Workbook:
    """Open a workbook's sheet. Raises MissingExtraError without openpyxl, SourceError for what cannot be read."""
    _need_openpyxl()
    try:
        formulas = _inspect(readable, limits)
    except DAMAGED as error:
        raise _unreadable(readable, error) from None
    with _book(readable, values=True) as book:
        names = [one.title for one in book.worksheets if one.sheet_state == "visible"]
    chosen = _choose(readable, names, sheet)
    with closing(_rows(readable, chosen, formulas=False)) as rows:
        first = next(rows, (1, []))[1]
    header = [_as_text(cell.value, cell).strip() for cell, _ in first]
    while header and not header[-1]:
        header.pop()
    if not header:
        raise SourceError(
            f"the first row of the sheet {chosen!r} is blank; it must name the columns", file=readable.shown, line=1,
            hint="Remove what stands above the names of the columns and save it again.",
        )  # fmt: skip
    return Workbook(readable, readable.given or seal_bytes(readable.path), chosen, tuple(header), formulas)


def _need_openpyxl() -> None:
    try:
        import openpyxl  # noqa: F401, PLC0415  an extra: only whoever reads Excel needs it
    except ImportError:
        raise MissingExtraError(
            "reading an Excel workbook needs openpyxl, which is not installed",
            hint="pip install 'answerable[excel]', or save the sheet as CSV (UTF-8) and give that.",
        ) from None


def _inspect(readable: Readable, limits: Limits) -> bool:
    """Unpack every part once, within the limits, before a library does; whether a sheet has a formula."""
    path, formulas = readable.path, False
    meter = Meter(path, limits, shown=readable.shown)
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            size_bytes, tail = 0, b""
            with archive.open(info) as source:
                for chunk in meter.chunks(source, member=info.filename):
                    size_bytes += len(chunk)
                    if info.filename == "xl/sharedStrings.xml" and size_bytes > LARGEST_TEXTS_BYTES:
                        raise refused(readable.shown, info.filename, "has more text than fits into memory")
                    joined = tail + chunk
                    if b"<!DOCTYPE" in joined or b"<!ENTITY" in joined:
                        raise refused(readable.shown, info.filename, "declares entities, which no workbook does")
                    if info.filename.startswith("xl/worksheets/"):
                        formulas = formulas or _FORMULA.search(joined) is not None
                    tail = joined[-64:]
    return formulas


@contextmanager
def _book(readable: Readable, *, values: bool) -> Iterator[Book]:
    """The workbook, opened by us and not by its name: so that it is closed whatever the library stumbles over."""
    import openpyxl  # noqa: PLC0415

    with readable.path.open("rb") as stream:
        try:
            book = openpyxl.load_workbook(stream, read_only=True, data_only=values, keep_links=False)
        except Exception as error:  # noqa: BLE001  a forged workbook can make the library raise anything
            raise _unreadable(readable, error) from None
        with closing(book):
            yield book


def _unreadable(readable: Readable, error: Exception) -> SourceError:
    said = str(error).splitlines()[0] if str(error) else type(error).__name__
    return SourceError(
        f"it cannot be read as an Excel workbook: {said}", file=readable.shown,
        hint="Open it in a spreadsheet program, save the sheet as CSV (UTF-8), and give that.",
    )  # fmt: skip


def _choose(readable: Readable, names: list[str], wanted: str | None) -> str:
    listed = ", ".join(repr(one) for one in names)
    if wanted is not None:
        if wanted not in names:
            raise SourceError(f"it has no sheet {wanted!r}", file=readable.shown, hint=f"Its sheets are: {listed}.")
        return wanted
    if len(names) != 1:
        raise SourceError(
            f"it has {len(names)} sheets: {listed}", file=readable.shown, hint="Say which with --sheet NAME."
        )
    return names[0]


def _rows(
    readable: Readable, sheet: str, *, formulas: bool
) -> Generator[tuple[int, list[tuple[Any, bool]]], None, None]:
    """Each row with its number: its cells, and whether each is a formula. Raises SourceError for a forged sheet."""
    with _book(readable, values=True) as values:
        shown = values[sheet]
        # what a sheet says of its own size is a claim of its writer
        shown.reset_dimensions()
        if not formulas:
            yield from _numbered(shown.iter_rows(), repeat(()), readable)
            return
        with _book(readable, values=False) as written:
            beneath = written[sheet]
            beneath.reset_dimensions()
            yield from _numbered(shown.iter_rows(), beneath.iter_rows(), readable)


def _numbered(
    shown: Iterator[Any], beneath: Iterator[Any], readable: Readable
) -> Iterator[tuple[int, list[tuple[Any, bool]]]]:
    line = 0
    while True:
        try:
            row, under = next(shown), next(beneath)
        except StopIteration:
            return
        except Exception as error:  # noqa: BLE001  a forged sheet can make the library raise anything
            raise _unreadable(readable, error) from None
        line += 1
        if line > LAST_ROW:
            raise SourceError(f"it has more rows than Excel can have ({LAST_ROW:,})", file=readable.shown)
        formula = [one.data_type == "f" for one in under] or [False] * len(row)
        yield line, list(zip(row, formula, strict=True))


def _as_text(value: Any, cell: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime.datetime):
        return _instant_text(value, cell)
    if isinstance(value, datetime.timedelta):
        return _duration_text(value)
    return str(value)


def _instant_text(value: datetime.datetime, cell: Any) -> str:
    from openpyxl.styles.numbers import is_datetime  # noqa: PLC0415

    if is_datetime(cell.number_format) == "date" and value.time() == datetime.time():
        return value.date().isoformat()
    return value.isoformat(sep=" ")


def _duration_text(value: datetime.timedelta) -> str:
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
