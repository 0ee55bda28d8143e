"""A claim that is answered from a slice of the record gets the finding that the whole record gives it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.differential.test_bulk_equals_reference import PLAIN, POLICIES, TERMS
from tests.support.alike import rows_alike
from tests.support.canonical import write_canonical
from tests.support.dirty import BASE_US
from tests.support.partitions import write_lines
from tests.support.small_policies import TWO_SPEEDS

from answerable import wiring
from answerable.answer.record import SourceTerms
from answerable.config import Settings
from answerable.engines.call_numbers import gaps_in_numbers
from answerable.engines.coded_record import coded_folder, write_coded
from answerable.engines.duck import connect
from answerable.engines.evaluate import evaluate
from answerable.engines.evaluation_sql import later_start
from answerable.engines.judged_calls import JudgedFile
from answerable.engines.slice_calls import Wanted, slice_calls
from answerable.errors import InputError, SourceError
from answerable.model.claim import Scope
from answerable.model.times import SECOND_US
from answerable.policy import VersionSet
from answerable.wiring import claim_answers
from answerable.wiring.joining import parts_given, publishers_files

DAY_US = 86_400 * SECOND_US
CASES: dict[str, tuple[str, SourceTerms]] = {
    "plain": ("two speeds", PLAIN),
    "two clocks": ("choices", TERMS["two clocks"]),
    "versions, from being queued": (
        "a later version raises",
        msgspec.structs.replace(TERMS["two clocks"], start_point="queued"),
    ),
}
SCOPES = {
    "a day": Scope(from_us=BASE_US + 3 * DAY_US, to_us=BASE_US + 4 * DAY_US),
    "a month": Scope(from_us=BASE_US, to_us=BASE_US + 30 * DAY_US),
    "nothing": Scope(from_us=BASE_US - 900 * DAY_US, to_us=BASE_US - 899 * DAY_US),
    "a condition": Scope(from_us=BASE_US + DAY_US, to_us=BASE_US + 20 * DAY_US, where="life_safety or priority <= 2"),
    "listed": Scope(calls=("C00001-3", "C00002-3", "C00040-0", "C00040-1", "nobody", "0" * 32)),
    "listed in a window": Scope(
        calls=tuple(f"C{at:05d}-{at % 20}" for at in range(120)),
        from_us=BASE_US + 5 * DAY_US,
        to_us=BASE_US + 30 * DAY_US,
    ),
}


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    parquet = write_canonical(tmp_path_factory.mktemp("calls") / "calls.parquet", rows_alike(120, 20, seed=911))
    write_coded(parquet, parquet_sha256="0" * 64, settings=Settings())
    return parquet


def scoped(parquet: Path, scope: Scope, versions: VersionSet, terms: SourceTerms) -> tuple[object, ...]:
    judgement = evaluate(parquet, versions=versions, terms=terms)
    with closing(judgement.connection):
        found = JudgedFile(judgement, terms=terms).in_scope(scope)
    return found.calls, found.possible, found.missing


@pytest.mark.parametrize("name", SCOPES)
@pytest.mark.parametrize("case", CASES)
def test_the_calls_of_a_slice_are_judged_as_in_the_whole(calls: Path, tmp_path: Path, case: str, name: str) -> None:
    policy, terms = CASES[case]
    cut = tmp_path / "slice.parquet"
    wanted = [Wanted(scopes=(SCOPES[name],), around=False)]
    slice_calls(calls, coded_folder(calls), cut, wanted=wanted, later=later_start(terms), settings=Settings())
    expected = scoped(calls, SCOPES[name], POLICIES[policy], terms)
    assert scoped(cut, SCOPES[name], POLICIES[policy], terms) == expected
    assert bool(expected[0]) is (name != "nothing")


def test_a_slice_holds_the_calls_that_its_own_were_merged_into(calls: Path, tmp_path: Path) -> None:
    """Merged rows whose other call lies outside, and rows that name a number which stands twice, are among them."""
    cut = tmp_path / "slice.parquet"
    wanted = [Wanted(scopes=(SCOPES["a day"],), around=False)]
    slice_calls(calls, coded_folder(calls), cut, wanted=wanted, later=None, settings=Settings())
    window = f"epoch_us(received_at) BETWEEN {SCOPES['a day'].from_us} AND {SCOPES['a day'].to_us} - 1"
    with connect() as con:
        beside, unknown = con.execute(
            f"""SELECT count(*) FILTER (NOT ({window})), count(*) FILTER (duplicate_of = 'no call of this number')
            FROM '{cut}'"""
        ).fetchall()[0]
    assert beside > 0
    assert unknown > 0


def test_what_is_compared_is_in_the_slice_with_the_hours_around_it(calls: Path, tmp_path: Path) -> None:
    cut, at = tmp_path / "slice.parquet", "C00001-3"
    wanted = [Wanted(scopes=(Scope(calls=(at,)),), around=True)]
    slice_calls(calls, coded_folder(calls), cut, wanted=wanted, later=None, settings=Settings())
    with connect() as con:
        (told_us,) = con.execute(f"SELECT epoch_us(received_at) FROM '{calls}' WHERE call_id = '{at}'").fetchall()[0]
        hour = told_us // 3_600_000_000
        hours = f"epoch_us(received_at) // 3600000000 BETWEEN {hour - 5} AND {hour + 4}"
        wanted_rows = f"SELECT row_key FROM '{calls}' WHERE {hours}"
        missing = con.execute(f"SELECT count(*) FROM ({wanted_rows} EXCEPT SELECT row_key FROM '{cut}')").fetchall()
        whole = con.execute(f"SELECT count(*) FROM ({wanted_rows})").fetchall()[0][0]
    assert missing == [(0,)]
    assert whole > 20


# Claims as people write them, over an export with everything that is wrong with real ones.

CLAIMS = {
    "a-week": 'kind = "calls_ignored"\n[scope]\nfrom = 2024-03-08T00:00:00-06:00\nto = 2024-03-15T00:00:00-05:00\n',
    "a-day-and-a-kind": (
        'kind = "calls_ignored"\n[scope]\nfrom = 2024-05-02T00:00:00Z\nto = 2024-05-03T00:00:00Z\n'
        'where = "priority <= 2"\n'
    ),
    "nothing-there": 'kind = "calls_ignored"\n[scope]\nfrom = 2021-05-02T00:00:00Z\nto = 2021-05-03T00:00:00Z\n',
    "listed": 'kind = "calls_ignored"\n[scope]\ncalls = [{listed}, "not-there"]\n',
    "denied": 'kind = "request_denied"\n[scope]\nfrom = 2024-02-01T00:00:00Z\nto = 2024-02-05T00:00:00Z\n',
    "slower": 'kind = "slower_response"\n[scope]\ncalls = [{listed}]\n',
    "policy": 'kind = "policy_exists"\n[claim.given]\npriority = 1\n',
    "statement": (
        'kind = "statement"\n[scope]\nfrom = 2024-06-01T00:00:00Z\nto = 2024-06-11T00:00:00Z\n'
        '[[passage]]\nquote = "No urgent call went unheard."\ntest = "no_call"\nwhere = "priority <= 2"\n'
        'outcomes = ["unheard"]\n'
    ),
}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    lines = write_lines(folder, rows=20_000)
    (folder / "policy.toml").write_text(TWO_SPEEDS, encoding="utf-8")
    wiring.import_file(folder / "whole.csv", source=str(folder / "city.toml"), out=folder / "calls.parquet")
    listed = ", ".join(f'"{line.partition(",")[0]}"' for line in lines[5_000:5_300:15])
    (folder / "claims").mkdir()
    for name, text in CLAIMS.items():
        kind, _, rest = text.format(listed=listed).partition("\n")
        head = f'answerable-claim = 1\n[claim]\nid = "{name}"\n{kind}\ntext = "It was so."\nalleged-by = "somebody"\n'
        (folder / "claims" / f"{name}.toml").write_text(head + rest, encoding="utf-8")
    return folder


def test_every_finding_is_the_one_that_examine_gives(city: Path, tmp_path: Path) -> None:
    whole = wiring.examine_file(
        city / "calls.parquet", policies=[city / "policy.toml"], claims=[city / "claims"], out=tmp_path / "out"
    )
    at_once = wiring.answer_claims([city / "claims"], city / "calls.parquet", policies=[city / "policy.toml"])
    assert {one.id: one for one in at_once.claims} == {one.id: one for one in whole.claims}
    assert len(at_once.claims) == len(CLAIMS)
    assert len({one.finding for one in at_once.claims}) >= 3
    assert at_once.as_of_us == whole.as_of_us
    slower = next(one for one in at_once.claims if one.id == "slower")
    assert slower.comparison is not None
    assert 0 < at_once.calls_read < whole.source.calls / 2


def test_missing_numbers_were_counted_when_the_calls_were_coded(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = list[int | None]()

    def counting(*given: Any) -> int | None:
        looked.append(found := gaps_in_numbers(*given))
        return found

    monkeypatch.setattr(claim_answers, "gaps_in_numbers", counting)
    claim, calls, policies = city / "claims" / "nothing-there.toml", city / "calls.parquet", [city / "policy.toml"]
    known = wiring.answer_claims([claim], calls, policies=policies).claims
    assert not looked
    # codes that were written before numbers were counted
    beside = coded_folder(calls) / "coded.json"
    now = msgspec.json.decode(beside.read_bytes())
    beside.write_bytes(msgspec.json.encode({key: value for key, value in now.items() if key != "number_gaps"}))
    try:
        assert wiring.answer_claims([claim], calls, policies=policies).claims == known
    finally:
        beside.write_bytes(msgspec.json.encode(now))
    assert looked == [now["number_gaps"]]
    assert now["number_gaps"] > 0
    assert parts_given([city]) == []  # the city's own export lies there, too
    assert sorted(publishers_files(city)) == [city / "whole.csv"]


def test_of_one_claim_few_calls_are_read(city: Path) -> None:
    found = wiring.answer_claims(
        [city / "claims" / "a-day-and-a-kind.toml"], city / "calls.parquet", policies=[city / "policy.toml"]
    )
    assert 0 < found.calls_read < 200


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        ('kind = "calls_ignored"\n', "its scope has no window"),
        ('kind = "calls_ignored"\n[scope]\nfrom = 2024-02-01T00:00:00Z\n', "its scope has no window"),
        (
            'kind = "slower_response"\n[scope]\nwhere = "priority == 1"\nfrom = 2024-02-01T00:00:00Z\n',
            "the whole time before",
        ),
    ],
)
def test_a_claim_that_needs_the_whole_record_is_refused(city: Path, tmp_path: Path, rest: str, why: str) -> None:
    kind, _, rest = rest.partition("\n")
    head = f'answerable-claim = 1\n[claim]\nid = "x"\n{kind}\ntext = "It was so."\nalleged-by = "somebody"\n'
    (tmp_path / "claim.toml").write_text(head + rest, encoding="utf-8")
    with pytest.raises(InputError, match=why) as refused:
        wiring.answer_claims([tmp_path / "claim.toml"], city / "calls.parquet", policies=[city / "policy.toml"])
    assert "answerable examine" in (refused.value.hint or "")


def test_codes_of_other_calls_are_refused(city: Path, tmp_path: Path) -> None:
    lines = (city / "whole.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "few.csv").write_text("".join(lines[:500]), encoding="utf-8")
    wiring.import_file(tmp_path / "few.csv", source=str(city / "city.toml"), out=tmp_path / "calls.parquet")
    (tmp_path / "calls.parquet").write_bytes((city / "calls.parquet").read_bytes())
    claim = city / "claims" / "a-week.toml"
    with pytest.raises(SourceError, match="the coded record beside it has 4"):
        wiring.answer_claims([claim], tmp_path / "calls.parquet", policies=[city / "policy.toml"])
    (tmp_path / "calls.manifest.json").write_bytes((city / "calls.manifest.json").read_bytes())
    with pytest.raises(SourceError, match="it is of other calls"):
        wiring.answer_claims([claim], tmp_path / "calls.parquet", policies=[city / "policy.toml"])
