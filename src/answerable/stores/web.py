"""Fetching from logs and asking witnesses, over HTTP, with short waits and small answers."""

from __future__ import annotations

import http.client
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import TypeAlias
from urllib.parse import urlsplit

from answerable.errors import AnswerableError, InputError, StorageError

LARGEST_ANSWER_BYTES = 17_000_000
"""A bundle of 256 entries of 65,535 bytes each, and their lengths."""

LARGEST_COSIGNATURE_BYTES = 65_536

FETCH_S = 20
WITNESS_S = 1.0

Answer: TypeAlias = tuple[int, bytes] | StorageError
"""Status and body; or why there is none."""


def check_address(address: str) -> str:
    """`address` without its last slash. Raises InputError for anything but http and https."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise InputError(f"{address!r} is not the address of a log or a witness", hint="It begins with https://")
    return address.rstrip("/")


class WebLog:
    """The public files of a log, read from its address."""

    def __init__(self, address: str) -> None:
        self._address = check_address(address)

    def read(self, path: str) -> bytes | None:
        """The content of a file, or None where the log has none. Raises StorageError where nobody answers."""
        place = f"{self._address}/{path}"
        try:
            with urllib.request.urlopen(place, timeout=FETCH_S) as answer:  # noqa: S310  the scheme was checked
                content: bytes = answer.read(LARGEST_ANSWER_BYTES + 1)
                cut_off = bool(answer.length)
        except urllib.error.HTTPError as fault:
            if fault.code in (403, 404, 410):  # 403: under embargo; some stores say so of what is not there
                return None
            raise StorageError(f"{place}: the log answered {fault.code} {fault.reason}") from fault
        except (OSError, ValueError, http.client.HTTPException) as fault:
            raise StorageError(f"{place}: {_reason(fault)}", hint="Is the address right, and the log up?") from fault
        if len(content) > LARGEST_ANSWER_BYTES:
            raise StorageError(f"{place}: the answer is larger than any file of a log")
        if cut_off:
            raise StorageError(f"{place}: the answer ended early", hint="Ask again.")
        return content


class Witnesses:
    """Asks witnesses, all at once, and waits for none of them longer than `WITNESS_S` allows."""

    def __init__(self) -> None:
        self._asking: dict[str, threading.Thread] = {}

    def ask(self, asked: Mapping[str, bytes]) -> dict[str, Answer]:
        """Send each address its `add-checkpoint`: status and answer of each, or why there is none.

        One that drips its answer is left alone with it, and not asked again before it has ended.
        """
        answers = dict[str, Answer]()
        # one wait for the connection and one for the answer
        until_s = time.monotonic() + 2 * WITNESS_S
        for address, body in asked.items():
            if (busy := self._asking.get(address)) is None or not busy.is_alive():
                thread = threading.Thread(target=_answer, args=(address, body, answers), daemon=True)
                self._asking[address] = thread
                thread.start()
        for address in asked:
            self._asking[address].join(max(0.0, until_s - time.monotonic()))
        late = StorageError("it did not answer in time")
        return {address: answers.get(address, late) for address in asked}


def _answer(address: str, body: bytes, answers: dict[str, Answer]) -> None:
    try:
        answers[address] = _ask_witness(address, body)
    except StorageError as fault:
        answers[address] = fault
    except (AnswerableError, ValueError, http.client.HTTPException) as fault:
        answers[address] = StorageError(f"{address}: {_reason(fault)}")


def _ask_witness(address: str, body: bytes) -> tuple[int, bytes]:
    """Send `add-checkpoint` to a witness: its status and answer. Raises StorageError where it does not answer."""
    place = f"{check_address(address)}/add-checkpoint"
    request = urllib.request.Request(place, data=body, method="POST")  # noqa: S310  the scheme was checked
    try:
        with urllib.request.urlopen(request, timeout=WITNESS_S) as answer:  # noqa: S310
            return answer.status, answer.read(LARGEST_COSIGNATURE_BYTES)
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read(LARGEST_COSIGNATURE_BYTES)
    except OSError as fault:
        raise StorageError(f"{place}: {_reason(fault)}") from fault


def _reason(fault: Exception) -> str:
    """What went wrong in words: `Connection refused`, not the Python that says so."""
    cause = fault.reason if isinstance(fault, urllib.error.URLError) else fault
    return str(getattr(cause, "strerror", None) or cause)
