"""What `write_report` leaves in the folder: stable bytes, sealed, whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from pathlib import Path
from typing import NoReturn

import msgspec
import pytest
from tests.support.examinations import empty_examination, sample_examination, sample_rows

from answerable.errors import StorageError
from answerable.report import write_report
from answerable.report.disk import write_atomically
from answerable.report.finding_json import stable_json

ROWS = sample_rows(30)
EXAMINATION = msgspec.structs.replace(sample_examination(ROWS), clocks={})
NAMES = ("calls.csv", "finding.json", "report.html", "manifest.json")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("written") / "deeper" / "report"
    out.mkdir(parents=True)
    (out / "calls.parquet").write_bytes(b"PAR1 stand-in")
    (out / "notes.txt").write_text("not part of the result")
    write_report(EXAMINATION, ROWS, out)
    return out


def test_the_manifest_is_written_last_and_all_paths_are_returned(tmp_path: Path) -> None:
    written = write_report(empty_examination(), (), tmp_path / "out")
    assert tuple(path.name for path in written) == NAMES
    assert all(path.is_file() for path in written)


def test_the_manifest_seals_every_file_of_the_result_and_no_other(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_bytes())
    files = {file["name"]: file for file in manifest["files"]}
    assert set(files) == {"calls.csv", "calls.parquet", "finding.json", "report.html"}
    for name, file in files.items():
        content = (folder / name).read_bytes()
        assert file["sha256"] == hashlib.sha256(content).hexdigest()
        assert file["size_bytes"] == len(content)
    assert manifest["schema"] == "answerable/manifest@1"
    assert manifest["recompute"] == EXAMINATION.recompute
    assert manifest["source"]["file"]["sha256"] == EXAMINATION.source.file.sha256
    assert [policy["sha256"] for policy in manifest["policies"]] == [policy.sha256 for policy in EXAMINATION.policies]
    assert [claim["sha256"] for claim in manifest["claims"]] == [claim.claim_sha256 for claim in EXAMINATION.claims]


def test_the_finding_carries_its_schema_the_claims_the_seal_and_the_policies(folder: Path) -> None:
    finding = json.loads((folder / "finding.json").read_bytes())
    assert finding["schema"] == "answerable/finding@1"
    assert [claim["id"] for claim in finding["claims"]] == [claim.id for claim in EXAMINATION.claims]
    assert {claim["status"] for claim in finding["claims"]} == {"proposed"}
    assert finding["source"]["file"]["sha256"] == EXAMINATION.source.file.sha256
    assert len(finding["policies"]) == 2


def test_keys_are_sorted_whatever_order_they_came_in() -> None:
    assert stable_json({"b": 1, "a": {"d": 2, "c": 3}}) == stable_json({"a": {"c": 3, "d": 2}, "b": 1})
    assert stable_json({"a": "é"}) == '{\n  "a": "é"\n}\n'.encode()


def test_the_page_names_the_digests_of_the_files_beside_it(folder: Path) -> None:
    page = (folder / "report.html").read_text()
    for name in ("calls.csv", "finding.json"):
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() in page


def test_the_same_result_gives_the_same_bytes_in_any_folder(folder: Path, tmp_path: Path) -> None:
    write_report(EXAMINATION, ROWS, tmp_path)
    for name in NAMES[:3]:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_no_temporary_file_stays(folder: Path) -> None:
    assert not [path.name for path in folder.iterdir() if path.name.startswith(".")]


def test_a_full_disk_is_a_storage_error_and_what_was_there_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.html"
    path.write_bytes(b"before")

    def full(_: int) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match=r"report\.html: No space left on device"):
        write_atomically(path, b"after")
    assert path.read_bytes() == b"before"
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.html"]


def test_a_folder_that_cannot_be_made_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(StorageError, match="taken"):
        write_report(empty_examination(), (), tmp_path / "taken")


def test_a_result_without_any_float_stays_without_one(folder: Path) -> None:
    def refuse(text: str) -> NoReturn:
        raise AssertionError(f"{text} is a float: its spelling is not the same everywhere")

    json.loads((folder / "finding.json").read_bytes(), parse_float=refuse)
    json.loads((folder / "manifest.json").read_bytes(), parse_float=refuse)
