"""Every fault of generated calls is found by the import, as often as it is there."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest
from tests.support.generated_lines import COLUMNS, POINTS, city, good_rows, lines, times

from answerable import wiring
from answerable.generated.cities import City
from answerable.generated.profile import profile_toml
from answerable.model.call import Quality
from answerable.model.outcome import Outcome
from answerable.model.source import SourceManifest

POINT_OF = dict(zip(POINTS, ("received", "dispatched", "enroute", "arrived", "closed"), strict=True))
ROWS = 20_000_000
"""Of a city this large a few thousand lines hold whole hours of a night."""


def position(of: City, at: datetime) -> int:
    """About where in the export of `ROWS` lines the calls of that day's first hours begin."""
    return int((at - datetime(2024, 1, 1, tzinfo=UTC)).total_seconds() / (366 * 86400) * ROWS)


def imported(of: City, texts: list[str], folder: Path) -> tuple[SourceManifest, Path]:
    export, profile, out = folder / "calls.csv", folder / "city.toml", folder / "calls.parquet"
    export.write_text("\n".join([",".join(COLUMNS), *texts]) + "\n", encoding="utf-8", newline="")
    profile.write_text(profile_toml(of), encoding="utf-8")
    return wiring.import_file(export, source=str(profile), out=out), out


def flagged(out: Path, point: str, bits: Quality) -> int:
    with duckdb.connect() as con:
        found = con.execute(f"SELECT count(*) FROM '{out}' WHERE quality_{point} & {int(bits)} <> 0").fetchone()
    assert found
    return int(found[0])


def twice(of: City, at: datetime) -> bool:
    zone = ZoneInfo(of.timezone)
    return at.replace(tzinfo=zone).utcoffset() > at.replace(tzinfo=zone, fold=1).utcoffset()  # type: ignore[operator]


def never(of: City, at: datetime) -> bool:
    zone = ZoneInfo(of.timezone)
    return at.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) != at


@pytest.mark.parametrize("name", ["ashmere-police", "bramwick-police", "fenbury-sheriff"])
@pytest.mark.parametrize(
    ("day", "is_odd", "bits"),
    [
        (datetime(2024, 3, 10, tzinfo=UTC), never, Quality.DST_NONEXISTENT),
        (datetime(2024, 11, 3, tzinfo=UTC), twice, Quality.DST_AMBIGUOUS | Quality.DST_UNDECIDED),
    ],
    ids=["spring", "autumn"],
)
def test_the_hours_of_changing_clocks_are_found(
    name: str, day: datetime, is_odd: object, bits: Quality, tmp_path: Path
) -> None:
    of = city(name)
    assert callable(is_odd)
    first = position(of, day)
    texts = lines(of, rows=ROWS, first=first, last=first + 8_000)
    rows = [times(row, of) for row in good_rows(dict.fromkeys(texts))]
    _, out = imported(of, texts, tmp_path)
    for column, point in POINT_OF.items():
        odd = sum(row[column] is not None and is_odd(of, row[column]) for row in rows)
        assert flagged(out, point, bits) == odd
        assert odd > 50


def test_a_city_whose_clock_never_changes_has_no_such_hour(tmp_path: Path) -> None:
    of = city("eastmarch-police")
    first = position(of, datetime(2024, 3, 10, tzinfo=UTC))
    manifest, _ = imported(of, lines(of, rows=ROWS, first=first, last=first + 8_000), tmp_path)
    assert not [name for flaws in manifest.quality.values() for name in flaws if name.startswith("dst")]


