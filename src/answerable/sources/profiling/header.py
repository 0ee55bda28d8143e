"""The header of a file against a profile: which column is which, under which spelling, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from answerable.sources.profiling.profile import Definition
from answerable.sources.profiling.spelling import folded


@dataclass(frozen=True, slots=True)
class Match:
    """`found`: profile column -> position in the header. `drifted`: profile column -> the file's spelling, where that
    differs. `missing`: columns that the profile needs; `absent`: optional ones that this file lacks."""

    found: dict[str, int]
    drifted: dict[str, str]
    missing: tuple[str, ...]
    absent: tuple[str, ...]


def match_header(definition: Definition, header: tuple[str, ...]) -> Match:
    """Find each column by its exact name, then by a known drifted spelling, then by letters alone."""
    needed: dict[str, bool] = {}
    for column, optional in definition.needed():
        needed[column] = needed.get(column, True) and optional
    found = {column: at for column in needed if (at := _position(definition, header, column)) is not None}
    return Match(
        found=found,
        drifted={column: header[at] for column, at in found.items() if header[at] != column},
        missing=tuple(column for column, optional in needed.items() if column not in found and not optional),
        absent=tuple(column for column, optional in needed.items() if column not in found and optional),
    )


def _position(definition: Definition, header: tuple[str, ...], column: str) -> int | None:
    spellings = (column, *definition.header_drift.get(column, ()))
    for spelling in spellings:
        if spelling in header:
            return header.index(spelling)
    letters = [folded(name) for name in header]
    for spelling in spellings:
        # two columns that differ only in case or spaces: neither is taken on a guess
        if letters.count(folded(spelling)) == 1:
            return letters.index(folded(spelling))
    return None


def unique_names(header: Iterable[str], *, taken: Iterable[str] = ()) -> tuple[str, ...]:
    """Column names that differ in more than case: a blank one is `column 3`, a repeated one gets ` (2)`."""
    used = {name.casefold() for name in taken}
    names: list[str] = []
    for position, column in enumerate(header, start=1):
        plain = column or f"column {position}"
        name, copy = plain, 2
        while name.casefold() in used:
            name, copy = f"{plain} ({copy})", copy + 1
        used.add(name.casefold())
        names.append(name)
    return tuple(names)
