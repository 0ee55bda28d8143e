"""A case record from a list of judged calls: what the claims' specification is written with."""

from __future__ import annotations

import msgspec

from answerable.answer.decline import Links
from answerable.answer.judged import JudgedCall
from answerable.answer.ports import CaseRecord, Scoped
from answerable.model.call import Inclusion, Known
from answerable.model.claim import Claim, ClaimKind, IndependentCount, Scope
from answerable.model.outcome import Outcome, Reason, Ruling
from answerable.model.source import FileSeal, Rows, SourceManifest
from answerable.policy import VersionSet


class ListedCalls(msgspec.Struct, frozen=True):
    """Judged calls in a list; every scope holds all of them. A fake of `answer.ports.JudgedCalls`."""

    calls: tuple[JudgedCall, ...]
    possible: int = 0
    missing: tuple[str, ...] = ()

    def in_scope(self, scope: Scope, *, where: str | None = None) -> Scoped:
        """All calls, whatever the scope."""
        return Scoped(calls=self.calls, possible=self.possible, missing=self.missing)


MANIFEST = SourceManifest(
    source="test", title="Test calls", publisher="Test", licence="none", citation="none", verified=True,
    profile_sha256="0" * 64, file=FileSeal(name="calls.csv", size_bytes=1, sha256="0" * 64), encoding="utf-8",
    timezone="America/Los_Angeles", grain="call", inclusion=Inclusion.ALL_CALLS, inclusion_evidence="a test says so",
    rows=Rows(read=1, imported=1, quarantined=0, duplicates=0), calls=1, start_point="received", first_us=0, last_us=0,
    horizon_us=0, blank_means_no={}, records_callbacks=True, records_origin=True, clock_offset=None, removals=(),
    can_answer={}, unlisted_codes={}, unlisted_facts={}, quality={}, notes=(), parquet_sha256="0" * 64,
)  # fmt: skip


def judged(key: str, outcome: Outcome, *, reason: Reason | None = None, **more: object) -> JudgedCall:
    """A call with its outcome; everything else plain."""
    ruling = Ruling(outcome=outcome, reason=reason)
    return msgspec.structs.replace(JudgedCall(key=key, row_key=key, received_us=0, ruling=ruling, rule="calls"), **more)


HOLDS = Links(
    duty=Known.YES, rank=Known.YES, reason=Known.YES, in_time=Known.YES, facts=Known.YES, clause=Known.YES
)  # fmt: skip


def declined(key: str, outcome: Outcome = Outcome.DECLINED_WITHIN_POLICY, **more: object) -> JudgedCall:
    """A declined call, written down by somebody other than the decider."""
    given = {"decider": "Deputy", "clause": "resources", "links": HOLDS, "recorder_is_decider": False, **more}
    return judged(key, outcome, **given)  # type: ignore[arg-type]


def case(*calls: JudgedCall, versions: VersionSet | None = None, **more: object) -> CaseRecord:
    """A case of these calls in a source that lists all calls, with unbroken numbers."""
    manifest = {name: more.pop(name) for name in ("inclusion", "removals", "rows", "records_origin") if name in more}
    listed = {name: more.pop(name) for name in ("possible", "missing") if name in more}
    record = CaseRecord(
        manifest=msgspec.structs.replace(MANIFEST, **manifest),
        calls=ListedCalls(calls, **listed),  # type: ignore[arg-type]
        versions=versions if versions is not None else VersionSet([]),
        number_gaps=0,
    )
    return msgspec.structs.replace(record, **more)


def claim(kind: ClaimKind, **more: object) -> Claim:
    """A claim of this kind about everything."""
    given = Claim(id="a-claim", kind=kind, text="They say so.", alleged_by="Somebody", scope=Scope())
    return msgspec.structs.replace(given, **more)


def counted(calls: int) -> IndependentCount:
    """An independent count from another hand."""
    return IndependentCount(calls=calls, source="telephone switch", custodian="the exchange", attested_at_us=0)
