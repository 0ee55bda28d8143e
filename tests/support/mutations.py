"""Random changes to files of a log, seeded: single bytes, letters of the format, lines, numbers, splices."""

from __future__ import annotations

import os
import random
import re

COUNT = int(os.environ.get("MUTATIONS", "2000"))
"""How many inputs a run mutates in all; `./dev nightly` sets 20,000."""

_PIECES = [
    b"\n", b"\n\n", b" ", b"\t", b"\r", b"\x00", b"=", b"+", b"/", b"-", b"_", b"0", b"1", b"A", b"\xe2\x80\x94 ",
    b"\xff", b"\xc2\xa0", b"\xe2\x80\xa8", b"index ", b"extra ", b"null", b"true", b'"', b"{", b"}", b"[", b"]", b",",
    b":", b".", b'"seal"', b'"..."', b'"_sd"', b"\\", b"\\u0061", b"\\ud800", b"1e3", b"-", b"../",
    b"c2sp.org/tlog-proof@v1\n",
]  # fmt: skip


def mutated(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """One to three changes of `data`; `other` is a file to splice with."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        data = chance.choice(_CHANGES)(data, other, chance)
    return data


def _flip(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) or 1)
    return data[:at] + bytes(byte ^ 1 << chance.randrange(8) for byte in data[at : at + 1]) + data[at + 1 :]


def _letter(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    """Another letter of the same sort, so that the form stays."""
    places = [match.start() for match in re.finditer(rb"[A-Za-z0-9+/]", data)]
    if not places:
        return data
    at = chance.choice(places)
    letters = b"0123456789" if data[at : at + 1].isdigit() else b"ABCDEFGHabcdefgh+/"
    return data[:at] + bytes([chance.choice(letters)]) + data[at + 1 :]


def _delete(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + data[at + chance.choice((1, 1, 1, 2, 4, 40)) :]


def _insert(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice(_PIECES) + data[at:]


def _lines(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    """Drop, repeat or exchange lines."""
    lines = data.split(b"\n")
    one, two = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(3):
        case 0:
            del lines[one]
        case 1:
            lines.insert(two, lines[one])
        case _:
            lines[one], lines[two] = lines[two], lines[one]
    return b"\n".join(lines)


def _number(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    numbers = list(re.finditer(rb"\b[0-9]{1,3}\b", data))
    if not numbers:
        return data
    match = chance.choice(numbers)
    number = int(match[0])
    given = (b"0%d", b"+%d", b"-%d", b" %d", b"%d0", b"%d_0", b"%d.0", b"%d")
    spelled = chance.choice(given) % max(0, number + chance.choice((-2, -1, 0, 0, 1, 2)))
    return data[: match.start()] + spelled + data[match.end() :]


def _splice(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """The beginning of one and the end of the other, often at a line."""
    if chance.random() < 0.7:
        mine, theirs = data.split(b"\n"), other.split(b"\n")
        at = chance.randrange(min(len(mine), len(theirs)) + 1)
        return b"\n".join(mine[:at] + theirs[at:])
    return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other) + 1) :]


_CHANGES = (_flip, _letter, _letter, _delete, _insert, _insert, _lines, _number, _number, _splice)
