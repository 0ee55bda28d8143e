"""Examine a file: judge every call under the policy then in force, answer the claims, write the report."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from answerable import __version__
from answerable.answer.claims import answer_claim
from answerable.answer.claims.parts import call_in_scope
from answerable.answer.intake.decisions_file import read_decisions
from answerable.answer.intake.facts_file import read_facts
from answerable.answer.judged import JudgedCall
from answerable.answer.ports import CaseRecord
from answerable.answer.record import SourceTerms, terms_of
from answerable.answer.rows import clock_row, report_row
from answerable.config import Settings, read_settings
from answerable.engines.coded_calls import judged_calls
from answerable.engines.coded_evaluate import judge_kinds
from answerable.engines.coded_record import coded_folder, fresh_coded, read_coded_manifest, write_coded
from answerable.engines.comparable_calls import ComparableFile
from answerable.engines.describe import describe
from answerable.engines.edits import find_edits, write_first_published
from answerable.engines.evaluate import Judgement, evaluate, outcome_counts
from answerable.engines.judged_calls import JudgedFile
from answerable.engines.records import unknown_calls
from answerable.engines.write_calls import read_calls, write_calls_in_parts
from answerable.errors import StorageError
from answerable.model.canonical import Json
from answerable.model.claim import COMPARED, Claim, ClaimKind, Scope
from answerable.model.comparison import Comparison
from answerable.model.decision import Decision, FactAssertion
from answerable.model.examination import Description, Edits, Examination, PolicyInForce, ReportRow
from answerable.model.finding import ClaimFinding
from answerable.model.log_reading import LogReading
from answerable.model.outcome import Outcome
from answerable.model.source import SourceManifest
from answerable.policy import VersionSet
from answerable.report import write_report
from answerable.report.disk import sha256_of
from answerable.report.edited_words import edited_sentences, outcome_sentence, scope_sentence
from answerable.wiring.claims import load_claims
from answerable.wiring.comparisons import compare_claims
from answerable.wiring.files import as_of_us, read_small
from answerable.wiring.folders import made, work_folder
from answerable.wiring.importing import Progress, canonical, history_beside
from answerable.wiring.joining import parts_given, publishers_files
from answerable.wiring.kept_parts import kept_parts
from answerable.wiring.listing import identified
from answerable.wiring.log_reading import load_reading, receipts_of
from answerable.wiring.policies import in_force, load_policies

COMPLAINTS = (ClaimKind.CALLS_IGNORED, ClaimKind.LISTED_CALLS, ClaimKind.REQUEST_DENIED, *COMPARED)
"""The kinds of claim that complain of calls; a statement or a policy is about calls without complaining of any."""
PROGRAM = f"answerable {__version__}"
MANY_CALLS = 200_000
"""So many calls that were just imported are coded first: one of each kind is judged, and little is kept in memory."""
_TOLD_EVERY = 10_000
PRIVATE = "private"
"""Folder of a result whose files are not for publication: source rows that could not be read, word for word."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What `examine` was given beside the calls, read and checked."""

    versions: VersionSet
    assertions: tuple[FactAssertion, ...]
    decisions: tuple[Decision, ...]
    claims: tuple[Claim, ...]
    log: LogReading | None = None


class Complaint(NamedTuple):
    """The id of a claim that complains of calls, and the calls in its scope."""

    claim: str
    calls: tuple[JudgedCall, ...]


