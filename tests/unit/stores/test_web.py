"""Asking witnesses that do not answer as they should."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from answerable.errors import StorageError
from answerable.stores import web
from answerable.stores.web import Witnesses


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
