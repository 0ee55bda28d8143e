"""The cities' own rows, where they are at hand (beside the checkout, never in it)."""

from __future__ import annotations

from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def published(name: str) -> Path:
    """The path of a published file; skips the test, saying why, where the published rows are not at hand."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"published rows not at hand: {name} (looked beside the checkout)")
    return path
