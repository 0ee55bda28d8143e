"""What the claims need from outside: judged calls in a scope. An engine provides it; a list does in tests."""

from __future__ import annotations

from typing import Protocol

import msgspec

from answerable.answer.judged import JudgedCall
from answerable.model.claim import Scope
from answerable.model.decision import Decision
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


class CaseRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a claim is held against. `number_gaps`: call numbers missing from the file's own sequence (None: its
    numbers form no sequence). `versions_logged`: the versions come from a log that shows there are no others."""

    manifest: SourceManifest
    calls: JudgedCalls
    versions: VersionSet
    decisions: tuple[Decision, ...] = ()
    number_gaps: int | None = None
    versions_logged: bool = False
