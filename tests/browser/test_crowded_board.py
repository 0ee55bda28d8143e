"""A night on which very much happens: the calls that are due first stay on the screen, and nothing is hidden unsaid."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.test_board import LIVE, take
from tests.support.desk_house import DeskHouse, desk_house

from answerable.watch.commands import RecordUnit, UnitStatus
from answerable.watch.people import Actor, Role
from answerable.web.pages import board_rows

pytestmark = pytest.mark.browser
DANA = Actor(id="u-dana", role=Role.DISPATCHER)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[DeskHouse]:
    with desk_house(tmp_path) as made:
        yield made


@pytest.fixture
def board(house: DeskHouse, chromium: Browser) -> Iterator[Page]:
    context = house.browser(chromium, house.person("dana", Role.DISPATCHER))
    page = house.open(context, "/board")
    expect(page.locator("html")).to_have_class(LIVE)
    yield page
    assert page.trouble == []  # type: ignore[attr-defined]
    context.close()


def test_many_alarms_leave_the_calls_on_the_screen_and_say_how_many_more_ring(house: DeskHouse, board: Page) -> None:
    for _ in range(8):
        take(house, facts={"priority": 1})
    house.clock.on(310)
    alarms, more = board.locator("#alarms > li"), board.locator("#more-alarms")
    expect(alarms).to_have_count(8, timeout=10_000)
    expect(alarms.locator("visible=true")).to_have_count(5)
    expect(more).to_contain_text("3 more alarms ring: 3 UNHEARD.")
    more.get_by_role("button", name="Show all alarms").click()
    expect(alarms.locator("visible=true")).to_have_count(8)
    more.get_by_role("button", name="Show the most urgent").click()
    for left in (7, 6, 5):
        board.keyboard.press("g")
        expect(alarms).to_have_count(left)
    expect(more).to_be_hidden()


def test_of_very_many_calls_those_due_first_are_drawn_and_others_move_up(
    house: DeskHouse, board: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_rows, "MOST_DRAWN", 3)
    monkeypatch.setattr(board_rows, "_SLACK", 1)
    calls = [take(house) for _ in range(6)]
    board.reload()
    drawn, more = board.locator("#pending tbody.call"), board.locator("#pending .more")
    assert drawn.evaluate_all("rows => rows.map((row) => row.dataset.id)") == calls[:3]
    expect(more).to_contain_text("3 more are not drawn here: those above are due first.")
    expect(board.locator("[data-count-of=pending]")).to_have_text("6")
    for about in calls[:2]:
        house.give(RecordUnit(id=f"unit-{about}", about=about, unit="4A12", status=UnitStatus.DISPATCHED), by=DANA)
    expect(more).to_contain_text("1 more", timeout=10_000)
    for moved_up in calls[3:5]:  # also where more moved up at once than the server sends unasked
        expect(board.locator(f'#pending tbody.call[data-id="{moved_up}"]')).to_be_visible()
    assert drawn.evaluate_all("rows => rows.map((row) => row.dataset.id)") == calls[2:5]
    board.get_by_role("link", name="Draw every one").first.click()
    expect(drawn).to_have_count(4)
    expect(more).to_be_hidden()
