"""The coded record: canonical calls as small whole numbers, for audits of very many calls.

Row i codes row i of the canonical Parquet file. Whatever repeats from call to call is a code into a table of its own;
times are whole units after the receipt. Nothing is rounded: decoding gives the canonical values back.
"""

from __future__ import annotations

import msgspec

from answerable.model.call import CLOCK_POINTS, FACT_COLUMNS

FORMAT = 2

OFFSETS: dict[str, str] = {
    **{f"{point}_n": f"{point}_at" for point in CLOCK_POINTS if point != "received"},
    "last_seen_n": "last_seen_at",
}
"""The columns of offsets from the receipt, each with the canonical time that it codes."""

TABLES: dict[str, tuple[str, ...]] = {
    "state": (
        *(f"quality_{point}" for point in CLOCK_POINTS),
        "dispatched", "dispatched_evidence", "arrived", "arrived_evidence", "ended_by", "reason_given", "handover",
        "disposition", "entry_kind", "origin", "abandoned", "reopened", "held", "sensitive",
    ),
    "facts": tuple(name for name, _ in FACT_COLUMNS if name != "fact_hour_of_week"),
    "type": (
        "agency", "priority_initial_raw", "priority_final_raw", "priority_rank", "priority_class", "type_initial",
        "type_final",
    ),
    "area": ("district", "beat"),
}  # fmt: skip
"""The code tables, each with the canonical columns whose combinations it lists."""


class CodedManifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a coded record is of (docs/formats/coded-record.md).

    `parquet_sha256`: the canonical file; `unit_us`: microseconds in one unit of an offset; `origin_us`: what offsets
    count from in a call whose receipt is not known; `rows`: rows of `calls` and of each code table; `size_bytes`: of
    `calls.parquet`; `files`: the SHA-256 of each file but the manifest, by name; `number_gaps`: how many call numbers
    are missing (None: they form no sequence; not there: nobody has counted).
    """

    coded_record: int
    parquet_sha256: str
    unit_us: int
    origin_us: int
    rows: dict[str, int]
    size_bytes: int
    files: dict[str, str] = {}
    number_gaps: int | None | msgspec.UnsetType = msgspec.UNSET
