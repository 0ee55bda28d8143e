"""Whether anything in a table looks like a date or a time. A table without any cannot say when a call came in."""

from __future__ import annotations

from pathlib import Path

from answerable.config import Settings
from answerable.sources.files.opening import Opened
from answerable.sources.rows.reader import plain_columns
from answerable.sources.rows.staging import database
from answerable.sources.sql_text import literal

_LOOKS = (
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}",  # 2018-06-19, 6/19/2018, 19.6.18
    r"\d{1,2}:\d{2}",  # 14:05
    r"(19|20)\d{6}",  # 20180619
    r"\b1\d{9}(\d{3})?\b",  # seconds or milliseconds since 1970
    r"(?i)\b\d{1,2}[ -]?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
    r"(?i)\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2}\b",
)


def any_looks_like_a_time(opened: Opened, folder: Path) -> bool:
    """Whether a value of the table looks like a date or a time; a table without rows might have had some."""
    columns = tuple(plain_columns(len(opened.header)))
    with database(folder, Settings()) as con:
        opened.stage(
            con, columns=columns, folder=folder, derive=lambda relation: f"SELECT * FROM {relation}",
            told=lambda _lines: None,
        )  # fmt: skip
        pattern = literal("|".join(_LOOKS))
        looks = " OR ".join(f"regexp_matches({column}, {pattern})" for column in columns)
        ((rows, found),) = con.execute(f"SELECT count(*), count(*) FILTER ({looks}) FROM numbered").fetchall()
    return bool(found) or not rows
