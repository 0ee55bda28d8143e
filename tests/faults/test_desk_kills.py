"""A served desk is killed with -9 under load, again and again: what it acknowledged is there, as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest
from tests.support.fault_runs import runs
from tests.support.killed_desks import LostError, check, check_again, killed

RECORDS, KILLS, KILLS_FOUND_OUT = runs(1, full=20), runs(23, full=50), 2
"""So many records, each killed so often: 1,000 kills with FAULTS=full, and 25 with the control in every run."""


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("record", range(RECORDS))
def test_no_acknowledged_call_is_lost_when_the_desk_is_killed_under_load(
    tmp_path: Path, record_property: Callable[[str, object], None], record: int
) -> None:
    told = killed(tmp_path / "desk", kills=KILLS, seed=18 + record)
    check(tmp_path / "desk", told)
    check_again(tmp_path / "desk", told)
    record_property(
        "counted",
        f"{KILLS:,} kills, 0 of {len(told.acknowledged):,} acknowledged calls lost, a start "
        f"{median(told.starts_s):.2f} s, the slowest {max(told.starts_s):.2f} s",
    )


def test_a_desk_that_answers_before_it_is_durable_is_found_out(tmp_path: Path) -> None:
    # by what is missing, or by its own next start, which finds entries that are not those that were signed
    found_out = r"is not there|does not hold|names another history|the record is damaged"
    with pytest.raises((LostError, RuntimeError), match=found_out):
        check(tmp_path / "desk", killed(tmp_path / "desk", kills=KILLS_FOUND_OUT, broken="answers-early"))
