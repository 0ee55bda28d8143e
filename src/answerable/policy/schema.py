"""A JSON Schema of the policy format, for editors that complete and underline while one writes.

It is made of the loader's own lists (`keys`, the vocabulary), so it cannot speak of another format. What a schema can
say it says; conditions, ranks and names of rules are the business of `answerable policy check`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from answerable.model.times import DURATION
from answerable.model.vocabulary import FACTS, VOCABULARY, FactType
from answerable.policy import keys
from answerable.policy.expectations import NONE
from answerable.policy.keys import Key, Kind
from answerable.policy.tokens import LONGEST

Schema: TypeAlias = dict[str, Any]

DRAFT: Final = "http://json-schema.org/draft-07/schema#"
"""The draft that editors of TOML know."""


def policy_schema() -> Schema:
    """The schema as JSON-ready values."""
    return {
        "$schema": DRAFT,
        "title": f"Response policy, answerable-policy = {keys.FORMAT}",
        **_table(keys.TOP, _tables),
    }


def _table(of: tuple[Key, ...], value: Callable[[Key], Schema]) -> Schema:
    return {
        "type": "object",
        "properties": {key.name: {"description": key.says, **value(key)} for key in of},
        "required": [key.name for key in of if key.required],
        "additionalProperties": False,
    }


def _tables(key: Key) -> Schema:
    if key.name == "facts":
        return {
            "type": "object",
            "properties": {fact: _declared(kind) for fact, kind in FACTS.items()},
            "additionalProperties": False,
        }
    if key.kind is not Kind.TABLES:
        return _table(keys.TABLES[key.name], _value) if key.kind is Kind.TABLE else _value(key)
    extra = {"duty": _DUTY_RULES, "clock": _CLOCK_RULES}.get(key.name, {})
    items = {**_table(keys.TABLES[key.name], _value), **extra}
    return {"type": "array", "maxItems": keys.MOST_TABLES[key.name], "minItems": int(key.required), "items": items}


def _value(key: Key) -> Schema:
    if key.kind is Kind.PERIOD:
        return _table(keys.PERIOD, _value)
    if key.kind is Kind.GIVEN:
        return {
            "type": "object",
            "properties": {fact: {"description": kind.ask, **_fact_value(kind)} for fact, kind in FACTS.items()},
            "additionalProperties": False,
        }
    if key.kind is Kind.EXPECT:
        return {**_table(keys.EXPECT, _expected), "minProperties": 1}
    return _PLAIN[key.kind]


def _expected(key: Key) -> Schema:
    """As the value itself, or `none`; lists may be empty."""
    plain = _PLAIN[key.kind]
    if plain["type"] == "array":
        return {**plain, "minItems": 0}
    return {"anyOf": [plain, {"const": NONE}]}


def _text(pattern: str) -> Schema:
    return {"type": "string", "pattern": f"^(?:{pattern})$"}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items, "minItems": 1, "uniqueItems": True}


def _declared(kind: FactType) -> Schema:
    """A declared fact: of the vocabulary's kind, with its values or fewer."""
    ask: Schema = {"type": "string", "pattern": r"\S", "description": f"The question to ask, instead of: {kind.ask}"}
    number = {"type": "integer", "minimum": kind.first, "maximum": kind.last}
    values: dict[str, Schema] = {
        "yes-no": {"const": True},
        "one-of": _list({"enum": [*kind.one_of]}),
        "ordered": {"const": True, "description": "Where < and > mean something."},
        "from": number,
        "to": number,
        "ask": ask,
    }
    return {
        "type": "object",
        "description": kind.ask,
        "properties": {name: values[name] for name in keys.FACTS[kind.kind]},
        "required": [name for name in keys.FACTS[kind.kind] if name not in ("ask", "ordered")],
        "additionalProperties": False,
    }


def _fact_value(kind: FactType) -> Schema:
    if kind.yes_no:
        return {"type": "boolean"}
    return {"enum": [*kind.one_of]} if kind.one_of else {"type": "integer", "minimum": kind.first, "maximum": kind.last}


_PLAIN: Final[dict[Kind, Schema]] = {
    Kind.FORMAT: {"type": "integer", "const": keys.FORMAT},
    Kind.TEXT: {"type": "string", "pattern": r"\S"},
    Kind.ID: _text(keys.ID),
    Kind.POLICY_ID: _text(keys.POLICY_ID),
    Kind.VERSION: _text(keys.VERSION),
    Kind.VOCABULARY: {"type": "string", "enum": [VOCABULARY]},
    Kind.INSTANT: {"type": "string", "format": "date-time"},
    Kind.RANK: _text(keys.RANK),
    Kind.RANKS: _list(_text(keys.RANK)),
    Kind.RULE: _text(keys.ID),
    Kind.RULES: _list(_text(keys.ID)),
    Kind.DUTY: {"type": "string", "enum": [*keys.DUTIES]},
    Kind.WAYS: _list({"type": "string", "enum": [*keys.WAYS]}),
    Kind.CONDITION: {"type": "string", "pattern": r"\S", "maxLength": LONGEST},
    Kind.DURATION: _text(DURATION),
    Kind.FACTS: _list({"type": "string", "enum": [*FACTS]}),
}
_DUTY_RULES: Final[Schema] = {
    "if": {"properties": {"duty": {"const": keys.DUTIES[0]}}},
    "then": {"not": {"anyOf": [{"required": [name]} for name in keys.ONLY_WHERE_DECIDED]}},
    "else": {"required": ["decline-by", "decide-within"]},
}
_CLOCK_RULES: Final[Schema] = {"anyOf": [{"required": [name]} for name in keys.LIMITS]}
