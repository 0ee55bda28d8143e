"""A stranger's file, drafted, answered and imported, has the calls that the built-in profile finds in the original."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.support.answering import answered
from tests.support.distorted import DISTORTIONS, Distorted, Rows, rows_of
from tests.support.published import published
from tests.support.sources import read_calls

from answerable.errors import SourceError
from answerable.model.call import CALL_COLUMNS
from answerable.sources import Draft, Recognition, draft_profile, find_profile, import_calls, read_profile, recognise
from answerable.sources.profiling.header import match_header

# what a stranger cannot know of the built-in profile (its name, its texts), hashes of other bytes, another file's name
NEVER = ("source", "row_key", "raw_hash", "raw_file", "disposition_text", "type_initial_text", "type_final_text")
NOT_COMPARED = {
    "san-diego-ca": NEVER,
    "seattle-wa": (*NEVER, "quality_arrived"),  # a blank in the one, 1900 in the other
    # facts that the built-in profile binds to types; and priorities, which it does not bind, being no whole numbers
    "san-francisco-ca-fire": (*NEVER, "fact_discipline", "fact_type_group", "fact_priority"),
}  # fmt: skip


def made_up(name: str) -> Distorted:
    distort, rows, _ = DISTORTIONS[name]
    return distort(rows())


def real(name: str) -> Distorted:
    distort, _, file = DISTORTIONS[name]
    rows: Rows = rows_of(published(file).read_text(encoding="utf-8-sig"))
    return distort(rows)


def drafted(given: Distorted, folder: Path) -> Draft:
    (folder / given.name).write_bytes(given.content)
    return draft_profile(folder / given.name)


def calls_of(file: Path, profile: str, out: Path, *, without: tuple[str, ...]) -> list[dict[str, Any]]:
    import_calls(file, profile=find_profile(profile), out=out)
    compared = [column for column, _ in CALL_COLUMNS if column not in without]
    return [{column: call[column] for column in compared} for call in read_calls(out)]


def both_ways(given: Distorted, folder: Path) -> None:
    draft = drafted(given, folder)
    profile = folder / "answered.toml"
    profile.write_text(answered(draft, given.answers, given.added), encoding="utf-8")
    (folder / "original.csv").write_bytes(given.original)
    without = NOT_COMPARED[given.profile]
    theirs = calls_of(folder / given.name, str(profile), folder / "theirs.parquet", without=without)
    ours = calls_of(folder / "original.csv", given.profile, folder / "ours.parquet", without=without)
    assert len(theirs) == len(ours) > 100
    assert theirs == ours


@pytest.mark.parametrize("name", DISTORTIONS)
def test_the_calls_of_a_drafted_profile_are_those_of_the_built_in_one(name: str, tmp_path: Path) -> None:
    given = made_up(name)
    both_ways(given, tmp_path)


@pytest.mark.data
@pytest.mark.parametrize("name", DISTORTIONS)
def test_so_are_those_of_the_cities_own_rows(name: str, tmp_path: Path) -> None:
    given = real(name)
    both_ways(given, tmp_path)


@pytest.mark.parametrize("name", DISTORTIONS)
@pytest.mark.parametrize("rows", [made_up, pytest.param(real, marks=pytest.mark.data)])
def test_every_guess_about_a_column_is_right_or_it_is_asked(
    name: str, rows: Callable[[str], Distorted], tmp_path: Path
) -> None:
    given = rows(name)
    draft = drafted(given, tmp_path)
    truth = answered_truth(name)
    for guess in draft.guesses:
        if guess.key.startswith(("columns.", "file.", "clock.", "flags.", "intervals.")):
            assert (guess.key, tomllib.loads(f"value = {guess.value}")["value"]) in truth, guess


def answered_truth(name: str) -> list[tuple[str, Any]]:
    """What is true of each distorted file, whether the draft guesses it or not."""
    point = {"column": "Point"}
    truths: dict[str, list[tuple[str, Any]]] = {
        "san_diego": [
            ("clock.formats", ["%d/%m/%Y %H:%M:%S"]), ("file.encoding", "windows-1252"), ("file.delimiter", ";"),
            ("file.grain", "call"), ("file.identity", ["F01"]), ("columns.call_id", "F01"),
        ],
        "seattle": [
            ("clock.formats", ["%m/%d/%Y %I:%M:%S %p"]), ("clock.sentinels", ["01/01/1900 12:00:00 AM"]),
            ("clock.start-point", "queued"), ("columns.queued_at", {"column": "Queued Ms", "epoch": "ms"}),
            ("columns.arrived_at", {"column": "Arrival Date", "with": ["Arrival Time"]}), ("columns.lat", "Lat"),
            ("columns.lon", "Lon"), ("columns.call_id", "Event No"), ("columns.origin_raw", "How Received"),
            ("columns.disposition_raw", "Outcome"), ("columns.type_initial", "First Type"),
            ("columns.type_final", "Last Type"), ("columns.beat", "Beat Code"), ("columns.district", "Precinct Name"),
            ("file.grain", "call"), ("file.null-tokens", ["", "N/A"]), ("file.identity", ["Event No"]),
        ],
        "san_francisco": [
            ("clock.formats", ["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S%z"]), ("clock.start-point", "received"),
            ("columns.received_at", "Rcvd At"), ("columns.entered_at", "Entered At"),
            *(
                (f"columns.{at}_at", {"column": column, "utc": True})
                for at, column in {"dispatched": "Dispatched At", "enroute": "Enroute At", "arrived": "OnScene At",
                                   "cleared": "Available At"}.items()
            ),
            ("columns.lat", point | {"pattern": r"^\(?([-0-9.]+), *[-0-9.]+\)?$"}),
            ("columns.lon", point | {"pattern": r"^\(?[-0-9.]+, *([-0-9.]+)\)?$"}),
            ("columns.place_text", "Block Address"), ("columns.report_no", "Report No"), ("columns.call_id", "Call No"),
            ("columns.unit", "Unit"), ("columns.priority_initial_raw", "First Priority"),
            ("columns.priority_final_raw", "Last Priority"), ("columns.disposition_raw", "Disposition"),
            ("columns.beat", "Station Area"), ("columns.district", "Battalion"), ("file.delimiter", "\t"),
            ("file.grain", "unit_response"), ("file.identity", ["Call No", "Unit"]),
        ],
    }  # fmt: skip
    return truths[name]


@pytest.mark.parametrize("name", DISTORTIONS)
def test_a_draft_reads_nothing_before_it_is_answered(name: str, tmp_path: Path) -> None:
    draft = drafted(made_up(name), tmp_path)
    with pytest.raises(SourceError, match="line 9: question 1 is not answered") as refused:
        read_profile(draft.text.encode(), file="draft.toml")
    assert f"{len(draft.questions) - 1} more are open" in (refused.value.hint or "")


@pytest.mark.parametrize("name", DISTORTIONS)
def test_each_single_question_left_open_stops_it_with_its_line(name: str, tmp_path: Path) -> None:
    given = made_up(name)
    draft = drafted(given, tmp_path)
    for left in draft.questions:
        mark = f"?{left.number}"
        kept = {key: mark if key == left.key else answer for key, answer in given.answers.items()}
        if left.key == "removals" or not isinstance(given.answers[left.key], str):
            continue
        text = answered(draft, kept, {})
        with pytest.raises(SourceError, match=rf"question {left.number} is not answered") as refused:
            read_profile(text.encode(), file="draft.toml")
        assert f'"{mark}"' in text.splitlines()[(refused.value.line or 0) - 1]


SAMPLES = (
    "baltimore_911", "fdny_fire_dispatch", "fdny_incidents", "hartford_2005_2015", "hartford_2016", "lafd_response",
    "lapd_2014", "lapd_2015", "lapd_2016", "new_orleans_2011", "new_orleans_2012", "new_orleans_2013",
    "new_orleans_2015", "new_orleans_2016", "new_orleans_2017", "nyc_ems", "rockford_72h", "santa_rosa",
    "seattle_911_incident_response", "sffd_cfs", "sfpd_cfs",
)  # fmt: skip
# what a name promises and the publisher means otherwise, or does not publish: the codes are asked about all the same
KNOWN_MISTAKES = {
    ("seattle_911_incident_response", "cleared_at"), ("seattle_911_incident_response", "disposition_raw"),
    ("seattle_911_incident_response", "disposition_text"),
    ("santa_rosa", "place_text"),  # "na" in every row
}  # fmt: skip


def unknown(given: Any, **_: Any) -> Recognition:
    """As if no profile were at hand."""
    found = recognise(given)
    return msgspec.structs.replace(found, profile=None)


@pytest.mark.data
@pytest.mark.parametrize(
    "file",
    [
        *(f"published_samples/{name}.csv" for name in SAMPLES),
        *(file for _, _, file in DISTORTIONS.values()),
        "milwaukee_wi/mpd_live_feed_2018-05.csv",
    ],
)
def test_no_guess_about_a_publishers_column_contradicts_the_profile_that_was_held_against_its_rows(
    file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = published(file)
    definition = find_profile(recognise(path).profile or "").definition
    monkeypatch.setattr("answerable.sources.drafting.draft.recognise", unknown)
    draft = draft_profile(path)
    found = match_header(definition, draft.columns).found
    blank = {one.column for one in draft.unused if one.why.startswith("no row")}
    for guess in draft.guesses:
        value = tomllib.loads(f"value = {guess.value}")["value"]
        canonical = guess.key.removeprefix("columns.")
        if guess.key.startswith("columns.") and (path.stem, canonical) not in KNOWN_MISTAKES:
            ref = definition.ref(canonical)
            assert ref is not None, guess
            names = [value] if isinstance(value, str) else [value["column"], *value.get("with", [])]
            truth = [draft.columns[found[name]] for name in ref.names() if name in found]
            assert names == [name for name in truth if name not in blank], guess
        if guess.key == "clock.formats":
            assert set(value) <= set(definition.clock.formats), guess
        if guess.key in ("file.grain", "clock.start-point"):
            assert value in (definition.file.grain, definition.clock.start_point), guess
