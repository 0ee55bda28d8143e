"""One JSON document on standard output, for `--json`."""

from __future__ import annotations

import json
import sys

import click
import msgspec

from answerable.cli.text import shown


def print_json(value: object) -> None:
    """Print `value` (builtins, structs, paths) as one indented JSON document.

    Control and direction-changing characters are escaped as JSON spells them, so that the document may be read in a
    terminal too. Raises ValueError for a number JSON has no spelling for.
    """
    click.echo("\n".join(_visible(line) for line in _spelled(value, indent=2).split("\n")))


def print_json_line(value: object) -> None:
    """Print `value` as `print_json` does, on one line: for commands that go on and say one thing after another."""
    click.echo(_visible(_spelled(value, indent=None)))
    sys.stdout.flush()  # whoever reads it waits for it


def _spelled(value: object, *, indent: int | None) -> str:
    plain = msgspec.to_builtins(value, enc_hook=str)
    # an output that cannot carry every character gets escapes instead of a broken document
    ascii_only = "utf" not in (sys.stdout.encoding or "").lower()
    return json.dumps(plain, ensure_ascii=ascii_only, indent=indent, allow_nan=False)


def _visible(line: str) -> str:
    if shown(line) == line:
        return line
    return "".join(char if shown(char) == char else json.dumps(char)[1:-1].replace("\x7f", "\\u007f") for char in line)
