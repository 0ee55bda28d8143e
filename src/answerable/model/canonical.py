"""Canonical bytes: the one spelling of a value that is hashed.

JSON with sorted ASCII keys, no floats and no insignificant space; then `json.dumps` gives the bytes of
RFC 8785 (JCS), so that anybody's implementation finds the same digest.
"""

from __future__ import annotations

import hashlib
import json
from typing import TypeAlias

Json: TypeAlias = None | bool | int | str | list["Json"] | dict[str, "Json"]


_written = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def canonical_bytes(value: Json) -> bytes:
    """The RFC 8785 bytes of a value without floats. Raises ValueError for a float or a key outside ASCII."""
    if not isinstance(value, str):
        _refuse_what_differs(value)
    return _written(value).encode()


def digest(value: Json) -> str:
    """Hex SHA-256 of the canonical bytes."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()


def _refuse_what_differs(value: Json) -> None:
    if isinstance(value, float):
        raise ValueError("a float has no single spelling; write milliseconds or microdegrees as whole numbers")
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**53:
        raise ValueError(f"{value} is beyond what JSON numbers carry exactly; write it as text")
    if isinstance(value, list):
        for item in value:
            _refuse_what_differs(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not key.isascii():
                raise ValueError(f"key {key!r} is not ASCII")
            _refuse_what_differs(item)
