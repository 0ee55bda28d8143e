"""Private values at rest: AES-256-GCM under a key that exists only as long as the value's salt does.

The key of a value is HKDF-SHA256 (RFC 5869) of its salt. Whoever erases the salt has erased the value in every copy of
the record, and the digest that the record keeps of it can no longer be tried out with guesses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
_PURPOSE = b"answerable/sealed-value@1"
_BLOCK_BYTES = 64
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))


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
    """HKDF-SHA256 (RFC 5869 section 2) for one block: extract, without a salt of its own, and expand for our purpose.

    Written out, because a library takes longer to be set up for it than to compute it, nine times a call. A test holds
    it to the library's.
    """
    return hmac_sha256(hmac_sha256(b"", salt), _PURPOSE + b"\x01")


def hmac_sha256(key: bytes, data: bytes) -> bytes:
    """HMAC-SHA256 (RFC 2104 section 2) under a key of at most one block, 64 bytes."""
    block = key.ljust(_BLOCK_BYTES, b"\0")
    return sha256(block.translate(_OUTER) + sha256(block.translate(_INNER) + data).digest()).digest()


def _place(id: str, name: str) -> bytes:  # noqa: A002
    return f"{id}\n{name}".encode()
