"""What a killed process has left goes; what a living one works in stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from answerable.config import Settings
from answerable.engines import held_folders
from answerable.engines.duck import connect
from answerable.engines.held_folders import held_folder

SPILLING = """
import sys
from answerable.config import Settings
from answerable.engines.duck import connect
con = connect(Settings(memory="60MB"))
con.execute("CREATE TEMP TABLE many AS SELECT range AS n, md5(range::VARCHAR) AS text FROM range(2_000_000)")
print("spilled", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files, here and in children."""
    afresh = cache(held_folders._spill_of.__wrapped__)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(held_folders, "_spill_of", afresh)
    yield tmp_path
    with suppress(OSError):
        afresh(os.getpid())[1].close()


def spilled_bytes(place: Path) -> int:
    return sum(file.stat().st_size for file in place.rglob("*") if file.is_file())


def test_what_a_killed_process_has_spilled_goes_when_the_next_begins_and_what_a_living_one_has_stays(
    place: Path,
) -> None:
    with (
        subprocess.Popen([sys.executable, "-c", SPILLING], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as killed,
        subprocess.Popen([sys.executable, "-c", SPILLING], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as living,
    ):
        for child in (killed, living):
            assert child.stdout is not None
            assert child.stdout.readline() == b"spilled\n"
        both = spilled_bytes(place)
        killed.kill()
        killed.wait()
        assert spilled_bytes(place) == both > 10_000_000
        with connect(Settings()):
            assert 0 < spilled_bytes(place) < both
        living.communicate(b"")
    assert (killed.returncode, living.returncode) == (-signal.SIGKILL, 0)
    assert spilled_bytes(place) == 0


def test_a_folder_without_a_lock_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "work-of-somebody").mkdir()
    folder, held = held_folder(tmp_path, "work-")
    with held:
        assert {one.name for one in tmp_path.iterdir()} == {"work-of-somebody", folder.name}


def test_where_no_folder_can_be_made_nothing_is_spilled(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(place / "gone"))
    with connect(Settings()) as con:
        assert con.execute("SELECT current_setting('temp_directory'), 1").fetchone() == ("", 1)
