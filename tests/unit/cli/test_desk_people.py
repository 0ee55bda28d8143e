"""`answerable user`, `token` and `role`: who may come to a desk, told at the console."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from answerable.cli import app
from answerable.stores.accounts import Accounts, digest
from answerable.wiring.people import Scope


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def told(*words: str) -> Any:
    done = run(*words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.fixture
def desk(tmp_path: Path) -> str:
    Accounts(tmp_path).close()
    return str(tmp_path)


def test_a_user_is_added_with_a_link_and_listed_with_how_far_they_have_come(desk: str) -> None:
    made = told("user", "add", desk, "ada", "--agency", "Alder City", "--url", "https://desk.example/")
    assert made["link"].startswith("https://desk.example/invitation/")
    assert made["id"].startswith("u-")
    (listed,) = told("user", "list", desk)
    assert (listed["name"], listed["state"]) == ("ada", "has not chosen a password")
    assert "ada" in run("user", "list", desk).stdout


def test_only_the_hash_of_the_link_is_kept(desk: str) -> None:
    link = told("user", "add", desk, "ada", "--agency", "Alder City")["link"]
    secret = link.rpartition("/")[2]
    accounts = Accounts(Path(desk))
    assert accounts.invited(secret, now_us=0) is not None
    assert accounts._file.rows("SELECT hash FROM invitation") == [(digest(secret),)]
    accounts.close()


def test_a_reset_makes_the_old_link_worthless(desk: str) -> None:
    first = told("user", "add", desk, "ada", "--agency", "A")["link"].rpartition("/")[2]
    second = told("user", "reset", desk, "ada")["link"].rpartition("/")[2]
    accounts = Accounts(Path(desk))
    assert accounts.invited(first, now_us=0) is None
    assert accounts.invited(second, now_us=0) is not None
    accounts.close()


def test_somebody_is_locked_and_unlocked(desk: str) -> None:
    told("user", "add", desk, "ada", "--agency", "A")
    assert told("user", "lock", desk, "ada")["locked"]
    assert told("user", "list", desk)[0]["locked"]
    assert not told("user", "unlock", desk, "ada")["locked"]


def test_the_last_administrator_is_not_locked(desk: str) -> None:
    told("user", "add", desk, "ada", "--agency", "A")
    told("role", "assign", desk, "ada", "administrator")
    refused = run("user", "lock", desk, "ada")
    assert refused.exit_code == 2
    assert "last administrator" in refused.stderr
    told("user", "add", desk, "bea", "--agency", "A")
    told("role", "assign", desk, "bea", "administrator")
    assert run("user", "lock", desk, "ada").exit_code == 0


def test_a_token_is_printed_once_and_only_its_hash_is_kept(desk: str) -> None:
    made = told("token", "new", desk, "cad", "--agency", "A", "--scope", "calls:write", "--days", "2")
    assert made["token"].startswith("answerable_")
    listed = run("token", "list", desk).stdout
    assert made["id"] in listed
    assert made["token"] not in listed
    assert made["token"].encode() not in (Path(desk) / "accounts.db").read_bytes()
    assert told("token", "revoke", desk, made["id"])["revoked"]
    assert "taken back" in told("token", "list", desk)[0]["state"]
    assert run("token", "revoke", desk, made["id"]).exit_code == 2


def test_the_help_names_every_scope() -> None:
    help_text = " ".join(run("token", "new", "--help").stdout.split())
    assert all(scope.value in help_text for scope in Scope)


def test_a_role_waits_for_the_desk_to_enter_it(desk: str) -> None:
    told("user", "add", desk, "ada", "--agency", "A")
    asked = told(
        "role", "assign", desk, "ada", "watch-commander", "--rank", "captain", "--until", "2018-07-01T00:00:00-07:00"
    )
    assert (asked["role"], asked["rank"], asked["until_us"]) == ("watch-commander", "captain", 1_530_428_400_000_000)
    ((listed),) = told("role", "list", desk)
    assert (listed["name"], listed["assignment"]["entry"]) == ("ada", None)
    assert "waits" in run("role", "list", desk).stdout
    assert "1 role waits" in run("user", "list", desk).stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("user", "add", "DESK", "ada", "--agency", "A"), "There is a user"),
        (("user", "add", "DESK", "", "--agency", "A"), "A name has 1 to 100"),
        (("user", "add", "DESK", "x\u202ey", "--agency", "A"), "A name has 1 to 100"),
        (("user", "lock", "DESK", "eve"), "There is no user 'eve'"),
        (("token", "new", "DESK", "cad", "--agency", "A", "--scope", "all"), "'all' is no scope"),
        (("token", "new", "DESK", "cad", "--agency", "A", "--scope", "calls:write", "--days", "0"), "--days"),
        (("role", "assign", "DESK", "ada", "desk"), "'desk' is no role of a person"),
        (("role", "assign", "DESK", "ada", "auditor", "--from", "2018-07-01"), "--from"),
        (("user", "list", "."), "holds no desk"),
    ],
)
def test_what_cannot_be_is_said_in_words(desk: str, words: tuple[str, ...], says: str) -> None:
    told("user", "add", desk, "ada", "--agency", "A")
    done = run(*(desk if word == "DESK" else word for word in words))
    assert done.exit_code == 2
    assert says in done.stderr


@pytest.mark.parametrize("empty", [("user", "list"), ("token", "list"), ("role", "list")])
def test_an_empty_list_says_what_makes_one(desk: str, empty: tuple[str, str]) -> None:
    done = run(*empty, desk)
    assert done.exit_code == 0
    assert done.stdout.startswith("No ")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--listen", "0.0.0.0:8040"), "--url"),
        (("--listen", "nowhere"), "HOST:PORT"),
        (("--zone", "Mars/Olympus", "--listen", "127.0.0.1:0"), "no time zone"),
        (("--url", "desk.example", "--listen", "127.0.0.1:0"), "no address of a desk"),
        (("--url", "https://desk.example/path", "--listen", "127.0.0.1:0"), "without a path"),
        (("--demo", "--origin", "a/b/c"), "--demo has a record"),
        (("--shadow", "."), "--source belong together"),
    ],
)
def test_serve_refuses_what_nobody_could_reach_before_it_makes_anything(
    tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    done = run("serve", str(tmp_path / "desk"), *words)
    assert done.exit_code == 2
    assert says in done.stderr
    assert not (tmp_path / "desk").exists()


def test_an_address_that_is_taken_is_said(tmp_path: Path) -> None:
    import socket  # noqa: PLC0415

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("serve", str(tmp_path / "desk"), "--listen", f"127.0.0.1:{taken.getsockname()[1]}")
    assert done.exit_code == 4
    assert "another address" in done.stderr
