"""The coded record evaluated by kinds of call gives every row what `engines.evaluate` gives it.

The rows are dirty, and many share everything but their times, so that a key which tells too little apart must put two
different situations into one kind. Planted faults show that it would be noticed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import msgspec
import pytest
from hypothesis import given, settings
from tests.differential.test_bulk_equals_reference import PLAIN, POLICIES, TERMS, judged, versions
from tests.support.alike import rows_alike
from tests.support.canonical import write_canonical
from tests.support.random_policy import RandomPolicy, policies
from tests.support.small_policies import CHOICES, TWO_SPEEDS

from answerable.answer.record import SourceTerms
from answerable.config import Settings
from answerable.engines import coded_bounds, coded_evaluate, coded_keys
from answerable.engines.coded_calls import judged_calls
from answerable.engines.coded_evaluate import call_outcomes, judge_kinds, kind_counts
from answerable.engines.coded_record import coded_folder, write_coded
from answerable.engines.duck import query_text
from answerable.engines.evaluate import evaluate, outcome_counts
from answerable.engines.judged_calls import JudgedFile
from answerable.errors import SourceError
from answerable.model.call import CLOCK_POINTS, Quality
from answerable.model.decision import Decision, DecisionKind, FactAssertion
from answerable.model.source import ClockOffset
from answerable.model.times import SECOND_US
from answerable.policy import VersionSet

PATTERNS, COPIES = 60, 100
MANY_PATTERNS = 300
WITHDRAWN_AT_NO_TIME = {
    "ended_by": "requester", "dispatched": "no", "closed_at": 0, "quality_closed": int(Quality.DST_NONEXISTENT),
    "received_at": 0, "quality_received": 0, "origin": "public_911", "fact_kind": "call", "last_seen_at": None,
}  # fmt: skip
"""A call withdrawn at an hour that the clock left out: it may be an hour earlier."""
_SENT_BY_THE_MINUTE = {
    "call_id": "sent", "dispatched": "yes", "dispatched_at": 0, "quality_dispatched": int(Quality.MINUTE_PRECISION),
    "duplicate_of": None, "disposition": "report",
}  # fmt: skip
_MERGED_IN_FULL = {
    "call_id": "merged", "duplicate_of": "sent", "origin": "public_911", "fact_kind": "call", "ended_by": "nobody",
    **{f"quality_{point}": 0 for point in CLOCK_POINTS},
}  # fmt: skip
INTO_A_COARSE_TIME = [_SENT_BY_THE_MINUTE, *[_MERGED_IN_FULL] * 4]
"""A call whose own times are exact, and of the one it was merged into only the minute is known."""
BY_HOUR = versions(TWO_SPEEDS.replace('when = "priority <= 1"', 'when = "hour_of_week < 60 and priority <= 3"'))
Situations: TypeAlias = dict[int, tuple[Any, ...]]


def coded(folder: Path, rows: list[dict[str, Any]]) -> Path:
    parquet = write_canonical(folder / "calls.parquet", rows)
    write_coded(parquet, parquet_sha256="0" * 64, settings=Settings())
    return parquet


@pytest.fixture(scope="module")
def alike(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return coded(tmp_path_factory.mktemp("alike"), rows_alike(PATTERNS, COPIES, seed=2018))


def exactly(parquet: Path, policy: VersionSet, terms: SourceTerms, **beside: Any) -> tuple[dict[int, Any], Situations]:
    """What `engines.evaluate` says of every row, and the situations it saw."""
    judgement = evaluate(parquet, versions=policy, terms=terms, **beside)
    with closing(judgement.connection):
        rows = judgement.connection.execute(
            "SELECT n, list((priority, no, code) ORDER BY priority, no) FROM situation GROUP BY n"
        ).fetchall()
        return judged(judgement), {n: tuple(codes) for n, codes in rows}


def by_kinds(
    parquet: Path, policy: VersionSet, terms: SourceTerms, **beside: Any
) -> tuple[dict[int, Any], dict[int, int]]:
    """The same from the coded record, and the row that stands for each row."""
    kinds = judge_kinds(parquet, coded=coded_folder(parquet), sets=(policy,), terms=terms, **beside)
    with closing(kinds.connection):
        every = list(call_outcomes(kinds))
        found = {
            one.n: (one.outcome, one.reason, tuple(filter(None, (one.facts or "").split(","))), one.carried)
            for one in every
        }
        assert len(found) == len(every)
        return found, dict(kinds.connection.execute(f"SELECT n, kind_n FROM ({kinds.every_call})").fetchall())


def mixed(kind_of: dict[int, int], situations: Situations) -> list[int]:
    """The kinds whose calls are not all in one situation."""
    seen = defaultdict(set)
    for n, kind in kind_of.items():
        seen[kind].add(situations.get(n))
    return [kind for kind, codes in seen.items() if len(codes) > 1]


def differing(parquet: Path, policy: VersionSet, terms: SourceTerms, **beside: Any) -> tuple[dict[int, Any], list[int]]:
    expected, situations = exactly(parquet, policy, terms, **beside)
    found, kind_of = by_kinds(parquet, policy, terms, **beside)
    assert found.keys() == expected.keys() == kind_of.keys()
    assert len(set(kind_of.values())) < len(kind_of) / 2  # else nothing stands for anything
    return {n: (found[n], expected[n]) for n in expected if found[n] != expected[n]}, mixed(kind_of, situations)


WAYS: dict[str, dict[str, Any]] = {
    "by bounds": {"_NEARLY_ALL": 2.0},
    "by bounds where times are exact": {"_NEARLY_ALL": -1.0},
    "worked out": {"BOUNDED": "false"},
}
"""How the times of a call are held against limits; which is taken is a matter of speed alone."""


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    go(monkeypatch, request.param)
    return str(request.param)


def go(monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    for name, value in WAYS[way].items():
        monkeypatch.setattr(coded_evaluate, name, value)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("terms", TERMS)
def test_every_row_has_the_outcome_that_the_bulk_engine_gives_it(
    alike: Path, policy: str, terms: str, way: str
) -> None:
    assert differing(alike, POLICIES[policy], TERMS[terms]) == ({}, [])


def test_a_policy_that_asks_for_the_hour_is_asked_by_the_hour(alike: Path, way: str) -> None:
    assert differing(alike, BY_HOUR, PLAIN) == ({}, [])


@pytest.mark.parametrize("step_us", [1_000, 1])
def test_times_within_a_second_are_told_apart(tmp_path: Path, step_us: int, way: str) -> None:
    parquet = coded(tmp_path, rows_alike(PATTERNS, COPIES, seed=step_us, step_us=step_us))
    assert differing(parquet, POLICIES["choices"], TERMS["two clocks"]) == ({}, [])


@pytest.mark.parametrize("seed", range(3))
def test_other_rows_give_the_same(tmp_path: Path, seed: int, way: str) -> None:
    parquet = coded(tmp_path, rows_alike(PATTERNS, COPIES, seed=seed))
    terms = msgspec.structs.replace(TERMS["two clocks"], start_point="queued")
    assert differing(parquet, POLICIES["a later version raises"], terms) == ({}, [])


@given(policies)
@settings(max_examples=25)
def test_generated_policies_give_the_same(alike: Path, policy: RandomPolicy) -> None:
    assert differing(alike, versions(policy.text().decode()), PLAIN) == ({}, [])


def test_calls_with_a_history_are_judged_by_themselves(alike: Path) -> None:
    names = [row["call_id"] for row in rows_alike(PATTERNS, COPIES, seed=2018) if row["call_id"]]
    once = [name for name in names if names.count(name) == 1][:400:10]
    at_us = PLAIN.horizon_us or 0
    said = [
        FactAssertion(
            call=name, fact="life_safety", value=True, asserted_by="caller", occurred_at_us=at_us, recorded_at_us=at_us
        )
        for name in once[::2]
    ]
    taken = [
        Decision(
            call=name, at_us=at_us - SECOND_US, recorded_at_us=at_us, actor="one", rank="chief", reason="none",
            decision=DecisionKind.DECLINE,
        )
        for name in once[1::2]
    ]  # fmt: skip
    beside = {"assertions": said, "decisions": taken}
    assert differing(alike, POLICIES["choices"], TERMS["decisions at hand"], **beside) == ({}, [])


def test_the_outcomes_are_counted_alike(alike: Path) -> None:
    judgement = evaluate(alike, versions=POLICIES["choices"], terms=PLAIN)
    kinds = judge_kinds(alike, coded=coded_folder(alike), sets=(POLICIES["choices"],), terms=PLAIN)
    with closing(judgement.connection), closing(kinds.connection):
        assert kind_counts(kinds) == outcome_counts(judgement)
        assert sum(kind_counts(kinds)[0].values()) == PATTERNS * COPIES


JUDGED = (
    "n, outcome, reason, facts, carried, version, rule, duty, limit_s, arrive_limit_s, dispatched_s, arrived_s, "
    "contact_s, answer_limit_s, tell_limit_s, open_facts"
)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("terms", [*TERMS, "from being queued"])
def test_everything_said_of_a_call_is_the_same(alike: Path, tmp_path: Path, policy: str, terms: str) -> None:
    said = TERMS.get(terms, msgspec.structs.replace(PLAIN, start_point="queued"))
    judgement = evaluate(alike, versions=POLICIES[policy], terms=said)
    kinds = judge_kinds(alike, coded=coded_folder(alike), sets=(POLICIES[policy],), terms=said)
    by_kind = judged_calls(kinds, tmp_path / "judged.parquet")
    with closing(judgement.connection), closing(kinds.connection):
        rows = [
            one.connection.execute(f"SELECT {JUDGED} FROM judged ORDER BY n").fetchall() for one in (judgement, by_kind)
        ]
        assert rows[0] == rows[1]
        assert outcome_counts(by_kind) == outcome_counts(judgement)
        every = [list(JudgedFile(one, terms=said).every()) for one in (judgement, by_kind)]
        assert every[0] == every[1]
        assert [call.dispatched_s for call in every[0]] == [row[10] for row in rows[0]]
        assert sum(row[12] is not None for row in rows[0]) > 10  # a contact of which the seconds are known


def test_no_calls_have_no_outcomes(tmp_path: Path) -> None:
    assert by_kinds(coded(tmp_path, []), POLICIES["choices"], PLAIN) == ({}, {})


# Planted faults. Each leaves something out that a situation depends on.

WIDE = msgspec.structs.replace(
    PLAIN,
    start_point="queued",
    clock_offset=ClockOffset(points=("dispatched", "enroute"), ahead_from_s=-20, ahead_to_s=40, evidence="test"),
)
TRIED = (("choices", WIDE), ("a later version raises", WIDE), ("two speeds", PLAIN))
SQL_FAULTS = {
    **{
        f"{time}: {bound}": ("coded_times", f"{sign} {time}_{slack}", "")
        for time in ("dispatched", "enroute", "arrived", "closed", "contact")
        for bound, sign, slack in (("later", "+", "later"), ("earlier", "-", "earlier"))
        if (time, bound) != ("enroute", "earlier")  # of a unit on its way only counts whether it came in time
    },
    "no place for the start's own doubt": ("coded_times", "+ start_earlier AS", "AS"),
    "nor for its other side": ("coded_times", "- start_later AS", "AS"),
    "the horizon says nothing": ("coded_times", "CASE WHEN is_awaited THEN", "CASE WHEN false THEN"),
    "a call spoken of later": ("coded_times", "last_seen_n * $unit_us", "NULL"),
    "a merged call's own receipt": ("coded_times", "gap_us +", ""),
    "a start that nobody knows": ("coded_times", "CASE WHEN is_told THEN", "CASE WHEN true THEN"),
    "a start that was queued": ("coded_times", "coalesce(other_n, 0)", "0"),
    "every time is exact": ("coded_times", "told.is_exact AND $sent.is_exact", "true"),
    "the other call's times are exact": ("coded_times", "told.is_exact AND $sent.is_exact", "told.is_exact"),
    "nobody was sent": ("coded_states", "dispatched = 'yes' AS counts", "false AS counts"),
    "a withdrawal has no time": ("coded_states", "ended_by = 'requester' OR", ""),
    "an acceptance has no time": ("coded_states", "OR handover = 'accepted'", ""),
    "a closing answers nobody": ("coded_states", "coalesce(abandoned, false) AND", "false AND"),
    "an open call is not due": ("coded_states", "OR ended_by = 'nobody'", ""),
    "a blank is not due": ("coded_states", "dispatched <> 'yes' OR", ""),
}


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return coded(
        tmp_path_factory.mktemp("many"),
        rows_alike(MANY_PATTERNS, COPIES // 2, seed=911, changes=[WITHDRAWN_AT_NO_TIME] * 8 + INTO_A_COARSE_TIME),
    )


@pytest.fixture(scope="module")
def known(many: Path) -> dict[int, Situations]:
    return {at: exactly(many, POLICIES[policy], terms)[1] for at, (policy, terms) in enumerate(TRIED)}


def is_noticed(parquet: Path, known: dict[int, Situations]) -> bool:
    return any(
        mixed(by_kinds(parquet, POLICIES[policy], terms)[1], known[at]) for at, (policy, terms) in enumerate(TRIED)
    )


def test_without_a_fault_nothing_is_noticed(many: Path, known: dict[int, Situations]) -> None:
    assert not is_noticed(many, known)


def test_without_a_fault_nothing_is_noticed_in_what_is_worked_out(
    many: Path, known: dict[int, Situations], monkeypatch: pytest.MonkeyPatch
) -> None:
    go(monkeypatch, "worked out")
    assert not is_noticed(many, known)


@pytest.mark.parametrize("fault", SQL_FAULTS)
def test_a_comparison_left_out_of_the_sql_is_noticed(
    many: Path, known: dict[int, Situations], monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    name, old, new = SQL_FAULTS[fault]
    assert old in query_text(name)
    go(monkeypatch, "worked out")

    def faulty(asked: str) -> str:
        return query_text(asked).replace(old, new) if asked == name else query_text(asked)

    monkeypatch.setattr(coded_keys, "query_text", faulty)
    monkeypatch.setattr(coded_evaluate, "query_text", faulty)
    assert is_noticed(many, known)


BOUND_FAULTS = {
    **{
        f"{time}: {bound}": (f"{sign} {time}_{bound}", "")
        for time in ("dispatched", "arrived", "closed", "contact")
        for bound, sign in (("later", "-"), ("earlier", "+"))
    },
    "enroute: later": ("- enroute_later", ""),
    "no place for the start's other side": ("+ received_later", ""),
    "nor in the horizon": ("- received_later", ""),
    "the horizon says nothing": ("CASE WHEN is_awaited THEN", "CASE WHEN false THEN"),
    "an arrival has no limit": ("class_limits.arrives", "false AS arrives"),
}


@pytest.mark.parametrize("fault", BOUND_FAULTS)
def test_a_comparison_left_out_of_the_bounds_is_noticed(
    many: Path, known: dict[int, Situations], monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    old, new = BOUND_FAULTS[fault]
    bounds = coded_bounds.bounds

    def faulty(**asked: Any) -> str:
        text = bounds(**asked)
        assert old in text
        return text.replace(old, new)

    go(monkeypatch, "by bounds")
    monkeypatch.setattr(coded_evaluate, "bounds", faulty)
    assert is_noticed(many, known)


def _far_as(place: int) -> Callable[[str], str]:
    return lambda sql: re.sub(r"ELSE [0-9]+ END", f"ELSE {place} END", sql)


END_FAULTS: dict[str, tuple[str, Callable[[str], str]]] = {
    "far is before the start": ("far_from_the_end", _far_as(1)),
    "far is within the first limit": ("far_from_the_end", _far_as(2)),
    "no call is near the end": ("near_the_end", lambda _sql: "SELECT NULL"),
    "the end is near three days late": (
        "near_the_end",
        lambda sql: sql.replace("min(at_us)", "min(at_us) + 259200000000"),
    ),
}
"""Of what is far from the end, all that matters is that nothing near it is taken for the same."""


@pytest.mark.parametrize("fault", END_FAULTS)
def test_a_fault_in_what_is_far_from_the_end_is_noticed(
    many: Path, known: dict[int, Situations], monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    name, change = END_FAULTS[fault]
    made = getattr(coded_evaluate, name)
    go(monkeypatch, "by bounds")
    monkeypatch.setattr(coded_evaluate, name, lambda **given: change(made(**given)))
    assert is_noticed(many, known)


PLACES = 2 * (len(coded_keys.TIMES) + 2)  # of the latest and the earliest; two clocks differ
FIELDS = 3 + PLACES  # state and duties, the state of the call that another was merged into, whether it was
FINER_THAN_NEEDED = FIELDS - 1  # of a unit on its way only counts whether it came in time
BOTH = ("by bounds", "worked out")


@pytest.mark.parametrize("left_out", range(FINER_THAN_NEEDED))
@pytest.mark.parametrize("how", BOTH)
def test_a_part_left_out_of_the_key_is_noticed(
    many: Path, known: dict[int, Situations], monkeypatch: pytest.MonkeyPatch, left_out: int, how: str
) -> None:
    go(monkeypatch, how)
    _change_fields(monkeypatch, lambda at, one: msgspec.structs.replace(one, sql="{0}") if at == left_out else one)
    assert is_noticed(many, known)


@pytest.mark.parametrize("limit", range(1, 5))
@pytest.mark.parametrize("meaning", ["latest", "earliest"])
@pytest.mark.parametrize("how", BOTH)
def test_a_limit_left_out_is_noticed(
    many: Path, known: dict[int, Situations], monkeypatch: pytest.MonkeyPatch, meaning: str, limit: int, how: str
) -> None:
    ends = {
        ("by bounds", "latest"): f"_by_{limit} THEN", ("by bounds", "earliest"): f"_surely_{limit} THEN",
        ("worked out", "latest"): f"limit_{limit} THEN", ("worked out", "earliest"): f"limit_{limit} THEN",
    }[how, meaning]  # fmt: skip

    def without(_at: int, one: coded_keys.Field) -> coded_keys.Field:
        if how == "worked out" and meaning not in one.sql:
            return one
        parts = re.split("(?=WHEN )", one.sql)
        return msgspec.structs.replace(one, sql="".join(part for part in parts if ends not in part))

    go(monkeypatch, how)
    _change_fields(monkeypatch, without)
    assert is_noticed(many, known)


@pytest.mark.parametrize("how", BOTH)
def test_a_response_before_the_call_is_noticed(
    many: Path, known: dict[int, Situations], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    go(monkeypatch, how)
    _change_fields(
        monkeypatch,
        lambda _at, one: msgspec.structs.replace(
            one, sql=one.sql.replace("< 0 THEN {1}", "< 0 THEN {2}").replace("_by_0 THEN {1}", "_by_0 THEN {2}")
        ),
    )
    assert is_noticed(many, known)


def _change_fields(
    monkeypatch: pytest.MonkeyPatch, change: Callable[[int, coded_keys.Field], coded_keys.Field]
) -> None:
    def changed(
        fields: Callable[..., Iterator[coded_keys.Field]], shape: coded_keys.Shape, **given: bool
    ) -> Iterator[coded_keys.Field]:
        yield from (change(at, one) for at, one in enumerate(fields(shape, **given)))

    for name in ("_fields", "_plain_fields"):
        monkeypatch.setattr(coded_keys, name, partial(changed, getattr(coded_keys, name)))


def test_the_faults_are_tried_on_every_part(alike: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = set()

    def see(at: int, one: coded_keys.Field) -> coded_keys.Field:
        seen.add(at)
        return one

    _change_fields(monkeypatch, see)
    by_kinds(alike, versions(CHOICES), WIDE)
    assert seen == set(range(FIELDS))


def test_a_record_whose_tables_do_not_fit_together_is_refused(tmp_path: Path) -> None:
    parquet = coded(tmp_path, rows_alike(10, 5, seed=3))
    states = coded_folder(parquet) / "state.parquet"
    with duckdb.connect() as con:
        con.execute(f"COPY (SELECT * FROM '{states}' WHERE code <> 2) TO '{states}.cut' (FORMAT parquet)")
    Path(f"{states}.cut").replace(states)
    with pytest.raises(SourceError, match="do not fit together"):
        by_kinds(parquet, POLICIES["choices"], PLAIN)
