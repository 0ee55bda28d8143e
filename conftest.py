"""Makes `tests.support` importable, and executes the examples of the documentation.

A `console` block is run command by command, and what it prints must be what stands there. `./dev demo` is played as
`answerable demo`, which it calls once everything is installed; the folder is a new one for each document. A `python`
block is run in that folder too: a plain one must not fail, one with `>>>` must give what stands there.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import chdir
from pathlib import Path

import pytest
from hypothesis import settings
from sybil import Document, Example, Region, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser

settings.register_profile("repeatable", derandomize=True, deadline=None)  # the same examples on every machine
settings.load_profile("repeatable")

pytest_plugins = ["tests.support.postgres_server"]

_PLAYED = {"./dev demo": "answerable demo"}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many faults were made: a test that counts says so, on any worker."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "counted":
                terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {value}")


def _run_console(example: Example) -> None:
    command, expected = "", list[str]()
    for line in [*example.parsed.splitlines(), "$ "]:
        if not line.startswith("$ "):
            expected.append(line)
            continue
        if command:
            _check(command, expected, folder=example.namespace["folder"])
        command, expected = line.removeprefix("$ ").split("  #")[0].strip(), []


def _check(command: str, expected: list[str], *, folder: str) -> None:
    program, *arguments = shlex.split(_PLAYED.get(command, command))
    assert program == "answerable", f"an example may only run answerable: {command}"  # noqa: S101
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "answerable", *arguments],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
    )
    printed = done.stdout.rstrip("\n").splitlines()
    while expected and not expected[-1]:
        expected.pop()
    assert printed == expected, f"`{command}` prints something else:\n{done.stdout}\n{done.stderr}"  # noqa: S101


_python_blocks = PythonCodeBlockParser()


def _python_parser(document: Document) -> Iterator[Region]:
    """The `python` blocks, each to be run in the document's folder."""
    for region in _python_blocks(document):
        region.evaluator = _in_folder(region.evaluator)
        yield region


def _in_folder(evaluate: Callable[[Example], str | None]) -> Callable[[Example], str | None]:
    def run(example: Example) -> str | None:
        with chdir(example.namespace["folder"]):
            return evaluate(example)

    return run


def _new_folder(namespace: dict[str, object]) -> None:
    folder = tempfile.TemporaryDirectory(prefix="answerable-docs-")
    namespace["holds"], namespace["folder"] = folder, folder.name


def _remove_folder(namespace: dict[str, object]) -> None:
    holds = namespace["holds"]
    assert isinstance(holds, tempfile.TemporaryDirectory)  # noqa: S101
    holds.cleanup()


pytest_collect_file = Sybil(
    parsers=[CodeBlockParser(language="console", evaluator=_run_console), _python_parser, SkipParser()],
    patterns=["README.md", "docs/**/*.md", "docs/*.md"],
    path=str(Path(__file__).parent),
    setup=_new_folder,
    teardown=_remove_folder,
).pytest()
