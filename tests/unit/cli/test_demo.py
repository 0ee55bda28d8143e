"""`answerable demo`: a newcomer's first look."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from click.testing import Result
from tests.support.examinations import sample_examination

from answerable.cli.text import shown
from answerable.wiring.demo_record import StoryRecord


@pytest.fixture
def played(wiring: Any) -> Any:
    examination = sample_examination()
    claims = (examination.claims[0], examination.claims[3], examination.claims[9])
    wiring.answers["play_demo"] = SimpleNamespace(
        story=SimpleNamespace(requests=("A", "B")),
        examination=msgspec.structs.replace(examination, claims=claims),
        out=Path("answerable-demo/report"),
        record=StoryRecord(
            folder=Path("answerable-demo/record"),
            public=Path("answerable-demo/public"),
            entries=620,
            denial=Path("answerable-demo/receipts/R-denial.tlog-proof"),
            key=Path("answerable-demo/public/log.vkey"),
            trust=Path("answerable-demo/trust.txt"),
            log=Path("answerable-demo/log.json"),
        ),
    )
    return wiring


def test_the_demo_fits_on_one_screen_and_says_what_matters(run: Callable[..., Result], played: Any) -> None:
    done = run("demo")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert len(lines) <= 50
    assert all(len(line) <= 100 for line in lines)
    assert lines[0].startswith("Alder City, its calls and its people do not exist")
    text = " ".join(done.stdout.split())
    for said in (
        "Made just now, 1 Jun 2018 to 31 Aug 2018: 598 calls, 2 requests for assistance, 2 versions of a response",
        "SUSTAINED “Police ignored 911 calls from the federal building between 8 and 20 June”",
        "proposed, unsigned",
        "EXONERATED",
        "Nobody had complained of",
        "answerable-demo/report/report.html",
        "a record that nobody can edit unseen: 620 entries",
        "answerable-demo/receipts/R-denial.tlog-proof (of the refusal)",
        "answerable verify answerable-demo/report answerable-demo/public \\ --key answerable-demo/public/log.vkey",
        "answerable log versions answerable-demo/public --policy answerable-demo/trust.txt",
        "Recompute answerable examine calls.csv",
    ):
        assert said in text


def test_the_seed_and_the_folder_are_passed_on(run: Callable[..., Result], played: Any) -> None:
    run("demo", "--out", "elsewhere", "--seed", "7")
    ((_, (out,), given),) = played.asked
    assert (out, given["seed"]) == (Path("elsewhere"), 7)


def test_the_demo_as_json_is_one_document(run: Callable[..., Result], played: Any) -> None:
    done = run("demo", "--json")
    found = json.loads(done.stdout)
    assert done.stderr == ""
    assert found["seed"] == 2018
    assert [claim["id"] for claim in found["claims"]] == ["federal-calls", "claim-04", "claim-10"]
    assert found["report"] == "answerable-demo/report/report.html"


def test_the_demo_replaces_its_own_earlier_result_and_nothing_else(run: Callable[..., Result], played: Any) -> None:
    Path("answerable-demo/report").mkdir(parents=True)
    Path("answerable-demo/notes.txt").write_text("mine", encoding="utf-8")
    assert run("demo").exit_code == 2
    assert played.asked == []
    Path("answerable-demo/report/manifest.json").write_text('{"schema": "answerable/manifest@1"}', encoding="utf-8")
    done = run("demo")
    assert done.exit_code == 0
    assert "The earlier result in answerable-demo was replaced." in done.stdout


def test_the_command_to_recompute_stays_one_command_for_a_shell(run: Callable[..., Result], played: Any) -> None:
    words = " ".join(f"--claim 'claims/number {n}.toml'" for n in range(12))
    whole = played.answers["play_demo"]
    whole.examination = msgspec.structs.replace(whole.examination, recompute=f"answerable examine calls.csv {words}")
    text = run("demo").stdout
    command = text[text.index("answerable examine calls.csv --claim") :].rstrip("\n")
    assert command.replace("\\\n", "").split() == f"answerable examine calls.csv {words}".split()
    assert all(line.endswith("\\") for line in command.splitlines()[:-1])
    assert all(shown(line) == line for line in text.split("\n"))
