"""Whether somebody was sent or came, who ended a call, and what that rests on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.support.sources import BLANKS, TOWN, import_town, row, town_csv

NOON = "2023-06-01 12:00:00"
LATER = "2023-06-01 12:30:00"
FLAGS = '\n[flags]\ndispatched = { column = "Danger", yes = ["Y"], no = ["N"] }\n'
ROWS: dict[str, dict[str, str]] = {
    "blank": {},
    "handled": {"Code": "HND"},
    "handled by D1": {"Code": "HND", "Closer": "D1"},
    "handled and closed by D1": {"Code": "HND", "Closed": LATER, "Closer": "D1"},
    "gone": {"Code": "GOA"},
    "not sent": {"Code": "W"},
    "not sent by D1": {"Code": "W", "Closer": "D1"},
    "unknown code by D1": {"Code": "ZZ", "Closer": "D1"},
    "sent, code says not": {"Dispatched": LATER, "Code": "W"},
    "arrived": {"Arrived": LATER},
    "arrived, code says not sent": {"Arrived": LATER, "Code": "W"},
    "cancelled by caller": {"Code": "CXC"},
    "cancelled by agency": {"Code": "CXA"},
    "cancelled": {"Code": "CAN"},
    "closed": {"Closed": LATER},
    "closed by D1": {"Closed": LATER, "Closer": "D1"},
    "referred": {"Code": "REF"},
    "accepted": {"Code": "ACC"},
    "flag yes": {"Danger": "Y"},
    "flag no": {"Danger": "N"},
    "flag odd": {"Danger": "?"},
    "two units": {"Source": "2"},
    "no unit": {"Source": "0"},
    "two units, flag no": {"Source": "2", "Danger": "N"},
}


def calls(folder: Path, profile: str) -> dict[str, dict[str, Any]]:
    rows = [row(Number=f'"{name}"', Received=NOON, **values) for name, values in ROWS.items()]
    content = town_csv([]) + b"".join(",".join(values).encode() + b"\n" for values in rows)
    return {call["call_id"]: call for call in import_town(folder, content, profile=profile).calls}


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Every row under a profile in which a blank means nothing."""
    return calls(tmp_path_factory.mktemp("silent"), TOWN)


@pytest.fixture(scope="module")
def telling(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Every row under a profile in which a blank means no."""
    return calls(tmp_path_factory.mktemp("telling"), TOWN + BLANKS)


@pytest.fixture(scope="module")
def flagged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Every row under a profile with a flag and a number of units."""
    units = TOWN.replace('origin_raw           = "Source"', 'units_dispatched = "Source"')
    units = units.replace('\n[origin]\n911 = "public_911"\n', "").replace("[records]\norigin = true", "")
    return calls(tmp_path_factory.mktemp("flagged"), units + FLAGS)


def sent(call: dict[str, Any]) -> tuple[str, str | None]:
    return call["dispatched"], call["dispatched_evidence"]


def came(call: dict[str, Any]) -> tuple[str, str | None]:
    return call["arrived"], call["arrived_evidence"]


def test_a_blank_says_nothing_where_no_profile_says_that_it_does(silent: dict[str, dict[str, Any]]) -> None:
    blank = silent["blank"]
    assert (sent(blank), came(blank)) == (("not_recorded", None), ("not_recorded", None))
    assert (blank["disposition"], blank["ended_by"], blank["reason_given"]) == ("none", "not_recorded", "not_recorded")


def test_a_blank_means_no_where_the_profile_shows_it(telling: dict[str, dict[str, Any]]) -> None:
    blank = telling["blank"]
    assert sent(blank) == ("no", "blank_means_no")
    assert came(blank) == ("not_recorded", None)
    assert (blank["ended_by"], blank["reason_given"]) == ("nobody", "no")


@pytest.mark.parametrize("name", ["handled", "gone"])
def test_a_blank_against_a_disposition_that_means_action_is_a_contradiction(
    telling: dict[str, dict[str, Any]], name: str
) -> None:
    assert sent(telling[name]) == ("not_recorded", "contradictory")


def test_a_time_speaks_before_a_code_and_a_code_before_a_blank(
    silent: dict[str, dict[str, Any]], telling: dict[str, dict[str, Any]]
) -> None:
    assert sent(silent["sent, code says not"]) == ("yes", "time")
    assert sent(silent["not sent"]) == sent(telling["not sent"]) == ("no", "code")
    assert came(silent["gone"]) == ("yes", "code")


def test_an_arrival_without_a_dispatch_shows_that_somebody_came(telling: dict[str, dict[str, Any]]) -> None:
    assert sent(telling["arrived"]) == ("yes", "arrival")
    assert came(telling["arrived"]) == ("yes", "time")


def test_an_arrival_against_a_code_that_says_nobody_was_sent_is_a_contradiction(
    silent: dict[str, dict[str, Any]],
) -> None:
    assert sent(silent["arrived, code says not sent"]) == ("not_recorded", "contradictory")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("flag yes", ("yes", "flag")),
        ("flag no", ("no", "flag")),
        ("flag odd", ("not_recorded", None)),
        ("two units", ("yes", "units")),
        ("no unit", ("no", "units")),
        ("two units, flag no", ("no", "flag")),
    ],
)
def test_a_flag_and_then_a_number_of_units_speak_where_times_and_codes_are_silent(
    flagged: dict[str, dict[str, Any]], name: str, expected: tuple[str, str | None]
) -> None:
    assert sent(flagged[name]) == expected


@pytest.mark.parametrize(
    ("name", "ended_by"),
    [
        ("cancelled by caller", "requester"),
        ("cancelled by agency", "agency"),
        ("cancelled", "unspecified"),
        ("not sent", "unspecified"),
        ("handled", "not_recorded"),
        ("closed", "not_recorded"),
        ("closed by D1", "agency"),
        ("handled and closed by D1", "agency"),
    ],
)
def test_who_ended_a_call_is_said_only_as_far_as_it_is_known(
    silent: dict[str, dict[str, Any]], name: str, ended_by: str
) -> None:
    assert silent[name]["ended_by"] == ended_by


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("handled by D1", "yes"),
        ("handled", "not_recorded"),
        ("not sent by D1", "not_recorded"),
        ("unknown code by D1", "not_recorded"),
        ("closed by D1", "no"),
    ],
)
def test_a_reason_is_a_disposition_with_one_and_somebody_who_closed(
    telling: dict[str, dict[str, Any]], name: str, given: str
) -> None:
    assert telling[name]["reason_given"] == given


def test_a_referral_is_an_offer_until_a_code_says_that_it_was_accepted(silent: dict[str, dict[str, Any]]) -> None:
    assert [silent[name]["handover"] for name in ("referred", "accepted", "handled")] == ["offered", "accepted", "none"]


def test_an_optional_column_that_a_file_lacks_has_no_meaningful_blanks(tmp_path: Path) -> None:
    profile = TOWN.replace('"Dispatched"', '{ column = "Sent", optional = true }') + BLANKS
    found = import_town(tmp_path, town_csv([row(Number="1", Received=NOON)]), profile=profile)
    assert sent(found.calls[0]) == ("not_recorded", None)
    assert "dispatched" not in found.manifest.blank_means_no
    assert "This file has no column 'Sent'; what it would say is unknown." in found.manifest.notes
