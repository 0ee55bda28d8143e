"""The JSON that `import` and `examine` print: the same keys whatever was found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from answerable.model.examination import Examination, SeveralSources
from answerable.model.source import SourceManifest

_DECIDED = (
    "policies", "outcomes", "undetermined", "undetermined_facts", "merged_as", "claims", "ignored",
    "nobody_complained",
)  # fmt: skip
"""What there is only under a policy."""
_OF_SNAPSHOTS = {"history": "history.parquet", "changes": "changes.csv"}


def import_result(
    manifest: SourceManifest, *, out: Path, quarantine: Path, seal: Path, later: bool = False
) -> dict[str, Any]:
    """What `import --json` prints; `later`: with `--onto`."""
    keys = (
        "rows", "calls", "quality", "file", "files", "parts", "source", "encoding", "inclusion", "timezone",
        "unlisted_codes", "unlisted_facts", "can_answer", "notes",
    )  # fmt: skip
    whole = msgspec.to_builtins(manifest)
    coded = str(out.with_suffix(".coded"))
    places = {"out": str(out), "quarantine": str(quarantine), "manifest": str(seal), "coded": coded}
    if later:
        places |= {name: f"{out.with_name(out.stem)}.{end}" for name, end in _OF_SNAPSHOTS.items()}
    return {key: whole[key] for key in (*keys, *(["snapshots"] if later else []))} | places


def examination_result(examination: Examination, *, out: Path | None = None) -> dict[str, Any]:
    """What `examine --json` prints: the source's own keys, the description, and under a policy what it decides."""
    source = msgspec.to_builtins(examination.source)
    result = {key: source.pop(key) for key in ("source", "file", "rows", "calls", "can_answer", "quality", "notes")}
    result |= {
        "program": examination.program,
        "made_up": examination.made_up,
        "as_of_us": examination.as_of_us,
        "source_details": source,
        "description": msgspec.to_builtins(examination.description),
        "limits": list(examination.limits),
    }
    if out is None:
        return result
    decided = {key: msgspec.to_builtins(getattr(examination, key)) for key in _DECIDED}
    if examination.edits is not None:
        # edits.csv has the rows
        decided["edited_outcomes"] = [
            dict(zip(("first", "now", "calls"), one, strict=True)) for one in examination.edits.outcomes
        ]
    places = {"out": str(out), "report": str(out / "report.html"), "recompute": examination.recompute}
    return result | decided | places


def several_sources_result(found: SeveralSources) -> dict[str, Any]:
    """What `examine --json` prints of several sources: each as if it were alone, and what all show together."""
    together = {key: msgspec.to_builtins(getattr(found, key)) for key in ("calls", "coverage", "intervals", "limits")}
    return {
        "program": found.program,
        "sources": [examination_result(one) for one in found.sources],
        "together": together,
    }
