"""A result folder as `examine` leaves it, without its page: made from given rows in a moment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from tests.support.examinations import sample_examination

from answerable.engines.write_calls import write_calls
from answerable.model.examination import Examination, ReportRow
from answerable.report.finding_json import finding_json
from answerable.report.manifest_json import manifest_json


def report_row(call: str, **given: Any) -> ReportRow:
    """A row of the report with nothing in it but what is given."""
    texts = {name: "" for name in ReportRow.__struct_fields__ if name not in ("limit_s", "waited_s", "claims")}
    return ReportRow(**{**texts, "limit_s": None, "waited_s": None, "outcome": "answered", "call": call, **given})


def result_folder(folder: Path, rows: Sequence[ReportRow], examination: Examination | None = None) -> Path:
    """Write `calls.parquet`, `source.json`, `finding.json` and the manifest that seals them."""
    found = examination if examination is not None else sample_examination()
    folder.mkdir(parents=True, exist_ok=True)
    write_calls([(None, row) for row in rows], folder / "calls.parquet")
    (folder / "source.json").write_bytes(msgspec.json.encode(found.source))
    finding = folder / "finding.json"
    finding.write_bytes(finding_json(found))
    (folder / "manifest.json").write_bytes(manifest_json(found, written=[finding], out=folder))
    return folder
