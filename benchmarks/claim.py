"""`./dev bench claim [--rows N]`: a claim about a few calls of a very large record, answered at once.

One imported year of a made-up city is copied, each copy a year later than the one before, with call numbers of its own,
until there are N calls: canonical calls without their raw text, and the coded record. Each answer is a process of its
own, from the command line to the printed finding; the first run is there to warm the disk's cache.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import msgspec

from answerable.config import Settings
from answerable.engines.coded_record import coded_folder, read_coded_manifest
from answerable.engines.duck import connect
from answerable.generated.cities import CITIES
from answerable.model.source import SourceManifest
from answerable.wiring.importing import import_file
from benchmarks.audit import POLICY, copied
from benchmarks.importing import Run, run, write_export
from benchmarks.table import Line, finish

ROWS, IMPORTED, ROUNDS, LISTED = 24_000_000, 4_000_000, 5, 50
TARGET_S = 2.0
RECORD = "calls.parquet"
YEAR_US = 366 * 86_400 * 1_000_000
TIMES = ("last_seen_at", "as_of", "observed_at")
SETTINGS = Settings(memory="2GB")


def main() -> int:
    """Make the record, answer each claim in turn, print and write the table; or, with `make`, only make it."""
    if sys.argv[1:2] == ["make"]:
        make_record(Path(sys.argv[2]), int(sys.argv[3]))
        return 0
    rows = int(sys.argv[sys.argv.index("--rows") + 1].replace("_", "")) if "--rows" in sys.argv else ROWS
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        run([sys.executable, "-m", "benchmarks.claim", "make", made, str(rows)])  # a child, for the sake of the peaks
        parquet = folder / RECORD
        (folder / "policy.toml").write_text(POLICY, encoding="utf-8")
        claims = dict(write_claims(folder, parquet))
        runs = {
            name: [_answered(folder, parquet, claim) for _ in range(ROUNDS + 1)][1:] for name, claim in claims.items()
        }
        return finish("claim", [_line(name, found) for name, found in runs.items()])


def make_record(folder: Path, rows: int) -> None:
    """An imported record of at least `rows` calls in `folder`, in the order of receipt, with its coded record."""
    export = write_export(CITIES[0], folder, rows=min(rows, IMPORTED))
    base = folder / "base.parquet"
    import_file(export.file, source=str(export.profile), out=base)
    copies = -(-rows // IMPORTED)
    made = folder / RECORD
    manifest = msgspec.json.decode(base.with_suffix(".manifest.json").read_bytes(), type=SourceManifest)
    coded = read_coded_manifest(coded_folder(base))
    with connect(Settings(memory=SETTINGS.memory, threads=1)) as con:
        names = [name for name, *_ in con.execute(f"DESCRIBE FROM '{base}'").fetchall()]
        times = [name for name in names if name.endswith("_at") or name in TIMES]
        con.execute(
            f"""COPY ({_later(copied(base, copies), times)}) TO '{made}'
            (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd)"""
        )
        coded_folder(made).mkdir()
        calls = copied(coded_folder(base) / "calls.parquet", copies)
        con.execute(
            f"""COPY ({_later_codes(calls, manifest.calls)}) TO '{coded_folder(made)}/calls.parquet'
            (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, ROW_GROUP_SIZE 250_000)"""
        )
    for name in ("state", "facts", "type", "area"):
        (coded_folder(made) / f"{name}.parquet").write_bytes((coded_folder(base) / f"{name}.parquet").read_bytes())
    calls_here, gaps = manifest.calls * copies, coded.number_gaps
    assert isinstance(gaps, int)  # each copy is a series of its own
    last_us = (manifest.horizon_us or 0) + (copies - 1) * YEAR_US
    _write(made.with_suffix(".manifest.json"), msgspec.structs.replace(manifest, calls=calls_here, horizon_us=last_us))
    size_bytes = (coded_folder(made) / "calls.parquet").stat().st_size
    _write(
        coded_folder(made) / "coded.json",
        msgspec.structs.replace(
            coded, rows={**coded.rows, "calls": calls_here}, size_bytes=size_bytes, number_gaps=gaps * copies
        ),
    )


def _write(path: Path, manifest: msgspec.Struct) -> None:
    path.write_bytes(msgspec.json.encode(manifest))


def _later(copies: str, times: Sequence[str]) -> str:
    moved = ", ".join(f"{name} + to_seconds(copy * {YEAR_US // 1_000_000}) AS {name}" for name in times)
    mark = "printf('%03d-', copy)"
    return f"""SELECT * EXCLUDE (copy) REPLACE ({moved}, {mark} || call_id AS call_id,
        {mark} || duplicate_of AS duplicate_of, md5(copy || row_key) AS row_key, NULL AS raw_hash, NULL AS raw)
        FROM ({copies})"""


def _later_codes(copies: str, rows: int) -> str:
    return f"""SELECT * EXCLUDE (copy) REPLACE (received_us + copy * {YEAR_US} AS received_us,
        CASE WHEN merged_into >= 0 THEN merged_into + copy * {rows} ELSE merged_into END::INTEGER AS merged_into)
        FROM ({copies})"""


CLAIMS = {
    "50 listed calls: were they ignored?": 'kind = "calls_ignored"\n{text}\n[scope]\ncalls = [{listed}]\n',
    "50 listed calls against those like them: were they answered more slowly?": (
        'kind = "slower_response"\n{text}\n[scope]\ncalls = [{listed}]\n'
    ),
    "every call of a day: was one ignored?": (
        'kind = "calls_ignored"\n{text}\n[scope]\nfrom = {day}T00:00:00Z\nto = {day}T23:59:59Z\n'
    ),
}


def write_claims(folder: Path, parquet: Path) -> list[tuple[str, Path]]:
    """The claims, about calls in the middle of the record: some hours of one day and of one a month later."""
    with connect(SETTINGS) as con:
        rows = con.execute(f"SELECT count(*) FROM '{parquet}'").fetchall()[0][0]
        first = rows // 2
        step = 40
        near = [first + step * at for at in range(LISTED)]
        found = con.execute(
            f"""SELECT call_id, strftime(received_at, '%Y-%m-%d') FROM read_parquet('{parquet}', file_row_number = true)
            WHERE file_row_number BETWEEN {near[0]} AND {near[-1]} AND (file_row_number - {first}) % {step} = 0"""
        ).fetchall()
    listed, text = ", ".join(f'"{call}"' for call, _ in found), 'text = "Nobody came."\nalleged-by = "somebody"'
    written = []
    for number, (name, claim) in enumerate(CLAIMS.items()):
        path = folder / f"claim-{number}.toml"
        head = f'answerable-claim = 1\n[claim]\nid = "claim-{number}"\n'
        path.write_text(head + claim.format(text=text, listed=listed, day=found[0][1]), encoding="utf-8")
        written.append((name, path))
    return written


def _answered(folder: Path, parquet: Path, claim: Path) -> Run:
    words = ["claim", "answer", str(claim), str(parquet), "--policy", str(folder / "policy.toml"), "--json"]
    return run([sys.executable, "-m", "answerable", *words])


def _line(name: str, runs: Sequence[Run]) -> Line:
    said = json.loads(runs[0].printed)
    compared = said["claims"][0].get("comparison")
    if compared is not None and not compared["plain"]:
        sys.exit(f"{name} Nothing could be compared, so nothing is measured.")
    read = f"{said['calls_read']:,} calls read for it"
    if compared is not None:
        read += f", {compared['incidents']} incidents compared with {compared['comparable']:,} calls"
    wall_s, cpu_s = (median(getattr(one, what) for one in runs) for what in ("wall_s", "cpu_s"))
    return Line(
        promise=f"{name} Of {said['calls']:,} calls, whole process",
        target=f"<= {TARGET_S:g} s",
        measured=f"{wall_s:.2f} s ({cpu_s:.2f} processor s), peak {max(one.peak_bytes for one in runs) / 1e9:.2f} GB",
        control=f"{read}; {said['claims'][0]['finding'].replace('_', ' ')}",
        met=wall_s <= TARGET_S,
    )


if __name__ == "__main__":
    raise SystemExit(main())
