"""What an examination of the live record found, read back without the engine that found it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import msgspec

from answerable.model.claim import Evidence
from answerable.model.finding import CallInScope, PassageVerdict
from answerable.wiring.files import read_small

RESULT: Final = "result"
"""The folder of a result, inside the folder of an examination."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one entry of a complainant's list."""

    entry: str
    state: str
    call: str | None
    how: str

    @property
    def words(self) -> str:
        """The state as people read it."""
        return self.state.replace("_", " ")


class FindingRead(msgspec.Struct, frozen=True, kw_only=True):
    """A claim answered, as `finding.json` says it (`answerable.model.finding.ClaimFinding` has the words)."""

    id: str
    kind: str
    text: str
    finding: str
    cannot_be_determined: bool
    answer: str
    because: tuple[str, ...]
    calls: tuple[CallInScope, ...]
    limits: tuple[str, ...]
    would_change: tuple[str, ...]
    passages: tuple[PassageVerdict, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    identified: tuple[Entry, ...] = ()


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """What the record says to an allegation: its findings, the outcomes of all calls, where the result lies."""

    folder: Path
    as_of_us: int
    findings: tuple[FindingRead, ...]
    outcomes: dict[str, int]
    limits: tuple[str, ...]
    policies: tuple[str, ...]


def read_examined(out: Path) -> Examined:
    """What an examination found, as it was written. Raises StorageError, InputError."""
    found = json.loads(read_small(out / RESULT / "finding.json", what="a finding"))
    return Examined(
        folder=out,
        as_of_us=found["as_of_us"],
        findings=msgspec.convert(found["claims"], tuple[FindingRead, ...]),
        outcomes={outcome: count for outcome, count in found["outcomes"].items() if count},
        limits=tuple(found["limits"]),
        policies=tuple(f"{one['id']} {one['version']}" for one in found["policies"]),
    )
