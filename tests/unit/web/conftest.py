"""A house for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.door import House, real_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.close()


@pytest.fixture
def desk_house(tmp_path: Path) -> Iterator[House]:
    """A house over a real desk."""
    with real_house(tmp_path / "desk") as made:
        yield made
