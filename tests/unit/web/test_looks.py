"""Who looked is written before it is shown; a disk that takes nothing hides no call from those who send help."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from starlette.testclient import TestClient
from tests.support.door import House

from answerable.errors import AnswerableError, StorageError, UncertainWriteError
from answerable.stores.accounts import Reading
from answerable.watch import commands as do
from answerable.watch.people import Actor, Role
from answerable.web import looks
from answerable.web.sessions import ABSOLUTE_S, IDLE_S, SEEN_EACH_S

TAKER = Actor(id="u-taker", role=Role.CALL_TAKER)


@contextmanager
def refusing(house: House, fault: AnswerableError) -> Iterator[None]:
    """The accounts' file takes nothing."""

    def refuse(*_: object, **__: object) -> None:
        raise fault

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(house.accounts._file, "transaction", refuse)
        yield


def a_call(house: House) -> str:
    return str(house.desk.do(do.ReceiveCall(id="a-call", place="1 Alder Street"), by=TAKER).result().id)


def looked(house: House) -> list[tuple[str, str]]:
    return [(one.user_id, one.about) for one in reversed(house.accounts.readings(most=99)) if one.page == "call"]


@pytest.mark.parametrize("fault", [StorageError("full"), UncertainWriteError("I/O error")], ids=["full", "broken"])
@pytest.mark.parametrize("path", ["/v1/calls/{id}", "/c/{id}"])
def test_a_dispatcher_sees_the_call_and_the_look_is_written_when_the_disk_takes_it(
    desk_house: House, path: str, fault: AnswerableError
) -> None:
    client, id_ = desk_house.signed_in(desk_house.person("dana", Role.DISPATCHER)), a_call(desk_house)
    with refusing(desk_house, fault):
        for _ in range(2):
            assert client.get(path.format(id=id_)).status_code == 200
        with pytest.raises(type(fault)):
            desk_house.site.looks.write_waiting()
    assert looked(desk_house) == []
    assert desk_house.site.looks.waiting == 2
    desk_house.site.looks.write_waiting()
    assert looked(desk_house) == [("u-dana", id_)] * 2
    assert desk_house.site.looks.waiting == 0


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.RECORDS_OFFICER])
def test_whoever_sends_no_help_waits_until_the_look_can_be_written(desk_house: House, role: Role) -> None:
    client, id_ = desk_house.signed_in(desk_house.person("aud", role)), a_call(desk_house)
    with refusing(desk_house, StorageError("full")):
        answer = client.get(f"/v1/calls/{id_}")
        assert (answer.status_code, "Alder" in answer.text) == (503, False)
    assert client.get(f"/v1/calls/{id_}").status_code == 200


def test_no_more_than_so_many_looks_wait_in_memory(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "MOST_WAITING", 3)
    kept = looks.Looks(house.accounts)
    one = Reading(at_us=1, user_id="u-1", page="call", about="a")
    with refusing(house, StorageError("full")):
        for _ in range(3):
            kept.keep(one, may_wait=True)
        with pytest.raises(StorageError):
            kept.keep(one, may_wait=True)


def test_a_log_in_goes_on_while_it_cannot_be_written_that_it_does(house: House) -> None:
    client = house.signed_in(house.person("dana", Role.DISPATCHER))
    with refusing(house, StorageError("full")):
        house.desk.at_us += (SEEN_EACH_S + 1) * 1_000_000
        assert is_in(client)


@pytest.mark.parametrize("after_s", [IDLE_S, ABSOLUTE_S])
def test_one_that_has_run_out_has_ended_on_a_full_disk_too(house: House, after_s: int) -> None:
    client = house.signed_in(house.person("dana", Role.DISPATCHER))
    with refusing(house, StorageError("full")):
        house.desk.at_us += after_s * 1_000_000
        assert not is_in(client)


def is_in(client: TestClient) -> bool:
    return bool(client.get("/account").status_code == 200)
