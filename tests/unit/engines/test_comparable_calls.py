"""The candidates that the engine finds: all that matching could want, nothing of the claimant's, no duplicate."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.support.canonical import write_canonical
from tests.support.small_policies import TWO_SPEEDS

from answerable.answer.compare.calls import WINDOWS_US, ComparedCall
from answerable.answer.compare.matching import match
from answerable.answer.ports import Candidates
from answerable.answer.record import SourceTerms
from answerable.engines.comparable_calls import ComparableFile
from answerable.engines.evaluate import evaluate
from answerable.engines.judged_calls import JudgedFile
from answerable.model.claim import Scope
from answerable.model.times import SECOND_US, parse_instant
from answerable.policy import VersionSet, load_policy

NOON_US = parse_instant("2018-06-19T12:00:00-07:00")
HOUR_US = 3600 * SECOND_US
OURS = Scope(where="requester == 'federal_agency'")
POLICIES = VersionSet([load_policy(TWO_SPEEDS.encode(), file="two.toml")])


def row(number: str, hours: float, *, ours: bool = False, waited_s: int | None = 60, **more: Any) -> dict[str, Any]:
    received_us = NOON_US + round(hours * HOUR_US)
    given = {
        "call_id": number,
        "received_at": received_us,
        "origin": "public_911",
        "priority_initial_raw": "1",
        "fact_type_group": "disorder",
        "fact_kind": "call",
        "fact_life_safety": False,
        "fact_requester": "federal_agency" if ours else "public",
        "district": "A",
        "dispatched": "no" if waited_s is None else "yes",
        "dispatched_evidence": "blank_means_no" if waited_s is None else "time",
        "closed_at": received_us + HOUR_US,
        "quality_closed": 0,
    }
    if waited_s is not None:
        given |= {"dispatched_at": received_us + waited_s * SECOND_US}
    return given | more


def file_of(tmp_path: Path, rows: list[dict[str, Any]], *, horizon_us: int = NOON_US + 48 * HOUR_US) -> ComparableFile:
    parquet = write_canonical(tmp_path / "calls.parquet", rows)
    terms = SourceTerms(horizon_us=horizon_us, blanks=frozenset({"dispatched", "disposition"}))
    judgement = evaluate(parquet, versions=POLICIES, terms=terms)
    return ComparableFile(
        judgement, JudgedFile(judgement, terms=terms), timezone="America/Los_Angeles", horizon_us=horizon_us
    )


def candidates(tmp_path: Path, *rows: dict[str, Any], scope: Scope = OURS, **more: Any) -> Candidates:
    return file_of(tmp_path, list(rows)).candidates(scope, neighbours=more.pop("neighbours", {}), **more)


def keys(calls: tuple[ComparedCall, ...]) -> set[str]:
    return {one.key for one in calls}


def test_calls_within_four_hours_in_the_same_place_of_the_same_kind_are_candidates(tmp_path: Path) -> None:
    found = candidates(
        tmp_path, row("ours", 0, ours=True), row("near", 1), row("later", 3.9), row("next day", 24),
        row("urgent", 1, priority_initial_raw="0"), row("other kind", 1, fact_type_group="traffic"),
        row("elsewhere", 1, district="B"),
    )  # fmt: skip
    assert (keys(found.claimed), keys(found.others)) == ({"ours"}, {"near", "later"})


def test_neighbouring_districts_are_looked_at_where_they_are_named(tmp_path: Path) -> None:
    rows = [row("ours", 0, ours=True), row("near", 1), row("beside", 1, district="B"), row("far", 1, district="C")]
    assert keys(candidates(tmp_path, *rows, neighbours={"A": ("B",)}).others) == {"near", "beside"}


def test_no_call_of_the_claimant_is_compared_with_it_whenever_it_was(tmp_path: Path) -> None:
    scope = Scope(where=OURS.where, from_us=NOON_US - HOUR_US, to_us=NOON_US + HOUR_US)
    found = candidates(tmp_path, row("ours", 0, ours=True), row("before", -2, ours=True), row("near", 1), scope=scope)
    assert (keys(found.claimed), keys(found.others)) == ({"ours"}, {"near"})


def test_a_call_that_may_be_the_claimants_is_on_neither_side(tmp_path: Path) -> None:
    found = candidates(tmp_path, row("ours", 0, ours=True), row("whose", 1, fact_requester=None), row("near", 1))
    assert (keys(found.claimed), keys(found.others)) == ({"ours"}, {"near"})


@pytest.mark.parametrize(
    "unwaited",
    [{"origin": "officer"}, {"entry_kind": "test"}, {"duplicate_of": "near"}, {"disposition": "duplicate"}],
)
def test_entries_nobody_waits_for_and_duplicates_are_no_candidates(tmp_path: Path, unwaited: dict[str, Any]) -> None:
    assert keys(candidates(tmp_path, row("ours", 0, ours=True), row("near", 1), row("x", 1, **unwaited)).others) == {
        "near"
    }


def test_waits_endings_outcomes_and_incidents_are_those_of_the_record(tmp_path: Path) -> None:
    found = candidates(
        tmp_path, row("ours", 0, ours=True, report_no="R1"), row("quick", 0.1), row("late", 0.2, waited_s=90_000),
        row("never", 0.3, waited_s=None), row("open", 0.4, waited_s=None, closed_at=None),
        row("before itself", 0.5, waited_s=-30), row("no time", 0.6, dispatched_at=None),
    )  # fmt: skip
    told = {one.key: one for one in (*found.claimed, *found.others)}
    assert {key: (one.wait_s, one.never, one.ended_s) for key, one in told.items()} == {
        "ours": (60.0, False, 3600.0),
        "quick": (60.0, False, 3600.0),
        "late": (90_000.0, False, 3600.0),
        "never": (None, True, 3600.0),
        "open": (None, True, 47.6 * 3600),
        "before itself": (None, False, 3600.0),
        "no time": (None, False, 3600.0),
    }
    assert (told["quick"].late, told["late"].late, told["never"].late, told["no time"].late) == (
        False,
        True,
        True,
        None,
    )
    assert told["ours"].incident == "R1"
    assert (told["quick"].day, told["quick"].traits["hour_of_day"]) == ("2018-06-19", 12.1)
    assert told["quick"].traits["calls_in_the_hour_before"] == 2
    assert told["quick"].traits["came_by_911"] == 1


def test_the_step_that_no_policy_could_touch_is_the_one_that_nearly_every_call_has(tmp_path: Path) -> None:
    rows = [row(f"c{at}", at / 10, entered_at=NOON_US + round(at / 10 * HOUR_US) + 30 * SECOND_US) for at in range(20)]
    file = file_of(tmp_path, [*rows, row("ours", 0, ours=True)])
    assert file.untouched == "wait until the call was entered"
    found = file.candidates(OURS, neighbours={})
    assert {one.untouched_s for one in found.others} == {30.0}
    assert found.claimed[0].untouched_s is None


def test_where_no_such_step_is_recorded_there_is_none(tmp_path: Path) -> None:
    assert file_of(tmp_path, [row("ours", 0, ours=True)]).untouched == ""


def test_other_claimants_are_the_values_that_occur_in_the_window(tmp_path: Path) -> None:
    file = file_of(tmp_path, [row("a", 0, ours=True), row("b", 1), row("c", 9, fact_requester="alarm")])
    assert file.values("requester", Scope(to_us=NOON_US + 2 * HOUR_US)) == ("federal_agency", "public")


def test_another_claimant_is_compared_without_the_claimants_calls_and_by_lot_where_it_has_many(tmp_path: Path) -> None:
    rows = [row(f"p{at}", at / 100) for at in range(50)]
    file = file_of(tmp_path, [*rows, row("ours", 0, ours=True), row("x", 0, fact_requester="state_agency")])
    found = file.candidates(Scope(where="requester == 'public'"), neighbours={}, without=OURS, most=10)
    assert len(found.claimed) == 10
    assert keys(found.others) == {"x"}
    again = file.candidates(Scope(where="requester == 'public'"), neighbours={}, without=OURS, most=10)
    assert found == again


def test_a_file_in_which_nothing_is_comparable_gives_nothing(tmp_path: Path) -> None:
    found = candidates(tmp_path, row("ours", 0, ours=True))
    assert (keys(found.claimed), found.others) == ({"ours"}, ())
    assert candidates(tmp_path, row("near", 0)) == Candidates(claimed=(), others=())


@pytest.mark.parametrize("seed", range(3))
def test_matching_what_the_engine_found_is_matching_the_whole_file(seed: int, tmp_path: Path) -> None:
    """The engine narrows; it must never keep a comparable call away from the matching."""
    random = Random(seed)
    rows = [
        row(
            f"c{at}", random.uniform(-30, 30), ours=random.random() < 0.1, district=random.choice("ABC"),
            priority_initial_raw=random.choice("12"), beat=random.choice(["1", "2", None]),
        )
        for at in range(400)
    ]  # fmt: skip
    file = file_of(tmp_path, rows)
    neighbours = {"A": ("B",), "B": ("A", "C")}
    found = file.candidates(OURS, neighbours=neighbours)
    everything = file.candidates(Scope(where="requester == 'public'"), neighbours={})
    narrow = match(found.claimed, found.others, neighbours=neighbours)
    whole = match(found.claimed, everything.claimed, neighbours=neighbours)
    assert max(WINDOWS_US) == 4 * HOUR_US
    assert narrow == whole
    assert narrow.comparators > 20


def test_what_was_kept_of_calls_and_scopes_is_given_back(tmp_path: Path) -> None:
    """Of very many calls it is most of the memory, and an examination goes on for long after its claims."""
    parquet = write_canonical(tmp_path / "calls.parquet", [row("ours", 0, ours=True), row("near", 1)])
    terms = SourceTerms(horizon_us=NOON_US + 48 * HOUR_US, blanks=frozenset({"dispatched", "disposition"}))
    judgement = evaluate(parquet, versions=POLICIES, terms=terms)

    def tables() -> set[str]:
        rows = judgement.connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        return {name for (name,) in rows}

    file = JudgedFile(judgement, terms=terms)
    before = tables()
    comparable = ComparableFile(judgement, file, timezone="America/Los_Angeles", horizon_us=None)
    first = comparable.candidates(OURS, neighbours={"A": ("B",)}, without=Scope(calls=("near",)))
    asked = file.in_scope(OURS)
    assert {"comparable", "focal", "near", "scope", "chosen", "combination"} <= tables() - before
    comparable.close()
    file.forget_scopes()
    assert tables() == before
    assert file.in_scope(OURS) == asked
    assert keys(first.claimed) == {"ours"}
    assert file.count() == 2
