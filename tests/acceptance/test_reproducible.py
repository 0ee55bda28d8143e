"""The same input gives the same bytes: whatever the hash seed, the threads, the folder, the time zone or the day."""

from __future__ import annotations

import csv
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from answerable.demo import write_story

COMPARED = ("calls.csv", "calls.parquet", "finding.json", "manifest.json", "report.html", "source.json")
ONE = {"PYTHONHASHSEED": "1", "ANSWERABLE_THREADS": "1", "TZ": "UTC", "LC_ALL": "C"}
TWO = {"PYTHONHASHSEED": "2", "ANSWERABLE_THREADS": "2", "TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8", "COLUMNS": "60"}


def answerable(*words: str, at: Path, env: dict[str, str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "answerable", *words]
    done = subprocess.run(command, cwd=at, env={**os.environ, **env}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in COMPARED}


def assert_same(one: dict[str, bytes], other: dict[str, bytes]) -> None:
    assert [name for name in COMPARED if one[name] != other[name]] == []


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The story with one call in eight, and every call that a claim is about; some rows broken, some twice."""
    folder = tmp_path_factory.mktemp("city")
    story = write_story(folder / "city", seed=3)
    with story.calls.open(encoding="utf-8", newline="") as text:
        header, *rows = list(csv.reader(text))
    place, kind = header.index("Place"), header.index("Kind")
    kept = [
        row
        for at, row in enumerate(rows)
        if at % 8 == 0 or row[place] == "FEDPROP" or row[kind] == "RFA" or row[0] in story.unheard
    ]
    kept += [*kept[10:20], ["18-999999", "no time", *kept[0][2:]], ["too", "short"]]
    with story.calls.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows([header, *kept])
    return folder


def words_of(city: Path) -> list[str]:
    claims = sorted(path.name for path in (city / "city" / "claims").glob("*.toml"))
    words = ["examine", "city/alder-city-calls.csv", "--source", "alder-city", "--policy", "city/policies"]
    words += ["--facts", "city/facts.csv", "--decisions", "city/decisions.csv"]
    words += [part for name in claims for part in ("--claim", f"city/claims/{name}")]
    return [*words, "--out", "out", "--json"]


@pytest.fixture(scope="module")
def first(city: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    said = answerable(*words_of(city), at=city, env=ONE)
    return said, bytes_of(city / "out")


def test_what_is_compared_is_a_whole_examination(first: tuple[dict[str, Any], dict[str, bytes]]) -> None:
    said, _ = first
    assert (said["rows"]["quarantined"], said["rows"]["duplicates"]) == (2, 10)
    assert [claim["finding"] for claim in said["claims"]][:4] == ["sustained", "partly", "not_sustained", "exonerated"]


def test_hash_seed_threads_zone_and_folder_change_no_byte(
    city: Path, first: tuple[dict[str, Any], dict[str, bytes]], tmp_path: Path
) -> None:
    elsewhere = tmp_path / "else where"
    elsewhere.mkdir()
    shutil.copytree(city / "city", elsewhere / "city")
    for path in (elsewhere / "city").rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    said = answerable(*words_of(city), at=elsewhere, env=TWO)
    assert_same(bytes_of(elsewhere / "out"), first[1])
    assert {key: value for key, value in said.items() if key not in ("out", "report")} == {
        key: value for key, value in first[0].items() if key not in ("out", "report")
    }


def test_the_command_that_is_printed_gives_the_same_again(
    city: Path, first: tuple[dict[str, Any], dict[str, bytes]]
) -> None:
    program, *words = shlex.split(first[0]["recompute"])
    assert program == "answerable"
    shutil.rmtree(city / "out")
    again = answerable(*words, "--json", at=city, env=TWO)
    assert_same(bytes_of(city / "out"), first[1])
    replaced = answerable(*words, "--json", at=city, env=ONE)
    assert (again["replaced_earlier_result"], replaced["replaced_earlier_result"]) == (False, True)
    assert_same(bytes_of(city / "out"), first[1])


def test_an_import_in_two_steps_gives_the_same_outcomes(
    city: Path, first: tuple[dict[str, Any], dict[str, bytes]], tmp_path: Path
) -> None:
    words = words_of(city)
    parquet = str(tmp_path / "calls.parquet")
    answerable("import", words[1], "--source", "alder-city", "--out", parquet, "--json", at=city, env=TWO)
    later = [parquet if word == words[1] else word for word in words if word not in ("--source", "alder-city")]
    later[later.index("--out") + 1] = str(tmp_path / "out")
    answerable(*later, at=city, env=ONE)
    for name in ("calls.csv", "calls.parquet", "source.json"):
        assert (tmp_path / "out" / name).read_bytes() == first[1][name], name


def test_an_import_of_many_rows_is_the_same_with_one_thread_and_with_two(city: Path, tmp_path: Path) -> None:
    """More rows than one row group of the Parquet file, in no order, so that threads could show."""
    header = "CallNumber,Received,Dispatched,Closed,Disposition"
    profile = tmp_path / "small.toml"
    profile.write_text(
        """answerable-profile = 1
[source]
id = "small"
title = "Small"
publisher = "Nobody"
agency = "Nobody"
discipline = "police"
licence = "none"
citation = "none"
version = "1"
verified = true
verified-how = "Made up by this test."
[file]
grain = "call"
identity = ["CallNumber"]
[inclusion]
rule = "all_calls"
evidence = "It says so."
[clock]
timezone = "America/Los_Angeles"
formats = ["%m/%d/%Y %H:%M:%S"]
start-point = "received"
[columns]
call_id = "CallNumber"
received_at = "Received"
dispatched_at = "Dispatched"
closed_at = "Closed"
disposition_raw = "Disposition"
[disposition]
HND = { means = "handled", text = "Handled" }
[bind]
kind = { constant = "call" }
[can-answer]
received = { answer = "yes", because = "it is so" }
sent = { answer = "yes", because = "it is so" }
arrived = { answer = "no", because = "it is so" }
how_long = { answer = "partly", because = "it is so" }
who_decided = { answer = "no", because = "it is so" }
ignored = { answer = "partly", because = "it is so" }
""",
        encoding="utf-8",
    )
    rows = (
        f"{n},06/{1 + n * 7 % 28:02}/2018 {n * 5 % 24:02}:{n * 3 % 60:02}:00,06/30/2018 10:00:00,,HND"
        for n in range(150_000)
    )
    (tmp_path / "calls.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    for name, env in (("one", ONE), ("two", TWO)):
        words = ["import", "calls.csv", "--source", "small.toml", "--out", f"{name}.parquet", "--json"]
        assert answerable(*words, at=tmp_path, env=env)["calls"] == 150_000
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()
