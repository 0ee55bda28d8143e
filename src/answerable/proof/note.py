"""Signed notes (C2SP signed-note) with Ed25519, and witnesses' timestamped cosignatures (C2SP tlog-cosignature).

Rules of opening: the text ends at the last blank line; every line after it must be a well-formed signature; signatures
by unknown keys are passed over; a known key that fails rejects the whole note; without any known key nothing is read.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from answerable.errors import MalformedError, SignatureError, UntrustedError
from answerable.proof.spelling import LARGEST_SIZE, base64_bytes, base64_text, utf8

MOST_SIGNATURES: Final = 100

_KEY_BYTES: Final = 32
_SIGNATURE_BYTES: Final = 64
_TIME_BYTES: Final = 8
_SIGNATURE_LINE: Final = re.compile("— ([^ ]+) ([^ ]+)")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")
# The White_Space property of Unicode, written out: what counts as space differs between languages.
_NOT_IN_A_NAME: Final = re.compile("[\x00-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000+\ud800-\udfff]")
_VERIFIER_KEY: Final = re.compile(r"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)", re.ASCII)
_SIGNING_KEY: Final = re.compile(r"PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)", re.ASCII)


class KeyKind(IntEnum):
    """The signature types of C2SP signed-note that are spoken here."""

    LOG = 1
    """Ed25519 over the text."""
    WITNESS = 4
    """Ed25519 over a time and the text: cosignature/v1."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature line: whose it claims to be, and what it holds after the key id."""

    name: str
    key_id: bytes
    body: bytes

    def line(self) -> str:
        """The line as it stands in a note, without its newline."""
        return f"— {self.name} {base64_text(self.key_id + self.body)}"


@dataclass(frozen=True)
class VerifierKey:
    """A public key under a name; `str()` gives `name+id+base64`."""

    name: str
    public_key: bytes
    kind: KeyKind = KeyKind.LOG

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.public_key) != _KEY_BYTES:
            raise MalformedError(f"the key of {self.name!r} has {len(self.public_key)} bytes; Ed25519 keys have 32")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The key that a verifier key text spells; its id must be the one that follows from name and key."""
        match = _VERIFIER_KEY.fullmatch(text)
        if not match:
            raise MalformedError(f"{_short(text)} is not a verifier key: name+id+base64")
        kind, public_key = _kind_and_key(match[3], name=match[1])
        key = cls(name=match[1], public_key=public_key, kind=kind)
        if key.key_id.hex() != match[2]:
            raise MalformedError(f"the id of {_short(text)} does not belong to its name and key")
        return key

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64_text(bytes([self.kind]) + self.public_key)}"

    @cached_property
    def key_id(self) -> bytes:
        """SHA-256(name LF kind key), its first four bytes."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public_key).digest()[:4]

    @cached_property
    def _ed25519(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.public_key)

    def verify(self, text: str, signature: Signature) -> int | None:
        """Check a signature that names this key; gives its time in POSIX seconds where it has one (a witness).

        Raises SignatureError when it is not this key's signature of `text`.
        """
        witness = self.kind is KeyKind.WITNESS
        time = int.from_bytes(signature.body[:_TIME_BYTES], "big") if witness else None
        signed = _message(text, time)
        body = signature.body[_TIME_BYTES:] if witness else signature.body
        wrong = SignatureError(f"the signature of {self.name} is not by its key, or the signed text was changed")
        if len(body) != _SIGNATURE_BYTES or (time or 0) > LARGEST_SIZE:
            raise wrong
        try:
            self._ed25519.verify(body, signed)
        except InvalidSignature:
            raise wrong from None
        return time


