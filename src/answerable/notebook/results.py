"""What the verbs give back: the calls of a file, and the result of an examination."""

from __future__ import annotations

import shutil
import weakref
from functools import cached_property
from pathlib import Path

from answerable.config import read_settings
from answerable.engines.describe import describe
from answerable.engines.read_table import ParquetTable
from answerable.model.examination import Description, Examination
from answerable.model.finding import ClaimFinding
from answerable.model.source import SourceManifest
from answerable.notebook.frames import Frames
from answerable.notebook.html import calls_html, result_html

_RAW = frozenset({"raw"})
"""The source's own rows, word for word; `answerable import` keeps them, a notebook rarely wants them."""


class Calls(Frames):
    """The calls of a file, one row a call, in the canonical columns; read by `answerable.read`.

    They lie in a folder of their own that goes when this value does. They may hold addresses: what may be published
    is what an examination writes.
    """

    def __init__(self, parquet: Path, manifest: SourceManifest, *, folder: Path | None) -> None:
        super().__init__(ParquetTable(parquet, hidden=_RAW, settings=read_settings()))
        self.manifest = manifest
        """What is known about the file: rows read and quarantined, which calls get in, what it can answer."""
        _goes_with(self, folder)

    @cached_property
    def description(self) -> Description:
        """What the file shows by itself: coverage by month, intervals under every definition, how calls ended."""
        return describe(self._table.parquet, timezone=self.manifest.timezone, settings=read_settings())

    def __repr__(self) -> str:
        return f"<answerable.Calls: {len(self):,} of {self.manifest.source}, from {self.manifest.file.name}>"

    def _repr_html_(self) -> str:
        return calls_html(self.manifest)


class Result(Frames):
    """Every call with its outcome, in the columns that may be published; made by `answerable.examine`."""

    def __init__(self, examination: Examination, out: Path, *, folder: Path | None) -> None:
        super().__init__(ParquetTable(out / "calls.parquet", settings=read_settings()))
        self.examination = examination
        """Everything that was found."""
        self.out = out
        """The folder of the result; one that `examine` made by itself goes when this value does."""
        _goes_with(self, folder)

    @property
    def manifest(self) -> SourceManifest:
        """What is known about the file of calls."""
        return self.examination.source

    @property
    def description(self) -> Description:
        """What the file shows by itself, without any policy."""
        return self.examination.description

    @property
    def outcomes(self) -> dict[str, int]:
        """The number of calls by outcome; every outcome is there, 0 where there is none."""
        return self.examination.outcomes

    @property
    def findings(self) -> tuple[ClaimFinding, ...]:
        """A finding for every claim: proposed, and unsigned until a person signs."""
        return self.examination.claims

    @property
    def report(self) -> Path:
        """The page to read."""
        return self.out / "report.html"

    def __repr__(self) -> str:
        return f"<answerable.Result: {len(self):,} calls of {self.manifest.source}, {len(self.findings)} findings>"

    def _repr_html_(self) -> str:
        return result_html(self.examination)


def _goes_with(value: object, folder: Path | None) -> None:
    """Remove the folder when the value is no longer used, at the latest when the program ends."""
    if folder is not None:
        weakref.finalize(value, shutil.rmtree, folder, ignore_errors=True)
