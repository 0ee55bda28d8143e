"""The pages of the door in a browser: logging in with a second factor, a receipt followed by its link, people; no page
breaks its own policy, and axe finds nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from tests.support.desk_house import DeskHouse, desk_house

from answerable.watch.people import Role
from answerable.wiring.people import NewUser, add_user

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[DeskHouse]:
    with desk_house(tmp_path) as made:
        yield made


def trouble(page: Page) -> list[str]:
    found: list[str] = page.trouble  # type: ignore[attr-defined]
    return found


def test_an_invitation_becomes_a_log_in_with_a_second_factor(house: DeskHouse, chromium: Browser) -> None:
    house.person("root", Role.ADMINISTRATOR)
    _, secret = add_user(house.accounts, NewUser(name="ada", agency="Alder City"), now_us=house.clock())
    context = house.browser(chromium)
    page = house.open(context, f"/invitation/{secret}")
    for field in ("#password", "#again"):
        page.fill(field, "four words in a row")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("heading", name="Set up the second factor")).to_be_visible()
    expect(page.locator("svg.qr")).to_be_visible()
    key = page.locator("figcaption code").inner_text().replace(" ", "")
    page.fill("#code", pyotp.TOTP(key).now())
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    page.fill("#name", "ada")
    page.fill("#password", "four words in a row")
    page.get_by_role("button", name="Log in").click()
    page.fill("#code", "000000")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert").first).to_contain_text("not the code")
    assert [one for one in trouble(page) if "401" not in one] == []
    context.close()


def test_a_receipts_link_fills_in_the_secret_and_takes_it_out_of_the_address(
    house: DeskHouse, chromium: Browser
) -> None:
    context = house.browser(chromium)
    page = house.open(context, "/call")
    page.fill("#what", "Somebody shouts in the yard")
    page.get_by_role("button", name="Send").click()
    link = page.locator("dl.facts a").get_attribute("href")
    assert link is not None
    expect(page.locator("svg.qr")).to_be_visible()
    page.goto(link)
    expect(page.locator("#secret")).to_have_value(re.compile("[A-Z2-7]{26}"))
    assert "#" not in page.url
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("call received")).to_be_visible()
    assert trouble(page) == []
    context.close()


def test_the_verifier_works_under_the_policy_it_is_served_with(house: DeskHouse, chromium: Browser) -> None:
    context = house.browser(chromium)
    page = house.open(context, "/verify")
    expect(page.get_by_role("heading", name="Check a receipt or a bundle")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).margin") == "0px", "its own style holds"
    assert trouble(page) == []
    context.close()


def visits(house: DeskHouse, chromium: Browser, *, theme: str, **more: bool) -> Iterator[tuple[str, Page]]:
    """Every page of the door, as somebody who may see it."""
    root, auditor = house.person("root", Role.ADMINISTRATOR), house.person("aud", Role.AUDITOR)
    people = {
        None: ("/", "/log-in", "/status", "/call", "/log", "/e/0", "/r/2026h2-1-0000", "/nothing"),
        root: ("/people", "/account"),
        auditor: ("/looks", "/log"),
    }
    for user, paths in people.items():
        context = house.browser(chromium, user, theme=theme, **more)
        for path in paths:
            page = house.open(context, path)
            yield path, page
            page.close()
        context.close()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_nothing_on_any_page_of_the_door(house: DeskHouse, chromium: Browser, theme: str) -> None:
    for path, page in visits(house, chromium, theme=theme, bypass_csp=True):
        page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true; })")
        results = Axe().run(page, options=WCAG)
        assert results.violations_count == 0, f"{path}: {results.generate_report()}"


def test_no_page_of_the_door_breaks_its_own_policy(house: DeskHouse, chromium: Browser) -> None:
    for path, page in visits(house, chromium, theme="dark"):
        assert [one for one in trouble(page) if "404" not in one] == [], path
        page.set_viewport_size({"width": 360, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, f"{path} is wider than a telephone"
