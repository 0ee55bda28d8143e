"""Options that several commands share, said the same way everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import click

Decorator: TypeAlias = Callable[[Callable[..., Any]], Callable[..., Any]]

EXISTING_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
FILE_OR_FOLDER = click.Path(exists=True, readable=True, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


def host_and_port(text: str) -> tuple[str, int]:
    """`--listen HOST:PORT` as its two parts. Raises BadParameter."""
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise click.BadParameter(f"{text!r} is not HOST:PORT, such as 127.0.0.1:8089", param_hint="'--listen'")
    return host.strip("[]"), int(port)


def examples(*lines: str) -> str:
    """The end of a command's help: command lines to copy."""
    heading = "Example:" if len(lines) == 1 else "Examples:"
    # \b keeps click from wrapping what is meant to be copied
    return "\b\n" + "\n  ".join([heading, *lines])


json_option: Decorator = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document on standard output instead of text."
)
encoding_option: Decorator = click.option(
    "--encoding",
    metavar="NAME",
    help="Character encoding of FILE, such as cp1252, where it is not UTF-8 and the profile does not say.",
)
files_argument: Decorator = click.argument("files", metavar="FILE…", nargs=-1, required=True, type=FILE_OR_FOLDER)
"""A publisher's file, several of one publisher, or a folder of them."""
sheet_option: Decorator = click.option(
    "--sheet", metavar="NAME", help="Which sheet of an Excel workbook; needed where it has more than one."
)
as_of_option: Decorator = click.option(
    "--as-of",
    metavar="TIME",
    help="Up to when FILE can speak, with offset: 2018-07-01T00:00:00-07:00. Silence after it means nothing.",
)

memory_option: Decorator = click.option(
    "--memory",
    metavar="SIZE",
    help="How much memory may be used, such as 1GB or 800MB; what does not fit goes to the disk for a while. "
    "Without it ANSWERABLE_MEMORY says so, else most of the machine's.",
)


def source_option(*, required: bool) -> Decorator:
    """`--source NAME|PROFILE.toml`; where it may be absent, the header decides."""
    absent = "" if required else " Without it the header is compared with every known profile."
    return click.option(
        "--source",
        required=required,
        metavar="NAME|PROFILE.toml",
        help=f"Whose file it is: a built-in profile (`answerable sources list`) or your own profile file.{absent}",
    )


def policies_option(says: str, *, required: bool = False) -> Decorator:
    """`--policy FILE|DIR`, repeatable, as `policies`; `says` what the command does with them."""
    return click.option(
        "--policy",
        "policies",
        required=required,
        multiple=True,
        type=FILE_OR_FOLDER,
        metavar="FILE|DIR",
        help=f"{says} Repeatable.",
    )
