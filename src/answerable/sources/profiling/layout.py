"""A profile laid over one file's header: where each value is, as an SQL expression over c0, c1, …"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from answerable.model.call import CLOCK_POINTS
from answerable.sources.profiling.header import Match, unique_names
from answerable.sources.profiling.profile import ColumnRef, Definition
from answerable.sources.sql_text import any_of, enum, listed, literal, looked_up, name

_LENGTHS = "[" + ", ".join(f"'{length}:'" for length in range(64)) + "]"
"""Most lengths, written out beforehand: writing out a number costs more than looking it up."""


@dataclass(frozen=True, slots=True)
class Layout:
    """`header` as the file has it; `match` says which position each of the profile's columns has.

    `few`: cells that are columns of an enum, each with its values; what they mean is looked up, not worked out again
    in each row. Every other cell is a text.
    """

    definition: Definition
    header: tuple[str, ...]
    match: Match
    few: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def as_texts(self) -> Layout:
        """The same over cells of which each is a text."""
        return replace(self, few={})

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
        if text in self.few:
            texts = self._texts(text)
            return looked_up(text, self._read(text), kind=enum(texts) if texts else "VARCHAR")
        nothing = listed(self._nothing)
        # trimming costs ten times as much as seeing that there is nothing to trim
        spaced = any_of(f"{at}({text}, {literal(space)})" for space in " \t" for at in ("prefix", "suffix"))
        trimmed = f"trim({text}, ' \t')"
        return f"""(CASE WHEN {text} IN {nothing} THEN NULL WHEN NOT ({spaced}) THEN {text}
            WHEN {trimmed} IN {nothing} THEN NULL ELSE {trimmed} END)"""

    @property
    def _nothing(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.definition.file.null_tokens, "")))

    def _read(self, cell: str) -> list[str | None]:
        """What `cell` says of each value of a cell that has few."""
        trimmed = [(value, value.strip(" \t")) for value in self.few[cell]]
        return [None if value in self._nothing or text in self._nothing else text for value, text in trimmed]

    def _texts(self, cell: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(text for text in self._read(cell) if text is not None))

    def cell_texts(self, column: str) -> tuple[str, ...] | None:
        """The texts that `cell` can give for a source column, in the order of its enum; none where the file lacks it;
        None where it may be any text."""
        position = self.match.found.get(column)
        if position is None:
            return ()
        return self._texts(f"c{position}") if f"c{position}" in self.few else None

    def texts(self, canonical: str) -> tuple[str, ...] | None:
        """As `cell_texts`, the texts that `value` can give for a canonical column."""
        ref = self.definition.ref(canonical)
        if ref is None or self.value(canonical) is None:
            return ()
        return None if ref.with_ or ref.pattern is not None else self.cell_texts(ref.column)

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
        return f"sha256(concat({', '.join(self._measured(cell) for cell in self.cells)}))"

    def _measured(self, cell: str) -> str:
        if cell in self.few:
            values = [f"{len(value.encode())}:{value}" for value in self.few[cell]]
            return looked_up(cell, values, kind="VARCHAR")
        return f"coalesce({_LENGTHS}[strlen({cell}) + 1], strlen({cell}) || ':'), {cell}"