@dataclass(frozen=True)
class SigningKey:
    """A private key under a name. Only `secret_text` gives it away; neither `str()` nor `repr()` does."""

    name: str
    seed: bytes = field(repr=False)
    kind: KeyKind = KeyKind.LOG

    @classmethod
    def generate(cls, name: str, *, kind: KeyKind = KeyKind.LOG) -> Self:
        """A new key from the machine's randomness."""
        _check_name(name)
        return cls(name=name, seed=os.urandom(_KEY_BYTES), kind=kind)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The key that a secret text spells. No message repeats any of it but the name."""
        match = _SIGNING_KEY.fullmatch(text)
        if not match:
            raise MalformedError("this is not a signing key: PRIVATE+KEY+name+id+base64")
        kind, seed = _kind_and_key(match[3], name=match[1])
        key = cls(name=match[1], seed=seed, kind=kind)
        if key.verifier.key_id.hex() != match[2]:
            raise MalformedError(f"the id in the signing key of {match[1]!r} does not belong to its name and key")
        return key

    def secret_text(self) -> str:
        """The text that `parse` reads: keep it where nobody else can."""
        return f"PRIVATE+KEY+{self.name}+{self.verifier.key_id.hex()}+{base64_text(bytes([self.kind]) + self.seed)}"

    @cached_property
    def _ed25519(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @cached_property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, self._ed25519.public_key().public_bytes_raw(), self.kind)

    def sign(self, text: str, *, time_s: int | None = None) -> Signature:
        """Sign a text that ends in a newline. A witness's key needs the time in POSIX seconds, a log's takes none."""
        if (time_s is None) is (self.kind is KeyKind.WITNESS):
            raise ValueError("a witness signs with the time, a log without")
        prefix = b"" if time_s is None else time_s.to_bytes(_TIME_BYTES, "big")
        return Signature(self.name, self.verifier.key_id, prefix + self._ed25519.sign(_message(text, time_s)))


@dataclass(frozen=True, slots=True)
class Note:
    """A text and the signatures that stand under it. Nothing of it is believed before `open_note`."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read the form alone: UTF-8, no control characters, text, blank line, 1 to 100 signature lines."""
        whole = utf8(data, what="the note")
        if control := _CONTROL.search(whole):
            raise MalformedError(f"the note holds the control character {control[0]!r}")
        text, blank, below = whole.rpartition("\n\n")
        if not blank or not below.endswith("\n"):
            raise MalformedError("a note is a text, a blank line, and lines of signatures, each with its newline")
        lines = below[:-1].split("\n")
        if len(lines) > MOST_SIGNATURES:
            raise MalformedError(f"the note has {len(lines)} signatures; {MOST_SIGNATURES} is the most")
        return cls(text + "\n", tuple(_parse_signature(line) for line in lines))

    def encode(self) -> bytes:
        """The bytes that `parse` reads."""
        return f"{self.text}\n{signature_lines(self.signatures)}".encode()


@dataclass(frozen=True, slots=True)
class Verified:
    """A signature that holds: by which key, and for a witness when (POSIX seconds)."""

    key: VerifierKey
    time_s: int | None


@dataclass(frozen=True, slots=True)
class OpenNote:
    """A text and the known keys that signed it: one or more."""

    text: str
    verified: tuple[Verified, ...]


def open_note(data: bytes, keys: Iterable[VerifierKey]) -> OpenNote:
    """The text of a note that a known key signed.

    Raises MalformedError (form), SignatureError (a known key fails: the whole note is rejected) or UntrustedError (no
    known key signed).
    """
    note = Note.parse(data)
    known = {(key.name, key.key_id): key for key in keys}
    verified: dict[VerifierKey, Verified] = {}
    for signature in note.signatures:
        if key := known.get((signature.name, signature.key_id)):
            verified.setdefault(key, Verified(key, key.verify(note.text, signature)))
    if not verified:
        raise UntrustedError("none of the keys you trust has signed this", hint=_who(note))
    return OpenNote(note.text, tuple(verified.values()))


def parse_signatures(text: str) -> tuple[Signature, ...]:
    """The signature lines that a witness answers with, each with its newline (C2SP tlog-witness)."""
    if not text.endswith("\n"):
        raise MalformedError("the last signature line has no newline")
    return tuple(_parse_signature(line) for line in text[:-1].split("\n"))


def signature_lines(signatures: Iterable[Signature]) -> str:
    """Signatures as lines, each with its newline."""
    return "".join(f"{signature.line()}\n" for signature in signatures)


def _message(text: str, time_s: int | None) -> bytes:
    head = "" if time_s is None else f"cosignature/v1\ntime {time_s}\n"
    return (head + text).encode()


def _parse_signature(line: str) -> Signature:
    match = _SIGNATURE_LINE.fullmatch(line)
    if not match:
        raise MalformedError(f"{_short(line)} is not a signature line")
    name = _check_name(match[1])
    data = base64_bytes(match[2], what="the signature")
    if len(data) < 5:
        raise MalformedError(f"the signature of {name!r} is only {len(data)} bytes long")
    return Signature(name, data[:4], data[4:])


def _check_name(name: str) -> str:
    if not name or _NOT_IN_A_NAME.search(name):
        raise MalformedError(f"{_short(name)} cannot be the name of a key: no spaces and no plus")
    return name


def _kind_and_key(encoded: str, *, name: str) -> tuple[KeyKind, bytes]:
    data = base64_bytes(encoded, what=f"the key of {name!r}")
    if len(data) != _KEY_BYTES + 1 or data[0] not in tuple(KeyKind):
        raise MalformedError(f"the key of {name!r} is of a kind that is not spoken here", hint="Ed25519: 1 or 4")
    return KeyKind(data[0]), data[1:]


def _who(note: Note) -> str:
    return "signed by: " + ", ".join(f"{each.name}+{each.key_id.hex()}" for each in note.signatures[:8])


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:79] + "…")
