"""What a file is written as: the same rows come out of each format, ids with their zeros, faults with their line."""

from __future__ import annotations

import datetime
import io
import json
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from tests.support.sources import HEADER, TOWN, Imported, import_given, row, town_csv

from answerable.errors import MissingExtraError, SourceError
from answerable.sources import Fit, is_publishers_parquet, recognise
from answerable.sources.files.containers import Limits, Readable
from answerable.sources.files.excel import open_workbook
from answerable.sources.files.parquet_rows import open_parquet

ROWS = [
    row(Number="007", Received="2023-06-01 12:00:00", Arrived="2023-06-01 12:30:00", Code="HND", Urgency="1"),
    row(Number="8", Received="2023-06-01 13:00:00", Closer='5" pipe, bent', Code="W"),
]


def given(folder: Path, name: str, content: bytes, **how: Any) -> Imported:
    (folder / name).write_bytes(content)
    return import_given(folder, folder / name, **how)


def refused(folder: Path, name: str, content: bytes, **how: Any) -> SourceError:
    with pytest.raises(SourceError) as caught:
        given(folder, name, content, **how)
    return caught.value


# Delimited text


@pytest.mark.parametrize(("name", "delimiter"), [("t.tsv", "\t"), ("t.tab", "\t"), ("t.psv", "|")])
def test_the_name_of_a_file_promises_its_delimiter(tmp_path: Path, name: str, delimiter: str) -> None:
    text = "\n".join(delimiter.join(one) for one in (HEADER, row(Number="007", Closer="a,b", Received="2023-06-01")))
    found = given(tmp_path, name, text.encode())
    assert [call["call_id"] for call in found.calls] == ["007"]
    assert found.calls[0]["raw"][0]["Closer"] == "a,b"
    assert not [note for note in found.manifest.notes if "between the fields" in note]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_another_delimiter_is_taken_where_only_it_gives_the_header_and_that_is_said(
    tmp_path: Path, delimiter: str
) -> None:
    text = "\n".join(delimiter.join(one) for one in (HEADER, row(Number="007", Received="2023-06-01 12:00:00")))
    found = given(tmp_path, "t.csv", text.encode())
    assert found.calls[0]["call_id"] == "007"
    assert f"Read with {delimiter!r} between the fields, as its header has it." in found.manifest.notes


def test_the_delimiter_of_the_profile_comes_first(tmp_path: Path) -> None:
    profile = TOWN.replace("[clock]", '[file]\ndelimiter = ";"\n\n[clock]')
    text = "\n".join(";".join(one) for one in (HEADER, row(Number="007", Received="2023-06-01 12:00:00")))
    found = given(tmp_path, "t.csv", text.encode(), profile=profile)
    assert (found.calls[0]["call_id"], len(found.manifest.notes)) == ("007", 0)


def test_utf16_with_its_mark_is_read_in_any_delimiter(tmp_path: Path) -> None:
    text = town_csv(ROWS).decode().replace("pipe, bent", "pipe").replace(",", "\t").replace('"', "")
    found = given(tmp_path, "t.csv", text.encode("utf-16"))
    assert [call["call_id"] for call in found.calls] == ["007", "8"]
    assert found.manifest.encoding == "utf-16"


def test_a_line_too_long_for_the_engine_is_quarantined_and_the_others_live(tmp_path: Path) -> None:
    rows = [ROWS[0], row(Number="9", Received="2023-06-01 12:00:00", Closer="x" * 5_000_000 + ',"'), ROWS[0]]
    found = given(tmp_path, "t.csv", town_csv(rows).replace(b'"\n', b"\n"))
    assert found.manifest.rows.read == 3
    assert len(found.quarantine) == 1
    assert "more letters stand in the file" in found.quarantine[0]["raw"]


