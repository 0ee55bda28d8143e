"""The small surface for notebooks: what is exported, what it gives, and that nothing is loaded or needed too early."""

from __future__ import annotations

import importlib
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import msgspec
import pytest
from tests.support.examinations import BIDI, HOSTILE, sample_examination
from tests.support.result_folders import report_row, result_folder
from tests.support.small_log import TRUST, MemoryFolder, SmallLog, canonical

import answerable
from answerable.engines.read_table import ParquetTable
from answerable.errors import InputError, MissingExtraError, SettingsError, SourceError
from answerable.notebook.frames import Frames
from answerable.notebook.results import Calls, Result
from answerable.wiring.log_reading import read_log_versions

OTHERS = {"pandas": "to_pandas", "polars": "to_polars", "pyarrow": "to_arrow"}


def test_the_exported_members_are_these_and_each_is_there() -> None:
    assert answerable.__all__ == ["AnswerableError", "Calls", "Result", "__version__", "examine", "read"]
    assert all(getattr(answerable, name) is not None for name in answerable.__all__)
    assert set(answerable.__all__) <= set(dir(answerable))


def test_the_public_methods_of_a_result_are_these() -> None:
    shared = {"columns", "rows", "to_arrow", "to_pandas", "to_polars"}
    assert {name for name in dir(Calls) if not name.startswith("_")} == shared | {"description"}
    assert {name for name in dir(Result) if not name.startswith("_")} == shared | {
        "description", "manifest", "outcomes", "findings", "report",
    }  # fmt: skip


