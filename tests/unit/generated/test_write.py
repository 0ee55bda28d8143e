"""Files of generated calls: the same bytes every time, each whole or not there, never mixed with anything else."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import namedtuple
from functools import partial
from pathlib import Path

import duckdb
import msgspec
import pytest

from answerable.config import Settings
from answerable.engines.duck import connect
from answerable.engines.held_folders import spill_folder
from answerable.errors import InputError, SettingsError, StorageError
from answerable.generated import Generated, generate, write
from answerable.generated.folder import A_LINE_BYTES
from answerable.generated.made import Terms
from answerable.generated.parts import Part, parts_of
from answerable.wiring import generating
from answerable.wiring.generating import generate_calls

ROWS = 6000


@pytest.fixture
def _small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """At most 700 lines in a file, so that a few rows are many files."""
    monkeypatch.setattr(write, "parts_of", partial(parts_of, rows_of_a_file=700))


def make(
    out: Path, *, rows: int = ROWS, seed: int = 1, memory: str = "", writers: int = 2, **given: object
) -> Generated:
    out.mkdir(exist_ok=True)
    with connect(Settings(memory=memory, threads=1)) as engine:
        return generate(out, rows=rows, seed=seed, engine=engine, writers=writers, **given)  # type: ignore[arg-type]


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


@pytest.mark.usefixtures("_small_files")
@pytest.mark.parametrize(("writers", "memory"), [(1, ""), (4, ""), (2, "60MB")])
def test_the_same_seed_gives_the_same_bytes_on_any_number_of_threads(writers: int, memory: str, tmp_path: Path) -> None:
    make(tmp_path / "two")
    make(tmp_path / "other", writers=writers, memory=memory)
    assert bytes_of(tmp_path / "two") == bytes_of(tmp_path / "other")


def test_another_seed_gives_other_bytes(tmp_path: Path) -> None:
    make(tmp_path / "a", seed=1)
    make(tmp_path / "b", seed=2)
    ours, others = bytes_of(tmp_path / "a"), bytes_of(tmp_path / "b")
    assert set(ours) == set(others)
    assert not [name for name in ours if name.endswith(".csv") and ours[name] == others[name]]


@pytest.mark.usefixtures("_small_files")
def test_the_files_have_as_many_rows_as_were_asked_for(tmp_path: Path) -> None:
    made = make(tmp_path)
    assert sum(city.rows for city in made.cities) == ROWS
    for city in made.cities:
        files = sorted((tmp_path / city.folder).iterdir())
        assert [one.name for one in files] == [f"calls-{number:04d}.csv" for number in range(1, city.files + 1)]
        texts = [one.read_text(encoding="utf-8").splitlines() for one in files]
        assert all(lines[0].startswith("Call No,Received,") for lines in texts)
        assert sum(bool(line) for lines in texts for line in lines[1:]) == city.rows


def test_one_row_is_one_city(tmp_path: Path) -> None:
    made = make(tmp_path, rows=1)
    assert [(city.id, city.rows) for city in made.cities] == [("ashmere-police", 1)]


@pytest.mark.usefixtures("_small_files")
def test_progress_counts_rows_up_to_all_of_them(tmp_path: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    make(tmp_path, progress=lambda *heard: told.append(heard))
    assert [done for _, done, _ in told] == sorted({done for _, done, _ in told})
    assert (told[0], told[-1]) == (("writing", 0, ROWS), ("writing", ROWS, ROWS))
    assert len(told) > 6


class _StoppedError(KeyboardInterrupt):
    pass


@pytest.mark.usefixtures("_small_files")
def test_a_run_that_was_stopped_leaves_whole_files_and_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    def stop(step: str, done: int, total: int | None) -> None:
        if done > 2000:
            raise _StoppedError

    make(tmp_path / "whole")
    whole = bytes_of(tmp_path / "whole")
    with pytest.raises(_StoppedError):
        make(tmp_path / "stopped", progress=stop)
    found = {name: text for name, text in bytes_of(tmp_path / "stopped").items() if name != "generated.json"}
    assert found
    assert len(found) < len(whole) - 1
    assert found.items() <= whole.items()
    assert not msgspec.json.decode((tmp_path / "stopped/generated.json").read_bytes(), type=Generated).cities

    kept = {name: (tmp_path / "stopped" / name).stat().st_mtime_ns for name in found}
    make(tmp_path / "stopped")
    assert bytes_of(tmp_path / "stopped") == whole
    assert {name: (tmp_path / "stopped" / name).stat().st_mtime_ns for name in kept} == kept


def test_ctrl_c_in_the_middle_of_a_file_leaves_nothing_half_written(tmp_path: Path) -> None:
    words = ["generate", "--rows", "6000000", "--out", str(tmp_path / "out")]
    process = subprocess.Popen([sys.executable, "-m", "answerable", *words], stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 120
        while not any(one.stat().st_size for one in tmp_path.rglob("*.half") if one.suffixes == [".csv", ".half"]):
            assert process.poll() is None, "it ended before it could be stopped"
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "Stopped." in told
    assert not list(tmp_path.rglob("*.half"))


def test_a_writer_that_has_just_ended_hides_no_fault_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = threading.Event()

    def faulty(part: Part, *, cursor: duckdb.DuckDBPyConnection, **_: object) -> None:
        if part == parts[0]:
            closed.wait(10)
            raise StorageError("The disk refuses.")
        cursor.close()
        closed.set()
        time.sleep(0.3)  # closed, and not done yet

    monkeypatch.setattr(write, "write_part", faulty)
    parts = list(parts_of(50_000))[:2]
    with duckdb.connect() as engine, pytest.raises(StorageError, match="refuses"):
        list(write._each_written(parts, out=tmp_path, seed=1, engine=engine, writers=2))


def test_a_disk_that_refuses_is_told_with_the_file_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    out = tmp_path / "out"

    def small_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    words = ["generate", "--rows", "50000", "--out", str(out)]
    done = subprocess.run(
        [sys.executable, "-m", "answerable", *words],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=small_files,
    )
    assert done.returncode == 4, done.stderr
    assert "cannot be written: File too large\n" in done.stderr
    assert "calls-0001.csv" in done.stderr
    assert "same command again" in done.stderr
    assert not list(out.rglob("*.half"))
    make(out, rows=50_000)
    make(tmp_path / "whole", rows=50_000)
    assert bytes_of(out) == bytes_of(tmp_path / "whole")


def test_a_disk_without_room_is_told_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 0, 10**9))
    with pytest.raises(StorageError, match=r"240,000,000 rows need about 36\.5 GB, and 1\.0 GB are free"):
        make(tmp_path, rows=240_000_000)
    assert not list(tmp_path.iterdir())


def test_little_room_is_told_in_megabytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 0, 12_000_000))
    with pytest.raises(StorageError, match=r"100,000 rows need about 15 MB, and 12 MB are free"):
        make(tmp_path, rows=100_000)


def test_the_room_that_is_asked_for_is_what_the_files_take(tmp_path: Path) -> None:
    make(tmp_path, rows=100_000)
    taken = sum(one.stat().st_size for one in tmp_path.rglob("*.csv"))
    assert 0.95 * 100_000 * A_LINE_BYTES < taken <= 100_000 * A_LINE_BYTES


@pytest.mark.parametrize(("rows", "seed"), [(ROWS + 1, 1), (ROWS, 2)])
def test_other_calls_are_not_mixed_with_those_of_a_folder(rows: int, seed: int, tmp_path: Path) -> None:
    make(tmp_path)
    before = bytes_of(tmp_path)
    with pytest.raises(
        InputError, match=rf"was made with --rows {ROWS} --seed 1 .*this would be --rows {rows} --seed {seed}"
    ):
        make(tmp_path, rows=rows, seed=seed)
    assert bytes_of(tmp_path) == before


def test_files_of_another_version_of_duckdb_are_not_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make(tmp_path)
    older = msgspec.structs.replace(made, terms=msgspec.structs.replace(made.terms, duckdb="2.0.0-older"))
    (tmp_path / "generated.json").write_bytes(msgspec.json.encode(older))
    with pytest.raises(InputError, match=rf"DuckDB 2\.0\.0-older; .* DuckDB {duckdb.__version__}"):
        make(tmp_path)


def test_a_folder_with_anything_else_in_it_is_refused_untouched(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"not empty: it holds 'thesis\.txt'"):
        make(tmp_path)
    assert bytes_of(tmp_path) == {"thesis.txt": b"mine"}


def test_a_manifest_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "generated.json").write_text("[]", encoding="utf-8")
    with pytest.raises(InputError, match="was not written by `answerable generate`"):
        make(tmp_path)


def test_memory_that_cannot_be_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSWERABLE_MEMORY", "much")
    with pytest.raises(SettingsError, match="ANSWERABLE_MEMORY"):
        generate_calls(tmp_path / "out", rows=10, seed=1)
    assert not (tmp_path / "out").exists()


def test_the_engine_has_the_memory_that_the_settings_allow_and_spills_into_the_folder_for_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, int, str]] = []

    def looked_at(out: Path, *, engine: duckdb.DuckDBPyConnection, writers: int, **_: object) -> Generated:
        asked = "current_setting('memory_limit'), current_setting('threads'), current_setting('temp_directory')"
        seen.append(engine.execute(f"SELECT {asked}").fetchall()[0])
        assert writers == 3
        return Generated(terms=Terms(rows=1, seed=1))

    monkeypatch.setattr(generating, "generate", looked_at)
    monkeypatch.setenv("ANSWERABLE_THREADS", "3")
    for memory in ("", "2GiB"):
        monkeypatch.setenv("ANSWERABLE_MEMORY", memory)
        generate_calls(tmp_path / f"out{memory}", rows=10, seed=1)
    (usual, threads, spill), (allowed, _, _) = seen
    assert (usual, threads, allowed) == ("715.2 MiB", 1, "1.7 GiB")
    assert Path(spill).parent == spill_folder()


def test_a_file_that_is_gone_is_made_again(tmp_path: Path) -> None:
    make(tmp_path)
    before = bytes_of(tmp_path)
    shutil.rmtree(tmp_path / "corvane-fire")
    told: list[tuple[str, int, int | None]] = []
    make(tmp_path, progress=lambda *heard: told.append(heard))
    assert bytes_of(tmp_path) == before
    assert told == [("writing", 0, 420), ("writing", 420, 420)], "only what is made now counts for the time left"


def test_a_folder_where_nothing_may_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(self: Path, data: bytes) -> int:
        raise OSError(errno.EACCES, os.strerror(errno.EACCES), str(self))

    monkeypatch.setattr(Path, "write_bytes", refused)
    with pytest.raises(StorageError, match="Permission denied"):
        make(tmp_path)
