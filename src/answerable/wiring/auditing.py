"""An audit: very many imported calls judged under the policy then in force, counted by one engine or another."""

from __future__ import annotations

import csv
import hashlib
import io
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, nullcontext
from itertools import chain, islice
from pathlib import Path
from typing import Any

import msgspec

from answerable import __version__
from answerable.answer.record import terms_of
from answerable.answer.rows import local_text
from answerable.config import Settings, read_settings
from answerable.engines.audit import FileAudit, IgnoredCall, audit_by_kinds, audit_by_reference, strata_of
from answerable.engines.audit_engines import InProcess, OnSpark, QueryEngine, spark_session
from answerable.engines.coded_record import fresh_coded
from answerable.errors import InputError, SourceError, StorageError
from answerable.model.audit import Audit, AuditedFile
from answerable.model.canonical import Json
from answerable.model.outcome import Outcome
from answerable.model.source import SourceManifest
from answerable.policy import VersionSet
from answerable.report.calls_csv import formula_safe
from answerable.report.disk import write_atomically, write_pieces_atomically
from answerable.wiring.files import as_of_us
from answerable.wiring.folders import made, work_folder
from answerable.wiring.importing import Progress, manifest_beside
from answerable.wiring.joining import imported_files
from answerable.wiring.kept_parts import KeptParts, kept_parts
from answerable.wiring.policies import in_force, load_policies

PROGRAM = f"answerable {__version__}"
DUCKDB, SPARK, REFERENCE = "duckdb", "spark", "reference"
IGNORED_FILE, AUDIT_FILE = "ignored.csv", "audit.json"
COLUMNS = ("source", "call", "received", "type", "district", "beat", "outcome", "carried", "rule")
_BATCH, _PIECE_BYTES = 10_000, 1 << 20
_CLUSTERS = ("spark://", "local[", "local-cluster[", "yarn", "k8s://")


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """What one file gives: the first line of its part, of which the others are its lines of `ignored.csv`."""

    about: AuditedFile
    counts: list[dict[str, int]]
    strata: list[tuple[str, str, int | None, str, int]]
    governed: dict[str, int]
    ignored: int


def audit_files(
    files: Sequence[Path], *, policies: Sequence[Path], engine: str = DUCKDB, as_of: str | None = None,
    out: Path | None = None, progress: Progress | None = None, memory: str | None = None,
) -> Audit:  # fmt: skip
    """Audit files (or folders of files) that `answerable import` wrote, one after the other, and add them up.

    With `out`, `audit.json` and `ignored.csv` are written there; what a run that was killed had finished is taken up
    again. `memory`: what the engine may use (`1GB`). Raises AnswerableError.
    """
    versions, settings = load_policies(policies), read_settings(memory=memory)
    calls = imported_files(files)
    if not calls:
        raise _no_calls(files[0])
    audit = _FileAudits(versions, engine=engine, as_of=as_of, settings=settings, progress=progress)
    with (
        made(out) if out is not None else nullcontext(),
        work_folder(out or Path(tempfile.gettempdir())) as folder,
        kept_parts(out or folder) as kept,
    ):
        found, hasher, listed = _Found(versions), hashlib.sha256(), folder / IGNORED_FILE
        pieces = found.adding(audit.part(path, kept) for path in calls)
        write_pieces_atomically(listed, _hashed(pieces, hasher))
        whole = found.audit(ignored_sha256=hasher.hexdigest())
        if out is not None:
            content = msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n"
            write_atomically(folder / AUDIT_FILE, content)
            _publish(folder, out)
    return whole


def _no_calls(given: Path) -> InputError:
    return InputError(
        f"{given}: these are no calls that `answerable import` wrote",
        hint="An audit reads imported calls: answerable import FILE --source NAME --out calls.parquet",
    )


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


