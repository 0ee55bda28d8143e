"""What a back-test writes: the page says what it is and is not, the list is safe, the figures are all there."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import msgspec
import pytest
from tests.support.backtests import ANSWERED, DECLINED, LATE, sample_backtest, sample_backtest_rows
from tests.support.examinations import HOSTILE

from answerable.model.backtest import Backtest, BacktestRow
from answerable.model.times import parse_instant
from answerable.report import write_backtest
from answerable.report.backtest import SHOWN_ROWS
from answerable.report.backtest_csv import COLUMNS, changed_csv
from answerable.report.backtest_words import what_it_is

JUNE = {"first_us": parse_instant("2018-06-01T00:00:00Z"), "last_us": parse_instant("2018-06-30T00:00:00Z")}


def written(tmp_path: Path, found: Backtest | None = None) -> dict[str, str]:
    paths = write_backtest(found or sample_backtest(), iter(sample_backtest_rows()), tmp_path / "out")
    return {path.name: path.read_text(encoding="utf-8") for path in paths}


def dated(*, begins: str, ends: str | None = None) -> Backtest:
    """A back-test on calls of June 2018 of a policy with these dates."""
    found = sample_backtest()
    policy = msgspec.structs.replace(
        found.policy,
        effective_from_us=parse_instant(begins),
        effective_to_us=None if ends is None else parse_instant(ends),
    )
    return sample_backtest(policy=policy, source=msgspec.structs.replace(found.source, **JUNE))


@pytest.mark.parametrize(
    ("begins", "ends", "said"),
    [
        (
            "2019-01-01T00:00:00Z",
            None,
            "was not in force when these calls came in: by its own words it takes effect on",
        ),
        ("2017-01-01T00:00:00Z", "2018-01-01T00:00:00Z", "and ends on 31 Dec 2017"),
        ("2018-06-15T00:00:00Z", None, "was in force for a part of these calls at most"),
        ("2000-01-01T00:00:00Z", None, "that does not show it was in force then"),
    ],
)
def test_it_is_said_plainly_that_the_policy_was_not_in_force(begins: str, ends: str | None, said: str) -> None:
    sentence = what_it_is(dated(begins=begins, ends=ends))[0]
    assert said in sentence
    assert sentence.endswith("Here it is applied to every call as if it had been in force all along.")


def test_people_are_not_judged_by_a_policy_that_was_not_theirs() -> None:
    assert "this judges a text, and nobody's conduct" in what_it_is(sample_backtest())[2]
    with_decisions = what_it_is(sample_backtest(with_decisions=True))[2]
    assert "held against it as they were recorded" in with_decisions
    assert "nobody's conduct" in with_decisions


def test_calls_without_a_version_in_force_are_said() -> None:
    found = sample_backtest()
    base = msgspec.structs.replace(found.base[0], calls=1000)
    assert "For 30 of 1,030 calls none was." in what_it_is(sample_backtest(base=(base,)))[1]
    assert "in the same way" in what_it_is(sample_backtest(base_as_if=True))[1]


def test_what_cannot_be_compared_is_counted_by_side() -> None:
    assert (
        "For 47 of 1,030 calls the outcome is undetermined and so cannot be compared (40 on both sides, 7 only under "
        "the policy compared with)." in what_it_is(sample_backtest())
    )


def test_the_page_holds_every_change_and_says_where_the_rest_of_the_calls_is(tmp_path: Path) -> None:
    page = written(tmp_path)["backtest.html"]
    for text in ("answered → answered late", "declined within policy → declined against policy", "15 min"):
        assert text in page
    assert page.count('<th scope="row"><bdi class="id">P18-') == SHOWN_ROWS
    assert "<code>changed.csv</code>" in page
    assert HOSTILE not in page
    assert "<script" not in page
    assert "script-src &#39;none&#39;" in page or "script-src 'none'" in page


def test_a_back_test_without_any_change_says_so(tmp_path: Path) -> None:
    quiet = sample_backtest(
        outcome_changes=(), duty_changes=(), limit_changes=(), listed=0, open_calls=0, open_facts={}
    )
    write_backtest(quiet, iter(()), tmp_path)
    page = (tmp_path / "backtest.html").read_text(encoding="utf-8")
    for sentence in ("would have had another.", "another duty.", "give no call another limit.", "No call differs"):
        assert sentence in " ".join(page.split())


def test_the_list_has_every_call_that_differs_and_no_formula(tmp_path: Path) -> None:
    text = written(tmp_path)["changed.csv"]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len(sample_backtest_rows())
    assert tuple(rows[0]) == COLUMNS
    assert rows[0]["outcome_before"] == "answered"
    assert rows[0]["outcome_after"] == "answered_late"
    assert (rows[0]["limit_s_before"], rows[0]["limit_s_after"], rows[0]["tell_limit_s_after"]) == ("900", "300", "")
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())
    assert rows[1]["type"].startswith("'=HYPERLINK")


def test_the_list_names_open_facts_on_each_side() -> None:
    row = BacktestRow(
        call="1", received="", type="", priority="", district="", beat="", waited_s=None,
        before=ANSWERED, after=msgspec.structs.replace(LATE, open_facts=("priority", "place")),
    )  # fmt: skip
    (_, line) = changed_csv([row])
    assert line.decode().endswith(',,"priority, place"\r\n')


def test_the_figures_are_written_last_and_are_those_of_the_back_test(tmp_path: Path) -> None:
    figures = json.loads(written(tmp_path)["backtest.json"])
    assert figures["schema"] == "answerable/backtest@1"
    assert {key: figures[key] for key in ("calls", "changed", "sooner", "listed")} == {
        "calls": 1030, "changed": 83, "sooner": 90, "listed": 90,
    }  # fmt: skip
    assert DECLINED.limit_s == next(
        one["before_s"] for one in figures["limit_changes"] if one["kind"] == "decide_within"
    )


def test_the_same_back_test_gives_the_same_bytes(tmp_path: Path) -> None:
    assert written(tmp_path / "one") == written(tmp_path / "two")
