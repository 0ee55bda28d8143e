"""Strict reading of a small CSV that people keep by hand: every fault names line, column and value."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from answerable.errors import ClaimError
from answerable.model.times import parse_instant

T = TypeVar("T")


class Row:
    """One row with its place, so that what is wrong with a value can say where it stands."""

    def __init__(self, values: dict[str, str], *, file: str, line: int) -> None:
        self._values, self._file, self._line = values, file, line

    def text(self, column: str) -> str:
        """The value of a column that must not be blank."""
        value = self._values.get(column, "").strip()
        if not value:
            raise self.fault(column, "is blank; it must be given")
        return value

    def optional(self, column: str) -> str | None:
        """The value of a column, or None where it is blank or the column is not there."""
        return self._values.get(column, "").strip() or None

    def instant_us(self, column: str) -> int:
        """The instant in a column, in microseconds; it needs an offset."""
        return self.parsed(column, parse_instant)

    def optional_instant_us(self, column: str) -> int | None:
        """The instant in a column, or None where it is blank."""
        return None if self.optional(column) is None else self.instant_us(column)

    def parsed(self, column: str, parse: Callable[[str], T]) -> T:
        """The value of a column through `parse`; its ValueError becomes a fault that names the place."""
        text = self.text(column)
        try:
            return parse(text)
        except ValueError as fault:
            raise self.fault(column, str(fault)) from fault

    def fault(self, column: str, message: str) -> ClaimError:
        """The error for a value of this row."""
        value = self._values.get(column)
        return ClaimError(message, file=self._file, line=self._line, column=column, value=value)


def rows(data: bytes, *, file: str, required: Sequence[str], optional: Sequence[str] = ()) -> Iterator[Row]:
    """The rows of a CSV with exactly these columns, in any order. Raises ClaimError."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = data[: fault.start].count(b"\n") + 1
        raise ClaimError(f"{file}, line {line}: not UTF-8 (byte {data[fault.start]:#04x}); save it as UTF-8") from fault
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, None)
        if header is None:
            raise ClaimError(f"{file} is empty; its first line must be: {','.join((*required, *optional))}")
        _check_header(header, file=file, required=required, optional=optional)
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(header):
                raise ClaimError(f"expected {len(header)} fields, found {len(cells)}", file=file, line=reader.line_num)
            yield Row(dict(zip(header, cells, strict=True)), file=file, line=reader.line_num)
    except csv.Error as fault:
        raise ClaimError(f"{file}, line {reader.line_num}: {fault}") from fault


def _check_header(header: Sequence[str], *, file: str, required: Sequence[str], optional: Sequence[str]) -> None:
    missing = [column for column in required if column not in header]
    unknown = [column for column in header if column not in (*required, *optional)]
    if missing or unknown:
        parts = [
            f"missing: {', '.join(missing)}" if missing else "",
            f"unknown: {', '.join(unknown)}" if unknown else "",
        ]
        raise ClaimError(
            f"{file}, line 1: the columns do not fit ({'; '.join(part for part in parts if part)})",
            hint=f"Expected {', '.join(required)}; optional: {', '.join(optional) or 'none'}.",
        )
