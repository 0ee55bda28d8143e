"""`answerable sources`: what is known of publishers, and what an unknown file is."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import Result

from answerable.cli.text import shown
from answerable.errors import SourceError
from answerable.model.call import Inclusion
from answerable.model.source import QUESTIONS, CanAnswer
from answerable.sources import Candidate, Fit, Profile, Recognition
from answerable.sources.profiling.profile import About, Clock, ColumnRef, Definition, InclusionRule, Interval


def a_profile(**changes: Any) -> Profile:
    about = About(
        id="harbor-city", title="Harbor City calls", publisher="Harbor City", agency="Harbor Police",
        discipline="police", licence="CC0-1.0", citation="Harbor City open data",
        version="1", verified=True, verified_how="200 rows read",
    )  # fmt: skip
    definition = Definition(
        answerable_profile=1,
        source=msgspec.structs.replace(about, **changes),
        inclusion=InclusionRule(rule=Inclusion.DISPATCHED_ONLY, evidence="the data dictionary"),
        clock=Clock(timezone="America/Los_Angeles", formats=("%Y-%m-%d %H:%M:%S",), start_point="queued"),
        columns={"queued_at": "Queued", "call_id": ColumnRef(column="Number")},
        intervals={"arrived": Interval(column="Minutes", after="queued")},
        can_answer={key: CanAnswer(answer="no", because=f"No column for {key}.") for key in QUESTIONS},
        removals=("sealed calls",),
        notes=("Times are local.",),
    )
    return Profile(definition=definition, sha256="ab" * 32, file="profiles/harbor-city.toml")


def a_recognition(profile: str | None) -> Recognition:
    fit = Fit.NONE if profile is None else Fit.EXACT
    candidate = Candidate(
        profile="harbor-city", title="Harbor City calls", fit=fit, found=("Queued",), drifted={},
        missing=() if profile else ("Number",), unmapped=("Beat",),
    )  # fmt: skip
    return Recognition(
        file="calls.csv", fit=fit, profile=profile, columns=("Queued", "Beat"), encoding="utf-8", nearest=(candidate,),
        advice="No profile fits." if profile is None else "Use it with --source harbor-city.",
    )  # fmt: skip


def test_the_list_says_which_calls_get_in_and_whether_rows_were_checked(
    run: Callable[..., Result], wiring: Any
) -> None:
    wiring.answers["list_profiles"] = (a_profile(), a_profile(id="other-city", verified=False))
    text = run("sources", "list").stdout
    assert "harbor-city  Harbor City  dispatched calls only  no              checked" in text
    assert "not checked" in text
    found = json.loads(run("sources", "list", "--json").stdout)
    assert [profile["id"] for profile in found["profiles"]] == ["harbor-city", "other-city"]
    assert found["profiles"][0]["inclusion"] == "dispatched_only"


def test_a_profile_is_printed_as_the_file_it_is(run: Callable[..., Result], wiring: Any) -> None:
    wiring.answers["find_profile"] = dataclasses.replace(a_profile(), text="answerable-profile = 1\n# Ä\n")
    assert run("sources", "show", "harbor-city", "--toml").stdout == "answerable-profile = 1\n# Ä\n"
    both = run("sources", "show", "harbor-city", "--toml", "--json")
    assert (both.exit_code, "exclude each other" in both.output) == (2, True)


def test_a_profile_is_shown_in_words(run: Callable[..., Result], wiring: Any) -> None:
    wiring.answers["find_profile"] = a_profile()
    text = " ".join(run("sources", "show", "harbor-city").stdout.split())
    for said in (
        "harbor-city: Harbor City calls",
        "An ignored call cannot be in this file.",
        "America/Los_Angeles",
        "limits run from queued",
        "queued, arrived",
        "Nowhere: a blank in this file says nothing.",
        "sealed calls",
        "Were calls ignored? no No column for ignored.",
    ):
        assert said in text
    found = json.loads(run("sources", "show", "harbor-city", "--json").stdout)
    assert found["sha256"] == "ab" * 32
    assert found["definition"]["clock"]["timezone"] == "America/Los_Angeles"


def test_an_unknown_profile_is_an_input_error(run: Callable[..., Result], wiring: Any) -> None:
    wiring.answers["find_profile"] = SourceError("there is no source profile 'x'", hint="Give the id.")
    done = run("sources", "show", "x")
    assert done.exit_code == 2
    assert "there is no source profile" in done.stderr


def test_a_recognised_file_says_what_it_can_answer(run: Callable[..., Result], wiring: Any) -> None:
    wiring.answers |= {"recognise": a_recognition("harbor-city"), "find_profile": a_profile()}
    done = run("sources", "check", "calls.csv", "--encoding", "cp1252")
    assert done.exit_code == 0, done.output
    assert wiring.asked[0] == ("recognise", ((Path("calls.csv"),),), {"encoding": "cp1252", "sheet": None})
    assert "Use it with --source harbor-city." in done.stdout
    assert "Columns the profile does not use (kept with every row): Beat." in done.stdout
    assert "Were calls ignored?       no" in done.stdout
    assert json.loads(run("sources", "check", "calls.csv", "--json").stdout)["can_answer"]["ignored"]["answer"] == "no"


def test_a_file_nobody_knows_exits_with_one_and_names_what_is_missing(run: Callable[..., Result], wiring: Any) -> None:
    wiring.answers["recognise"] = a_recognition(None)
    done = run("sources", "check", "calls.csv")
    assert done.exit_code == 1
    assert "No profile fits." in done.stdout
    assert "harbor-city      1        1  Number" in done.stdout
    as_json = run("sources", "check", "calls.csv", "--json")
    assert as_json.exit_code == 1
    assert json.loads(as_json.stdout)["nearest"][0]["missing"] == ["Number"]


@pytest.mark.parametrize("words", [["list"], ["show", "x"], ["check", "calls.csv"]])
def test_hostile_column_names_and_titles_are_spelled_out(
    words: list[str], run: Callable[..., Result], wiring: Any
) -> None:
    evil = "\x1b[2J\u202e\n"
    profile = a_profile(title=evil, publisher=evil)
    recognition = msgspec.structs.replace(a_recognition("harbor-city"), columns=(evil,), file=evil, advice=evil)
    wiring.answers = {"list_profiles": (profile,), "find_profile": profile, "recognise": recognition}
    done = run("sources", *words)
    assert done.exit_code == 0, done.output
    assert all(shown(line) == line for line in done.stdout.split("\n"))
