"""`answerable export`: read back with the standard library, to the letter."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import Result
from tests.support.examinations import BIDI, FORMULA, HOSTILE, sample_examination
from tests.support.result_folders import report_row, result_folder

from answerable.errors import StorageError
from answerable.model.examination import ReportRow
from answerable.report.datasette import _CALLS, _tables
from answerable.report.sqlite_file import CALL_COLUMNS, FACETS, write_sqlite

Run = Callable[..., Result]
EXAMINATION = sample_examination()
CLAIM = EXAMINATION.claims[0].id
ROWS = [
    report_row("18-1", type=FORMULA, outcome="unheard", limit_s=300, because=HOSTILE, claims=(CLAIM,)),
    report_row("18-2", type=BIDI, waited_s=0, claims=(CLAIM, EXAMINATION.claims[1].id)),
    report_row("18-2", district="EAST", reason="fact", outcome="undetermined"),
]
EXPORT = ("export", "report", "--sqlite", "calls.db")


@pytest.fixture
def exported(run: Run) -> Iterator[sqlite3.Connection]:
    result_folder(Path("report"), ROWS, EXAMINATION)
    done = run(*EXPORT)
    assert done.exit_code == 0, done.output
    with closing(sqlite3.connect("calls.db")) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def test_every_call_is_there_in_its_order_and_exact(exported: sqlite3.Connection) -> None:
    found = exported.execute("SELECT * FROM calls ORDER BY id").fetchall()
    assert list(found[0].keys()) == ["id", *CALL_COLUMNS]
    for number, (row, read) in enumerate(zip(ROWS, found, strict=True), start=1):
        assert tuple(read) == (
            number,
            *(None if getattr(row, name) == "" else getattr(row, name) for name in CALL_COLUMNS),
        )


def test_the_columns_are_the_allow_list_and_every_one_is_described() -> None:
    assert set(CALL_COLUMNS) | {"claims"} == set(ReportRow.__struct_fields__)
    assert set(_CALLS) == set(CALL_COLUMNS)


def test_what_is_empty_is_null_and_so_in_no_list_of_values(exported: sqlite3.Connection) -> None:
    assert exported.execute("SELECT count(*), count(reason) FROM calls").fetchone()[:] == (3, 1)
    assert exported.execute("SELECT count(*) FROM calls WHERE reason = ''").fetchone()[0] == 0


def test_claims_findings_and_whose_calls_they_are(exported: sqlite3.Connection) -> None:
    pairs = exported.execute("SELECT claim, call FROM claim_calls ORDER BY claim, call").fetchall()
    assert {tuple(pair) for pair in pairs} == {(CLAIM, 1), (CLAIM, 2), (EXAMINATION.claims[1].id, 2)}
    for claim in EXAMINATION.claims:
        row = exported.execute(
            "SELECT * FROM claims JOIN findings ON findings.claim = claims.id WHERE id = ?", [claim.id]
        ).fetchone()
        for name in ("kind", "text", "alleged_by", "claim_sha256", "status", "finding", "answer", "rule"):
            assert row[name] == getattr(claim, name)
        assert row["cannot_be_determined"] == int(claim.cannot_be_determined)
        assert json.loads(row["because"]) == list(claim.because)
        assert json.loads(row["figures"]) == claim.figures
    assert exported.execute("PRAGMA foreign_key_check").fetchall() == []
    assert exported.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_every_facet_has_its_index(exported: sqlite3.Connection) -> None:
    for facet in FACETS:
        plan = exported.execute(f"EXPLAIN QUERY PLAN SELECT * FROM calls WHERE {facet} = ''").fetchone()
        assert f"INDEX calls_{facet}" in plan["detail"]


def test_about_names_source_licence_notice_and_every_seal(exported: sqlite3.Connection) -> None:
    about = {(row["section"], row["key"]): row["value"] for row in exported.execute("SELECT * FROM about")}
    source = EXAMINATION.source
    assert about["result", "made_up"] == EXAMINATION.made_up
    assert about["source", "licence"] == source.licence
    assert about["source", "sha256"] == source.file.sha256
    for name in ("calls.parquet", "finding.json"):
        assert about["file", name] == hashlib.sha256((Path("report") / name).read_bytes()).hexdigest()
    assert about["result", "manifest_sha256"] == hashlib.sha256(Path("report/manifest.json").read_bytes()).hexdigest()
    assert EXAMINATION.recompute not in about.values(), "the command has the paths of somebody's machine"


def test_the_metadata_describes_tables_and_columns_that_exist(exported: sqlite3.Connection) -> None:
    metadata = json.loads(Path("metadata.json").read_text(encoding="utf-8"))
    assert metadata["title"] == EXAMINATION.source.title
    assert metadata["license"] == EXAMINATION.source.licence
    assert metadata["description"].startswith(EXAMINATION.made_up)
    assert set(metadata["databases"]) == {"calls"}
    tables = metadata["databases"]["calls"]["tables"]
    assert tables == _tables()
    there = {row["name"] for row in exported.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert set(tables) == there
    for table, its in tables.items():
        columns = {row["name"] for row in exported.execute(f"PRAGMA table_info({table})")}
        named = {*its.get("facets", ()), *its.get("columns", ())}
        named |= {its[key] for key in ("label_column", "sort") if key in its}
        assert named <= columns
    assert tables["calls"]["facets"] == list(FACETS)
    assert list(tables["calls"]["columns"]) == list(CALL_COLUMNS), "explained in their own order"
    assert tables["claim_calls"]["hidden"] is True


def test_the_export_as_json_is_one_document_and_an_earlier_one_is_replaced(
    run: Run, exported: sqlite3.Connection
) -> None:
    result_folder(Path("report"), ROWS[:1], EXAMINATION)
    found = json.loads(run(*EXPORT, "--json").stdout)
    assert found == {
        "sqlite": "calls.db", "metadata": "metadata.json", "calls": 1, "claims": len(EXAMINATION.claims)
    }  # fmt: skip
    with closing(sqlite3.connect("calls.db")) as connection:
        assert connection.execute("SELECT count(*) FROM calls").fetchone() == (1,)


def test_many_calls_keep_their_numbers_over_batches(tmp_path: Path) -> None:
    rows = (msgspec.structs.asdict(report_row(f"{number:05}", claims=())) for number in range(20_001))
    assert write_sqlite(tmp_path / "many.db", calls=rows, claims=[], about=[]) == 20_001
    with closing(sqlite3.connect(tmp_path / "many.db")) as connection:
        assert connection.execute("SELECT count(*), sum(id = call + 1) FROM calls").fetchone() == (20_001, 20_001)


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("calls.db", "not a database", "calls.db is there already"),
        ("metadata.json", '{"title": "mine"}', "metadata.json is there already"),
        ("metadata.json", "[", "metadata.json is there already"),
    ],
)
def test_what_somebody_else_wrote_is_never_replaced(file: str, content: str, said: str, run: Run) -> None:
    result_folder(Path("report"), ROWS, EXAMINATION)
    Path(file).write_text(content, encoding="utf-8")
    done = run(*EXPORT)
    assert done.exit_code == 2
    assert said in done.stderr
    assert Path(file).read_text(encoding="utf-8") == content


def test_somebody_elses_database_is_never_replaced(run: Run) -> None:
    result_folder(Path("report"), ROWS, EXAMINATION)
    with closing(sqlite3.connect("calls.db")) as connection:
        connection.execute("CREATE TABLE mine (a)")
    before = Path("calls.db").read_bytes()
    assert run(*EXPORT).exit_code == 2
    assert Path("calls.db").read_bytes() == before


def test_a_result_that_is_not_what_was_sealed_is_not_exported(run: Run) -> None:
    result_folder(Path("report"), ROWS, EXAMINATION)
    finding = Path("report/finding.json")
    finding.write_bytes(finding.read_bytes().replace(b"sustained", b"unfounded"))
    done = run(*EXPORT)
    assert done.exit_code == 2
    assert "not those that manifest.json seals" in done.stderr
    assert not Path("calls.db").exists()


def test_the_result_folder_itself_stays_as_it_was_sealed(run: Run) -> None:
    result_folder(Path("report"), ROWS, EXAMINATION)
    done = run("export", "report", "--sqlite", "report/calls.db")
    assert done.exit_code == 2
    assert "which is sealed" in done.stderr


def test_an_export_that_fails_half_way_leaves_what_was_there(tmp_path: Path) -> None:
    out = tmp_path / "calls.db"
    write_sqlite(out, calls=[msgspec.structs.asdict(report_row("18-1"))], claims=[], about=[("a", "b", "c")])
    before = out.read_bytes()

    def broken() -> Iterator[dict[str, Any]]:
        yield msgspec.structs.asdict(report_row("18-2"))
        raise OSError(28, "No space left on device")

    with pytest.raises(StorageError, match="No space left"):
        write_sqlite(out, calls=broken(), claims=[], about=[])
    assert out.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["calls.db"]


def test_a_folder_that_cannot_be_written_is_a_storage_fault(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        write_sqlite(tmp_path / "nowhere" / "calls.db", calls=[], claims=[], about=[])