def examine_file(  # noqa: PLR0913  the options of `answerable examine`
    file: Path | Sequence[Path],
    *,
    source: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    policies: Sequence[Path],
    facts: Path | None = None,
    decisions: Path | None = None,
    claims: Sequence[Path] = (),
    log: Path | None = None,
    out: Path,
    as_of: str | None = None,
    progress: Progress | None = None,
    command: str = "",
    made_up: str = "",
    by_kinds: bool = True,
    memory: str | None = None,
) -> Examination:
    """The outcome of every call, a finding for every claim, and the report in `out`. Raises AnswerableError.

    `file`: a publisher's, or several; or calls that `answerable import` wrote, also in several files of one source.
    `memory`: what the engine may use (`1GB`), else what the environment says.
    `by_kinds`: read the coded record where there is one. Without it every call is judged from the canonical file, and
    the result is the same.
    """
    settings = read_settings(memory=memory)
    case = _read_case(policies=policies, facts=facts, decisions=decisions, claims=claims, log=log)
    with made(out), work_folder(out) as folder, kept_parts(out) as kept:
        of = _asked(file, source=source, encoding=encoding, sheet=sheet, as_of=as_of)
        parquet, manifest = canonical(
            file, source=source, folder=kept.folder(of), encoding=encoding, sheet=sheet, as_of=as_of, progress=progress,
            settings=settings,
        )  # fmt: skip
        terms = terms_of(manifest, as_of_us=as_of_us(as_of), decisions_supplied=decisions is not None)
        own = parquet.parent in kept
        coded = _coded(parquet, manifest, own=own, settings=settings) if by_kinds else None
        judgement = _judged(
            case, parquet, coded=coded, terms=terms, folder=folder, settings=settings, progress=progress
        )
        with closing(judgement.connection):
            edits = _edits(case, manifest=manifest, terms=terms, judgement=judgement, folder=folder, settings=settings)
            found = _Found(
                case, manifest=manifest, terms=terms, judgement=judgement, edits=edits, settings=settings,
                progress=progress,
            )  # fmt: skip
            examination = found.examination(
                description=describe(parquet, timezone=manifest.timezone, settings=settings),
                command=command, made_up=made_up, coded=None if own else coded,
            )  # fmt: skip
            published = folder / "published.parquet"
            write_calls_in_parts(
                lambda first: found.rows(progress, first=first), published, calls=found.calls,
                part=kept.numbered(_rests_on(case, manifest, as_of=as_of)), settings=settings,
            )  # fmt: skip
        if progress is not None:
            progress("writing the report", 0, None)
        _publish(folder, out, manifest=manifest, quarantine=parquet.with_suffix(".quarantine.csv") if own else None)
        write_report(examination, read_calls(out / "calls.parquet", settings=settings), out)
    return examination


def _coded(parquet: Path, manifest: SourceManifest, *, own: bool, settings: Settings) -> Path | None:
    """The coded record beside the calls, if it is of these calls; of very many of our `own` making it is made."""
    fresh = fresh_coded(parquet, parquet_sha256=manifest.parquet_sha256)
    if fresh is None and own and manifest.calls >= MANY_CALLS:
        write_coded(parquet, parquet_sha256=manifest.parquet_sha256, settings=settings)
        return coded_folder(parquet)
    return fresh


def _asked(
    file: Path | Sequence[Path], *, source: str | None, encoding: str | None, sheet: str | None, as_of: str | None
) -> Json:
    """What the canonical calls follow from: the bytes that were given (of imported calls their manifest's) and how they
    are read."""
    paths = [file] if isinstance(file, Path) else list(file)
    given = [path.with_suffix(".manifest.json") for path in parts_given(paths)] or sorted(
        one for path in paths for one in (publishers_files(path) if path.is_dir() else [path])
    )
    profile = None if source is None else _digest(Path(source))
    return {
        "files": [[str(path), _digest(path)] for path in given],
        "source": profile or source, "encoding": encoding, "sheet": sheet, "as_of": as_of,
    }  # fmt: skip


def _digest(path: Path) -> str | None:
    """The SHA-256 of a file; of what cannot be read, the import will speak."""
    try:
        return sha256_of(path) if path.is_file() else None
    except StorageError:
        return None


def _rests_on(case: Case, manifest: SourceManifest, *, as_of: str | None) -> Json:
    """What the row of a call follows from."""
    beside = msgspec.json.encode([manifest, case.assertions, case.decisions, case.claims, case.log])
    return {
        "beside": hashlib.sha256(beside).hexdigest(),
        "policies": [one.text_sha256 for one in case.versions.policies],
        "as_of": as_of,
    }


def _judged(
    case: Case, parquet: Path, *, coded: Path | None, terms: SourceTerms, folder: Path, settings: Settings,
    progress: Progress | None,
) -> Judgement:  # fmt: skip
    """Every call judged: one of each kind where there is a coded record, else every one. Both say the same."""
    given: dict[str, Any] = {
        "terms": terms, "assertions": case.assertions, "decisions": case.decisions, "settings": settings,
        "progress": progress,
    }  # fmt: skip
    if coded is None:
        return evaluate(parquet, versions=case.versions, **given)
    kinds = judge_kinds(parquet, coded=coded, sets=(case.versions,), **given)
    return judged_calls(kinds, folder / "judged.parquet")


