"""The conformance cases of the response policy, for whoever writes another implementation. Deterministic.

`python -m tests.support.policy_vectors` writes the files in `vectors/policy/`. What is expected is worked out a second
way (`tests.support.random_policy`: every possible call is tried) or said here by hand, never asked of the program.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeAlias

Case: TypeAlias = dict[str, Any]

FOLDER = Path(__file__).resolve().parents[3] / "vectors" / "policy"


def written(about: str, cases: list[Case], **shared: object) -> str:
    """The text of a file of vectors. No name stands twice."""
    names = [case["name"] for case in cases]
    assert len(set(names)) == len(names), sorted(name for name in names if names.count(name) > 1)
    document = {"schema": "answerable/vectors@1", "about": about, **shared, "cases": cases}
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"


def all_files() -> dict[str, str]:
    """File name to text, for every file of vectors."""
    from tests.support.policy_vectors import conditions, decisions, texts  # noqa: PLC0415

    return {
        "conditions.json": written(conditions.ABOUT, conditions.cases(), facts=conditions.FACTS),
        "decisions.json": written(decisions.ABOUT, decisions.cases(), policies=decisions.policies()),
        "texts.json": written(texts.ABOUT, texts.cases()),
    }
