"""`answerable generate` on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from answerable.generated import CityMade, Generated, Terms


@pytest.fixture
def made(wiring: Any) -> Any:
    city = CityMade(
        id="ashmere-police", timezone="America/New_York", folder="ashmere-police", profile="ashmere-police.toml",
        files=2, rows=1_500_000, duplicates=30_000, quarantined=7,
    )  # fmt: skip
    wiring.answers["generate_calls"] = Generated(terms=Terms(rows=1_500_000, seed=5), cities=(city,))
    return wiring


def test_it_says_what_was_made_and_how_to_read_it(run: Callable[..., Result], made: Any) -> None:
    done = run("generate", "--rows", "1500000", "--seed", "5", "--out", "some calls")
    assert done.exit_code == 0, done.output
    text = " ".join(done.stdout.split())
    assert "1,500,000 rows of 1 made-up city in some calls (seed 5)." in text
    assert "ashmere-police America/New_York 2 1,500,000 1,469,993 30,000 7" in text
    assert "answerable examine 'some calls/ashmere-police' --source 'some calls/ashmere-police.toml'" in done.stdout
    ((_, (out,), given),) = made.asked
    assert (out, given["rows"], given["seed"]) == (Path("some calls"), 1_500_000, 5)


def test_as_json_it_is_one_document(run: Callable[..., Result], made: Any) -> None:
    done = run("generate", "--rows", "1500000", "--seed", "5", "--out", "out", "--json")
    found = json.loads(done.stdout)
    assert {key: found[key] for key in ("out", "rows", "seed")} == {"out": "out", "rows": 1_500_000, "seed": 5}
    assert found["cities"][0]["calls"] == 1_469_993


@pytest.mark.parametrize("rows", ["0", "-5", "many", "10000000001"])
def test_rows_that_cannot_be_are_refused(rows: str, run: Callable[..., Result], made: Any) -> None:
    done = run("generate", "--rows", rows, "--out", "out")
    assert done.exit_code == 2
    assert "--rows" in done.stderr
    assert made.asked == []


@pytest.mark.parametrize("missing", ["--rows", "--out"])
def test_how_many_and_where_must_be_said(missing: str, run: Callable[..., Result], made: Any) -> None:
    words = {"--rows": "5", "--out": "out"}
    del words[missing]
    done = run("generate", *(word for pair in words.items() for word in pair))
    assert done.exit_code == 2
    assert missing in done.stderr


def test_a_file_in_the_place_of_the_folder_is_refused(run: Callable[..., Result], made: Any) -> None:
    done = run("generate", "--rows", "5", "--out", "calls.csv")
    assert done.exit_code == 2
    assert "is a file" in done.stderr


def test_the_help_says_what_is_made_and_that_a_stopped_run_goes_on(run: Callable[..., Result], made: Any) -> None:
    text = " ".join(run("generate", "--help").stdout.split())
    for said in (
        "six made-up cities",
        "The same rows and seed give the same bytes.",
        "goes on when the same command is given again",
        "answerable generate --rows 240000000 --seed 1 --out generated/",
    ):
        assert said in text
