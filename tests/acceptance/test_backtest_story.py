"""Back-tests on the made-up city, held against its own file, and on San Diego's published calls."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.support.policy_packs import ALDER, STARTER, changed
from tests.support.published import published

from answerable.cli import app
from answerable.demo import Story, write_story
from answerable.engines.coded_record import coded_folder, fresh_coded
from answerable.wiring.importing import import_file, manifest_beside

CHIEF = 'decline-by = "chief"'
PLAIN, START = (text[: text.index("[[example]]")] for text in (ALDER, STARTER))
"""The policies without their examples, which would notice every change that is tried here."""


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return write_story(tmp_path_factory.mktemp("city"), seed=2018)


def first_version(story: Story) -> Path:
    """The version under which the summer began. The other one leaves some requests without a rule."""
    return story.policies / "alder-city-2018-01-01.toml"


def next_version(tmp_path: Path, text: str) -> Path:
    """The text as a version of its own that takes effect after everything."""
    for old, new in (
        ('version = "2018-01-01"', 'version = "next"'),
        ("issued-at = 2017-12-15", "issued-at = 2019-01-15"),
        ("from = 2018-01-01", "from = 2019-02-01"),
    ):
        text = changed(text, old, new)
    file = tmp_path / "next.toml"
    file.write_text(text, encoding="utf-8")
    return file


def backtest(policy: Path, *words: object) -> dict[str, Any]:
    result = CliRunner().invoke(app, ["policy", "backtest", str(policy), *map(str, words), "--json"])
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)["backtest"]
    return found


def on_story(story: Story, policy: Path, *words: object) -> dict[str, Any]:
    files = ("--source", "alder-city", "--facts", story.facts, "--decisions", story.decisions)
    return backtest(policy, "--against", story.calls, *files, *words)


def test_the_version_in_force_applied_again_changes_nothing(story: Story, tmp_path: Path) -> None:
    found = on_story(story, next_version(tmp_path, ALDER), "--policy", first_version(story))
    assert found["calls"] == found["base"][0]["calls"] > 20_000
    assert [found[name] for name in ("changed", "sooner", "later", "listed")] == [0, 0, 0, 0]
    assert found["outcomes_before"] == found["outcomes_after"]


def test_a_tighter_clock_touches_exactly_the_calls_of_its_priority(story: Story, tmp_path: Path) -> None:
    tighter = next_version(tmp_path, changed(PLAIN, 'dispatch-within = "15 min"', 'dispatch-within = "5 min"'))
    found = on_story(story, tighter, "--policy", first_version(story), "--out", tmp_path / "out")
    (change,) = found["limit_changes"]
    assert (change["kind"], change["before_s"], change["after_s"]) == ("dispatch_within", 900, 300)
    with (tmp_path / "out" / "changed.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with_other_limit = [row for row in rows if row["limit_s_before"] != row["limit_s_after"]]
    assert len(with_other_limit) == change["calls"] > 500
    assert {row["priority"] for row in with_other_limit} == {"2"}
    late = [row for row in rows if (row["outcome_before"], row["outcome_after"]) == ("answered", "answered_late")]
    assert len(late) > 50
    assert all(300 < int(row["waited_s"]) <= 900 for row in late if row["waited_s"])
    assert found["later"] == 0
    assert found["listed"] == len(rows)


def test_a_refusal_by_a_deputy_would_have_been_against_a_policy_that_asks_for_the_chief(
    story: Story, tmp_path: Path
) -> None:
    text = changed(PLAIN, 'decline-by = "deputy_chief"', CHIEF)
    text = changed(text, 'issued-by-rank = "chief"', "")
    text = changed(text, '"Chief of Police"', '"City council"')
    found = on_story(story, next_version(tmp_path, text), "--policy", first_version(story))
    moved = {(one["before"], one["after"]): one["calls"] for one in found["outcome_changes"]}
    assert moved == {("declined_within_policy", "declined_against_policy"): 2}


def test_the_base_is_applied_to_every_call_whatever_its_dates(story: Story, tmp_path: Path) -> None:
    later = next_version(tmp_path, ALDER)
    in_force_then = on_story(story, later, "--policy", later)
    assert in_force_then["outcomes_before"]["answered"] == 0
    assert in_force_then["undetermined_before"]["no_policy"] > 20_000
    same = on_story(story, later, "--base", later)
    assert same["outcomes_before"] == same["outcomes_after"]
    assert same["outcomes_before"]["answered"] > 10_000


def test_san_diego_shows_limits_and_no_outcomes(tmp_path: Path) -> None:
    calls = published("san_diego_ca/pd_calls_for_service_2023_datasd_jan1-18.csv")
    base, after = tmp_path / "1.toml", tmp_path / "2.toml"
    base.write_text(START, encoding="utf-8")
    clock = '[[clock]]\nid = "numbered"\nwhen = "priority <= 1"\ndispatch-within = "10 min"\n\n[[clock]]\nid = "urgent"'
    text = changed(START, '[[clock]]\nid = "urgent"', clock)
    after.write_text(changed(text, 'version = "1"', 'version = "2"'), encoding="utf-8")
    found = backtest(after, "--against", calls, "--source", "san-diego-ca", "--base", base, "--out", tmp_path / "out")
    with calls.open(encoding="utf-8", newline="") as file:
        urgent = Counter(row["priority"] for row in csv.DictReader(file))
    (change,) = found["limit_changes"]
    assert (change["before_s"], change["after_s"]) == (14_400, 600)
    assert 0 < change["calls"] <= urgent["0"] + urgent["1"]
    assert found["changed"] == 0
    assert found["untold_both"] == found["outcomes_before"]["undetermined"] > 20_000


def test_the_coded_record_beside_the_calls_changes_the_time_taken_and_nothing_else(
    story: Story, tmp_path: Path
) -> None:
    calls = tmp_path / "calls.parquet"
    import_file(story.calls, source="alder-city", out=calls)
    tighter = next_version(tmp_path, changed(PLAIN, 'dispatch-within = "15 min"', 'dispatch-within = "5 min"'))
    beside = ("--facts", story.facts, "--decisions", story.decisions, "--policy", first_version(story))

    def tested(out: Path) -> tuple[dict[str, Any], bytes]:
        found = backtest(tighter, "--against", calls, *beside, "--out", out)
        found.pop("recompute")
        return found, (out / "changed.csv").read_bytes()

    assert fresh_coded(calls, parquet_sha256=manifest_beside(calls).parquet_sha256) is not None
    with_record = tested(tmp_path / "with")
    spoilt = coded_folder(calls) / "coded.json"
    spoilt.write_text(spoilt.read_text().replace(manifest_beside(calls).parquet_sha256, "0" * 64))
    assert fresh_coded(calls, parquet_sha256=manifest_beside(calls).parquet_sha256) is None
    assert tested(tmp_path / "without") == with_record
    assert with_record[0]["listed"] > 500
