"""CLAIM.toml: one claim, its scope, and the documents it rests on (docs/formats/claim.md)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

import msgspec

from answerable.answer.intake.call_list import read_call_list
from answerable.answer.intake.monitoring_file import read_monitoring
from answerable.answer.registration import registered_terms
from answerable.errors import ClaimError
from answerable.model.claim import (
    COMPARED,
    Claim,
    ClaimKind,
    Evidence,
    IndependentCount,
    Passage,
    PassageTest,
    Scope,
)
from answerable.model.comparison import RegisteredTerms, Terms
from answerable.model.decision import DecisionKind
from answerable.model.listed import ListedCall
from answerable.model.monitoring import MonitoringLog
from answerable.model.outcome import Outcome
from answerable.model.times import parse_duration_s, to_us
from answerable.model.vocabulary import FACTS, FactValue
from answerable.notation import NotationError, json_as, toml_values

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
Name = Annotated[str, msgspec.Meta(pattern=r"\A[a-z0-9][a-z0-9-]{0,62}\Z")]
ReadFile = Callable[[str], bytes]
"""Reads a document named in a claim, relative to the claim's own file."""


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    pass


class _ClaimTable(_Table, frozen=True, kw_only=True):
    id: Name
    kind: ClaimKind
    text: str
    alleged_by: str
    given: dict[str, bool | int | str] = {}
    then: str = "duty == 'must-respond'"


class _ScopeTable(_Table, frozen=True, kw_only=True):
    from_: Instant | None = msgspec.field(default=None, name="from")
    to: Instant | None = None
    where: str | None = None
    calls: tuple[str, ...] = ()


class _CountTable(_Table, frozen=True, kw_only=True):
    calls: Annotated[int, msgspec.Meta(ge=0)]
    source: str
    custodian: str
    attested_at: Instant


class _EvidenceTable(_Table, frozen=True, kw_only=True):
    id: Name
    kind: str
    file: str
    sender: str
    dated: Instant
    passages: tuple[str, ...] = ()
    about: tuple[str, ...] = ()


class _PassageTable(_Table, frozen=True, kw_only=True):
    quote: str
    test: PassageTest
    where: str | None = None
    outcomes: tuple[Outcome, ...] = ()
    decision: DecisionKind | None = None
    given: dict[str, bool | int | str] = {}
    then: str | None = None
    evidence: str | None = None


class _ComparisonTable(_Table, frozen=True, kw_only=True):
    alpha: Annotated[float, msgspec.Meta(gt=0, le=0.2)] = 0.05
    smallest_odds_ratio: Annotated[float, msgspec.Meta(gt=1, le=100)] = 2.0
    others: str = "requester"
    neighbours: dict[str, tuple[str, ...]] = {}
    registration: str | None = None


class _ListTable(_Table, frozen=True, kw_only=True):
    file: str


class _MonitoringTable(_Table, frozen=True, kw_only=True):
    file: str
    heartbeat_every: str
    acknowledge_within: str


class _RegistrationFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    content: dict[str, Any]
    digest: str
    sealed_at: Instant | None


class _Document(_Table, frozen=True, kw_only=True):
    answerable_claim: Literal[1]
    claim: _ClaimTable
    scope: _ScopeTable = _ScopeTable()
    independent_count: _CountTable | None = None
    evidence: tuple[_EvidenceTable, ...] = ()
    passage: tuple[_PassageTable, ...] = ()
    comparison: _ComparisonTable | None = None
    list: _ListTable | None = None
    monitoring: _MonitoringTable | None = None


def read_claim(
    data: bytes, *, file: str, read_file: ReadFile, tables: Mapping[str, Any] | None = None
) -> Claim:  # fmt: skip
    """The claim of a file. Every document it names is read, hashed, and searched for the passages quoted from it.

    `tables`: those of `data`, where somebody has parsed it before. Raises ClaimError for anything that does not fit,
    and for a quoted passage that its document does not contain.
    """
    document = _decoded(data, tables, file=file)
    table = document.claim
    _check(document, file=file)
    return Claim(
        id=table.id,
        kind=table.kind,
        text=table.text,
        alleged_by=table.alleged_by,
        scope=_scope(document.scope),
        given=_facts(table.given, file=file),
        then=table.then,
        passages=tuple(_passage(one, file=file) for one in document.passage),
        independent_count=_count(document.independent_count),
        evidence=tuple(_evidence(one, document.passage, file=file, read_file=read_file) for one in document.evidence),
        terms=_terms(document),
        listed=_listed(document.list, read_file=read_file),
        list_file="" if document.list is None else document.list.file,
        monitoring=_monitoring(document.monitoring, file=file, read_file=read_file),
        registered=_registered(document.comparison, file=file, read_file=read_file),
        file_sha256=hashlib.sha256(data).hexdigest(),
    )


