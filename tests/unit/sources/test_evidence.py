"""Whether somebody was sent or came, who ended a call, and what that rests on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.support.sources import BLANKS, TOWN, import_town, row, town_csv

NOON = "2023-06-01 12:00:00"
LATER = "2023-06-01 12:30:00"


def call(folder: Path, *, profile: str = TOWN, **values: str) -> dict[str, Any]:
    found = import_town(folder, town_csv([row(Number="1", Received=NOON, **values)]), profile=profile)
    return found.calls[0]


def sent(one: dict[str, Any]) -> tuple[str, str | None]:
    return one["dispatched"], one["dispatched_evidence"]


def came(one: dict[str, Any]) -> tuple[str, str | None]:
    return one["arrived"], one["arrived_evidence"]


def test_a_blank_says_nothing_where_no_profile_says_that_it_does(tmp_path: Path) -> None:
    one = call(tmp_path)
    assert (sent(one), came(one)) == (("not_recorded", None), ("not_recorded", None))
    assert (one["disposition"], one["ended_by"], one["reason_given"]) == ("none", "not_recorded", "not_recorded")


def test_a_blank_means_no_where_the_profile_shows_it(tmp_path: Path) -> None:
    one = call(tmp_path, profile=TOWN + BLANKS)
    assert sent(one) == ("no", "blank_means_no")
    assert came(one) == ("not_recorded", None)
    assert (one["ended_by"], one["reason_given"]) == ("nobody", "no")


@pytest.mark.parametrize("values", [{"Code": "HND"}, {"Code": "GOA"}])
def test_a_blank_against_a_disposition_that_means_action_is_a_contradiction(
    tmp_path: Path, values: dict[str, str]
) -> None:
    assert sent(call(tmp_path, profile=TOWN + BLANKS, **values)) == ("not_recorded", "contradictory")


def test_a_time_speaks_before_a_code(tmp_path: Path) -> None:
    assert sent(call(tmp_path, Dispatched=LATER, Code="W")) == ("yes", "time")
    assert sent(call(tmp_path, Code="W")) == ("no", "code")


def test_a_code_speaks_before_a_blank(tmp_path: Path) -> None:
    assert sent(call(tmp_path, profile=TOWN + BLANKS, Code="W")) == ("no", "code")
    assert came(call(tmp_path, Code="GOA")) == ("yes", "code")


def test_an_arrival_without_a_dispatch_shows_that_somebody_came(tmp_path: Path) -> None:
    assert sent(call(tmp_path, profile=TOWN + BLANKS, Arrived=LATER)) == ("yes", "arrival")
    assert came(call(tmp_path, Arrived=LATER)) == ("yes", "time")


def test_an_arrival_against_a_code_that_says_nobody_was_sent_is_a_contradiction(tmp_path: Path) -> None:
    assert sent(call(tmp_path, Arrived=LATER, Code="W")) == ("not_recorded", "contradictory")


def test_a_flag_and_then_a_count_of_units_speak_where_times_and_codes_are_silent(tmp_path: Path) -> None:
    flags = '\n[flags]\ndispatched = { column = "Danger", yes = ["Y"], no = ["N"] }\n'
    units = TOWN.replace('origin_raw           = "Source"', 'units_dispatched = "Source"')
    units = units.replace('\n[origin]\n911 = "public_911"\n', "").replace("[records]\norigin = true", "")
    assert sent(call(tmp_path, profile=TOWN + flags, Danger="Y")) == ("yes", "flag")
    assert sent(call(tmp_path, profile=TOWN + flags, Danger="N")) == ("no", "flag")
    assert sent(call(tmp_path, profile=TOWN + flags, Danger="?")) == ("not_recorded", None)
    assert sent(call(tmp_path, profile=units, Source="2")) == ("yes", "units")
    assert sent(call(tmp_path, profile=units, Source="0")) == ("no", "units")
    assert sent(call(tmp_path, profile=units + flags, Source="2", Danger="N")) == ("no", "flag")


@pytest.mark.parametrize(
    ("values", "ended_by"),
    [
        ({"Code": "CXC"}, "requester"),
        ({"Code": "CXA"}, "agency"),
        ({"Code": "CAN"}, "unspecified"),
        ({"Code": "W"}, "unspecified"),
        ({"Code": "HND"}, "not_recorded"),
        ({"Closed": LATER}, "not_recorded"),
        ({"Closed": LATER, "Closer": "D1"}, "agency"),
        ({"Code": "HND", "Closed": LATER, "Closer": "D1"}, "agency"),
    ],
)
def test_who_ended_a_call_is_said_only_as_far_as_it_is_known(
    tmp_path: Path, values: dict[str, str], ended_by: str
) -> None:
    assert call(tmp_path, **values)["ended_by"] == ended_by


@pytest.mark.parametrize(
    ("values", "given"),
    [
        ({"Code": "HND", "Closer": "D1"}, "yes"),
        ({"Code": "HND"}, "not_recorded"),
        ({"Code": "W", "Closer": "D1"}, "not_recorded"),
        ({"Code": "ZZ", "Closer": "D1"}, "not_recorded"),
        ({"Closer": "D1", "Closed": LATER}, "no"),
    ],
)
def test_a_reason_is_a_disposition_with_one_and_somebody_who_closed(
    tmp_path: Path, values: dict[str, str], given: str
) -> None:
    assert call(tmp_path, profile=TOWN + BLANKS, **values)["reason_given"] == given


def test_a_referral_is_an_offer_until_a_code_says_that_it_was_accepted(tmp_path: Path) -> None:
    assert call(tmp_path, Code="REF")["handover"] == "offered"
    assert call(tmp_path, Code="ACC")["handover"] == "accepted"
    assert call(tmp_path, Code="HND")["handover"] == "none"


def test_an_optional_column_that_a_file_lacks_has_no_meaningful_blanks(tmp_path: Path) -> None:
    profile = TOWN.replace('"Dispatched"', '{ column = "Sent", optional = true }') + BLANKS
    found = import_town(tmp_path, town_csv([row(Number="1", Received=NOON)]), profile=profile)
    assert sent(found.calls[0]) == ("not_recorded", None)
    assert "dispatched" not in found.manifest.blank_means_no
    assert "This file has no column 'Sent'; what it would say is unknown." in found.manifest.notes
