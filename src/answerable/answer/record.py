"""One call as the outcome sees it, and what its source can show: the inputs of `answerable.answer.situate`."""

from __future__ import annotations

import msgspec

from answerable.model.call import (
    NOBODY_WAITS_KINDS,
    NOBODY_WAITS_ORIGINS,
    Disposition,
    EndedBy,
    EntryKind,
    Handover,
    Known,
    Origin,
)
from answerable.model.source import ClockOffset, SourceManifest
from answerable.model.vocabulary import FactValue

ACCEPTED, WITHDRAWN = "accepted", "withdrawn"
"""Keys of `times_us` that no file has: when another agency accepted the call, when the requester withdrew it."""


class CallRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a canonical row that decides. `times_us` and `quality` are keyed by clock point (no key: zero,
    respectively not recorded). `facts` are the bound facts that are known; `priority_final` is the final priority
    where the source has one beside the initial. `target` is the call this one was merged into, where identified.
    `last_seen_us`: of a call that a later export no longer has, up to when the source spoke of it."""

    key: str
    row_key: str = ""
    call_id: str | None = None
    times_us: dict[str, int] = {}
    quality: dict[str, int] = {}
    origin: Origin = Origin.PUBLIC_911
    entry_kind: EntryKind = EntryKind.CALL
    abandoned: bool | None = False
    dispatched: Known = Known.NOT_RECORDED
    dispatched_evidence: str | None = None
    arrived: Known = Known.NOT_RECORDED
    disposition: Disposition = Disposition.NONE
    ended_by: EndedBy = EndedBy.NOT_RECORDED
    reason_given: Known = Known.NOT_RECORDED
    handover: Handover = Handover.NONE
    merged: bool = False
    target: CallRecord | None = None
    facts: dict[str, FactValue] = {}
    priority_final: int | None = None
    last_seen_us: int | None = None

    @property
    def someone_waits(self) -> Known:
        """Whether a caller waits for this entry at all (rule 2)."""
        if self.entry_kind in NOBODY_WAITS_KINDS or self.origin in NOBODY_WAITS_ORIGINS:
            return Known.NO
        return Known.NOT_RECORDED if self.origin is Origin.UNKNOWN else Known.YES

    @property
    def responder(self) -> CallRecord:
        """The row whose response counts: a merged call is answered by what was sent to the other call."""
        return self.target if self.target is not None else self


class SourceTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What silence and times mean in one source. `blanks` are the columns in which a blank means *no*.

    `decisions_supplied`: the decisions on requests are at hand too, so that their absence says something.
    """

    start_point: str | None = "received"
    blanks: frozenset[str] = frozenset()
    records_callbacks: bool = False
    decisions_supplied: bool = False
    clock_offset: ClockOffset | None = None
    horizon_us: int | None = None


def terms_of(manifest: SourceManifest, *, as_of_us: int | None = None, decisions_supplied: bool = False) -> SourceTerms:
    """The terms of an imported source; `as_of_us` replaces its own horizon."""
    return SourceTerms(
        start_point=manifest.start_point,
        blanks=frozenset(manifest.blank_means_no),
        records_callbacks=manifest.records_callbacks,
        decisions_supplied=decisions_supplied,
        clock_offset=manifest.clock_offset,
        horizon_us=as_of_us if as_of_us is not None else manifest.horizon_us,
    )
