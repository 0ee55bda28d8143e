"""The command group that turns every ending into words and an exit code; nobody is shown a bare traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from answerable.cli.defaults import with_its_place
from answerable.cli.faults import (
    INTERRUPTED,
    PIPE_CLOSED,
    storage_fault,
    tell,
    tell_trace,
    tell_usage,
    unforeseen_fault,
)
from answerable.cli.text import shown
from answerable.errors import AnswerableError


class Door(click.Group):
    """Exit codes: 0 done, 1 the answer is no, 2 wrong input or usage, 3 cannot tell, 4 storage, 5 a part is missing,
    70 a fault of ours, 130 interrupted, 141 the reader of our output has gone."""

    def main(  # type: ignore[override]  # click's own overloads differ only in standalone mode, which a door always is
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> NoReturn:
        """Run a command line and exit. Never returns, never raises anything but SystemExit."""
        words = list(sys.argv[1:] if args is None else args)
        extra.pop("standalone_mode", None)
        _tolerate_narrow_encodings()
        sys.exit(self._exit_code(words, prog_name=prog_name or "answerable", **extra))

    def _exit_code(self, words: list[str], *, prog_name: str, **extra: Any) -> int:
        as_json = "--json" in words
        verbose = "--verbose" in words or "-v" in words
        try:
            code = super().main(words, prog_name=prog_name, standalone_mode=False, **extra)
            sys.stdout.flush()
        except click.ClickException as fault:
            tell_usage(with_its_place(fault), as_json=as_json)
            return fault.exit_code
        except click.Abort as stop:
            return _tell_stop(getattr(stop.__cause__, "__notes__", ()))
        except BrokenPipeError:
            _leave_the_pipe()
            return PIPE_CLOSED
        except RuntimeError as fault:
            # so the engine says that Ctrl-C stopped it in the middle of a query
            if str(fault) == "Query interrupted":
                return _tell_stop(())
            return _tell_fault(fault, as_json=as_json, verbose=verbose)
        except Exception as fault:  # noqa: BLE001  the last line of defence: told in words, never swallowed
            return _tell_fault(fault, as_json=as_json, verbose=verbose)
        return code if isinstance(code, int) else 0

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a closed pipe is ours to end (click would exit 1, which means "no" here)."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as gone:
            _leave_the_pipe()
            raise click.exceptions.Exit(PIPE_CLOSED) from gone


def _tell_stop(notes: Sequence[str]) -> int:
    click.echo("Stopped. What was already written in full stays; nothing half-written does.", err=True)
    for note in notes:
        click.echo(shown(note), err=True)
    return INTERRUPTED


def _tell_fault(fault: Exception, *, as_json: bool, verbose: bool) -> int:
    if isinstance(fault, AnswerableError):
        told = fault
    elif isinstance(fault, OSError):
        told = storage_fault(fault)
    else:
        told = unforeseen_fault(fault)
    if verbose:
        tell_trace(fault)
    tell(told, as_json=as_json)
    return told.exit_code


def _leave_the_pipe() -> None:
    """Send what is still buffered nowhere, so that the interpreter's last flush does not complain."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  lives until the process ends


def _tolerate_narrow_encodings() -> None:
    """A terminal that knows no curly quote shows its code instead of stopping the program."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
