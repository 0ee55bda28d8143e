"""Logging in: what lets somebody in, and what keeps everybody else out."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from statistics import median

import pyotp
import pytest
from starlette.testclient import TestClient
from tests.support.door import DAY_US, House, password_of, unlimited
from tests.support.fault_runs import FULL

from answerable.stores.accounts import User, digest
from answerable.watch.people import Role
from answerable.web.account_pages import MOST_FAILURES, WITHIN_S
from answerable.web.limits import Limits
from answerable.web.passwords import Passwords
from answerable.web.sessions import ABSOLUTE_S, COOKIE, IDLE_S

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105


def log_in(client: TestClient, name: str, password: str) -> int:
    return int(client.post("/log-in", data={"name": name, "password": password}).status_code)


def is_in(client: TestClient) -> bool:
    return bool(client.get("/account").status_code == 200)


def test_name_and_password_let_in_and_the_session_is_for_this_host_alone(house: House) -> None:
    house.person("ada")
    client = house.browser()
    answer = client.post("/log-in", data={"name": "ada", "password": password_of("ada"), "next": "/account"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-")
    assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"))
    assert "Domain" not in cookie
    assert is_in(client)


def test_the_store_has_only_the_hash_of_the_cookie(house: House, tmp_path: object) -> None:
    user = house.person("ada")
    client = house.signed_in(user)
    assert house.accounts.session(digest(client.cookies[COOKIE])) is not None
    rows = house.accounts._file.rows("SELECT hash, csrf FROM session")
    assert client.cookies[COOKIE].encode() not in b"".join(bytes(hash_) for hash_, _ in rows)


def test_a_wrong_password_and_a_name_that_nobody_has_get_the_same_answer(house: House) -> None:
    house.person("ada")
    client = house.browser()
    wrong = client.post("/log-in", data={"name": "ada", "password": "wrong"})
    nobody = client.post("/log-in", data={"name": "eve", "password": "wrong"})
    assert wrong.status_code == nobody.status_code == 401
    assert wrong.text.replace('value="ada"', "") == nobody.text.replace('value="eve"', "")


def test_a_name_that_nobody_has_costs_one_hash_like_any_other(house: House) -> None:
    """Not timed: counted. What takes the time is the hash, and it is computed exactly once whoever is named."""
    assert hashes_of_three_tries(house) == 3


def test_a_door_that_hashes_nothing_for_a_name_that_nobody_has_is_found_out(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    holds = Passwords.holds
    monkeypatch.setattr(Passwords, "holds", lambda self, kept, said: kept is not None and holds(self, kept, said))
    assert hashes_of_three_tries(house) == 2


@pytest.mark.skipif(not FULL, reason="by the clock only at full size (FAULTS=full): the usual run counts the hashes")
@pytest.mark.timeout(600)
def test_by_the_clock_too_nobody_learns_who_has_an_account(
    house: House, record_property: Callable[[str, object], None]
) -> None:
    """With the hash that is used, of 200 tries each, in turns."""
    object.__setattr__(unlimited(house).site, "passwords", Passwords())
    house.person("ada", password=Passwords().hash(password_of("ada")))
    taken_s = dict[str, list[float]](ada=[], eve=[])
    client = house.browser()
    for number in range(202):
        for name, taken in taken_s.items():
            begun = time.perf_counter()
            assert log_in(client, name, "wrong") == 401
            if number > 1:  # the first warm up
                taken.append(time.perf_counter() - begun)
    known, unknown = (median(taken) for taken in taken_s.values())
    assert abs(known - unknown) <= 0.1 * max(known, unknown)
    record_property("counted", f"median {known * 1e3:.1f} ms for a known name, {unknown * 1e3:.1f} ms for another")


def hashes_of_three_tries(house: House) -> int:
    """How many hashes it takes to refuse a known name, an unknown one, and one that is locked out."""
    house.person("ada")
    locked = house.person("bob", locked=True)
    computed = list[str]()
    hasher = house.site.passwords._hasher
    verify = hasher.verify
    house.site.passwords.holds("", "warm")  # the hash of nobody is made once

    class Counted:
        def verify(self, kept: str, password: str) -> bool:
            computed.append(kept)
            return verify(kept, password)

    house.site.passwords._hasher = Counted()  # type: ignore[assignment]
    for name in ("ada", "eve", locked.name):
        log_in(house.browser(), name, "wrong")
    return len(computed)


def test_five_failures_shut_a_name_out_for_fifteen_minutes_the_right_password_too(house: House) -> None:
    unlimited(house).person("ada")
    client = house.browser()
    for _ in range(MOST_FAILURES):
        log_in(client, "ada", "wrong")
    assert log_in(client, "ada", password_of("ada")) == 401
    house.desk.at_us += WITHIN_S * 1_000_000 + 1
    assert log_in(client, "ada", password_of("ada")) == 303


def test_four_failures_do_not_and_a_log_in_ends_the_count(house: House) -> None:
    unlimited(house).person("ada")
    client = house.browser()
    for _ in range(3):
        for _ in range(MOST_FAILURES - 1):
            log_in(client, "ada", "wrong")
        assert log_in(house.browser(), "ada", password_of("ada")) == 303


def test_the_last_administrator_is_never_shut_out_by_somebody_who_types_nonsense(house: House) -> None:
    unlimited(house).person("ada", Role.ADMINISTRATOR)
    for _ in range(MOST_FAILURES * 3):
        log_in(house.browser(), "ada", "wrong")
    assert log_in(house.browser(), "ada", password_of("ada")) == 303


def test_one_of_two_administrators_is(house: House) -> None:
    unlimited(house)
    house.person("ada", Role.ADMINISTRATOR)
    house.person("bea", Role.ADMINISTRATOR)
    for _ in range(MOST_FAILURES):
        log_in(house.browser(), "ada", "wrong")
    assert log_in(house.browser(), "ada", password_of("ada")) == 401


def test_one_address_can_try_only_so_often(house: House) -> None:
    at_s = 0.0
    object.__setattr__(house.site, "limits", Limits(lambda: at_s))
    client = house.browser()
    answers = [log_in(client, f"name-{number}", "wrong") for number in range(21)]
    assert answers[:20] == [401] * 20
    assert answers[20] == 429
    at_s = 3.1
    assert log_in(client, "name", "wrong") == 401


def test_a_locked_user_is_out_at_once_with_every_session(house: House) -> None:
    user = house.person("ada")
    client = house.signed_in(user)
    assert is_in(client)
    house.accounts.set_locked(user.id, locked=True)
    assert not is_in(client)
    assert log_in(house.browser(), "ada", password_of("ada")) == 401


def test_the_session_is_another_after_each_step(house: House) -> None:
    user = house.person("ada", second_factor=True, totp_secret=SECRET)
    before = house.signed_in(user).cookies[COOKIE]
    client = house.browser()
    client.cookies.set(COOKIE, before, domain="desk.test", path="/")
    token = house.accounts.session(digest(before))
    assert token is not None
    client.headers["x-csrf-token"] = token.csrf
    client.post("/log-in", data={"name": "ada", "password": password_of("ada")})
    half = client.cookies[COOKIE]
    assert half != before
    assert house.accounts.session(digest(before)) is None
    give_code(house, client)
    assert client.cookies[COOKIE] not in {before, half}
    assert house.accounts.session(digest(half)) is None


def test_it_ends_after_half_an_hour_of_nothing_and_after_twelve_hours_in_any_case(house: House) -> None:
    user = house.person("ada")
    idle = house.signed_in(user)
    house.desk.at_us += IDLE_S * 1_000_000
    assert not is_in(idle)
    busy = house.signed_in(user)
    for _ in range(ABSOLUTE_S // (IDLE_S - 60)):
        house.desk.at_us += (IDLE_S - 60) * 1_000_000
        assert is_in(busy)
    house.desk.at_us += IDLE_S * 1_000_000 - 60_000_001
    assert not is_in(busy)


def test_logging_out_ends_the_session_on_the_server(house: House) -> None:
    client = house.signed_in(house.person("ada"))
    cookie = client.cookies[COOKIE]
    assert client.post("/log-out").status_code == 303
    assert house.accounts.session(digest(cookie)) is None


# The second factor


def code_at(house: House, *, steps: int = 0, secret: str = SECRET) -> str:
    return pyotp.TOTP(secret).at(house.desk.at_us // 1_000_000 + 30 * steps)


def give_code(house: House, client: TestClient, code: str | None = None) -> int:
    session = house.accounts.session(digest(client.cookies[COOKIE]))
    assert session is not None
    client.headers["x-csrf-token"] = session.csrf
    return int(client.post("/log-in/code", data={"code": code or code_at(house)}).status_code)


def half_in(house: House, user: User) -> TestClient:
    return house.signed_in(user, stage="code")


def test_with_a_second_factor_the_password_alone_opens_nothing(house: House) -> None:
    house.person("ada", second_factor=True, totp_secret=SECRET)
    client = house.browser()
    answer = client.post("/log-in", data={"name": "ada", "password": password_of("ada"), "next": "/account"})
    assert answer.headers["location"] == "/log-in/code?next=/account"
    assert not is_in(client)
    assert give_code(house, client) == 303
    assert is_in(client)


def test_a_code_is_good_once_even_for_another_session(house: House) -> None:
    user = house.person("ada", second_factor=True, totp_secret=SECRET)
    assert give_code(house, half_in(house, user)) == 303
    assert give_code(house, half_in(house, user)) == 401


def test_codes_of_the_step_before_and_after_hold_and_no_other(house: House) -> None:
    user = house.person("ada", second_factor=True, totp_secret=SECRET)
    assert give_code(house, half_in(house, user), code_at(house, steps=-2)) == 401
    assert give_code(house, half_in(house, user), code_at(house, steps=2)) == 401
    assert give_code(house, half_in(house, user), code_at(house, steps=-1)) == 303
    assert give_code(house, half_in(house, user), code_at(house, steps=1)) == 303


def test_five_wrong_codes_end_the_log_in(house: House) -> None:
    user = unlimited(house).person("ada", second_factor=True, totp_secret=SECRET)
    client = half_in(house, user)
    answers = [give_code(house, client, "000000") for _ in range(MOST_FAILURES)]
    assert answers == [401] * (MOST_FAILURES - 1) + [303]
    assert give_code(house, half_in(house, user)) == 303  # on to the log-in page: shut out with the right code too
    assert house.accounts.failures(f"code of {user.id}", since_us=0) == MOST_FAILURES + 1


def test_a_new_second_factor_counts_only_once_its_code_was_shown(house: House) -> None:
    user = house.person("ada", second_factor=True)
    client = house.signed_in(user, stage="enrol")
    page = client.get("/account/second-factor").text
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert found is not None
    secret = found[1].replace(" ", "")
    assert "<svg" in page
    assert client.post("/account/second-factor", data={"code": "000000"}).status_code == 401
    kept = house.accounts.user(user.id)
    assert kept is not None
    assert kept.totp_secret is None
    assert client.post("/account/second-factor", data={"code": code_at(house, secret=secret)}).status_code == 303
    kept = house.accounts.user(user.id)
    assert kept is not None
    assert kept.totp_secret == secret


# Invitations


def test_an_invitation_works_once_and_asks_for_a_password_and_a_second_factor(house: House) -> None:
    user = house.person("ada", password=None, second_factor=True)
    house.accounts.invite(user.id, "s3cret", until_us=house.desk.at_us + DAY_US)
    client = house.browser()
    assert "ada" in client.get("/invitation/s3cret").text
    words = {"password": "four words in a row", "again": "four words in a row"}
    answer = client.post("/invitation/s3cret", data=words)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account/second-factor")
    assert house.browser().get("/invitation/s3cret").status_code == 404


def test_it_runs_out_and_takes_no_weak_password(house: House) -> None:
    user = house.person("ada", password=None)
    house.accounts.invite(user.id, "s3cret", until_us=house.desk.at_us + DAY_US)
    client = house.browser()
    for password, again in (
        ("short", "short"),
        ("four words in a row", "others"),
        ("ada ada ada ada", "ada ada ada ada"),
    ):
        assert client.post("/invitation/s3cret", data={"password": password, "again": again}).status_code == 422
    house.desk.at_us += DAY_US
    assert client.get("/invitation/s3cret").status_code == 404


def test_a_link_to_elsewhere_is_not_followed_after_the_log_in(house: House) -> None:
    house.person("ada")
    for elsewhere in ("https://evil.test/", "//evil.test", "/\\evil.test", "/\t/evil.test", "evil"):
        answer = house.browser().post(
            "/log-in", data={"name": "ada", "password": password_of("ada"), "next": elsewhere}
        )
        assert answer.headers["location"] == "/"
