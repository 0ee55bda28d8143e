"""One story for all tests of the room, and another one told from another seed."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from answerable.demo import Story, write_story

Row = dict[str, str]


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return write_story(tmp_path_factory.mktemp("story") / "city")


@pytest.fixture(scope="session")
def other(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return write_story(tmp_path_factory.mktemp("other") / "city", seed=7)


@pytest.fixture(scope="session")
def calls(story: Story) -> list[Row]:
    return rows_of(story.calls)


@pytest.fixture(scope="session")
def other_calls(other: Story) -> list[Row]:
    return rows_of(other.calls)


@pytest.fixture(scope="session")
def facts(story: Story) -> list[Row]:
    return rows_of(story.facts)


@pytest.fixture(scope="session")
def decisions(story: Story) -> list[Row]:
    return rows_of(story.decisions)
