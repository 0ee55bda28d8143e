"""An audit of very many calls: what became of them, counted; and the list of those that were ignored."""

from __future__ import annotations

import msgspec

from answerable.model.examination import PolicyInForce


class AuditedFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of imported calls: whose it is, and its SHA-256."""

    file: str
    source: str
    timezone: str
    parquet_sha256: str
    calls: int


class Stratum(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """How many calls of one local month (`2018-06`, "" where nobody knows), district and priority had one outcome."""

    month: str
    district: str
    priority: int | None
    outcome: str
    calls: int


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """What an audit found. `outcomes` has every outcome; `undetermined` counts by reason, `undetermined_facts` by
    missing fact, `merged_as` by what the other call was. `ignored_sha256`: of `ignored.csv`, with `ignored` rows.
    `digest`: the SHA-256 of everything found, the same whichever engine counted.
    """

    program: str
    files: tuple[AuditedFile, ...]
    policies: tuple[PolicyInForce, ...]
    calls: int
    outcomes: dict[str, int]
    undetermined: dict[str, int]
    undetermined_facts: dict[str, int]
    merged_as: dict[str, int]
    strata: tuple[Stratum, ...]
    ignored: int
    ignored_sha256: str
    digest: str = ""
