"""The pages of a finding as readers have them: accessible, on a phone, in the dark, printed, without a request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from tests.support.findings import (
    UNION,
    asked,
    edited,
    hostile_result,
    proposed,
    published,
    replied,
    signed,
    town_result,
    whole,
)

from answerable import wiring

pytestmark = pytest.mark.browser

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
NAMES = ("index", "letter", "claim-1", "claim-2", "calls", "methods", "certificate")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A signed finding with every kind of claim and hostile texts; a draft beside it; a superseded one."""
    made = tmp_path_factory.mktemp("finding-pages")
    result = hostile_result(made / "a" / "result")
    proposed(result)
    asked(result)
    asked(result, who=UNION)
    replied(result)
    replied(result, who=UNION, published=False)
    edited(result)
    published(result, made / "draft", draft=True)
    signed(result)
    published(result, made / "signed", url="https://ombudsman.alder.example/1")
    old, new = town_result(made / "old"), town_result(made / "new")
    whole(old)
    wiring.propose_finding(new, supersedes=old, because="a later export", at_us=1)
    published(old, made / "superseded")
    return made


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(bypass_csp=True)  # axe is a script that the page would not let in
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", [*(f"signed/{name}" for name in NAMES), "draft/index", "draft/letter"])
def test_the_page_has_no_fault_of_accessibility(page: Page, folder: Path, name: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto((folder / f"{name}.html").as_uri())
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    found = Axe().run(page, options=WCAG).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_page_fits_a_phone(page: Page, folder: Path, name: str) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto((folder / f"signed/{name}.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.parametrize("name", NAMES)
def test_the_page_asks_for_nothing_and_its_rules_hold(chromium: Browser, folder: Path, name: str) -> None:
    """Under its own content security policy, which axe had to be let past."""
    context = chromium.new_context()
    page = context.new_page()
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda fault: trouble.append(str(fault)))
    page.on("request", lambda request: None if request.url.startswith("file:") else trouble.append(request.url))
    page.goto((folder / f"signed/{name}.html").as_uri())
    assert trouble == []
    context.close()


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_somewhere(page: Page, folder: Path, name: str) -> None:
    page.goto((folder / f"signed/{name}.html").as_uri())
    links = page.locator("a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    for link in links:
        target, _, anchor = link.partition("#")
        assert not target or (folder / "signed" / target).is_file(), link
        if anchor and not target:
            assert page.locator(f"[id='{anchor}']").count() == 1, link


def test_numbers_are_folded_and_words_come_first(page: Page, folder: Path) -> None:
    page.goto((folder / "signed/claim-1.html").as_uri())
    headings = page.locator("#trust h3").all_inner_texts()
    assert headings[:6] == [
        "How complete is the record?",
        "Between what bounds does the answer lie?",
        "Are like calls compared with like?",
        "Do comparisons find nothing where there is nothing?",
        "Could something nobody wrote down explain it?",
        "What could this record have shown at all?",
    ]
    assert not page.locator("#trust table").first.is_visible()
    page.locator("#trust summary").first.click()
    assert page.locator("#trust table").first.is_visible()


def test_the_review_for_machines_is_read_by_none_of_the_scripts(page: Page, folder: Path) -> None:
    page.goto((folder / "signed/claim-1.html").as_uri())
    review = page.evaluate("JSON.parse(document.querySelector('script[type=\"application/ld+json\"]').textContent)")
    assert review["@type"] == "ClaimReview"
    assert review["url"] == "https://ombudsman.alder.example/1/claim-1.html"
    page.goto((folder / "draft/claim-1.html").as_uri())
    assert page.locator('script[type="application/ld+json"]').count() == 0


@pytest.mark.parametrize(("name", "most"), [("letter", 4), ("certificate", 4), ("index", 5)])
@pytest.mark.parametrize("size", ["Letter", "A4"])
def test_the_page_prints_whole_on_a_few_sheets(page: Page, folder: Path, name: str, most: int, size: str) -> None:
    page.goto((folder / f"signed/{name}.html").as_uri())
    printed = page.pdf(format=size)
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= most
    page.emulate_media(media="print")
    assert not page.locator("nav.contents").is_visible()


def test_printing_opens_what_is_folded(page: Page, folder: Path) -> None:
    page.goto((folder / "signed/claim-1.html").as_uri())
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0
