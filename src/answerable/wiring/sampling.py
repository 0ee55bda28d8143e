"""`answerable sample`: draw calls for an auditor, and take the answers back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from answerable import __version__
from answerable.answer.intake.sample_file import Checked, read_checked, read_drawn
from answerable.answer.sampling import (
    ANSWERS,
    CONFIDENCE_PERCENT,
    DRAWN,
    SCHEMA,
    Agrees,
    Candidate,
    Drawn,
    ErrorRate,
    cells_digest,
    draw,
    error_rate,
    list_digest,
    tally,
)
from answerable.config import read_settings
from answerable.engines.sample_rows import imported_candidates, result_candidates
from answerable.errors import ClaimError, InputError
from answerable.report.disk import sha256_of, write_atomically
from answerable.report.finding_json import stable_json
from answerable.report.sample_csv import sample_cells, sample_csv
from answerable.wiring.files import read_small
from answerable.wiring.importing import manifest_beside
from answerable.wiring.result_folder import ResultFolder, is_result, open_result

_CALLS = "calls.parquet"


class SampleDrawn(msgspec.Struct, frozen=True, kw_only=True):
    """A sample that was written: the list, and beside it how it was drawn."""

    drawn: Drawn
    out: Path
    beside: Path


class SampleRead(msgspec.Struct, frozen=True, kw_only=True):
    """What came back. `repeated`: the draw was repeated from the record and gave the same list."""

    drawn: Drawn
    checked: tuple[Checked, ...]
    rate: ErrorRate
    repeated: bool


class _Record(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    file: Path
    sha256: str
    manifest_sha256: str
    candidates: Iterable[Candidate]


def draw_sample(
    record: Path, *, size: int, seed: str, out: Path, outcomes: Sequence[str] = (), claim: str | None = None
) -> SampleDrawn:
    """Draw `size` calls of a result folder or an imported file into `out`. Raises InputError, StorageError.

    A file that is there already is never written over: it may hold answers.
    """
    beside = drawn_beside(out)
    for path in (out, beside):
        if path.exists():
            raise InputError(f"{path} is there already, and may hold answers", hint="Name another file with --out.")
    drawn, cells = _draw(record, size=size, seed=seed, outcomes=outcomes, claim=claim)
    write_atomically(beside, stable_json(msgspec.to_builtins(drawn)))
    write_atomically(out, sample_csv(cells, drawn=DRAWN, blank=ANSWERS))
    return SampleDrawn(drawn=drawn, out=out, beside=beside)


def read_sample(file: Path, *, drawn_file: Path | None = None, record: Path | None = None) -> SampleRead:
    """Take the answers back. With `record` the draw is repeated from it, and must give the same list.

    Raises ClaimError where the list was changed or an answer cannot be used, InputError, StorageError.
    """
    path = drawn_file if drawn_file is not None else drawn_beside(file)
    if drawn_file is None and not path.exists():
        raise InputError(
            f"{file}: there is no {path.name} beside it, in which the draw is written down",
            hint="Name the file that `answerable sample draw` wrote with --drawn FILE.drawn.json.",
        )
    drawn = read_drawn(read_small(path, what="what was written beside a sample"), file=path.name)
    checked = read_checked(read_small(file, what="a sample"), file=file.name, drawn=drawn)
    if record is not None:
        _repeat(drawn, record=record, file=path.name)
    return SampleRead(
        drawn=drawn,
        checked=checked,
        rate=error_rate(tally(one.agrees for one in checked), population=drawn.population),
        repeated=record is not None,
    )


def drawn_beside(sample: Path) -> Path:
    """`sample.drawn.json` of `sample.csv`."""
    return sample.with_name(f"{sample.stem}.drawn.json")


def sample_result(read: SampleRead) -> dict[str, object]:
    """What `sample read --json` prints: every figure a whole number."""
    counted, rate = read.rate.tally, read.rate
    return {
        "population": read.drawn.population,
        **{name: getattr(counted, name) for name in ("drawn", "agrees", "wrong", "cannot_tell", "unanswered")},
        "confidence_percent": CONFIDENCE_PERCENT,
        "wrong_calls_in_population": {"low": rate.certain.low, "high": rate.certain.high},
        "by_answered_calls_alone": None
        if rate.answered is None
        else {"low": rate.answered.low, "high": rate.answered.high},
        "by_outcome": by_outcome(read.checked),
        "wrong_calls": [one for one in read.checked if one.agrees is Agrees.NO],
        "checked_by": sorted({one.checked_by for one in read.checked if one.agrees is not None}),
        "draw_repeated": read.repeated,
        "draw": {key: value for key, value in msgspec.to_builtins(read.drawn).items() if key != "rows"},
    }


def by_outcome(checked: Sequence[Checked]) -> dict[str, dict[str, int]]:
    """How the calls of each outcome were answered; a call of an imported file has the outcome `""`."""
    found = Counter((one.outcome, one.agrees) for one in checked)
    return {
        outcome: {
            "drawn": sum(number for (its, _), number in found.items() if its == outcome),
            "agrees": found[outcome, Agrees.YES],
            "wrong": found[outcome, Agrees.NO],
            "cannot_tell": found[outcome, Agrees.CANNOT_TELL],
            "unanswered": found[outcome, None],
        }
        for outcome in sorted({one.outcome for one in checked})
    }


def _draw(
    path: Path, *, size: int, seed: str, outcomes: Sequence[str], claim: str | None
) -> tuple[Drawn, list[tuple[str, ...]]]:
    record = _record(path, outcomes=outcomes, claim=claim)
    counted = _Counted(record.candidates)
    rows = [sample_cells(one.cells) for one in draw(counted, seed=seed, size=size)]
    if not rows:
        raise InputError(f"{path} has no such call to draw from", hint="Name fewer outcomes, or another claim.")
    digests = tuple(cells_digest(row) for row in rows)
    drawn = Drawn(
        schema=SCHEMA,
        program=f"answerable {__version__}",
        seed=seed,
        size=size,
        population=counted.number,
        outcomes=tuple(sorted(set(outcomes))),
        claim=claim,
        record_kind=record.kind,
        record_file=record.file.name,
        record_sha256=record.sha256,
        manifest_sha256=record.manifest_sha256,
        list_sha256=list_digest(digests),
        rows=digests,
    )
    return drawn, rows


class _Counted:
    """Counts what passes through."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self._candidates = candidates
        self.number = 0

    def __iter__(self) -> Iterator[Candidate]:
        for one in self._candidates:
            self.number += 1
            yield one


