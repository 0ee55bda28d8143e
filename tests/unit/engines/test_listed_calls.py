"""The calls near an entry of a list, as the engine finds them: window, words of places and kinds, numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.canonical import write_canonical

from answerable.answer.listed.weights import Area, Kind, Place
from answerable.engines.listed_calls import Near, near_calls
from answerable.model.listed import ListedCall
from answerable.model.times import SECOND_US, parse_instant

NOON_US = parse_instant("2018-06-19T12:00:00-07:00")


def row(number: str | None, minutes: float, **more: Any) -> dict[str, Any]:
    return {"call_id": number, "received_at": NOON_US + round(minutes * 60 * SECOND_US), **more}


def near(tmp_path: Path, rows: list[dict[str, Any]], *, numbers: tuple[str, ...] = (), **more: Any) -> Near:
    one = ListedCall(id="e", **{"about_us": NOON_US, "within_s": 600, **more})
    return near_calls(write_canonical(tmp_path / "calls.parquet", rows), [one], numbers=numbers, start_point="received")


def found(tmp_path: Path, rows: list[dict[str, Any]], **more: Any) -> dict[str, tuple[object, ...]]:
    return {one.call: (one.place, one.area, one.kind) for one in near(tmp_path, rows, **more).pairs}


def test_every_call_within_two_hours_is_near_and_no_other(tmp_path: Path) -> None:
    rows = [row("a", -120), row("b", 119.9), row("c", 121), row("d", -121), row("e", 0) | {"received_at": None}]
    assert set(found(tmp_path, rows)) == {"a", "b"}


def test_places_agree_word_by_word_in_any_order_and_spelling(tmp_path: Path) -> None:
    rows = [
        row("all", 0, place_text="4400 BLOCK CUSTOMS QUAY"),
        row("some", 0, place_text="00300 Quay St"),
        row("none", 0, place_text="BIRCH AVE"),
        row("blank", 0),
        row("only a block", 0, place_text="BLOCK OF THE"),
    ]
    assert {key: place for key, (place, *_) in found(tmp_path, rows, place="Quay (customs), near").items()} == {
        "all": Place.ALL_WORDS,
        "some": Place.SOME_WORDS,
        "none": Place.OTHER,
        "blank": None,
        "only a block": None,
    }


def test_the_kind_of_street_tells_places_apart_however_it_is_spelled(tmp_path: Path) -> None:
    rows = [
        row("same", 0, place_text="100 ASH AV"),
        row("other", 0, place_text="100 ASH ST"),
        row("none", 0, place_text="100 ASH"),
    ]
    assert {key: place for key, (place, *_) in found(tmp_path, rows, place="100 Ash Avenue").items()} == {
        "same": Place.ALL_WORDS,
        "other": Place.SOME_WORDS,
        "none": Place.ALL_WORDS,
    }
    assert {key: place for key, (place, *_) in found(tmp_path, rows, place="100 Ash").items()} == {
        "same": Place.ALL_WORDS,
        "other": Place.ALL_WORDS,
        "none": Place.ALL_WORDS,
    }


def test_a_kind_of_street_alone_is_no_part_of_a_place(tmp_path: Path) -> None:
    rows = [row("a", 0, place_text="OAK ST")]
    assert found(tmp_path, rows, place="Ash St")["a"][0] is Place.OTHER


def test_words_that_no_call_of_the_record_has_say_nothing_of_it(tmp_path: Path) -> None:
    rows = [
        row("a", 0, place_text="CUSTOMS QUAY", type_initial="NOISE"),
        row("b", 0, place_text="BIRCH AVE", type_initial="FIGHT"),
    ]
    near_the_gate = found(tmp_path, rows, place="old gate, Customs Quay", type="noise reported")
    assert near_the_gate == {"a": (Place.ALL_WORDS, None, Kind.ALL_WORDS), "b": (Place.OTHER, None, Kind.OTHER)}
    unknown = found(tmp_path, rows, place="Nowhere Plaza", type="trouble")
    assert unknown == {"a": (Place.OTHER, None, None), "b": (Place.OTHER, None, None)}


def test_zeros_before_a_number_of_a_street_do_not_matter(tmp_path: Path) -> None:
    rows = [row("a", 0, place_text="05TH AVE"), row("b", 0, place_text="15TH AVE")]
    places = {key: place for key, (place, *_) in found(tmp_path, rows, place="5th Avenue").items()}
    assert places == {"a": Place.ALL_WORDS, "b": Place.OTHER}


def test_areas_agree_by_beat_then_by_district(tmp_path: Path) -> None:
    rows = [
        row("beat", 0, beat="520", district="harbor"), row("district", 0, beat="510", district="HARBOR"),
        row("other", 0, beat="310", district="EAST"), row("blank", 0),
    ]  # fmt: skip
    assert {key: area for key, (_, area, _) in found(tmp_path, rows, beat="520", district="Harbor").items()} == {
        "beat": Area.BEAT,
        "district": Area.DISTRICT,
        "other": Area.OTHER,
        "blank": None,
    }


def test_kinds_agree_by_the_words_of_the_text_or_of_the_code(tmp_path: Path) -> None:
    rows = [
        row("same", 0, type_final="DIST", type_final_text="DISTURBANCE IN PROGRESS"),
        row("similar", 0, type_initial="disturbance"), row("other", 0, type_initial="NOISE"), row("blank", 0),
    ]  # fmt: skip
    assert {key: kind for key, (*_, kind) in found(tmp_path, rows, type="progress disturbance").items()} == {
        "same": Kind.ALL_WORDS,
        "similar": Kind.SOME_WORDS,
        "other": Kind.OTHER,
        "blank": None,
    }


def test_how_common_a_place_is_is_counted_over_the_whole_record(tmp_path: Path) -> None:
    rows = [row(f"q{at}", 10_000 + at, place_text="CUSTOMS QUAY") for at in range(11)]
    rows += [row(f"s{at}", 20_000 + at, place_text="QUAY MARKET") for at in range(5)]
    rows += [row(f"x{at}", 30_000 + at, place_text="BIRCH") for at in range(84)] + [row("blank", 0)]
    common = near(tmp_path, rows, place="Customs Quay").common["e"]
    assert (common.all_words, common.some_words) == (0.105, 0.045)


def test_an_entry_without_a_place_has_no_share(tmp_path: Path) -> None:
    assert near(tmp_path, [row("a", 0, place_text="QUAY")]).common == {}


def test_numbers_are_found_wherever_they_are_and_a_repeated_one_names_its_row(tmp_path: Path) -> None:
    rows = [row("a", 0), row("far", 9999), row("twice", 1), row("twice", 2), row(None, 3)]
    result = near(tmp_path, rows, numbers=("far", "gone"))
    assert result.numbers == {"far"}
    keys = [one.call for one in result.pairs]
    assert len(keys) == len(set(keys)) == 4
    assert "twice" not in keys
