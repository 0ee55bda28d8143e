"""The test vectors of the log's formats: every case, good or bad, with its reason. Deterministic.

`python -m tests.support.vectors` writes the files in `vectors/`. What is expected is said here, case by case; proofs
are held against the naive reference before they are written, so that no verdict comes from the program under test.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

Case: TypeAlias = dict[str, Any]

FOLDER = Path(__file__).resolve().parents[3] / "vectors"


def written(about: str, cases: list[Case]) -> str:
    """The text of a file of vectors, one case a line. No name stands twice."""
    names = [case["name"] for case in cases]
    assert len(set(names)) == len(names), sorted(name for name in names if names.count(name) > 1)
    lines = ",\n".join(json.dumps(case, ensure_ascii=True) for case in cases)
    return f'{{"schema": "answerable/vectors@1",\n"about": {json.dumps(about)},\n"cases": [\n{lines}\n]}}\n'


def all_files() -> dict[str, str]:
    """File name to text, for every file of vectors."""
    from tests.support.vectors import disclosures, notes, policies, proofs, receipts  # noqa: PLC0415

    makers: dict[str, tuple[str, Callable[[], list[Case]]]] = {
        "notes.json": (notes.ABOUT, notes.cases),
        "proofs.json": (proofs.ABOUT, proofs.cases),
        "disclosures.json": (disclosures.ABOUT, disclosures.cases),
        "policies.json": (policies.ABOUT, policies.cases),
        "receipts.json": (receipts.ABOUT, receipts.cases),
    }
    return {name: written(about, make()) for name, (about, make) in makers.items()}
