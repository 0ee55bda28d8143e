"""`./dev bench claim [--rows N | --record DIR]`: a claim about a few calls of a very large record, answered at once.

One imported year of a made-up city is copied, each copy a year later than the one before, with call numbers of its own,
until there are N calls: canonical calls without their raw text, and the coded record. `python -m benchmarks.claim make
DIR N` makes such a record to be measured with `--record DIR`. Each answer is a process of its own, from the command
line to the printed finding; the first run is there to warm the disk's cache. Beside it stands what one would ask DuckDB
by hand of the same file. More than ROWS calls have a section of the page to themselves.
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
from answerable.report.disk import sha256_of
from answerable.wiring.importing import import_file
from benchmarks.audit import POLICY, copied
from benchmarks.importing import Run, run, write_export
from benchmarks.table import Line, finish

ROWS, COUNTRY, IMPORTED, ROUNDS, LISTED = 24_000_000, 240_000_000, 4_000_000, 5, 50
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
    if "--record" in sys.argv:
        return measured(Path(sys.argv[sys.argv.index("--record") + 1]))
    rows = int(sys.argv[sys.argv.index("--rows") + 1].replace("_", "")) if "--rows" in sys.argv else ROWS
    with tempfile.TemporaryDirectory() as made:
        run([sys.executable, "-m", "benchmarks.claim", "make", made, str(rows)])  # a child, for the sake of the peaks
        return measured(Path(made))


def measured(folder: Path) -> int:
    """Answer each claim about the record in `folder`, and ask by hand, in turn; print and write the table."""
    parquet = folder / RECORD
    (folder / "policy.toml").write_text(POLICY, encoding="utf-8")
    lines, rows = [], 0
    for name, claim, query in write_claims(folder, parquet):
        mine, hand = list[Run](), list[Run]()
        for _ in range(ROUNDS + 1):
            mine.append(_answered(folder, parquet, claim))
            hand.append(run([sys.executable, "-c", BY_HAND, query]))
        rows = json.loads(mine[0].printed)["calls"]
        lines.append(_line(name, mine[1:], hand[1:]))
    if rows <= ROWS:
        return finish("claim", lines)
    return finish("claim-country", lines, command=f"claim --rows {COUNTRY:_}")


def make_record(folder: Path, rows: int) -> None:
    """An imported record of at least `rows` calls in `folder`, in the order of receipt, with its coded record."""
    export = write_export(CITIES[0], folder, rows=min(rows, IMPORTED))
    base = folder / "base.parquet"
    import_file(export.file, source=str(export.profile), out=base)
    copy_record(base, folder / RECORD, copies=-(-rows // IMPORTED))


def copy_record(base: Path, made: Path, *, copies: int) -> None:
    """The calls of `base` so many times over at `made`, each copy a year later than the one before."""
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
    sealed = msgspec.structs.replace(manifest, calls=calls_here, horizon_us=last_us, parquet_sha256=sha256_of(made))
    _write(made.with_suffix(".manifest.json"), sealed)
    size_bytes = (coded_folder(made) / "calls.parquet").stat().st_size
    _write(
        coded_folder(made) / "coded.json",
        msgspec.structs.replace(
            coded,
            rows={**coded.rows, "calls": calls_here},
            size_bytes=size_bytes,
            number_gaps=gaps * copies,
            parquet_sha256=sealed.parquet_sha256,
            files={name: sha256_of(coded_folder(made) / name) for name in coded.files},
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


BY_HAND = """
import duckdb, sys
con = duckdb.connect()
con.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
print(len(con.execute(sys.argv[1]).fetchall()))
"""
BY_HAND_QUERIES = (
    "SELECT call_id, dispatched, epoch(dispatched_at - received_at) FROM '{parquet}' WHERE call_id IN ({listed})",
    """WITH own AS (FROM '{parquet}' WHERE call_id IN ({listed})),
    near AS (FROM '{parquet}' WHERE received_at BETWEEN (SELECT min(received_at) FROM own) - INTERVAL 2 HOUR
        AND (SELECT max(received_at) FROM own) + INTERVAL 2 HOUR)
    SELECT own.call_id, epoch(any_value(own.dispatched_at - own.received_at)),
        median(epoch(near.dispatched_at - near.received_at))
    FROM own JOIN near USING (district, type_initial, priority_initial_raw)
    WHERE abs(epoch(near.received_at - own.received_at)) <= 7200 AND near.call_id <> own.call_id
    GROUP BY own.call_id""",
    """SELECT dispatched, disposition, count(*) FROM '{parquet}'
    WHERE received_at BETWEEN '{day}T00:00:00Z' AND '{day}T23:59:59Z' GROUP BY ALL""",
)
"""What one would ask by hand: waits and counts, with no policy, no doubt about any time, and nothing tested."""


def write_claims(folder: Path, parquet: Path) -> list[tuple[str, Path, str]]:
    """The claims, about calls in the middle of the record, some hours of one day; and the queries by hand."""
    with connect(SETTINGS) as con:
        rows = con.execute(f"SELECT count(*) FROM '{parquet}'").fetchall()[0][0]
        first = rows // 2
        step = 40
        near = [first + step * at for at in range(LISTED)]
        found = con.execute(
            f"""SELECT call_id, strftime(received_at, '%Y-%m-%d') FROM read_parquet('{parquet}', file_row_number = true)
            WHERE file_row_number BETWEEN {near[0]} AND {near[-1]} AND (file_row_number - {first}) % {step} = 0"""
        ).fetchall()
    calls = [call for call, _ in found]
    listed, text = ", ".join(f'"{call}"' for call in calls), 'text = "Nobody came."\nalleged-by = "somebody"'
    written = []
    for number, (name, claim) in enumerate(CLAIMS.items()):
        path = folder / f"claim-{number}.toml"
        head = f'answerable-claim = 1\n[claim]\nid = "claim-{number}"\n'
        path.write_text(head + claim.format(text=text, listed=listed, day=found[0][1]), encoding="utf-8")
        named = ", ".join(f"'{call}'" for call in calls)
        query = BY_HAND_QUERIES[number].format(parquet=parquet, listed=named, day=found[0][1])
        written.append((name, path, query))
    return written


def _answered(folder: Path, parquet: Path, claim: Path) -> Run:
    words = ["claim", "answer", str(claim), str(parquet), "--policy", str(folder / "policy.toml"), "--json"]
    return run([sys.executable, "-m", "answerable", *words])


def _line(name: str, runs: Sequence[Run], hand: Sequence[Run]) -> Line:
    said = json.loads(runs[0].printed)
    compared = said["claims"][0].get("comparison")
    if compared is not None and not compared["plain"]:
        sys.exit(f"{name} Nothing could be compared, so nothing is measured.")
    read = f"{said['calls_read']:,} calls read for it"
    if compared is not None:
        read += f", {compared['incidents']} incidents compared with {compared['comparable']:,} calls"
    read += f", {said['claims'][0]['finding'].replace('_', ' ')}"
    (wall_s, cpu_s), (hand_s, hand_cpu_s) = (
        [median(getattr(one, what) for one in every) for what in ("wall_s", "cpu_s")] for every in (runs, hand)
    )
    return Line(
        promise=f"{name} Of {said['calls']:,} calls, whole process",
        target=f"<= {TARGET_S:g} s",
        measured=f"{wall_s:.2f} s ({cpu_s:.2f} processor s), peak {max(one.peak_bytes for one in runs) / 1e9:.2f} GB",
        control=f"DuckDB by hand {hand_s:.2f} s ({hand_cpu_s:.2f} processor s), nothing judged or tested; {read}",
        met=wall_s <= TARGET_S,
    )


if __name__ == "__main__":
    raise SystemExit(main())
