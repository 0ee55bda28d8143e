"""`answerable sources draft` and the way from there: check, answer, check, import. With the real wiring."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import Result
from tests.support.answering import answered
from tests.support.drafts import minute, table

from answerable.cli.text import shown
from answerable.sources import draft_profile

CODES = ["RPT", "CAN"]
ANSWERS: dict[str, str | Mapping[str, str]] = {
    "source.publisher": "Town", "source.agency": "Town Police", "source.discipline": "police",
    "inclusion.rule": "all_calls", "inclusion.evidence": "The town says so.", "clock.timezone": "Europe/Madrid",
    "clock.policy": "local",
    "disposition": {"RPT": '{ means = "report" }', "CAN": '{ means = "cancelled_unspecified" }'},
    "bind.kind": "call", "can-answer.ignored": "partly",
}  # fmt: skip


@pytest.fixture
def town(run: Callable[..., Result]) -> Path:
    """A file of calls in the folder where commands run."""
    file = Path("town.csv")
    columns = {"Call No": "C{:03}".format, "Received": minute, "Dispo": lambda at: CODES[at % 2]}
    file.write_text(table(columns, rows=40), encoding="utf-8")
    return file


def test_a_draft_is_written_beside_and_the_page_says_what_was_found_and_what_is_asked(
    run: Callable[..., Result], town: Path
) -> None:
    done = run("sources", "draft", "town.csv")
    assert done.exit_code == 0, done.output
    text = " ".join(done.stdout.split())
    for said in (
        "It is in town.profile.toml. Nothing is read by it until 11 questions are answered there.",
        "Looked at all 40 rows",
        "columns.received_at = \"Received\" its name, 'Received'; 100 % of 40 filled rows are read as a date and time",
        "One of: police, fire, ems, crisis, other.",
        "answerable import town.csv --source town.profile.toml --out calls.parquet",
    ):
        assert said in text
    assert "means =" in Path("town.profile.toml").read_text(encoding="utf-8")


def test_every_line_that_the_page_and_the_json_name_has_the_mark_of_its_question(
    run: Callable[..., Result], town: Path
) -> None:
    found = json.loads(run("sources", "draft", "town.csv", "--out", "a.toml", "--json").stdout)
    lines = Path("a.toml").read_text(encoding="utf-8").splitlines()
    assert [f'"?{one["number"]}"' in lines[one["line"] - 1] for one in found["questions"]] == [True] * 11
    assert all(one["value"] in lines[one["line"] - 1] for one in found["guesses"])
    assert found["profile_file"] == "a.toml"
    assert "text" not in found


def test_a_file_that_is_there_is_never_replaced(run: Callable[..., Result], town: Path) -> None:
    Path("town.profile.toml").write_text("answers", encoding="utf-8")
    for words in (["sources", "draft", "town.csv"], ["sources", "draft", "town.csv", "--out", "town.profile.toml"]):
        done = run(*words)
        assert (done.exit_code, "exists already, and answers may be in it" in done.stderr) == (2, True)
    assert Path("town.profile.toml").read_text(encoding="utf-8") == "answers"


def test_a_refusal_leaves_no_file(run: Callable[..., Result], town: Path) -> None:
    Path("codes.csv").write_text("Code,Meaning\nA,Arrest\n", encoding="utf-8")
    assert run("sources", "draft", "codes.csv").exit_code == 2
    assert not Path("codes.profile.toml").exists()


def test_check_lists_what_a_draft_still_asks_and_says_when_nothing_is_left(
    run: Callable[..., Result], town: Path
) -> None:
    run("sources", "draft", "town.csv")
    done = run("sources", "check", "town.profile.toml")
    assert done.exit_code == 1
    assert "town.profile.toml: a draft with 11 open questions" in done.stdout
    assert re.search(r"4  line \d+ +Which service is it\? Write one word\. One of: police", done.stdout)
    assert json.loads(run("sources", "check", "town.profile.toml", "--json").stdout)["complete"] is False
    Path("town.profile.toml").write_text(answered(draft_profile(town), ANSWERS), encoding="utf-8")
    whole = run("sources", "check", "town.profile.toml")
    assert whole.exit_code == 0, whole.output
    assert "a whole profile, town, not yet checked against the rows" in whole.stdout
    assert json.loads(run("sources", "check", "town.profile.toml", "--json").stdout)["profile"]["id"] == "town"


def test_a_wrong_answer_is_named_by_its_key_with_the_nearest_valid_one(run: Callable[..., Result], town: Path) -> None:
    wrong = answered(draft_profile(town), ANSWERS | {"source.discipline": "polcie"})
    Path("town.toml").write_text(wrong, encoding="utf-8")
    done = run("sources", "check", "town.toml")
    assert done.exit_code == 2
    assert "profile key source.discipline: there is no such name; did you mean 'police'?" in done.stderr


@pytest.mark.parametrize("words", [["import", "town.csv", "--out", "calls.parquet"], ["examine", "town.csv"]])
def test_a_draft_imports_nothing_and_says_which_question_comes_next(
    words: list[str], run: Callable[..., Result], town: Path
) -> None:
    run("sources", "draft", "town.csv")
    done = run(*words, "--source", "town.profile.toml")
    assert done.exit_code == 2
    assert (
        "town.profile.toml, line 9: question 1 is not answered (removals). Which calls does the publisher"
        in done.stderr
    )
    assert "All of them: answerable sources check town.profile.toml" in done.stderr
    assert not Path("calls.parquet").exists()


def test_an_answered_draft_imports_the_calls(run: Callable[..., Result], town: Path) -> None:
    Path("town.toml").write_text(answered(draft_profile(town), ANSWERS), encoding="utf-8")
    done = run("import", "town.csv", "--source", "town.toml", "--out", "calls.parquet", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["calls"] == 40


def test_a_code_left_out_stops_the_import_and_names_the_file_to_say_it_in(
    run: Callable[..., Result], town: Path
) -> None:
    short = ANSWERS | {"disposition": {"RPT": '{ means = "report" }'}}
    Path("town.toml").write_text(answered(draft_profile(town), short), encoding="utf-8")
    done = run("import", "town.csv", "--source", "town.toml", "--out", "calls.parquet")
    assert done.exit_code == 2
    assert "'CAN' (20). Say in town.toml what each code means" in done.stderr
    assert "sources show" not in done.stderr


def test_a_file_that_a_profile_knows_is_said_to_be_known(run: Callable[..., Result]) -> None:
    header = (
        "CAD Event Number,Event Clearance Description,Call Type,Priority,Initial Call Type,Final Call Type,"
        "Original Time Queued,Arrived Time"
    )
    Path("seattle.csv").write_text(header + "\n1,2,3,4,5,6,7,8\n", encoding="utf-8")
    done = run("sources", "draft", "seattle.csv")
    assert done.exit_code == 0, done.output
    assert "a file that the profile seattle-wa describes" in done.stdout
    assert "answerable examine seattle.csv --source seattle-wa" in done.stdout
    assert not Path("seattle.profile.toml").exists()
    assert json.loads(run("sources", "draft", "seattle.csv", "--json").stdout)["known"] == "seattle-wa"


def test_an_unknown_file_is_told_to_be_drafted(run: Callable[..., Result], town: Path) -> None:
    for words in (["sources", "check", "town.csv"], ["examine", "town.csv"]):
        assert "`answerable sources draft FILE` begins one" in " ".join(run(*words).output.split())


def test_hostile_names_and_values_are_spelled_out_on_the_page(run: Callable[..., Result]) -> None:
    evil = "Dispo \x1b[2J\u202e"
    columns = {"Call No": "C{:03}".format, "Received": minute, evil: lambda at: f"{at % 2}\x1b]0;x\x07"}
    Path("evil.csv").write_text(table(columns, rows=40), encoding="utf-8")
    for words in (["draft", "evil.csv"], ["check", "evil.profile.toml"]):
        done = run("sources", *words)
        assert all(shown(line) == line for line in done.output.split("\n"))
        assert "open question" in done.output or "questions are answered" in done.output
