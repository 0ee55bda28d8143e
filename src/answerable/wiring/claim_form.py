"""A claim file as the fields of a form, and back: what a person types becomes the file, and nothing else does.

Only spelling is judged here (a time, a number, a value of a fact). Whether a claim is whole is judged by its reader,
`answerable.answer.intake.claim_file`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Final
from zoneinfo import ZoneInfo

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Table
from tomlkit.toml_document import TOMLDocument

from answerable.errors import InputError
from answerable.model.claim import COMPARED, ClaimKind
from answerable.model.vocabulary import FACTS, FactValue, parse_fact
from answerable.notation import NotationError, toml_values

GIVEN: Final = "given."
"""How the name of a field begins that says a fact of a call."""

_SCOPED: Final = frozenset(ClaimKind) - {ClaimKind.LISTED_CALLS}


def parsed(text: str) -> TOMLDocument:
    """A claim file, as far as it is TOML. Raises InputError, which names line and column."""
    try:
        return tomlkit.parse(text)
    except TOMLKitError as fault:
        raise InputError(f"The text of the claim is no TOML: {fault}") from fault


def begun(kind: ClaimKind, *, id: str, said: str, by: str, calls: tuple[str, ...], monitoring: str) -> str:  # noqa: A002
    """The file of a claim that an allegation comes to. `monitoring` is the log that a lapse is looked for in."""
    claim: dict[str, Any] = {"id": id, "kind": kind.value, "text": said, "alleged-by": by}
    if kind is ClaimKind.POLICY_EXISTS:
        claim["given"] = {"kind": "call"}
    document: dict[str, Any] = {"answerable-claim": 1, "claim": claim}
    document["scope"] = {"calls": list(calls)} if calls and kind in _SCOPED - {ClaimKind.POLICY_EXISTS} else {}
    if kind in COMPARED:
        document["comparison"] = {"alpha": 0.05, "smallest-odds-ratio": 2.0, "others": "requester"}
    if kind is ClaimKind.MONITORING_LAPSE:
        document["monitoring"] = {"file": monitoring, "heartbeat-every": "5 min", "acknowledge-within": "10 min"}
    return tomlkit.dumps(document)


def tables_of(text: str) -> dict[str, Any]:
    """The tables of a claim file, to be read and not changed. Raises InputError, which names line and column."""
    try:
        return toml_values(text.encode())
    except NotationError as fault:
        raise InputError(f"The text of the claim is no TOML: {fault}") from fault


def fields_of(held: Mapping[str, Any]) -> dict[str, str]:
    """What stands in the fields of the form for the tables of a claim file."""
    claim, scope, count = (table_in(held, name) for name in ("claim", "scope", "independent-count"))
    compared, monitoring = table_in(held, "comparison"), table_in(held, "monitoring")
    found = {
        "text": claim.get("text"),
        "alleged_by": claim.get("alleged-by"),
        "then": claim.get("then"),
        "from": _time_text(scope.get("from")),
        "to": _time_text(scope.get("to")),
        "where": scope.get("where"),
        "calls": " ".join(_texts(scope.get("calls"))),
        "count_calls": count.get("calls"),
        "count_source": count.get("source"),
        "count_custodian": count.get("custodian"),
        "count_attested": _time_text(count.get("attested-at")),
        "alpha": compared.get("alpha"),
        "smallest": compared.get("smallest-odds-ratio"),
        "others": compared.get("others"),
        "neighbours": "\n".join(
            f"{district}: {', '.join(_texts(near))}" for district, near in table_in(compared, "neighbours").items()
        ),
        "every": monitoring.get("heartbeat-every"),
        "within": monitoring.get("acknowledge-within"),
        **{f"{GIVEN}{fact}": _fact_text(value) for fact, value in table_in(claim, "given").items()},
    }
    return {name: str(value) for name, value in found.items() if value not in (None, "")}


def with_frame(text: str, fields: Mapping[str, str], *, zone: ZoneInfo) -> str:
    """The file with what the form says; documents, passages, a list and a registration stay. Raises InputError."""
    document = parsed(text)
    kind = _kind(document)
    _set(_held(document, "claim"), _claim(fields, kind))
    _set(_held(document, "scope"), _scope(fields, zone=zone))
    _replace(document, "independent-count", _count(fields, zone=zone))
    if kind in COMPARED:
        _set(_held(document, "comparison"), _comparison(fields))
    if kind is ClaimKind.MONITORING_LAPSE:
        every, within = (fields.get(name, "").strip() or None for name in ("every", "within"))
        _set(_held(document, "monitoring"), {"heartbeat-every": every, "acknowledge-within": within})
    return tomlkit.dumps(document)


def with_file(text: str, table: str, file: str) -> str:
    """The file with the document that a table of it names: a list, the log of a watch, a registration."""
    document = parsed(text)
    held = _held(document, table)
    held["registration" if table == "comparison" else "file"] = file
    return tomlkit.dumps(document)


def with_document(text: str, fields: Mapping[str, str], *, id: str, file: str, zone: ZoneInfo) -> str:  # noqa: A002
    """The file with one document more that the claim rests on. Raises InputError."""
    said = {
        "id": id,
        "kind": needed(fields, "kind", "What kind of document it is"),
        "file": file,
        "sender": needed(fields, "sender", "Who wrote it"),
        "dated": instant(needed(fields, "dated", "When it was written"), name="When it was written", zone=zone),
        "passages": _lines(fields.get("passages", "")) or None,
        "about": fields.get("about", "").replace(",", " ").split() or None,
    }
    return _with_one_more(text, "evidence", said)


def with_passage(text: str, fields: Mapping[str, str]) -> str:
    """The file with one passage more of a statement, and its test. Raises InputError."""
    said = {
        "quote": needed(fields, "quote", "The passage"),
        "test": needed(fields, "test", "What it is held against"),
        "where": fields.get("where", "").strip() or None,
        "outcomes": _lines(fields.get("outcomes", "")) or None,
        "decision": fields.get("decision", "").strip() or None,
        "given": dict(_given(fields)) or None,
        "then": fields.get("then", "").strip() or None,
        "evidence": fields.get("evidence", "").strip() or None,
    }
    return _with_one_more(text, "passage", said)


def without(text: str, table: str, number: int) -> str:
    """The file without one of its documents or passages, counted from 0. Raises InputError."""
    document = parsed(text)
    held = document.get(table)
    if not isinstance(held, AoT) or not 0 <= number < len(held):
        raise InputError("That is not there any more.")
    del held[number]
    if not held:
        del document[table]
    return tomlkit.dumps(document)


def instant(text: str, *, name: str, zone: ZoneInfo) -> datetime:
    """A day or a time as people write it, local where it has no offset. Raises InputError."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InputError(
            f"{name}: {text.strip()!r} is no time.",
            hint="Write a day, 2018-06-01; a local time, 2018-06-01 14:30; or a time with its offset.",
        ) from None
    if at.tzinfo is None:
        at = at.replace(tzinfo=zone)
        if at.utcoffset() != at.replace(fold=1).utcoffset():
            raise InputError(f"{name}: {text.strip()} comes twice, or not at all.", hint="Write it with its offset.")
    offset = at.utcoffset()
    return at.replace(tzinfo=timezone(timedelta(0) if offset is None else offset))


