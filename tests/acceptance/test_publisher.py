"""A publisher that stays: what it does each second and each minute, and what it does when something fails."""

from __future__ import annotations

import itertools
import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.support.listening import listening_witness

from answerable import wiring
from answerable.cli import app
from answerable.cli.publish_pages import RoundsPage
from answerable.errors import ForkedLogError, StorageError
from answerable.proof.quorum import TrustPolicy
from answerable.proof.verifier import Verdict
from answerable.record.ports import StoredEntry
from answerable.stores import web
from answerable.stores.high_water_file import HighWaterFile
from answerable.stores.sqlite_file import SqliteFile
from answerable.stores.sqlite_record import SqliteStore
from answerable.watch.commands import ReceiveCall
from answerable.watch.people import Actor, Role
from answerable.wiring.desk import open_desk
from answerable.wiring.publisher import Publisher

SECOND_US = 1_000_000
NO_TRUST = TrustPolicy()


class HandClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now_us = 0

    def __call__(self) -> int:
        return self.now_us

    def wait(self, seconds: int) -> None:
        self.now_us += seconds * SECOND_US


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    wiring.make_record(
        tmp_path / "desk", origin="alder.example/desk/2018h1", database=None, high_water=None, after=None
    )
    return tmp_path / "desk"


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def publisher(desk: Path, tmp_path: Path, clock: HandClock) -> Iterator[Publisher]:
    with wiring.open_publisher(desk, out=tmp_path / "pub", embargo_s=-1, trust=NO_TRUST, steady=clock) as opened:
        yield opened


def log_key(desk: Path) -> str:
    with wiring.read_record(desk) as record:
        return str(record.keyring.verifiers[0])


@pytest.fixture
def trust(desk: Path, tmp_path: Path) -> Iterator[TrustPolicy]:
    """Two of three witnesses; the third is at an address where nobody is."""
    logs = [party.key for party in wiring.read_trust(None, [log_key(desk)]).logs]
    with ExitStack() as stack:
        lines = []
        for name in ("union", "press", "ombud"):
            keeper = listening_witness(tmp_path / name, name=f"{name}.example", logs=logs)
            vkey, address = stack.enter_context(keeper)
            lines.append(f"witness {name} {vkey} {'http://127.0.0.1:1' if name == 'ombud' else address}")
        lines += ["group people 2 union press ombud", "quorum people"]
        yield TrustPolicy.parse("\n".join(lines).encode())


def grow(desk: Path, first: int, count: int) -> None:
    entries = [json.dumps({"id": f"call-{number}", "type": "call"}) for number in range(first, first + count)]
    wiring.append_lines(desk, ["\n".join(entries).encode()], name="calls", receipts=None)


def verdict(desk: Path, out: Path) -> Verdict:
    return wiring.verify_paths([out], trust=wiring.read_trust(None, [log_key(desk)])).verdict


def size_of(done: wiring.Round) -> int | None:
    return done.published.size if done.published else None


def test_it_begins_with_a_heartbeat_and_publishes_whatever_grows(
    publisher: Publisher, desk: Path, clock: HandClock, tmp_path: Path
) -> None:
    first = publisher.round()
    assert (first.heartbeat, size_of(first), first.trouble) == (1, 2, ())
    clock.wait(1)
    assert publisher.round() == wiring.Round()
    grow(desk, 0, 3)
    clock.wait(1)
    grown = publisher.round()
    assert (grown.heartbeat, size_of(grown)) == (None, 5)
    assert verdict(desk, tmp_path / "pub") is Verdict.PROVED


def test_each_minute_there_is_a_heartbeat_and_it_is_published(publisher: Publisher, clock: HandClock) -> None:
    publisher.round()
    clock.wait(59)
    assert publisher.round() == wiring.Round()
    clock.wait(1)
    done = publisher.round()
    assert (done.heartbeat, size_of(done)) == (2, 3)


def test_in_steps_it_writes_the_files_of_what_is_published_at_once(
    publisher: Publisher, desk: Path, tmp_path: Path
) -> None:
    for step in range(4):
        grow(desk, step * 200, 200)
        done = publisher.round()
        assert done.published is not None
        assert done.published.entries == done.published.size
    once = tmp_path / "once"
    wiring.publish_record(desk, out=once, embargo_s=-1, trust=NO_TRUST)
    for path in (one for one in once.rglob("*") if one.is_file()):
        assert (tmp_path / "pub" / path.relative_to(once)).read_bytes() == path.read_bytes()


