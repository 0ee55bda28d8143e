"""Write the result into a folder: page, calls, findings, and last the manifest that seals them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from answerable.model.examination import Examination, ReportRow
from answerable.report.calls_csv import calls_csv
from answerable.report.disk import make_folder, write_pieces_atomically
from answerable.report.edits_csv import edits_csv
from answerable.report.finding_json import finding_json
from answerable.report.manifest_json import manifest_json
from answerable.report.page import render_page
from answerable.report.page_calls import ChosenCalls


def write_report(examination: Examination, rows: Iterable[ReportRow], out: Path) -> tuple[Path, ...]:
    """Write `report.html`, `calls.csv`, `finding.json`, `manifest.json` and, where the calls come from several exports,
    `edits.csv` into the folder `out`. The rows are read once and few are in memory.

    Each file appears in full or not at all, and the manifest comes last, so that a folder whose manifest matches is a
    whole result. The same input gives the same bytes. Returns the paths in the order written. Raises StorageError.
    """
    make_folder(out)
    choice = ChosenCalls()
    contents: dict[str, Iterable[bytes]] = {
        "calls.csv": calls_csv(choice.passing(rows)),
        "finding.json": [finding_json(examination)],
    }
    if examination.edits is not None:
        contents["edits.csv"] = [edits_csv(examination.edits.rows)]
    digests = {name: _write(out / name, content) for name, content in contents.items()}
    page = render_page(examination, choice.chosen(), digests=digests)
    _write(out / "report.html", [page.encode("utf-8", errors="backslashreplace")])
    written = [out / name for name in (*contents, "report.html")]
    _write(out / "manifest.json", [manifest_json(examination, written=written, out=out)])
    return (*written, out / "manifest.json")


def _write(path: Path, content: Iterable[bytes]) -> str:
    """Write a file; its SHA-256."""
    digest = hashlib.sha256()

    def hashed() -> Iterator[bytes]:
        for piece in content:
            digest.update(piece)
            yield piece

    write_pieces_atomically(path, hashed())
    return digest.hexdigest()
