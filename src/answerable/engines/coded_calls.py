"""Every call of a coded record with its outcome, as a narrow file in the order of the calls: what `examine` reads.

A call's kind says all but how long it took, which is worked out here call by call as evaluate_judged.sql does.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from string import Template

from answerable.answer.timing import WIDEST_WAIT_US
from answerable.engines.coded_evaluate import Kinds, key_columns, keyed_calls
from answerable.engines.coded_record import read_coded_manifest
from answerable.engines.duck import engine_faults, query_text, text_literal
from answerable.engines.evaluate import Judgement, assessed
from answerable.engines.evaluation_sql import later_start

_BESIDE = ("received_us", "state", "dispatched_n", "arrived_n", "contact_n", "merged_into")


def judged_calls(kinds: Kinds, out: Path) -> Judgement:
    """Write to `out` each call's row `n`, the row that stands for its kind and its seconds; and the view `judged` of
    the first version set over it. Raises StorageError. Memory stays within the engine's limit: what is sorted spills.
    """
    connection, later = kinds.connection, later_start(kinds.terms)
    manifest = read_coded_manifest(kinds.coded)
    other = f"{later}_n" if later else ""
    with engine_faults(kinds.parquet):
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE merged_row AS FROM coded_call "
            "WHERE n IN (SELECT merged_into FROM coded_call WHERE merged_into >= 0)"
        )
        connection.execute(
            Template(query_text("coded_seconds")).substitute(
                out=text_literal(str(out)),
                every=_every(kinds, [*_BESIDE, *filter(None, [other])]),
                start_n=f"every.{other}" if other else "CAST(NULL AS INTEGER)",
                unit_us=manifest.unit_us,
                origin_us=manifest.origin_us,
                widest=WIDEST_WAIT_US,
            )
        )
        connection.execute(
            f"""CREATE OR REPLACE TEMP VIEW judged AS
            SELECT file.n, ruled.* EXCLUDE (n, dispatched_s, arrived_s, contact_s),
                CASE WHEN file.by_itself THEN ruled.dispatched_s ELSE file.dispatched_s END AS dispatched_s,
                CASE WHEN file.by_itself THEN ruled.arrived_s ELSE file.arrived_s END AS arrived_s,
                CASE WHEN file.by_itself THEN ruled.contact_s ELSE file.contact_s END AS contact_s
            FROM read_parquet({text_literal(str(out))}) AS file JOIN judged_0 AS ruled ON ruled.n = file.kind_n"""
        )
    return Judgement(
        connection=connection,
        parquet=kinds.parquet,
        assessments=assessed(connection, kinds.parquet, kinds.histories[0], versions=kinds.sets[0], terms=kinds.terms),
        counted="judged_0 JOIN kind_of_call USING (n)",
        calls="sum(calls)::BIGINT",
        every=out,
    )


def _every(kinds: Kinds, beside: Sequence[str]) -> str:
    """SQL of every call that is judged by its kind: row `n`, the row that stands for it, and columns of the call."""
    rows, words = keyed_calls(kinds, beside=beside), ", ".join(key_columns(kinds))
    return f"SELECT n, kind_n, {', '.join(beside)} FROM ({rows}) AS keyed JOIN key USING ({words})"
