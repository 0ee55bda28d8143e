"""Whom one believes (C2SP tlog-policy): the keys of logs and witnesses, and how many witnesses must have cosigned.

The file is written by the person who checks, never taken from the one whose log is checked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Self

from answerable.errors import MalformedError, UntrustedError
from answerable.proof.checkpoint import Checkpoint, open_checkpoint
from answerable.proof.note import KeyKind, VerifierKey
from answerable.proof.spelling import decimal

NO_QUORUM: Final = "none"

_FORBIDDEN: Final = re.compile(rb"[^\t\n\x20-\x7e\x80-\xff]")


@dataclass(frozen=True, slots=True)
class Party:
    """A log or a witness: its key, and where it can be reached, if that is said."""

    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Has witnessed where at least `threshold` of its members (witnesses or groups) have."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A checkpoint that passed: who signed, and which witnesses (by their name in the policy) when, POSIX seconds."""

    checkpoint: Checkpoint
    log: VerifierKey
    witnesses: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class TrustPolicy:
    """Logs, witnesses and groups by name, in the order of the file, and the name whose witnessing is needed."""

    logs: tuple[Party, ...] = ()
    witnesses: Mapping[str, Party] = field(default_factory=lambda: MappingProxyType({}))
    groups: Mapping[str, Group] = field(default_factory=lambda: MappingProxyType({}))
    quorum: str = NO_QUORUM

    @classmethod
    def of_log(cls, *keys: VerifierKey) -> Self:
        """Believe these logs without any witness."""
        return cls(logs=tuple(Party(key) for key in keys))

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a policy file. Raises MalformedError naming the line."""
        if wrong := _FORBIDDEN.search(data):
            raise MalformedError(f"the trust policy holds the control character {wrong[0]!r}")
        reader = _Reader()
        for number, line in enumerate(data.decode("utf-8", "surrogateescape").split("\n"), start=1):
            words = [word for word in re.split(r"[ \t]+", line) if word]
            if words and not words[0].startswith("#"):
                try:
                    reader.read(words[0], words[1:])
                except MalformedError as error:
                    raise MalformedError(f"line {number} of the trust policy: {error.message}") from None
        if reader.quorum is None:
            raise MalformedError("the trust policy has no quorum line", hint="write `quorum none` to need no witness")
        return cls(
            logs=tuple(reader.logs),
            witnesses=MappingProxyType(reader.witnesses),
            groups=MappingProxyType(reader.groups),
            quorum=reader.quorum,
        )

    def with_log(self, *keys: VerifierKey) -> TrustPolicy:
        """The same witnesses for these logs too."""
        return TrustPolicy(
            (*self.logs, *(Party(key) for key in keys)),
            witnesses=self.witnesses,
            groups=self.groups,
            quorum=self.quorum,
        )

    def check(self, checkpoint: bytes) -> Witnessed:
        """Open a signed checkpoint: signed by a log listed here, and cosigned by the quorum.

        Raises MalformedError, SignatureError (a listed key fails), or UntrustedError (nothing fails, too few signed).
        """
        parties = (*self.logs, *self.witnesses.values())
        opened = open_checkpoint(checkpoint, [party.key for party in parties])
        times = {each.key: each.time_s or 0 for each in opened.witnesses}
        seen = {name: times[party.key] for name, party in self.witnesses.items() if party.key in times}
        if not self.is_met_by(seen):
            raise UntrustedError(
                f"the log has signed, but its witnesses are too few: the quorum {self.quorum!r} is not met",
                hint="cosigned by: " + (", ".join(seen) or "no witness of the trust policy"),
            )
        return Witnessed(opened.checkpoint, opened.log, MappingProxyType(seen))

    def is_met_by(self, cosigned: Mapping[str, int]) -> bool:
        """Whether these witnesses, by name, make the quorum."""
        witnessed = set(cosigned)
        for name, group in self.groups.items():  # a group names only what stands before it
            if sum(member in witnessed for member in group.members) >= group.threshold:
                witnessed.add(name)
        return self.quorum == NO_QUORUM or self.quorum in witnessed


class _Reader:
    """What the lines so far have defined."""

    def __init__(self) -> None:
        self.logs: list[Party] = []
        self.witnesses: dict[str, Party] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self._grouped: set[str] = set()

    def read(self, keyword: str, words: list[str]) -> None:
        """One line."""
        match keyword, words:
            case "log", [vkey, *url] if len(url) <= 1:
                self.logs.append(self._party(vkey, url, KeyKind.LOG, among=self.logs))
            case "witness", [name, vkey, *url] if len(url) <= 1:
                known = list(self.witnesses.values())
                self.witnesses[self._new(name)] = self._party(vkey, url, KeyKind.WITNESS, among=known)
            case "group", [name, threshold, *members] if members:
                self.groups[self._new(name)] = self._group(threshold, members)
            case "quorum", [name]:
                if self.quorum is not None:
                    raise MalformedError("a second quorum")
                self.quorum = name if name == NO_QUORUM else self._defined(name)
            case _:
                raise MalformedError("this is no line of a trust policy: log, witness, group or quorum")

    def _party(self, vkey: str, url: list[str], kind: KeyKind, *, among: list[Party]) -> Party:
        key = VerifierKey.parse(vkey)
        if key.kind is not kind:
            raise MalformedError(f"{vkey!r} is not the key of a {kind.name.lower()}")
        if any(party.key.public_key == key.public_key for party in among):
            raise MalformedError(f"the key of {key.name!r} stands here twice")
        return Party(key, *url)

    def _group(self, threshold: str, members: list[str]) -> Group:
        for member in members:
            self._defined(member)
            if member in self._grouped:
                raise MalformedError(f"{member!r} is a member of a group already")
            self._grouped.add(member)
        words = {"all": len(members), "any": 1}
        needed = words[threshold] if threshold in words else decimal(threshold, what="the threshold")
        if not 1 <= needed <= len(members):
            raise MalformedError(f"{needed} of {len(members)} members is not possible")
        return Group(needed, tuple(members))

    def _new(self, name: str) -> str:
        if name == NO_QUORUM or name in self.witnesses or name in self.groups:
            raise MalformedError(f"the name {name!r} is taken")
        return name

    def _defined(self, name: str) -> str:
        if name not in self.witnesses and name not in self.groups:
            raise MalformedError(f"{name!r} is not defined on a line before this one")
        return name
