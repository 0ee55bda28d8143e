"""The coded record: smaller than the canonical calls, and not a bit poorer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.support.canonical import write_canonical
from tests.support.dirty import BASE_US, dirty_rows

from answerable.config import Settings
from answerable.engines.coded_record import (
    coded_folder,
    coding,
    decoded,
    fresh_coded,
    read_coded_manifest,
    write_coded,
)
from answerable.errors import SourceError
from answerable.model.call import CLOCK_POINTS, FACT_COLUMNS, Disposition
from answerable.model.coded import TABLES, CodedManifest

CODED = [*(f"{point}_at" for point in CLOCK_POINTS), "last_seen_at", "fact_hour_of_week"]
CODED += [column for columns in TABLES.values() for column in columns]


def coded(folder: Path, rows: list[dict[str, Any]]) -> tuple[Path, CodedManifest]:
    parquet = write_canonical(folder / "calls.parquet", rows)
    return parquet, write_coded(parquet, parquet_sha256="0" * 64, settings=Settings())


def both(parquet: Path) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The coded columns as the canonical file has them, and as decoding gives them."""
    columns = ", ".join(f"epoch_us({one})" if one.endswith("_at") else one for one in CODED)
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        canonical = con.execute(
            f"SELECT file_row_number, {columns} FROM read_parquet('{parquet}', file_row_number = true) ORDER BY 1"
        ).fetchall()
        back = con.execute(f"SELECT n, {columns} FROM ({decoded(coded_folder(parquet))}) ORDER BY n").fetchall()
    return canonical, back


@pytest.mark.parametrize("seed", range(4))
def test_decoding_gives_every_coded_column_back(tmp_path: Path, seed: int) -> None:
    rows = dirty_rows(500, seed=seed)
    parquet, manifest = coded(tmp_path, rows)
    canonical, back = both(parquet)
    assert back == canonical
    assert manifest.rows["calls"] == len(rows)


def test_every_clock_point_and_fact_is_coded() -> None:
    assert {f"{point}_at" for point in CLOCK_POINTS} | {name for name, _ in FACT_COLUMNS} <= set(CODED)


@pytest.mark.parametrize(("fraction_us", "unit_us"), [(0, 1_000_000), (250_000, 1_000), (1, 1)])
def test_no_time_is_rounded(tmp_path: Path, fraction_us: int, unit_us: int) -> None:
    row = {"received_at": BASE_US, "quality_received": 0, "arrived_at": BASE_US + 60_000_000 + fraction_us}
    parquet, manifest = coded(tmp_path, [row, {"received_at": BASE_US}])
    assert manifest.unit_us == unit_us
    canonical, back = both(parquet)
    assert back == canonical


def test_a_call_without_a_receipt_and_one_a_century_later_keep_their_times(tmp_path: Path) -> None:
    century_us = 100 * 365 * 86_400 * 1_000_000
    rows: list[dict[str, Any]] = [
        {"received_at": None, "closed_at": BASE_US + 5},
        {"received_at": BASE_US, "closed_at": BASE_US + century_us},
        {"received_at": None},
    ]
    parquet, _ = coded(tmp_path, rows)
    canonical, back = both(parquet)
    assert back == canonical


def test_a_merged_call_names_the_row_it_was_merged_into(tmp_path: Path) -> None:
    rows = [
        {"call_id": "A"},
        {"call_id": "B", "duplicate_of": "A"},
        {"call_id": "C", "duplicate_of": "nobody"},
        {"call_id": "D", "disposition": str(Disposition.DUPLICATE)},
        {"call_id": "twice"},
        {"call_id": "twice"},
        {"call_id": "E", "duplicate_of": "twice"},
        {"call_id": "F", "duplicate_of": "F"},
    ]
    parquet, _ = coded(tmp_path, rows)
    with duckdb.connect() as con:
        found = con.execute(f"SELECT merged_into FROM ({decoded(coded_folder(parquet))}) ORDER BY n").fetchall()
    assert [n for (n,) in found] == [None, 0, -1, -1, None, None, -1, -1]


