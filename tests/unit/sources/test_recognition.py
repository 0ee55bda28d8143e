"""A file never seen before: recognised by its header, or told apart with what is missing. Never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from answerable.errors import SourceError
from answerable.sources import Fit, recognise

SAN_DIEGO = (
    "incident_num,date_time,day_of_week,address_number_primary,address_dir_primary,address_road_primary,"
    "address_sfx_primary,address_dir_intersecting,address_road_intersecting,address_sfx_intersecting,"
    "call_type,disposition,beat,priority"
)


def recognised(folder: Path, header: str, **options: str):  # type: ignore[no-untyped-def]
    path = folder / "calls.csv"
    path.write_bytes((header + "\n").encode(options.get("encoding", "utf-8")))
    return recognise(path, **options)


def test_a_known_header_is_recognised(tmp_path: Path) -> None:
    found = recognised(tmp_path, SAN_DIEGO)
    assert (found.profile, found.fit, found.encoding) == ("san-diego-ca", Fit.EXACT, "utf-8")
    assert found.nearest[0].unmapped == ("day_of_week",)
    assert "--source san-diego-ca" in found.advice


def test_the_order_of_columns_and_quotes_do_not_matter(tmp_path: Path) -> None:
    header = ",".join(f'"{name}"' for name in reversed(SAN_DIEGO.split(",")))
    assert recognised(tmp_path, header).fit is Fit.EXACT


def test_a_drifted_header_is_recognised_and_its_changes_are_named(tmp_path: Path) -> None:
    drifted = SAN_DIEGO.replace("address_dir_primary", "address_pd_primary").replace("incident_num", "Incident Num")
    found = recognised(tmp_path, drifted)
    assert (found.profile, found.fit) == ("san-diego-ca", Fit.DRIFTED)
    assert found.nearest[0].drifted == {
        "incident_num": "Incident Num",
        "address_dir_primary": "address_pd_primary",
    }
    assert "'Incident Num' for 'incident_num'" in found.advice


def test_two_columns_that_differ_only_in_case_are_not_chosen_between(tmp_path: Path) -> None:
    found = recognised(tmp_path, SAN_DIEGO.replace("priority", "Priority,PRIORITY"))
    assert found.profile is None
    assert found.nearest[0].missing == ("priority",)


def test_an_unknown_header_gets_the_nearest_profile_and_what_it_misses(tmp_path: Path) -> None:
    found = recognised(tmp_path, SAN_DIEGO.replace("priority", "prio").replace("date_time", "when"))
    assert (found.profile, found.fit) == (None, Fit.NONE)
    assert set(found.nearest[0].missing) == {"date_time", "priority"}
    assert "The nearest is san-diego-ca, which misses date_time, priority." in found.advice
    assert "`answerable sources draft FILE` begins one" in found.advice
    assert "columns are: incident_num, when" in found.advice


def test_a_byte_order_mark_and_another_encoding_are_no_hindrance(tmp_path: Path) -> None:
    assert recognised(tmp_path, "\ufeff" + SAN_DIEGO).fit is Fit.EXACT
    assert recognised(tmp_path, SAN_DIEGO, encoding="utf-16").fit is Fit.EXACT


def test_a_file_without_a_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="the first line is blank"):
        recognised(tmp_path, "")
