"""Write the result into a folder: page, calls, findings, and last the manifest that seals them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from answerable.model.examination import Examination, ReportRow
from answerable.report.calls_csv import calls_csv
from answerable.report.disk import make_folder, write_atomically
from answerable.report.edits_csv import edits_csv
from answerable.report.finding_json import finding_json
from answerable.report.manifest_json import manifest_json
from answerable.report.page import render_page


def write_report(examination: Examination, rows: Sequence[ReportRow], out: Path) -> tuple[Path, ...]:
    """Write `report.html`, `calls.csv`, `finding.json`, `manifest.json` and, where the calls come from several exports,
    `edits.csv` into the folder `out`.

    Each file appears in full or not at all, and the manifest comes last, so that a folder whose manifest matches is a
    whole result. The same input gives the same bytes. Returns the paths in the order written. Raises StorageError.
    """
    make_folder(out)
    contents = {"calls.csv": calls_csv(rows), "finding.json": finding_json(examination)}
    if examination.edits is not None:
        contents["edits.csv"] = edits_csv(examination.edits.rows)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    page = render_page(examination, rows, digests=digests)
    contents["report.html"] = page.encode("utf-8", errors="backslashreplace")
    written = [_write(out / name, content) for name, content in contents.items()]
    written.append(_write(out / "manifest.json", manifest_json(examination, written=written, out=out)))
    return tuple(written)


def _write(path: Path, content: bytes) -> Path:
    write_atomically(path, content)
    return path
