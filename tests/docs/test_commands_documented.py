"""Every command and option stands in docs/reference/commands.md, and every command line there exists."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from answerable.cli import app

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "commands.md"
TEXT = PAGE.read_text(encoding="utf-8")


def walk(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by its full name."""
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from walk(child, f"{path} {name}")
    else:
        yield path, command


COMMANDS = dict(walk(app, "answerable"))


def section(heading: str) -> str:
    """The text under `## heading`, up to the next heading of that rank."""
    match = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", TEXT, flags=re.MULTILINE | re.DOTALL)
    assert match, f"commands.md has no section '## {heading}'"
    return match[1]


def options_of(command: click.Command) -> list[str]:
    return [name for option in command.params if isinstance(option, click.Option) for name in option.opts]


def written_lines() -> list[list[str]]:
    blocks = re.findall(r"^```\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("answerable ")]
    return [shlex.split(line) for line in lines if "[" not in line and "|" not in line and "…" not in line]


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_has_its_section_with_usage_options_and_an_example(path: str) -> None:
    text = section(path)
    assert f"```\n{path} " in text, "usage line"
    for option in options_of(COMMANDS[path]):
        assert re.search(rf"^\| `{re.escape(option)}[ `]", text, flags=re.MULTILINE), (
            f"{option} in the table of options"
        )
    assert any(words[: len(path.split())] == path.split() for words in written_lines()), "an example"


@pytest.mark.parametrize("path", COMMANDS)
def test_no_section_tells_of_an_option_there_is_not(path: str) -> None:
    told = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", section(path)))
    # other commands' options are mentioned nowhere in a section but in links and shared remarks
    assert told <= {*options_of(COMMANDS[path]), "--help"}


@pytest.mark.parametrize("option", options_of(app))
def test_the_options_of_the_program_itself_are_documented(option: str) -> None:
    assert f"`{option}`" in section("answerable")


@pytest.mark.parametrize("words", written_lines(), ids=" ".join)
def test_every_example_is_a_command_line_that_exists(words: list[str]) -> None:
    command: click.Command = app
    rest = words[1:]
    while isinstance(command, click.Group):
        assert rest[0] in command.commands
        command, rest = command.commands[rest[0]], rest[1:]
    given = [word for word in rest if word.startswith("--")]
    assert set(given) <= set(options_of(command))


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_shows_an_example_in_its_help_and_prints_json(path: str) -> None:
    command = COMMANDS[path]
    assert command.epilog is not None
    assert path in command.epilog
    assert "--json" in options_of(command)


def test_every_command_is_in_the_table_of_contents() -> None:
    for path in COMMANDS:
        assert f"[`{path}`](#{path.replace(' ', '-')})" in TEXT
