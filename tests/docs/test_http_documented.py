"""Every address of the desk stands in docs/reference/http.md with who may use it, and no other does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from answerable.web.bodies import MOST_BODY_BYTES
from answerable.web.events import BEAT_S, MOST_NAMED, MOST_WAITING
from answerable.web.intake import ANSWERS, Taken
from answerable.web.limits import MOST_UNDER_WAY
from answerable.web.openapi import statuses
from answerable.web.routes import Route
from answerable.web.server import MOST_HEAD_BYTES
from answerable.web.site import DoorSettings
from answerable.web.table import ROUTES

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "http.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `([A-Z]+ /[^`]*)` \| (.+?) \| .+ \|$", TEXT, flags=re.MULTILINE))


def part(heading: str) -> str:
    return TEXT.split(f"## {heading}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("route", ROUTES, ids=lambda one: f"{one.method} {one.path}")
def test_every_address_says_who_may_use_it(route: Route) -> None:
    address = f"{route.method} {route.path}"
    assert ROWS[address] == route.access.sentence
    assert f"`{address}`" in part("The interface" if route.interface else "Pages")


def test_no_address_is_told_that_there_is_not() -> None:
    assert set(ROWS) == {f"{route.method} {route.path}" for route in ROUTES}


def test_every_status_of_the_interface_is_in_the_table_of_answers() -> None:
    told = {
        int(number)
        for cell in re.findall(r"^\| ([\d, ]+) \|", part("Sending"), flags=re.M)
        for number in cell.split(",")
    }
    described = {status for route in ROUTES if route.interface for status in (route.status, *statuses(route))}
    assert described <= told
    assert set(ANSWERS) <= told


def test_the_figures_are_those_of_the_program() -> None:
    assert f"more than {MOST_BODY_BYTES // 1024} KiB" in TEXT
    assert f"larger than {MOST_HEAD_BYTES // 1024} KiB" in TEXT
    assert f"more than {MOST_UNDER_WAY} are being recorded" in TEXT
    assert f"every {BEAT_S:.0f} seconds" in TEXT
    assert f"more than {MOST_NAMED} changed" in TEXT
    assert f"cut after {MOST_WAITING} events" in TEXT
    assert f"{DoorSettings().embargo_s // 3_600} hours after" in TEXT


def test_every_part_of_the_answer_to_a_call_is_named() -> None:
    for name in {"index", "spoken", "receipt", "secret", "promise"} & set(Taken.__struct_fields__):
        assert f"`{name}`" in part("Sending")
