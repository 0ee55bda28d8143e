"""An audit: very many imported calls judged under the policy then in force, counted by one engine or another."""

from __future__ import annotations

import csv
import hashlib
import io
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, nullcontext
from itertools import islice
from pathlib import Path

import msgspec

from answerable import __version__
from answerable.answer.record import terms_of
from answerable.answer.rows import local_text
from answerable.config import read_settings
from answerable.engines.audit import FileAudit, audit_by_kinds, audit_by_reference, strata_of
from answerable.engines.audit_engines import InProcess, OnSpark, QueryEngine, spark_session
from answerable.engines.coded_record import fresh_coded
from answerable.errors import InputError, SourceError, StorageError
from answerable.model.audit import Audit, AuditedFile
from answerable.model.outcome import Outcome
from answerable.policy import VersionSet
from answerable.report.calls_csv import formula_safe
from answerable.report.disk import write_atomically, write_pieces_atomically
from answerable.wiring.files import as_of_us
from answerable.wiring.folders import made, work_folder
from answerable.wiring.importing import Progress, manifest_beside
from answerable.wiring.policies import in_force, load_policies

PROGRAM = f"answerable {__version__}"
DUCKDB, SPARK, REFERENCE = "duckdb", "spark", "reference"
IGNORED_FILE, AUDIT_FILE = "ignored.csv", "audit.json"
COLUMNS = ("source", "call", "received", "type", "district", "beat", "outcome", "carried", "rule")
_BATCH = 10_000
_CLUSTERS = ("spark://", "local[", "local-cluster[", "yarn", "k8s://")


class _Given(msgspec.Struct, frozen=True, kw_only=True):
    """One file of imported calls, with what it takes to audit it."""

    about: AuditedFile
    audited: FileAudit


def audit_files(
    files: Sequence[Path], *, policies: Sequence[Path], engine: str = DUCKDB, as_of: str | None = None,
    out: Path | None = None, progress: Progress | None = None,
) -> Audit:  # fmt: skip
    """Audit files (or folders of files) that `answerable import` wrote, one after the other, and add them up.

    With `out`, `audit.json` and `ignored.csv` are written there. Raises AnswerableError.
    """
    versions = load_policies(policies)
    calls, runs = _calls(files), _engine(engine)
    with made(out) if out is not None else nullcontext(), work_folder(out or Path(tempfile.gettempdir())) as folder:
        found = _Found(versions)
        hasher, listed = hashlib.sha256(), folder / IGNORED_FILE
        given = (_audited(path, versions=versions, engine=runs, as_of=as_of, progress=progress) for path in calls)
        write_pieces_atomically(listed, _hashed(_ignored_csv(found.adding(given)), hasher))
        audit = found.audit(ignored_sha256=hasher.hexdigest())
        if out is not None:
            content = msgspec.json.format(msgspec.json.encode(audit), indent=2) + b"\n"
            write_atomically(folder / AUDIT_FILE, content)
            _publish(folder, out)
    return audit


def _calls(files: Sequence[Path]) -> list[Path]:
    """The files of calls, those of a folder in the order of their names. Raises InputError where there is none."""
    found = [
        path
        for given in files
        for path in (sorted(given.rglob("*.parquet")) if given.is_dir() else [given])
        if path.suffix == ".parquet" and path.with_suffix(".manifest.json").exists()
    ]
    if not found:
        raise InputError(
            f"{files[0]}: these are no calls that `answerable import` wrote",
            hint="An audit reads imported calls: answerable import FILE --source NAME --out calls.parquet",
        )
    return found


def _engine(name: str) -> QueryEngine | None:
    """The engine by its name; None for the reference. Raises InputError, MissingExtraError."""
    if name == DUCKDB:
        return InProcess()
    if name == REFERENCE:
        return None
    if name == SPARK or name.startswith(_CLUSTERS):
        return OnSpark(spark_session(None if name == SPARK else name))
    raise InputError(
        f"there is no engine {name!r}",
        hint="Engines: duckdb, reference, spark (as Spark is configured), or the address of a cluster, spark://HOST:7077.",
    )


