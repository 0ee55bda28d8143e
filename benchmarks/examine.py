"""`./dev bench examine [--rows N… | --record DIR…]`: a whole examination of very many calls, within a gigabyte.

Outcomes, claims, the list of ignored calls, quantiles, what is recorded by month, a row for every call and the page:
one process of `answerable examine`, over the records that `benchmarks.claim` makes. Beside it, in the same run,
`answerable audit` of the same calls, which must count the same outcomes and writes no row a call. 24 million calls take
some twenty minutes of a processor, so each size is measured once. `--record DIR` measures what `python -m
benchmarks.claim make DIR N` has made.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from benchmarks.audit import POLICY
from benchmarks.claim import RECORD, write_claims
from benchmarks.importing import Run, run
from benchmarks.table import Line, finish

SIZES = (1_000_000, 4_000_000, 24_000_000)
MEMORY, PEAK_BYTES = "1GB", 1e9


def main() -> int:
    """Measure every size, print and write the table."""
    if "--record" in sys.argv:
        return finish("examine", [_measured(Path(one)) for one in sys.argv[sys.argv.index("--record") + 1 :]])
    sizes = [int(one.replace("_", "")) for one in sys.argv[sys.argv.index("--rows") + 1 :]] if sys.argv[1:] else SIZES
    return finish("examine", [_made_and_measured(rows) for rows in sizes])


def _made_and_measured(rows: int) -> Line:
    with tempfile.TemporaryDirectory() as made:
        run([sys.executable, "-m", "benchmarks.claim", "make", made, str(rows)])  # a child, for the sake of the peaks
        return _measured(Path(made))


def _measured(folder: Path) -> Line:
    parquet, policy = folder / RECORD, folder / "policy.toml"
    policy.write_text(POLICY, encoding="utf-8")
    claims = [word for _, claim, _ in write_claims(folder, parquet) for word in ("--claim", str(claim))]
    given = [str(parquet), "--policy", str(policy)]
    audited = _answerable("audit", *given)
    with tempfile.TemporaryDirectory(dir=folder) as out:
        examined = _answerable("examine", *given, *claims, "--out", str(Path(out) / "result"))
    return _line(examined, audited, claims=len(claims) // 2)


def _answerable(*words: str) -> Run:
    return run([sys.executable, "-m", "answerable", *words, "--json"], memory=MEMORY)


def _line(examined: Run, audited: Run, *, claims: int) -> Line:
    found, counted = json.loads(examined.printed), json.loads(audited.printed)
    same = found["outcomes"] == counted["outcomes"] and len(found["ignored"]) == counted["ignored"]
    calls = found["calls"]
    return Line(
        promise=f"{calls:,} calls with {claims} claims, {len(found['ignored']):,} ignored ones listed, whole process",
        target=f"<= {PEAK_BYTES / 1e9:g} GB, the audit's outcomes",
        measured=f"peak {examined.peak_bytes / 1e9:.2f} GB of {MEMORY}, {_seconds(examined)}, "
        f"{examined.cpu_s / calls * 1e6:.0f} processor s a million calls; {'the same' if same else 'OTHER'} outcomes",
        control=f"audit {_seconds(audited)}, peak {audited.peak_bytes / 1e9:.2f} GB",
        met=same and examined.peak_bytes <= PEAK_BYTES,
    )


def _seconds(one: Run) -> str:
    return f"{one.wall_s:,.0f} s ({one.cpu_s:,.0f} processor s)"


if __name__ == "__main__":
    raise SystemExit(main())
