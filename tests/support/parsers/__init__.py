"""Everything that reads what somebody else wrote, as a table that one test tries."""

from __future__ import annotations

from typing import Final

from tests.support.parsers import door, ours, people, proofs, rows
from tests.support.parsers.asking import Parser

ALL: Final[tuple[Parser, ...]] = (
    *people.PARSERS,
    *door.PARSERS,
    *proofs.PARSERS,
    *ours.PARSERS,
    *rows.PARSERS,
)