def test_a_file_without_any_line_end_is_not_read_into_memory(tmp_path: Path) -> None:
    assert "too long to be the names of columns" in str(refused(tmp_path, "t.csv", b"x" * 2_000_000))
    assert "without a line end" in str(refused(tmp_path, "u.csv", town_csv(ROWS) + b"x" * (66 << 20)))


# JSON lines


def lines(*values: object) -> bytes:
    return "".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in values).encode()


def record(**values: Any) -> dict[str, Any]:
    return dict(zip(HEADER, row(), strict=True)) | {"Received": "2023-06-01 12:00:00"} | values


@pytest.mark.parametrize("name", ["t.jsonl", "t.ndjson", "t.json", "unnamed"])
def test_json_lines_are_read_by_their_name_or_their_first_letter(tmp_path: Path, name: str) -> None:
    found = given(tmp_path, name, lines(record(Number="007"), record(Number=8)))
    assert [call["call_id"] for call in found.calls] == ["007", "8"]
    assert [call["raw_line_no"] for call in found.calls] == [1, 2]


def test_json_values_keep_the_letters_they_are_written_in(tmp_path: Path) -> None:
    number = "12345678901234567890.10"
    content = lines(record(Number="1")).replace(b'"Closer": ""', b'"Closer": ' + number.encode())
    content = content.replace(b'"Code": ""', b'"Code": null').replace(b'"Danger": ""', b'"Danger": true')
    raw = given(tmp_path, "t.jsonl", content).calls[0]["raw"][0]
    assert (raw["Closer"], raw["Code"], raw["Danger"]) == (number, "", "true")


def test_a_key_that_a_line_lacks_is_blank_and_a_new_key_is_a_column(tmp_path: Path) -> None:
    short = {"Number": "2", "Received": "2023-06-01 13:00:00", "More": "x"}
    found = given(tmp_path, "t.jsonl", lines(record(Number="1"), short))
    assert [call["raw"][0]["More"] for call in found.calls] == ["", "x"]
    assert found.calls[1]["dispatched_at"] is None


def test_values_inside_values_are_kept_as_json_text_and_that_is_said(tmp_path: Path) -> None:
    found = given(tmp_path, "t.jsonl", lines(record(Number="1", Closer={"a": [1, "é"], "b": None})))
    assert found.calls[0]["raw"][0]["Closer"] == '{"a":[1,"é"],"b":null}'
    assert "Lists and objects are kept as JSON text in: Closer." in found.manifest.notes


BAD_LINES = {
    "{": "is not JSON: Expecting property name",
    "[1]": "is JSON, but not an object",
    "7": "is JSON, but not an object",
    '{"Number": NaN}': "has NaN, which is no JSON number",
    '{"Number": "1", "Number": "2"}': "has the key 'Number' more than once",
    '{"Number": "\\u0000"}': "has a NUL byte",
    '{"Number": "\\ud800"}': "half a letter",
    '{"Number": ' + "[" * 100_000 + "}": "is not",
    '{"Number": "' + "x" * 4_500_000 + '"}': "longer than 4,000,000 letters",
}


@pytest.mark.parametrize("bad", BAD_LINES, ids=[text[:24] for text in BAD_LINES])
def test_a_line_that_is_no_object_is_quarantined_by_itself(tmp_path: Path, bad: str) -> None:
    found = given(tmp_path, "t.jsonl", lines(record(Number="1"), bad, "", record(Number="2")))
    assert [call["call_id"] for call in found.calls] == ["1", "2"]
    assert found.manifest.rows.read == 3
    ((line, reason, raw),) = [(one["line"], one["reason"], one["raw"]) for one in found.quarantine]
    assert line == "2"
    assert BAD_LINES[bad] in reason
    assert raw.startswith(bad[:1000])


def test_a_value_that_cannot_be_read_is_quarantined_with_the_line_as_it_stands(tmp_path: Path) -> None:
    content = lines(record(Number="1"), record(Number="2", Received="yesterday"))
    (bad,) = given(tmp_path, "t.jsonl", content).quarantine
    assert (bad["line"], bad["column"], bad["value"]) == ("2", "Received", "yesterday")
    assert bad["raw"] == content.decode().splitlines()[1]