def _record(path: Path, *, outcomes: Sequence[str], claim: str | None) -> _Record:
    if path.is_dir() or (path.name == _CALLS and is_result(path.parent)):
        return _result(open_result(path if path.is_dir() else path.parent), outcomes=outcomes, claim=claim)
    if outcomes or claim is not None:
        raise InputError(
            f"{path.name} is no result of `answerable examine`: its calls have no outcome yet, and no claims",
            hint="Examine it with a policy, and draw from the folder of the result.",
        )
    return _imported(path)


def _result(result: ResultFolder, *, outcomes: Sequence[str], claim: str | None) -> _Record:
    known = [str(one["id"]) for one in result.manifest.get("claims", [])]
    if claim is not None and claim not in known:
        raise InputError(f"{result.path} has no claim {claim!r}", hint=f"It has: {', '.join(known) or 'none'}.")
    file = result.sealed(_CALLS)
    return _Record(
        kind="result",
        file=file,
        sha256=result.sha256(_CALLS),
        manifest_sha256=result.manifest_sha256,
        candidates=result_candidates(file, outcomes=sorted(set(outcomes)), claim=claim, settings=read_settings()),
    )


def _imported(file: Path) -> _Record:
    manifest = manifest_beside(file)
    return _Record(
        kind="import",
        file=file,
        sha256=manifest.parquet_sha256,
        manifest_sha256=sha256_of(file.with_suffix(".manifest.json")),
        candidates=imported_candidates(
            file, timezone=manifest.timezone, start_point=manifest.start_point, settings=read_settings()
        ),
    )


def _repeat(drawn: Drawn, *, record: Path, file: str) -> None:
    again, _ = _draw(record, size=drawn.size, seed=drawn.seed, outcomes=drawn.outcomes, claim=drawn.claim)
    for name in ("record_sha256", "population", "list_sha256"):
        ours, theirs = getattr(again, name), getattr(drawn, name)
        if ours != theirs:
            raise ClaimError(
                f"{file}: the draw, repeated from {record}, gives another {name}: {ours}, not {theirs}",
                hint="Either this is not the record that was drawn from, or what stands beside the sample is false.",
            )
