"""A real browser, once a session. Without one, tests are skipped with the reason; with REQUIRE=chromium they fail."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]


def _executable() -> str | None:
    known = Path("/usr/bin/chromium")
    return str(known) if known.exists() else shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium as the system installed it, driven by Playwright."""
    executable = _executable()
    if executable is None:
        if "chromium" in os.environ.get("REQUIRE", "").split(","):
            pytest.fail("REQUIRE names chromium, and there is none: install Debian's chromium", pytrace=False)
        pytest.skip("no chromium on this machine: install it to test the pages in a browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()
