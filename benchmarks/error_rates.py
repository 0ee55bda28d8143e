"""How often each method errs in made-up records, as the table of docs/explanation/statistics.md.

`python -m benchmarks.error_rates [WORLDS]` makes that many records a cell (600 without it) and writes the table between
the two marks of the page. The same number of records gives the same table.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy import stats
from statsmodels.stats.contingency_tables import StratifiedTable
from tests.support.worlds import World, world

from answerable.answer.compare.arrays import tables, units
from answerable.answer.compare.conditional import conditional_test
from answerable.answer.compare.matching import match
from answerable.answer.compare.protocol import PLAIN
from answerable.answer.compare.rank_test import rank_test

PAGE = Path(__file__).resolve().parents[1] / "docs" / "explanation" / "statistics.md"
BEGIN, END = "<!-- error rates: begin -->", "<!-- error rates: end -->"
WORLDS, ALPHA, DRAWS = 600, 0.05, 1999
INCIDENTS, SLOWER = (5, 10, 20, 50), (1.0, 1.5, 2.0, 3.0)


def primary(one: World, seed: int) -> float:
    """Waiting longer: the rank permutation test over matched calls."""
    strata = match(one.claimed, one.others, neighbours={}).strata
    return rank_test(units(strata, PLAIN.time_of), draws=DRAWS, seed=seed).slower


def confirming(one: World, _seed: int) -> float:
    """More late or unheard: the exact conditional test over matched calls."""
    return conditional_test(tables(match(one.claimed, one.others, neighbours={}).strata, PLAIN.late_of)).more


def fisher(one: World, _seed: int) -> float:
    """Fisher's test over the whole record."""
    late, timely, late_others, timely_others = one.counts.sum(axis=0)
    return float(stats.fisher_exact([[late, timely], [late_others, timely_others]], alternative="greater").pvalue)


def cmh(one: World, _seed: int) -> float:
    """Cochran-Mantel-Haenszel by priority, district and shift."""
    squares = [row.reshape(2, 2) for row in one.counts if row[:2].sum() and row[2:].sum()]
    return float(StratifiedTable(squares).test_null_odds(correction=True).pvalue)


METHODS: dict[str, Callable[[World, int], float]] = {
    "waiting longer: rank permutation, matched": primary,
    "more late or unheard: exact conditional, matched": confirming,
    "Fisher, unadjusted": fisher,
    "CMH by priority, district and shift": cmh,
}


def rates(incidents: int, slower: float, worlds: int, names: list[str]) -> list[float]:
    """The share of records in which each method says that there is a difference."""
    made = [world(seed, incidents=incidents, slower=slower) for seed in range(worlds)]
    return [float(np.mean([METHODS[name](one, seed) <= ALPHA for seed, one in enumerate(made)])) for name in names]


def table(worlds: int) -> str:
    """False alarms of all methods, then what ours find."""
    names = list(METHODS)
    alarms = [rates(many, 1.0, worlds, names) for many in INCIDENTS]
    found = {(many, slower): rates(many, slower, worlds, names[:2]) for many in INCIDENTS for slower in SLOWER[1:]}
    heads = ["nobody is treated differently", *(f"{many} incidents" for many in INCIDENTS)]
    rows = [[name, *(f"{100 * one[at]:.1f} %" for one in alarms)] for at, name in enumerate(names)]
    power_heads = ["waits so many times as long", *(f"{many} incidents" for many in INCIDENTS)]
    power = [
        [f"{slower:g}: {what}", *(f"{100 * found[many, slower][at]:.0f} %" for many in INCIDENTS)]
        for slower in SLOWER[1:]
        for at, what in enumerate(("rank permutation", "exact conditional"))
    ]
    note = f"{worlds} made-up records a cell, {DRAWS:,} permutations."
    return "\n\n".join((_grid(heads, rows), _grid(power_heads, power), note))


def _grid(heads: list[str], rows: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in (heads, ["---"] * len(heads), *rows))


def main() -> int:
    """Write the table into the page."""
    made = table(int(sys.argv[1]) if len(sys.argv) > 1 else WORLDS)
    text = PAGE.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        sys.exit(f"{PAGE.name} has no place for the table: put '{BEGIN}' and '{END}' where it belongs")
    pattern = f"{re.escape(BEGIN)}.*?{re.escape(END)}"
    PAGE.write_text(re.sub(pattern, lambda _: f"{BEGIN}\n\n{made}\n\n{END}", text, flags=re.DOTALL), encoding="utf-8")
    sys.stdout.write(made + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
