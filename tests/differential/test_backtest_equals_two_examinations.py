"""A back-test says of every dirty row what two examinations, one under each policy, say of it."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.support.alike import rows_alike
from tests.support.canonical import write_canonical
from tests.support.dirty import BASE_US, dirty_rows
from tests.support.small_policies import CHOICES, NARROW, RAISED, TWO_SPEEDS

from answerable.answer.assess import assess
from answerable.answer.backtest import differs, effective
from answerable.answer.record import CallRecord, SourceTerms
from answerable.config import Settings
from answerable.engines.backtest import calls_by_version, changed_calls, compare, judge_twice
from answerable.engines.coded_record import coded_folder, write_coded
from answerable.engines.records import read_records
from answerable.model.backtest import Side
from answerable.model.decision import FactAssertion
from answerable.model.duty import Duty
from answerable.model.times import SECOND_US
from answerable.policy import VersionSet, load_policy

ROWS = 600
TERMS = SourceTerms(
    start_point="received",
    blanks=frozenset({"dispatched", "disposition", "contact", "closed"}),
    records_callbacks=True,
    horizon_us=BASE_US + 30 * 86_400 * SECOND_US,
)


def versions(*texts: str) -> VersionSet:
    return VersionSet([load_policy(text.encode(), file=f"{index}.toml") for index, text in enumerate(texts)])


PAIRS = {
    "raised": (versions(TWO_SPEEDS), versions(TWO_SPEEDS, RAISED)),
    "choices": (versions(TWO_SPEEDS), versions(CHOICES)),
    "narrow": (versions(CHOICES), versions(NARROW)),
}


def side_of(call: CallRecord, policies: VersionSet) -> Side:
    """The same as the back-test's, from the reference alone."""
    found = assess(call, versions=policies, terms=TERMS)
    base = found.base
    if base is None:
        return Side(outcome=found.ruling.outcome, reason=found.ruling.reason, carried=found.ruling.carried)
    first = base.first_limit()
    return Side(
        outcome=found.ruling.outcome.value,
        reason=found.ruling.reason,
        carried=found.ruling.carried,
        duty=base.duty,
        rule=base.rule,
        limit_s=None if first is None else first.within_s,
        arrive_limit_s=base.within_s("arrive_within") if base.duty is Duty.MUST_RESPOND else None,
        answer_limit_s=base.within_s("answer_within"),
        tell_limit_s=base.within_s("tell_caller_within"),
        open_facts=base.open,
    )


@pytest.mark.parametrize("pair", PAIRS)
def test_every_pair_of_judgements_is_that_of_the_reference(tmp_path: Path, pair: str) -> None:
    before, after = PAIRS[pair]
    parquet = write_canonical(tmp_path / "calls.parquet", dirty_rows(ROWS, seed=len(pair)))
    judged = judge_twice(parquet, before=before, after=after, terms=TERMS)
    with closing(judged.connection):
        expected = {
            call.key: (side_of(call, before), side_of(call, after))
            for _, call in read_records(judged.connection, parquet)
            if call.call_id is not None
        }
        figures = compare(judged).figures()
        listed = list(changed_calls(judged, timezone="UTC"))
        governed = calls_by_version(judged)
    assert figures["calls"] == ROWS == sum(governed.values())
    assert figures["listed"] == len(listed) > 0
    known = {row.call: (row.before, row.after) for row in listed if row.call in expected and row.call != "C00001"}
    assert known == {
        call: sides for call, sides in expected.items() if differs(*sides) and call != "C00001"
    }  # C00001 stands more than once
    changes = Counter((effective(one.before), effective(one.after)) for one in listed)
    assert {(one.before, one.after): one.calls for one in figures["outcome_changes"]} == {
        pair: calls for pair, calls in changes.items() if pair[0] != pair[1]
    }


def test_a_policy_against_itself_changes_nothing(tmp_path: Path) -> None:
    parquet = write_canonical(tmp_path / "calls.parquet", dirty_rows(ROWS, seed=3))
    same = versions(CHOICES)
    judged = judge_twice(parquet, before=same, after=versions(CHOICES), terms=TERMS)
    with closing(judged.connection):
        figures = compare(judged).figures()
        assert list(changed_calls(judged, timezone="UTC")) == []
    assert [figures[name] for name in ("changed", "sooner", "later", "listed", "untold_before", "untold_after")] == [
        0
    ] * 6
    assert figures["same"] + figures["untold_both"] == ROWS


@pytest.fixture(scope="module")
def alike(tmp_path_factory: pytest.TempPathFactory) -> Path:
    parquet = write_canonical(tmp_path_factory.mktemp("alike") / "calls.parquet", rows_alike(40, 60, seed=25))
    write_coded(parquet, parquet_sha256="0" * 64, settings=Settings())
    return parquet


def everything(parquet: Path, coded: Path | None, before: VersionSet, after: VersionSet, **beside: Any) -> Any:
    """Figures, listed calls and calls by version of a back-test."""
    judged = judge_twice(parquet, coded=coded, before=before, after=after, terms=TERMS, **beside)
    with closing(judged.connection):
        return compare(judged).figures(), list(changed_calls(judged, timezone="UTC")), calls_by_version(judged)


@pytest.mark.parametrize("pair", PAIRS)
def test_the_coded_record_gives_the_same_back_test(alike: Path, pair: str) -> None:
    from_record, from_file = (everything(alike, coded, *PAIRS[pair]) for coded in (coded_folder(alike), None))
    assert from_record == from_file
    assert from_record[0]["listed"] > 0


def test_the_coded_record_gives_the_same_back_test_with_facts_beside_it(alike: Path) -> None:
    names = [row["call_id"] for row in rows_alike(40, 60, seed=25) if row["call_id"]]
    said = [
        FactAssertion(
            call=name, fact="life_safety", value=True, asserted_by="caller", occurred_at_us=BASE_US,
            recorded_at_us=BASE_US,
        )
        for name in names[::40] if names.count(name) == 1
    ]  # fmt: skip
    from_record, from_file = (
        everything(alike, coded, *PAIRS["raised"], assertions=said) for coded in (coded_folder(alike), None)
    )
    assert len(said) > 10
    assert from_record == from_file


def test_what_was_listed_can_be_counted_again(alike: Path) -> None:
    before, after = PAIRS["choices"]
    judged = judge_twice(alike, coded=coded_folder(alike), before=before, after=after, terms=TERMS)
    with closing(judged.connection):
        first = compare(judged).figures()
        listed = len(list(changed_calls(judged, timezone="UTC")))
        assert compare(judged).figures() == first
    assert listed == first["listed"]
