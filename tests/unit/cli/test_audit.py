"""`answerable audit` on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from answerable.errors import MissingExtraError
from answerable.model.audit import Audit, AuditedFile, Stratum
from answerable.model.outcome import Outcome

FOUND = Audit(
    program="answerable 0",
    files=(AuditedFile(file="calls.parquet", source="somewhere", timezone="UTC", parquet_sha256="0" * 64, calls=8),),
    policies=(),
    calls=8,
    outcomes={outcome.value: 0 for outcome in Outcome} | {"answered": 6, "unheard": 2},
    undetermined={},
    undetermined_facts={},
    merged_as={},
    strata=(Stratum(month="2024-01", district="1", priority=2, outcome="unheard", calls=2),),
    ignored=2,
    ignored_sha256="1" * 64,
    digest="ab" * 32,
)


@pytest.fixture
def calls(tmp_path: Path) -> list[str]:
    for name in ("calls.parquet", "policy.toml"):
        (tmp_path / name).write_text("")
    return ["audit", str(tmp_path / "calls.parquet"), "--policy", str(tmp_path / "policy.toml")]


def test_it_says_outcomes_shares_and_the_digest(run: Callable[..., Result], wiring: Any, calls: list[str]) -> None:
    wiring.answers["audit_files"] = FOUND
    done = run(*calls, "--engine", "spark://head:7077", "--out", "audit")
    assert done.exit_code == 0, done.output
    text = " ".join(done.stdout.split())
    assert "8 calls in 1 file; 2 were ignored." in text
    assert "6 75 %" in text
    assert "2 25 %" in text
    assert FOUND.digest in text
    assert " 0 %" not in text  # an outcome that no call has is not listed
    ((_, _, given),) = wiring.asked
    assert given["engine"] == "spark://head:7077"
    assert given["out"] == Path("audit")


def test_as_json_it_is_one_document(run: Callable[..., Result], wiring: Any, calls: list[str]) -> None:
    wiring.answers["audit_files"] = FOUND
    found = json.loads(run(*calls, "--json").stdout)
    assert found["digest"] == FOUND.digest
    assert found["strata"] == [{"month": "2024-01", "district": "1", "priority": 2, "outcome": "unheard", "calls": 2}]
    assert found["out"] is None


def test_an_engine_that_is_not_installed_is_said(run: Callable[..., Result], wiring: Any, calls: list[str]) -> None:
    wiring.answers["audit_files"] = MissingExtraError("auditing on Spark needs PySpark", hint="pip install …")
    done = run(*calls, "--engine", "spark")
    assert done.exit_code == 5
    assert "needs PySpark" in done.stderr


def test_without_a_policy_nothing_is_owed_and_nothing_is_audited(run: Callable[..., Result], calls: list[str]) -> None:
    assert run(*calls[:2]).exit_code == 2


def test_the_memory_allowed_is_handed_on(run: Callable[..., Result], wiring: Any, calls: list[str]) -> None:
    wiring.answers["audit_files"] = FOUND
    assert run(*calls, "--memory", "1GB").exit_code == 0
    assert [given["memory"] for _, _, given in wiring.asked] == ["1GB"]