def test_a_file_without_one_object_is_refused(tmp_path: Path) -> None:
    assert "no line of it is a JSON object; the first is JSON, but not an object" in str(
        refused(tmp_path, "t.jsonl", b"[1]\n[2]\n")
    )
    many = lines({f"k{n}": 1 for n in range(3_000)})
    assert "more than 2,000 different keys" in str(refused(tmp_path, "t.jsonl", many))


# Parquet


def parquet(folder: Path, select: str, name: str = "t.parquet") -> Path:
    with duckdb.connect() as con:
        con.execute(f"COPY ({select}) TO '{folder / name}' (FORMAT parquet)")
    return folder / name


def town_select(**expressions: str) -> str:
    values = dict.fromkeys(HEADER, "''") | {"Received": "'2023-06-01 12:00:00'"} | expressions
    return "SELECT " + ", ".join(f'{value} AS "{column}"' for column, value in values.items())


def test_a_publishers_parquet_is_read_as_text_and_what_was_no_text_is_said(tmp_path: Path) -> None:
    select = town_select(
        Number="'007'", Received="TIMESTAMP '2023-06-01 12:00:00'", Urgency="1.0::DOUBLE", Closer="NULL::VARCHAR",
        Danger="[1, 2]", Code="'HND'::BLOB",
    )  # fmt: skip
    found = import_given(tmp_path, parquet(tmp_path, select))
    raw = found.calls[0]["raw"][0]
    assert (raw["Number"], raw["Received"], raw["Urgency"]) == ("007", "2023-06-01 12:00:00", "1")
    assert (raw["Closer"], raw["Danger"], raw["Code"], raw["line"]) == ("", "[1,2]", "HND", 1)
    assert any("Urgency (DOUBLE)" in note and "Received (TIMESTAMP)" in note for note in found.manifest.notes)


def test_a_bad_row_of_a_parquet_file_is_named_by_its_number(tmp_path: Path) -> None:
    select = town_select(Number="'1'") + " UNION ALL " + town_select(Number="'2'", Received="'soon'")
    select += " UNION ALL " + town_select(Number="'3'", Closer="'a' || chr(0)")
    found = import_given(tmp_path, parquet(tmp_path, select))
    assert [(bad["line"], bad["reason"]) for bad in found.quarantine] == [
        ("2", "is not a time in any format of the profile"),
        ("3", "has a NUL byte"),
    ]
    assert found.quarantine[0]["raw"] == "2,soon,,,,,,,,"
    assert found.manifest.rows.read == 3


def test_damaged_forged_and_our_own_parquet_is_refused(tmp_path: Path) -> None:
    file = parquet(tmp_path, town_select(Number="'1'"))
    damaged = file.read_bytes()[:-20] + b"PAR1"
    assert "cannot be read as Parquet" in str(refused(tmp_path, "d.parquet", damaged))
    assert "cannot be read as Parquet" in str(refused(tmp_path, "e.parquet", b"PAR1 and no more"))
    ours = import_given(tmp_path, file).out
    assert (is_publishers_parquet(file), is_publishers_parquet(ours)) == (True, False)
    with pytest.raises(SourceError, match="canonical calls that `answerable import` wrote"):
        import_given(tmp_path / "again", ours)


def test_a_parquet_file_of_a_million_equal_values_is_a_bomb_within_small_limits(tmp_path: Path) -> None:
    file = parquet(tmp_path, "SELECT '' AS a, '' AS b FROM range(1000000)")
    readable = Readable(path=file, name=file.name, shown=file.name, suffix=".parquet")
    with pytest.raises(SourceError, match="decompression bomb"):
        open_parquet(readable, tmp_path, limits=Limits(ratio_free_bytes=1_000, ratio=10))


# Excel


