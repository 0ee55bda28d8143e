"""`answerable sample`: what is drawn, what comes back, and what is refused; on a result written for the purpose."""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import Result
from tests.support.canonical import write_canonical
from tests.support.examinations import FORMULA, sample_source
from tests.support.result_folders import report_row, result_folder

from answerable.answer.sampling import ANSWERS, DRAWN
from answerable.model.examination import ReportRow

Run = Callable[..., Result]
ROWS = [
    report_row(
        f"18-{number:04}",
        received=f"2018-06-19 14:{number % 60:02}:00-07:00",
        type=FORMULA if number == 3 else "WELFARE  CHECK",
        priority="3",
        outcome="unheard" if number % 4 == 0 else "answered",
        because="nobody was sent" if number % 4 == 0 else "dispatched after 3 min",
        claims=("federal-calls",) if number % 10 == 0 else (),
    )
    for number in range(100)
]
DRAW = ("sample", "draw", "report", "--size", "20", "--seed", "481516", "--out", "sample.csv")


@pytest.fixture
def report(run: Run) -> Path:
    return result_folder(Path("report"), ROWS)


def drawn_rows(path: str = "sample.csv") -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(rows: list[dict[str, str]], path: str = "sample.csv") -> None:
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*DRAWN, *ANSWERS])
        writer.writeheader()
        writer.writerows(rows)


def answered(rows: list[dict[str, str]], agrees: str, says: str = "") -> None:
    for row in rows:
        row |= {
            "agrees": agrees,
            "what_the_recording_says": says,
            "checked_by": "auditor 2",
            "checked_at": "2018-10-01",
        }


def test_anybody_can_repeat_the_draw_with_sha256_alone(run: Run, report: Path) -> None:
    done = run(*DRAW)
    assert done.exit_code == 0, done.output
    expected = sorted(
        (row.call for row in ROWS), key=lambda call: hashlib.sha256(f"481516\n{call}\n1".encode()).hexdigest()
    )
    rows = drawn_rows()
    assert [row["call"] for row in rows] == expected[:20]
    assert list(rows[0]) == [*DRAWN, *ANSWERS]
    assert all(row[column] == "" for row in rows for column in ANSWERS)
    assert "Drawn: 20 of 100 calls, by the seed 481516." in done.stdout


def test_what_stands_beside_the_sample_seals_the_draw_and_the_record(run: Run, report: Path) -> None:
    found = json.loads(run(*DRAW, "--json").stdout)
    beside = json.loads(Path("sample.drawn.json").read_text(encoding="utf-8"))
    assert beside["seed"] == "481516"
    assert (beside["population"], beside["size"], len(beside["rows"])) == (100, 20, 20)
    for key, file in (("record_sha256", "calls.parquet"), ("manifest_sha256", "manifest.json")):
        assert beside[key] == hashlib.sha256((report / file).read_bytes()).hexdigest()
    assert found["list_sha256"] == beside["list_sha256"]
    assert (found["drawn"], found["population"], found["out"]) == (20, 100, "sample.csv")


def test_the_draw_may_be_among_one_outcome_and_one_claim(run: Run, report: Path) -> None:
    done = run(*DRAW, "--outcome", "unheard", "--claim", "federal-calls")
    assert done.exit_code == 0, done.output
    assert {row["call"] for row in drawn_rows()} == {"18-0000", "18-0020", "18-0040", "18-0060", "18-0080"}
    assert "There are no more: 20 were asked for, so this is every one of them." in " ".join(done.stdout.split())


def test_a_cell_that_a_spreadsheet_would_calculate_is_made_harmless_and_comes_back(run: Run, report: Path) -> None:
    run("sample", "draw", "report", "--size", "100", "--seed", "1", "--out", "sample.csv")
    rows = drawn_rows()
    assert any(row["type"] == f"'{FORMULA}" for row in rows)
    assert run("sample", "read", "sample.csv").exit_code == 0