def _claim(fields: Mapping[str, str], kind: ClaimKind) -> dict[str, Any]:
    of_policy = kind is ClaimKind.POLICY_EXISTS
    given = tomlkit.inline_table()
    given.update(dict(_given(fields)))
    return {
        "text": " ".join(needed(fields, "text", "What is alleged").split()),
        "alleged-by": " ".join(needed(fields, "alleged_by", "Who says so").split()),
        "given": given if of_policy and given else None,
        "then": (fields.get("then", "").strip() or None) if of_policy else None,
    }


def _scope(fields: Mapping[str, str], *, zone: ZoneInfo) -> dict[str, Any]:
    said = {name: fields.get(name, "").strip() for name in ("from", "to", "where")}
    return {
        "from": instant(said["from"], name="From", zone=zone) if said["from"] else None,
        "to": instant(said["to"], name="To", zone=zone) if said["to"] else None,
        "where": said["where"] or None,
        "calls": fields.get("calls", "").replace(",", " ").split() or None,
    }


def _count(fields: Mapping[str, str], *, zone: ZoneInfo) -> dict[str, Any] | None:
    """The count from another hand; None where nothing of it is said."""
    names = ("count_calls", "count_source", "count_custodian", "count_attested")
    if not any(fields.get(name, "").strip() for name in names):
        return None
    calls = needed(fields, "count_calls", "How many calls were counted")
    if not (calls.isascii() and calls.isdigit() and len(calls) < 10):
        raise InputError(f"How many calls were counted: {calls!r} is not a whole number.")
    attested = needed(fields, "count_attested", "When it was attested")
    return {
        "calls": int(calls),
        "source": needed(fields, "count_source", "What was counted"),
        "custodian": needed(fields, "count_custodian", "Who keeps that record"),
        "attested-at": instant(attested, name="When it was attested", zone=zone),
    }


