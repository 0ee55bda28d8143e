"""The page about the format names every key and every problem, and its policy is a sound one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from answerable.model.vocabulary import FACTS, VOCABULARY
from answerable.policy import check_policy, load_policy
from answerable.policy.keys import TABLES

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "formats" / "response-policy.md").read_text(encoding="utf-8")
ROOM = ROOT / "src" / "answerable" / "policy"
CODES = {
    code
    for file in ROOM.glob("check*.py")
    for code in re.findall(r'(?:error|warning)\(\s*"([a-z-]+)"', file.read_text(encoding="utf-8"))
}


def test_the_policy_on_the_page_is_sound() -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    policy = load_policy(text.encode(), file="page.toml")
    assert policy.vocabulary == VOCABULARY
    assert check_policy(policy) == ()


def test_every_problem_of_the_check_is_on_the_page_and_no_other() -> None:
    table = PAGE[PAGE.index("| code | severity |") :]
    assert set(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE)) == CODES
    assert len(CODES) == 12


@pytest.mark.parametrize("key", sorted({key.name for name, table in TABLES.items() if name for key in table}))
def test_every_key_is_on_the_page(key: str) -> None:
    assert f"`{key}`" in PAGE


@pytest.mark.parametrize("fact", FACTS)
def test_every_fact_and_value_of_the_vocabulary_is_on_the_page(fact: str) -> None:
    kind = FACTS[fact]
    values = ", ".join(f"`{value}`" for value in kind.one_of)
    said = "yes or no" if kind.yes_no else values or f"{kind.first} to {kind.last}"
    assert f"| `{fact}` | {said} |" in PAGE
