"""The report as a reader has it: opened from the disk, offline, by keyboard, on a phone, in the dark, on paper."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Dialog, Page, expect
from tests.support.edits import EDITS, two_snapshots
from tests.support.examinations import empty_examination, sample_examination, sample_rows, sample_source

from answerable.report import write_report
from answerable.report.calls_csv import COLUMNS

pytestmark = pytest.mark.browser

ROWS = sample_rows()
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""The dark page differs from the light one in its colours alone."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("report")
    write_report(sample_examination(ROWS), ROWS, out / "full")
    few = sample_rows(60)  # every outcome, and few enough for axe to be quick
    write_report(sample_examination(few), few, out / "few")
    write_report(empty_examination(), (), out / "empty")
    exports = msgspec.structs.replace(
        sample_examination(few), source=sample_source(snapshots=two_snapshots()), edits=EDITS
    )
    write_report(exports, few, out / "exports")
    return out


@pytest.fixture
def trouble() -> list[str]:
    """Everything a page should not do: errors on the console, requests, dialogs."""
    return []


@pytest.fixture
def page(chromium: Browser, folder: Path, trouble: list[str]) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    page = context.new_page()
    watch(page, trouble)
    page.goto((folder / "full" / "report.html").as_uri())
    yield page
    context.close()


def watch(page: Page, trouble: list[str]) -> None:
    def dismiss(dialog: Dialog) -> None:
        trouble.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("console", lambda message: trouble.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
    page.on("dialog", dismiss)
    page.on("request", lambda request: None if request.url.startswith("file:") else trouble.append(request.url))


def rows_shown(page: Page) -> list[str]:
    return page.locator("#calls-rows tr th .id").all_inner_texts()


def test_the_page_opens_from_the_disk_without_errors_requests_or_injected_script(
    page: Page, trouble: list[str]
) -> None:
    expect(page.locator("#shown")).to_have_text("Showing 1 to 25 of 600 calls.")
    requested: list[str] = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    assert requested == []
    assert page.locator("main img, main script, main b").count() == 0
    for _ in range(23):
        page.locator("#next").click()
    assert trouble == []


def test_the_policy_of_the_page_stops_a_script_that_got_in(page: Page) -> None:
    failures: list[str | None] = []
    page.on("requestfailed", lambda request: failures.append(request.failure))
    page.evaluate(
        """() => {
          const script = document.createElement("script");
          try { script.text = "window.gotIn = true"; } catch { window.refused = true; }
          document.body.append(script);
          const picture = document.createElement("img");
          picture.src = "https://example.invalid/x.png";
          document.body.append(picture);
        }"""
    )
    page.wait_for_event("requestfailed") if not failures else None
    assert page.evaluate("window.gotIn") is None
    assert page.evaluate("window.refused") is True
    assert failures == ["csp"]


def test_finding_words_narrows_the_calls_and_clearing_brings_them_back(page: Page) -> None:
    wanted = [row.call for row in ROWS if "burglary" in row.type.lower() and row.district == "Harbor"]
    page.locator("#find").fill("BURGLARY harbor")
    expect(page.locator("#shown")).to_contain_text(f"{len(wanted)} found among 600 calls")
    assert rows_shown(page) == wanted[:25]
    page.locator("#find").fill("no such words anywhere")
    expect(page.locator("#shown")).to_have_text("None of 600 calls fits. Clear the filter to see them all.")
    page.locator("#clear").click()
    expect(page.locator("#shown")).to_have_text("Showing 1 to 25 of 600 calls.")


def test_outcome_and_claim_can_be_chosen_together(page: Page) -> None:
    page.locator("#by-outcome").select_option("answered_late")
    page.locator("#by-claim").select_option("june")
    wanted = [row.call for row in ROWS if row.outcome == "answered_late" and "june" in row.claims]
    assert rows_shown(page) == wanted[:25]
    assert set(page.locator("#calls-rows [data-cell=outcome]").all_inner_texts()) == {"answered late"}


def test_a_header_sorts_both_ways_and_says_so(page: Page) -> None:
    header = page.locator("#calls-table th[data-key=waited_s]")
    waited = sorted(row.waited_s for row in ROWS if row.waited_s is not None)
    header.locator("button").click()
    expect(header).to_have_attribute("aria-sort", "ascending")
    assert rows_shown(page)[0] == next(row.call for row in ROWS if row.waited_s == waited[0])
    header.locator("button").click()
    expect(header).to_have_attribute("aria-sort", "descending")
    assert rows_shown(page)[0] == next(row.call for row in ROWS if row.waited_s == waited[-1])


def test_the_table_works_by_keyboard_alone(page: Page) -> None:
    page.locator("#find").focus()
    page.keyboard.type("welfare")
    for _ in range(5):
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('th')?.dataset.key") == "call"
    page.keyboard.press("Enter")
    expect(page.locator("#calls-table th[data-key=call]")).to_have_attribute("aria-sort", "ascending")


def test_the_first_tab_leads_past_the_contents(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def test_the_chosen_calls_are_downloaded_as_safe_csv(page: Page) -> None:
    page.locator("#by-outcome").select_option("answered_late")
    with page.expect_download() as downloading:
        page.locator("#download").click()
    text = Path(downloading.value.path()).read_bytes().decode()
    lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    wanted = [row for row in ROWS if row.outcome == "answered_late"]
    assert lines[0] == list(COLUMNS)
    assert [line[0] for line in lines[1:]] == [row.call for row in wanted]
    assert lines[1][COLUMNS.index("type")].startswith("'=HYPERLINK")
    assert lines[1][COLUMNS.index("district")] == "'-East"


def test_all_calls_downloaded_are_calls_csv_to_the_byte(page: Page, folder: Path) -> None:
    with page.expect_download() as downloading:
        page.locator("#download").click()
    assert Path(downloading.value.path()).read_bytes() == (folder / "full" / "calls.csv").read_bytes()


@pytest.mark.parametrize("name", ["full", "empty", "exports"])
def test_no_width_scrolls_the_page_sideways(chromium: Browser, folder: Path, name: str) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto((folder / name / "report.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    for width in (320, 390, 768, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
    context.close()


@pytest.mark.parametrize(
    ("name", "scheme", "width"),
    [
        ("few", "light", 1280),
        ("few", "dark", 1280),
        ("few", "light", 320),
        ("empty", "light", 320),
        ("exports", "light", 320),
    ],
)
def test_axe_finds_nothing(chromium: Browser, folder: Path, name: str, scheme: str, width: int) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=True,  # axe is injected; the page's own policy is tested above
    )
    page = context.new_page()
    page.goto((folder / name / "report.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    results = Axe().run(page, options=WCAG if scheme == "light" else COLOURS)
    assert results.violations_count == 0, results.generate_report()
    context.close()


def test_without_javascript_the_page_is_whole(chromium: Browser, folder: Path) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "full" / "report.html").as_uri())
    assert page.locator("#calls-rows tr").count() == 200
    expect(page.locator("#controls")).to_be_hidden()
    expect(page.locator("#shown")).to_contain_text("The first 200 of 600 calls")
    context.close()


def test_on_paper_everything_folded_is_open_and_nothing_is_cut(page: Page) -> None:
    page.set_viewport_size({"width": 680, "height": 980})
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 680
    expect(page.locator("nav.contents")).to_be_hidden()
    expect(page.locator("#controls")).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0


def test_two_thousand_calls_are_shown_a_page_at_a_time(chromium: Browser, tmp_path: Path) -> None:
    rows = sample_rows(2000)
    write_report(sample_examination(rows), rows, tmp_path)
    context = chromium.new_context()
    page = context.new_page()
    page.goto((tmp_path / "report.html").as_uri())
    expect(page.locator("#shown")).to_have_text("Showing 1 to 25 of 2,000 calls.")
    assert page.locator("#calls-rows tr").count() == 25
    expect(page.locator("#page")).to_have_text("Page 1 of 80")
    context.close()
