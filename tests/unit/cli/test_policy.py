"""`answerable policy check`: every problem with its place; the exit code says whether the policy may be used."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from click.testing import Result

from answerable.cli.text import shown


def a_problem(
    severity: str = "error", line: int = 12, message: str = "two rules conflict", hint: str | None = None
) -> Any:
    return {
        "severity": severity,
        "code": "conflict",
        "message": message,
        "line": line,
        "column": 1,
        "rule": "help",
        "hint": hint,
    }


def a_check(*problems: dict[str, Any], **changes: Any) -> Any:
    fields = {"file": "policy.toml", "id": "alder-city/response", "version": "2018-01-01", "examples": 7, "promises": 3}
    found = tuple(Problem(problem) for problem in problems)
    return SimpleNamespace(**(fields | {"problems": found} | changes))


class Problem(dict[str, Any]):
    """Stands for the policy room's own: attributes to print, a mapping for JSON."""

    def __getattr__(self, name: str) -> Any:
        return self[name]


def test_a_sound_policy_passes_and_says_what_was_tried(run: Callable[..., Result], wiring: Any) -> None:
    wiring.answers["check_policies"] = (a_check(a_problem("warning", message="rule never fires")),)
    done = run("policy", "check", "policy.toml")
    assert done.exit_code == 0
    assert wiring.asked[0][1] == (Path("policy.toml"),)
    assert "policy.toml:12:1: warning: help: rule never fires" in done.stdout
    text = " ".join(done.stdout.split())
    assert "no error. 7 examples decided as expected, 3 promises proved for every possible call; 1 warning." in text


def test_each_problem_is_printed_as_file_line_column_and_the_exit_code_is_one(
    run: Callable[..., Result], wiring: Any
) -> None:
    wiring.answers["check_policies"] = (
        a_check(a_problem(), a_problem(line=7, message="no rule for alarms")),
        a_check(file="policies/2019.toml"),
    )
    done = run("policy", "check", ".")
    assert done.exit_code == 1
    assert "policy.toml:12:1: error: help: two rules conflict" in done.stdout
    assert "policy.toml:7:1: error: help: no rule for alarms" in done.stdout
    assert "2 errors; it may not govern anything" in " ".join(done.stdout.split())


def test_a_file_that_cannot_be_loaded_is_named_without_an_id(run: Callable[..., Result], wiring: Any) -> None:
    wiring.answers["check_policies"] = (a_check(a_problem(), id="", version=""),)
    assert "\npolicy.toml: 1 error;" in run("policy", "check", "policy.toml").stdout


def test_what_to_do_stands_below_the_problem(run: Callable[..., Result], wiring: Any) -> None:
    wiring.answers["check_policies"] = (a_check(a_problem(hint="did you mean 'life_safety'?")),)
    printed = run("policy", "check", "policy.toml").stdout
    assert "policy.toml:12:1: error: help: two rules conflict\n    did you mean 'life_safety'?\n" in printed


def test_the_check_as_json_is_one_document_with_the_same_exit_code(run: Callable[..., Result], wiring: Any) -> None:
    wiring.answers["check_policies"] = (a_check(a_problem()),)
    done = run("policy", "check", "policy.toml", "--json")
    found = json.loads(done.stdout)
    assert done.exit_code == 1
    assert found["ok"] is False
    assert found["policies"][0]["problems"] == [a_problem()]
    assert (found["policies"][0]["examples"], found["policies"][0]["promises"]) == (7, 3)


def test_hostile_text_in_a_policy_is_spelled_out(run: Callable[..., Result], wiring: Any) -> None:
    wiring.answers["check_policies"] = (a_check(a_problem(message="\x1b[31m\u202e\nok"), id="\x1b]0;x\x07"),)
    done = run("policy", "check", "policy.toml")
    assert all(shown(line) == line for line in done.stdout.split("\n"))