def test_bundles_that_are_public_are_not_read_again(
    publisher: Publisher, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(desk, 0, 600)
    publisher.round()
    grow(desk, 600, 1)
    asked = list[int]()
    real = SqliteStore.entries

    def watched(store: SqliteStore, first: int, count: int) -> Iterator[StoredEntry]:
        asked.append(first)
        return real(store, first, count)

    monkeypatch.setattr(SqliteStore, "entries", watched)
    assert size_of(publisher.round()) == 603
    assert min(asked) == 512


def test_the_whole_files_are_checked_at_the_first_heartbeat_and_not_each_minute(
    publisher: Publisher, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = list[Path]()
    real = SqliteFile._check

    def watched(file: SqliteFile, writer: sqlite3.Connection) -> None:
        checked.append(file.path)
        real(file, writer)

    monkeypatch.setattr(SqliteFile, "_check", watched)
    assert publisher.round().heartbeat == 1
    assert {path.name for path in checked} == {"record.db", "vault.db"}
    clock.wait(60)
    assert publisher.round().heartbeat == 2
    assert len(checked) == 2


def test_a_head_is_cosigned_by_the_quorum_and_anew_each_minute_without_new_entries(
    desk: Path, tmp_path: Path, clock: HandClock, trust: TrustPolicy
) -> None:
    with wiring.open_publisher(desk, out=tmp_path / "pub", embargo_s=-1, trust=trust, steady=clock) as publisher:
        first = publisher.round()
        assert first.published is not None
        assert first.published.witnesses == ("union", "press")
        assert set(first.published.silent) == {"ombud"}
        with wiring.open_record(desk):  # another program writes, so no heartbeat can be entered
            clock.wait(60)
            again = publisher.round()
        assert again.heartbeat is None
        assert (again.trouble, again.held) == ((), False)
        assert again.published is not None
        assert (again.published.size, again.published.witnesses) == (2, ("union", "press"))
        clock.wait(5)
        assert publisher.round().heartbeat == 2


def test_without_the_quorum_the_checkpoint_stays_and_it_is_tried_again_a_little_later(
    desk: Path, tmp_path: Path, clock: HandClock, trust: TrustPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    with wiring.open_publisher(desk, out=tmp_path / "pub", embargo_s=-1, trust=trust, steady=clock) as publisher:
        publisher.round()
        before = (tmp_path / "pub" / "checkpoint").read_bytes()
        grow(desk, 0, 1)
        with monkeypatch.context() as patch:
            patch.setattr(web, "_ask_witness", lambda _address, _body: (503, b"later"))
            failed = publisher.round()
            assert [one.code for one in failed.trouble] == ["record"]
            assert "the witness answered 503: later" in failed.trouble[0].message
            clock.wait(4)
            assert publisher.round() == wiring.Round()
        assert (tmp_path / "pub" / "checkpoint").read_bytes() == before
        clock.wait(1)
        assert size_of(publisher.round()) == 3
        assert verdict(desk, tmp_path / "pub") is Verdict.PROVED


def test_a_record_that_stopped_on_a_fault_has_no_heartbeat_and_what_it_signed_is_published(
    publisher: Publisher, desk: Path
) -> None:
    HighWaterFile(desk / "high-water").halt("the disk")
    done = publisher.round()
    assert (done.heartbeat, size_of(done)) == (None, 1)
    assert [one.code for one in done.trouble] == ["uncertain-write"]


def test_a_disk_that_is_full_is_told_and_tried_again(
    publisher: Publisher, clock: HandClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bool:
        raise StorageError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr("answerable.stores.tile_folder.TileFolder.publish", full)
        failed = publisher.round()
    assert (failed.heartbeat, [one.message for one in failed.trouble]) == (1, ["no space left"])
    assert not (tmp_path / "pub" / "checkpoint").exists()
    clock.wait(5)
    assert size_of(publisher.round()) == 2


def test_where_another_history_is_public_it_ends(desk: Path, tmp_path: Path, clock: HandClock) -> None:
    other = tmp_path / "other"
    wiring.make_record(other, origin="alder.example/desk/2018h1", database=None, high_water=None, after=None)
    wiring.publish_record(other, out=tmp_path / "pub", embargo_s=-1, trust=NO_TRUST)
    with (
        wiring.open_publisher(desk, out=tmp_path / "pub", embargo_s=-1, trust=NO_TRUST, steady=clock) as publisher,
        pytest.raises(ForkedLogError, match="not where this record begins"),
    ):
        publisher.round()


def test_of_two_publishers_the_second_is_refused(publisher: Publisher, desk: Path, tmp_path: Path) -> None:
    publisher.round()
    with pytest.raises(StorageError, match="Another program is publishing"):
        wiring.publish_record(desk, out=tmp_path / "pub", embargo_s=-1, trust=NO_TRUST)


def test_a_record_on_postgresql_is_published_too(tmp_path: Path, clock: HandClock, postgres_dsn: str) -> None:
    dsn = dict(part.split("=", 1) for part in postgres_dsn.split())
    address = f"postgresql://{dsn['user']}@/{dsn['dbname']}?host={dsn['host']}"
    desk = tmp_path / "desk"
    wiring.make_record(desk, origin="alder.example/desk/2018h1", database=address, high_water=None, after=None)
    with wiring.open_publisher(desk, out=tmp_path / "pub", embargo_s=-1, trust=NO_TRUST, steady=clock) as publisher:
        assert publisher.round().heartbeat == 1
        grow(desk, 0, 3)
        done = publisher.round()
        assert (done.heartbeat, size_of(done), done.trouble) == (None, 5, ())
    assert verdict(desk, tmp_path / "pub") is Verdict.PROVED


def test_sigterm_ends_it_after_a_whole_round(desk: Path, tmp_path: Path) -> None:
    words = ["log", "publish", str(desk), "--out", str(tmp_path / "pub"), "--embargo", "none", "--json"]
    with subprocess.Popen([sys.executable, "-m", "answerable", *words], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGTERM)
        assert process.stdout.read() == b""
        assert process.wait() == 0
    assert (line["heartbeat"], line["published"]["size"], line["trouble"]) == (1, 2, [])
    assert verdict(desk, tmp_path / "pub") is Verdict.PROVED


def test_once_is_one_round_and_says_with_its_exit_code_what_failed(desk: Path, tmp_path: Path) -> None:
    words = ["log", "publish", str(desk), "--out", str(tmp_path / "pub"), "--once"]
    done = CliRunner().invoke(app, words)
    assert (done.exit_code, "published with 2 entries" in done.stdout) == (0, True)
    HighWaterFile(desk / "high-water").halt("the disk")
    failed = CliRunner().invoke(app, words)
    assert (failed.exit_code, "tried again: This record stopped on a fault" in failed.stdout) == (4, True)


def test_beside_a_running_desk_it_publishes_and_leaves_the_heartbeats_to_the_desk(
    tmp_path: Path, clock: HandClock, capsys: pytest.CaptureFixture[str]
) -> None:
    page, policies = RoundsPage(as_json=False), Path("src/answerable/demo/story/policies")
    with open_desk(tmp_path / "live", origin="alder.example/desk/2018h1", policies=policies, ticking=False) as live:
        out = tmp_path / "pub"
        with wiring.open_publisher(tmp_path / "live", out=out, embargo_s=-1, trust=NO_TRUST, steady=clock) as beside:
            first = beside.round()
            assert (first.heartbeat, first.held, first.trouble) == (None, False, ())  # it may write for a moment only
            assert size_of(first) == live.head().size
            page.show(first)
            for _ in range(3):
                live.do(ReceiveCall(id=f"c-{clock.now_us}"), by=Actor(id="t", role=Role.CALL_TAKER)).result()
                clock.wait(61)
                done = beside.round()
                assert (done.held, done.trouble, size_of(done)) == (True, (), live.head().size)
                page.show(done)
        assert verdict(tmp_path / "live", out) is Verdict.PROVED
    said = " ".join(capsys.readouterr().out.split())
    assert said.count("the heartbeats are its own") == 1
    assert "Not done" not in said


def test_a_program_that_holds_the_record_and_enters_nothing_is_told_of_once(
    publisher: Publisher, desk: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    page = RoundsPage(as_json=False)
    monkeypatch.setattr("answerable.wiring.publisher.SILENT_US", -1)
    with wiring.open_record(desk):
        assert publisher.round().trouble == ()
        for _ in range(3):
            clock.wait(6)
            done = publisher.round()
            assert [one.code for one in done.trouble] == ["record-held"]
            assert not done.held
            page.show(done)
            page.show(wiring.Round(published=publish_again(desk)))
    assert " ".join(capsys.readouterr().out.split()).count("has entered nothing") == 1
    clock.wait(60)
    assert publisher.round().heartbeat == 1


def publish_again(desk: Path) -> wiring.Published:
    """What another round may publish meanwhile: it is no news of the heartbeats."""
    with wiring.read_record(desk) as record:
        head = record.store.head()
    return wiring.Published(
        origin="alder.example/desk/2018h1", size=head.size, root=head.root.hex(), out=desk, files_written=0, entries=0,
        witnesses=(), silent={},
    )  # fmt: skip


def test_a_rehearsed_desk_whose_clock_is_another_is_not_called_silent(tmp_path: Path, clock: HandClock) -> None:
    origin, policies = "alder.example/desk/2018h1", Path("src/answerable/demo/story/policies")
    past_us = itertools.count(1_529_434_800_000_000, 1_000)
    with open_desk(
        tmp_path / "live", origin=origin, policies=policies, ticking=False, clock=lambda: next(past_us)
    ) as live:
        out = tmp_path / "pub"
        with wiring.open_publisher(tmp_path / "live", out=out, embargo_s=-1, trust=NO_TRUST, steady=clock) as beside:
            for number in range(4):
                live.do(ReceiveCall(id=f"c-{number}"), by=Actor(id="t", role=Role.CALL_TAKER)).result()
                assert beside.round().trouble == ()
                clock.wait(61)


def test_once_beside_a_running_desk_is_no_failure(desk: Path, tmp_path: Path) -> None:
    with wiring.open_record(desk):
        words = ["log", "publish", str(desk), "--out", str(tmp_path / "pub"), "--once"]
        done = CliRunner().invoke(app, words)
    assert (done.exit_code, "is published with 1 entry" in done.stdout) == (0, True)
