"""How much memory may be used: said in units, and the engine gets what the rest of the process leaves of it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from tests.support.canonical import write_canonical

from answerable.config import Settings, read_settings
from answerable.engines.describe import describe
from answerable.engines.duck import connect
from answerable.errors import SettingsError


@pytest.mark.parametrize(
    ("memory", "engine_bytes"),
    [
        ("1GB", 750_000_000),
        ("4 GB", 3_750_000_000),
        ("400MB", 200_000_000),  # never less than half of it
        ("1GiB", 2**30 - 250_000_000),
        ("2TB", 2 * 10**12 - 250_000_000),
        ("", None),
    ],
)
def test_the_engine_gets_what_the_process_leaves(memory: str, engine_bytes: int | None) -> None:
    assert Settings(memory=memory).engine_bytes() == engine_bytes
    with closing(connect(Settings(memory=memory))) as con:
        (limit,) = con.execute("SELECT current_setting('memory_limit')").fetchall()[0]
    assert engine_bytes is None or float(limit.split()[0]) > 0


@pytest.mark.parametrize("size", ["", "1", "1000000000", "1 gigabyte", "-1GB", "1.5GB", "0MB", "1GB; DROP", "１GB"])
def test_what_is_no_size_is_refused_by_its_name(size: str) -> None:
    with pytest.raises(SettingsError, match=r"--memory is .*write a size such as 1GB or 800MB"):
        read_settings({}, memory=size)
    if size:
        with pytest.raises(SettingsError, match="ANSWERABLE_MEMORY is"):
            read_settings({"ANSWERABLE_MEMORY": size})


def test_the_command_line_goes_before_the_environment() -> None:
    assert read_settings({"ANSWERABLE_MEMORY": "4GB"}, memory="1GB").memory == "1GB"
    assert read_settings({"ANSWERABLE_MEMORY": "4GB"}).memory == "4GB"


def test_calls_that_were_told_beyond_any_calendar_belong_to_a_month_all_the_same(tmp_path: Path) -> None:
    rows = [{"received_at": at} for at in ("0001-01-01T00:00:00Z", "2018-06-01T12:00:00Z", "9999-12-31T23:59:59Z")]
    found = describe(write_canonical(tmp_path / "calls.parquet", rows), timezone="America/Los_Angeles")
    assert sum(month.calls for month in found.coverage) == 3
    assert "2018-06" in [month.month for month in found.coverage]
