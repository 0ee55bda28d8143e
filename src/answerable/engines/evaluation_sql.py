"""The parts of the evaluation's SQL that are made from the policies and from the tables of `answerable.answer`.

The comparisons themselves stand in engines/sql/evaluate_*.sql; nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from string import Template

from answerable.answer.record import SourceTerms
from answerable.answer.situation import FIELDS, weights
from answerable.answer.timing import EARLIER_US, LATER_US, UNUSABLE, WIDEST_WAIT_US, offset_of
from answerable.engines.cell_sql import cell_expression
from answerable.engines.duck import query_text, text_literal
from answerable.model.call import CLOCK_POINTS, FACT_COLUMNS, NOBODY_WAITS_KINDS, NOBODY_WAITS_ORIGINS, Quality
from answerable.policy import Cells, VersionSet

NO_POLICY, NO_START = -1, -2
"""Versions that are none: no version was in force; nobody knows when the requester told."""


def macros() -> str:
    """The comparisons of `answerable.answer.timing`, with its own tables of what a quality bit does to a time."""
    return Template(query_text("evaluate_macros")).substitute(
        unusable=int(UNUSABLE), earlier=_slack(EARLIER_US), later=_slack(LATER_US)
    )


def _slack(table: Sequence[tuple[Quality, int]]) -> str:
    return " + ".join(f"CASE WHEN (bits & {int(bit)}) <> 0 THEN {slack} ELSE 0 END" for bit, slack in table)


def canonical_rows(parquet: Path) -> str:
    """The rows of a canonical file with their number `n` and `merged_into`."""
    return Template(query_text("canonical_rows")).substitute(parquet=text_literal(str(parquet)))


def later_start(terms: SourceTerms) -> str | None:
    """The clock point from which this source lets us count where the receipt is not recorded, if any."""
    return terms.start_point if terms.start_point in CLOCK_POINTS and terms.start_point != "received" else None


def calls(*, rows: str, wanted: str, versions: VersionSet, cells: Sequence[Cells], terms: SourceTerms) -> str:
    """The table `call`: moments, codes, version and cells of those `rows` that are `wanted` (a condition on `source`).

    `rows` is SQL that gives canonical columns, `n` and `merged_into`, for the wanted rows and those they were merged
    into.
    """
    later = later_start(terms)
    start = {
        f"start_{end}": "NULL" if later is None else f"{end}(source.{later}_at, source.quality_{later})"
        for end in ("lo", "hi")
    }
    return Template(query_text("evaluate_calls")).substitute(
        rows=rows,
        wanted=wanted,
        nobody_waits_kinds=", ".join(text_literal(kind) for kind in NOBODY_WAITS_KINDS),
        nobody_waits_origins=", ".join(text_literal(origin) for origin in NOBODY_WAITS_ORIGINS),
        version=_version(versions),
        cell=cell_of_version(cells, priority="fact_priority"),
        cell_final=cell_of_version(cells, priority="fact_priority_final"),
        fact_columns=", ".join(name for name, _ in FACT_COLUMNS),
        source_facts=", ".join(f"source.{name}" for name, _ in FACT_COLUMNS),
        **start,
    )


def _version(versions: VersionSet) -> str:
    """The index of the version in force at `start_lo`: the same choice as VersionSet.in_force."""
    cases = [f"WHEN start_lo IS NULL THEN {NO_START}"]
    for index, policy in reversed(list(enumerate(versions.policies))):
        ends = "" if policy.effective_to_us is None else f" AND start_lo < {policy.effective_to_us}"
        cases.append(f"WHEN start_lo >= {policy.effective_from_us}{ends} THEN {index}")
    return f"CASE {' '.join(cases)} ELSE {NO_POLICY} END"


def cell_of_version(cells: Sequence[Cells], *, priority: str, version: str = "version") -> str:
    """The cell under the version whose index stands in a column; 0 where there is no version."""
    if not cells:
        return "0::BIGINT"
    cases = " ".join(
        f"WHEN {index} THEN {cell_expression(one, columns={'priority': priority})}" for index, one in enumerate(cells)
    )
    return f"CASE {version} {cases} ELSE 0::BIGINT END"


def situations(terms: SourceTerms) -> str:
    """The table `situation`: one code a call, priority and reading."""
    ahead = {
        f"{point}_ahead": "{}, {}".format(*offset_of(point, terms)) for point in ("dispatched", "enroute", "arrived")
    }
    return Template(query_text("evaluate_situations")).substitute(
        horizon="NULL::BIGINT" if terms.horizon_us is None else f"{terms.horizon_us}::BIGINT",
        callbacks_show=str(terms.records_callbacks and "contact" in terms.blanks).lower(),
        decisions_supplied=str(terms.decisions_supplied).lower(),
        disposition_shows=str("disposition" in terms.blanks).lower(),
        code=_code(),
        **ahead,
    )


def _code() -> str:
    """The situation's whole-number code, field by field; a word that is no value of its field is an error."""
    parts = []
    for weight, (name, values) in zip(weights(), FIELDS, strict=True):
        listed = ", ".join(text_literal(one) for one in values)
        parts.append(f"{weight}::BIGINT * enum_code({name}::ENUM({listed}))")
    return "\n    + ".join(parts)


def judged() -> str:
    """The table `judged`: every call decided in bulk, with the figures its sentence needs."""
    return Template(query_text("evaluate_judged")).substitute(
        ruled=query_text("evaluate_rulings"), widest=WIDEST_WAIT_US
    )
