"""`answerable examine`: describing alone, deciding with a policy."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import Result
from tests.support.examinations import BIDI, empty_examination, sample_examination

from answerable.cli.text import shown
from answerable.model.call import Inclusion
from answerable.model.examination import MonthCoverage, SeveralSources
from answerable.model.outcome import Outcome
from answerable.report.words import OUTCOMES

POLICY = ("--policy", "policy.toml", "--out", "report")


@pytest.fixture
def described(wiring: Any) -> Any:
    wiring.answers["describe_files"] = msgspec.structs.replace(
        sample_examination(), claims=(), outcomes={}, undetermined={}, recompute="", made_up=""
    )
    return wiring


@pytest.fixture
def examined(wiring: Any) -> Any:
    examination = sample_examination()
    wiring.answers["examine_file"] = msgspec.structs.replace(examination, ignored=examination.nobody_complained)
    return wiring


def test_alone_it_describes_the_file(run: Callable[..., Result], described: Any) -> None:
    done = run(
        "examine", "calls.csv", "--source", "alder-city", "--encoding", "cp1252", "--as-of", "2018-09-01T00:00:00Z"
    )
    assert done.exit_code == 0, done.output
    ((name, (file,), given),) = described.asked
    assert (name, file) == ("describe_files", (Path("calls.csv"),))
    assert given["source"] == "alder-city"
    assert given["encoding"] == "cp1252"
    assert given["as_of"] == "2018-09-01T00:00:00Z"
    for said in (
        "calls.csv: Alder City calls for service, summer 2018",
        "742 read = 738 imported + 3 quarantined + 1 byte-identical duplicates",
        "Was the call received?    yes     Every call has the time it was received.",
        "Who decided, and why?     no      Decisions are in no column",
        "Jun 2018",
        "received to dispatched    412  18 min 42 s   6 min 42 s      44 min",
        "Officer-initiated, where nobody was waiting, apart from the above",
        "unable to locate (UTL)             44  7.3 %",
        "DEF (9)",
        "yes (480), no (111), not recorded (9)",
    ):
        assert said in done.stdout


def test_without_a_source_the_header_decides(run: Callable[..., Result], described: Any) -> None:
    run("examine", "calls.csv")
    assert described.asked[0][2]["source"] is None


def test_the_description_as_json_is_one_document(run: Callable[..., Result], described: Any) -> None:
    done = run("examine", "calls.csv", "--json")
    found = json.loads(done.stdout)
    assert done.stderr == ""
    assert found["rows"] == {"read": 742, "imported": 738, "quarantined": 3, "duplicates": 1}
    assert found["calls"] == 600
    assert found["source"] == "alder-city"
    assert found["can_answer"]["who_decided"]["answer"] == "no"
    assert found["description"]["dispatched"] == {"yes": 480, "no": 111, "not_recorded": 9}
    assert found["source_details"]["inclusion"] == "all_calls"
    assert "outcomes" not in found


@pytest.mark.parametrize("columns", [40, 80, 100, 200])
def test_no_line_of_prose_or_table_is_wider_than_the_page(
    columns: int, run: Callable[..., Result], described: Any
) -> None:
    text = run("examine", "calls.csv", columns=columns).stdout
    assert max(map(len, text.splitlines())) <= min(columns, 100)
    assert all(line == line.rstrip() for line in text.splitlines())


def test_many_months_are_shown_by_year_and_none_is_lost(run: Callable[..., Result], described: Any) -> None:
    months = tuple(
        MonthCoverage(month=f"{year}-{month:02}", calls=10, recorded={"received": 10, "arrived": month})
        for year in (2015, 2016, 2017)
        for month in range(1, 13)
    )
    whole = described.answers["describe_files"]
    described.answers["describe_files"] = msgspec.structs.replace(
        whole, description=msgspec.structs.replace(whole.description, coverage=months)
    )
    text = run("examine", "calls.csv").stdout
    assert "Clock points recorded, by year" in text
    assert re.search(r"2016\s+120\s+100 %\s+65 %", text)
    found = json.loads(run("examine", "calls.csv", "--json").stdout)
    assert len(found["description"]["coverage"]) == 36


def test_a_file_without_calls_is_described_without_a_fault(run: Callable[..., Result], wiring: Any) -> None:
    wiring.answers["describe_files"] = empty_examination()
    done = run("examine", "calls.csv")
    assert done.exit_code == 0, done.output
    assert "0, none with a time of receipt" in done.stdout


@pytest.mark.parametrize(
    "useless", [["--claim", "claim.toml"], ["--out", "report"], ["--facts", "calls.csv"], ["--decisions", "calls.csv"]]
)
def test_what_only_a_policy_makes_sense_of_is_refused_without_one(
    useless: list[str], run: Callable[..., Result], wiring: Any
) -> None:
    done = run("examine", "calls.csv", *useless)
    assert done.exit_code == 2
    assert f"{useless[0]} without --policy FILE|DIR" in done.stderr
    assert wiring.asked == []


def test_a_policy_without_a_folder_for_the_report_is_refused(run: Callable[..., Result], wiring: Any) -> None:
    done = run("examine", "calls.csv", "--policy", "policy.toml")
    assert done.exit_code == 2
    assert "--policy needs --out DIR" in done.stderr
    assert wiring.asked == []


def test_with_a_policy_the_findings_come_first_in_plain_words(run: Callable[..., Result], examined: Any) -> None:
    done = run("examine", "calls.csv", *POLICY, "--claim", "claim.toml")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0].startswith("federal-calls: “Police ignored 911 calls from the federal building")
    assert lines[2] == "  SUSTAINED"
    assert lines[3].startswith("  The record supports (proposed, unsigned): 1 of 41 calls in scope was unheard")
    assert (
        done.stdout.index("SUSTAINED") < done.stdout.index("What became of the calls") < done.stdout.index("742 read")
    )
    assert "“Officers came quickly each time.”: partly" in done.stdout
    assert "Report     report/report.html" in done.stdout


def test_every_outcome_is_counted_even_where_there_is_none(run: Callable[..., Result], examined: Any) -> None:
    examined.answers["examine_file"] = msgspec.structs.replace(
        sample_examination(), outcomes=dict.fromkeys(Outcome, 0) | {Outcome.ANSWERED: 600}
    )
    text = run("examine", "calls.csv", *POLICY).stdout
    for words in OUTCOMES.values():
        assert re.search(rf"^  {re.escape(words.label)}\s+\d+", text, flags=re.MULTILINE), words.label


def test_undetermined_calls_come_with_what_would_settle_them(run: Callable[..., Result], examined: Any) -> None:
    text = run("examine", "calls.csv", *POLICY).stdout
    assert "Undetermined, and what record would settle it" in text
    assert re.search(r"who ended it is not recorded\s+\d+\s+The closing entry", text)
    assert "Facts that are missing: life safety" in text


def test_calls_nobody_complained_of_are_named(run: Callable[..., Result], examined: Any) -> None:
    examination = examined.answers["examine_file"]
    text = run("examine", "calls.csv", *POLICY).stdout
    assert f"{len(examination.ignored)} calls shown to be ignored" in text
    assert f"Nobody complained of {len(examination.nobody_complained)} of these" in text
    assert examination.nobody_complained[0].call in text


def test_where_no_call_is_shown_to_be_ignored_it_says_none_found_in_this_file(
    run: Callable[..., Result], examined: Any
) -> None:
    examined.answers["examine_file"] = msgspec.structs.replace(sample_examination(), ignored=(), nobody_complained=())
    assert "none found in this file" in run("examine", "calls.csv", *POLICY).stdout


def test_where_an_ignored_call_cannot_be_in_the_file_it_says_cannot_be_determined(
    run: Callable[..., Result], examined: Any
) -> None:
    found = msgspec.structs.replace(sample_examination(), ignored=(), nobody_complained=())
    source = msgspec.structs.replace(found.source, inclusion=Inclusion.DISPATCHED_ONLY)
    examined.answers["examine_file"] = msgspec.structs.replace(found, source=source)
    text = " ".join(run("examine", "calls.csv", *POLICY).stdout.split())
    assert "Whether calls were ignored cannot be determined from this source" in text
    assert "No call is shown to be ignored" not in text


def test_a_limit_that_several_claims_share_is_told_once(run: Callable[..., Result], examined: Any) -> None:
    text = " ".join(run("examine", "calls.csv", *POLICY).stdout.split())
    assert text.count("how long the telephone rang is not in it") == 1
    assert "limits: as above" in text


def test_the_findings_as_json_have_every_outcome_and_claim(run: Callable[..., Result], examined: Any) -> None:
    done = run("examine", "calls.csv", *POLICY, "--claim", "claim.toml", "--json")
    found = json.loads(done.stdout)
    assert done.stderr == ""
    assert set(found["outcomes"]) == set(Outcome)
    assert found["undetermined"]["who_ended_it"] > 0
    assert set(found["claims"][0]) >= {
        "id", "status", "finding", "rule", "because", "calls", "figures", "limits", "would_change",
    }  # fmt: skip
    assert [claim["finding"] for claim in found["claims"][:2]] == ["sustained", "not_sustained"]
    assert found["rows"]["read"] == 742
    assert found["report"] == "report/report.html"


def test_every_option_reaches_the_examination_and_its_recompute_command(
    run: Callable[..., Result], examined: Any
) -> None:
    Path("other policy.toml").write_text("", encoding="utf-8")
    words = [
        "examine", "calls.csv", "--source", "alder-city", "--encoding", "utf-8", "--as-of", "2018-09-01T00:00:00Z",
        "--facts", "calls.csv", "--decisions", "calls.csv", "--policy", "policy.toml", "--policy", "other policy.toml",
        "--claim", "claim.toml", "--claim", "policy.toml", "--out", "report",
    ]  # fmt: skip
    assert run(*words).exit_code == 0
    ((_, (file,), given),) = examined.asked
    assert file == (Path("calls.csv"),)
    assert given["policies"] == (Path("policy.toml"), Path("other policy.toml"))
    assert given["claims"] == (Path("claim.toml"), Path("policy.toml"))
    assert (given["facts"], given["decisions"]) == (Path("calls.csv"), Path("calls.csv"))
    assert (given["out"], given["as_of"]) == (Path("report"), "2018-09-01T00:00:00Z")
    assert shlex.split(given["command"]) == ["answerable", *words]


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_hostile_text_in_data_reaches_the_terminal_only_spelled_out(
    words: list[str], run: Callable[..., Result], examined: Any
) -> None:
    evil = "\x1b]0;owned\x07\x1b[2J\r\x9b1m\u202egnorw\u2066\nSUSTAINED"
    whole = sample_examination()
    claim = msgspec.structs.replace(
        whole.claims[0], id=evil, text=evil, alleged_by=evil, answer=evil, because=(evil,), limits=(evil,)
    )
    call = msgspec.structs.replace(whole.nobody_complained[0], call=evil, because=evil)
    source = msgspec.structs.replace(
        whole.source, title=evil, notes=(evil,), unlisted_codes={evil: {evil: 1}}, publisher=evil
    )
    examined.answers["examine_file"] = msgspec.structs.replace(
        whole,
        claims=(claim,),
        ignored=(call,),
        nobody_complained=(call,),
        source=source,
        limits=(evil,),
        recompute=evil,
    )
    output = run("examine", "calls.csv", *POLICY, *words).stdout
    assert all(shown(line) == line for line in output.split("\n"))
    assert "owned" in output
    assert not any(line.strip() == "SUSTAINED" and "owned" in line for line in output.splitlines())


def test_the_sample_that_reorders_text_is_shown_in_stored_order(run: Callable[..., Result], examined: Any) -> None:
    assert shown(BIDI) != BIDI
    text = " ".join(run("examine", "calls.csv", *POLICY).stdout.split())
    assert shown(BIDI) in text


def test_several_sources_stand_side_by_side_and_together(run: Callable[..., Result], wiring: Any) -> None:
    one = sample_examination()
    other = msgspec.structs.replace(one, source=msgspec.structs.replace(one.source, source="other-city"))
    never = msgspec.structs.replace(
        one, source=msgspec.structs.replace(one.source, source="no-waits"),
        description=msgspec.structs.replace(one.description, intervals=()),
    )  # fmt: skip
    wiring.answers["describe_files"] = SeveralSources(
        program="answerable", sources=(one, other, never), calls=2214, coverage=one.description.coverage,
        intervals=one.description.intervals, limits=("The sources do not list the same calls.",),
    )  # fmt: skip
    done = run("examine", "calls.csv")
    assert done.exit_code == 0, done.output
    for said in (
        "3 sources, 2,214 calls",
        "other-city",
        "Clock points recorded, by source",
        "received to dispatched",
        "all together    412  18 min 42 s",
        "Left out: ",
        "The sources do not list the same calls.",
    ):
        assert said in done.output, said
    measured = done.output.partition("How long it took")[2]
    assert "no-waits" not in measured
    as_json = json.loads(run("examine", "calls.csv", "--json").output)
    assert [each["source"] for each in as_json["sources"]] == [one.source.source, "other-city", "no-waits"]
    assert set(as_json["together"]) == {"calls", "coverage", "intervals", "limits"}
    assert as_json["together"]["intervals"] == as_json["sources"][0]["description"]["intervals"]