def _read_case(
    *, policies: Sequence[Path], facts: Path | None, decisions: Path | None, claims: Sequence[Path], log: Path | None
) -> Case:
    return Case(
        versions=load_policies(policies),
        assertions=() if facts is None else read_facts(read_small(facts, what="a list of facts"), file=facts.name),
        decisions=()
        if decisions is None
        else read_decisions(read_small(decisions, what="a list of decisions"), file=decisions.name),
        claims=load_claims(claims),
        log=None if log is None else load_reading(log),
    )


def _edits(
    case: Case, *, manifest: SourceManifest, terms: SourceTerms, judgement: Judgement, folder: Path, settings: Settings
) -> Edits | None:
    """What was edited after first publication, with the outcome each call would have had as first published."""
    if manifest.snapshots is None:
        return None
    history = history_beside(judgement.parquet, manifest.snapshots)
    if not any(one.call_states.changed for one in manifest.snapshots.every):
        return find_edits(judgement, judgement, history=history, snapshots=manifest.snapshots)
    first = folder / "first.parquet"
    write_first_published(judgement.parquet, history, first, settings=settings)
    then = evaluate(
        first, versions=case.versions, terms=terms, assertions=case.assertions, decisions=case.decisions,
        settings=settings,
    )  # fmt: skip
    with closing(then.connection):
        return find_edits(judgement, then, history=history, snapshots=manifest.snapshots)


