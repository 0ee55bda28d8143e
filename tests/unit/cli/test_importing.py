"""`answerable import`: every row accounted for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from tests.support.edits import two_snapshots
from tests.support.examinations import sample_source

from answerable.model.source import Rows, SourcePart

WORDS = ("import", "calls.csv", "--source", "alder-city", "--out", "out/calls.parquet")


@pytest.fixture
def importing(wiring: Any) -> Any:
    wiring.answers["import_file"] = sample_source()
    return wiring


def test_the_import_says_what_became_of_every_row(run: Callable[..., Result], importing: Any) -> None:
    done = run(*WORDS, "--encoding", "cp1252", "--as-of", "2018-09-01T00:00:00Z")
    assert done.exit_code == 0, done.output
    ((_, (files,), given),) = importing.asked
    assert files == (Path("calls.csv"),)
    given.pop("progress")
    assert given == {
        "source": "alder-city",
        "out": Path("out/calls.parquet"),
        "onto": None,
        "encoding": "cp1252",
        "sheet": None,
        "as_of": "2018-09-01T00:00:00Z",
    }
    for said in (
        "742 read = 738 imported + 3 quarantined + 1 byte-identical duplicates",
        "out/calls.quarantine.csv (each row with its line and the reason)",
        "Headers drifted in July",
        "arrived: 96 missing, 4 out of order, 2 placeholder",
    ):
        assert said in done.stdout


def test_the_import_as_json_has_the_promised_keys(run: Callable[..., Result], importing: Any) -> None:
    done = run(*WORDS, "--json")
    found = json.loads(done.stdout)
    assert done.stderr == ""
    assert set(found) >= {
        "rows", "calls", "quality", "file", "source", "encoding", "unlisted_codes", "out", "quarantine", "manifest",
        "notes",
    }  # fmt: skip
    assert found["rows"]["read"] == sum(found["rows"][key] for key in ("imported", "quarantined", "duplicates"))
    assert found["quality"]["arrived"]["out_of_order"] == 4
    assert found["file"]["name"] == "calls.csv"
    assert (found["out"], found["quarantine"], found["manifest"], found["coded"]) == (
        "out/calls.parquet",
        "out/calls.quarantine.csv",
        "out/calls.manifest.json",
        "out/calls.coded",
    )


@pytest.mark.parametrize(("out", "said"), [("calls.csv", "does not end in .parquet"), ("same.parquet", "FILE itself")])
def test_an_import_never_writes_over_its_own_file(
    out: str, said: str, run: Callable[..., Result], importing: Any
) -> None:
    Path("same.parquet").write_bytes(b"x")
    done = run("import", "same.parquet", "--source", "alder-city", "--out", out)
    assert done.exit_code == 2
    assert said in done.stderr
    assert importing.asked == []


def test_several_files_and_folders_are_one_import_and_each_is_accounted_for(
    run: Callable[..., Result], wiring: Any
) -> None:
    parts = tuple(
        SourcePart(
            name=name, rows=Rows(read=3, imported=imported, quarantined=3 - imported, duplicates=0), lines_before=0
        )
        for name, imported in (("a.xlsx", 3), ("more.zip: b.csv", 1))
    )
    wiring.answers["import_file"] = sample_source(parts=parts)
    Path("more").mkdir()
    done = run("import", "calls.csv", "more", "--sheet", "May", "--source", "alder-city", "--out", "out/calls.parquet")
    assert done.exit_code == 0, done.output
    ((_, (files,), given),) = wiring.asked
    assert (files, given["sheet"]) == ((Path("calls.csv"), Path("more")), "May")
    assert "a.xlsx: 3 read = 3 imported + 0 quarantined" in done.stdout
    assert "more.zip: b.csv: 3 read = 1 imported + 2 quarantined" in done.stdout


def test_a_file_must_be_named(run: Callable[..., Result], importing: Any) -> None:
    done = run("import", "--source", "alder-city", "--out", "out/calls.parquet")
    assert done.exit_code == 2
    assert importing.asked == []


def test_a_later_export_says_what_it_changed_and_where_that_stands(run: Callable[..., Result], wiring: Any) -> None:
    wiring.answers["import_file"] = sample_source(snapshots=two_snapshots())
    Path("june.parquet").write_bytes(b"x")
    done = run(*WORDS, "--onto", "june.parquet")
    assert done.exit_code == 0, done.output
    assert wiring.asked[0][2]["onto"] == Path("june.parquet")
    for said in (
        "749 read = 9 new + 730 unchanged + 5 changed + 1 undetermined + 3 quarantined + 1 byte-identical",
        "738 known before = 730 unchanged + 5 changed + 1 gone + 1 in its quarantine + 1 undetermined; 9 new",
        "The column 'Note' is new.",
        "5 calls were edited in what an outcome may rest on: disposition (5), time of “arrived” (2)",
        "out/calls.history.parquet",
        "out/calls.changes.csv (has places and names: not to publish)",
    ):
        assert said in " ".join(done.stdout.split())
    as_json = json.loads(run(*WORDS, "--onto", "june.parquet", "--json").stdout)
    assert [one["number"] for one in as_json["snapshots"]["every"]] == [1, 2]
    assert (as_json["history"], as_json["changes"]) == ("out/calls.history.parquet", "out/calls.changes.csv")


@pytest.mark.parametrize("out", ["june.parquet", "./june.parquet", "june.history.parquet"])
def test_a_later_export_never_writes_over_the_earlier_calls(out: str, run: Callable[..., Result], wiring: Any) -> None:
    wiring.answers["import_file"] = sample_source(snapshots=two_snapshots())
    Path("june.parquet").write_bytes(b"x")
    done = run("import", "calls.csv", "--source", "alder-city", "--onto", "june.parquet", "--out", out)
    assert done.exit_code == 2
    assert "never written over" in done.stderr
    assert wiring.asked == []
