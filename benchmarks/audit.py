"""`./dev bench audit [--rows N | --growth [N…]]`: the outcome of every call, beside what one would write by hand.

Each contender is a process of its own, so that its peak memory is its own. Ours, the SQL by hand and the decoding read
the same coded record; the scripts (`benchmarks/audit_scripts.py`) read the columns they need as plain Parquet. Up to
`IMPORTED` rows are imported as a publisher's file; more are copies of those. `--growth` measures ours at `SIZES` and
draws docs/audit-growth.svg, with the SQL by hand and the decoding beside it; it needs 8 GB of disk.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median

import msgspec

from answerable.answer.record import SourceTerms, terms_of
from answerable.config import Settings, read_settings
from answerable.engines.coded_evaluate import judge_kinds, kind_counts
from answerable.engines.coded_record import coded_calls, coded_folder, coded_table, read_coded_manifest
from answerable.engines.duck import connect
from answerable.generated.cities import CITIES
from answerable.model.coded import OFFSETS
from answerable.model.source import SourceManifest
from answerable.policy import VersionSet, load_policy
from answerable.wiring.importing import import_file
from benchmarks.audit_scripts import SCRIPTS, growth_plot, write_plain
from benchmarks.importing import Run, run, write_export
from benchmarks.table import PAGE, Line, finish

ROWS, IMPORTED, ROUNDS = 4_000_000, 4_000_000, 3
MEMORY = "1GB"
"""What every engine is allowed."""
RATIO, PEAK_BYTES = 1.3, 1e9
FASTER, SMALLER = 10, 6
SIZES = (1_000_000, 10_000_000, 100_000_000, 240_000_000)
PLOT = PAGE.parent / "audit-growth.svg"
POLICY = """
answerable-policy = 1
[policy]
id = "benchmark/response"
version = "1"
title = "Four priorities"
issued-by = "Nobody"
issued-at = 2020-01-01T00:00:00Z
effective = { from = 2020-01-01T00:00:00Z }
vocabulary = "answerable/calls@1"
[[duty]]
id = "respond"
text = "Every call is answered."
when = "true"
duty = "must-respond"
[[clock]]
id = "first"
when = "priority == 1"
dispatch-within = "5 min"
arrive-within = "20 min"
[[clock]]
id = "second"
when = "priority == 2"
dispatch-within = "15 min"
[[clock]]
id = "third"
when = "priority == 3"
dispatch-within = "60 min"
[[clock]]
id = "any"
when = "true"
dispatch-within = "4 h"
"""
BY_HAND = """
SELECT
  CASE
    WHEN merged_into IS NOT NULL THEN 'merged'
    WHEN origin IN ('officer', 'scheduled') OR entry_kind <> 'call' THEN 'none_owed'
    WHEN ended_by = 'requester' THEN 'withdrawn'
    WHEN dispatched = 'yes' AND dispatched_n > first_s THEN 'answered_late'
    WHEN dispatched = 'yes' AND arrival_s IS NOT NULL AND arrived_n > arrival_s THEN 'answered_late'
    WHEN dispatched = 'yes' AND arrival_s IS NOT NULL AND arrived_n IS NULL THEN 'undetermined'
    WHEN dispatched = 'yes' AND dispatched_n IS NOT NULL THEN 'answered'
    WHEN dispatched = 'no' AND received_us + first_s * 1000000::BIGINT < {horizon_us} THEN 'unheard'
    WHEN dispatched = 'no' THEN 'pending'
    ELSE 'undetermined'
  END AS outcome,
  count(*)
