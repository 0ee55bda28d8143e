"""An allegation held against the live record: the same examination as of a file, on the record's own entries."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import tomlkit

from answerable.errors import InputError
from answerable.model.claim import ClaimKind
from answerable.record.ports import Store
from answerable.watch.beside_calls import Allegation
from answerable.wiring.desk_examined import RESULT, Examined, read_examined
from answerable.wiring.desk_export import export_desk
from answerable.wiring.examining import examine_file
from answerable.wiring.folders import made

FILES, CLAIM = "record", "claim.toml"
ANSWERED: Final = frozenset({ClaimKind.CALLS_IGNORED, ClaimKind.REQUEST_DENIED})
"""The kinds of claim that need nothing but the record and the calls they name."""


def examine_allegation(allegation: Allegation, *, store: Store, origin: str, out: Path, at_us: int) -> Examined:
    """Put an allegation to the record as it is now; the result is written to the folder `out`, which is new.

    Raises InputError for an allegation of another kind and where there is no policy; AnswerableError.
    """
    if allegation.kind not in ANSWERED:
        raise InputError(
            f"An allegation of the kind {allegation.kind!r} is not put to the record from here.",
            hint="`answerable claim new KIND` begins its file, and `answerable examine --claim` answers it.",
        )
    with made(out):
        files = export_desk(store, out / FILES, origin=origin, at_us=at_us)
        claim = out / CLAIM
        claim.write_text(claim_text(allegation), encoding="utf-8")
        examine_file(
            files.calls, source=str(files.profile), policies=[files.policies], facts=files.facts,
            decisions=files.decisions, claims=[claim], out=out / RESULT,
            command=f"answerable examine {FILES}/calls.csv --source {FILES}/profile.toml --policy {FILES}/policies "
            f"--facts {FILES}/facts.csv --decisions {FILES}/decisions.csv --claim {CLAIM} --out {RESULT}",
        )  # fmt: skip
    return read_examined(out)


def claim_text(allegation: Allegation) -> str:
    """The claim file of an allegation: the calls it names, or every call where it names none."""
    scope = tomlkit.table()
    if allegation.calls:
        scope["calls"] = list(allegation.calls)
    claim = tomlkit.table()
    claim["id"] = f"allegation-{allegation.id[:40].lower()}"
    claim["kind"] = allegation.kind
    claim["text"] = " ".join((allegation.text or "What is alleged was withheld or erased.").split())
    claim["alleged-by"] = allegation.by or "withheld or erased"
    document = tomlkit.document()
    document["answerable-claim"] = 1
    document["claim"] = claim
    document["scope"] = scope
    return tomlkit.dumps(document)