def test_a_file_without_calls_has_a_coded_record_without_calls(tmp_path: Path) -> None:
    parquet, manifest = coded(tmp_path, [])
    assert manifest.rows == dict.fromkeys(["calls", *TABLES], 0)
    assert both(parquet) == ([], [])


def test_it_takes_the_place_of_an_earlier_one_and_leaves_nothing_else(tmp_path: Path) -> None:
    coded(tmp_path, dirty_rows(20, seed=1))
    parquet, _ = coded(tmp_path, dirty_rows(10, seed=2))
    assert read_coded_manifest(coded_folder(parquet)).rows["calls"] == 10
    assert sorted(path.name for path in tmp_path.iterdir()) == ["calls.coded", "calls.parquet"]


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="this is no coded record"):
        read_coded_manifest(tmp_path)


def test_a_record_of_these_very_calls_is_fresh(tmp_path: Path) -> None:
    parquet, _ = coded(tmp_path, dirty_rows(10, seed=1))
    assert fresh_coded(parquet, parquet_sha256="0" * 64) == coded_folder(parquet)


@pytest.mark.parametrize(
    "spoilt", ["of other calls", "cut short", "without its calls", "forged", "of a later format", "unreadable"]
)
def test_a_record_that_is_not_whole_or_of_other_calls_is_not_fresh(tmp_path: Path, spoilt: str) -> None:
    parquet, _ = coded(tmp_path, dirty_rows(10, seed=1))
    folder = coded_folder(parquet)
    manifest = folder / "coded.json"
    if spoilt == "cut short":
        (folder / "calls.parquet").write_bytes((folder / "calls.parquet").read_bytes()[:-1])
    elif spoilt == "without its calls":
        (folder / "calls.parquet").unlink()
    elif spoilt == "forged":
        states = (folder / "state.parquet").read_bytes()
        (folder / "state.parquet").write_bytes(states[:40] + bytes([states[40] ^ 1]) + states[41:])
    elif spoilt == "of a later format":
        manifest.write_text(manifest.read_text().replace('"coded_record": 2', '"coded_record": 3'))
    elif spoilt == "unreadable":
        manifest.write_text("{")
    sha256 = "1" * 64 if spoilt == "of other calls" else "0" * 64
    assert fresh_coded(parquet, parquet_sha256=sha256) is None


def test_calls_that_nothing_came_of_are_not_coded(tmp_path: Path) -> None:
    parquet, _ = coded(tmp_path, dirty_rows(200, seed=1))
    before = read_coded_manifest(coded_folder(parquet))
    there = set(tmp_path.iterdir())
    with coding(parquet, Settings()) as again, again.beside(parquet):
        pass  # and the manifest was never written
    assert set(tmp_path.iterdir()) == there
    assert read_coded_manifest(coded_folder(parquet)) == before


@pytest.mark.parametrize("stopped", [KeyboardInterrupt, SourceError("no")])
def test_what_is_stopped_while_it_is_coded_leaves_nothing(tmp_path: Path, stopped: BaseException) -> None:
    parquet = write_canonical(tmp_path / "calls.parquet", dirty_rows(200, seed=1))
    with pytest.raises((KeyboardInterrupt, SourceError)), coding(parquet, Settings()) as made, made.beside(parquet):
        raise stopped
    assert list(tmp_path.iterdir()) == [parquet]


def test_what_is_no_canonical_file_is_refused_while_it_is_coded(tmp_path: Path) -> None:
    parquet = tmp_path / "calls.parquet"
    with duckdb.connect() as con:
        con.execute(f"COPY (SELECT 1 AS one) TO '{parquet}'")
    with pytest.raises(SourceError, match="is not a file"), coding(parquet, Settings()) as made, made.beside(parquet):
        pass
    assert list(tmp_path.iterdir()) == [parquet]
