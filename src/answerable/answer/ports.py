"""What the claims need from outside: judged calls in a scope. An engine provides it; a list does in tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from answerable.answer.compare.calls import ComparedCall
from answerable.answer.judged import JudgedCall
from answerable.model.claim import Scope
from answerable.model.comparison import Comparison
from answerable.model.decision import Decision
from answerable.model.listed import Identification
from answerable.model.log_reading import LogReading
from answerable.model.source import SourceManifest
from answerable.policy import VersionSet


class Scoped(msgspec.Struct, frozen=True, kw_only=True):
    """The calls of a scope. `possible` counts calls that may be in it (what the condition asks is unknown);
    `missing` names listed calls that are not in what was supplied."""

    calls: tuple[JudgedCall, ...]
    possible: int = 0
    missing: tuple[str, ...] = ()


class JudgedCalls(Protocol):
    """Every call of a source with its ruling."""

    def in_scope(self, scope: Scope, *, where: str | None = None) -> Scoped:
        """The calls of `scope`, narrowed by `where` (an expression over the vocabulary's facts)."""
        ...


class Candidates(msgspec.Struct, frozen=True, kw_only=True):
    """The claimed calls, and the calls that may be comparable: same hours, priority, type group, and near districts.

    Neither holds a duplicate or an entry for which nobody waited, and the others hold no call of the claimant.
    """

    claimed: tuple[ComparedCall, ...]
    others: tuple[ComparedCall, ...]


class ComparableCalls(Protocol):
    """The same calls as they are compared. An engine finds candidates; which are comparable is decided in `compare`."""

    def candidates(
        self, scope: Scope, *, neighbours: Mapping[str, Sequence[str]], without: Scope | None = None, most: int = 0
    ) -> Candidates:
        """The calls of `scope` and the candidates, without the calls of `without`. `most`: draw so many by lot."""
        ...

    def values(self, fact: str, scope: Scope) -> tuple[str, ...]:
        """The values of a fact that calls in the scope's window have, whoever made them."""
        ...

    @property
    def untouched(self) -> str:
        """The step of a call that no policy of response could touch, in words; "" where none is recorded."""
        ...


class CaseRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a claim is held against. `number_gaps`: call numbers missing from the file's own sequence (None: its
    numbers form no sequence). `log`: what was read of the log in which the agency enters its versions.
    `comparisons`: of the claims that compare, by claim id; `identified`: what became of each entry of a list, by claim
    id. `decisions_supplied`: decisions were given, so that one that is not there says something."""

    manifest: SourceManifest
    calls: JudgedCalls
    versions: VersionSet
    decisions: tuple[Decision, ...] = ()
    number_gaps: int | None = None
    log: LogReading | None = None
    comparisons: Mapping[str, Comparison] = {}
    identified: Mapping[str, tuple[Identification, ...]] = {}
    decisions_supplied: bool = False
