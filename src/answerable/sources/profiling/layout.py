"""A profile laid over one file's header: where each value is, as an SQL expression over c0, c1, …"""

from __future__ import annotations

from dataclasses import dataclass

from answerable.model.call import CLOCK_POINTS
from answerable.sources.profiling.header import Match, unique_names
from answerable.sources.profiling.profile import ColumnRef, Definition
from answerable.sources.sql_text import any_of, listed, literal, name

_LENGTHS = "[" + ", ".join(f"'{length}:'" for length in range(64)) + "]"
"""Most lengths, written out beforehand: writing out a number costs more than looking it up."""


@dataclass(frozen=True, slots=True)
class Layout:
    """`header` as the file has it; `match` says which position each of the profile's columns has."""

    definition: Definition
    header: tuple[str, ...]
    match: Match

    @property
    def cells(self) -> tuple[str, ...]:
        """The staging names of the file's columns: c0, c1, …"""
        return tuple(f"c{position}" for position in range(len(self.header)))

    def cell(self, column: str) -> str | None:
        """A source column's text without surrounding space, NULL for a null token; None if the file lacks it."""
        position = self.match.found.get(column)
        if position is None:
            return None
        text = f"c{position}"
        nothing = listed(dict.fromkeys((*self.definition.file.null_tokens, "")))
        # trimming costs ten times as much as seeing that there is nothing to trim
        spaced = any_of(f"{at}({text}, {literal(space)})" for space in " \t" for at in ("prefix", "suffix"))
        trimmed = f"trim({text}, ' \t')"
        return f"""(CASE WHEN {text} IN {nothing} THEN NULL WHEN NOT ({spaced}) THEN {text}
            WHEN {trimmed} IN {nothing} THEN NULL ELSE {trimmed} END)"""

    def value(self, canonical: str) -> str | None:
        """The text of a canonical column; None where the profile or the file has none."""
        ref = self.definition.ref(canonical)
        return None if ref is None else self._of_ref(ref, whole=canonical.endswith("_at"))

    def _of_ref(self, ref: ColumnRef, *, whole: bool) -> str | None:
        parts = [self.cell(column) for column in ref.names()]
        present = [part for part in parts if part is not None]
        if not present or (whole and len(present) < len(parts)):
            return None
        text = present[0]
        if len(present) > 1:
            blank = any_of(f"{part} IS NULL" for part in present) if whole else "FALSE"
            text = f"(CASE WHEN {blank} THEN NULL ELSE nullif(concat_ws(' ', {', '.join(present)}), '') END)"
        return f"nullif(regexp_extract({text}, {literal(ref.pattern)}, 1), '')" if ref.pattern else text

    def is_instant(self, point: str) -> bool:
        """Whether the times of a clock point (or of `observed`) need no zone."""
        ref = self.definition.ref(f"{point}_at")
        return ref is not None and ref.is_instant

    @property
    def points(self) -> tuple[str, ...]:
        """The clock points that this file has a column of times for, in the order in which they happen."""
        return tuple(point for point in CLOCK_POINTS if self.value(f"{point}_at") is not None)

    @property
    def intervals(self) -> tuple[str, ...]:
        """The clock points that this file gives as an interval after another."""
        return tuple(point for point in CLOCK_POINTS if point in self.definition.intervals)

    def shows(self, point: str) -> bool:
        """Whether the file says anything about a clock point."""
        return point in self.points or point in self.intervals

    def source_name(self, canonical: str) -> str:
        """The file's own name for a canonical column, to name it to a person."""
        ref = self.definition.ref(canonical)
        position = self.match.found.get(ref.column) if ref else None
        return self.header[position] if position is not None else canonical

    def raw_struct(self) -> str:
        """The source row exactly as it was read: its line and every column as text."""
        fields = zip(unique_names(self.header, taken=["line"]), self.cells, strict=True)
        return "struct_pack(line := line, " + ", ".join(f"{name(column)} := {cell}" for column, cell in fields) + ")"

    def content_hash(self) -> str:
        """SHA-256 of the row's content: for each column its length in bytes, a colon and its text."""
        parts = (f"coalesce({_LENGTHS}[strlen({cell}) + 1], strlen({cell}) || ':'), {cell}" for cell in self.cells)
        return f"sha256(concat({', '.join(parts)}))"
