"""Three verdicts, and how they come about.

Refuted: something contradicts itself or a key that is trusted. Cannot tell: nothing does, but something needed is not
there. Proved: neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from answerable.errors import ProofError, UntrustedError
from answerable.proof.checkpoint import Checkpoint
from answerable.proof.promise import FIRST_LINE as PROMISE
from answerable.proof.quorum import Witnessed
from answerable.proof.receipt import FIRST_LINE
from answerable.proof.spelling import Json

T = TypeVar("T")

NOT_TRUE = "That what was entered is true, or that everything was entered."
NOT_ONE_LOG = "That the log shows everybody the same: no witness was asked for."
NOT_NOW = "That the log has since only grown: hold a later checkpoint against this one."


class Verdict(StrEnum):
    """What became of a file that was held against the proofs."""

    PROVED = "proved"
    REFUTED = "refuted"
    CANNOT_TELL = "cannot_tell"


class Kind(StrEnum):
    """The kinds of file and folder that can be judged."""

    RECEIPT = "receipt"
    CHECKPOINT = "checkpoint"
    DISCLOSURES = "disclosures"
    SEAL = "seal"
    PROMISE = "promise"
    LOG = "log"
    BUNDLE = "bundle"
    FINDING = "finding"
    """A bundle or result with the life of its finding: steps, replies, letter, signature."""


class Folder(Protocol):
    """Files by their name, with `/` between folders; links are not followed."""

    def names(self) -> frozenset[str]:
        """Every regular file."""
        ...

    def read(self, name: str) -> bytes:
        """A small file whole."""
        ...

    def pieces(self, name: str) -> Iterator[bytes]:
        """A file of any size, in pieces."""
        ...


@dataclass(frozen=True, slots=True)
class Judgement:
    """Sentences under each verdict, and the signed states on which they rest. `shows` is what the entry says."""

    kind: Kind
    proved: tuple[str, ...] = ()
    refuted: tuple[str, ...] = ()
    cannot_tell: tuple[str, ...] = ()
    not_proved: tuple[str, ...] = ()
    states: tuple[Checkpoint, ...] = ()
    shows: dict[str, Json] | None = None

    @property
    def verdict(self) -> Verdict:
        """One contradiction refutes; one gap leaves it open; without any statement nothing is proved."""
        if self.refuted:
            return Verdict.REFUTED
        return Verdict.CANNOT_TELL if self.cannot_tell or not self.proved else Verdict.PROVED


@dataclass(slots=True)
class Docket:
    """Collects what the checks of one file found."""

    kind: Kind
    proved: list[str] = field(default_factory=list)
    refuted: list[str] = field(default_factory=list)
    cannot_tell: list[str] = field(default_factory=list)
    not_proved: list[str] = field(default_factory=list)
    states: list[Checkpoint] = field(default_factory=list)
    shows: dict[str, Json] | None = None

    def check(self, act: Callable[[], T], *, about: str = "") -> T | None:
        """What `act` gives; None, and the reason on its list, where a proof fails or lacks a key."""
        try:
            return act()
        except UntrustedError as error:
            self.cannot_tell.append(_sentence(about, error.message, f" ({error.hint})" if error.hint else ""))
        except ProofError as error:
            self.refuted.append(_sentence(about, error.message))
        return None

    def closed(self) -> Judgement:
        """The judgement, once everything has been checked."""
        return Judgement(
            kind=self.kind,
            proved=tuple(dict.fromkeys(self.proved)),
            refuted=tuple(self.refuted),
            cannot_tell=tuple(self.cannot_tell),
            not_proved=tuple(dict.fromkeys(self.not_proved)),
            states=tuple(dict.fromkeys(self.states)),
            shows=self.shows,
        )

    def add_state(self, witnessed: Witnessed) -> None:
        """Note a signed state, who vouches for it, and what it leaves open."""
        at, key = witnessed.checkpoint, witnessed.log
        words = f"The log {at.origin} has stated {at.size:,} entries, signed by {key.name}+{key.key_id.hex()}"
        if witnessed.witnesses:
            who = (f"{name} at {time_text(time_s)}" for name, time_s in witnessed.witnesses.items())
            words += f"; cosigned by {', '.join(who)}"
        else:
            self.not_proved.append(NOT_ONE_LOG)
        self.states.append(at)
        self.proved.append(words + ".")
        self.not_proved.append(NOT_NOW)


def _sentence(about: str, message: str, remark: str = "") -> str:
    lead = f"{about}: {message}" if about else message[:1].upper() + message[1:]
    return f"{lead}{remark}."


def kind_of(data: bytes) -> Kind | None:
    """The kind of a file by how it begins, or None. Says nothing about whether it is well formed."""
    if data.startswith(FIRST_LINE.partition("@")[0].encode()):
        return Kind.RECEIPT
    if data.lstrip()[:1] == b"{":
        for kind in (Kind.SEAL, Kind.DISCLOSURES, Kind.BUNDLE):
            if f'"answerable/{kind}@1"'.encode() in data:
                return kind
        return None
    if data.startswith(PROMISE.encode()):
        return Kind.PROMISE
    return Kind.CHECKPOINT if "\n\n— ".encode() in data else None


def forks(judgements: Iterable[Judgement]) -> tuple[str, ...]:
    """Two different roots for one size of one log, signed: proof that the log showed two histories."""
    roots: dict[tuple[str, int], bytes] = {}
    found = []
    for state in (state for judgement in judgements for state in judgement.states):
        if roots.setdefault((state.origin, state.size), state.root) != state.root:
            found.append(f"The log {state.origin} has signed two different states of {state.size:,} entries.")
    return tuple(dict.fromkeys(found))


def time_text(time_s: int) -> str:
    """POSIX seconds as UTC, as far as calendars go."""
    try:
        return datetime.fromtimestamp(time_s, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return f"{time_s} seconds after 1970"
