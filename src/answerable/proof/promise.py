"""A promise: signed word that an entry was received and will be recorded, given only while the log cannot be written.

A signed note (C2SP signed-note) under a key of its own, named after the log and `/promises`. It proves nothing
about the log. Held beside the receipt of the entry it shows whether the word was kept: the entry, but for the time of
its recording, is the one that was promised.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from answerable.errors import MalformedError, UntrustedError
from answerable.proof.note import Note, SigningKey, VerifierKey, open_note
from answerable.proof.spelling import base64_text, decimal, hash_bytes, json_value, utf8

FIRST_LINE: Final = "answerable/promise@1"
_LINES: Final = 5
_NOT_YET: Final = "recorded_at_us"


@dataclass(frozen=True, slots=True)
class Promise:
    """What was promised: the entry `id`, whose `digest` is that of `promised_digest`, into the log `origin`.

    `promised_at_us` is the promiser's clock, in microseconds since the epoch.
    """

    origin: str
    id: str
    promised_at_us: int
    digest: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """The promise that the text of a note spells: five lines, each with its newline. Raises MalformedError."""
        lines = text.split("\n")
        if lines.pop() != "" or len(lines) != _LINES or lines[0] != FIRST_LINE:
            raise MalformedError(f"a promise has five lines: {FIRST_LINE}, log, entry, time and digest")
        _, origin, id_, at, digest = lines
        if not origin or not id_:
            raise MalformedError("a promise names its log and its entry")
        return cls(
            origin=origin,
            id=id_,
            promised_at_us=decimal(at, what="the time of the promise"),
            digest=hash_bytes(digest, what="the digest of the promise"),
        )

    def text(self) -> str:
        """The text that `parse` reads."""
        lines = (FIRST_LINE, self.origin, self.id, str(self.promised_at_us), base64_text(self.digest))
        return "".join(f"{line}\n" for line in lines)

    def sign(self, key: SigningKey) -> bytes:
        """The promise as it is handed out. Raises ValueError for a key under another name than `key_name`."""
        if key.name != key_name(self.origin):
            raise ValueError(f"promises of {self.origin} are signed by {key_name(self.origin)}, not by {key.name}")
        return Note(self.text(), (key.sign(self.text()),)).encode()

    def is_kept_by(self, entry: bytes) -> bool:
        """Whether `entry`, as the log has it, is the one that was promised. Raises MalformedError for no JSON."""
        return promised_digest(entry) == self.digest


def key_name(origin: str) -> str:
    """Under which name the promises of a log are signed: never the log's own, so that neither passes for the other."""
    return f"{origin}/promises"


def promised_digest(entry: bytes) -> bytes:
    """SHA-256 over an entry's canonical JSON (RFC 8785) without the time of its recording.

    Its private values are in it as salted digests only, so that nobody can guess them from a promise.
    """
    body = json_value(utf8(entry, what="the entry"), what="the entry")
    if not isinstance(body, dict):
        raise MalformedError("an entry is a JSON object")
    rest = {name: value for name, value in body.items() if name != _NOT_YET}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).digest()


def open_promise(data: bytes, keys: Iterable[VerifierKey]) -> tuple[Promise, VerifierKey]:
    """The promise in a note, and the key that signed it.

    Raises MalformedError, SignatureError (a known key fails) or UntrustedError (no key for promises of this log).
    """
    promise = Promise.parse(Note.parse(data).text)
    name = key_name(promise.origin)
    own = [key for key in keys if key.name == name]
    if not own:
        raise UntrustedError("none of the keys you trust makes promises for this log", hint=f"it is called {name}")
    return promise, open_note(data, own).verified[0].key
