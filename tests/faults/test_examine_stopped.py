"""An examination that is killed, stopped or out of disk leaves nothing half-written; the next one is whole."""

from __future__ import annotations

import hashlib
import json
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from tests.support.small_policies import TWO_SPEEDS

from answerable import wiring
from answerable.errors import StorageError
from answerable.generated.cities import CITIES
from answerable.generated.parts import Part
from answerable.generated.profile import profile_toml
from answerable.generated.write import write_part
from answerable.wiring.folders import work_folder

ROWS = 25_000
SAME = ("calls.csv", "calls.parquet", "source.json", "report.html")


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with imported calls, their coded record and a policy."""
    city, folder = CITIES[1], tmp_path_factory.mktemp("given")
    part = Part(city, ROWS, 0, ROWS, Path("calls.csv"))
    (folder / "city.toml").write_text(profile_toml(city), encoding="utf-8")
    (folder / "policy.toml").write_text(TWO_SPEEDS, encoding="utf-8")
    with duckdb.connect() as con:
        write_part(part, out=folder, seed=1, cursor=con.cursor())
    wiring.import_file(folder / "calls.csv", source=str(folder / "city.toml"), out=folder / "calls.parquet")
    return folder


def command(verb: str, given: Path, out: Path) -> list[str]:
    words = [verb, str(given / "calls.parquet"), "--policy", str(given / "policy.toml"), "--out", str(out), "--json"]
    return [sys.executable, "-m", "answerable", *words]


def digests(out: Path) -> dict[str, str]:
    found = {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in SAME[:3]}
    finding = json.loads((out / "finding.json").read_bytes())
    return found | {"finding": json.dumps({key: finding[key] for key in finding if key != "recompute"}, sort_keys=True)}


@pytest.fixture(scope="module")
def whole(given: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    out = tmp_path_factory.mktemp("whole") / "out"
    wiring.examine_file(given / "calls.parquet", policies=[given / "policy.toml"], out=out)
    return digests(out)


def begun(out: Path, what: str) -> Callable[[], bool]:
    return lambda: any(out.rglob(what))


def stopped(given: Path, out: Path, how: int, *, when: Callable[[], bool]) -> subprocess.CompletedProcess[str]:
    """The command, and a signal to it as soon as it has come so far. Who runs tests may ignore Ctrl-C; it does not."""
    with subprocess.Popen(
        command("examine", given, out),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  one thread, before exec
    ) as run:
        until = time.monotonic() + 120
        while not when() and run.poll() is None and time.monotonic() < until:
            time.sleep(0.002)
        run.send_signal(how)
        said, told = run.communicate(timeout=120)
    return subprocess.CompletedProcess(run.args, run.returncode, said, told)


@pytest.mark.parametrize("when", ["judged.parquet", "published.parquet"])
def test_after_a_kill_the_same_command_gives_the_same_result(
    given: Path, whole: dict[str, str], tmp_path: Path, when: str
) -> None:
    out = tmp_path / "out"
    killed = stopped(given, out, signal.SIGKILL, when=begun(out, when))
    assert killed.returncode == -signal.SIGKILL
    assert not (out / "manifest.json").exists()
    assert list(out.glob(".answerable-work-*"))  # the kill came in the middle
    wiring.examine_file(given / "calls.parquet", policies=[given / "policy.toml"], out=out)
    assert digests(out) == whole
    assert not list(out.glob(".answerable*"))


def test_ctrl_c_leaves_nothing_behind(given: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = stopped(given, out, signal.SIGINT, when=begun(out, "judged.parquet"))
    assert run.returncode == 130, run.stderr
    assert "nothing half-written" in run.stderr
    assert not out.exists()


@pytest.mark.parametrize("verb", ["examine", "audit"])
def test_a_disk_without_room_is_said_and_nothing_half_written_stays(given: Path, tmp_path: Path, verb: str) -> None:
    out = tmp_path / "out"
    most = 20_000  # bytes that any file may have

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    run = subprocess.run(command(verb, given, out), capture_output=True, text=True, preexec_fn=no_room, check=False)
    assert run.returncode == 4, run.stderr
    assert json.loads(run.stdout)["error"] == "storage"
    assert not out.exists()


def test_a_result_read_from_the_codes_is_the_one_read_from_the_calls(
    given: Path, whole: dict[str, str], tmp_path: Path
) -> None:
    wiring.examine_file(given / "calls.parquet", policies=[given / "policy.toml"], out=tmp_path / "out", by_kinds=False)
    assert digests(tmp_path / "out") == whole


def test_the_manifest_seals_the_codes_that_were_read(given: Path, tmp_path: Path) -> None:
    for by_kinds in (True, False):
        out = tmp_path / str(by_kinds)
        wiring.examine_file(given / "calls.parquet", policies=[given / "policy.toml"], out=out, by_kinds=by_kinds)
        sealed = json.loads((out / "manifest.json").read_bytes())["source"]["coded_sha256"]
        files = {
            file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in given.glob("calls.coded/*.parquet")
        }
        assert sealed == (files if by_kinds else {})


def test_a_work_folder_that_is_in_use_is_left_alone(tmp_path: Path) -> None:
    with work_folder(tmp_path) as first, work_folder(tmp_path):
        assert first.exists()
    (tmp_path / ".answerable-work-of-somebody").mkdir()
    with work_folder(tmp_path):
        assert (tmp_path / ".answerable-work-of-somebody").exists()


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError), work_folder(tmp_path / "file"):
        pass


def test_reference_and_duckdb_audit_to_one_digest(given: Path, tmp_path: Path) -> None:
    audits = [
        wiring.audit_files([given], policies=[given / "policy.toml"], engine=engine, out=tmp_path / engine)
        for engine in ("duckdb", "reference")
    ]
    assert audits[0].digest == audits[1].digest
    assert audits[0].calls == sum(audits[0].outcomes.values()) == sum(one.calls for one in audits[0].strata)
    lines = (tmp_path / "duckdb" / "ignored.csv").read_bytes()
    assert lines == (tmp_path / "reference" / "ignored.csv").read_bytes()
    assert lines.count(b"\r\n") == audits[0].ignored + 1 > 1
    assert hashlib.sha256(lines).hexdigest() == audits[0].ignored_sha256
    assert {file.name for file in (tmp_path / "duckdb").iterdir()} == {"audit.json", "ignored.csv"}