def _listed(table: _ListTable | None, *, read_file: ReadFile) -> tuple[ListedCall, ...]:
    """The complainant's list, and the receipts it names: each relative to the list."""
    if table is None:
        return ()
    folder = PurePosixPath(table.file).parent
    return read_call_list(read_file(table.file), file=table.file, read_file=lambda name: read_file(str(folder / name)))


def _terms(document: _Document) -> Terms | None:
    if document.claim.kind not in COMPARED:
        return None
    table = document.comparison or _ComparisonTable()
    return Terms(
        alpha=f"{table.alpha:g}",
        smallest_ratio=f"{table.smallest_odds_ratio:g}",
        others=table.others,
        neighbours=table.neighbours,
        registration=table.registration,
    )


def _monitoring(table: _MonitoringTable | None, *, file: str, read_file: ReadFile) -> MonitoringLog | None:
    if table is None:
        return None
    try:
        every_s, within_s = parse_duration_s(table.heartbeat_every), parse_duration_s(table.acknowledge_within)
    except ValueError as fault:
        raise ClaimError(f"{file}, [monitoring]: {fault}") from fault
    events = read_monitoring(read_file(table.file), file=table.file)
    return MonitoringLog(file=table.file, heartbeat_every_s=every_s, acknowledge_within_s=within_s, events=events)


def _registered(table: _ComparisonTable | None, *, file: str, read_file: ReadFile) -> RegisteredTerms | None:
    """The registration that a claim names, with its digest found right. Raises ClaimError."""
    if table is None or table.registration is None:
        return None
    name = table.registration
    try:
        read = json_as(read_file(name), _RegistrationFile)
    except NotationError as fault:
        raise ClaimError(
            f"{file}: the registration {name!r} cannot be read: {fault}",
            hint="Write it with `answerable claim register`.",
        ) from fault
    return registered_terms(read.content, said_digest=read.digest, sealed_at_us=_us(read.sealed_at), file=name)


def _decoded(data: bytes, tables: Mapping[str, Any] | None, *, file: str) -> _Document:
    try:
        return msgspec.convert(toml_values(data) if tables is None else tables, _Document)
    except (NotationError, msgspec.ValidationError) as fault:
        raise ClaimError(f"{file}: {fault}", hint="The format is described in docs/formats/claim.md.") from fault


def _check(document: _Document, *, file: str) -> None:
    kind, ids = document.claim.kind, [one.id for one in document.evidence]
    scope = document.scope
    if not document.claim.text.strip():
        raise ClaimError(f"{file}: `text` is blank; write what is alleged, in one sentence")
    if scope.from_ is not None and scope.to is not None and scope.from_ >= scope.to:
        raise ClaimError(f"{file}: the scope ends ({scope.to}) before it begins ({scope.from_})")
    if len(set(ids)) != len(ids):
        raise ClaimError(f"{file}: two [[evidence]] tables have the same id")
    if (kind is ClaimKind.STATEMENT) != bool(document.passage):
        raise ClaimError(f"{file}: [[passage]] tables belong to claims of kind statement, which need at least one")
    if kind is ClaimKind.POLICY_EXISTS and not document.claim.given:
        raise ClaimError(
            f"{file}: a policy_exists claim needs `given`, the facts of the calls the policy is said to be about"
        )
    _check_tables(document, file=file)
    for number, passage in enumerate(document.passage, start=1):
        if passage.evidence is not None and passage.evidence not in ids:
            raise ClaimError(f"{file}, passage {number}: there is no [[evidence]] with id {passage.evidence!r}")
        needs = _NEEDS.get(passage.test)
        if needs is not None and not getattr(passage, needs):
            raise ClaimError(f"{file}, passage {number}: the test {passage.test.value} needs `{needs}`")


