"""Many files held to account: what reconciles, what does not, what is not recognised, and what is no table of calls."""

from __future__ import annotations

from pathlib import Path

import pytest

from answerable.errors import SourceError, StorageError
from answerable.model.reconciliation import ReconciledFile, State
from answerable.model.source import Rows
from answerable.sources import Recount
from answerable.wiring import reconcile, reconciling

HEADER = (
    "incident_num,date_time,day_of_week,address_number_primary,address_dir_primary,address_road_primary,"
    "address_sfx_primary,address_dir_intersecting,address_road_intersecting,address_sfx_intersecting,"
    "call_type,disposition,beat,priority"
)
CODES = "dispo_code,description\nK,NO REPORT\nW,NO DISPATCH\n"


def call(number: int, when: str = "2023-01-01 00:00:05") -> str:
    return f"E{number:03},{when},1,0,,05TH,AVE,,G,,FD,K,523,2"


def calls_csv(*lines: str) -> str:
    return "\n".join((HEADER, *lines)) + "\n"


def folder_of(tmp_path: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def by_name(folder: Path) -> dict[str, ReconciledFile]:
    return {one.file: one for one in reconcile([folder]).files}


def test_every_file_below_a_folder_is_counted_however_deep(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path,
        {
            "2023/a.csv": calls_csv(call(1), call(2), call(2), call(3, "soon"), "too,short"),
            "b.csv": calls_csv(call(4)),
            ".hidden/c.csv": calls_csv(call(5)),
            "2023/notes.md": "no calls",
        },
    )
    found = reconcile([folder])
    assert [one.file for one in found.files] == ["b.csv", "2023/a.csv"]
    assert found.files[1].rows == Rows(read=5, imported=2, quarantined=2, duplicates=1)
    assert found.files[1].found_again == {"imported": 2, "quarantined": 2}
    assert (found.rows, found.calls) == (Rows(read=6, imported=3, quarantined=2, duplicates=1), 3)
    assert found.not_read == ("2023/notes.md",)
    assert found.ok


def test_a_list_of_codes_is_said_to_be_no_table_of_calls(tmp_path: Path) -> None:
    found = by_name(folder_of(tmp_path, {"codes.csv": CODES}))["codes.csv"]
    assert (found.state, found.rows) == (State.NO_CALLS, None)
    assert "none of its values looks like a date or a time" in found.because
    assert not reconcile([tmp_path]).ok


@pytest.mark.parametrize(
    "when", ["2018-06-19", "6/19/18 14:05", "14:05", "20180619140500", "1529442300", "19-JUN-18", "June 19, 2018"]
)
def test_a_table_with_times_that_no_profile_knows_is_not_recognised(when: str, tmp_path: Path) -> None:
    found = by_name(folder_of(tmp_path, {"x.csv": f'what,when\nFire,"{when}"\n'}))["x.csv"]
    assert found.state is State.NOT_RECOGNISED
    assert "The nearest is" in found.because


def test_a_header_alone_might_have_had_times(tmp_path: Path) -> None:
    assert by_name(folder_of(tmp_path, {"x.csv": "what,when\n"}))["x.csv"].state is State.NOT_RECOGNISED


def test_a_file_that_cannot_be_imported_stops_none_of_the_others(tmp_path: Path) -> None:
    found = by_name(folder_of(tmp_path, {"a.csv": "", "b.csv": calls_csv(call(1))}))
    assert found["a.csv"].state is State.REFUSED
    assert "the file is empty" in found["a.csv"].because
    assert found["b.csv"].state is State.RECONCILES


def test_what_was_written_must_be_what_the_manifest_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = folder_of(tmp_path, {"a.csv": calls_csv(call(1), call(2))})
    monkeypatch.setattr(reconciling, "recount", lambda _: Recount(calls=2, rows=1, quarantined=0))
    found = reconcile([folder])
    assert found.files[0].state is State.DOES_NOT_RECONCILE
    assert found.files[0].because == "rows read: 2 said, 1 found; imported: 2 said, 1 found"
    assert not found.ok


def test_files_given_and_found_are_read_once(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, {"a.csv": calls_csv(call(1))})
    assert len(reconcile([folder / "a.csv", folder]).files) == 1


def test_nothing_to_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="nothing below it can be read as calls"):
        reconcile([folder_of(tmp_path, {"readme.md": "none"})])
    with pytest.raises(SourceError, match="there is no such file"):
        reconcile([tmp_path / "gone.csv"])


def test_a_disk_that_refuses_ends_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise StorageError("no space left")

    monkeypatch.setattr(reconciling, "import_calls", refuse)
    with pytest.raises(StorageError, match="no space left"):
        reconcile([folder_of(tmp_path, {"a.csv": calls_csv(call(1))})])


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, {"a.csv": calls_csv(call(1))})
    reconcile([folder])
    assert [path.name for path in folder.rglob("*")] == ["a.csv"]


def test_progress_is_told_file_by_file(tmp_path: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    folder = folder_of(tmp_path, {"a.csv": CODES, "b.csv": CODES})
    reconcile([folder], progress=lambda *step: told.append(step))
    assert told == [("file 1 of 2", 0, 2), ("file 2 of 2", 1, 2)]
