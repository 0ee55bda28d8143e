"""`answerable claim watch`: the evidence of a claim, kept in a folder and continued with every look."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from answerable.answer.compare.evidence import Evidence
from answerable.answer.compare.matching import match
from answerable.answer.compare.watch import watch
from answerable.answer.record import terms_of
from answerable.config import read_settings
from answerable.engines.comparable_calls import ComparableFile
from answerable.engines.evaluate import evaluate
from answerable.engines.judged_calls import JudgedFile
from answerable.errors import ClaimError, InputError
from answerable.model.claim import COMPARED
from answerable.model.comparison import Terms
from answerable.model.times import from_us
from answerable.notation import NotationError, json_as
from answerable.report.disk import make_folder, write_atomically
from answerable.report.finding_json import stable_json
from answerable.wiring.claims import load_claim
from answerable.wiring.files import read_small
from answerable.wiring.importing import Progress, canonical
from answerable.wiring.policies import load_policies


class EvidenceFolder:
    """A folder with one file an agency and district. Implements `answerable.answer.compare.evidence.EvidenceStore`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, agency: str, district: str) -> Evidence:
        """What was kept, or evidence of nothing. Raises InputError for a file that is something else."""
        path = self._path(agency, district)
        if not path.exists():
            return Evidence(agency=agency, district=district)
        try:
            kept = json_as(read_small(path, what="kept evidence"), Evidence)
        except NotationError as fault:
            raise InputError(f"{path}: this is no evidence that was kept: {fault}") from fault
        if (kept.agency, kept.district) != (agency, district):
            raise InputError(f"{path}: it is the evidence of {kept.agency!r} in {kept.district!r}")
        return kept

    def write(self, evidence: Evidence) -> None:
        """In full or not at all. Raises StorageError."""
        make_folder(self._folder)
        content = stable_json(msgspec.to_builtins(evidence))
        write_atomically(self._path(evidence.agency, evidence.district), content)

    def _path(self, agency: str, district: str) -> Path:
        readable = re.sub(r"[^A-Za-z0-9]+", "-", f"{agency}--{district}")[:80]
        mark = hashlib.sha256(f"{agency}\0{district}".encode()).hexdigest()[:8]
        return self._folder / f"{readable}-{mark}.json"


def watch_claim(
    path: Path, files: Sequence[Path], *, source: str | None, policies: Sequence[Path], state: Path,
    progress: Progress | None = None,
) -> list[Evidence]:  # fmt: skip
    """Continue the evidence of a claim with the whole days of a record. Raises ClaimError, SourceError, InputError."""
    claim = load_claim(path)
    if claim.kind not in COMPARED:
        raise ClaimError(f"{path.name}: a claim of kind {claim.kind} compares nothing, so there is nothing to watch")
    with tempfile.TemporaryDirectory(prefix="answerable-") as folder:
        parquet, manifest = canonical(
            files, source=source, folder=Path(folder), encoding=None, as_of=None, progress=progress
        )
        terms = terms_of(manifest)
        judgement = evaluate(
            parquet, versions=load_policies(policies), terms=terms, settings=read_settings(), progress=progress
        )
        with closing(judgement.connection):
            calls = ComparableFile(
                judgement, JudgedFile(judgement, terms=terms), timezone=manifest.timezone, horizon_us=terms.horizon_us
            )
            neighbours = (claim.terms or Terms()).neighbours
            found = calls.candidates(claim.scope, neighbours=neighbours)
            strata = match(found.claimed, found.others, neighbours=neighbours).strata
    last_us = manifest.horizon_us or 0
    today = from_us(last_us).astimezone(ZoneInfo(manifest.timezone)).date().isoformat()
    return watch(strata, who=claim.id, before_day=today, store=EvidenceFolder(state))
