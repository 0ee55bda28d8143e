"""A disk that takes nothing keeps nobody who sends help from logging in, and nobody guesses more often on it."""

from __future__ import annotations

import pyotp
import pytest
from starlette.testclient import TestClient
from tests.support.door import House, password_of
from tests.unit.web.test_looks import refusing

from answerable.errors import StorageError
from answerable.stores.accounts import Session, User, digest
from answerable.watch.people import Role
from answerable.web import log_ins
from answerable.web.account_pages import MOST_FAILURES, WITHIN_S
from answerable.web.log_ins import LogIns
from answerable.web.sessions import ABSOLUTE_S, COOKIE, IDLE_S

FULL = StorageError("full")
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105  of nobody
WRONG = "not it"
S_US = 1_000_000


def log_in(house: House, user: User, *, password: str | None = None) -> TestClient:
    """A browser that typed name and password; a code is asked for next, where the user has a second factor."""
    client = house.browser()
    said = {"name": user.name, "password": password or password_of(user.name), "next": "/"}
    client.answer = client.post("/log-in", data=said)
    return client


def code(house: House, *, ahead: int = 0) -> str:
    return pyotp.TOTP(SECRET).generate_otp(house.site.clock() // S_US // 30 + ahead)


def give_code(house: House, client: TestClient, text: str) -> int:
    token = house.site.log_ins.session(digest(client.cookies[COOKIE]))
    assert token is not None
    return int(client.post("/log-in/code", data={"code": text, "csrf": token.csrf}).status_code)


def with_code(house: House) -> User:
    return house.person("dana", Role.DISPATCHER, second_factor=True, totp_secret=SECRET)


def in_file(house: House, client: TestClient) -> Session | None:
    return house.accounts.session(digest(client.cookies[COOKIE]))


def test_a_dispatcher_logs_in_on_a_full_disk_with_password_and_code_and_sees_the_board(desk_house: House) -> None:
    dana = with_code(desk_house)
    with refusing(desk_house, FULL):
        client = log_in(desk_house, dana)
        assert give_code(desk_house, client, code(desk_house)) == 303
        assert client.get("/board").status_code == 200
        assert in_file(desk_house, client) is None
    desk_house.site.log_ins.write_waiting()
    assert (desk_house.site.log_ins.waiting, in_file(desk_house, client) is None) == (0, False)
    assert client.get("/board").status_code == 200


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR, Role.RECORDS_OFFICER])
def test_whoever_sends_no_help_logs_in_when_there_is_room(house: House, role: Role) -> None:
    user = house.person("aud", role)
    with refusing(house, FULL):
        assert log_in(house, user).answer.status_code == 503
    assert log_in(house, user).answer.status_code == 303


def test_a_code_is_good_once_also_while_that_cannot_be_written_and_afterwards(house: House) -> None:
    dana = with_code(house)
    used = code(house)
    with refusing(house, FULL):
        assert give_code(house, log_in(house, dana), used) == 303
        assert give_code(house, log_in(house, dana), used) == 401
        assert give_code(house, log_in(house, dana), code(house, ahead=1)) == 303, "the next one is another"
    assert give_code(house, log_in(house, dana), used) == 401, "before what waits is written"
    house.site.log_ins.write_waiting()
    assert give_code(house, log_in(house, dana), used) == 401
    assert give_code(house, log_in(house, dana), code(house, ahead=1)) == 401


def test_five_failures_shut_a_name_out_on_a_full_disk_and_go_on_counting_afterwards(house: House) -> None:
    dana = house.person("dana", Role.DISPATCHER)
    house.person("ada", Role.ADMINISTRATOR)
    house.accounts.failed(dana.name, at_us=house.site.clock(), since_us=0)
    with refusing(house, FULL):
        for _ in range(MOST_FAILURES - 1):
            assert log_in(house, dana, password=WRONG).answer.status_code == 401
        assert log_in(house, dana).answer.status_code == 401
    house.site.log_ins.write_waiting()
    assert house.accounts.failures(dana.name, since_us=0) == MOST_FAILURES + 1
    assert log_in(house, dana).answer.status_code == 401


def test_a_log_in_that_succeeds_ends_the_count_of_before_on_a_full_disk_too(house: House) -> None:
    dana = house.person("dana", Role.DISPATCHER)
    since_us = house.site.clock() - WITHIN_S * S_US
    house.accounts.failed(dana.name, at_us=house.site.clock(), since_us=0)
    with refusing(house, FULL):
        log_in(house, dana, password=WRONG)
        assert house.site.log_ins.failures(dana.name, since_us=since_us) == 2
        log_in(house, dana)
        assert house.site.log_ins.failures(dana.name, since_us=since_us) == 0
    house.site.log_ins.write_waiting()
    assert house.accounts.failures(dana.name, since_us=0) == 0


def test_who_logged_out_on_a_full_disk_is_out_and_stays_out(house: House) -> None:
    dana = house.person("dana", Role.DISPATCHER)
    before = house.signed_in(dana)
    with refusing(house, FULL):
        held = house.signed_in(dana)
        for client in (before, held):
            assert client.post("/log-out").status_code == 303
            assert client.get("/account").status_code in (303, 401)
    cookies = [digest(client.cookies.get(COOKIE, "")) for client in (before, held)]
    house.site.log_ins.write_waiting()
    assert [house.accounts.session(one) for one in cookies] == [None, None]
    assert house.site.log_ins.waiting == 0


def test_a_session_in_use_lasts_on_a_full_disk_and_one_that_is_not_ends(house: House) -> None:
    dana = house.person("dana", Role.DISPATCHER)
    before = house.signed_in(dana)
    with refusing(house, FULL):
        clients = [before, house.signed_in(dana)]
        for _ in range(4):
            house.desk.at_us += IDLE_S * S_US * 2 // 3
            assert [client.get("/account").status_code for client in clients] == [200, 200]
        house.desk.at_us += IDLE_S * S_US
        assert all(client.get("/account").status_code != 200 for client in clients)


def test_no_session_lasts_longer_than_a_long_shift_on_a_full_disk(house: House) -> None:
    dana = house.person("dana", Role.DISPATCHER)
    with refusing(house, FULL):
        client = house.signed_in(dana)
        for _ in range(ABSOLUTE_S // IDLE_S * 2):
            house.desk.at_us += IDLE_S * S_US // 2
            client.get("/account")
        assert client.get("/account").status_code != 200


def test_another_password_or_a_lock_ends_a_session_that_is_in_memory_alone(house: House) -> None:
    dana = house.person("dana", Role.DISPATCHER)
    with refusing(house, FULL):
        client = house.signed_in(dana)
        assert client.get("/account").status_code == 200
    house.accounts.set_locked(dana.id, locked=True)
    assert client.get("/account").status_code != 200
    house.accounts.set_locked(dana.id, locked=False)
    house.accounts.set_password(dana.id, "another")
    assert client.get("/account").status_code != 200
    house.site.log_ins.write_waiting()
    assert in_file(house, client) is None


def test_no_more_than_so_much_is_kept_in_memory(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_ins, "MOST_HELD", 3)
    kept, dana = LogIns(house.accounts), with_code(house)
    with refusing(house, FULL):
        for number in range(3):
            kept.failed(f"name {number}", at_us=number, since_us=0)
        with pytest.raises(StorageError):
            kept.failed("one more", at_us=9, since_us=0)
        assert not kept.use_code(dana, 1), "and then nobody gets in by a code that cannot be counted"
        kept.failed("later", at_us=99, since_us=50)
        assert kept.waiting == 1, "what no longer counts makes room"