def _check_tables(document: _Document, *, file: str) -> None:
    """Tables that belong to one kind of claim, and what those kinds cannot do without."""
    kind, scope = document.claim.kind, document.scope
    _check_comparison(document, file=file)
    for name, its_kind in (("list", ClaimKind.LISTED_CALLS), ("monitoring", ClaimKind.MONITORING_LAPSE)):
        if getattr(document, name) is not None and kind is not its_kind:
            raise ClaimError(f"{file}: [{name}] belongs to claims of kind {its_kind}")
    if kind is ClaimKind.LISTED_CALLS and document.list is None:
        raise ClaimError(f"{file}: a listed_calls claim needs [list], the complainant's own list")
    if kind is ClaimKind.MONITORING_LAPSE and (scope.from_ is None or scope.to is None):
        raise ClaimError(
            f"{file}: a monitoring_lapse claim needs `from` and `to` in [scope]: the time that was watched"
        )


def _check_comparison(document: _Document, *, file: str) -> None:
    compared, table = document.claim.kind in COMPARED, document.comparison
    if table is not None and not compared:
        raise ClaimError(f"{file}: [comparison] belongs to claims of the kinds {', '.join(COMPARED)}")
    if compared and document.scope.where is None and not document.scope.calls:
        raise ClaimError(
            f"{file}: without `where` or `calls` in [scope] every call is the claimant's, and none is left to compare",
            hint="Say whose calls they are: where = \"requester == 'federal_agency'\"",
        )
    if table is not None and (table.others not in FACTS or not FACTS[table.others].one_of):
        raise ClaimError(
            f"{file}: `others` is {table.others!r}; it must be a fact with named values, such as requester"
        )


_NEEDS = {
    PassageTest.EVERY_CALL: "outcomes",
    PassageTest.NO_CALL: "outcomes",
    PassageTest.SOME_CALL: "outcomes",
    PassageTest.SOME_DECISION: "decision",
    PassageTest.NO_VERSION_PERMITS: "given",
    PassageTest.SOME_VERSION_PERMITS: "given",
}


def _facts(given: dict[str, bool | int | str], *, file: str) -> dict[str, FactValue]:
    for fact, value in given.items():
        if fact not in FACTS:
            raise ClaimError(f"{file}: {fact!r} is not a fact of the vocabulary")
        if not FACTS[fact].admits(value):
            raise ClaimError(f"{file}: {value!r} is not a value of {fact}")
    return dict(given)


def _us(at: datetime | None) -> int | None:
    return None if at is None else to_us(at)


def _scope(table: _ScopeTable) -> Scope:
    return Scope(from_us=_us(table.from_), to_us=_us(table.to), where=table.where, calls=table.calls)


def _count(table: _CountTable | None) -> IndependentCount | None:
    if table is None:
        return None
    return IndependentCount(
        calls=table.calls, source=table.source, custodian=table.custodian, attested_at_us=to_us(table.attested_at)
    )


def _passage(table: _PassageTable, *, file: str) -> Passage:
    return Passage(
        quote=table.quote,
        test=table.test,
        where=table.where,
        outcomes=tuple(outcome.value for outcome in table.outcomes),
        decision=None if table.decision is None else table.decision.value,
        given=_facts(table.given, file=file),
        then=table.then,
        evidence=table.evidence,
    )


def _evidence(
    table: _EvidenceTable, passages: tuple[_PassageTable, ...], *, file: str, read_file: ReadFile
) -> Evidence:
    """The document with its hash. Whatever is quoted from it, here or as a passage of a statement, is sought in it."""
    data = read_file(table.file)
    quoted = tuple(one.quote for one in passages if one.evidence == table.id)
    return Evidence(
        id=table.id,
        kind=table.kind,
        file=table.file,
        sha256=hashlib.sha256(data).hexdigest(),
        size_bytes=len(data),
        sender=table.sender,
        dated_us=to_us(table.dated),
        passages=table.passages,
        passages_checked=_checked(table.file, (*table.passages, *quoted), data, file=file),
        about=table.about,
    )


def _checked(document: str, passages: tuple[str, ...], data: bytes, *, file: str) -> bool:
    """Whether the passages were found word for word; False where the document is not text we can search."""
    try:
        text = " ".join(data.decode("utf-8").split())
    except UnicodeDecodeError:
        return False
    for passage in passages:
        if " ".join(passage.split()) not in text:
            raise ClaimError(
                f"{file}: the document {document!r} does not contain the passage {passage!r}",
                hint="Quote it word for word; line breaks and repeated spaces do not matter.",
            )
    return bool(passages)
