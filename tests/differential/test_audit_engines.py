"""One audit, three engines: what DuckDB and Spark count with one text of SQL is what the reference says call by call.

The rows are dirty, and many share everything but their times. Spark is a cluster of two worker processes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.differential.test_bulk_equals_reference import PLAIN, POLICIES, TERMS
from tests.support.alike import rows_alike
from tests.support.canonical import write_canonical
from tests.support.spark_cluster import WORKERS, cluster, missing, workers_that_ran

from answerable.answer.record import SourceTerms
from answerable.config import Settings
from answerable.engines import coded_evaluate
from answerable.engines.audit import FileAudit, audit_by_kinds, audit_by_reference
from answerable.engines.audit_engines import InProcess, OnSpark, QueryEngine, spark_session
from answerable.engines.coded_record import coded_folder, write_coded
from answerable.policy import VersionSet

ZONE = "America/Los_Angeles"
WIDE = msgspec.structs.replace(TERMS["two clocks"], start_point="queued")
CASES: dict[str, tuple[str, SourceTerms]] = {
    "plain": ("two speeds", PLAIN),
    "two clocks": ("choices", TERMS["two clocks"]),
    "calls judged one by one": ("a later version raises", WIDE),
}
WAYS: dict[str, dict[str, Any]] = {"by bounds": {"_NEARLY_ALL": 2.0}, "worked out": {"BOUNDED": "false"}}


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    parquet = write_canonical(tmp_path_factory.mktemp("audit") / "calls.parquet", rows_alike(120, 20, seed=911))
    write_coded(parquet, parquet_sha256="0" * 64, settings=Settings())
    return parquet


def everything(audited: FileAudit) -> tuple[Any, ...]:
    with closing(audited.connection):
        return (*audited.counts, audited.strata, audited.versions, list(audited.ignored()))


def by_reference(parquet: Path, versions: VersionSet, terms: SourceTerms) -> tuple[Any, ...]:
    return everything(audit_by_reference(parquet, versions=versions, terms=terms, timezone=ZONE))


def by_engine(parquet: Path, versions: VersionSet, terms: SourceTerms, engine: QueryEngine) -> tuple[Any, ...]:
    return everything(
        audit_by_kinds(
            parquet, coded=coded_folder(parquet), versions=versions, terms=terms, timezone=ZONE, engine=engine
        )
    )


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("way", WAYS)
def test_duckdb_counts_what_the_reference_says(
    calls: Path, case: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in WAYS[way].items():
        monkeypatch.setattr(coded_evaluate, name, value)
    policy, terms = CASES[case]
    expected = by_reference(calls, POLICIES[policy], terms)
    assert by_engine(calls, POLICIES[policy], terms, InProcess()) == expected
    outcomes, *_, strata, _, ignored = expected
    assert sum(outcomes.values()) == 120 * 20
    assert len({month for month, *_ in strata}) > 1
    assert ignored or not (outcomes["unheard"] + outcomes["closed_without_reason"])


@pytest.mark.parametrize("case", CASES)
def test_the_records_end_is_the_same_asked_once_a_state_or_call_by_call(
    calls: Path, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy, terms = CASES[case]
    given: dict[str, Any] = {"coded": coded_folder(calls), "sets": (POLICIES[policy],), "terms": terms}
    at_once = coded_evaluate.judge_kinds(calls, **given)
    monkeypatch.setattr(coded_evaluate, "_near_the_end", lambda *_, **__: None)
    by_call = coded_evaluate.judge_kinds(calls, **given)
    with closing(at_once.connection), closing(by_call.connection):
        assert at_once.shape.near_us is not None
        rows = [one.connection.execute("FROM key ORDER BY ALL").fetchall() for one in (at_once, by_call)]
        assert rows[0] == rows[1]
        before, after = at_once.connection.execute(
            f"""SELECT count(*) FILTER (received_us < {at_once.shape.near_us}),
                count(*) FILTER (received_us >= {at_once.shape.near_us}) FROM coded_call"""
        ).fetchall()[0]
    assert before > 100
    assert after > 100


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OnSpark, Path]]:
    lacking = missing()
    if lacking is not None:
        if "spark" in os.environ.get("REQUIRE", "").split(","):
            pytest.fail(f"Spark is required here: {lacking}")
        pytest.skip(f"{lacking}: pip install 'answerable[spark]' and a Java runtime")
    folder = tmp_path_factory.mktemp("spark")
    with cluster(folder) as address, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        session = spark_session(address)
        yield OnSpark(session), folder
        session.stop()


@pytest.mark.timeout(900)  # two workers and a driver begin, and share the machine with the other tests
@pytest.mark.filterwarnings("ignore")  # of PySpark's own
@pytest.mark.parametrize(("way", "case"), [("by bounds", "plain"), *(("worked out", case) for case in list(CASES)[1:])])
def test_a_spark_cluster_counts_what_the_reference_says(
    calls: Path, way: str, case: str, spark: tuple[OnSpark, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in WAYS[way].items():
        monkeypatch.setattr(coded_evaluate, name, value)
    policy, terms = CASES[case]
    engine, _ = spark
    assert by_engine(calls, POLICIES[policy], terms, engine) == by_reference(calls, POLICIES[policy], terms)


def test_both_workers_of_the_cluster_took_part(spark: tuple[OnSpark, Path]) -> None:
    assert workers_that_ran(spark[1]) == WORKERS
