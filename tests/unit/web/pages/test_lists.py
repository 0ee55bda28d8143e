"""Lists to take away, by suffix: the same rows in four spellings, nothing private, cited, and in parts."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from answerable.watch import commands as do
from answerable.wiring import desk_lists

if TYPE_CHECKING:
    from tests.unit.web.pages.conftest import Staff

SUFFIXES = ("json", "jsonl", "csv", "parquet")


def read(staff: Staff, what: str, suffix: str, tmp_path: Path) -> list[dict[str, Any]]:
    answer = staff.as_("aud").get(f"/v1/{what}.{suffix}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["answerable-log"].startswith("alder-city.example/desk/2018h1 ")
    if suffix == "json":
        return list(json.loads(answer.content))
    if suffix == "jsonl":
        return [json.loads(line) for line in answer.text.splitlines()]
    if suffix == "csv":
        return list(csv.DictReader(io.StringIO(answer.text)))
    path = tmp_path / "rows.parquet"
    path.write_bytes(answer.content)
    found = duckdb.connect().execute(f"SELECT * FROM '{path}'")
    names = [one[0] for one in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def plain(row: dict[str, Any]) -> dict[str, str]:
    """A row as CSV spells it."""
    return {
        name: "" if value is None else ("Y" if value else "N") if isinstance(value, bool) else str(value)
        for name, value in row.items()
    }


@pytest.mark.parametrize("what", ["calls", "facts", "decisions"])
def test_four_spellings_say_the_same(staff: Staff, tmp_path: Path, what: str) -> None:
    call = staff.call(priority=2, life_safety=False)
    said = do.ReportFact(id=staff.id(), about=call, fact="safe_exit_needed", value=True, asserted_by="caller")
    staff.give(said, by=staff.actor("ada"))
    request = staff.request()
    staff.refusal(request)
    staff.post("dana", f"/c/{staff.call(priority=1)}/do/decide-respond")
    spelled = [[plain(row) for row in read(staff, what, suffix, tmp_path)] for suffix in SUFFIXES]
    assert spelled[0]
    assert spelled[1:] == spelled[:1] * 3


def test_a_value_keeps_its_kind_and_what_is_not_known_is_null(staff: Staff, tmp_path: Path) -> None:
    staff.call(priority=2, life_safety=False)
    for suffix in ("json", "parquet"):
        (row,) = read(staff, "calls", suffix, tmp_path)
        assert (row["fact_priority"], row["fact_life_safety"], row["sent"], row["units"]) == (2, False, False, 0)
        assert row["fact_place"] is None
        assert row["arrived"] is None


def test_nothing_private_is_in_any_list(staff: Staff) -> None:
    staff.call(priority=2)
    for what in ("calls", "facts", "decisions"):
        for suffix in ("json", "jsonl", "csv", "parquet"):
            content = staff.as_("aud").get(f"/v1/{what}.{suffix}").content
            assert b"Quarrel" not in content
            assert b"A1" not in content or suffix == "parquet"


def test_the_parquet_file_itself_cites_the_log(staff: Staff, tmp_path: Path) -> None:
    staff.call()
    for what in ("calls", "board"):
        path = tmp_path / f"{what}.parquet"
        path.write_bytes(staff.as_("aud").get(f"/v1/{what}.parquet").content)
        said = dict(duckdb.connect().execute(f"SELECT key, value FROM parquet_kv_metadata('{path}')").fetchall())
        head = staff.house.desk.head()
        assert said[b"answerable-log"].decode() == f"{staff.house.desk.origin} {head.size} {head.root.hex()}"


def test_a_long_list_comes_in_parts_that_name_the_next(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = [staff.call() for _ in range(5)]
    monkeypatch.setattr(desk_lists, "MOST_CALLS", 2)
    address, seen = "/v1/calls.jsonl", list[str]()
    while address:
        answer = staff.as_("aud").get(address)
        seen += [json.loads(line)["call"] for line in answer.text.splitlines()]
        address = answer.headers.get("link", "").partition(">")[0].lstrip("<")
    assert seen == calls
    assert staff.as_("aud").get("/v1/calls.json?after=nobody").json() == []


def test_a_list_of_nothing_is_a_list(staff: Staff, tmp_path: Path) -> None:
    for what in ("calls", "facts", "decisions"):
        for suffix in SUFFIXES:
            assert read(staff, what, suffix, tmp_path) == []


def test_without_a_suffix_it_is_json_and_a_requester_sees_no_list(staff: Staff) -> None:
    staff.call()
    aud = staff.as_("aud")
    assert aud.get("/v1/calls").json() == aud.get("/v1/calls.json").json()
    assert staff.as_("fern").get("/v1/calls").status_code == 403


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet"])
def test_the_boards_rows_in_the_boards_order(staff: Staff, tmp_path: Path, suffix: str) -> None:
    staff.call(priority=5)
    urgent = staff.call(priority=1, life_safety=True)
    rows = read(staff, "board", suffix, tmp_path)
    assert rows[0]["id"] == urgent
    assert len(rows) == 2
    assert staff.as_("aud").get("/v1/board.json").json().keys() == staff.as_("aud").get("/v1/board").json().keys()
