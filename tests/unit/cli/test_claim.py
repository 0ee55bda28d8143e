"""`answerable claim` and `answerable reconcile` at the command line, from an empty folder to an alarm."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.support.canonical import write_canonical
from tests.support.cases import MANIFEST
from tests.support.small_policies import TWO_SPEEDS

from answerable.cli import app
from answerable.model.times import SECOND_US, parse_instant
from answerable.report.disk import sha256_of

BEGINS_US = parse_instant("2018-06-01T00:00:00-07:00")
DAY_US = 86_400 * SECOND_US
CLAIM = """answerable-claim = 1
[claim]
id = "gate"
kind = "pattern"
text = "They come late."
alleged-by = "Counsel"
[scope]
from = 2018-06-11T00:00:00-07:00
to = 2018-07-01T00:00:00-07:00
where = "requester == 'federal_agency'"
"""


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def answer(*words: str | Path) -> dict[str, Any]:
    done = run(*words, "--json")
    assert done.exit_code in (0, 1), done.output
    return dict(json.loads(done.stdout))


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """30 days of calls in which the federal agency waits four times as long from the 11th on; and its policy."""
    random = Random(5)
    rows = [_row(random, day, at) for day in range(30) for at in range(40)]
    parquet = write_canonical(tmp_path / "calls.parquet", rows)
    manifest = json.loads(json.dumps(_manifest(parquet)))
    (tmp_path / "calls.manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "policy.toml").write_text(TWO_SPEEDS.replace("60 min", "20 min"))
    (tmp_path / "claim.toml").write_text(CLAIM)
    return tmp_path


def _row(random: Random, day: int, at: int) -> dict[str, Any]:
    received_us = BEGINS_US + day * DAY_US + round((12 + random.random() * 3) * 3600) * SECOND_US
    requester = random.choice(["federal_agency", *["public"] * 4, "state_agency", "local_agency"])
    slow = 4 if requester == "federal_agency" and day >= 10 else 1
    waited_s = round(random.lognormvariate(0, 0.6) * 500) * slow
    return {
        "call_id": f"18-{day:02}{at:03}", "received_at": received_us, "entered_at": received_us + 30 * SECOND_US,
        "origin": "public_911", "priority_initial_raw": "2", "fact_type_group": "disorder", "fact_kind": "call",
        "fact_life_safety": False, "fact_priority": 5, "fact_requester": requester, "district": "A",
        "dispatched": "yes",
        "dispatched_evidence": "time", "dispatched_at": received_us + waited_s * SECOND_US,
        "arrived": "yes", "arrived_at": received_us + (waited_s + 60) * SECOND_US,
        "closed_at": received_us + (waited_s + 3600) * SECOND_US, "place_text": "4400 BLOCK CUSTOMS QUAY",
    }  # fmt: skip


def _manifest(parquet: Path) -> dict[str, Any]:
    import msgspec  # noqa: PLC0415

    changes = {"parquet_sha256": sha256_of(parquet), "horizon_us": BEGINS_US + 31 * DAY_US, "calls": 1200}
    return dict(msgspec.to_builtins(msgspec.structs.replace(MANIFEST, **changes)))


def examined(town: Path, out: str = "out") -> dict[str, Any]:
    found = answer(
        "examine", town / "calls.parquet", "--policy", town / "policy.toml", "--claim", town / "claim.toml", "--out",
        town / out,
    )  # fmt: skip
    (claim,) = found["claims"]
    return dict(claim)


def test_a_claim_is_written_to_be_filled_in_and_never_over_another(tmp_path: Path) -> None:
    made = answer("claim", "new", "pattern", "--out", tmp_path / "c.toml")
    assert made == {"kind": "pattern", "out": str(tmp_path / "c.toml")}
    assert "nothing in it is wrong" in run("claim", "check", tmp_path / "c.toml").stdout
    again = run("claim", "new", "pattern", "--out", tmp_path / "c.toml")
    assert again.exit_code == 2
    assert "is there already" in again.output


def test_from_registration_to_a_sustained_pattern(town: Path) -> None:
    screening = examined(town)
    assert screening["finding"] == "not_sustained"
    assert "not registered before" in screening["answer"]

    registration = town / "claim.registered.json"
    done = answer("claim", "register", town / "claim.toml", "--policy", town / "policy.toml", "--out", registration)
    assert not done["sealed"]
    (town / "claim.toml").write_text(CLAIM + '[comparison]\nregistration = "claim.registered.json"\n')
    checked = answer("claim", "check", town / "claim.toml", "--policy", town / "policy.toml")
    assert checked["registration"] == done["digest"]

    found = examined(town)
    comparison = found["comparison"]
    assert found["finding"] == "sustained", found["answer"]
    assert comparison["registration"]["digest"] == done["digest"]
    assert comparison["plain"]["p_slower"] < 0.001
    assert comparison["plain"]["ratio_low"] > 1
    assert {one["name"] for one in comparison["others"]} == {"public", "state_agency", "local_agency"}
    assert any("sealed in no log" in limit for limit in found["limits"])
    report = (town / "out" / "report.html").read_text()
    assert "The figures of the comparison" in report
    assert 'id="compared-1-wide-t"' in report


def test_a_result_is_the_same_every_time(town: Path) -> None:
    assert examined(town, "one") == examined(town, "two")


def test_the_time_before_shows_no_difference_and_says_what_could_have_been_shown(town: Path) -> None:
    (town / "claim.toml").write_text(CLAIM.replace("06-11", "06-01").replace("07-01", "06-11"))
    found = examined(town)
    assert found["finding"] == "not_sustained"
    assert "What this record would have shown four times in five" in found["answer"]


def test_a_registration_is_never_written_over_and_only_for_what_compares(town: Path) -> None:
    out = town / "r.json"
    words = ("claim", "register", town / "claim.toml", "--policy", town / "policy.toml", "--out", out)
    assert run(*words).exit_code == 0
    assert "never changed" in run(*words).output
    (town / "claim.toml").write_text(CLAIM.replace("pattern", "calls_ignored"))
    refused = run(*words[:-1], town / "other.json")
    assert refused.exit_code == 2
    assert "compares nothing" in refused.output


def test_a_claim_that_is_not_what_was_registered_is_refused(town: Path) -> None:
    run("claim", "register", town / "claim.toml", "--policy", town / "policy.toml", "--out", town / "r.json")
    (town / "claim.toml").write_text(CLAIM.replace("07-01", "06-30") + '[comparison]\nregistration = "r.json"\n')
    refused = run("claim", "check", town / "claim.toml", "--policy", town / "policy.toml")
    assert refused.exit_code == 2
    assert "changed since: to" in refused.output


def test_watching_counts_each_day_once_and_the_alarm_stays(town: Path) -> None:
    words = (
        "claim", "watch", town / "claim.toml", town / "calls.parquet", "--policy", town / "policy.toml", "--state",
        town / "evidence",
    )  # fmt: skip
    first = answer(*words)
    (district,) = first["districts"]
    assert district["alarm"]
    assert district["strata"] > 10
    assert district["through_day"] == "2018-06-30"
    assert answer(*words) == first, "nothing is counted twice"
    assert run(*words).exit_code == 1
    (kept,) = (town / "evidence").iterdir()
    kept.write_text("{}")
    assert "no evidence that was kept" in run(*words).output


def test_a_list_is_found_in_the_record_and_judged(town: Path) -> None:
    (town / "list.csv").write_text(
        "id,about,within,place,call\n"
        "number,2018-06-11T12:00:00-07:00,,,18-10000\n"
        "never,2018-06-05T02:00:00-07:00,5 min,Zebra Lane,\n"
        "which,2018-06-11T13:00:00-07:00,1 h,Customs Quay,\n"
    )
    found = answer("reconcile", town / "list.csv", "--against", town / "calls.parquet")
    assert (found["identified"], found["possible"], found["not_found"]) == (1, 1, 1)
    assert [one["state"] for one in found["entries"]] == ["identified", "not_found", "possible"]
    said = run("reconcile", town / "list.csv", "--against", town / "calls.parquet")
    assert said.exit_code == 1
    assert "Not found in what was supplied (1)" in said.stdout
    assert "the place agrees: " in said.stdout
    assert "Not found does not mean not made" in said.stdout.replace("\n", " ")

    (town / "claim.toml").write_text(CLAIM.replace("pattern", "listed_calls") + '[list]\nfile = "list.csv"\n')
    claim = examined(town)
    assert claim["finding"] == "not_sustained"
    assert claim["figures"]["listed"] == 3
    assert claim["figures"]["calls_in_scope"] == 1
    assert [one["entry"] for one in claim["identified"]] == ["number", "never", "which"]


def test_a_list_of_numbers_alone_can_clear(town: Path) -> None:
    (town / "list.csv").write_text("id,about,call\na,2018-06-02T12:00:00-07:00,18-01001\n")
    assert run("reconcile", town / "list.csv", "--against", town / "calls.parquet").exit_code == 0
    (town / "claim.toml").write_text(CLAIM.replace("pattern", "listed_calls") + '[list]\nfile = "list.csv"\n')
    assert examined(town)["finding"] == "unfounded"