class _Found:
    """The judged file of one examination, and everything that is said from it."""

    def __init__(
        self, case: Case, *, manifest: SourceManifest, terms: SourceTerms, judgement: Judgement, edits: Edits | None,
        settings: Settings, progress: Progress | None,
    ) -> None:  # fmt: skip
        self._case, self._manifest, self._terms, self._judgement = case, manifest, terms, judgement
        self._edits = edits
        self._file = JudgedFile(judgement, terms=terms)
        read_receipt = None if case.log is None else receipts_of(case.log)
        self._identified = {
            claim.id: identified(
                claim.listed, judgement.parquet, manifest, read_receipt=read_receipt, settings=settings
            ).entries
            for claim in case.claims
            if claim.kind is ClaimKind.LISTED_CALLS
        }
        record = CaseRecord(
            manifest=manifest,
            calls=self._file,
            versions=case.versions,
            decisions=case.decisions,
            number_gaps=self._file.number_gaps(),
            log=case.log,
            comparisons=self._comparisons(progress),
            identified=self._identified,
            decisions_supplied=terms.decisions_supplied,
        )
        self._complaints = [
            Complaint(claim.id, self._complained_of(claim)) for claim in case.claims if claim.kind in COMPLAINTS
        ]
        self._findings = tuple(self._with_edits(answer_claim(claim, record)) for claim in case.claims)
        ignored, complained = self._file.ignored(), self._complained()
        self._ignored = tuple(map(call_in_scope, ignored))
        self._nobody_complained = tuple(
            told for call, told in zip(ignored, self._ignored, strict=True) if call.row_key not in complained
        )
        self._file.forget_scopes()

    def _complained(self) -> set[str]:
        """The row keys of all calls that a claim complains of."""
        return {call.row_key for complaint in self._complaints for call in complaint.calls}

    def _with_edits(self, finding: ClaimFinding) -> ClaimFinding:
        """The finding, which says where it rests on what was edited after first publication."""
        scope = [complaint.calls for complaint in self._complaints if complaint.claim == finding.id]
        said = scope_sentence(self._edits, [call.key for call in scope[0]]) if self._edits and scope else None
        return finding if said is None else msgspec.structs.replace(finding, limits=(*finding.limits, said))

    def _complained_of(self, claim: Claim) -> tuple[JudgedCall, ...]:
        """The calls in a claim's scope; of a list those that were identified."""
        if claim.kind is not ClaimKind.LISTED_CALLS:
            return self._file.in_scope(claim.scope).calls
        named = tuple(one.call for one in self._identified[claim.id] if one.call is not None)
        return self._file.in_scope(Scope(calls=named)).calls if named else ()

    def _comparisons(self, progress: Progress | None) -> dict[str, Comparison]:
        if not any(claim.kind in COMPARED for claim in self._case.claims):
            return {}
        calls = ComparableFile(
            self._judgement, self._file, timezone=self._manifest.timezone, horizon_us=self._terms.horizon_us
        )
        policies = [(policy.version, policy.text_sha256) for policy in self._case.versions.policies]
        try:
            return compare_claims(self._case.claims, calls, policies=policies, progress=progress)
        finally:
            calls.close()

    def examination(
        self, *, description: Description, command: str, made_up: str, coded: Path | None
    ) -> Examination:  # fmt: skip
        """Everything that was found."""
        outcomes, reasons, facts, merged = outcome_counts(self._judgement)
        return Examination(
            program=PROGRAM,
            source=self._manifest,
            as_of_us=self._terms.horizon_us,
            description=description,
            policies=tuple(self._policies_in_force()),
            outcomes={outcome.value: outcomes[outcome] for outcome in Outcome},
            undetermined=dict(reasons.most_common()),
            undetermined_facts=dict(facts.most_common()),
            merged_as=dict(merged.most_common()),
            claims=self._findings,
            ignored=self._ignored,
            nobody_complained=self._nobody_complained,
            clocks={one.claim: tuple(filter(None, map(clock_row, one.calls))) for one in self._complaints},
            limits=tuple(self._limits()),
            recompute=command,
            made_up=made_up,
            edits=self._edits,
            coded={} if coded is None else read_coded_manifest(coded).files,
        )

    @property
    def calls(self) -> int:
        """How many there are."""
        return self._file.count()

    def rows(self, progress: Progress | None, *, first: int) -> Iterator[tuple[int | None, ReportRow]]:
        """When each call was told, and its row with the claims that complain of it; in the order of the file, from row
        `first` on."""
        claims: dict[str, list[str]] = {}
        for complaint in self._complaints:
            for call in complaint.calls:
                claims.setdefault(call.row_key, []).append(complaint.claim)
        for number, call in enumerate(self._file.every(first=first), start=first):
            if progress is not None and number % _TOLD_EVERY == 0:
                progress("writing", number, self._manifest.calls)
            about = tuple(claims.get(call.row_key, ()))
            yield call.received_us, report_row(call, timezone=self._manifest.timezone, claims=about)

    def _policies_in_force(self) -> Iterator[PolicyInForce]:
        governed = self._file.calls_by_version()
        for policy in self._case.versions.policies:
            yield in_force(policy, calls=governed[policy.version])

    def _limits(self) -> Iterable[str]:
        case = self._case
        for what, names in (
            ("facts", {one.call for one in case.assertions}),
            ("decisions", {one.call for one in case.decisions}),
        ):
            unknown = unknown_calls(self._judgement.connection, self._judgement.parquet, names)
            if unknown:
                yield (
                    f"The {what} name {len(unknown):,} {'call that is' if len(unknown) == 1 else 'calls that are'} "
                    f"not in what was supplied: "
                    f"{', '.join(unknown[:5])}{' …' if len(unknown) > 5 else ''}."
                )
        if self._edits is not None and self._manifest.snapshots is not None:
            yield from (
                f"Edited after first publication: {one}" for one in edited_sentences(self._manifest.snapshots.edited)
            )
            yield outcome_sentence(self._edits)
        quarantined = self._manifest.rows.quarantined
        if quarantined:
            rows = "row of the file" if quarantined == 1 else "rows of the file"
            yield f"{quarantined:,} {rows} could not be read: in no figure, and kept in {PRIVATE}/quarantine.csv."


def _publish(folder: Path, out: Path, *, manifest: SourceManifest, quarantine: Path | None) -> None:
    """Move what was made into the result: the published calls; apart, what is not for publication.

    What an earlier result left there is replaced or removed, so that nothing stale is sealed with this one.
    """
    try:
        for name in ("bundle.json", "manifest.json"):  # a folder with a manifest is a whole result
            (out / name).unlink(missing_ok=True)
        (folder / "published.parquet").replace(out / "calls.parquet")
        (out / "source.json").write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=2))
        (out / PRIVATE).mkdir(exist_ok=True)
        if quarantine is not None and quarantine.exists():
            quarantine.replace(out / PRIVATE / "quarantine.csv")
        else:
            (out / PRIVATE / "quarantine.csv").unlink(missing_ok=True)
        if manifest.snapshots is None:
            (out / "edits.csv").unlink(missing_ok=True)
    except OSError as fault:
        raise StorageError(f"{out}: the result cannot be written: {fault.strerror}") from fault
