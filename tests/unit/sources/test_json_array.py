"""A JSON array of objects: read in pieces, wherever they are cut; what is broken is named, a cut end refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.sources import Imported, import_given, row

from answerable.errors import SourceError
from answerable.sources.files import json_array
from answerable.sources.files.json_array import NOTE
from answerable.sources.files.seal import LONGEST_LINE_BYTES

ONE = {"Number": "007", "Received": "2023-06-01 12:00:00", "Dispatched": "", "Arrived": None, "Closed": "",
       "Code": "HND", "Closer": 'a ] } , " \\ b', "Source": "", "Urgency": 1, "Danger": ""}  # fmt: skip
TWO = ONE | {"Number": "8", "Closer": "é [ { \u2028"}


def imported(folder: Path, text: str | bytes, name: str = "calls.json", **how: Any) -> Imported:
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return import_given(folder, folder / name, **how)


def refused(folder: Path, text: str | bytes) -> str:
    with pytest.raises(SourceError) as caught:
        imported(folder, text)
    return str(caught.value)


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("name", ["calls.json", "calls.jsonl", "unnamed"])
def test_an_array_has_the_calls_of_its_objects(tmp_path: Path, indent: int | None, name: str) -> None:
    found = imported(tmp_path, json.dumps([ONE, TWO], indent=indent), name)
    assert [(one["call_id"], one["raw"][0]["Closer"]) for one in found.calls] == [
        ("007", ONE["Closer"]),
        ("8", TWO["Closer"]),
    ]
    assert found.manifest.notes == (NOTE,)


@pytest.mark.parametrize("chunk", [1, 2, 3, 7])
def test_it_does_not_matter_where_the_pieces_are_cut(
    tmp_path: Path, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_array, "_CHUNK_LETTERS", chunk)
    found = imported(tmp_path, json.dumps([ONE, TWO], indent=1, ensure_ascii=True))
    assert [one["raw"][0]["Closer"] for one in found.calls] == [ONE["Closer"], TWO["Closer"]]


_VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.lists(st.text(max_size=4), max_size=2)


@given(
    st.lists(st.dictionaries(st.text(max_size=5), _VALUES, max_size=4), min_size=1, max_size=5),
    st.integers(1, 9), st.sampled_from([None, 0, 3]), st.booleans(),
)  # fmt: skip
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
def test_every_element_of_any_array_comes_out_as_it_was(
    tmp_path: Path, rows: list[dict[str, Any]], chunk: int, indent: int | None, plain: bool
) -> None:
    file = tmp_path / "any.json"
    file.write_text(json.dumps(rows, indent=indent, ensure_ascii=plain), encoding="utf-8", newline="", errors="replace")
    before, json_array._CHUNK_LETTERS = json_array._CHUNK_LETTERS, chunk
    try:
        found = [json.loads(one) for one in json_array._elements(file, "any.json")]
    finally:
        json_array._CHUNK_LETTERS = before
    assert found == json.loads(file.read_text(encoding="utf-8"))


def test_an_element_that_is_no_object_is_rejected_by_its_number(tmp_path: Path) -> None:
    found = imported(tmp_path, f'[{json.dumps(ONE)}, 7, {{"Number": }}, , {json.dumps(TWO)},]')
    assert [one["call_id"] for one in found.calls] == ["007", "8"]
    assert [(one["line"], one["reason"].split(":")[0]) for one in found.quarantine] == [
        ("2", "is JSON, but not an object"), ("3", "is not JSON"), ("4", "is not JSON"), ("6", "is not JSON"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "its JSON array is empty"),
        ("[ ]", "its JSON array is empty"),
        (f"[{json.dumps(ONE)}, ", "its JSON array does not end: the file is cut short"),
        (f"[{json.dumps(ONE)}", "cut short"),
        (f"[{json.dumps(ONE)[:40]}", "cut short"),
        (f"[{json.dumps(ONE)}] [{json.dumps(TWO)}]", "goes on after the end"),
        (f"[{json.dumps(ONE)}] trailing", "goes on after the end"),
        (json.dumps({"meta": 1, "data": [ONE]}, indent=1), "jq -c '.data[]' calls.json > calls.jsonl"),
    ],
)
def test_what_is_no_whole_array_is_refused(tmp_path: Path, text: str, said: str) -> None:
    assert said in refused(tmp_path, text)


def test_an_object_longer_than_any_call_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_array, "LONGEST_ROW_LETTERS", 500)
    said = refused(tmp_path, json.dumps([ONE, ONE | {"Closer": "x" * 600}]))
    assert "object 2 of its JSON array is longer than 500 letters" in said


def test_an_array_on_one_line_longer_than_any_line_of_rows_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("answerable.sources.files.seal.LONGEST_LINE_BYTES", 300)
    monkeypatch.setattr("answerable.sources.files.seal._CHUNK_BYTES", 64)
    assert LONGEST_LINE_BYTES > 300
    assert len(imported(tmp_path, json.dumps([ONE, TWO, TWO | {"Number": "9"}])).calls) == 3


def test_another_encoding_is_read_if_it_is_stated(tmp_path: Path) -> None:
    text = json.dumps([ONE | {"Closer": "Ñ"}], ensure_ascii=False)
    found = imported(tmp_path, text.encode("latin-1"), encoding="latin-1")
    assert found.calls[0]["raw"][0]["Closer"] == "Ñ"


def test_an_array_beside_tables_is_left_aside_as_a_description(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "columns.json").write_text('[{"name": "Number"}]', encoding="utf-8")
    values = row(Number="1", Received="2023-06-01 12:00:00")
    (folder / "calls.csv").write_text(",".join(ONE) + "\n" + ",".join(values) + "\n", encoding="utf-8")
    assert "Not read in in, by their names: columns.json." in import_given(tmp_path, folder).manifest.notes