def _audited(
    parquet: Path, *, versions: VersionSet, engine: QueryEngine | None, as_of: str | None, progress: Progress | None
) -> _Given:
    manifest = manifest_beside(parquet)
    terms, settings = terms_of(manifest, as_of_us=as_of_us(as_of)), read_settings()
    about = AuditedFile(
        file=parquet.name, source=manifest.source, timezone=manifest.timezone, parquet_sha256=manifest.parquet_sha256,
        calls=manifest.calls,
    )  # fmt: skip
    if engine is None:
        audited = audit_by_reference(
            parquet, versions=versions, terms=terms, timezone=manifest.timezone, settings=settings, progress=progress
        )
        return _Given(about=about, audited=audited)
    coded = fresh_coded(parquet, parquet_sha256=manifest.parquet_sha256)
    if coded is None:
        raise SourceError(
            "there is no coded record of these very calls beside it",
            file=str(parquet),
            hint="Import the publisher's file again; or use --engine reference, which reads the calls themselves.",
        )
    audited = audit_by_kinds(
        parquet, coded=coded, versions=versions, terms=terms, timezone=manifest.timezone, engine=engine,
        settings=settings, progress=progress,
    )  # fmt: skip
    return _Given(about=about, audited=audited)


def _publish(folder: Path, out: Path) -> None:
    """Move both files into the result; a folder with an audit is a whole one."""
    try:
        (out / AUDIT_FILE).unlink(missing_ok=True)
        for name in (IGNORED_FILE, AUDIT_FILE):
            (folder / name).replace(out / name)
    except OSError as fault:
        raise StorageError(f"{out}: the audit cannot be written: {fault.strerror}") from fault


class _Found:
    """What the files gave so far."""

    def __init__(self, versions: VersionSet) -> None:
        self._versions, self._files = versions, list[AuditedFile]()
        self._counts = [Counter[str]() for _ in range(4)]
        self._strata = Counter[tuple[str, str, int | None, str]]()
        self._governed, self._ignored = Counter[str](), 0

    def adding(self, given: Iterable[_Given]) -> Iterator[tuple[str, ...]]:
        """Add up every file, and give the rows of its ignored calls."""
        for one in given:
            with closing(one.audited.connection):
                self._files.append(one.about)
                for total, here in zip(self._counts, one.audited.counts, strict=True):
                    total.update(here)
                self._strata.update(one.audited.strata)
                self._governed.update(one.audited.versions)
                for call in one.audited.ignored():
                    self._ignored += 1
                    at = "" if call.received_us is None else local_text(call.received_us, one.about.timezone)
                    about = (call.type, call.district, call.beat, call.outcome, call.carried or "", call.rule or "")
                    yield (one.about.source, call.call, at, *about)

    def audit(self, *, ignored_sha256: str) -> Audit:
        """Everything that was found, with its digest."""
        outcomes, reasons, facts, merged = self._counts
        found = Audit(
            program=PROGRAM,
            files=tuple(self._files),
            policies=tuple(in_force(one, calls=self._governed[one.version]) for one in self._versions.policies),
            calls=sum(one.calls for one in self._files),
            outcomes={outcome.value: outcomes[outcome] for outcome in Outcome},
            undetermined=_ordered(reasons),
            undetermined_facts=_ordered(facts),
            merged_as=_ordered(merged),
            strata=strata_of([self._strata]),
            ignored=self._ignored,
            ignored_sha256=ignored_sha256,
        )
        return msgspec.structs.replace(found, digest=hashlib.sha256(msgspec.json.encode(found)).hexdigest())


def _ordered(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def _ignored_csv(rows: Iterator[tuple[str, ...]]) -> Iterator[bytes]:
    """As `calls.csv` is written: RFC 4180, UTF-8, no cell that a spreadsheet would calculate."""
    batch: list[tuple[str, ...]] = [COLUMNS]
    while batch:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows(batch)
        yield text.getvalue().encode("utf-8", errors="backslashreplace")
        batch = [tuple(map(formula_safe, row)) for row in islice(rows, _BATCH)]


def _hashed(pieces: Iterable[bytes], hasher: hashlib._Hash) -> Iterator[bytes]:
    for piece in pieces:
        hasher.update(piece)
        yield piece
