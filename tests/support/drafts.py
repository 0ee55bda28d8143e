"""Small made-up files to draft a profile from, and what the draft says of them."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from answerable.sources import Draft, draft_profile

Column = Callable[[int], str]
"""The text of a column in row n, from 0 on."""


def minute(at: int, *, after_s: int = 0, form: str = "{y}-{m:02}-{d:02} {H:02}:{M:02}:{S:02}") -> str:
    """A time in row n, three hours and seven minutes after the one before; none of the first thousand at midnight."""
    total_s = 3_723 + at * 11_220 + after_s
    days, rest = divmod(total_s, 86_400)
    month, day = divmod(days, 28)
    hour = rest // 3600
    return form.format(
        y=2020, m=month % 12 + 1, d=day + 1, H=hour, M=rest // 60 % 60, S=rest % 60,
        I=(hour + 11) % 12 + 1, p="AM" if hour < 12 else "PM",
    )  # fmt: skip


def table(columns: Mapping[str, Column], *, rows: int = 60, delimiter: str = ",") -> str:
    """A file of such columns."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([column(at) for column in columns.values()] for at in range(rows))
    return out.getvalue()


def draft_of(folder: Path, columns: Mapping[str, Column], *, rows: int = 60, **how: Any) -> Draft:
    """The draft of a file of such columns, beside a call's number and its receipt unless they are given."""
    every: dict[str, Column] = {"Call No": lambda at: f"C{at:05}", "Received": minute} | dict(columns)
    file = folder / "calls.csv"
    file.write_text(table(every, rows=rows), encoding="utf-8")
    return draft_profile(file, **how)


def guessed(draft: Draft) -> dict[str, Any]:
    """Every guess by its key, its value as TOML has it."""
    return {one.key: tomllib.loads(f"value = {one.value}")["value"] for one in draft.guesses}


def evidence(draft: Draft, key: str) -> str:
    """The evidence of a guess or of a question, in one text."""
    found = [one.evidence for one in draft.guesses if one.key == key]
    found += [one.evidence for one in draft.questions if one.key == key]
    assert len(found) == 1, f"{len(found)} entries have the key {key}"
    return "; ".join(found[0])


def spoken(draft: Draft) -> str:
    """The draft's text with its comments unwrapped."""
    return " ".join(draft.text.replace("\n#", " ").split())


def asked(draft: Draft) -> set[str]:
    """The keys of the questions."""
    return {one.key for one in draft.questions}


def unused(draft: Draft) -> dict[str, str]:
    """Why each column is not used."""
    return {one.column: one.why for one in draft.unused}
