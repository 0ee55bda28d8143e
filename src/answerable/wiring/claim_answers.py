"""A claim answered at once, from the few calls of a large record that it needs: the finding that `examine` gives."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import msgspec

from answerable.answer.claims import answer_claim
from answerable.answer.ports import CaseRecord
from answerable.answer.record import SourceTerms, terms_of
from answerable.config import Settings, read_settings
from answerable.engines.call_numbers import gaps_in_numbers
from answerable.engines.coded_record import coded_folder, read_coded_manifest
from answerable.engines.comparable_calls import ComparableFile
from answerable.engines.duck import connect, engine_faults
from answerable.engines.evaluate import Judgement, evaluate
from answerable.engines.evaluation_sql import later_start
from answerable.engines.judged_calls import JudgedFile
from answerable.engines.slice_calls import Wanted, may_have_untouched_step, slice_calls
from answerable.errors import InputError, SourceError
from answerable.model.claim import COMPARED, Claim, ClaimKind
from answerable.model.comparison import Comparison
from answerable.model.finding import ClaimFinding
from answerable.model.source import SourceManifest
from answerable.policy import VersionSet
from answerable.wiring.claims import load_claims
from answerable.wiring.comparisons import compare_claims, load_beside
from answerable.wiring.files import as_of_us
from answerable.wiring.folders import work_folder
from answerable.wiring.importing import Progress, manifest_beside
from answerable.wiring.policies import load_policies

WITHOUT_CALLS = (ClaimKind.POLICY_EXISTS, ClaimKind.MONITORING_LAPSE)
"""Kinds that no call decides."""
_EXAMINE = "Answer it with the whole record: answerable examine CALLS.parquet --policy … --claim … --out DIR"


class ClaimsAnswered(msgspec.Struct, frozen=True, kw_only=True):
    """The findings, and from how many of the record's calls. The digests of the files were not looked at."""

    source: SourceManifest
    as_of_us: int | None
    claims: tuple[ClaimFinding, ...]
    calls_read: int


def answer_claims(
    claims: Sequence[Path], calls: Path, *, policies: Sequence[Path], as_of: str | None = None,
    memory: str | None = None, progress: Progress | None = None,
) -> ClaimsAnswered:  # fmt: skip
    """The finding of each claim about imported calls, the same as `examine` gives of the same files and claims.

    No result is written. Raises InputError for a claim that needs the whole record, SourceError, ClaimError and
    PolicyError.
    """
    settings, read, versions = read_settings(memory=memory), load_claims(claims), load_policies(policies)
    manifest, coded = manifest_beside(calls, hashed=False), _coded(calls)
    wanted = [_wanted(claim) for claim in read if claim.kind not in WITHOUT_CALLS]
    _refuse_whole_record(read, manifest, coded, settings=settings)
    load_beside(read)
    terms = terms_of(manifest, as_of_us=as_of_us(as_of))
    with work_folder(Path(tempfile.gettempdir())) as folder:
        if progress is not None:
            progress("looking up calls", 0, None)
        cut = folder / "slice.parquet"
        slice_calls(calls, coded, cut, wanted=wanted, later=later_start(terms), settings=settings)
        judgement = evaluate(cut, versions=versions, terms=terms, settings=settings, progress=progress)
        with closing(judgement.connection):
            found = _answered(
                read, judgement, calls, manifest=manifest, terms=terms, versions=versions, settings=settings,
                progress=progress,
            )  # fmt: skip
            calls_read = JudgedFile(judgement, terms=terms).count()
    return ClaimsAnswered(source=manifest, as_of_us=terms.horizon_us, claims=found, calls_read=calls_read)


def _coded(calls: Path) -> Path:
    """The coded record beside the calls, by what its manifest says. Raises SourceError."""
    folder = coded_folder(calls)
    manifest = read_coded_manifest(folder)
    if manifest.parquet_sha256 != manifest_beside(calls, hashed=False).parquet_sha256:
        raise SourceError("it is of other calls", file=str(folder), hint="Import the publisher's file again.")
    return folder


def _wanted(claim: Claim) -> Wanted:
    """The calls that a claim needs. Raises InputError where these are all."""
    scope, compared = claim.scope, claim.kind in COMPARED
    if claim.kind is ClaimKind.LISTED_CALLS:
        why = "a list is searched for in the whole record"
    elif compared and not scope.calls:
        why = "who is named by a condition is compared with the whole time before, too"
    elif not scope.calls and None in (scope.from_us, scope.to_us):
        why = "its scope has no window (from and to) and lists no calls"
    else:
        return Wanted(scopes=(scope,), around=compared)
    raise InputError(f"the claim {claim.id} needs the whole record: {why}", hint=_EXAMINE)


def _refuse_whole_record(
    claims: Sequence[Claim], manifest: SourceManifest, coded: Path, *, settings: Settings
) -> None:  # fmt: skip
    if manifest.snapshots is not None:
        raise InputError("these are calls of several exports: what was edited is told of all of them", hint=_EXAMINE)
    if any(claim.kind in COMPARED for claim in claims) and may_have_untouched_step(coded, settings=settings):
        raise InputError(
            "the record says of some calls when they were taken or entered; whether of enough to compare that, only "
            "all of it shows",
            hint=_EXAMINE,
        )


def _answered(
    claims: Sequence[Claim], judgement: Judgement, calls: Path, *, manifest: SourceManifest, terms: SourceTerms,
    versions: VersionSet, settings: Settings, progress: Progress | None,
) -> tuple[ClaimFinding, ...]:  # fmt: skip
    file = JudgedFile(judgement, terms=terms)
    record = CaseRecord(
        manifest=manifest,
        calls=file,
        versions=versions,
        comparisons=_comparisons(
            claims, judgement, file, manifest=manifest, terms=terms, versions=versions, progress=progress
        ),
        number_gaps=_number_gaps(calls, settings=settings),
    )
    return tuple(answer_claim(claim, record) for claim in claims)


def _number_gaps(calls: Path, *, settings: Settings) -> int | None:
    """How many call numbers are missing: as was counted when the calls were coded; of older codes counted now."""
    counted = read_coded_manifest(coded_folder(calls)).number_gaps
    if counted is not msgspec.UNSET:
        return counted
    with connect(settings) as con, engine_faults(calls):
        return gaps_in_numbers(con, calls)


def _comparisons(
    claims: Sequence[Claim], judgement: Judgement, file: JudgedFile, *, manifest: SourceManifest, terms: SourceTerms,
    versions: VersionSet, progress: Progress | None,
) -> dict[str, Comparison]:  # fmt: skip
    if not any(claim.kind in COMPARED for claim in claims):
        return {}
    comparable = ComparableFile(judgement, file, timezone=manifest.timezone, horizon_us=terms.horizon_us)
    named = [(policy.version, policy.text_sha256) for policy in versions.policies]
    return compare_claims(claims, comparable, policies=named, progress=progress)
