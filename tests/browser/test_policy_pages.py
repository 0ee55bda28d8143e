"""The pages about a policy as a reader has them: accessible, on a phone, in the dark, without a script or a request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from tests.support.backtests import sample_backtest, sample_backtest_rows
from tests.support.policy_packs import PACKS

from answerable.report import write_backtest
from answerable.wiring import write_handbook

pytestmark = pytest.mark.browser

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    out = tmp_path_factory.mktemp("policy-pages")
    write_backtest(sample_backtest(), iter(sample_backtest_rows()), out / "backtest")
    found = {"backtest": out / "backtest" / "backtest.html"}
    for name, file in PACKS.items():
        found[name] = out / f"{name}.html"
        write_handbook(file, out=found[name])
    return found


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(bypass_csp=True)  # axe is a script that the page would not let in
    yield context.new_page()
    context.close()


NAMES = ("backtest", *PACKS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_the_page_has_no_fault_of_accessibility(page: Page, pages: dict[str, Path], name: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(pages[name].as_uri())
    found = Axe().run(page, options=WCAG).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_page_fits_a_phone(page: Page, pages: dict[str, Path], name: str) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto(pages[name].as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.parametrize("name", NAMES)
def test_the_page_runs_nothing_and_asks_for_nothing(page: Page, pages: dict[str, Path], name: str) -> None:
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("request", lambda request: None if request.url.startswith("file:") else trouble.append(request.url))
    page.goto(pages[name].as_uri())
    assert page.locator("script").count() == 0
    assert trouble == []


@pytest.mark.parametrize("size", ["Letter", "A4"])
@pytest.mark.parametrize("name", PACKS)
def test_the_handbook_prints_as_a_card_on_one_sheet(page: Page, pages: dict[str, Path], name: str, size: str) -> None:
    page.goto(pages[name].as_uri())
    printed = page.pdf(format=size)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    page.emulate_media(media="print")
    shown = page.locator("body > *:visible").evaluate_all("all => all.map(one => one.className)")
    assert shown == ["card"]
