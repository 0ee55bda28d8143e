"""Selective disclosure (RFC 9901 section 4): an entry commits to private values, and any of them can be shown later.

A disclosure is base64url of JSON: [salt, name, value] for a member of an object, [salt, value] for an element of a
list. The entry holds only its SHA-256, in `_sd` or as `{"...": digest}`. A value may itself hold such digests.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from answerable.errors import DisclosureError, MalformedError
from answerable.proof.spelling import DEEPEST, Json, base64_bytes, base64url, base64url_text, json_value, utf8

DIGESTS: Final = "_sd"
ELEMENT: Final = "..."
ALGORITHM: Final = "_sd_alg"
SALT_BYTES: Final = 16


_written: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Disclosure(NamedTuple):
    """The text that shows a value, and the digest by which an entry commits to it."""

    text: str
    digest: str


@dataclass(frozen=True, slots=True)
class Revealed:
    """What is seen with the disclosures given: the entry without its digests, and how many stay closed.

    A closed digest is withheld, erased or a decoy. It never means that there is no such value.
    """

    value: dict[str, Json]
    closed: int


def commit(value: Json, name: str | None, salt: bytes) -> Disclosure:
    """Commit to a member `name` of an object, or (name None) to an element of a list.

    The salt is 16 random bytes for this value alone: it is what keeps a short value from being guessed.
    """
    return commit_written(_written(value).encode(), name, salt)


def commit_written(value: bytes, name: str | None, salt: bytes) -> Disclosure:
    """As `commit`; `value` is JSON already, spelled as it is to be read."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    if name in (DIGESTS, ELEMENT):
        raise ValueError(f"{name!r} is reserved")
    text = base64url(b'["%b",%b%b]' % (base64url(salt), b"" if name is None else _member(name), value))
    return Disclosure(text.decode(), _digest(text))


@lru_cache(maxsize=1_024)
def _member(name: str) -> bytes:
    return _written(name).encode() + b","


def digest_of(disclosure: str) -> str:
    """base64url of SHA-256 over the ASCII of the disclosure's text."""
    return _digest(disclosure.encode())


def _digest(text: bytes) -> str:
    return base64url_text(hashlib.sha256(text).digest())


def reveal(entry: Json, disclosures: Iterable[str]) -> Revealed:
    """Put the disclosed values where the entry commits to them (RFC 9901 section 7.1).

    Raises MalformedError where entry or disclosure is not formed as the RFC says; DisclosureError where a disclosure
    belongs to no digest, or a digest stands twice.
    """
    if not isinstance(entry, dict):
        raise MalformedError("an entry with disclosures is a JSON object")
    if entry.get(ALGORITHM, "sha-256") != "sha-256":
        raise MalformedError(f"the entry names another hash than sha-256 in {ALGORITHM}")
    opener = _Opener({})
    for text in disclosures:
        parts, digest = _parse(text), digest_of(text)
        if digest in opener.unused:
            raise DisclosureError("a disclosure stands here twice")
        opener.unused[digest] = parts
    value = opener.opened_object({key: item for key, item in entry.items() if key != ALGORITHM}, left=DEEPEST)
    if opener.unused:
        raise DisclosureError(f"{len(opener.unused)} disclosures belong to nothing that this entry committed to")
    return Revealed(value, len(opener.seen) - opener.used)


def _parse(text: str) -> list[Json]:
    content = utf8(base64_bytes(text, what="the disclosure", url=True), what="the disclosure")
    parts = json_value(content, what="the disclosure")
    if not isinstance(parts, list) or len(parts) not in (2, 3) or not isinstance(parts[0], str):
        raise MalformedError("a disclosure is [salt, name, value] or [salt, value]")
    if len(parts) == 3 and (not isinstance(parts[1], str) or parts[1] in (DIGESTS, ELEMENT)):
        raise MalformedError(f"a disclosure's name is a text other than {DIGESTS} and {ELEMENT}")
    return parts


@dataclass(slots=True)
class _Opener:
    """Walks an entry once; remembers which digests it saw and which disclosures it used."""

    unused: dict[str, list[Json]]
    seen: set[str] = field(default_factory=set)
    used: int = 0

    def opened(self, value: Json, *, left: int) -> Json:
        if isinstance(value, dict | list) and left == 0:  # disclosures can nest deeper than any one text
            raise MalformedError(f"what is shown is nested more than {DEEPEST} levels deep")
        if isinstance(value, dict):
            return self.opened_object(value, left=left)
        return self._opened_list(value, left=left) if isinstance(value, list) else value

    def opened_object(self, members: dict[str, Json], *, left: int) -> dict[str, Json]:
        if ELEMENT in members:
            raise MalformedError(f"{ELEMENT!r} stands where no element of a list is")
        found = {key: self.opened(value, left=left - 1) for key, value in members.items() if key != DIGESTS}
        digests = members.get(DIGESTS, [])
        if not isinstance(digests, list):
            raise MalformedError(f"{DIGESTS} is a list of digests")
        for digest in digests:
            if parts := self._disclosed(digest, length=3):
                name = parts[1]
                if not isinstance(name, str) or name in found:
                    raise MalformedError("a disclosed member has the name of another one")
                found[name] = self.opened(parts[2], left=left - 1)
        return found

    def _opened_list(self, items: list[Json], *, left: int) -> list[Json]:
        found: list[Json] = []
        for item in items:
            if isinstance(item, dict) and ELEMENT in item:
                if len(item) != 1:
                    raise MalformedError(f"an element with {ELEMENT!r} has no other members")
                if parts := self._disclosed(item[ELEMENT], length=2):
                    found.append(self.opened(parts[1], left=left - 1))
            else:
                found.append(self.opened(item, left=left - 1))
        return found

    def _disclosed(self, digest: Json, *, length: int) -> list[Json] | None:
        if not isinstance(digest, str):
            raise MalformedError("a digest is a text")
        if digest in self.seen:
            raise DisclosureError("a digest stands twice in the entry")
        self.seen.add(digest)
        parts = self.unused.pop(digest, None)
        if parts is not None:
            self.used += 1
            if len(parts) != length:
                raise MalformedError("a member is disclosed as an element of a list, or the other way round")
        return parts