def test_the_answers_give_the_rate_with_exact_bounds_and_every_wrong_call(run: Run, report: Path) -> None:
    run(*DRAW)
    rows = drawn_rows()
    answered(rows, "yes")
    answered(rows[:1], "NO", "the caller hung up \u202e first")
    answered(rows[1:3], " Cannot  tell ")
    for row in rows[3:5]:
        row.update(dict.fromkeys(ANSWERS, ""))
    write_rows(list(reversed(rows)))
    done = run("sample", "read", "sample.csv", "--record", "report")
    assert done.exit_code == 0, done.output
    text = " ".join(done.stdout.split())
    assert text.startswith("1 of 16 checked calls is wrong in the record (6.25 %).")
    assert "agrees with the recording: 15; wrong: 1; cannot tell: 2; not answered: 2" in text
    assert "With 95 % confidence between 1 and 46 of the 100 calls are wrong" in text
    assert "whatever the calls left open would have shown" in text
    assert "all right or all wrong, 1 to 5 of the 20 drawn are" in text
    assert "The draw was repeated from the record" in text
    assert rows[0]["call"] in text
    assert r"the caller hung up \u202e first (auditor 2, 2018-10-01)" in text
    found = json.loads(run("sample", "read", "sample.csv", "--json").stdout)
    assert found["wrong_calls_in_population"] == {"low": 1, "high": 46}
    assert (found["drawn"], found["agrees"], found["wrong"]) == (20, 15, 1)
    assert (found["cannot_tell"], found["unanswered"]) == (2, 2)
    assert sum(its["drawn"] for its in found["by_outcome"].values()) == 20
    assert [one["call"] for one in found["wrong_calls"]] == [rows[0]["call"]]
    assert found["draw_repeated"] is False


def test_an_unanswered_sample_says_nothing_but_that(run: Run, report: Path) -> None:
    run(*DRAW)
    text = " ".join(run("sample", "read", "sample.csv").stdout.split())
    assert text.startswith("No call of this sample was checked.")
    assert "between 0 and 100 of the 100 calls are wrong (0.00 % to 100.00 %)" in text


def removed(rows: list[dict[str, str]]) -> None:
    rows.pop()


def added(rows: list[dict[str, str]]) -> None:
    rows.append(rows[0] | {"call": "18-9999"})


def doubled(rows: list[dict[str, str]]) -> None:
    rows[5] = rows[4]


def changed(rows: list[dict[str, str]]) -> None:
    rows[2]["outcome"] = "none_owed"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (removed, "1 of the 20 calls drawn is missing"),
        (added, "line 22, column call: '18-9999' was not drawn like this"),
        (doubled, "line 7, column call"),
        (changed, "line 4, column call"),
    ],
)
def test_a_changed_list_is_refused_with_its_place(
    change: Callable[[list[dict[str, str]]], None], said: str, run: Run, report: Path
) -> None:
    run(*DRAW)
    rows = drawn_rows()
    change(rows)
    write_rows(rows)
    done = run("sample", "read", "sample.csv")
    assert done.exit_code == 2
    assert said in done.stderr


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"agrees": "maybe"}, "column agrees: 'maybe' is none of: yes, no, cannot tell"),
        ({"agrees": "no"}, "column what_the_recording_says: is blank"),
        ({"agrees": "yes", "checked_by": ""}, "column checked_by: is blank"),
        ({"agrees": "yes", "checked_at": ""}, "column checked_at: is blank"),
        ({"what_the_recording_says": "she waited"}, "column agrees: is blank although"),
    ],
)
def test_an_answer_that_cannot_be_used_is_refused_with_its_place(
    answer: dict[str, str], said: str, run: Run, report: Path
) -> None:
    run(*DRAW)
    rows = drawn_rows()
    rows[1] |= {"checked_by": "auditor 2", "checked_at": "2018-10-01", **answer}
    write_rows(rows)
    done = run("sample", "read", "sample.csv")
    assert done.exit_code == 2
    assert f"sample.csv, line 3, {said}" in done.stderr


def seal_of(**given: Any) -> None:
    path = Path("sample.drawn.json")
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | given), encoding="utf-8")


def test_what_stands_beside_the_sample_is_refused_when_its_list_was_changed(run: Run, report: Path) -> None:
    run(*DRAW)
    seal_of(rows=["0" * 64] * 20)
    assert "changed after the draw" in run("sample", "read", "sample.csv").stderr


def test_a_false_population_is_found_by_repeating_the_draw(run: Run, report: Path) -> None:
    run(*DRAW)
    seal_of(population=29_000)
    assert run("sample", "read", "sample.csv").exit_code == 0
    done = run("sample", "read", "sample.csv", "--record", "report")
    assert done.exit_code == 2
    assert "gives another population: 100, not 29000" in done.stderr


def test_a_sample_of_another_record_is_found_by_repeating_the_draw(run: Run, report: Path) -> None:
    run(*DRAW)
    result_folder(Path("other"), ROWS[:-1])
    assert "gives another record_sha256" in run("sample", "read", "sample.csv", "--record", "other").stderr


