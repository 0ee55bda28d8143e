"""The keys a log signs with: one, or for thirty days after a rotation two."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from answerable.errors import RecordError
from answerable.model.times import SECOND_US
from answerable.proof.note import Note, SigningKey, VerifierKey

BOTH_SIGN_US = 30 * 86_400 * SECOND_US
"""For how long the old key signs beside the new one, so that whoever knows only the old key can follow."""


class KeyInUse(msgspec.Struct, frozen=True, kw_only=True):
    """A signing key, and until when it signs (None: until it is rotated)."""

    key: SigningKey
    until_us: int | None = None


class Keyring(msgspec.Struct, frozen=True, kw_only=True):
    """Every key of a log, oldest first."""

    keys: tuple[KeyInUse, ...]

    def signing(self, *, now_us: int) -> tuple[SigningKey, ...]:
        """The keys that sign at `now_us`, the newest first."""
        return tuple(one.key for one in reversed(self.keys) if one.until_us is None or now_us < one.until_us)

    def sign(self, text: str, *, now_us: int) -> bytes:
        """The signed note over `text`. Raises RecordError where no key is in use."""
        keys = self.signing(now_us=now_us)
        if not keys:
            raise RecordError("No key of this record is in use any more, so nothing can be signed.")
        return Note(text, tuple(key.sign(text) for key in keys)).encode()

    @property
    def verifiers(self) -> Sequence[VerifierKey]:
        """The public halves of all keys, also of those that have stopped signing."""
        return [one.key.verifier for one in self.keys]

    def rotated(self, new: SigningKey, *, now_us: int) -> Keyring:
        """The same keyring with `new`; those before it stop signing in thirty days at the latest."""
        until_us = now_us + BOTH_SIGN_US
        stopping = tuple(
            msgspec.structs.replace(one, until_us=min(until_us, one.until_us or until_us)) for one in self.keys
        )
        return Keyring(keys=(*stopping, KeyInUse(key=new)))