def workbook(*rows: Sequence[Any], sheets: Sequence[str] = ("Calls",)) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name in sheets:
        sheet = book.create_sheet(name)
        for values in (HEADER, *rows):
            sheet.append(list(values))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cells(**values: Any) -> list[Any]:
    return [({"Received": "2023-06-01 12:00:00"} | values).get(column) for column in HEADER]


def test_cells_become_the_text_that_people_meant(tmp_path: Path) -> None:
    at = datetime.datetime(2023, 6, 1, 12, 30, 5)  # noqa: DTZ001  as a sheet has it, without a zone
    content = workbook(
        cells(Number="007", Received=at, Urgency=1.0, Danger=True, Closer=2.5),
        cells(Number=8, Received=datetime.date(2023, 6, 2), Closer=datetime.timedelta(hours=26, minutes=3)),
        cells(Number=1234567890123456789, Closer=datetime.time(7, 5)),
    )
    found = given(tmp_path, "t.xlsx", content)
    raw = [call["raw"][0] for call in sorted(found.calls, key=lambda call: call["raw_line_no"])]
    assert [one["Number"] for one in raw][:2] == ["007", "8"]
    assert [one["Received"] for one in raw][:2] == ["2023-06-01 12:30:05", "2023-06-02"]
    assert (raw[0]["Urgency"], raw[0]["Danger"], raw[0]["Closer"]) == ("1", "TRUE", "2.5")
    assert [raw[1]["Closer"], raw[2]["Closer"]] == ["26:03:00", "07:05:00"]
    assert [one["line"] for one in raw] == [2, 3, 4]
    assert any("more than 15 digits" in note for note in found.manifest.notes)