def _comparison(fields: Mapping[str, str]) -> dict[str, Any]:
    near = tomlkit.inline_table()
    for line in _lines(fields.get("neighbours", "")):
        district, colon, others = line.partition(":")
        if not colon or not district.strip():
            raise InputError(f"Neighbouring districts: {line!r}.", hint="One line a district: HARBOR: CENTRAL, NORTH")
        near[district.strip()] = [one.strip() for one in others.split(",") if one.strip()]
    return {
        "alpha": _figure(fields, "alpha", "The chance of a false alarm"),
        "smallest-odds-ratio": _figure(fields, "smallest", "The smallest odds ratio that matters"),
        "others": fields.get("others", "").strip() or None,
        "neighbours": near or None,
    }


def _figure(fields: Mapping[str, str], name: str, said: str) -> float | None:
    text = fields.get(name, "").strip()
    try:
        value = float(text) if text else None
    except ValueError:
        value = math.nan
    if value is not None and not math.isfinite(value):
        raise InputError(f"{said}: {text!r} is not a number such as 0.05.")
    return value


def _given(fields: Mapping[str, str]) -> Iterator[tuple[str, FactValue]]:
    for name, value in fields.items():
        fact = name.removeprefix(GIVEN)
        if name.startswith(GIVEN) and value.strip() and fact in FACTS:
            try:
                yield fact, parse_fact(fact, value.strip())
            except ValueError as fault:
                raise InputError(f"{fact.replace('_', ' ')}: {fault}") from fault


def needed(fields: Mapping[str, str], name: str, said: str) -> str:
    """A field of the form that cannot be left empty; `said` is what it is. Raises InputError."""
    text = fields.get(name, "").strip()
    if not text:
        raise InputError(f"{said} is missing.")
    return text


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _with_one_more(text: str, name: str, said: Mapping[str, Any]) -> str:
    document = parsed(text)
    held = document.get(name)
    if not isinstance(held, AoT):
        held = tomlkit.aot()
        document[name] = held
    one = tomlkit.table()
    _set(one, said)
    held.append(one)
    return tomlkit.dumps(document)


def _kind(document: TOMLDocument) -> ClaimKind:
    said = _held(document, "claim").get("kind")
    try:
        return ClaimKind(str(said))
    except ValueError:
        raise InputError(
            f"The text of the claim: {said!r} is not a kind of claim.", hint=", ".join(ClaimKind)
        ) from None


def _held(document: TOMLDocument, name: str) -> Table:
    """A table of the document, made where there is none. Raises InputError where something else has its name."""
    if name not in document:
        document[name] = tomlkit.table()
    held = document[name]
    if not isinstance(held, Table):
        raise InputError(f"The text of the claim: [{name}] is not a table.")
    return held


def _set(table: Table, said: Mapping[str, Any]) -> None:
    """Set what is said, and take out what is said to be nothing."""
    for name, value in said.items():
        if value is not None:
            table[name] = value
        elif name in table:
            del table[name]


def _replace(document: TOMLDocument, name: str, said: Mapping[str, Any] | None) -> None:
    if said is not None:
        _set(_held(document, name), said)
    elif name in document:
        del document[name]


def table_in(held: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A table of a claim file that was read; empty where it has none, or something else under that name."""
    found = held.get(name)
    return found if isinstance(found, dict) else {}


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _time_text(value: object) -> str:
    return value.isoformat(" ") if isinstance(value, datetime) else "" if value is None else str(value)


def _fact_text(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
