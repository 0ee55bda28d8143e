"""A decision receipt: one decision as a document that anybody with the policy can work out again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from answerable.errors import PolicyError
from answerable.model.vocabulary import FACTS, FactValue
from answerable.policy.document import Policy
from answerable.policy.explain import explain
from answerable.policy.meaning import meaning_sha256

FORMAT: Final = 1
_KEYS: Final = ("answerable-decision", "policy", "facts", "cell", "decision", "because")


def decision_receipt(policy: Policy, facts: Mapping[str, FactValue | None]) -> dict[str, Any]:
    """The decision about one call with everything needed to repeat it, as JSON-ready values.

    `policy` names the version and seals its text and its meaning; `facts` are those known of the call, in the
    vocabulary's order (what the vocabulary does not list is left out); `cell` is the number of the kind of call;
    `decision` and `because` are what `explain` finds.
    """
    known = {fact: value for fact, kind in FACTS.items() if kind.admits(value := facts.get(fact))}
    found = explain(policy, known)
    whole = msgspec.json.decode(msgspec.json.encode(found))  # lists where JSON has lists
    seals = {"text_sha256": policy.text_sha256, "meaning_sha256": meaning_sha256(policy)}
    return {
        "answerable-decision": FORMAT,
        "policy": {"id": policy.id, "version": policy.version, **seals},
        "facts": known,
        "cell": found.cell,
        "decision": whole["decision"],
        "because": {key: whole[key] for key in ("not_understood", "rules", "clocks", "questions")},
    }


def differences(receipt: object, policy: Policy) -> tuple[str, ...]:
    """What is otherwise when a receipt's decision is worked out again under `policy`; nothing where all is the same.

    Each difference names its place and both values. Raises PolicyError for what is no receipt.
    """
    said = _checked(receipt)
    return tuple(_differing(said, decision_receipt(policy, _facts(said)), ""))


def _checked(receipt: object) -> dict[str, Any]:
    if not isinstance(receipt, dict) or receipt.get("answerable-decision") != FORMAT:
        raise PolicyError("this is not a decision receipt", hint="one is written by: answerable policy explain --json")
    for key in _KEYS:
        if key not in receipt:
            raise PolicyError(f"the receipt has no {key!r}")
    for key in ("policy", "facts", "decision", "because"):
        if not isinstance(receipt[key], dict):
            raise PolicyError(f"the receipt's {key!r} is not an object")
    return receipt


def _facts(receipt: Mapping[str, Any]) -> dict[str, FactValue | None]:
    facts = receipt["facts"]
    for fact, value in facts.items():
        if fact not in FACTS or not FACTS[fact].admits(value):
            raise PolicyError(f"the receipt's fact {fact!r} is not one of the vocabulary, or has no value of it")
    return dict(facts)


def _differing(said: object, again: object, at: str) -> Iterator[str]:
    if isinstance(said, dict) and isinstance(again, dict):
        for key in dict.fromkeys([*said, *again]):
            yield from _differing(said.get(key), again.get(key), f"{at}.{key}" if at else key)
    elif isinstance(said, list) and isinstance(again, list) and len(said) == len(again):
        for index, (one, other) in enumerate(zip(said, again, strict=True)):
            yield from _differing(one, other, f"{at}[{index}]")
    elif type(said) is not type(again) or said != again:
        yield f"{at}: the receipt says {_short(said)}, the policy gives {_short(again)}"


def _short(value: object) -> str:
    text = "nothing" if value is None else msgspec.json.encode(value).decode()
    return text if len(text) <= 80 else text[:79] + "…"
