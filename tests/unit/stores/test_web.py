"""Asking witnesses that do not answer as they should."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from answerable.errors import StorageError
from answerable.stores import web
from answerable.stores.web import WebLog, Witnesses


@pytest.fixture(autouse=True)
def short_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "WITNESS_S", 0.1)


@pytest.fixture
def mute() -> Iterator[str]:
    """Somebody who takes the call and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def said(answer: object) -> str:
    assert isinstance(answer, StorageError)
    return answer.message


def test_each_witness_has_its_own_answer_or_the_reason_why_there_is_none(
    mute: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = web._ask_witness
    good = "http://good.example"
    monkeypatch.setattr(web, "_ask_witness", lambda at, body: (200, body) if at == good else real(at, body))
    answers = Witnesses().ask({mute: b"a", good: b"b", "ftp://x": b"c", "http://127.0.0.1:no": b"d"})
    assert answers[good] == (200, b"b")
    assert "time" in said(answers[mute])
    assert "not the address" in said(answers["ftp://x"])
    assert said(answers["http://127.0.0.1:no"])


def test_a_witness_that_drips_its_answer_is_left_alone_until_it_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    release, asked = threading.Event(), list[bytes]()

    def dripping(_address: str, body: bytes) -> tuple[int, bytes]:
        asked.append(body)
        release.wait()
        return 200, body

    monkeypatch.setattr(web, "_ask_witness", dripping)
    witnesses = Witnesses()
    address = "http://slow.example"
    assert "in time" in said(witnesses.ask({address: b"first"})[address])
    assert "in time" in said(witnesses.ask({address: b"second"})[address])
    assert asked == [b"first"]
    release.set()
    witnesses._asking[address].join()
    assert witnesses.ask({address: b"third"})[address] == (200, b"third")


@pytest.fixture
def refused() -> str:
    """An address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_why_nobody_answers_is_said_in_words(refused: str) -> None:
    assert said(Witnesses().ask({refused: b""})[refused]) == f"{refused}/add-checkpoint: Connection refused"
    with pytest.raises(StorageError, match=r"checkpoint: Connection refused\n"):
        WebLog(refused).read("checkpoint")


@pytest.mark.parametrize("answer", [b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfour", b""])
def test_an_answer_that_is_none_is_no_fault_of_the_program(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def talk() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(1_000)
                connection.sendall(answer)

        thread = threading.Thread(target=talk)
        thread.start()
        with pytest.raises(StorageError, match="checkpoint: "):
            WebLog(f"http://127.0.0.1:{listening.getsockname()[1]}").read("checkpoint")
        thread.join()


def test_an_address_that_cannot_be_one_is_said() -> None:
    with pytest.raises(StorageError, match="nonnumeric port"):
        WebLog("http://127.0.0.1:no").read("checkpoint")
