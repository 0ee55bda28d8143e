"""The board in a browser: live rows, held updates, keys, alarms, a lost link, the wall, and no script at all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from tests.support.desk_house import DeskHouse, desk_house
from tests.support.spoken_spans import SPANS, UNTIL

from answerable.stores.accounts import User
from answerable.watch.commands import ReportFact
from answerable.watch.people import Actor, Role

pytestmark = pytest.mark.browser

CALM = {
    "requester": "public",
    "place": "city",
    "life_safety": False,
    "officer_assaulted": False,
    "safe_exit_needed": False,
}
LIVE = re.compile(r"\bjs\b")
TAKER = Actor(id="u-taker", role=Role.CALL_TAKER)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskHouse]:
    """One desk for all of this file: calls pile up in it, as on a real board."""
    with desk_house(tmp_path_factory.mktemp("board")) as made:
        yield made


@pytest.fixture(scope="module")
def dana(house: DeskHouse) -> User:
    return house.person("dana", Role.DISPATCHER)


@pytest.fixture
def context(house: DeskHouse, chromium: Browser, dana: User) -> Iterator[BrowserContext]:
    made = house.browser(chromium, dana)
    yield made
    made.close()


@pytest.fixture
def board(house: DeskHouse, context: BrowserContext) -> Iterator[Page]:
    page = house.open(context, "/board")
    expect(page.locator("html")).to_have_class(LIVE)
    yield page
    assert page.trouble == []  # type: ignore[attr-defined]


def take(house: DeskHouse, **fields: Any) -> str:
    facts = CALM | {"priority": 3} | fields.pop("facts", {})
    return house.call(facts=facts, **{"nature": "Car broken into", "place": "Alder Park"} | fields)


def row(page: Page, call: str) -> Any:
    return page.locator(f'tbody.call[data-id="{call}"]')


def test_spans_are_said_in_the_browser_as_on_the_server(house: DeskHouse, chromium: Browser, dana: User) -> None:
    context = house.browser(chromium, dana, bypass_csp=True)  # a test's own script is none of the page's
    said = house.open(context, "/board").evaluate(
        """async (given) => {
          const time = await import("/static/time.js");
          return [given[0].map((seconds) => time.said(seconds)),
                  given[1].map((left) => time.untilDeadline(1e15 + left, 1e15).words)];
        }""",
        [[seconds for seconds, _ in SPANS], [left for left, _ in UNTIL]],
    )
    context.close()
    assert said == [[words for _, words in SPANS], [words for _, words in UNTIL]]


def test_a_new_call_appears_by_itself_where_it_belongs(house: DeskHouse, board: Page) -> None:
    later = take(house, facts={"priority": 5})
    sooner = take(house, facts={"priority": 1}, nature="Burglar may still be inside")
    expect(row(board, sooner)).to_be_visible()
    expect(row(board, later)).to_be_visible()
    order = board.locator("#pending tbody.call").evaluate_all("bodies => bodies.map(body => body.dataset.id)")
    assert order.index(sooner) < order.index(later)
    expect(row(board, sooner).locator("[data-due]")).to_contain_text("min")


def test_a_row_drawn_by_the_script_is_the_row_that_the_server_draws(house: DeskHouse, board: Page) -> None:
    call = take(house, facts={"priority": 2, "life_safety": True}, nature="Welfare <b>check</b>", sensitive=True)
    expect(row(board, call)).to_be_visible()
    drawn = """body => [body.className.replace(" is-new", ""),
      Object.fromEntries([...body.querySelectorAll("[data-slot]")].map((one) => [one.dataset.slot, one.textContent])),
      [...body.querySelectorAll("a, button, use")].map((one) => one.outerHTML)]"""
    by_script = row(board, call).evaluate(drawn)
    assert by_script[1]["nature"] == "Welfare <b>check</b>"
    bare = board.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    bare.add_cookies(board.context.cookies())  # type: ignore[arg-type]
    plain = bare.new_page()
    plain.goto(f"{house.url}/board")
    assert row(plain, call).evaluate(drawn) == by_script
    bare.close()


def test_a_deadline_that_passes_is_said_in_words_and_shape_as_well_as_colour(house: DeskHouse, board: Page) -> None:
    call = take(house, facts={"priority": 1})
    house.clock.on(301)
    board.reload()
    late = row(board, call)
    expect(late.locator("[data-due]")).to_contain_text("LATE")
    expect(late.locator(".due-words .shape")).to_be_visible()
    expect(board.locator("[data-late-mark]")).to_contain_text("late")
    assert int(board.locator("[data-late]").inner_text()) >= 1


def test_the_focus_stays_when_rows_come_go_and_change_around_it(house: DeskHouse, board: Page) -> None:
    call = take(house, facts={"priority": 5})
    button = row(board, call).get_by_role("button", name="Respond")
    button.focus()
    for number in range(3):
        newcomer = take(house, facts={"priority": 1}, nature=f"Newcomer {number}")
        expect(row(board, newcomer)).to_be_visible()
        expect(button).to_be_focused()
    house.give(ReportFact(id=house.id(), about=call, fact="priority", value=1, asserted_by="dispatcher"), by=TAKER)
    expect(row(board, call).locator("[data-slot=priority]")).not_to_have_text("5")
    expect(button).to_be_focused()


def test_held_updates_wait_with_a_count_and_nothing_moves(house: DeskHouse, board: Page) -> None:
    expect(row(board, take(house))).to_be_visible()
    board.keyboard.press("h")
    hold = board.locator("#hold")
    expect(hold).to_have_attribute("aria-pressed", "true")
    before = board.locator("tbody.call").evaluate_all("bodies => bodies.map(body => body.dataset.id)")
    first, second = take(house), take(house, facts={"priority": 1})
    expect(hold).to_contain_text("Show updates: 2 wait")
    assert board.locator("tbody.call").evaluate_all("bodies => bodies.map(body => body.dataset.id)") == before
    board.keyboard.press("h")
    expect(row(board, first)).to_be_visible()
    expect(row(board, second)).to_be_visible()
    expect(hold).to_contain_text("Hold updates")


def test_alarms_are_shown_even_while_updates_are_held(house: DeskHouse, board: Page) -> None:
    call = take(house, facts={"priority": 1})
    board.keyboard.press("h")
    house.clock.on(270)
    alarm = board.locator("#alarms li", has_text="ABOUT TO GO UNHEARD").first
    expect(alarm).to_be_visible(timeout=10_000)
    board.keyboard.press("h")
    expect(row(board, call)).to_be_visible()


def test_an_alarm_rings_until_somebody_acknowledges_it(house: DeskHouse, board: Page) -> None:
    call = take(house, facts={"priority": 1})
    house.clock.on(310)
    # its own: that of an earlier call may ring already
    expect(board.locator(f'#alarms a[href="/c/{call}"]')).to_have_count(1, timeout=10_000)
    assert board.evaluate("document.documentElement.dataset.rung") is None
    board.get_by_role("button", name="Arm sound").click()
    expect(board.locator("#sound")).to_have_attribute("aria-pressed", "true")
    expect(board.locator("#sound")).to_have_text("Sound armed")
    expect(board.locator("html")).to_have_attribute("data-rung", "grave", timeout=15_000)
    while board.locator("#alarms li").count():
        first = board.locator("#alarms li").first.get_attribute("data-id")
        board.keyboard.press("g")
        expect(board.locator(f'#alarms li[data-id="{first}"]')).to_have_count(0)
    board.evaluate("delete document.documentElement.dataset.rung")
    board.wait_for_timeout(6500)
    assert board.evaluate("document.documentElement.dataset.rung") is None


def test_a_mute_is_ones_own_and_never_silences_a_call_about_to_go_unheard(house: DeskHouse, board: Page) -> None:
    board.get_by_role("button", name="Arm sound").click()
    board.get_by_role("button", name="Mute 10 min").click()
    expect(board.locator("#say")).to_contain_text("A call about to go unheard still rings")
    take(house, facts={"priority": 1})
    house.clock.on(250)
    expect(board.locator("#alarms li", has_text="UNHEARD").first).to_be_visible(timeout=10_000)
    expect(board.locator("html")).to_have_attribute("data-rung", "grave", timeout=15_000)


def test_one_key_responds_and_the_key_to_decline_says_why_not(house: DeskHouse, board: Page) -> None:
    call = take(house)
    row(board, call).locator("a.number").focus()
    board.keyboard.press("d")
    expect(board.locator("#say")).to_contain_text("Nobody may decline this")
    board.keyboard.press("r")
    expect(board.locator("#say")).to_contain_text("Response recorded")
    expect(row(board, call)).to_contain_text("Accepted, nobody sent yet")


def test_single_keys_can_be_switched_off_and_stay_off(house: DeskHouse, board: Page) -> None:
    call = take(house)
    board.keyboard.press("?")
    board.get_by_label("Single keys are on").uncheck()
    board.get_by_role("button", name="Close", exact=True).click()
    row(board, call).locator("a.number").focus()
    board.keyboard.press("r")
    board.keyboard.press("/")
    expect(board.locator("#command")).to_be_hidden()
    expect(row(board, call)).to_contain_text("Received")
    board.reload()
    row(board, call).locator("a.number").focus()
    board.keyboard.press("r")
    expect(row(board, call)).to_contain_text("Received")
    board.get_by_role("button", name="Keys").click()
    board.get_by_label("Single keys are on").check()


def test_the_command_bar_finds_a_call_by_a_word_of_it(house: DeskHouse, board: Page) -> None:
    call = take(house, nature="A goat on the tramline")
    expect(row(board, call)).to_be_visible()
    board.keyboard.press("/")
    expect(board.locator("#command-input")).to_be_focused()
    board.keyboard.type("goat tram")
    expect(board.locator("#command-list li")).to_have_count(1)
    board.keyboard.press("Enter")
    board.wait_for_url(f"**/c/{call}")


def test_the_command_bar_closes_with_escape_and_gives_the_focus_back(house: DeskHouse, board: Page) -> None:
    call = take(house)
    link = row(board, call).locator("a.number")
    link.focus()
    board.keyboard.press("/")
    board.keyboard.type("no such thing at all")
    expect(board.locator("#command [data-none]")).to_be_visible()
    board.keyboard.press("Escape")
    expect(link).to_be_focused()


def test_a_lost_link_is_said_within_fifteen_seconds_and_so_is_its_return(
    house: DeskHouse, context: BrowserContext
) -> None:
    context.add_init_script(
        """const Real = window.EventSource;
        window.lines = [];
        window.EventSource = class extends Real { constructor(url) { super(url); window.lines.push(this); } };
        window.EventSource.CLOSED = 2;"""
    )
    page = house.open(context, "/board")
    expect(page.locator("#link")).to_contain_text("Live")
    expect(page.locator("#lost")).to_be_hidden()
    assert page.evaluate("window.lines[0].readyState") == 1
    page.route("**/events*", lambda route: route.abort())
    page.evaluate("window.lines.forEach((line) => line.close())")  # as a cable that was pulled: nothing says so
    expect(page.locator("#lost")).to_be_visible(timeout=15_000)
    expect(page.locator("#lost")).to_contain_text("LINK LOST")
    expect(page.locator("#link")).to_contain_text("LINK LOST")
    missed = take(house, nature="While nobody saw it")
    page.wait_for_timeout(500)
    assert row(page, missed).count() == 0
    page.unroute("**/events*")
    expect(row(page, missed)).to_be_visible(timeout=15_000)
    expect(page.locator("#lost")).to_be_hidden()
    expect(page.locator("#link")).to_contain_text("Live")


def test_what_the_desk_refuses_is_said_and_nothing_looks_done(house: DeskHouse, context: BrowserContext) -> None:
    call = take(house)
    page = house.open(context, "/board")
    body = {"title": "Service Unavailable", "detail": "The record takes nothing now.", "status": 409}

    def refuse(route: Route) -> None:
        route.fulfill(status=409, content_type="application/problem+json", body=json.dumps(body))

    page.route("**/do/decide-respond", refuse)
    row(page, call).get_by_role("button", name="Respond").click()
    expect(page.locator("#trouble")).to_contain_text("The record takes nothing now.")
    expect(row(page, call)).to_contain_text("Received")


def test_an_act_that_got_lost_on_the_way_is_sent_again_under_the_same_id(
    house: DeskHouse, context: BrowserContext
) -> None:
    call = take(house)
    page = house.open(context, "/board")
    sent = list[str]()

    def lose_the_first(route: Route) -> None:
        sent.append(route.request.post_data or "")
        if len(sent) == 1:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/do/decide-respond", lose_the_first)
    row(page, call).get_by_role("button", name="Respond").click()
    expect(page.locator("#say")).to_contain_text("Response recorded")
    assert len(sent) == 2
    assert sent[0] == sent[1]
    assert "&id=0" in sent[0]


def test_the_wall_masks_sensitive_calls_and_has_nothing_to_press(house: DeskHouse, context: BrowserContext) -> None:
    secret = take(house, nature="A name nobody may read", place="12 Hidden Lane", sensitive=True)
    plain = take(house, place="Alder Park, north gate")
    page = house.open(context, "/wall")
    expect(row(page, secret)).to_contain_text("masked on the wall")
    expect(row(page, plain)).to_contain_text("Alder Park, north gate")
    assert "Hidden Lane" not in page.content()
    assert "A name nobody may read" not in page.content()
    late = take(house, nature="Another name", place="13 Hidden Lane", sensitive=True)
    expect(row(page, late)).to_be_visible()
    assert "Hidden Lane" not in page.content()
    assert page.locator("tbody.call button:visible").count() == 0
    expect(page.locator("footer")).to_contain_text("When this was loaded: Log alder-city.example/desk/2018h1")
    assert page.locator("footer a:visible").count() == 0


def test_without_javascript_the_board_is_whole_and_its_buttons_work(
    house: DeskHouse, chromium: Browser, dana: User
) -> None:
    call = take(house, facts={"priority": 2})
    context = house.browser(chromium, dana, java_script_enabled=False)
    page = house.open(context, "/board")
    expect(row(page, call)).to_contain_text("Car broken into")
    expect(page.locator("#hold")).to_be_hidden()
    row(page, call).get_by_role("button", name="Respond").click()
    expect(page.get_by_role("status").first).to_contain_text("Response recorded")
    expect(row(page, call)).to_contain_text("Accepted, nobody sent yet")
    context.close()


def test_only_the_row_that_changed_is_touched(house: DeskHouse, board: Page) -> None:
    calls = [take(house, facts={"priority": 5}, nature=f"Quiet call {number}") for number in range(3)]
    for call in calls:
        expect(row(board, call)).to_be_visible()
    board.evaluate(
        """() => {
          window.touched = new Set();
          const board = document.getElementById("board");
          new MutationObserver((changes) => changes.forEach((change) => {
            const element = change.target.nodeType === 1 ? change.target : change.target.parentElement;
            const body = element?.closest("tbody.call");
            const counts = element?.closest("[data-due], [data-waiting]");
            if (body && !counts) window.touched.add(body.dataset.id);
          })).observe(board, { subtree: true, childList: true, characterData: true, attributes: true });
        }"""
    )
    house.give(
        ReportFact(id=house.id(), about=calls[1], fact="alternatives_exhausted", value=True, asserted_by="caller"),
        by=TAKER,
    )
    row(board, calls[1]).locator("a.number").focus()
    board.keyboard.press("r")
    expect(row(board, calls[1])).to_contain_text("Accepted, nobody sent yet")
    assert board.evaluate("[...window.touched]") == [calls[1]]


def test_a_page_that_was_just_opened_does_not_speak_of_what_it_shows(house: DeskHouse, context: BrowserContext) -> None:
    call = take(house)
    for _ in range(70):
        take(house)  # so many entries on, the line tells of a whole change
    page = house.open(context, f"/c/{call}")
    page.wait_for_timeout(1_000)
    expect(page.locator("#changed")).to_be_hidden()


def test_a_calls_own_page_says_when_something_was_entered_about_it_and_moves_nothing(
    house: DeskHouse, context: BrowserContext
) -> None:
    call, other = take(house), take(house)
    page = house.open(context, f"/c/{call}")
    expect(page.locator("#changed")).to_be_hidden()
    house.give(ReportFact(id=house.id(), about=other, fact="life_safety", value=False, asserted_by="caller"), by=TAKER)
    page.wait_for_timeout(600)
    expect(page.locator("#changed")).to_be_hidden()
    house.give(ReportFact(id=house.id(), about=call, fact="priority", value=2, asserted_by="caller"), by=TAKER)
    expect(page.locator("#changed")).to_be_visible()
    page.get_by_role("link", name="Show it").click()
    expect(page.locator("#changed")).to_be_hidden()
    assert page.trouble == []  # type: ignore[attr-defined]
