"""What somebody would write instead of an audit: pandas, polars, and SQL over the words as they are. And the plot.

Each answers what `BY_HAND` of benchmarks/audit.py answers, of the columns it needs in plain Parquet. None knows of
times that may be earlier or later than written, or of what a missing fact could change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import vl_convert

from answerable.config import Settings
from answerable.engines.duck import connect
from benchmarks.importing import Run

COLUMNS = (
    "received_at", "dispatched_at", "arrived_at", "dispatched", "disposition", "duplicate_of", "ended_by", "origin",
    "entry_kind", "fact_priority",
)  # fmt: skip
FIRST_S, ARRIVAL_S = {1: 300, 2: 900, 3: 3600}, {1: 1200}
OTHERWISE_S = 14_400


def plain(parquet: Path) -> Path:
    """Where the columns that the scripts read lie."""
    return parquet.with_name("plain.parquet")


def write_plain(parquet: Path, *, copies: int) -> None:
    """The columns of the canonical file, as often as the record was copied."""
    query = f"SELECT {', '.join(COLUMNS)} FROM '{parquet}'"
    with connect(Settings(threads=1)) as con:
        con.execute(f"COPY ({' UNION ALL '.join([query] * copies)}) TO '{plain(parquet)}' (FORMAT parquet)")


def by_pandas(parquet: Path) -> Counter[str]:
    """As most would write it."""
    import numpy as np  # noqa: PLC0415  only this process needs it
    import pandas as pd  # noqa: PLC0415

    calls = pd.read_parquet(plain(parquet))
    end = calls.received_at.max()
    first_s = calls.fact_priority.map(FIRST_S).fillna(OTHERWISE_S)
    arrival_s = calls.fact_priority.map(ARRIVAL_S)
    waited_s = (calls.dispatched_at - calls.received_at).dt.total_seconds()
    arrived_s = (calls.arrived_at - calls.received_at).dt.total_seconds()
    sent, never = calls.dispatched == "yes", calls.dispatched == "no"
    outcomes = np.select(
        [
            (calls.disposition == "duplicate") | calls.duplicate_of.notna(),
            calls.origin.isin(["officer", "scheduled"]) | (calls.entry_kind != "call"),
            calls.ended_by == "requester",
            sent & ((waited_s > first_s) | (arrived_s > arrival_s)),
            sent & arrival_s.notna() & arrived_s.isna(),
            sent & waited_s.notna(),
            never & (calls.received_at + pd.to_timedelta(first_s, unit="s") < end),
            never,
        ],
        ["merged", "none_owed", "withdrawn", "answered_late", "undetermined", "answered", "unheard", "pending"],
        "undetermined",
    )
    return Counter({str(name): int(count) for name, count in pd.Series(outcomes).value_counts().items()})


def by_polars(parquet: Path) -> Counter[str]:
    """The same, lazily, in batches."""
    import polars as pl  # noqa: PLC0415  only this process needs it

    calls = pl.scan_parquet(plain(parquet))
    end = calls.select(pl.col("received_at").max()).collect(engine="streaming").item()
    first_s = pl.col("fact_priority").replace_strict(FIRST_S, default=OTHERWISE_S, return_dtype=pl.Int64)
    arrival_s = pl.col("fact_priority").replace_strict(ARRIVAL_S, default=None, return_dtype=pl.Int64)
    waited_s = (pl.col("dispatched_at") - pl.col("received_at")).dt.total_seconds()
    arrived_s = (pl.col("arrived_at") - pl.col("received_at")).dt.total_seconds()
    sent, never = pl.col("dispatched") == "yes", pl.col("dispatched") == "no"
    outcome = (
        pl.when((pl.col("disposition") == "duplicate") | pl.col("duplicate_of").is_not_null()).then(pl.lit("merged"))
        .when(pl.col("origin").is_in(["officer", "scheduled"]) | (pl.col("entry_kind") != "call"))
        .then(pl.lit("none_owed"))
        .when(pl.col("ended_by") == "requester").then(pl.lit("withdrawn"))
        .when(sent & ((waited_s > first_s) | (arrived_s > arrival_s))).then(pl.lit("answered_late"))
        .when(sent & arrival_s.is_not_null() & arrived_s.is_null()).then(pl.lit("undetermined"))
        .when(sent & waited_s.is_not_null()).then(pl.lit("answered"))
        .when(never & (pl.col("received_at") + pl.duration(seconds=first_s) < end)).then(pl.lit("unheard"))
        .when(never).then(pl.lit("pending"))
        .otherwise(pl.lit("undetermined"))
    )  # fmt: skip
    rows = calls.select(outcome.alias("outcome")).group_by("outcome").len().collect(engine="streaming").rows()
    return Counter(dict(rows))


def by_words(parquet: Path) -> Counter[str]:
    """SQL in DuckDB over the words as they are."""
    query = f"""
    SELECT CASE
        WHEN disposition = 'duplicate' OR duplicate_of IS NOT NULL THEN 'merged'
        WHEN origin IN ('officer', 'scheduled') OR entry_kind <> 'call' THEN 'none_owed'
        WHEN ended_by = 'requester' THEN 'withdrawn'
        WHEN dispatched = 'yes' AND (waited_s > first_s OR arrived_s > arrival_s) THEN 'answered_late'
        WHEN dispatched = 'yes' AND arrival_s IS NOT NULL AND arrived_s IS NULL THEN 'undetermined'
        WHEN dispatched = 'yes' AND waited_s IS NOT NULL THEN 'answered'
        WHEN dispatched = 'no' AND epoch_us(received_at) + first_s * 1000000::BIGINT < (
            SELECT max(epoch_us(received_at)) FROM '{plain(parquet)}') THEN 'unheard'
        WHEN dispatched = 'no' THEN 'pending'
        ELSE 'undetermined'
    END AS outcome, count(*)
    FROM (
        SELECT *,
            CASE fact_priority WHEN 1 THEN 300 WHEN 2 THEN 900 WHEN 3 THEN 3600 ELSE {OTHERWISE_S} END AS first_s,
            CASE fact_priority WHEN 1 THEN 1200 END AS arrival_s,
            (epoch_us(dispatched_at) - epoch_us(received_at)) // 1000000 AS waited_s,
            (epoch_us(arrived_at) - epoch_us(received_at)) // 1000000 AS arrived_s
        FROM '{plain(parquet)}')
    GROUP BY ALL"""
    with connect() as con:
        return Counter(dict(con.execute(query).fetchall()))


SCRIPTS: dict[str, Callable[[Path], Counter[str]]] = {"pandas": by_pandas, "polars": by_polars, "duckdb": by_words}


def growth_plot(found: Mapping[int, Mapping[str, Sequence[Run]]]) -> str:
    """Processor seconds and peak memory by millions of calls, of ours and of what stands beside it, from nothing on."""
    values = [
        {"calls": rows / 1e6, "who": role.replace("-", " "), "what": what, "value": value}
        for rows, runs in found.items()
        for role, made in runs.items()
        for what, value in (
            ("processor seconds", median(one.cpu_s for one in made)),
            ("peak memory, GB", max(one.peak_bytes for one in made) / 1e9),
        )
    ]
    spec: dict[str, Any] = {
        "hconcat": [_growing("processor seconds"), _growing("peak memory, GB", domain=[0, 1])],
        "data": {"values": values},
        "background": "white",
    }
    return str(vl_convert.vegalite_to_svg(spec, vl_version="6.4", allowed_base_urls=[]))


def _growing(what: str, **scale: object) -> dict[str, Any]:
    return {
        "title": what,
        "transform": [{"filter": {"field": "what", "equal": what}}],
        "width": 300,
        "height": 220,
        "mark": {"type": "line", "point": True},
        "encoding": {
            "x": {"field": "calls", "type": "quantitative", "title": "million calls"},
            "y": {"field": "value", "type": "quantitative", "title": None, "scale": {"zero": True, **scale}},
            "color": {"field": "who", "type": "nominal", "title": None, "sort": ["ours", "by hand", "decoding"]},
        },
    }
