"""Every small change of a policy: a rule, clock, condition, limit, rank or `over` that is no longer what it was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, TypeAlias

from answerable.model.duty import CLOCK_KINDS, Duty
from answerable.model.times import duration_text, parse_duration_s

Values: TypeAlias = dict[str, Any]
KINDS = tuple(kind.replace("_", "-") for kind in CLOCK_KINDS)
DURATIONS = (*KINDS, "decide-within", "review-every")
_SIGNS = {"==": "!=", "!=": "==", "<=": "<", ">=": ">", "<": "<=", ">": ">="}
_TOKEN = re.compile(r"==|!=|<=|>=|<|>|\band\b|\bor\b|\bnot\b|'[^']*'|\b[0-9]+\b|\b[a-z_]+\b|[()]")


def mutations(policy: Values) -> Iterator[tuple[str, Values]]:
    """(What was changed, the policy so changed), each with one change."""
    for table in ("duty", "clock"):
        for index, one in enumerate(policy.get(table, [])):
            for what, changed in _of_table(one, policy.get("ranks", {}).get("order", [])):
                copy = deepcopy(policy)
                copy[table][index : index + 1] = [] if changed is None else [changed]
                yield f"{table} {one['id']}: {what}", copy
    rules = policy["duty"]
    for index in range(len(rules) - 1):
        copy = deepcopy(policy)
        copy["duty"][index], copy["duty"][index + 1] = copy["duty"][index + 1], copy["duty"][index]
        yield f"duty {rules[index]['id']}: after the next rule", copy


def _of_table(table: Values, ranks: list[str]) -> Iterator[tuple[str, Values | None]]:
    yield "left out", None
    for key in ("when", "reopen-when"):
        for what, condition in _of_condition(table[key]) if key in table else ():
            yield f"{key} {what}", {**table, key: condition}
    for key in DURATIONS:
        if key in table:
            longer = duration_text(2 * parse_duration_s(table[key]))
            yield f"{key} twice as long", {**table, key: longer}
    for key in (*KINDS, "review-every", "reopen-when", "escalate-to", "satisfied-by", "over"):
        if key in table:
            yield f"{key} left out", {name: value for name, value in table.items() if name != key}
    for key in ("decline-by", "escalate-to"):
        for rank in (rank for rank in ranks if key in table and rank != table[key]):
            yield f"{key} {rank}", {**table, key: rank}
    for rule in table.get("over", []) if len(table.get("over", [])) > 1 else []:
        yield f"over without {rule}", {**table, "over": [one for one in table["over"] if one != rule]}
    yield from _of_duty(table)


def _of_duty(table: Values) -> Iterator[tuple[str, Values]]:
    if "duty" not in table:
        return
    for duty in (duty.value for duty in Duty if duty.value != table["duty"]):
        responds = duty == Duty.MUST_RESPOND
        kept = {
            key: value for key, value in table.items()
            if not responds or key not in ("decline-by", "decide-within", "review-every", "reopen-when")
        }  # fmt: skip
        extra = {} if responds or "decline-by" in table else {"decide-within": "30 min"}
        yield f"duty {duty}", {**kept, "duty": duty, **extra}


def _of_condition(text: str) -> Iterator[tuple[str, str]]:
    if text != "true":
        yield "always", "true"
    yield "negated", f"not ({text})"
    for match in _TOKEN.finditer(text):
        for other in _others(match[0]):
            place = f"{match[0]} at {match.start()} becomes {other or 'nothing'}"
            yield place, f"{text[: match.start()]}{other}{text[match.end() :]}"


def _others(word: str) -> Iterator[str]:
    """What stands in the place of one word or sign."""
    if word in _SIGNS:
        yield _SIGNS[word]
    elif word in ("and", "or"):
        yield "or" if word == "and" else "and"
    elif word == "not":
        yield ""
    elif word.isdigit():
        yield str(int(word) + 1)
        yield from [str(int(word) - 1)] if int(word) else []
