"""The one place where a name or a value from a profile or a file becomes part of an SQL text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def name(text: str) -> str:
    """A quoted identifier."""
    return '"' + text.replace('"', '""') + '"'


def literal(value: str | int | bool | None) -> str:
    """A literal: text, whole number, yes-no or NULL. Text with a NUL byte cannot be one (ValueError)."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if "\0" in value:
        raise ValueError("a text with a NUL byte cannot be written in SQL")
    return "'" + value.replace("'", "''") + "'"


def listed(values: Iterable[str]) -> str:
    """A parenthesised list of text literals, for IN. Never empty: an empty one holds NULL only."""
    return "(" + (", ".join(literal(value) for value in values) or "NULL") + ")"


def any_of(conditions: Iterable[str]) -> str:
    """Conditions joined by OR; none is false."""
    return " OR ".join(f"({condition})" for condition in conditions) or "FALSE"


def cases(subject: str, pairs: Iterable[tuple[str, str]], *, otherwise: str = "NULL") -> str:
    """A CASE that maps text values of `subject` to SQL expressions."""
    arms = " ".join(f"WHEN {literal(value)} THEN {result}" for value, result in pairs)
    return f"(CASE {subject} {arms} ELSE {otherwise} END)" if arms else f"({otherwise})"


def enum(texts: Iterable[str]) -> str:
    """The type of a text that is one of these, none of them twice. It is stored as a small number."""
    return f"ENUM({', '.join(literal(text) for text in texts)})"


def looked_up(
    coded: str, found: Sequence[str | int | bool | None], *, kind: str, blank: str | int | None = None
) -> str:
    """What belongs to each value of a column of an enum, in the order of its values; `blank` where it has none."""
    values = ", ".join(literal(one) for one in (blank, *found))
    return f"((([{values}])::{kind}[])[coalesce(enum_code({coded})::INTEGER + 2, 1)])"
