"""Every ending has words and an exit code."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from answerable import __version__
from answerable.errors import MissingExtraError, PolicyError, SourceError, StorageError

HEAVY = ("duckdb", "rich", "jinja2", "vl_convert", "answerable.sources", "answerable.engines", "answerable.report")


def started(*words: str, then: str = "") -> subprocess.CompletedProcess[str]:
    code = f"import sys; from answerable.cli import app\ntry: app.main({list(words)!r})\nfinally:\n {then or 'pass'}"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "words", [["--help"], ["--version"], ["examine", "--help"], ["sources", "list", "--help"], ["demo", "-h"]]
)
def test_help_and_version_load_no_heavy_part(words: list[str]) -> None:
    done = started(*words, then=f"print([m for m in {HEAVY!r} if m in sys.modules])")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


def test_version_names_program_and_version(run: Callable[..., Result]) -> None:
    assert run("--version").output == f"answerable {__version__}\n"


def test_without_a_command_the_help_is_shown(run: Callable[..., Result]) -> None:
    done = run()
    assert done.exit_code == 2
    assert "Usage: answerable" in done.stderr


@pytest.mark.parametrize(
    ("fault", "exit_code", "code"),
    [
        (
            SourceError("no such column", file="calls.csv", line=7, column="When", value="noon", hint="Say it."),
            2,
            "source",
        ),
        (PolicyError("no such fact", file="p.toml", line=3, column=1, rule="r"), 2, "policy"),
        (StorageError(), 4, "storage"),
        (MissingExtraError(), 5, "missing-extra"),
        (OSError(errno.ENOSPC, "No space left on device", "out/calls.parquet"), 4, "storage"),
        (PermissionError(errno.EACCES, "Permission denied", "out"), 4, "storage"),
        (OSError("odd"), 4, "storage"),
        (ZeroDivisionError("division by zero"), 70, "unexpected"),
    ],
)
def test_each_error_has_its_exit_code_its_words_and_its_json(
    fault: Exception, exit_code: int, code: str, run: Callable[..., Result], wiring: Any
) -> None:
    wiring.answers["describe_files"] = fault
    plain, as_json = run("examine", "calls.csv"), run("examine", "calls.csv", "--json")
    assert (plain.exit_code, as_json.exit_code) == (exit_code, exit_code)
    assert plain.stdout == ""
    assert plain.stderr.startswith("Error: ")
    assert "Traceback" not in plain.output + as_json.output
    assert json.loads(as_json.stdout)["error"] == code


def test_a_source_error_says_where_and_what_to_do(run: Callable[..., Result], wiring: Any) -> None:
    wiring.answers["describe_files"] = SourceError(
        "not a time", file="calls.csv", line=7, column="When", hint="Say it."
    )
    assert run("examine", "calls.csv").stderr == "Error: calls.csv, line 7, column When: not a time\n  Say it.\n"
    found = json.loads(run("examine", "calls.csv", "--json").stdout)
    assert found == {
        "error": "source",
        "message": "calls.csv, line 7, column When: not a time",
        "hint": "Say it.",
        "file": "calls.csv",
        "line": 7,
        "column": "When",
        "value": None,
    }


def test_a_full_disk_is_told_in_words(run: Callable[..., Result], wiring: Any) -> None:
    wiring.answers["describe_files"] = OSError(errno.ENOSPC, "No space left on device", "out/calls.parquet")
    assert run("examine", "calls.csv").stderr == (
        "Error: out/calls.parquet: there is no space left on the disk\n  Free some space, or write to another disk.\n"
    )


def test_hostile_text_in_an_error_reaches_no_terminal(run: Callable[..., Result], wiring: Any) -> None:
    wiring.answers["describe_files"] = SourceError("bad\x1b[2J\n\u202eheader", hint="a\rb")
    done = run("examine", "calls.csv")
    assert done.stderr == "Error: bad\\x1b[2J\\n\\u202eheader\n  a\\rb\n"


def test_a_fault_of_ours_says_where_to_report_it_and_shows_a_trace_only_on_request(
    run: Callable[..., Result], wiring: Any
) -> None:
    wiring.answers["describe_files"] = KeyError("district")
    quiet, loud = run("examine", "calls.csv"), run("--verbose", "examine", "calls.csv")
    assert "a fault of its own (KeyError: 'district')" in quiet.stderr
    assert "Please report it at" in quiet.stderr
    assert "Traceback" not in quiet.stderr
    assert "Traceback" in loud.stderr


def test_ctrl_c_ends_with_130_and_a_sentence(run: Callable[..., Result], wiring: Any) -> None:
    wiring.answers["describe_files"] = KeyboardInterrupt()
    done = run("examine", "calls.csv")
    assert done.exit_code == 130
    assert "Stopped." in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["examine", "absent.csv"], "absent.csv"),
        (["examine"], "Missing argument 'FILE…'"),
        (["examine", "calls.csv", "--sauce", "x"], "--sauce"),
        (["exmine"], "exmine"),
        (["import", "calls.csv", "--out", "x.parquet"], "--source"),
    ],
)
def test_a_wrong_command_line_is_explained(
    words: list[str], said: str, run: Callable[..., Result], wiring: Any
) -> None:
    done = run(*words)
    assert done.exit_code == 2
    assert said in done.stderr
    assert "--help'." in done.stderr
    found = json.loads(run(*words, "--json").stdout)
    assert found["error"] == "usage"
    assert said in found["message"]


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    code = (
        "import sys; from answerable.cli import app; import click\n"
        "@app.command('flood')\n"
        "def flood():\n"
        "  from answerable.cli.printing import Page\n"
        "  page = Page()\n"
        "  while True: page.say('x' * 90)\n"
        "app.main(['flood'])"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as flood:
        assert flood.stdout is not None
        assert flood.stderr is not None
        flood.stdout.readline()
        flood.stdout.close()
        assert flood.stderr.read() == b""
        assert flood.wait() == 141


def test_a_terminal_without_curly_quotes_still_gets_its_text() -> None:
    code = "from answerable.cli import app, door; door._tolerate_narrow_encodings(); print('\\u201cso\\u201d')"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, env={"PYTHONIOENCODING": "ascii"}
    )
    assert done.stdout == b"\\u201cso\\u201d\n"
