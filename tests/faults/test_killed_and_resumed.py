"""A run that was killed goes on from what it had finished, and gives the digest of a run that was not."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support.partitions import write_lines, write_parts
from tests.support.small_policies import TWO_SPEEDS

from answerable import wiring
from answerable.engines import write_calls
from answerable.errors import StorageError
from answerable.wiring import auditing, examining, importing
from answerable.wiring.kept_parts import FOLDER, KeptParts, kept_parts

ROWS, PARTS, ROWS_OF_A_PART = 12_000, 4, 1_000
KILLED = f"""
import sys
from answerable.engines import write_calls
write_calls._PART = {ROWS_OF_A_PART}
from answerable.cli import app
app(sys.argv[1:], prog_name="answerable")
"""


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("given")
    lines = write_lines(folder, rows=ROWS)
    (folder / "policy.toml").write_text(TWO_SPEEDS, encoding="utf-8")
    (folder / "other.toml").write_text(TWO_SPEEDS.replace("60 min", "30 min"), encoding="utf-8")
    write_parts(folder, lines, [lines[1 + at :: PARTS] for at in range(PARTS)])
    return folder


def killed(verb: str, given: Path, out: Path, *, when: Callable[[], bool]) -> None:
    """The command, and SIGKILL to it as soon as it has come so far."""
    words = [verb, str(given / "imported"), "--policy", str(given / "policy.toml"), "--out", str(out)]
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as run:
        until = time.monotonic() + 120
        while not when() and run.poll() is None and time.monotonic() < until:
            time.sleep(0.001)
        run.kill()
        _, told = run.communicate(timeout=60)
    assert run.returncode == -signal.SIGKILL, told


def kept(out: Path) -> list[Path]:
    """The files of finished parts."""
    return [file for file in (out / FOLDER).glob("*.*") if len(file.suffix) == 65]


def counted(monkeypatch: pytest.MonkeyPatch, where: Any, name: str) -> list[object]:
    """Everything that a function of a module gives from now on."""
    real, found = getattr(where, name), list[object]()

    def counting(*args: Any, **options: Any) -> Any:
        found.append(given := real(*args, **options))
        return given

    monkeypatch.setattr(where, name, counting)
    return found


def audit(given: Path, out: Path, *, policy: str = "policy.toml") -> str:
    return wiring.audit_files([given / "imported"], policies=[given / policy], out=out).digest


def test_a_killed_audit_goes_on_after_the_files_it_had_finished(
    given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, out = audit(given, tmp_path / "whole"), tmp_path / "out"
    killed("audit", given, out, when=lambda: len(kept(out)) >= 2)
    finished = len(kept(out))
    assert 2 <= finished <= PARTS
    assert not (out / "audit.json").exists()
    audited = counted(monkeypatch, auditing, "audit_by_kinds")
    assert audit(given, out) == whole
    assert len(audited) == PARTS - finished
    assert {file.name for file in out.iterdir()} == {"audit.json", "ignored.csv"}
    for name in ("audit.json", "ignored.csv"):
        assert (out / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_another_policy_takes_up_nothing(given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, out = audit(given, tmp_path / "whole", policy="other.toml"), tmp_path / "out"
    killed("audit", given, out, when=lambda: len(kept(out)) >= 1)
    audited = counted(monkeypatch, auditing, "audit_by_kinds")
    assert audit(given, out, policy="other.toml") == whole
    assert len(audited) == PARTS


def test_a_kept_part_that_was_changed_is_made_again(
    given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, out = audit(given, tmp_path / "whole"), tmp_path / "out"
    killed("audit", given, out, when=lambda: len(kept(out)) >= 2)
    finished = kept(out)
    first = finished[0].read_bytes()
    finished[0].write_bytes(first.replace(b'"unheard":', b'"unherd":', 1) if b"unheard" in first else first[:-9])
    audited = counted(monkeypatch, auditing, "audit_by_kinds")
    assert audit(given, out) == whole
    assert len(audited) == PARTS - len(finished) + 1


def examine(given: Path, out: Path) -> dict[str, object]:
    wiring.examine_file([given / "imported"], policies=[given / "policy.toml"], out=out)
    finding = json.loads((out / "finding.json").read_bytes())
    files = {
        name: hashlib.sha256((out / name).read_bytes()).hexdigest()
        for name in ("calls.csv", "calls.parquet", "source.json")
    }
    return {"finding": {key: finding[key] for key in finding if key != "recompute"}, **files}


def test_a_killed_examination_goes_on_after_the_calls_it_had_written(
    given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_calls, "_PART", ROWS_OF_A_PART)
    whole, out = examine(given, tmp_path / "whole"), tmp_path / "out"
    killed("examine", given, out, when=lambda: len(kept(out)) >= 3)
    finished = len(kept(out))
    assert finished >= 3
    assert not (out / "manifest.json").exists()
    written, joined = counted(monkeypatch, examining, "report_row"), counted(monkeypatch, importing, "joined")
    assert examine(given, out) == whole
    calls = whole["finding"]["source"]["calls"]  # type: ignore[index]
    assert 0 <= len(written) <= calls - finished * ROWS_OF_A_PART
    assert joined == []  # the parts of the record were joined before the kill
    assert not list(out.glob(".answerable*"))


def test_two_runs_do_not_work_in_one_place(tmp_path: Path) -> None:
    with kept_parts(tmp_path), pytest.raises(StorageError, match="another run is at work there"), kept_parts(tmp_path):
        pass


def test_a_part_is_made_once_and_follows_from_all_it_was_named_after(tmp_path: Path) -> None:
    made: list[str] = []

    def make(path: Path) -> None:
        made.append("once")
        path.write_text("what was found")

    first = KeptParts(tmp_path).part({"calls": "a", "policies": ["b"]}, make)
    assert KeptParts(tmp_path).part({"policies": ["b"], "calls": "a"}, make) == first
    assert len(made) == 1
    KeptParts(tmp_path).part({"calls": "a", "policies": ["c"]}, make)
    assert len(made) == 2
    first.write_text("something else")
    assert KeptParts(tmp_path).part({"calls": "a", "policies": ["b"]}, make).read_text() == "what was found"
    assert len(made) == 3


def test_nothing_is_kept_after_an_error(tmp_path: Path) -> None:
    def interrupted(error: type[BaseException]) -> None:
        with kept_parts(tmp_path) as parts:
            parts.part("one", lambda path: path.write_text("x"))
            raise error

    for error in (StorageError, KeyboardInterrupt):
        with pytest.raises(error):
            interrupted(error)
        assert not (tmp_path / FOLDER).exists()
