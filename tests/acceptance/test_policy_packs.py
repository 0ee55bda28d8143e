"""The policies that come with the program: each is checked, proved, back-tested, and no line of it may change unseen.

`MADE_OF_THE_CITY` is what each pack makes of the made-up city. Whoever changes a pack sees here, in calls, what the
change does, and writes the new figures down.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.support.policy_packs import PACKS, POLICIES

from answerable.cli import app
from answerable.demo import Story, write_story
from answerable.model.outcome import Outcome
from answerable.policy import check_policy, load_policy
from answerable.policy.layout import laid_out

GAPS = {
    "alder-city-2018-07-16": "no rule applies to a request for assistance where place is elsewhere, asks_for is "
    "additional_resources, life_safety is no, officer_assaulted is no and safe_exit_needed is no",
    "oregon-ors-402-215-2017": "no rule applies to a request for assistance where requester is public",
    "portland-or-0612-e-to-5": "no rule applies to a request for assistance",
}
"""Of what a pack's source does not speak. Everything else a check could say is a fault of the pack."""

MADE_OF_THE_CITY: dict[str, dict[str, Any]] = {
    "starter-1": {
        "answered": 17752, "answered_late": 212, "declined_against_policy": 1680, "unheard": 3, "withdrawn": 1008,
        "merged": 393, "none_owed": 8030, "pending": 3, "undetermined": 558,
    },
    "portland-or-0612-e-to-5": {
        "answered": 12164, "answered_late": 3465, "declined_against_policy": 1676, "unheard": 129, "withdrawn": 686,
        "merged": 393, "none_owed": 8030, "pending": 3, "undetermined": 3093,
    },
    "oregon-ors-402-215-2017": {
        "answered": 18503, "answered_late": 8, "declined_against_policy": 1676, "unheard": 3, "withdrawn": 1015,
        "merged": 393, "none_owed": 8030, "pending": 3, "undetermined": 8,
    },
    "alder-city-2018-01-01": {
        "answered": 18705, "answered_late": 789, "declined_within_policy": 2, "declined_against_policy": 1,
        "unheard": 3, "withdrawn": 998, "merged": 393, "none_owed": 8030, "pending": 3, "undetermined": 715,
    },
    "alder-city-2018-07-16": {
        "answered": 18703, "answered_late": 789, "declined_against_policy": 3, "unheard": 3, "withdrawn": 998,
        "merged": 393, "none_owed": 8030, "pending": 3, "undetermined": 717,
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return write_story(tmp_path_factory.mktemp("city"), seed=2018)


def test_every_pack_is_known_here() -> None:
    assert {*PACKS} == {*MADE_OF_THE_CITY}
    assert len(list(POLICIES.rglob("*.toml"))) == len(PACKS) - 2  # the demo's own lie in the package


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_may_govern_and_what_it_does_not_speak_of_is_known(name: str) -> None:
    policy = load_policy(PACKS[name].read_bytes(), file=name)
    assert [problem.message for problem in check_policy(policy)] == ([GAPS[name]] if name in GAPS else [])
    assert policy.promises
    assert policy.examples
    assert policy.source


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_is_laid_out_as_fmt_would_lay_it_out(name: str) -> None:
    text = PACKS[name].read_bytes()
    assert laid_out(text, file=name) == text


def test_fmt_finds_nothing_to_change_in_the_packs() -> None:
    told = CliRunner().invoke(app, ["policy", "fmt", "--check", str(POLICIES)])
    assert (told.exit_code, told.stdout) == (
        0,
        f"{len(list(POLICIES.rglob('*.toml')))} files in canonical layout already.\n",
    )


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_stands_where_its_id_and_version_say(name: str) -> None:
    about = tomllib.loads(PACKS[name].read_text(encoding="utf-8"))["policy"]
    assert about["version"] in PACKS[name].stem
    assert about["id"].split("/")[0].split("-")[0] in PACKS[name].as_posix()


@pytest.mark.parametrize("name", MADE_OF_THE_CITY)
def test_what_a_pack_makes_of_the_made_up_city(story: Story, name: str) -> None:
    words = ["policy", "backtest", PACKS[name], "--against", story.calls, "--source", "alder-city"]
    words += ["--policy", story.policies, "--facts", story.facts, "--decisions", story.decisions, "--json"]
    result = CliRunner().invoke(app, list(map(str, words)))
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)["backtest"]
    assert {key: calls for key, calls in found["outcomes_after"].items() if calls} == MADE_OF_THE_CITY[name]
    assert {*found["outcomes_after"]} == {*Outcome}
    assert found["outcomes_before"]["answered"] == MADE_OF_THE_CITY["alder-city-2018-01-01"]["answered"]


def test_the_page_about_the_packs_names_each_with_its_source() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "policy-packs.md").read_text(encoding="utf-8")
    for file in PACKS.values():
        policy = load_policy(file.read_bytes(), file=file.name)
        assert f"`{policy.id}`" in page
        assert policy.version in page
