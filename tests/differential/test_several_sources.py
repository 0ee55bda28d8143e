"""Files of several sources are measured together as one plain computation over all their calls measures them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

import duckdb
import pytest
from tests.support.partitions import write_lines, write_parts
from tests.support.small_policies import TWO_SPEEDS

from answerable import wiring
from answerable.errors import SourceError
from answerable.model.call import Quality
from answerable.model.examination import Examination, IntervalStatistic, SeveralSources

Told: TypeAlias = tuple[datetime, datetime | None]
NO_TIME = int(Quality.MISSING | Quality.SENTINEL | Quality.NO_DATE)
UNSURE = int(
    Quality.DATE_ONLY | Quality.MIDNIGHT_PLACEHOLDER | Quality.DST_UNDECIDED | Quality.DST_NONEXISTENT
    | Quality.OVERWRITTEN_BY_REOPENING | Quality.UNIT_ROW_LOST
)  # fmt: skip


@pytest.fixture(scope="module")
def cities(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three cities, very unlike in size and waits; the first in three files, one of which repeats rows of another."""
    folder = tmp_path_factory.mktemp("cities")
    for number, (city, rows) in enumerate([(1, 3_000), (4, 900), (5, 150)]):
        own = folder / f"city-{number}"
        own.mkdir()
        lines = write_lines(own, rows=rows, city=city)
        parts = [lines[1:1500], lines[1400:2200], lines[2200:]] if number == 0 else [lines[1:]]
        write_parts(own, lines, parts)
    return folder


def given(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/imported"))


@pytest.fixture(scope="module")
def found(cities: Path) -> SeveralSources:
    described = wiring.describe_files(given(cities))
    assert isinstance(described, SeveralSources)
    return described


def waits_us(folders: Sequence[Path], *, officers: bool = False) -> list[int]:
    """Receipt to dispatch of every call that somebody waits for, row by row: a row that stands in two files once."""
    rows = set()
    for parquet in (file for folder in folders for file in sorted(folder.glob("*.parquet"))):
        with duckdb.connect() as con:
            con.execute("SET TimeZone = 'UTC'")
            rows |= set(
                con.execute(
                    f"""SELECT raw_hash, epoch_us(received_at), epoch_us(dispatched_at), quality_received,
                    quality_dispatched, origin, entry_kind, duplicate_of, disposition FROM '{parquet}'"""
                ).fetchall()
            )
    found = []
    for _, received, dispatched, flaw, other, origin, entry, duplicate, disposition in rows:
        if duplicate is not None or disposition == "duplicate" or entry != "call" or origin == "scheduled":
            continue
        if (origin == "officer") is not officers or (flaw | other) & (NO_TIME | UNSURE):
            continue
        if received is not None and dispatched is not None and dispatched >= received:
            found.append(dispatched - received)
    return sorted(found)


def quantile(ordered: Sequence[float], share: float) -> float:
    at = share * (len(ordered) - 1)
    low = int(at)
    return ordered[low] + (at - low) * (ordered[min(low + 1, len(ordered) - 1)] - ordered[low])


def one(intervals: Sequence[IntervalStatistic], population: str = "calls") -> IntervalStatistic:
    (only,) = (
        each for each in intervals if (each.definition, each.population) == ("received to dispatched", population)
    )
    return only


@pytest.mark.parametrize("population", ["calls", "officer_initiated"])
def test_quantiles_are_those_of_all_waits_and_no_average_of_the_sources(
    cities: Path, found: SeveralSources, population: str
) -> None:
    plain = waits_us(given(cities), officers=population != "calls")
    whole = one(found.intervals, population)
    assert whole.counted == len(plain) > 500
    figures = (whole.mean_s, whole.median_s, whole.p90_s)
    expected = (sum(plain) / len(plain), quantile(plain, 0.5), quantile(plain, 0.9))
    assert figures == pytest.approx(tuple(us / 1e6 for us in expected))
    own = [
        each for source in found.sources if (each := one(source.description.intervals, population)).p90_s is not None
    ]
    if population == "calls":
        weighted = sum((each.p90_s or 0) * each.counted for each in own) / whole.counted
        assert whole.p90_s != pytest.approx(weighted, rel=1e-3), "else the test could not tell them apart"


def test_each_source_stands_beside_as_if_it_were_examined_alone(cities: Path, found: SeveralSources) -> None:
    alone = [wiring.describe_file([folder]) for folder in given(cities)]
    assert [each.description for each in found.sources] == [each.description for each in alone]
    assert found.calls == sum(each.source.calls for each in alone)
    assert [one(each.description.intervals).counted for each in found.sources] == [
        len(waits_us([folder])) for folder in given(cities)
    ]


def test_the_calls_of_every_month_add_up_each_in_its_own_time_zone(cities: Path, found: SeveralSources) -> None:
    calls: Counter[str] = Counter()
    dispatched: Counter[str] = Counter()
    for source in found.sources:
        for month in source.description.coverage:
            calls[month.month] += month.calls
            dispatched[month.month] += month.recorded["dispatched"]
    assert {each.month: each.calls for each in found.coverage} == calls
    assert {each.month: each.recorded["dispatched"] for each in found.coverage} == dispatched
    assert sum(calls.values()) == found.calls
    assert [each.month for each in found.coverage] == sorted(calls)
    assert len({source.source.timezone for source in found.sources}) == 3


def test_files_of_one_source_are_one_however_many_they_are(cities: Path) -> None:
    assert isinstance(wiring.describe_files([given(cities)[0]]), Examination)


def test_a_publishers_file_among_them_is_refused_as_ever(cities: Path) -> None:
    with pytest.raises(SourceError, match="it was not imported"):
        wiring.describe_files([*given(cities), cities / "city-0" / "part-0.csv"])


def test_under_a_policy_several_sources_are_refused_with_what_measures_them(cities: Path, tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text(TWO_SPEEDS, encoding="utf-8")
    with pytest.raises(SourceError, match="each source is examined by what it can show") as refused:
        wiring.examine_file(given(cities), policies=[tmp_path / "policy.toml"], out=tmp_path / "out")
    assert "`examine` without --policy measures all" in str(refused.value.hint)
