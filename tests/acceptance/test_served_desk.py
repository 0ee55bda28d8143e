"""`answerable serve` as a user starts it: on an empty folder, on PostgreSQL, beside a dispatch system, rehearsed."""

from __future__ import annotations

import json
import re
import shlex
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click import Group
from tests.support.door_process import DoorProcess, device_token, sent

from answerable.cli import app
from answerable.stores.accounts import Accounts
from answerable.wiring.people import Scope
from answerable.wiring.recording import read_record

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
WAIT_S = 30.0
both = pytest.mark.parametrize("behind", [(), ("--processes", "2")], ids=["one process", "two web processes"])


def until(holds: Callable[[], bool]) -> None:
    """Look again until it is so."""
    end = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def answer(desk: DoorProcess, method: str, path: str, **more: object) -> tuple[int, bytes]:
    with desk.connect() as connection:
        return sent(connection, method, path, host=f"127.0.0.1:{desk.port}", **more)  # type: ignore[arg-type]


@both
def test_an_empty_folder_becomes_a_desk_with_a_link_for_its_first_administrator(
    tmp_path: Path, behind: tuple[str, ...]
) -> None:
    with DoorProcess(tmp_path / "desk", *behind) as desk:
        link = desk.opened["link"]
        assert re.fullmatch(rf"http://127\.0\.0\.1:{desk.port}/invitation/[\w-]{{32}}", link)
        status, page = answer(desk, "GET", link.partition(str(desk.port))[2])
        assert status == 200
        assert b"Choose a password" in page
        accounts = Accounts(tmp_path / "desk")
        until(lambda: not accounts.asked(waiting=True))
        (asked,) = accounts.asked()
        accounts.close()
        assert desk.stop() == 0
    with read_record(tmp_path / "desk") as record:
        assert asked.entry is not None
        (entry,) = record.store.entries(asked.entry, 1)
        body = json.loads(entry.body)
    assert (body["event"], body["role"], body["actor"]["id"]) == ("assignment.made", "administrator", "console")


@both
def test_a_second_start_goes_on_where_the_first_ended_and_gives_no_link(
    tmp_path: Path, behind: tuple[str, ...]
) -> None:
    with DoorProcess(tmp_path / "desk", *behind) as desk:
        token = device_token(tmp_path / "desk", Scope.CALLS)
        until(lambda: answer(desk, "POST", "/v1/calls", token=token, body=b'{"id":"a"}')[0] in (200, 201))
        assert desk.stop() == 0
    with DoorProcess(tmp_path / "desk", *behind) as desk:
        assert desk.opened["link"] is None
        assert answer(desk, "POST", "/v1/calls", token=token, body=b'{"id":"a"}')[0] == 200
        assert desk.stop() == 0


@both
def test_on_postgresql_it_is_the_same_product(tmp_path: Path, behind: tuple[str, ...], postgres_dsn: str) -> None:
    url = _as_url(postgres_dsn)
    with DoorProcess(tmp_path / "desk", "--database", url, *behind) as desk:
        token = device_token(tmp_path / "desk", Scope.CALLS)
        body = b'{"id":"a","place":"12 Alder Street"}'
        until(lambda: answer(desk, "POST", "/v1/calls", token=token, body=body)[0] == 200)
        status, told = answer(desk, "POST", "/v1/calls", token=token, body=body)
        assert status == 200
        assert json.loads(told)["receipt"].startswith("c2sp.org/tlog-proof")
        assert answer(desk, "GET", f"/e/{json.loads(told)['spoken']}")[0] == 200
        assert desk.stop() == 0
    assert not (tmp_path / "desk" / "record.db").exists()


def _as_url(dsn: str) -> str:
    parts = dict(part.split("=", 1) for part in shlex.split(dsn))
    return f"postgresql:///{parts['dbname']}?host={parts['host']}&user={parts['user']}"


def test_a_rehearsal_lets_people_in_by_one_password_and_says_what_it_is(tmp_path: Path) -> None:
    with DoorProcess(tmp_path / "demo", "--demo", "--speed", "600") as desk:
        cast = desk.opened["cast"]
        assert {"watch", "federal", "auditor"} <= set(cast["names"])
        _, page = answer(desk, "GET", "/")
        assert b"A rehearsal" in page
        size = desk.opened["entries"]
        until(lambda: _size(desk) > size + 20)
        assert desk.stop() == 0
        assert desk.errors() == ""


def _size(desk: DoorProcess) -> int:
    return int(answer(desk, "GET", "/v1/log/checkpoint")[1].split(b"\n")[1])


def test_beside_a_dispatch_system_its_file_becomes_calls_and_is_told_once(tmp_path: Path) -> None:
    from answerable.demo import write_story  # noqa: PLC0415

    story = write_story(tmp_path / "story")
    lines = story.calls.read_text(encoding="utf-8").splitlines(keepends=True)
    export = tmp_path / "export.csv"
    export.write_text("".join(lines[:40]), encoding="utf-8")
    beside = ("--shadow", str(export), "--source", "alder-city", "--feed", "cad")
    with DoorProcess(tmp_path / "desk", *beside) as desk:
        first = _size(desk)
        assert desk.stop() == 0
    with DoorProcess(tmp_path / "desk", *beside) as desk:
        assert _size(desk) < first + 20, "nothing is told twice"
        assert desk.stop() == 0
    with read_record(tmp_path / "desk") as record:
        events = [json.loads(one.body).get("event") for one in record.store.entries(0, record.store.head().size)]
    assert events.count("call.received") + events.count("assistance.requested") == 39


@pytest.mark.parametrize("file", ["answerable.service", "Dockerfile", "compose.yaml"])
def test_what_deploys_it_uses_options_that_there_are(file: str) -> None:
    text = (DEPLOY / file).read_text(encoding="utf-8")
    assert isinstance(app, Group)
    known = {name for option in app.commands["serve"].params for name in option.opts}
    used = set(
        re.findall(
            r"(?<![\w-])--[a-z-]+", "".join(line for line in text.splitlines() if "serve" in line or "command" in line)
        )
    )
    assert used
    assert used <= known
    named = {option.envvar for option in app.commands["serve"].params}
    # what compose puts into the command itself
    own = {"ANSWERABLE_ORIGIN", "ANSWERABLE_POLICIES"} if file == "compose.yaml" else set[str]()
    assert set(re.findall(r"ANSWERABLE_[A-Z]+", text)) <= named | own


def test_the_container_is_built_of_what_is_there_and_nothing_else_is_sent_to_its_builder() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    copied = {path for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE) for path in line.split()[:-1]}
    lists = set(re.findall(r"-r (requirements/\S+)", text))
    assert copied
    assert all((DEPLOY.parent / path).exists() for path in copied | lists)
    assert all("--hash=sha256:" in (DEPLOY.parent / path).read_text(encoding="utf-8") for path in lists)
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    assert {line[1:] for line in ignored if line.startswith("!")} == copied
