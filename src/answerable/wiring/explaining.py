"""One call held against one policy: where its facts come from, and the receipt of the decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from answerable.config import read_settings
from answerable.engines.one_call import facts_of_call
from answerable.errors import InputError, SettingsError
from answerable.model.vocabulary import FACTS, FactValue, fact_name, parse_fact
from answerable.notation import NotationError, json_values, toml_values
from answerable.policy import Explanation, Policy, check_policy, decision_receipt, differences, explain
from answerable.wiring.files import read_small
from answerable.wiring.policies import errors_among, load_one


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """A decision about one call: in words, as a receipt, and how many errors keep the policy from governing."""

    policy: Policy
    explanation: Explanation
    receipt: dict[str, Any]
    policy_errors: int


class Recomputed(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt worked out again: every difference in words, none where all is the same."""

    policy: str
    differences: tuple[str, ...]


def explain_call(
    policy: Path,
    *,
    facts: Sequence[str] = (),
    given: Path | None = None,
    calls: Path | None = None,
    call_id: str | None = None,
) -> Explained:
    """What a policy file decides about one call. `facts` (`name=value`) stand over those of the file."""
    loaded = load_one(policy)
    known: dict[str, FactValue | None] = {}
    if calls is not None:
        known |= facts_of_call(calls, call=call_id or "", settings=read_settings())
    if given is not None:
        known |= _given_facts(given)
    known |= dict(map(_fact, facts))
    return Explained(
        policy=loaded,
        explanation=explain(loaded, known),
        receipt=decision_receipt(loaded, known),
        policy_errors=len(errors_among(check_policy(loaded))),
    )


def recompute_receipt(receipt: Path, policy: Path) -> Recomputed:
    """Work a receipt's decision out again under a policy file. Raises InputError for what is no receipt."""
    loaded = load_one(policy)
    try:
        said = json_values(read_small(receipt, what="a receipt"))
    except NotationError as fault:
        raise InputError(f"{receipt}: this is not JSON: {fault}") from None
    return Recomputed(policy=loaded.name, differences=differences(said, loaded))


def _fact(text: str) -> tuple[str, FactValue | None]:
    name, sign, value = text.partition("=")
    if not sign:
        raise SettingsError(f"--fact: {text!r} is not name=value", hint="Write --fact life_safety=yes")
    try:
        fact = fact_name(name.strip())
        return fact, None if value.strip() == "unknown" else parse_fact(fact, value.strip())
    except ValueError as fault:
        raise SettingsError(f"--fact: {fault}", hint="A fact that nobody knows is left out, or =unknown.") from None


def _given_facts(file: Path) -> dict[str, FactValue | None]:
    """Facts of a JSON or TOML file, `name = value`. A JSON null is unknown."""
    data = read_small(file, what="a list of facts")
    try:
        found = toml_values(data) if file.suffix == ".toml" else json_values(data)
    except NotationError as fault:
        raise InputError(f"{file}: this is not {'TOML' if file.suffix == '.toml' else 'JSON'}: {fault}") from None
    if not isinstance(found, Mapping):
        raise InputError(f"{file}: the facts of a call are one table", hint='Write {"life_safety": true}')
    return {fact: _given_value(file, fact, value) for fact, value in found.items()}


def _given_value(file: Path, fact: str, value: object) -> FactValue | None:
    try:
        kind = FACTS[fact_name(fact)]
    except ValueError as fault:
        raise InputError(f"{file}: {fault}") from None
    if value is None:
        return None
    if not isinstance(value, bool | int | str) or not kind.admits(value):
        allowed = ", ".join(kind.one_of) or ("true, false" if kind.yes_no else f"{kind.first} to {kind.last}")
        raise InputError(f"{file}: {fact} is never {str(value)[:60]!r}", hint=f"possible: {allowed}, or leave it out")
    return value
