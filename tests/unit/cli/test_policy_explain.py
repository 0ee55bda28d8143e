"""`answerable policy explain`: where the facts come from, what is printed, and receipts worked out again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.support.policy_packs import ALDER, changed

from answerable.cli import app
from answerable.cli.text import shown

Run = Callable[..., Result]
REQUEST = (
    "kind=request_for_assistance", "asks_for=additional_resources", "requester=federal_agency",
    "place=federal_property", "officer_assaulted=no", "safe_exit_needed=no", "alternatives_exhausted=no",
)  # fmt: skip


@pytest.fixture
def explain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `policy explain policy.toml …` beside the policy of Alder City, 100 columns wide."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    Path("policy.toml").write_text(ALDER, encoding="utf-8")

    def invoke(*words: str, policy: str = "policy.toml") -> Result:
        return CliRunner().invoke(app, ["policy", "explain", policy, *words])

    return invoke


def facts(*pairs: str) -> list[str]:
    return [word for pair in pairs for word in ("--fact", pair)]


def test_the_page_tells_duty_rule_clauses_clocks_and_questions(explain: Run) -> None:
    text = explain(*facts(*REQUEST)).stdout
    assert "Duty     may decline\n" in text
    assert "Rule     agency-resources: A federal agency that asks for more officers" in text
    assert "Cite     Directive B.4\n" in text
    assert "Decline  by deputy_chief or above\n" in text
    assert "  unknown  life-safety: life_safety\n" in text
    assert "  yes      agency-resources (decides: may decline)\n    yes      all of\n" in text
    assert "          no       alternatives_exhausted\n          unknown  own_service_used\n" in text
    assert "  yes      any (does not run under this duty): true\n" in text
    assert "· life_safety: Could anybody be hurt or killed?" in text


def test_a_clock_that_binds_says_so(explain: Run) -> None:
    text = explain(*facts("kind=call", "priority=2")).stdout
    assert "Limit   dispatched within 15 min (clock p2)\n" in text
    assert "  yes      p2 (dispatched within 15 min, binds): priority == 2\n" in text
    assert "  yes      any (dispatched within 4 h): true\n" in text


def test_where_no_rule_applies_it_is_called_a_gap(explain: Run) -> None:
    Path("gap.toml").write_text(changed(ALDER, 'when = "not known(kind)"', 'when = "holiday"'), encoding="utf-8")
    text = explain(policy="gap.toml").stdout
    assert "Duty  none: no rule applies. This is a gap in the policy." in text
    assert "No rule applies." in text


def test_a_policy_with_errors_is_explained_and_said_to_govern_nothing(explain: Run) -> None:
    Path("wrong.toml").write_text(changed(ALDER, 'open = ["life_safety"]', "open = []"), encoding="utf-8")
    assert "This policy has 1 error and governs nothing" in explain(policy="wrong.toml").stdout


@pytest.mark.parametrize("name", ["facts.json", "facts.toml"])
def test_facts_come_from_a_file_too_and_a_fact_given_by_hand_stands_over_it(explain: Run, name: str) -> None:
    text = '{"kind": "call", "priority": 2}' if name.endswith("json") else 'kind = "call"\npriority = 2\n'
    Path(name).write_text(text, encoding="utf-8")
    assert "dispatched within 15 min (clock p2)" in explain("--given", name).stdout
    assert "dispatched within 5 min (clock p0-1)" in explain("--given", name, "--fact", "priority=1").stdout
    assert "dispatched within 4 h (clock any)" in explain("--given", name, "--fact", "priority=unknown").stdout


def test_the_json_is_a_receipt_that_comes_out_the_same(explain: Run) -> None:
    done = explain(*facts("kind=call", "priority=2"), "--json")
    Path("receipt.json").write_text(done.stdout, encoding="utf-8")
    again = explain("--recompute", "receipt.json")
    assert (again.exit_code, again.stdout) == (0, "Same: alder-city/response 2018-01-01 decides as the receipt says.\n")
    as_json = explain("--recompute", "receipt.json", "--json")
    assert json.loads(as_json.stdout) == {"same": True, "differences": []}


def test_an_altered_receipt_exits_with_one_and_names_what_differs(explain: Run) -> None:
    receipt = json.loads(explain(*facts("kind=call", "priority=2"), "--json").stdout)
    receipt["decision"]["duty"] = "may-decline\x1b[2J"
    Path("receipt.json").write_text(json.dumps(receipt), encoding="utf-8")
    again = explain("--recompute", "receipt.json")
    assert again.exit_code == 1
    text = " ".join(again.stdout.split())
    assert 'decision.duty: the receipt says "may-decline' in text
    assert all(shown(line) == line for line in again.stdout.split("\n"))
    assert json.loads(explain("--recompute", "receipt.json", "--json").stdout)["same"] is False


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--fact", "kin=call"], "did you mean 'kind'?"),
        (["--fact", "place=moon"], "it takes city, federal_property, elsewhere"),
        (["--fact", "life_safety=1"], "is not yes or no"),
        (["--fact", "priority"], "is not name=value"),
        (["--calls", "policy.toml"], "--calls and --call-id go together"),
        (["--call-id", "7"], "--calls and --call-id go together"),
        (["--recompute", "policy.toml", "--fact", "kind=call"], "takes the facts from the receipt"),
        (["--recompute", "policy.toml"], "this is not JSON"),
        (["--given", "policy.toml"], "is not a fact of the vocabulary"),
        (["--given", "list.json"], "the facts of a call are one table"),
        (["--given", "wrong.json"], "priority is never '12'"),
        (["--given", "broken.json"], "this is not JSON"),
        (["--given", "nowhere.json"], "does not exist"),
    ],
)
def test_what_cannot_be_used_is_said(explain: Run, words: list[str], message: str) -> None:
    for name, text in (("list.json", "[]"), ("wrong.json", '{"priority": 12}'), ("broken.json", "{" * 100_000)):
        Path(name).write_text(text, encoding="utf-8")
    done = explain(*words)
    assert done.exit_code == 2
    assert message in " ".join(done.stderr.split())


def test_a_call_is_taken_from_canonical_calls(explain: Run, tmp_path: Path) -> None:
    import duckdb  # noqa: PLC0415

    from answerable.model.call import FACT_COLUMNS  # noqa: PLC0415

    columns = ", ".join(f"CAST({_given(name)} AS {kind}) AS {name}" for name, kind in FACT_COLUMNS)
    rows = " UNION ALL ".join(
        f"SELECT '{key}' AS row_key, {number} AS call_id, {columns}"
        for key, number in (("aa", "'18-1'"), ("bb", "'18-2'"), ("cc", "'18-2'"), ("dd", "NULL"))
    )
    for kind, options in (("parquet", "FORMAT parquet"), ("csv", "FORMAT csv, HEADER")):
        duckdb.sql(f"COPY ({rows}) TO 'calls.{kind}' ({options})")
    for file in ("calls.parquet", "calls.csv"):
        for name in ("18-1", "dd", "bb"):
            receipt = json.loads(explain("--calls", file, "--call-id", name, "--json").stdout)
            assert receipt["facts"] == {"kind": "call", "priority": 1, "life_safety": True}
        twice = explain("--calls", file, "--call-id", "18-2")
        assert twice.exit_code == 2
        assert "several calls have this number" in twice.stderr
        assert "bb, cc" in " ".join(twice.stderr.split())
        nobody = explain("--calls", file, "--call-id", "x")
        assert "there is no such call" in nobody.stderr
    Path("other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert (
        "this is not a file that `answerable import` wrote" in explain("--calls", "other.csv", "--call-id", "1").stderr
    )


def _given(column: str) -> str:
    given: dict[str, Any] = {"fact_kind": "'call'", "fact_priority": "1", "fact_life_safety": "true"}
    return str(given.get(column, "NULL"))
