"""Ids that sort by time (UUIDv7, RFC 9562 section 5.7): random ones make a large index many times slower."""

from __future__ import annotations

import uuid

from answerable.record.ports import Chance, Clock


def new_id(clock: Clock, chance: Chance) -> str:
    """48 bits of milliseconds, then chance."""
    bits = int.from_bytes((clock() // 1_000).to_bytes(6, "big") + chance(10), "big")
    bits = bits & ~(0xF << 76) | 7 << 76
    bits = bits & ~(0b11 << 62) | 0b10 << 62
    return str(uuid.UUID(int=bits))
