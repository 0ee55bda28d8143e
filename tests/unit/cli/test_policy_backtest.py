"""`answerable policy backtest`: what it asks for, what it prints, and which folders it leaves alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from tests.support.backtests import sample_backtest
from tests.support.examinations import HOSTILE
from tests.unit.cli.conftest import Run

from answerable.cli.text import shown


def asked(run: Run, wiring: Any, *words: str) -> Result:
    wiring.answers["backtest_policy"] = sample_backtest()
    return run("policy", "backtest", "policy.toml", "--against", "calls.csv", *words)


@pytest.mark.parametrize("words", [(), ("--base", "policy.toml", "--policy", "policy.toml")])
def test_it_must_be_said_what_the_policy_is_compared_with(run: Run, wiring: Any, words: tuple[str, ...]) -> None:
    done = asked(run, wiring, *words)
    assert done.exit_code == 2
    assert "Say what V2 is compared with" in done.stderr
    assert wiring.asked == []


def test_the_options_reach_the_back_test_and_the_command_can_be_repeated(run: Run, wiring: Any) -> None:
    words = (
        "--policy",
        "policy.toml",
        "--policy",
        ".",
        "--source",
        "x",
        "--as-of",
        "2018-07-01T00:00:00Z",
        "--out",
        "o",
    )
    assert asked(run, wiring, *words).exit_code == 0
    ((_, positional, given),) = wiring.asked
    assert positional == (Path("policy.toml"),)
    assert given["policies"] == (Path("policy.toml"), Path())
    assert (given["source"], given["out"], given["base"]) == ("x", Path("o"), None)
    assert given["command"] == (
        "answerable policy backtest policy.toml --against calls.csv --source x --as-of 2018-07-01T00:00:00Z "
        "--policy policy.toml --policy ."
    )


def test_what_would_differ_is_printed_with_what_it_is_not(run: Run, wiring: Any) -> None:
    done = asked(run, wiring, "--base", "policy.toml")
    text = " ".join(done.stdout.split())
    assert "applied to 1,030 past calls" in text
    assert "another outcome 83 calls" in text
    assert "owed more, or something sooner 90 calls" in text
    assert "outcome not comparable 47 calls" in text
    assert "answered answered late 80" in text
    assert "dispatch within 15 min 5 min 80" in text
    assert "nobody's conduct" in text
    assert "90 calls differ; --out DIR lists them." in text


def test_hostile_text_in_a_policy_stays_text(run: Run, wiring: Any) -> None:
    done = asked(run, wiring, "--base", "policy.toml")
    assert all(shown(line) == line for line in done.stdout.split("\n"))


def test_as_json_it_is_one_document(run: Run, wiring: Any) -> None:
    found = json.loads(asked(run, wiring, "--base", "policy.toml", "--out", "o", "--json").stdout)
    assert found["out"] == "o"
    assert found["backtest"]["changed"] == 83
    assert HOSTILE in found["backtest"]["policy"]["title"]


def test_a_folder_with_anything_else_is_left_alone(run: Run, wiring: Any) -> None:
    Path("o").mkdir()
    Path("o/mine.txt").touch()
    done = asked(run, wiring, "--base", "policy.toml", "--out", "o")
    assert done.exit_code == 2
    assert "holds no earlier back-test" in done.stderr
    assert wiring.asked == []


def test_an_earlier_back_test_is_replaced(run: Run, wiring: Any) -> None:
    Path("o").mkdir()
    for name in ("backtest.html", "backtest.json", "changed.csv"):
        (Path("o") / name).touch()
    assert asked(run, wiring, "--base", "policy.toml", "--out", "o").exit_code == 0
