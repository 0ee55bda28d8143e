"""Reading the words of a region again, a second way: does a call lie in it?"""

from __future__ import annotations

from collections.abc import Mapping

Value = bool | int | str | None


def lies_in(call: Mapping[str, Value], where: Mapping[str, str]) -> bool:
    """Whether every fact of the call is as the words say; a fact without words may be anything."""
    return all(_fits(call.get(fact), words) for fact, words in where.items())


def _fits(value: Value, words: str) -> bool:
    if words.startswith("not known to be "):
        return value is None or not _named(value, words.removeprefix("not known to be "))
    return _named(value, words)


def _named(value: Value, words: str) -> bool:
    return any(_is(value, part) for alternative in words.split(" or ") for part in alternative.split(", "))


def _is(value: Value, part: str) -> bool:
    if part in ("unknown", "known"):
        return (value is None) == (part == "unknown")
    if value is None:
        return False
    if isinstance(value, bool):
        return part == ("yes" if value else "no")
    if isinstance(value, int):
        low, _, high = part.partition(" to ")
        return int(low) <= value <= int(high or low)
    return part == value