def test_what_is_not_exported_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'reed'"):
        answerable.reed  # type: ignore[attr-defined]  # noqa: B018  that it is refused is the test


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = ["duckdb", "msgspec", "click", "rich", "jinja2", "pandas", "answerable.wiring", "answerable.notebook"]
    code = f"import sys, answerable; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    """Two rows: one with everything, one with nothing; the instant is one that a float would not keep."""
    path = tmp_path / "it's here.parquet"
    file = str(path).replace("'", "''")
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'America/Los_Angeles'")
        connection.execute(
            f"""COPY (
                  SELECT TIMESTAMPTZ '2018-11-04 01:30:00.000001-08:00' AS received_at, 'text' AS word, true AS held,
                         9007199254740993::BIGINT AS number, 1.5::DOUBLE AS ratio, ['a', 'b'] AS claims, 3 AS raw
                  UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL
                ) TO '{file}' (FORMAT parquet)"""
        )
    return path


@pytest.fixture
def frames(parquet: Path) -> Frames:
    return Frames(ParquetTable(parquet, hidden=frozenset({"raw"})))


AT = datetime(2018, 11, 4, 9, 30, 0, 1, tzinfo=UTC)
EVERYTHING = {"received_at": AT, "word": "text", "held": True, "number": 2**53 + 1, "ratio": 1.5, "claims": ["a", "b"]}


def test_rows_are_exact_and_what_is_not_recorded_is_none(frames: Frames) -> None:
    assert list(frames.rows()) == [EVERYTHING, dict.fromkeys(EVERYTHING)]
    assert (len(frames), frames.columns) == (2, tuple(EVERYTHING))


def test_a_pandas_frame_is_exact_in_utc_and_its_blanks_are_missing(frames: Frames) -> None:
    frame = frames.to_pandas()
    assert {name: frame[name][0] for name in frame} == EVERYTHING
    assert str(frame["received_at"].dtype) == "datetime64[us, UTC]"
    assert [str(frame[name].dtype) for name in ("held", "number", "ratio")] == ["boolean", "Int64", "float64"]
    assert frame.loc[1].isna().all()


def test_a_polars_frame_is_exact_in_utc(frames: Frames) -> None:
    pytest.importorskip("polars", reason="polars is not installed; it is optional")
    assert frames.to_polars().to_dicts() == [EVERYTHING, dict.fromkeys(EVERYTHING)]


def test_an_arrow_table_is_exact_in_utc(frames: Frames) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed; it is optional")
    table = frames.to_arrow()
    assert table.to_pylist() == [EVERYTHING, dict.fromkeys(EVERYTHING)]
    assert str(table.schema.field("received_at").type) == "timestamp[us, tz=UTC]"


@pytest.mark.parametrize("package", OTHERS)
def test_a_package_that_is_missing_is_named_with_how_to_install_it(
    package: str, frames: Frames, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without(name: str) -> object:
        if name.partition(".")[0] == package:
            raise ModuleNotFoundError(f"No module named {package!r}", name=package)
        return importlib.import_module(name)

    monkeypatch.setattr("answerable.notebook.frames.import_module", without)
    with pytest.raises(MissingExtraError, match=f"needs {package}, which is not installed") as fault:
        getattr(frames, OTHERS[package])()
    assert f"pip install {package}" in str(fault.value)
    assert len(list(frames.rows())) == 2


def test_a_result_knows_its_findings_outcomes_and_report(tmp_path: Path) -> None:
    examination = sample_examination()
    folder = result_folder(tmp_path / "result", [report_row("18-1", claims=("a",))], examination)
    result = Result(examination, folder, folder=None)
    assert result.findings == examination.claims
    assert result.outcomes == examination.outcomes
    assert (result.manifest, result.description) == (examination.source, examination.description)
    assert result.report == folder / "report.html"
    assert [(row["call"], row["limit_s"], row["claims"]) for row in result.rows()] == [("18-1", None, ["a"])]


def test_what_a_cell_shows_is_short_escaped_and_says_proposed(tmp_path: Path) -> None:
    examination = sample_examination()
    claim = msgspec.structs.replace(examination.claims[0], answer=HOSTILE + BIDI)
    examination = msgspec.structs.replace(examination, claims=(claim,))
    folder = result_folder(tmp_path / "result", [report_row("18-1")], examination)
    shown = Result(examination, folder, folder=None)._repr_html_()
    assert HOSTILE not in shown
    assert "&lt;/script&gt;" in shown
    assert "\u202e" not in shown
    assert "(proposed, unsigned)" in shown
    assert len(shown) < 5_000


def test_a_folder_of_its_own_goes_with_the_result_and_one_of_yours_stays(tmp_path: Path) -> None:
    examination = sample_examination()
    mine = result_folder(tmp_path / "mine", [report_row("18-1")], examination)
    own = result_folder(tmp_path / "own", [report_row("18-1")], examination)
    kept, gone = Result(examination, mine, folder=None), Result(examination, own, folder=own)
    assert (len(kept), len(gone)) == (1, 1)
    del kept, gone
    assert mine.exists()
    assert not own.exists()


def test_a_file_there_is_not_is_said_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        answerable.read(tmp_path / "nothing.csv")


def test_nobodys_files_are_mixed_with_a_result(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="holds no earlier result"):
        answerable.examine(tmp_path / "calls.csv", policy=tmp_path, out=tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["calls.csv"]


SAN_DIEGO = (
    "incident_num,date_time,day_of_week,address_number_primary,address_dir_primary,address_road_primary,"
    "address_sfx_primary,address_dir_intersecting,address_road_intersecting,address_sfx_intersecting,"
    "call_type,disposition,beat,priority\n"
)


def san_diego(path: Path, *numbers: int) -> Path:
    rows = "".join(f"E{number},2023-01-01 00:00:0{number},1,0,,05TH,AVE,,G,,FD,K,523,2\n" for number in numbers)
    path.parent.mkdir(exist_ok=True)
    path.write_text(SAN_DIEGO + rows, encoding="utf-8")
    return path


def test_several_files_and_a_folder_are_one_record(tmp_path: Path) -> None:
    one, two = san_diego(tmp_path / "in" / "a.csv", 1, 2), san_diego(tmp_path / "in" / "b.csv", 3)
    given = answerable.read([one, str(two)])
    folder = answerable.read(tmp_path / "in")
    places = [(row["call_id"], row["raw_file"], row["raw_line_no"]) for row in given.rows()]
    assert places == [("E1", "a.csv", 2), ("E2", "a.csv", 3), ("E3", "b.csv", 2)]
    assert list(folder.rows()) == list(given.rows())
    assert [part.name for part in given.manifest.parts] == ["a.csv", "b.csv"]


def test_a_sheet_is_chosen_by_its_name(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed; it is optional")
    book = openpyxl.Workbook()
    book.active.title = "read me"
    sheet = book.create_sheet("calls")
    for line in san_diego(tmp_path / "a.csv", 1, 2).read_text(encoding="utf-8").splitlines():
        sheet.append(line.split(","))
    book.save(tmp_path / "calls.xlsx")
    with pytest.raises(SourceError, match="sheet"):
        answerable.read(tmp_path / "calls.xlsx")
    assert len(answerable.read(tmp_path / "calls.xlsx", sheet="calls")) == 2


def test_several_files_are_examined_and_the_command_to_do_it_again_names_them(tmp_path: Path) -> None:
    one, two = san_diego(tmp_path / "a.csv", 1, 2), san_diego(tmp_path / "b.csv", 3)
    result = answerable.examine([one, two], policy=Path(__file__).parents[3] / "policies" / "starter")
    assert len(result) == 3
    assert result.examination.recompute.startswith(f"answerable examine {one} {two} --policy ")


def test_what_was_read_of_a_log_shows_whether_there_were_other_versions(tmp_path: Path) -> None:
    (tmp_path / "claim.toml").write_text(
        'answerable-claim = 1\n[claim]\nid = "a"\nkind = "policy_exists"\ntext = "They may let calls go."\n'
        'alleged-by = "A reader"\ngiven = { kind = "call" }\n'
        "[scope]\nfrom = 2023-01-01T00:00:00Z\nto = 2023-02-01T00:00:00Z\n"
    )
    public = MemoryFolder(
        SmallLog([canonical({"id": "o", "recorded_at_us": 1, "type": "open"})]).files("union", "press")
    )
    read_log_versions(str(public.written_to(tmp_path / "public")), trust=TRUST, out=tmp_path / "log.json")
    result = answerable.examine(
        san_diego(tmp_path / "a.csv", 1), policy=Path(__file__).parents[3] / "policies" / "starter",
        claims=tmp_path / "claim.toml", log=tmp_path / "log.json",
    )  # fmt: skip
    (found,) = result.findings
    assert any("as supplied is not in the log" in limit for limit in found.limits)
    assert f"--log {tmp_path / 'log.json'}" in result.examination.recompute


def test_no_file_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file was given"):
        answerable.read([])
    with pytest.raises(InputError, match=r"gone\.csv: no such file or folder"):
        answerable.read([san_diego(tmp_path / "a.csv", 1), tmp_path / "gone.csv"])


def test_rows_may_be_taken_from_a_value_that_nobody_keeps(tmp_path: Path) -> None:
    assert [row["call_id"] for row in answerable.read(san_diego(tmp_path / "a.csv", 1, 2)).rows()] == ["E1", "E2"]