class _FileAudits:
    """Audits file by file, each into a part that can be kept."""

    def __init__(
        self, versions: VersionSet, *, engine: str, as_of: str | None, settings: Settings, progress: Progress | None
    ) -> None:
        self._versions, self._name, self._engine = versions, engine, _engine(engine)
        self._as_of, self._as_of_us = as_of, as_of_us(as_of)
        self._settings, self._progress = settings, progress

    def part(self, parquet: Path, kept: KeptParts) -> Path:
        """The part of one file, made or kept. Raises SourceError, StorageError."""
        manifest = manifest_beside(parquet)
        of: Json = {
            "audit": parquet.name,
            "manifest": hashlib.sha256(msgspec.json.encode(manifest)).hexdigest(),
            "policies": [one.text_sha256 for one in self._versions.policies],
            "as_of": self._as_of,
            "engine": self._name,
        }
        return kept.part(of, lambda path: self._write(path, parquet, manifest))

    def _write(self, path: Path, parquet: Path, manifest: SourceManifest) -> None:
        audited = self._audited(parquet, manifest)
        with closing(audited.connection):
            part = _Part(
                about=AuditedFile(
                    file=parquet.name, source=manifest.source, timezone=manifest.timezone,
                    parquet_sha256=manifest.parquet_sha256, calls=manifest.calls,
                ),
                counts=[dict(one) for one in audited.counts],
                strata=[(*stratum, calls) for stratum, calls in audited.strata.items()],
                governed=dict(audited.versions),
                ignored=audited.ignored_calls,
            )  # fmt: skip
            rows = (_ignored_row(one, manifest) for one in audited.ignored())
            write_pieces_atomically(path, chain([msgspec.json.encode(part), b"\n"], _ignored_csv(rows)))

    def _audited(self, parquet: Path, manifest: SourceManifest) -> FileAudit:
        given: dict[str, Any] = {
            "versions": self._versions, "terms": terms_of(manifest, as_of_us=self._as_of_us),
            "timezone": manifest.timezone, "settings": self._settings, "progress": self._progress,
        }  # fmt: skip
        if self._engine is None:
            return audit_by_reference(parquet, **given)
        coded = fresh_coded(parquet, parquet_sha256=manifest.parquet_sha256)
        if coded is None:
            raise SourceError(
                "there is no coded record of these very calls beside it",
                file=str(parquet),
                hint="Import the publisher's file again; or use --engine reference, which reads the calls themselves.",
            )
        return audit_by_kinds(parquet, coded=coded, engine=self._engine, **given)


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

    def adding(self, parts: Iterable[Path]) -> Iterator[bytes]:
        """Add up every part, and give the lines of `ignored.csv`."""
        yield _csv([COLUMNS])
        for path in parts:
            with path.open("rb") as stream:
                part = msgspec.json.decode(stream.readline(), type=_Part)
                self._files.append(part.about)
                for total, here in zip(self._counts, part.counts, strict=True):
                    total.update(here)
                for month, district, priority, outcome, calls in part.strata:
                    self._strata[month, district, priority, outcome] += calls
                self._governed.update(part.governed)
                self._ignored += part.ignored
                yield from iter(lambda: stream.read(_PIECE_BYTES), b"")

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


def _ignored_row(call: IgnoredCall, manifest: SourceManifest) -> tuple[str, ...]:
    at = "" if call.received_us is None else local_text(call.received_us, manifest.timezone)
    about = (call.type, call.district, call.beat, call.outcome, call.carried or "", call.rule or "")
    return (manifest.source, call.call, at, *about)


def _ignored_csv(rows: Iterator[tuple[str, ...]]) -> Iterator[bytes]:
    """Lines as those of `calls.csv`: no cell that a spreadsheet would calculate."""
    while batch := [tuple(map(formula_safe, row)) for row in islice(rows, _BATCH)]:
        yield _csv(batch)


def _csv(rows: Sequence[tuple[str, ...]]) -> bytes:
    """RFC 4180, UTF-8."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8", errors="backslashreplace")


def _hashed(pieces: Iterable[bytes], hasher: hashlib._Hash) -> Iterator[bytes]:
    for piece in pieces:
        hasher.update(piece)
        yield piece
