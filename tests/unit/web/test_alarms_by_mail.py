"""The second path of an alarm by e-mail: once a stage, again until it is taken, and never anything of a caller."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.small_smtp import Post, small_smtp

from answerable.config import Smtp
from answerable.errors import InputError, SettingsError
from answerable.stores.accounts import Accounts
from answerable.stores.mail import mail_address, send_mail
from answerable.watch.commands import ReceiveCall
from answerable.watch.people import Actor, Role
from answerable.watch.views import Change
from answerable.web import alarm_calls
from answerable.web.alarm_calls import AlarmCalls, calling
from answerable.wiring.desk import open_desk

TO = "mailto:watch@alder.example"
RAISED = Change(index=7, event="alarm.raised", about="call-1", alarm="about_to_go_unheard", rung="dispatcher")
AT_US = 1_529_434_800_000_000


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    made = Accounts(tmp_path)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarm_calls, "AGAIN_S", (0, 0, 0, 0, 0, 0))


def smtp_of(post: Post, **more: object) -> Smtp:
    given = {"host": "127.0.0.1", "port": post.port, "sender": "desk@alder.example", "security": "none"}
    return Smtp(**(given | more))  # type: ignore[arg-type]


class ToldDesk:
    def subscribe(self, heard: object) -> object:
        self.heard = heard
        return lambda: None


def told(accounts: Accounts, post: Post, *changes: Change, tries: int) -> None:
    desk = ToldDesk()
    calls = AlarmCalls(
        accounts, [TO], key=b"", url="https://desk.test", now_us=lambda: AT_US, smtp=smtp_of(post)
    )  # fmt: skip
    with calling(desk, calls):  # type: ignore[arg-type]
        desk.heard(changes)  # type: ignore[operator]
        wait_for(accounts, tries)


def wait_for(accounts: Accounts, tries: int) -> None:
    end = time.monotonic() + 30
    while len(accounts.deliveries(most=99)) < tries and time.monotonic() < end:
        time.sleep(0.01)
    assert len(accounts.deliveries(most=99)) == tries


def test_an_alarm_is_mailed_with_what_rings_and_where_to_look(accounts: Accounts) -> None:
    with small_smtp() as post:
        told(accounts, post, RAISED, tries=1)
    ((sender, to, message),) = post.taken
    assert (sender.partition(" ")[0], to) == ("FROM:<desk@alder.example>", ("TO:<watch@alder.example>",))
    assert message["Subject"] == "Desk, for the dispatcher: About to go unheard: nobody was sent yet"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "https://desk.test/c/call-1" in message.get_content()


def climbed(index: int, rung: str, **more: str) -> Change:
    return Change(
        index=index, event="alarm.escalated", about="call-1", alarm="about_to_go_unheard", rung=rung, **more
    )  # fmt: skip


def test_a_message_names_whom_the_alarm_calls_now_and_that_nobody_below_acknowledged_it(accounts: Accounts) -> None:
    with small_smtp() as post:
        told(accounts, post, RAISED, climbed(9, "command", calls_rank="deputy_chief"), tries=2)
    first, then = (message.get_content() for _, _, message in sorted(post.taken, key=lambda one: one[2]["Message-ID"]))
    assert "nobody was sent yet. It rings for the dispatcher." in first
    assert "Nobody acknowledged it: it rings for command too. The policy has the deputy chief called." in then


def test_each_stage_is_mailed_once_and_nothing_else(accounts: Accounts) -> None:
    with small_smtp() as post:
        changes = [
            Change(index=1, event="call.received", about="a"),
            RAISED,
            Change(index=8, event="alarm.acknowledged", about="call-1"),
            climbed(9, "watch_supervisor"),
            climbed(10, "command"),
        ]
        told(accounts, post, *changes, tries=3)
    subjects = [message["Subject"].strip() for _, _, message in post.taken]
    assert sorted(subjects) == [
        "Desk, for command: About to go unheard: nobody was sent yet",
        "Desk, for the dispatcher: About to go unheard: nobody was sent yet",
        "Desk, for the watch supervisor: About to go unheard: nobody was sent yet",
    ]
    assert len({message["Message-ID"] for _, _, message in post.taken}) == 3


def test_what_is_not_taken_is_sent_again_under_the_same_id_and_each_try_is_written_down(accounts: Accounts) -> None:
    with small_smtp(451, 554) as post:
        told(accounts, post, RAISED, tries=3)
    assert (post.tries, len(post.taken)) == (3, 1)
    tries = [(one.tried, one.status) for one in reversed(accounts.deliveries(most=9))]
    assert tries == [(1, 451), (2, 554), (3, 250)]


def test_a_server_that_is_not_there_is_status_0_and_given_up_after_six_tries(accounts: Accounts) -> None:
    told(accounts, Post(port=9), RAISED, tries=6)
    assert {one.status for one in accounts.deliveries(most=9)} == {0}


def test_no_mail_goes_out_unencrypted_where_encryption_is_asked_for() -> None:
    with small_smtp() as post:
        for security in ("starttls", "tls"):
            status = send_mail(
                smtp_of(post, security=security), "a@b.example", subject="s", text="t", id="x", at_us=AT_US
            )  # fmt: skip
            assert status in (0, 502)
    assert post.taken == []


def test_a_user_logs_in_with_the_password_of_the_file(accounts: Accounts, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("correct horse\n")
    with small_smtp() as post:
        smtp = smtp_of(post, user="desk", password_file=secret)
        calls = AlarmCalls(accounts, [TO], key=b"", url="u", now_us=lambda: AT_US, smtp=smtp)
        desk = ToldDesk()
        with calling(desk, calls):  # type: ignore[arg-type]
            desk.heard([RAISED])  # type: ignore[operator]
            wait_for(accounts, 1)
    assert post.log_ins == ["\0desk\0correct horse"]
    gone = smtp_of(post, user="desk", password_file=tmp_path / "gone")
    with pytest.raises(SettingsError, match="password cannot be read"):
        AlarmCalls(accounts, [TO], key=b"", url="u", now_us=lambda: 0, smtp=gone)


@pytest.mark.parametrize(
    "wrong", ["mailto:", "mailto:a", "mailto:a@b,c@d", "mailto:a%0d%0aBcc:x@b.example", "a@b.example"]
)
def test_what_is_no_address_is_refused_at_the_start(accounts: Accounts, wrong: str) -> None:
    with pytest.raises(InputError):
        mail_address(wrong)
    with pytest.raises(InputError):
        AlarmCalls(accounts, [wrong], key=b"", url="u", now_us=lambda: 0, smtp=smtp_of(Post()))


def test_without_a_server_an_address_of_mail_is_refused_with_where_to_say_it(accounts: Accounts) -> None:
    with pytest.raises(SettingsError, match=r"smtp\.host"):
        AlarmCalls(accounts, [TO], key=b"", url="u", now_us=lambda: 0)


def test_a_real_desk_mails_its_alarm_and_nothing_of_what_was_told(accounts: Accounts, tmp_path: Path) -> None:
    clock = Hands()
    policies = Path("src/answerable/demo/story/policies")
    with (
        small_smtp() as post,
        open_desk(tmp_path / "desk", origin="alder.example/d/1", policies=policies, ticking=False, clock=clock) as desk,
    ):
        calls = AlarmCalls(accounts, [TO], key=b"", url="https://desk.test", now_us=clock, smtp=smtp_of(post))
        with calling(desk, calls):
            command = ReceiveCall(
                id="c-1", facts={"kind": "call", "asks_for": "help", "life_safety": True}, nature="Shots",
                place="12 Secret Street", phone="555-0100", caller_name="Jane Doe",
            )  # fmt: skip
            desk.do(command, by=Actor(id="t", role=Role.CALL_TAKER)).result()
            clock.at_us += 6 * 60_000_000
            desk.tick()
            wait_for(accounts, 1)
    ((_, _, message),) = post.taken
    whole = message.as_string()
    assert "deadline is past" in whole
    assert "It rings for the watch supervisor." in whole
    for private in ("Secret", "Shots", "555", "Jane"):
        assert private not in whole


class Hands:
    """A clock that is moved by hand."""

    at_us = AT_US

    def __call__(self) -> int:
        return self.at_us
