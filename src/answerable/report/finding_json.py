"""`finding.json`: the findings with the seals of what they rest on, in bytes that never differ between runs."""

from __future__ import annotations

import json

import msgspec

from answerable.model.examination import Edits, Examination
from answerable.model.source import SourceManifest

FINDING_SCHEMA = "answerable/finding@1"
_SEALED = (
    "source", "title", "publisher", "licence", "citation", "verified", "profile_sha256", "file", "encoding", "timezone",
    "inclusion", "inclusion_evidence", "rows", "calls", "first_us", "last_us", "horizon_us", "parquet_sha256",
)  # fmt: skip


def finding_json(examination: Examination) -> bytes:
    """Claims' findings, outcomes, the source's seal and the policies in force."""
    source = msgspec.to_builtins(examination.source)
    return stable_json(
        {
            "schema": FINDING_SCHEMA,
            "program": examination.program,
            "made_up": examination.made_up,
            "as_of_us": examination.as_of_us,
            "recompute": examination.recompute,
            "source": {key: source[key] for key in _SEALED},
            "policies": msgspec.to_builtins(examination.policies),
            "outcomes": dict(examination.outcomes),
            "undetermined": dict(examination.undetermined),
            "claims": msgspec.to_builtins(examination.claims),
            "nobody_complained": msgspec.to_builtins(examination.nobody_complained),
            "limits": list(examination.limits),
            "edited": None if examination.edits is None else _edited(examination.source, examination.edits),
        }
    )


def _edited(source: SourceManifest, edits: Edits) -> dict[str, object]:
    snapshots = source.snapshots
    assert snapshots is not None  # noqa: S101  there are edits
    exports = [
        {"number": one.number, "file": msgspec.to_builtins(one.file), "as_of_us": one.as_of_us, "sha256": one.sha256}
        for one in snapshots.every
    ]
    outcomes = [{"first": first, "now": now, "calls": calls} for first, now, calls in edits.outcomes]
    return {"exports": exports, **msgspec.to_builtins(snapshots.edited), "outcomes": outcomes}


def stable_json(value: object) -> bytes:
    """UTF-8 JSON with sorted keys, an indent of two and a final line break. Raises ValueError for NaN."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=2, allow_nan=False)
    return (text + "\n").encode("utf-8", errors="backslashreplace")