def with_formula(content: bytes, cached: bytes) -> bytes:
    """The workbook with a formula for the number of its second row."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                assert b'<c r="A3" t="n"><v>8</v></c>' in part
                part = part.replace(b'<c r="A3" t="n"><v>8</v></c>', b'<c r="A3"><f>4+4</f>' + cached + b"</c>")
            new.writestr(name, part)
    return out.getvalue()


def test_of_a_formula_the_calculated_value_is_taken_and_that_is_said(tmp_path: Path) -> None:
    content = with_formula(workbook(cells(Number="7"), cells(Number=8)), b"<v>8</v>")
    found = given(tmp_path, "t.xlsx", content)
    assert sorted(call["call_id"] for call in found.calls) == ["7", "8"]
    assert "1 cells are formulas; the values that Excel last calculated were taken." in found.manifest.notes


def test_a_formula_that_was_never_calculated_is_no_blank(tmp_path: Path) -> None:
    found = given(tmp_path, "t.xlsx", with_formula(workbook(cells(Number="7"), cells(Number=8)), b""))
    assert [call["call_id"] for call in found.calls] == ["7"]
    assert [(bad["line"], bad["reason"]) for bad in found.quarantine] == [
        ("3", "the formula in Number was never calculated")
    ]


def test_rows_too_wide_blank_and_bad_are_told_apart_by_their_row_in_the_sheet(tmp_path: Path) -> None:
    content = workbook(cells(Number="1"), [], [*cells(Number="2"), "more"], cells(Number="3", Received="soon"))
    found = given(tmp_path, "t.xlsx", content)
    assert (found.manifest.rows.read, found.manifest.rows.imported) == (3, 1)
    assert [(bad["line"], bad["reason"]) for bad in found.quarantine] == [
        ("4", "expected 10 fields, found 11"),
        ("5", "is not a time in any format of the profile"),
    ]


def test_of_several_sheets_one_must_be_named(tmp_path: Path) -> None:
    content = workbook(cells(Number="1"), sheets=("2022", "2023"))
    fault = refused(tmp_path, "t.xlsx", content)
    assert "it has 2 sheets: '2022', '2023'" in str(fault)
    assert "--sheet" in str(fault.hint)
    assert "it has no sheet 'May'" in str(refused(tmp_path, "t.xlsx", content, sheet="May"))
    found = given(tmp_path, "t.xlsx", content, sheet="2023")
    assert any("Excel sheet '2023'" in note for note in found.manifest.notes)
    assert recognise(tmp_path / "t.xlsx", sheet="2022").columns == HEADER


def changed(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            text = before.read(name)
            if name == part:
                assert old in text
                text = text.replace(old, new, 1)
            after.writestr(name, text)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
FORGED = {
    "entities": (SHEET, b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet', "declares entities"),
    "row-of-billions": (SHEET, b'<row r="2"', b'<row r="99999999999"', "more rows than Excel can have"),
    "broken-xml": (SHEET, b"</sheetData>", b"</sheetData", "cannot be read as an Excel workbook"),
    "no-number": (SHEET, b'<row r="2"', b'<row r="two"', "cannot be read as an Excel workbook"),
    "no-workbook": ("xl/workbook.xml", b"<workbook", b"<workbok", "cannot be read as an Excel workbook"),
}


@pytest.mark.parametrize("case", FORGED)
def test_a_forged_workbook_is_refused_with_a_reason(tmp_path: Path, case: str) -> None:
    part, old, new, said = FORGED[case]
    assert said in str(refused(tmp_path, "t.xlsx", changed(workbook(cells(Number="1")), part, old, new)))


def test_a_workbook_with_a_damaged_part_is_refused_with_a_reason(tmp_path: Path) -> None:
    before, mark, after = workbook(cells(Number="1")).rpartition(b"PK\x03\x04")
    spoilt = before + mark.lower() + after
    assert "cannot be read as an Excel workbook" in str(refused(tmp_path, "t.xlsx", spoilt))


def test_a_workbook_that_unpacks_to_too_much_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_bytes(
        changed(workbook(cells()), SHEET, b"<worksheet", b" " * 9_000_000 + b"<worksheet")
    )
    readable = Readable(path=tmp_path / "t.xlsx", name="t.xlsx", shown="t.xlsx", suffix=".xlsx")
    with pytest.raises(SourceError, match="decompression bomb"):
        open_workbook(readable, sheet=None, limits=Limits(ratio_free_bytes=1_000))


def test_without_openpyxl_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingExtraError, match="needs openpyxl") as caught:
        given(tmp_path, "t.xlsx", BOOK)
    assert "answerable[excel]" in str(caught.value.hint)


BOOK = workbook(cells(Number="1"))


def test_a_workbook_in_an_archive_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.writestr("calls.xlsx", BOOK)
    assert import_given(tmp_path, tmp_path / "t.zip").calls[0]["call_id"] == "1"


# Whose file


def test_a_header_is_recognised_in_any_format(tmp_path: Path) -> None:
    header = (
        "incident_num,date_time,day_of_week,address_number_primary,address_dir_primary,address_road_primary,"
        "address_sfx_primary,address_dir_intersecting,address_road_intersecting,address_sfx_intersecting,"
        "call_type,disposition,beat,priority"
    )
    (tmp_path / "a.tsv").write_text(header.replace(",", "\t") + "\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text(header.replace(",", ";") + "\n", encoding="utf-8")
    (tmp_path / "c.jsonl").write_text(json.dumps(dict.fromkeys(header.split(","), "1")) + "\n", encoding="utf-8")
    for name in ("a.tsv", "b.csv", "c.jsonl"):
        found = recognise(tmp_path / name)
        assert (found.file, found.profile, found.fit) == (name, "san-diego-ca", Fit.EXACT)
    assert recognise(tmp_path).profile == "san-diego-ca"
    (tmp_path / "d.csv").write_text("x,y\n", encoding="utf-8")
    mixed = recognise(tmp_path)
    assert (mixed.profile, mixed.fit) == (None, Fit.NONE)
    assert "a.tsv is of san-diego-ca, d.csv of none" in mixed.advice