def test_a_record_that_is_not_what_was_sealed_is_not_drawn_from(run: Run, report: Path) -> None:
    result_folder(Path("other"), ROWS[:-1])
    (Path("other") / "calls.parquet").replace(report / "calls.parquet")
    done = run(*DRAW)
    assert done.exit_code == 2
    assert "not those that manifest.json seals" in done.stderr
    assert not Path("sample.csv").exists()


def test_a_list_that_may_hold_answers_is_never_written_over(run: Run, report: Path) -> None:
    run(*DRAW)
    before = Path("sample.csv").read_bytes()
    done = run(*DRAW)
    assert done.exit_code == 2
    assert "may hold answers" in done.stderr
    assert Path("sample.csv").read_bytes() == before


def test_calls_of_one_number_are_all_in_the_record(run: Run) -> None:
    twice: list[ReportRow] = [report_row("same", because=str(number)) for number in range(3)]
    result_folder(Path("report"), twice)
    run("sample", "draw", "report", "--size", "3", "--seed", "1", "--out", "sample.csv")
    assert sorted(row["because"] for row in drawn_rows()) == ["0", "1", "2"]
    assert run("sample", "read", "sample.csv", "--record", "report").exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--claim", "no-such"), "has no claim 'no-such'"),
        (("--outcome", "pending"), "has no such call to draw from"),
        (("--outcome", "ignored"), "Invalid value for '--outcome'"),
    ],
)
def test_a_filter_that_fits_nothing_is_refused(words: tuple[str, ...], said: str, run: Run, report: Path) -> None:
    done = run(*DRAW, *words)
    assert done.exit_code == 2
    assert said in done.stderr
    assert not Path("sample.drawn.json").exists()


def test_a_folder_that_is_no_result_is_refused(run: Run) -> None:
    Path("empty").mkdir()
    done = run("sample", "draw", "empty", "--size", "3", "--seed", "1", "--out", "sample.csv")
    assert done.exit_code == 2
    assert "empty is no result" in done.stderr


def imported(name: str) -> Path:
    """A Parquet file as `answerable import` leaves it, with its manifest."""
    rows = [
        {
            "row_key": f"{number:032}",
            "call_id": None if number == 1 else f"18-{number}",
            "received_at": "2018-06-19T21:05:00Z",
            "type_final_text": "WELFARE CHECK",
            "beat": "310",
            "dispatched": "yes",
            "arrived": "not_recorded",
            "disposition_raw": "HND",
        }
        for number in range(30)
    ]
    path = write_canonical(Path(name), rows)
    sealed = sample_source(parquet_sha256=hashlib.sha256(path.read_bytes()).hexdigest(), timezone="America/Los_Angeles")
    path.with_suffix(".manifest.json").write_bytes(msgspec.json.encode(sealed))
    return path


def test_an_imported_file_is_drawn_from_with_what_its_record_says(run: Run) -> None:
    imported("city.parquet")
    done = run("sample", "draw", "city.parquet", "--size", "30", "--seed", "1", "--out", "sample.csv")
    assert done.exit_code == 0, done.output
    rows = {row["call"]: row for row in drawn_rows()}
    assert set(rows) == {f"{1:032}", *(f"18-{number}" for number in range(30) if number != 1)}
    one = rows["18-7"]
    assert (one["received"], one["type"], one["beat"]) == ("2018-06-19 14:05:00-07:00", "WELFARE CHECK", "310")
    assert one["outcome"] == ""
    assert one["because"] == ("the record says: somebody dispatched: yes; somebody arrived: not recorded; ended: HND")
    assert run("sample", "read", "sample.csv", "--record", "city.parquet").exit_code == 0


def test_an_imported_file_has_no_outcomes_to_draw_among(run: Run) -> None:
    imported("city.parquet")
    words = ("sample", "draw", "city.parquet", "--size", "3", "--seed", "1", "--out", "sample.csv")
    done = run(*words, "--outcome", "unheard")
    assert done.exit_code == 2
    assert "its calls have no outcome yet" in done.stderr


@pytest.mark.parametrize("words", [("sample", "draw"), ("sample", "read"), ("export",)])
def test_help_loads_no_engine(words: tuple[str, ...]) -> None:
    code = (
        "import sys; from answerable.cli import app\n"
        f"try: app.main({[*words, '--help']!r})\n"
        "finally: print([name for name in ('duckdb', 'rich', 'sqlite3', 'answerable.wiring') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
