"""Several tables under one header: the same columns, wherever each file has them and however it spells them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from answerable.errors import SourceError
from answerable.sources.profiling.header import Match, match_header, unique_names
from answerable.sources.profiling.profile import Profile
from answerable.sources.rows.reader import Derive


class Columns(NamedTuple):
    """A table's own header. `name` is what notes call it, `shown` what errors do, with its folder."""

    name: str
    shown: str
    header: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """Where one table's columns go: `columns` names them c0, c1, … of the whole; `lacking`: those it does not have."""

    columns: tuple[str, ...]
    lacking: tuple[str, ...]

    def derive(self, inner: Derive) -> Derive:
        """`inner` over the table with the columns that it lacks, which are blank."""
        if not self.lacking:
            return inner
        blank = ", ".join(f"'' AS {column}" for column in self.lacking)
        return lambda relation: inner(f"(SELECT *, {blank} FROM {relation})")


@dataclass(frozen=True, slots=True)
class OneHeader:
    """`header` and `match` of the whole; `placed`: each table in it, in their order."""

    header: tuple[str, ...]
    match: Match
    placed: tuple[Placed, ...]
    notes: tuple[str, ...]


def one_header(profile: Profile, tables: Sequence[Columns]) -> OneHeader:
    """Lay the tables' headers over one another.

    A column that the profile uses must be in every file or in none: a file that lacks it would look as if nothing had
    been recorded. Other columns may come and go. Raises SourceError naming file and columns.
    """
    matches = [_match(profile, one) for one in tables]
    whole = _Whole(tables[0], matches[0])
    placed = [tuple(whole.place(one, match)) for one, match in zip(tables, matches, strict=True)]
    cells = [f"c{position}" for position in range(len(whole.header))]
    every = tuple(Placed(has, tuple(cell for cell in cells if cell not in set(has))) for has in placed)
    return OneHeader(tuple(whole.header), matches[0], every, tuple(_notes(tables, matches, whole.header, every)))


class _Whole:
    """The header of all, growing by each unused column that no table before had."""

    def __init__(self, first: Columns, match: Match) -> None:
        self._first, self._match = first, match
        self.header = list(first.header)
        self._at = {column: position for position, column in enumerate(unique_names(first.header))}

    def place(self, table: Columns, match: Match) -> Iterator[str]:
        """The staging name of each column of a table, in its own order."""
        _same_columns(self._match, match, first=self._first, other=table)
        mapped = {position: self._match.found[column] for column, position in match.found.items()}
        used = set(mapped.values())
        for position, column in enumerate(unique_names(table.header)):
            target = mapped.get(position)
            if target is None:
                target = self._at.get(column)
                if target is None or target in used:
                    target = self._new(column, table.header[position])
            used.add(target)
            yield f"c{target}"

    def _new(self, column: str, spelled: str) -> int:
        self.header.append(spelled)
        return self._at.setdefault(column, len(self.header) - 1)


def _match(profile: Profile, table: Columns) -> Match:
    match = match_header(profile.definition, table.header)
    twice = sorted(name for at in match.found.values() if table.header.count(name := table.header[at]) > 1)
    if twice:
        raise SourceError(
            f"more than one column is named {twice[0]!r}: which is meant cannot be told", file=table.shown, line=1,
            hint="Give each column a name of its own.",
        )  # fmt: skip
    if match.missing:
        raise SourceError(
            f"columns that the profile {profile.id} needs are missing: {', '.join(match.missing)}",
            file=table.shown,
            line=1,
            hint=f"The file has: {', '.join(table.header)}. `answerable sources check` says which profile fits; a new "
            "spelling belongs under [header-drift] (docs/formats/source-profile.md).",
        )
    return match


def _same_columns(one: Match, two: Match, *, first: Columns, other: Columns) -> None:
    only_one, only_two = set(one.found) - set(two.found), set(two.found) - set(one.found)
    if only_one or only_two:
        column = min(only_one or only_two)
        has, lacks = (first, other) if only_one else (other, first)
        raise SourceError(
            f"it has no column {column!r}, which {has.name} has", file=lacks.shown, line=1,
            hint="Import the two apart: put together, the one would look as if nothing had been recorded there.",
        )  # fmt: skip


def _notes(
    tables: Sequence[Columns], matches: Sequence[Match], whole: Sequence[str], placed: Sequence[Placed]
) -> list[str]:
    """What is spelled otherwise and what is absent, each with the files that it is true of."""
    told: dict[str, list[str]] = {}
    for table, match, place in zip(tables, matches, placed, strict=True):
        for column, found in match.drifted.items():
            told.setdefault(f"Column {column!r} is spelled {found!r} in ", []).append(table.name)
        for cell in place.lacking:
            told.setdefault(f"Column {whole[int(cell[1:])]!r}, of no use here, is absent from ", []).append(table.name)
    several = len(tables) > 1
    nowhere = "None of the files has a column" if several else "This file has no column"
    return [
        *(f"{said}{_these(names) if several else 'this file'}." for said, names in told.items()),
        *(f"{nowhere} {column!r}; what it would say is unknown." for column in matches[0].absent),
    ]


def _these(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