FROM {calls} AS call
JOIN {state} AS state ON state.code = call.state
JOIN (
  SELECT
    code,
    CASE fact_priority WHEN 1 THEN 300 WHEN 2 THEN 900 WHEN 3 THEN 3600 ELSE 14400 END AS first_s,
    CASE fact_priority WHEN 1 THEN 1200 END AS arrival_s
  FROM {facts}
) AS facts ON facts.code = call.facts
GROUP BY ALL
"""
"""What somebody who knows the format would write: no doubt about any time, what a merged call carried left out."""


def main() -> int:
    """Make the record, run everything in turn, print and write the table; or, with a role and a file, one of them."""
    if sys.argv[1:2] and sys.argv[1] in ROLES:
        print(json.dumps(dict(ROLES[sys.argv[1]](Path(sys.argv[2])))))
        return 0
    if sys.argv[1:2] and sys.argv[1] in MAKING:
        MAKING[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
        return 0
    rows = int(sys.argv[sys.argv.index("--rows") + 1].replace("_", "")) if "--rows" in sys.argv else ROWS
    if "--growth" in sys.argv:
        return _growth([int(one.replace("_", "")) for one in sys.argv[2:]] or SIZES)
    with tempfile.TemporaryDirectory() as made:
        parquet = _made(Path(made), rows)
        _run("plain", str(parquet), str(rows))
        runs: dict[str, list[Run]] = {role: [] for role in ROLES}
        for number in range(ROUNDS + 1):
            for role, found in runs.items():
                if role not in SCRIPTS or number <= 1:  # a script takes long: once to warm up, once to count
                    found.append(_run(role, str(parquet)))
        return finish("audit", _lines({role: found[1:] for role, found in runs.items()}, parquet))


def _run(role: str, *words: str) -> Run:
    return run([sys.executable, "-m", "benchmarks.audit", role, *words], memory=MEMORY)


def _made(folder: Path, rows: int) -> Path:
    """Made by a child, for the sake of the peaks that are measured from here."""
    run([sys.executable, "-m", "benchmarks.audit", "record", str(folder), str(rows)])
    return folder / "calls.parquet"


def make_record(folder: Path, rows: int) -> None:
    """An imported file with its coded record of at least `rows` rows: whole copies of what was imported."""
    parquet, imported = folder / "calls.parquet", min(rows, IMPORTED)
    made = write_export(CITIES[0], folder, rows=imported)
    import_file(made.file, source=str(made.profile), out=parquet)
    if rows > imported:
        _copy(coded_folder(parquet), _copies(rows))


def make_copied(parquet: Path, rows: int) -> None:
    """A coded record of its own, in the folder `copied`, of so many copies of the calls of `parquet`."""
    made = _copied(parquet)
    made.parent.mkdir()
    made.hardlink_to(parquet)
    shutil.copyfile(parquet.with_suffix(".manifest.json"), made.with_suffix(".manifest.json"))
    shutil.copytree(coded_folder(parquet), coded_folder(made))
    _copy(coded_folder(made), _copies(rows))


def _copied(parquet: Path) -> Path:
    return parquet.parent / "copied" / parquet.name


def _copies(rows: int) -> int:
    return -(-rows // IMPORTED)


def make_plain(parquet: Path, rows: int) -> None:
    """The same calls as the scripts read them."""
    write_plain(parquet, copies=_copies(rows))


def _copy(coded: Path, copies: int) -> None:
    manifest, calls = read_coded_manifest(coded), coded / "calls.parquet"
    here = manifest.rows["calls"]
    merged = f"CASE WHEN merged_into >= 0 THEN merged_into + copy * {here} ELSE merged_into END::INTEGER AS merged_into"
    with connect(Settings(threads=1)) as con:  # several would keep whole copies waiting for their turn
        con.execute(
            f"""COPY (SELECT * EXCLUDE (copy) REPLACE ({merged}) FROM ({copied(calls, copies)}))
            TO '{calls}.made' (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, ROW_GROUP_SIZE 250_000)"""
        )
    Path(f"{calls}.made").replace(calls)
    made = msgspec.structs.replace(
        manifest, rows={**manifest.rows, "calls": here * copies}, size_bytes=calls.stat().st_size
    )
    (coded / "coded.json").write_bytes(msgspec.json.encode(made))


def copied(parquet: Path, copies: int) -> str:
    """SQL of the rows of a file so many times over, one `copy` after the other: one scan, whose order is kept."""
    listed = ", ".join([f"'{parquet}'"] * copies)
    return f"SELECT *, file_index::BIGINT AS copy FROM read_parquet([{listed}])"


def ours(parquet: Path) -> Counter[str]:
    """Every outcome under the policy, with all that may be doubted."""
    kinds = judge_kinds(
        parquet,
        coded=coded_folder(parquet),
        sets=(VersionSet([load_policy(POLICY.encode(), file="policy.toml")]),),
        terms=_terms(parquet),
        settings=read_settings(),
    )
    with closing(kinds.connection):
        return kind_counts(kinds)[0]


def _terms(parquet: Path) -> SourceTerms:
    beside = parquet.with_suffix(".manifest.json")
    return terms_of(msgspec.json.decode(beside.read_bytes(), type=SourceManifest))


def by_hand(parquet: Path) -> Counter[str]:
    """The same question as one query."""
    coded = coded_folder(parquet)
    query = BY_HAND.format(
        calls=coded_calls(coded), state=coded_table(coded, "state"), facts=coded_table(coded, "facts"),
        horizon_us=_terms(parquet).horizon_us or 0,
    )  # fmt: skip
    with connect(read_settings()) as con:
        return Counter(dict(con.execute(query).fetchall()))


def decoding(parquet: Path) -> Counter[str]:
    """A scan that only decodes what an outcome can depend on."""
    columns = ["received_us", *(name for name in OFFSETS if name in DECIDING), "state", "facts", "merged_into"]
    summed = ", ".join(f"sum({column})" for column in columns)
    with connect(read_settings()) as con:
        con.execute(f"SELECT {summed} FROM {coded_calls(coded_folder(parquet))}").fetchall()
        return Counter(calls=read_coded_manifest(coded_folder(parquet)).rows["calls"])


DECIDING = ("dispatched_n", "enroute_n", "arrived_n", "contact_n", "closed_n", "last_seen_n")
ROLES: dict[str, Callable[[Path], Counter[str]]] = {"ours": ours, "by-hand": by_hand, "decoding": decoding, **SCRIPTS}
MAKING: dict[str, Callable[[Path, int], None]] = {
    "record": make_record,
    "copied": make_copied,
    "plain": make_plain,
}


GROWING = ("ours", "by-hand", "decoding")


def _growth(sizes: Sequence[int]) -> int:
    """Ours, the SQL by hand and the decoding at every size, each a record of its own, and the plot of it."""
    found: dict[int, dict[str, list[Run]]] = {}
    with tempfile.TemporaryDirectory() as whole:
        imported = _made(Path(whole), IMPORTED) if max(sizes) > IMPORTED else None
        for rows in sizes:
            with tempfile.TemporaryDirectory() as made:
                parquet = _made(Path(made), rows) if imported is None or rows <= IMPORTED else _copied(imported)
                if imported is not None and rows > IMPORTED:
                    _run("copied", str(imported), str(rows))
                runs: dict[str, list[Run]] = {role: [] for role in GROWING}
                for _ in range(ROUNDS):
                    for role in GROWING:
                        runs[role].append(_run(role, str(parquet)))
                found[read_coded_manifest(coded_folder(parquet)).rows["calls"]] = runs
                shutil.rmtree(Path(whole) / "copied", ignore_errors=True)
    PLOT.write_text(growth_plot(found), encoding="utf-8")
    picture = "![Processor seconds and peak memory by millions of calls](audit-growth.svg)"
    lines = [_size_line(rows, runs, last=rows == max(found)) for rows, runs in found.items()]
    return finish("audit-growth", lines, notes=[picture], command="audit --growth")


def _size_line(rows: int, runs: dict[str, list[Run]], *, last: bool) -> Line:
    """Held to the ratio at the last size alone: a process starts as long for a few calls as for many."""
    mine, hand, floor = (runs[role] for role in GROWING)
    peak, ratio = max(one.peak_bytes for one in mine), _ratio(mine, hand)
    cpu = median(a.cpu_s / b.cpu_s for a, b in zip(mine, hand, strict=True))
    return Line(
        promise=f"outcome of {rows:,} calls, whole process",
        target=f"<= {PEAK_BYTES / 1e9:g} GB" + (f", <= {RATIO:g}x SQL by hand" if last else ""),
        measured=f"{_seconds(mine)}, peak {peak / 1e9:.2f} GB: {ratio:.2f}x in time, {cpu:.2f}x in processor seconds",
        control=f"by hand {_seconds(hand)}; decoding alone {_seconds(floor)}: ours {_ratio(mine, floor):.1f}x that",
        met=peak <= PEAK_BYTES and (ratio <= RATIO or not last),
    )


def _lines(runs: dict[str, list[Run]], parquet: Path) -> list[Line]:
    mine, hand, floor = (runs[role] for role in ("ours", "by-hand", "decoding"))
    rows = read_coded_manifest(coded_folder(parquet)).rows["calls"]
    size = (coded_folder(parquet) / "calls.parquet").stat().st_size
    ratio, cpu = _ratio(mine, hand), median(a.cpu_s / b.cpu_s for a, b in zip(mine, hand, strict=True))
    peak = max(one.peak_bytes for one in mine)
    counted, others = Counter(json.loads(mine[0].printed)), Counter(json.loads(hand[0].printed))
    copies = "" if rows <= IMPORTED else f", copies of {IMPORTED / 1e6:g} M imported ones"
    differing = ", ".join(
        f"{name} {counted[name]:,}/{others[name]:,}"
        for name in sorted(counted | others)
        if counted[name] != others[name]
    )
    return [
        Line(
            promise=f"outcome of {rows:,} calls{copies}, whole process",
            target=f"<= {RATIO:g}x SQL by hand",
            measured=f"{_seconds(mine)}: {ratio:.2f}x in time, {cpu:.2f}x in processor seconds",
            control=f"by hand {_seconds(hand)}; decoding alone {_seconds(floor)}: ours {_ratio(mine, floor):.1f}x that",
            met=ratio <= RATIO,
        ),
        Line(
            promise="memory of it, peak of the process",
            target=f"<= {PEAK_BYTES / 1e9:g} GB",
            measured=f"{peak / 1e9:.2f} GB of {MEMORY} allowed to the engine",
            control=f"by hand {max(one.peak_bytes for one in hand) / 1e9:.2f} GB; the record is {size / 1e9:.2f} GB",
            met=peak <= PEAK_BYTES,
        ),
        Line(
            promise="calls that are counted otherwise by hand",
            target="",
            measured=f"{sum((counted - others).values()):,}",
            control=differing,
            met=None,
        ),
        *(_beside(role, runs[role], mine) for role in SCRIPTS),
    ]


def _beside(role: str, runs: Sequence[Run], mine: Sequence[Run]) -> Line:
    """What somebody would take instead, over the same calls."""
    times = median(one.cpu_s for one in runs) / median(one.cpu_s for one in mine)
    memory = max(one.peak_bytes for one in runs) / max(one.peak_bytes for one in mine)
    promised = role == "pandas"
    return Line(
        promise=f"beside it: {role}, the same question of plain Parquet",
        target=f"ours >= {FASTER:g}x as fast, <= 1/{SMALLER:g} of the memory" if promised else "",
        measured=f"{times:.1f}x our processor seconds, {memory:.1f}x our memory",
        control=f"{_seconds(runs)}, peak {max(one.peak_bytes for one in runs) / 1e9:.2f} GB",
        met=(times >= FASTER and memory >= SMALLER) if promised else None,
    )


def _seconds(runs: Sequence[Run]) -> str:
    return f"{median(one.wall_s for one in runs):.2f} s ({median(one.cpu_s for one in runs):.2f} processor s)"


def _ratio(runs: Sequence[Run], others: Sequence[Run]) -> float:
    return median(one.wall_s / other.wall_s for one, other in zip(runs, others, strict=True))


if __name__ == "__main__":
    raise SystemExit(main())
