"""Holding a value against a JSON Schema: the keywords that ours uses, and an error for any other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict, "array": list, "string": (str, datetime, date, time), "integer": int, "boolean": bool,
    "number": (int, float), "null": type(None),
}  # fmt: skip
_NOTES = {"$schema", "$defs", "title", "description", "default"}


def faults(value: Any, schema: dict[str, Any], at: str = "") -> Iterator[str]:
    """Each place where `value` (as `tomllib` reads it) is not as the schema says."""
    for keyword, said in schema.items():
        if keyword not in _NOTES and keyword not in ("then", "else"):
            yield from _KEYWORDS[keyword](value, said, at, schema)


def _type(value: Any, said: str, at: str, _: dict[str, Any]) -> Iterator[str]:
    if not isinstance(value, _TYPES[said]) or (isinstance(value, bool) and said in ("integer", "number")):
        yield f"{at}: not {said}"


def _enum(value: Any, said: list[Any], at: str, _: dict[str, Any]) -> Iterator[str]:
    if not any(type(one) is type(value) and one == value for one in said):
        yield f"{at}: not among {said}"


def _properties(value: Any, said: dict[str, Any], at: str, schema: dict[str, Any]) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in said:
                yield from faults(inner, said[name], f"{at}/{name}")


def _additional(value: Any, said: bool | dict[str, Any], at: str, schema: dict[str, Any]) -> Iterator[str]:
    more = {name: inner for name, inner in value.items() if name not in schema.get("properties", {})}
    if said is False:
        yield from (f"{at}/{name}: no such key" for name in more)
    elif isinstance(said, dict):
        for name, inner in more.items():
            yield from faults(inner, said, f"{at}/{name}")


def _required(value: Any, said: list[str], at: str, _: dict[str, Any]) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (f"{at}: {name} is missing" for name in said if name not in value)


def _items(value: Any, said: dict[str, Any] | bool, at: str, schema: dict[str, Any]) -> Iterator[str]:
    if isinstance(value, list):
        for number, one in enumerate(value):
            if number < len(schema.get("prefixItems", ())):
                continue
            yield from (
                [f"{at}/{number}: one too many"]
                if said is False
                else faults(one, said if isinstance(said, dict) else {}, f"{at}/{number}")
            )


def _prefix_items(value: Any, said: list[dict[str, Any]], at: str, _: dict[str, Any]) -> Iterator[str]:
    if isinstance(value, list):
        for number, (one, schema) in enumerate(zip(value, said, strict=False)):
            yield from faults(one, schema, f"{at}/{number}")


def inlined(schema: Any, whole: dict[str, Any]) -> Any:
    """The schema with each `$ref` of `whole` replaced by what it names, which may not name itself."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return inlined(whole["$defs"][schema["$ref"].rpartition("/")[2]], whole)
        return {key: inlined(value, whole) for key, value in schema.items() if key != "$defs"}
    return [inlined(one, whole) for one in schema] if isinstance(schema, list) else schema


def _any_of(value: Any, said: list[dict[str, Any]], at: str, _: dict[str, Any]) -> Iterator[str]:
    if all([*faults(value, one)] for one in said):
        yield f"{at}: none of the alternatives"


def _not(value: Any, said: dict[str, Any], at: str, _: dict[str, Any]) -> Iterator[str]:
    if not [*faults(value, said)]:
        yield f"{at}: not allowed together"


def _if(value: Any, said: dict[str, Any], at: str, schema: dict[str, Any]) -> Iterator[str]:
    yield from faults(value, schema["else" if [*faults(value, said)] else "then"], at)


def _length(least: int, most: float) -> Any:
    def check(value: Any, said: int, at: str, _: dict[str, Any]) -> Iterator[str]:
        if isinstance(value, list | dict | str) and not said * least <= len(value) <= max(said, most):
            yield f"{at}: {len(value)} is not the length"

    return check


def _unique(value: Any, said: bool, at: str, _: dict[str, Any]) -> Iterator[str]:
    if isinstance(value, list) and any(one in value[:number] for number, one in enumerate(value)):
        yield f"{at}: twice the same"


def _pattern(value: Any, said: str, at: str, _: dict[str, Any]) -> Iterator[str]:
    if isinstance(value, str) and re.search(said, value) is None:
        yield f"{at}: {value!r} is not like {said}"


def _format(value: Any, said: str, at: str, _: dict[str, Any]) -> Iterator[str]:
    assert said == "date-time"
    if not isinstance(value, datetime) or value.tzinfo is None:
        yield f"{at}: no date and time with an offset"


_KEYWORDS: dict[str, Any] = {
    "type": _type,
    "enum": _enum,
    "const": lambda value, said, at, schema: _enum(value, [said], at, schema),
    "properties": _properties,
    "additionalProperties": _additional,
    "required": _required,
    "items": _items,
    "prefixItems": _prefix_items,
    "anyOf": _any_of,
    "not": _not,
    "if": _if,
    "minItems": _length(1, float("inf")),
    "minProperties": _length(1, float("inf")),
    "maxItems": _length(0, 0),
    "maxLength": _length(0, 0),
    "uniqueItems": _unique,
    "minimum": lambda value, said, at, _: [f"{at}: less than {said}"] * (isinstance(value, int) and value < said),
    "maximum": lambda value, said, at, _: [f"{at}: more than {said}"] * (isinstance(value, int) and value > said),
    "pattern": _pattern,
    "format": _format,
}
