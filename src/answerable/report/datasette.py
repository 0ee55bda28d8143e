"""`metadata.json` for Datasette: what the tables of an export are called, mean, and may be sorted by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from answerable.report.sqlite_file import FACETS

SCHEMA = "answerable/datasette@1"
_READ_THIS = (
    "Findings are proposed, and unsigned until a person signs. A missing fact is unknown, never no; what cannot be "
    "decided is undetermined, with the reason."
)
_CALLS = {
    "call": "The call's number; where the source gives none, its row key",
    "received": "When the requester told: local time with its offset",
    "type": "The last type recorded, else the first, as published",
    "priority": "The first priority as published, else the last",
    "district": "As published; never an address",
    "beat": "As published; never an address",
    "outcome": "What became of the call under the policy then in force",
    "reason": "Why the outcome is undetermined; empty otherwise",
    "facts": "The missing facts, where they are the reason",
    "carried": "Of a merged call: what became of its caller",
    "duty": "What was owed; empty where no rule applies",
    "rule": "The rule that says so",
    "policy_version": "The version of the policy in force",
    "limit_s": "The first limit in seconds",
    "waited_s": "Seconds until somebody was dispatched; empty where nobody was, or the time is not recorded",
    "because": "The outcome in one sentence",
}


def metadata_json(*, database: str, finding: Mapping[str, Any]) -> bytes:
    """The metadata of the export `database` (its file's name without `.db`), from the result's `finding.json`."""
    source = finding["source"]
    said = " ".join(
        part
        for part in (
            finding["made_up"],
            _READ_THIS,
            *finding["limits"],
        )
        if part
    )
    metadata = {
        "answerable": SCHEMA,
        "title": source["title"],
        "description": said,
        "license": source["licence"],
        "source": f"{source['publisher']}: {source['file']['name']}",
        "about": finding["program"],
        "databases": {database: {"title": source["title"], "description": said, "tables": _tables()}},
    }
    # the keys in this order, since Datasette explains the columns in the order in which they stand here
    text = json.dumps(metadata, ensure_ascii=False, indent=2, allow_nan=False)
    return (text + "\n").encode("utf-8", errors="backslashreplace")


def _tables() -> dict[str, Any]:
    return {
        "calls": {
            "title": "Calls",
            "description": "Every call with its outcome. Do not compare waited_s with limit_s: the outcome has.",
            "columns": _CALLS,
            "facets": list(FACETS),
            "label_column": "call",
            "sort": "id",
            "facet_size": 12,
        },
        "claims": {"title": "Claims", "description": "What was alleged, by whom.", "label_column": "id"},
        "findings": {
            "title": "Findings",
            "description": "What the record says to each claim: proposed, and unsigned until a person signs.",
            "facets": ["finding", "status"],
        },
        "claim_calls": {"description": "Which claims complain of which call.", "hidden": True},
        "about": {"title": "About", "description": "What this is, where it comes from, and the SHA-256 of each part."},
    }
