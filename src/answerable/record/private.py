"""Private values at rest: AES-256-GCM under a key that exists only as long as the value's salt does.

The key of a value is HKDF-SHA256 (RFC 5869) of its salt. Whoever erases the salt has erased the value in every copy of
the record, and the digest that the record keeps of it can no longer be tried out with guesses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12
_PURPOSE = b"answerable/sealed-value@1"
_KEY_BYTES = 32
_SHA256 = SHA256()


class SealedValue(msgspec.Struct, frozen=True, kw_only=True):
    """An encrypted private value, by the name of its field."""

    name: str
    nonce: bytes
    ciphertext: bytes


def seal_values(
    values: Mapping[str, bytes],
    *,
    id: str,  # noqa: A002
    salts: Mapping[str, bytes],
    chance: Callable[[int], bytes],
) -> tuple[SealedValue, ...]:
    """Encrypt the canonical bytes of an entry's values; entry and field are bound in, so that none can be moved."""
    sealed, nonces = list[SealedValue](), chance(NONCE_BYTES * len(values)) if values else b""
    for at, (name, value) in enumerate(values.items()):
        nonce = nonces[at * NONCE_BYTES : (at + 1) * NONCE_BYTES]
        ciphertext = AESGCM(_key(salts[name])).encrypt(nonce, value, _place(id, name))
        sealed.append(SealedValue(name=name, nonce=nonce, ciphertext=ciphertext))
    return tuple(sealed)


def open_value(sealed: SealedValue, *, id: str, salt: bytes) -> bytes:  # noqa: A002
    """The canonical bytes of the value. Raises ValueError where salt, entry, field or ciphertext differs."""
    try:
        return AESGCM(_key(salt)).decrypt(sealed.nonce, sealed.ciphertext, _place(id, sealed.name))
    except InvalidTag as fault:
        raise ValueError(
            f"private field {sealed.name!r} of entry {id} does not open: it or its salt is damaged"
        ) from fault


def _key(salt: bytes) -> bytes:
    return HKDF(algorithm=_SHA256, length=_KEY_BYTES, salt=None, info=_PURPOSE).derive(salt)


def _place(id: str, name: str) -> bytes:  # noqa: A002
    return f"{id}\n{name}".encode()
