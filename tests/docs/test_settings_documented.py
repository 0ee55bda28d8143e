"""Every setting stands in docs/reference/settings.md with its variable, and no other; its example can be read."""

from __future__ import annotations

import re
from pathlib import Path

from answerable.config import FILE, KEYS, read_said, read_smtp

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "settings.md"
TEXT = PAGE.read_text(encoding="utf-8")


def written() -> dict[str, str]:
    """Each setting with its variable, as the page has them: a table is that of the heading above it."""
    found, table = dict[str, str](), ""
    for line in TEXT.splitlines():
        if heading := re.match(r"## `\[(\w+)\]`", line):
            table = f"{heading[1]}."
        elif row := re.match(r"\| `([a-z-]+)` \| `(ANSWERABLE_\w+)` \|", line):
            found[f"{table}{row[1]}"] = row[2]
    return found


def test_every_setting_is_documented_with_its_variable_and_no_other() -> None:
    assert written() == {key.name: key.env for key in KEYS}


def test_the_example_is_a_file_that_can_be_read(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", TEXT, flags=re.DOTALL)
    assert example is not None
    (tmp_path / FILE).write_text(example[1], encoding="utf-8")
    said = read_said({}, folder=tmp_path)
    assert said["serve.alarm-to"].values == ("https://pager.alder.example/hooks/desk", "mailto:watch@alder.example")
    smtp = read_smtp({}, folder=tmp_path)
    assert smtp is not None
    assert smtp.password_file == tmp_path / "smtp-password"


def test_the_defaults_that_the_page_says_are_those_that_hold() -> None:
    for key in KEYS:
        row = re.search(rf"`{key.env}` \|(.*)\|", TEXT)
        assert row is not None
        assert not key.otherwise or key.otherwise in row[1], key.name