def test_placeholders_early_arrivals_blanks_and_unknown_codes_are_found_each_as_often_as_there_are(
    tmp_path: Path,
) -> None:
    of = city("bramwick-police")
    # January and February: no clock changes, so that the order of times is plain
    texts = lines(of, rows=240_000, first=0, last=36_000)
    rows = list(good_rows(dict.fromkeys(texts)))
    manifest, out = imported(of, texts, tmp_path)
    clocks = [times(row, of) for row in rows]
    expected = {
        Quality.SENTINEL: sum(row["On Scene"].startswith("1900") for row in rows),
        Quality.MISSING: sum(not row["On Scene"] for row in rows),
        Quality.OUT_OF_ORDER: sum(
            clock["On Scene"] is not None and clock["Received"] is not None and clock["On Scene"] < clock["Received"]
            for clock in clocks
        ),
    }
    assert all(count >= 5 for count in expected.values())
    assert {bit: flagged(out, "arrived", bit) for bit in expected} == expected
    assert manifest.unlisted_codes == {"Disposition": {"Q7": sum(row["Disposition"] == "Q7" for row in rows)}}
    with duckdb.connect() as con:
        nobody = con.execute(f"SELECT count(*) FROM '{out}' WHERE dispatched = 'no'").fetchone()
    assert nobody == (sum(not row["Dispatched"] for row in rows),)


def test_the_generator_knows_what_the_import_finds(tmp_path: Path) -> None:
    made = wiring.generate_calls(tmp_path, rows=40_000, seed=3)
    for one in made.cities:
        manifest = wiring.import_file(
            tmp_path / one.folder, source=str(tmp_path / one.profile), out=tmp_path / f"{one.id}.parquet"
        )
        rows = manifest.rows
        assert (rows.read, rows.imported, rows.duplicates, rows.quarantined) == (
            one.rows, one.calls, one.duplicates, one.quarantined,
        )  # fmt: skip
    assert sum(one.duplicates for one in made.cities) > 500
    assert sum(one.quarantined for one in made.cities) >= 1


def test_each_kind_of_broken_line_is_in_the_quarantine_with_its_reason(tmp_path: Path) -> None:
    of = city("bramwick-police")
    imported(of, lines(of, rows=60_000, first=0, last=30_000), tmp_path)
    with (tmp_path / "calls.quarantine.csv").open(encoding="utf-8", newline="") as kept:
        reasons = {row["reason"] for row in csv.DictReader(kept)}
    assert len(reasons) >= 4, json.dumps(sorted(reasons))


POLICY = """
answerable-policy = 1
[policy]
id = "made-up/response"
version = "1"
title = "Every call is answered within a day"
issued-by = "nobody"
issued-at = 2023-01-01T00:00:00Z
effective = { from = 2023-01-01T00:00:00Z }
vocabulary = "answerable/calls@1"
[ranks]
order = ["dispatcher"]
[[duty]]
id = "all"
text = "Every call is answered."
when = "true"
duty = "must-respond"
[[clock]]
id = "any"
when = "true"
dispatch-within = "24 h"
"""


def test_an_examination_of_a_city_finds_the_calls_that_went_unheard_and_no_others(tmp_path: Path) -> None:
    of = next(one for one in wiring.generate_calls(tmp_path, rows=12_000, seed=4).cities)
    (tmp_path / "policy.toml").write_text(POLICY, encoding="utf-8")
    found = wiring.examine_file(
        tmp_path / of.folder,
        source=str(tmp_path / of.profile),
        policies=[tmp_path / "policy.toml"],
        out=tmp_path / "out",
    )
    export = (tmp_path / of.folder / "calls-0001.csv").read_text(encoding="utf-8").splitlines()[1:]
    unheard = [row for row in good_rows(dict.fromkeys(export)) if not row["Dispatched"] and not row["Disposition"]]
    assert len(unheard) > 5
    assert {call.call for call in found.ignored if call.outcome == Outcome.UNHEARD} == {
        row["Call No"] for row in unheard
    }
    assert sum(found.outcomes.values()) == of.calls
    assert {"answered", "answered_late", "merged", "none_owed", "undetermined", "withdrawn"} <= {
        outcome for outcome, calls in found.outcomes.items() if calls
    }
