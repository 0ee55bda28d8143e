"""What people ask of real files: what share got no unit, of one type of call, and of San Diego's priority 1."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.published import published
from tests.support.small_policies import TWO_SPEEDS
from tests.support.sources import TOWN, row, town_csv

from answerable.model.finding import ClaimFinding, Finding
from answerable.wiring import examine_file

CLAIM = """answerable-claim = 1
[claim]
id = "no-unit"
kind = "calls_ignored"
text = "Priority 1 calls were left without dispatch."
alleged-by = "A reader"
"""
ONE_TYPE = TOWN.replace('rule     = "all_calls"', 'rule     = "one_type"')


def finding(folder: Path, file: Path, *, source: str, scope: str = "") -> ClaimFinding:
    (folder / "policy.toml").write_text(TWO_SPEEDS, encoding="utf-8")
    (folder / "claim.toml").write_text(CLAIM + scope, encoding="utf-8")
    examination = examine_file(
        file, source=source, policies=[folder / "policy.toml"], claims=[folder / "claim.toml"], out=folder / "out"
    )
    return examination.claims[0]


def calls_of_one_type(folder: Path, *, unknown: int) -> ClaimFinding:
    """100 calls of one type: 60 with a dispatch, `unknown` whose code does not say, the rest with W: no dispatch."""
    codes = ["HND"] * 60 + ["CAN"] * unknown + ["W"] * (40 - unknown)
    rows = [
        row(
            Number=f"C{at:03}", Received=f"2023-03-01 10:{at // 2:02}:00", Code=code, Urgency="1", Source="911",
            Dispatched="2023-03-01 11:00:00" if code == "HND" else "",
        )
        for at, code in enumerate(codes)
    ]  # fmt: skip
    (folder / "town.toml").write_text(ONE_TYPE, encoding="utf-8")
    (folder / "calls.csv").write_bytes(town_csv(rows))
    return finding(folder, folder / "calls.csv", source=str(folder / "town.toml"))


def test_a_file_of_one_type_says_what_share_got_no_unit_and_that_it_cannot_tell_who_was_ignored(tmp_path: Path) -> None:
    found = calls_of_one_type(tmp_path, unknown=15)
    assert (found.finding, found.cannot_be_determined) == (Finding.NOT_SUSTAINED, True)
    assert "it lists one type of call only" in found.answer
    said = next(sentence for sentence in found.because if "No unit was sent" in sentence)
    assert "between 25 and 40 % of 100 calls: by the record to 25, and of 15 it does not say" in said
    assert "not an ignored call" in said


def test_where_the_record_says_it_of_each_call_there_is_one_share(tmp_path: Path) -> None:
    found = calls_of_one_type(tmp_path, unknown=0)
    assert any("No unit was sent to 40 % of 100 calls" in sentence for sentence in found.because)


@pytest.mark.data
def test_whether_san_diegos_priority_1_calls_got_no_unit_has_bounds_and_the_reasons(tmp_path: Path) -> None:
    file = published("san_diego_ca/pd_calls_for_service_2023_datasd_jan1-18.csv")
    found = finding(tmp_path, file, source="san-diego-ca", scope='[scope]\nwhere = "priority == 1"\n')
    assert found.finding is Finding.NOT_SUSTAINED
    assert found.figures["calls_in_scope"] == 5013
    assert found.figures["unheard"] == 0
    said = next(sentence for sentence in found.because if "No unit was sent" in sentence)
    assert "of 5,013 calls" in said
    assert "between" in said
    assert any("their code does not say who ended them" in limit for limit in found.limits)
    assert any("The publisher removes calls" in limit for limit in found.limits)
