"""Whether a scope is proven complete: what every "unfounded" over a scope needs (outcomes.md, "Complete scope")."""

from __future__ import annotations

from answerable.answer.ports import CaseRecord, Scoped
from answerable.model.call import Inclusion
from answerable.model.claim import Claim
from answerable.model.outcome import Outcome
from answerable.model.snapshot import unread_rows

_INCLUSION = {
    Inclusion.DISPATCHED_ONLY: "it lists only calls to which somebody was dispatched",
    Inclusion.RESPONDED_ONLY: "it lists only calls to which somebody responded",
    Inclusion.CLOSED_ONLY: "it lists only closed calls",
    Inclusion.ONE_TYPE: "it lists one type of call only",
    Inclusion.LIVE_FEED: "it is a live feed, which may have dropped calls",
    Inclusion.UNKNOWN: "which calls get into it is not known",
}


def can_show_an_ignored_call(record: CaseRecord) -> bool:
    """Whether an ignored call could stand in this source at all."""
    return record.manifest.inclusion is Inclusion.ALL_CALLS


def why_it_cannot(record: CaseRecord) -> str:
    """Why an ignored call could not stand in this source, as half a sentence."""
    return _INCLUSION.get(record.manifest.inclusion, "it is said to list every call")


def what_is_missing(claim: Claim, scoped: Scoped, record: CaseRecord) -> tuple[str, ...]:
    """Everything that keeps this scope from being proven complete, in sentences; empty where it is complete."""
    manifest = record.manifest
    unread = manifest.rows.quarantined if manifest.snapshots is None else unread_rows(manifest.snapshots.every)
    doubtful = 0 if manifest.snapshots is None else manifest.snapshots.edited.undetermined
    undetermined = sum(call.effective is Outcome.UNDETERMINED for call in scoped.calls)
    merged = sum(call.effective is Outcome.MERGED for call in scoped.calls)
    found = [
        None if can_show_an_ignored_call(record) else f"The source cannot be complete: {why_it_cannot(record)}.",
        f"The publisher removes calls: {'; '.join(manifest.removals).rstrip('.')}." if manifest.removals else None,
        _gaps(record),
        _count(unread, "row of the file could not be read", "rows of the file could not be read"),
        _count(doubtful, "call may be another version of one", "calls may be other versions of one another"),
        _count(undetermined, "call in scope is undetermined", "calls in scope are undetermined"),
        _count(merged, "call in scope was merged into one unnamed", "calls in scope were merged into others unnamed"),
        _count(scoped.possible, "call may be in scope: a fact is missing", "calls may be in scope: a fact is missing"),
        _not_found(scoped),
        _independent(claim, scoped),
    ]  # fmt: skip
    return tuple(sentence for sentence in found if sentence is not None)


def _count(number: int, one: str, many: str) -> str | None:
    return None if number == 0 else f"{number:,} {one if number == 1 else many}."


def _not_found(scoped: Scoped) -> str | None:
    said = _count(len(scoped.missing), "listed call was", "listed calls were")
    return (
        None if said is None else f"{said.rstrip('.')} not found in what was supplied: {', '.join(scoped.missing[:5])}."
    )


def _gaps(record: CaseRecord) -> str | None:
    if record.number_gaps is None:
        return "The call numbers form no sequence in which a gap would show."
    return _count(
        record.number_gaps, "call number is missing from the sequence", "call numbers are missing from the sequence"
    )


def _independent(claim: Claim, scoped: Scoped) -> str | None:
    count = claim.independent_count
    if count is None:
        return "No independent count of these calls (telephone side, receipts) was filed."
    if count.calls > len(scoped.calls):
        return (
            f"The independent count is {count.calls:,} ({count.source}, attested by {count.custodian}); "
            f"this file has {len(scoped.calls):,}."
        )
    return None
