"""What the rows show about each column by itself: how full it is, how many values it has, and which."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from answerable.sources.drafting.looking import Looked
from answerable.sources.drafting.names import NUMBER_WORDS, words
from answerable.sources.drafting.paper import counted, said
from answerable.sources.sql_text import listed

NULL_TOKENS = ("NULL", "Null", "null", "N/A", "n/a", "#N/A", r"\N", "(null)", "<null>", "NaN", "nan", "[null]")
"""Texts that no publisher means as a value. Weaker ones (NA, NONE, -) can be codes and are never taken for nothing."""
MOST_VALUES = 400
"""So many values of a column are counted; a column with more is no list of codes."""
MOST_SHAPES = 60


@dataclass(frozen=True, slots=True)
class Shape:
    """Texts that are written alike: digits as 9, letters as a."""

    shape: str
    rows: int
    example: str
    line: int


@dataclass(frozen=True, slots=True)
class Facts:
    """One column. `filled`: rows with a value; `values`: the commonest ones with their rows, and `distinct` how many
    there are in all; `numbers`: rows whose value is a plain number."""

    name: str
    cell: str
    rows: int
    filled: int
    distinct: int
    longest: int
    numbers: int
    values: tuple[tuple[str, int], ...]
    shapes: tuple[Shape, ...]

    @property
    def blank(self) -> int:
        """Rows without a value."""
        return self.rows - self.filled

    @property
    def all_values_known(self) -> bool:
        """Whether `values` are all there are."""
        return len(self.values) == self.distinct

    @property
    def is_codes(self) -> bool:
        """Whether it looks like a list of codes: a few short texts, each of them often."""
        return 2 <= self.distinct <= MOST_VALUES and self.longest <= 80 and self.distinct * 3 <= self.filled

    @property
    def is_unique(self) -> bool:
        """Whether (nearly) every row has its own value."""
        return self.filled * 100 >= self.rows * 95 and self.distinct * 100 >= self.filled * 99

    @property
    def names_a_number(self) -> bool:
        """Whether its name promises a number by which something is found again."""
        return words(self.name)[-1:] != () and bool(set(words(self.name)) & set(NUMBER_WORDS))

    @property
    def counted(self) -> str:
        """How many values it has, in words."""
        return counted(self.distinct, "value")

    def commonest(self, count: int = 6) -> str:
        """Its commonest values with their rows, to be shown to a person."""
        shown = ", ".join(f"{said(value)!r} ({rows:,})" for value, rows in self.values[:count])
        more = self.distinct - count
        return shown + (f" and {more:,} more" if more > 0 else "")


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a file, and what stands for nothing in them. `blank_columns` have no value at all; `unnamed` and
    `twins` have a name that a profile cannot mean."""

    columns: tuple[Facts, ...]
    null_tokens: tuple[tuple[str, int, str], ...]
    blank_columns: tuple[str, ...]
    unnamed: tuple[str, ...]


def facts_of(looked: Looked) -> Table:
    """Every column of the file. Changes the table `numbered` for none."""
    found, empty, unnamed = [], [], []
    for position, name in enumerate(looked.header):
        if not name or looked.header.count(name) > 1:
            unnamed.append(name or f"column {position + 1}")
            continue
        one = _facts(looked, name, f"c{position}")
        if one.filled:
            found.append(one)
        else:
            empty.append(name)
    return Table(tuple(found), tuple(_tokens(looked)), tuple(empty), tuple(unnamed))


def value_of(cell: str) -> str:
    """SQL for a cell's text as an import reads it: without space around it, and NULL where it is nothing."""
    trimmed = f"trim({cell}, ' \t')"
    return f"(CASE WHEN {trimmed} IN {listed((*NULL_TOKENS, ''))} THEN NULL ELSE {trimmed} END)"


def _facts(looked: Looked, name: str, cell: str) -> Facts:
    values = f"(SELECT line, {value_of(cell)} AS v FROM numbered)"
    filled, distinct, longest, numbers = looked.one(
        rf"""SELECT count(v), count(DISTINCT v), coalesce(max(length(v)), 0),
        count(*) FILTER (regexp_full_match(v, '[-+]?[0-9]+([.][0-9]+)?')) FROM {values}"""
    )
    common = looked.all(
        f"SELECT v, count(*) FROM {values} WHERE v IS NOT NULL GROUP BY v ORDER BY count(*) DESC, v LIMIT {MOST_VALUES}"
    )
    shape = "regexp_replace(regexp_replace(v, '[0-9]', '9', 'g'), '[A-Za-z]', 'a', 'g')"
    shapes = looked.all(
        f"""SELECT {shape} AS s, count(*), arg_min(v, line), min(line) FROM {values} WHERE v IS NOT NULL
        GROUP BY s ORDER BY count(*) DESC, s LIMIT {MOST_SHAPES}"""
    )
    return Facts(
        name=name, cell=cell, rows=looked.rows, filled=filled, distinct=distinct, longest=longest, numbers=numbers,
        values=tuple((str(value), int(rows)) for value, rows in common),
        shapes=tuple(Shape(str(a), int(b), str(c), int(d)) for a, b, c, d in shapes),
    )  # fmt: skip


def _tokens(looked: Looked) -> Iterator[tuple[str, int, str]]:
    """Each text that stands for nothing, in how many fields, and the column that has it most."""
    found: dict[str, list[tuple[int, str]]] = {}
    for position, name in enumerate(looked.header):
        for token, rows in looked.all(
            f"""SELECT v, count(*) FROM (SELECT trim(c{position}, ' \t') AS v FROM numbered)
            WHERE v IN {listed(NULL_TOKENS)} GROUP BY v"""
        ):
            found.setdefault(str(token), []).append((int(rows), name or f"column {position + 1}"))
    for token in (one for one in NULL_TOKENS if one in found):
        yield token, sum(rows for rows, _ in found[token]), max(found[token])[1]


def percent(part: int, whole: int) -> str:
    """`97.3 %`; never 100 % or 0 % of what is not all or none."""
    if not whole or part in (0, whole):
        return "100 %" if whole and part else "0 %"
    return f"{min(max(100 * part / whole, 0.1), 99.9):.1f} %"


def looks_numeric(value: str) -> bool:
    """Whether a text is a whole number of one digit, as priorities are."""
    return re.fullmatch(r"\d", value) is not None
