"""The conformance cases: committed as they are made, and met by this implementation reading the JSON alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.support.policy_vectors import FOLDER, Case, all_files

from answerable.errors import PolicyError
from answerable.model.vocabulary import FactType
from answerable.policy import Cells, Policy, check_policy, decide, holds, load_policy, parse_condition

FEWEST = 200


def committed(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / name).read_bytes())
    return found


def cases(name: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in committed(name)["cases"]]


def test_the_committed_files_are_those_the_makers_make() -> None:
    made = all_files()
    assert {path.name for path in FOLDER.glob("*.json")} == {*made}
    for name, text in made.items():
        assert (FOLDER / name).read_text(encoding="ascii") == text, (
            f"run: python -m tests.support.policy_vectors ({name})"
        )


def test_there_are_enough_cases_and_they_reach_every_answer() -> None:
    conditions = committed("conditions.json")["cases"]
    assert len(conditions) >= FEWEST
    assert {case["holds"] for case in conditions} == {True, False, None}
    decisions = committed("decisions.json")["cases"]
    assert len(decisions) >= FEWEST
    assert {case["decision"]["duty"] for case in decisions} == {"must-respond", "may-decline", "command-decides", None}
    assert {kind for case in decisions for kind in case["decision"]["limits"]} == {
        "dispatch-within", "arrive-within", "answer-within", "tell-caller-within",
    }  # fmt: skip
    assert {len(case["decision"]["open"]) for case in decisions} >= {0, 1, 2, 3}
    assert {case["verdict"] for case in committed("texts.json")["cases"]} == {"reads", "refused", "problems"}


def _type(kind: dict[str, Any]) -> FactType:
    return FactType(
        yes_no=kind.get("yes-no", False),
        one_of=tuple(kind.get("one-of", ())),
        ordered=kind.get("ordered", False),
        first=kind.get("from"),
        last=kind.get("to"),
    )


TYPES = {fact: _type(kind) for fact, kind in committed("conditions.json")["facts"].items()}


@pytest.mark.parametrize("case", cases("conditions.json"))
def test_a_condition_holds_as_the_case_says(case: Case) -> None:
    assert holds(parse_condition(case["when"], TYPES), case["call"]) is case["holds"]


def _policies() -> dict[str, Policy]:
    texts = committed("decisions.json")["policies"]
    return {name: load_policy(text.encode(), file=name) for name, text in texts.items()}


POLICIES = _policies()
CELLS = {name: Cells(policy) for name, policy in POLICIES.items()}


@pytest.mark.parametrize("case", cases("decisions.json"))
def test_a_call_is_decided_as_the_case_says_directly_and_by_its_cell(case: Case) -> None:
    cells = CELLS[case["policy"]]
    by_cell = cells.decision(cells.encode(case["given"]))
    directly = decide(POLICIES[case["policy"]], case["given"])
    assert by_cell == directly
    limits = {
        kind.replace("_", "-"): {"within_s": limit.within_s, "clock": limit.clock}
        for kind, limit in directly.limits.items()
    }
    expected = case["decision"]
    assert (directly.duty, directly.rule, limits) == (expected["duty"], expected["rule"], expected["limits"])
    assert sorted(directly.escalate_to) == sorted(expected["escalate_to"])
    assert sorted(directly.open) == sorted(expected["open"])


@pytest.mark.parametrize("case", cases("texts.json"))
def test_a_text_is_read_refused_or_found_fault_with_as_the_case_says(case: Case) -> None:
    text = case["text"].encode()
    if case["verdict"] == "refused":
        with pytest.raises(PolicyError) as refused:
            load_policy(text, file="case.toml")
        assert (refused.value.line, refused.value.column) == (case["line"], case["column"]), str(refused.value)
        return
    problems = [
        {"code": one.code, "severity": one.severity, "line": one.line}
        for one in check_policy(load_policy(text, file="case.toml"))
    ]
    assert problems == case.get("problems", [])
