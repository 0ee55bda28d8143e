"""Every command of the desk with a hostile text in each field that takes one, and a mark by which it is found again."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
from msgspec import inspect

from answerable.watch import commands as do

KINDS: tuple[type[do.Command], ...] = get_args(do.Command)
NAMED = ("id", "about", "into", "other", "from_call", "alarm", "person", "calls")
"""Fields that name an entry or a person."""

NOW_US = 1_529_434_800_000_000


def mark(kind: type[do.Command], field: str) -> str:
    """What is written into a field: an image that runs a script when it cannot be loaded, and where it was written."""
    tag = str(kind.__struct_config__.tag)
    return f"<img src=x onerror=window.gotIn=1> of {tag} in {field}"


def fields_of(kind: type[do.Command]) -> list[str]:
    """The fields of a command that take a text."""
    return [one.name for one in inspect.type_info(kind).fields if one.name not in NAMED and _takes_text(one.type)]  # type: ignore[attr-defined]


def hostile(kind: type[do.Command], *, id: str, about: str) -> do.Command:  # noqa: A002
    """A command of a kind about a call, with its mark in every text. Not one that a door would let through."""
    values = dict[str, Any]()
    for one in inspect.type_info(kind).fields:  # type: ignore[attr-defined]
        if one.name in ("calls",):
            values[one.name] = (about,)
        elif one.name in NAMED:
            values[one.name] = id if one.name == "id" else about
        else:
            values[one.name] = _value(one.type, mark(kind, one.name))
    return kind(**values)


def _takes_text(kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.UnionType):
        return any(_takes_text(one) for one in kind.types)
    if isinstance(kind, inspect.VarTupleType):
        return _takes_text(kind.item_type)
    if isinstance(kind, inspect.StructType):
        return any(_takes_text(one.type) for one in kind.fields)
    return isinstance(kind, inspect.StrType | inspect.DictType)


def _value(kind: inspect.Type, text: str) -> Any:
    if isinstance(kind, inspect.UnionType):
        return _value(max(kind.types, key=lambda one: (_takes_text(one), not isinstance(one, inspect.NoneType))), text)
    if isinstance(kind, inspect.VarTupleType):
        return (_value(kind.item_type, text),)
    if isinstance(kind, inspect.StructType):
        return kind.cls(**{one.name: _value(one.type, text) for one in kind.fields})
    if isinstance(kind, inspect.DictType):
        return {"kind": "call", "asks_for": text, text: text}
    if isinstance(kind, inspect.EnumType):
        return next(iter(kind.cls))
    if isinstance(kind, inspect.BoolType):
        return True
    if isinstance(kind, inspect.IntType):
        return NOW_US if kind.ge is None and kind.gt is None else max(1, int(kind.ge or 0))
    return text if isinstance(kind, inspect.StrType) else msgspec.UNSET
