"""How an error is told: a sentence on standard error, with `--json` also one JSON document on standard output."""

from __future__ import annotations

import errno
import os
import traceback

import click

from answerable.cli.json_text import print_json
from answerable.cli.text import shown
from answerable.errors import AnswerableError, StorageError

INTERRUPTED = 130
"""128 + SIGINT: what shells expect of a program that was stopped with Ctrl-C."""

PIPE_CLOSED = 141
"""128 + SIGPIPE: whoever read our output has gone, which is their good right."""

_STORAGE = {
    errno.ENOSPC: ("there is no space left on the disk", "Free some space, or write to another disk."),
    errno.EDQUOT: ("your disk quota is used up", "Free some space, or write to another disk."),
    errno.EACCES: ("permission denied", "Choose a place where you may write, or change its permissions."),
    errno.EPERM: ("the system does not permit it", "Choose a place where you may write."),
    errno.EROFS: ("the disk is read-only", "Choose another place with --out."),
    errno.ENOENT: ("no such file or folder", "Check the spelling of the path."),
    errno.EIO: ("the disk failed to read or write", "Check the disk; copy the file elsewhere and try again."),
}


def storage_fault(fault: OSError) -> StorageError:
    """What the system refused, in words: which path, why, and what to do."""
    words, hint = _STORAGE.get(fault.errno or 0, (fault.strerror or str(fault), None))
    place = f"{fault.filename}: " if fault.filename else ""
    return StorageError(f"{place}{words}", hint=hint)


def unforeseen_fault(fault: BaseException) -> AnswerableError:
    """An error of the program itself, with where to report it."""
    detail = f"{type(fault).__name__}: {fault}" if str(fault) else type(fault).__name__
    return AnswerableError(
        f"Answerable stopped because of a fault of its own ({detail}).",
        hint=f"Please report it at {_where_to_report()}, with what `answerable --verbose …` prints for it.",
    )


def _where_to_report() -> str:
    from importlib import metadata  # noqa: PLC0415  a seventh of the time that a command takes to begin

    try:
        urls = metadata.metadata("answerable").get_all("Project-URL") or []
    except metadata.PackageNotFoundError:
        urls = []
    found = [url for label, _, url in (entry.partition(", ") for entry in urls) if label.lower() == "issues"]
    return found[0] if found else "the project's issue tracker (its address is in README.md)"


def tell(fault: AnswerableError, *, as_json: bool) -> None:
    """Say what happened and what to do."""
    if as_json:
        print_json(fault.as_dict())
    _say_error(shown(fault.message))
    if fault.hint:
        click.echo(f"  {shown(fault.hint)}", err=True)


def tell_usage(fault: click.ClickException, *, as_json: bool) -> None:
    """Say how the command is meant to be called."""
    if isinstance(fault, click.exceptions.NoArgsIsHelpError):
        fault.show()
        return
    message = shown(fault.format_message())
    context = fault.ctx if isinstance(fault, click.UsageError) else None
    hint = f"Try '{context.command_path} --help'." if context is not None else None
    if as_json:
        print_json({"error": "usage", "message": message, "hint": hint})
    if context is not None:
        click.echo(context.get_usage(), err=True)
    _say_error(message)
    if hint:
        click.echo(f"  {hint}", err=True)


def _say_error(message: str) -> None:
    # click itself leaves colours out where no terminal is, but knows nothing of NO_COLOR
    label = "Error:" if os.environ.get("NO_COLOR") else click.style("Error:", fg="red", bold=True)
    click.echo(f"{label} {message}", err=True)


def tell_trace(fault: BaseException) -> None:
    """The whole trace, for a report to the developers (`--verbose`). Its text may quote data, so it is escaped."""
    for line in "".join(traceback.format_exception(fault)).splitlines():
        click.echo(shown(line), err=True)
