"""Ed25519 verification from the equations of RFC 8032 section 5.1, with Python's whole numbers: slow and plain."""

from __future__ import annotations

from functools import cache
from hashlib import sha512
from typing import TypeAlias

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P

Point: TypeAlias = tuple[int, int, int, int]
"""X, Y, Z and T with x = X/Z, y = Y/Z, x * y = T/Z."""

NEUTRAL: Point = (0, 1, 1, 0)


def add(one: Point, two: Point) -> Point:
    """The complete addition of section 5.1.4."""
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c = 2 * one[3] * two[3] * D % P
    d = 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number: int, point: Point) -> Point:
    found = NEUTRAL
    for digit in bin(number)[2:]:
        found = add(found, found)
        if digit == "1":
            found = add(found, point)
    return found


def root(square: int) -> int | None:
    """A square root modulo P, or None."""
    found = pow(square, (P + 3) // 8, P)
    if found * found % P != square % P:
        found = found * pow(2, (P - 1) // 4, P) % P
    return found if found * found % P == square % P else None


def decoded(data: bytes) -> Point | None:
    """The point of 32 bytes: y, and the lowest bit of x on top."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number % 2**255
    if y >= P:
        return None
    x = root((y * y - 1) * pow(D * y * y + 1, P - 2, P))
    if x is None or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def encoded(point: Point) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = decoded((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


@cache
def holds(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """[S]B = R + [k]A, without the cofactor, R compared as it is spelled."""
    assert BASE is not None
    key = decoded(public_key)
    s = int.from_bytes(signature[32:], "little")
    if key is None or len(signature) != 64 or s >= ORDER:
        return False
    k = int.from_bytes(sha512(signature[:32] + public_key + message).digest(), "little") % ORDER
    minus = (-key[0] % P, key[1], key[2], -key[3] % P)
    return encoded(add(times(s, BASE), times(k, minus))) == signature[:32]
