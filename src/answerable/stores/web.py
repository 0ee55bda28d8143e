"""Fetching from logs and asking witnesses, over HTTP, with short waits and small answers."""

from __future__ import annotations

import urllib.error
import urllib.request
from urllib.parse import urlsplit

from answerable.errors import InputError, StorageError

LARGEST_ANSWER_BYTES = 17_000_000
"""A bundle of 256 entries of 65,535 bytes each, and their lengths."""

FETCH_S = 20
WITNESS_S = 1


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
        except urllib.error.HTTPError as fault:
            if fault.code in (404, 410):
                return None
            raise StorageError(f"{place}: the log answered {fault.code} {fault.reason}") from fault
        except OSError as fault:
            raise StorageError(f"{place}: {fault}", hint="Is the address right, and the log up?") from fault
        if len(content) > LARGEST_ANSWER_BYTES:
            raise StorageError(f"{place}: the answer is larger than any file of a log")
        return content


def ask_witness(address: str, body: bytes) -> tuple[int, bytes]:
    """Send `add-checkpoint` to a witness: its status and answer. Raises StorageError where it does not answer."""
    place = f"{check_address(address)}/add-checkpoint"
    request = urllib.request.Request(place, data=body, method="POST")  # noqa: S310  the scheme was checked
    try:
        with urllib.request.urlopen(request, timeout=WITNESS_S) as answer:  # noqa: S310
            return answer.status, answer.read(LARGEST_ANSWER_BYTES)
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read(LARGEST_ANSWER_BYTES)
    except OSError as fault:
        raise StorageError(f"{place}: {fault}") from fault
