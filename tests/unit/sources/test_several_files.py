"""Several files and folders: one import, rows counted for each file and in all, every fault with its file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from tests.support.sources import HEADER, TOWN, import_given, row, town_csv

from answerable.errors import SourceError
from answerable.model.source import Rows


def call(number: str, hour: int = 12, **values: str) -> tuple[str, ...]:
    return row(Number=number, Received=f"2023-06-01 {hour:02}:00:00", **values)


def write(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def three(folder: Path) -> Path:
    return write(
        folder,
        {
            "b.csv": town_csv([call("3", 15), call("1", 12)]) + b"too,short\n",
            "a.csv": town_csv([call("1", 12), call("2", 13), call("2", 13), row(Number="x", Received="soon")]),
            "c.csv": town_csv([]),
        },
    )


def test_rows_are_counted_for_each_file_and_in_all(tmp_path: Path) -> None:
    found = import_given(tmp_path, three(tmp_path / "in"))
    rows = {part.name: part.rows for part in found.manifest.parts}
    assert rows == {
        "a.csv": Rows(read=4, imported=2, quarantined=1, duplicates=1),
        "b.csv": Rows(read=3, imported=1, quarantined=1, duplicates=1),
        "c.csv": Rows(read=0, imported=0, quarantined=0, duplicates=0),
    }
    assert found.manifest.rows == Rows(read=7, imported=3, quarantined=2, duplicates=2)
    assert [one["call_id"] for one in found.calls] == ["1", "2", "3"]
    assert "1 duplicates are copies of a row in an earlier file." in found.manifest.notes


def test_the_quarantine_names_the_file_and_its_own_line(tmp_path: Path) -> None:
    found = import_given(tmp_path, three(tmp_path / "in"))
    assert [(bad["file"], bad["line"], bad["value"], bad["raw"]) for bad in found.quarantine] == [
        ("a.csv", "5", "soon", "x,soon,,,,,,,,"),
        ("b.csv", "4", "", "too,short"),
    ]


def test_every_call_names_its_file_and_its_line_there(tmp_path: Path) -> None:
    folder = three(tmp_path / "in")
    (folder / "d.csv").write_bytes(town_csv([call("4", 16), call("5", 17)]))
    found = import_given(tmp_path, folder)
    places = {one["call_id"]: (one["raw_file"], one["raw_line_no"]) for one in found.calls}
    assert places == {"1": ("a.csv", 2), "2": ("a.csv", 3), "3": ("b.csv", 2), "4": ("d.csv", 2), "5": ("d.csv", 3)}
    for number, (file, line) in places.items():
        assert (folder / file).read_text(encoding="utf-8").splitlines()[line - 1].startswith(f"{number},")


def test_the_rows_of_a_call_count_through_the_files_and_lead_back(tmp_path: Path) -> None:
    found = import_given(tmp_path, three(tmp_path / "in"))
    before = {part.name: part.lines_before for part in found.manifest.parts}
    assert before == {"a.csv": 0, "b.csv": 5, "c.csv": 9}
    third = next(one for one in found.calls if one["call_id"] == "3")
    assert third["raw"][0]["line"] == before[third["raw_file"]] + third["raw_line_no"]


def test_a_single_file_is_named_as_well(tmp_path: Path) -> None:
    (tmp_path / "it's.csv").write_bytes(town_csv([call("1")]))
    assert [one["raw_file"] for one in import_given(tmp_path, tmp_path / "it's.csv").calls] == ["it's.csv"]


def test_every_file_is_sealed_and_all_of_them_together(tmp_path: Path) -> None:
    folder = three(tmp_path / "in")
    manifest = import_given(tmp_path, folder).manifest
    sums = [(name, hashlib.sha256((folder / name).read_bytes()).hexdigest()) for name in ("a.csv", "b.csv", "c.csv")]
    assert [(one.name, one.sha256) for one in manifest.files] == sums
    listing = "".join(f"{digest}  {name}\n" for name, digest in sums)
    assert manifest.file.sha256 == hashlib.sha256(listing.encode()).hexdigest()
    assert (manifest.file.name, manifest.file.size_bytes) == ("in", sum(one.size_bytes for one in manifest.files))


def test_one_file_is_its_own_seal(tmp_path: Path) -> None:
    manifest = import_given(tmp_path, three(tmp_path / "in") / "b.csv").manifest
    assert manifest.files == (manifest.file,)
    assert [(part.name, part.rows) for part in manifest.parts] == [("b.csv", manifest.rows)]


def test_the_order_in_which_they_are_named_does_not_matter(tmp_path: Path) -> None:
    folder = three(tmp_path / "in")
    files = [folder / name for name in ("c.csv", "a.csv", "b.csv")]
    one = import_given(tmp_path / "1", files)
    two = import_given(tmp_path / "2", files[::-1])
    assert one.manifest == two.manifest
    assert one.out.read_bytes() == two.out.read_bytes()
    assert one.manifest.file.name == "a.csv and 2 more"
    assert one.out.read_bytes() == import_given(tmp_path / "3", folder).out.read_bytes()


def test_columns_may_stand_in_another_order_and_be_spelled_otherwise(tmp_path: Path) -> None:
    header = [column.replace("Urgency", "Prio") for column in reversed(HEADER)]
    reverse = [",".join(header), ",".join(reversed(call("1", Urgency="1"))), ",".join(reversed(call("2", Urgency="0")))]
    folder = write(tmp_path / "in", {"a.csv": town_csv([call("1", Urgency="1")]), "b.csv": "\n".join(reverse).encode()})
    found = import_given(tmp_path, folder)
    assert found.manifest.rows == Rows(read=3, imported=2, quarantined=0, duplicates=1)
    assert {one["call_id"]: one["priority_initial_raw"] for one in found.calls} == {"1": "1", "2": "0"}
    assert "Column 'Urgency' is spelled 'Prio' in b.csv." in found.manifest.notes


def test_a_column_of_no_use_may_be_in_one_file_only_and_that_is_said(tmp_path: Path) -> None:
    more = town_csv([call("2")]).replace(b"Danger\n", b"Danger,Extra\n").replace(b",\n", b",,seen\n")
    found = import_given(tmp_path, write(tmp_path / "in", {"a.csv": town_csv([call("1")]), "b.csv": more}))
    assert {one["call_id"]: one["raw"][0]["Extra"] for one in found.calls} == {"1": "", "2": "seen"}
    assert "Column 'Extra', of no use here, is absent from a.csv." in found.manifest.notes


def test_a_column_of_use_must_be_in_every_file_or_in_none(tmp_path: Path) -> None:
    profile = TOWN.replace('arrived_at           = "Arrived"', 'arrived_at = { column = "Arrived", optional = true }')
    without = town_csv([call("2")]).replace(b"Arrived,", b"").replace(b":00,,,", b":00,,")
    folder = write(tmp_path / "in", {"a.csv": town_csv([call("1")]), "b.csv": without})
    with pytest.raises(SourceError, match=r"b\.csv, line 1: it has no column 'Arrived', which a\.csv has") as caught:
        import_given(tmp_path, folder, profile=profile)
    assert "Import the two apart" in str(caught.value.hint)


def test_an_unlisted_code_of_a_draft_is_named_with_its_own_file_and_line(tmp_path: Path) -> None:
    profile = TOWN.replace("verified     = true", "verified     = false")
    folder = write(
        tmp_path / "in", {"a.csv": town_csv([call("1")]), "b.csv": town_csv([call("2"), call("3", Code="WHAT")])}
    )
    with pytest.raises(SourceError, match=r"b\.csv, line 3, column Code, value 'WHAT'"):
        import_given(tmp_path, folder, profile=profile)


def test_files_of_other_kinds_come_together(tmp_path: Path) -> None:
    json_line = b'{"Number":"2","Received":"2023-06-01 13:00:00"' + b"".join(
        f',"{column}":""'.encode() for column in HEADER if column not in ("Number", "Received")
    )
    folder = write(tmp_path / "in", {"a.csv": town_csv([call("1")]), "b.jsonl": json_line + b"}\n"})
    found = import_given(tmp_path, folder)
    assert [one["call_id"] for one in found.calls] == ["1", "2"]
    assert any(note.startswith("b.jsonl: Read as JSON lines") for note in found.manifest.notes)


def test_quoted_line_ends_and_stray_quotes_keep_their_lines_in_every_file(tmp_path: Path) -> None:
    spanning = town_csv([call("1", Closer="two\nlines"), call("2", 13)])
    stray = town_csv([call("3", 14), call("4", 15)]) + b'5,"\n'
    found = import_given(tmp_path, write(tmp_path / "in", {"a.csv": spanning, "b.csv": stray, "c.csv": spanning}))
    places = [(one["call_id"], one["raw_file"], one["raw_line_no"]) for one in found.calls]
    assert places == [("1", "a.csv", 2), ("2", "a.csv", 4), ("3", "b.csv", 2), ("4", "b.csv", 3)]
    assert [(bad["file"], bad["line"]) for bad in found.quarantine] == [("b.csv", "4")]
    assert [part.rows.duplicates for part in found.manifest.parts] == [0, 0, 2]


def test_what_lies_in_a_folder_besides_is_named_and_left(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", {"a.csv": town_csv([call("1")]), "notes.md": b"x", ".hidden.csv": b"x"})
    assert "Not read in in, by their names: notes.md." in import_given(tmp_path, folder).manifest.notes


def test_what_an_import_wrote_into_the_folder_is_not_read_back(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", {"a.csv": town_csv([call("1")])})
    first = import_given(folder, folder)
    for name in ("calls.parquet", "calls.quarantine.csv", "calls.manifest.json"):
        (first.out.parent / name).rename(folder / name)
    again = import_given(tmp_path, folder)
    assert [one.name for one in again.manifest.files] == ["a.csv"]
    assert any("calls.parquet" in note for note in again.manifest.notes)


def test_a_txt_file_is_read_where_it_stands_alone(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", {"calls.txt": town_csv([call("1")])})
    assert [one.name for one in import_given(tmp_path, folder).manifest.files] == ["calls.txt"]


def test_a_folder_without_anything_to_read_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", {"notes.md": b"x"})
    with pytest.raises(SourceError, match="no file in this folder can be read as calls") as caught:
        import_given(tmp_path, folder)
    assert ".csv" in str(caught.value.hint)
    assert caught.value.file == str(folder)


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    one, two = three(tmp_path / "1"), three(tmp_path / "2")
    with pytest.raises(SourceError, match=r"a\.csv: two files of this name were given"):
        import_given(tmp_path, [one, two])


def test_a_missing_file_among_several_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"gone\.csv: there is no such file"):
        import_given(tmp_path, [three(tmp_path / "in"), tmp_path / "gone.csv"])


def test_folders_in_a_folder_are_read_too(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", {"a.csv": town_csv([call("1")])})
    write(folder / "2017", {"b.csv": town_csv([call("2")]), "readme.md": b"x"})
    write(folder / ".git", {"c.csv": town_csv([call("3")])})
    found = import_given(tmp_path, folder)
    assert [one["call_id"] for one in found.calls] == ["1", "2"]
    assert "Not read in in/2017, by their names: readme.md." in found.manifest.notes


def test_a_folder_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", {"a.csv": town_csv([call("1")])})
    (folder / "again").symlink_to(folder, target_is_directory=True)
    assert len(import_given(tmp_path, folder).calls) == 1


def test_files_of_one_name_in_two_folders_are_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", {"a.csv": town_csv([call("1")])})
    write(folder / "2017", {"a.csv": town_csv([call("2")])})
    with pytest.raises(SourceError, match="two files of this name"):
        import_given(tmp_path, folder)


def test_a_folder_whose_folders_have_no_calls_either_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", {"notes.md": b"x"})
    write(folder / "more", {"notes.md": b"x"})
    with pytest.raises(SourceError, match="no file in this folder can be read as calls"):
        import_given(tmp_path, folder)
