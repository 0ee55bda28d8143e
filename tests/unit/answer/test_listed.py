"""A complainant's list: what each thing weighs, when an entry is identified, and when nobody may say so."""

from __future__ import annotations

from math import log2
from typing import Any

import pytest

from answerable.answer.intake.call_list import ROUGH_S, read_call_list
from answerable.answer.listed.identify import identify as identified
from answerable.answer.listed.weights import (
    ASSUMED,
    Area,
    Common,
    Kind,
    Pair,
    Place,
    absent_bits,
    seen,
    weigh,
    window_s,
)
from answerable.errors import ClaimError
from answerable.model.listed import Found, Identification, ListedCall, Memory, Weight
from answerable.model.times import SECOND_US

RARE = {"e": Common(all_words=0.0005, some_words=0.01)}


def entry(name: str = "e", **more: Any) -> ListedCall:
    return ListedCall(id=name, **{"about_us": 0, "within_s": 900, "place": "customs quay", "type": "noise", **more})


def pair(call: str, off_s: float = 60, *, of: str = "e", **more: Any) -> Pair:
    given = {"place": Place.OTHER, "area": None, "kind": Kind.OTHER, **more}
    return Pair(entry=of, call=call, received_us=round(off_s * SECOND_US), **given)


def others(count: int = 40, *, of: str = "e", **more: Any) -> list[Pair]:
    return [pair(f"o{at}", 60 * at, of=of, **more) for at in range(count)]


def weights(one: ListedCall, pairs: list[Pair], call: str, *, common: Common | None = None) -> tuple[Weight, ...]:
    """The weights of one call, as they are before a list has said how its people remember."""
    return next(weigh(one, near) for near in seen(one, pairs, common=common) if near.call == call)


def identify(entries: list[ListedCall], pairs: list[Pair], **more: Any) -> tuple[Identification, ...]:
    return identified(entries, pairs, **more).entries


RIGHT = pair("right", 120, place=Place.ALL_WORDS, kind=Kind.ALL_WORDS)


def bits(pairs: list[Pair], call: str, *, common: Common | None = None) -> dict[str, float]:
    return {one.what: one.bits for one in weights(entry(), pairs, call, common=common)}


def test_the_nearer_in_time_the_more_it_weighs_and_far_off_it_speaks_against() -> None:
    weighed = [
        bits([pair("a", off_s), *others()], "a")[f"time off by {said}"]
        for off_s, said in ((0, "0 s"), (240, "4 min"), (1800, "30 min"), (7000, "1 h 56 min"))
    ]
    assert weighed == sorted(weighed, reverse=True)
    assert weighed[0] > 3
    assert weighed[-1] < 0


def test_a_rougher_memory_weighs_less_and_looks_further() -> None:
    exact, rough = entry(within_s=120), entry(within_s=6 * 3600)
    assert weights(exact, [pair("a", 30)], "a")[0].bits > weights(rough, [pair("a", 30)], "a")[0].bits
    assert (window_s(exact), window_s(rough)) == (7200, 43_200)


def test_a_place_that_many_calls_of_those_hours_have_says_little() -> None:
    alone = bits([RIGHT, *others()], "right", common=RARE["e"])["the place agrees"]
    crowd = bits([RIGHT, *others(place=Place.ALL_WORDS)], "right", common=RARE["e"])["the place agrees"]
    assert alone == round(log2(0.65 / 0.0005), 1)
    assert crowd < 0.1


def test_a_place_that_is_common_in_the_whole_record_says_less_than_one_that_is_rare() -> None:
    assert bits([RIGHT, *others()], "right", common=Common(all_words=0.1))["the place agrees"] == round(log2(6.5), 1)


def test_what_either_side_does_not_say_has_no_weight() -> None:
    silent = pair("a", place=None, kind=None)
    assert [one.what for one in weights(entry(), [silent], "a")] == ["time off by 1 min"]


def test_an_area_adds_to_a_place_only_where_it_could_have_been_otherwise() -> None:
    inside = pair("a", place=Place.ALL_WORDS, area=Area.BEAT)
    few = bits([inside, *others(area=Area.OTHER)], "a", common=RARE["e"])
    assert "the same beat" not in few
    many = [*others(30, place=Place.ALL_WORDS, area=Area.OTHER)]
    assert bits([inside, *many], "a", common=RARE["e"])["the same beat"] > 3


def test_a_call_that_fits_in_everything_is_identified_with_every_weight_stated() -> None:
    (found,) = identify([entry()], [RIGHT, *others()], common=RARE)
    assert (found.state, found.call) == (Found.IDENTIFIED, "right")
    assert found.how.startswith("time off by 2 min: +")
    assert found.candidates[0].bits == pytest.approx(sum(one.bits for one in found.candidates[0].weights), abs=0.06)
    assert found.nearby == 41
    assert found.absent_bits == pytest.approx(absent_bits(41), abs=0.2)


def test_two_calls_that_fit_alike_are_for_a_person_to_tell_apart() -> None:
    twin = pair("twin", 130, place=Place.ALL_WORDS, kind=Kind.ALL_WORDS)
    (found,) = identify([entry()], [RIGHT, twin, *others()], common=RARE)
    assert (found.state, found.call) == (Found.POSSIBLE, None)
    assert {one.call for one in found.candidates[:2]} == {"right", "twin"}


def test_where_nothing_is_like_it_it_is_not_found_and_never_not_made() -> None:
    far = [pair(f"o{at}", 3600 + at, place=Place.OTHER) for at in range(40)]
    (found,) = identify([entry()], far, common=RARE)
    assert (found.state, found.call) == (Found.NOT_FOUND, None)
    assert found.absent_probability >= 900
    (nothing,) = identify([entry()], [])
    assert nothing.state is Found.NOT_FOUND


def test_probabilities_of_all_candidates_and_of_none_add_up() -> None:
    (found,) = identify([entry()], [RIGHT, *others(4)], common=RARE)
    assert sum(one.probability for one in found.candidates) + found.absent_probability == pytest.approx(1000, abs=6)


def test_one_call_serves_one_entry() -> None:
    second = entry("f")
    pairs = [RIGHT, *others(), pair("right", 120, of="f", place=Place.ALL_WORDS, kind=Kind.OTHER), *others(of="f")]
    found = identify([entry(), second], pairs, common=RARE | {"f": RARE["e"]})
    assert [one.call for one in found] == ["right", None]
    assert found[1].state is Found.POSSIBLE


def test_a_call_number_identifies_by_itself_and_takes_the_call_from_the_others() -> None:
    named = entry("n", call="right")
    found = identify([entry(), named], [RIGHT, *others()], common=RARE, numbers=frozenset({"right"}))
    assert [one.call for one in found] == [None, "right"]
    assert found[1].how == "the list names its number"


def test_a_number_that_is_not_in_the_record_is_looked_for_by_the_rest() -> None:
    (found,) = identify([entry(call="gone")], [RIGHT, *others()], common=RARE)
    assert found.call == "right"


def test_a_receipt_identifies_where_somebody_can_verify_it() -> None:
    with_receipt = entry(receipt="2026h2-1234567-K7QX", call="other")
    both = frozenset({"18-1", "other"})
    (found,) = identify([with_receipt], others(), numbers=both, read_receipt=lambda text: "18-1" if text else None)
    assert (found.call, found.how) == ("18-1", "a receipt names it")
    (unread,) = identify([entry(receipt="x")], others())
    assert unread.call is None
    assert unread.how.endswith("its receipt was not read: no key of a log was given")


def test_a_receipt_of_a_call_that_is_not_there_says_that_it_was_entered_and_is_missing() -> None:
    (found,) = identify([entry(receipt="x")], [RIGHT, *others()], common=RARE, read_receipt=lambda _: "18-7")
    assert (found.state, found.call, found.absent_probability) == (Found.NOT_FOUND, None, 1000)
    assert found.how == "its receipt proves that 18-7 was entered, and that is not in what was supplied"


def test_a_receipt_that_proves_nothing_is_said_and_the_rest_decides() -> None:
    (found,) = identify([entry(receipt="x")], [RIGHT, *others()], common=RARE, read_receipt=lambda _: None)
    assert found.call == "right"
    assert found.how.endswith("its receipt proves nothing under the keys given")


# How a list remembers


def whole_list(size: int, *, kind: Kind) -> tuple[list[ListedCall], list[Pair]]:
    """Entries whose call is plain from time and place, and whose kind always looks so."""
    entries = [entry(f"e{at}") for at in range(size)]
    pairs = []
    for one in entries:
        pairs += [pair(f"{one.id}-o{at}", 60 * at, of=one.id) for at in range(40)]
        pairs.append(pair(f"{one.id}-right", 60, of=one.id, place=Place.ALL_WORDS, kind=kind))
    return entries, pairs


def memory_of(size: int, *, kind: Kind) -> Memory:
    entries, pairs = whole_list(size, kind=kind)
    return identified(entries, pairs, common={one.id: RARE["e"] for one in entries}).memory


def test_a_list_that_always_names_the_kind_of_call_rightly_makes_it_weigh_more() -> None:
    sharp, dull = memory_of(100, kind=Kind.ALL_WORDS), memory_of(100, kind=Kind.OTHER)
    assert sharp.kind[Kind.ALL_WORDS] > 0.8 > ASSUMED.kind[Kind.ALL_WORDS] > 0.15 > dull.kind[Kind.ALL_WORDS]
    assert sharp.in_record > 0.9


def test_a_short_list_changes_little() -> None:
    assert abs(memory_of(2, kind=Kind.ALL_WORDS).kind[Kind.ALL_WORDS] - ASSUMED.kind[Kind.ALL_WORDS]) < 0.06


def test_shares_that_were_learned_are_shares() -> None:
    memory = memory_of(30, kind=Kind.SOME_WORDS)
    for table in (memory.place, memory.area, memory.kind):
        assert sum(table) == pytest.approx(1, abs=0.003)
        assert all(0 < share < 1 for share in table)
    assert 0 < memory.forgotten < 1


def test_what_a_very_long_list_never_shows_may_still_happen() -> None:
    entries = [entry(f"e{at}", type="") for at in range(1_500)]
    pairs = [pair("right", 10, of=one.id, place=Place.ALL_WORDS, kind=None) for one in entries]
    pairs += [pair(f"{one.id}-o", 3_000, of=one.id, kind=None) for one in entries]
    memory = identified(entries, [*pairs], common={one.id: RARE["e"] for one in entries}).memory
    assert 0 < min(*memory.place, memory.forgotten) < 0.01
    assert memory.in_record < 1


def test_of_a_list_that_nobody_could_have_found_nothing_is_identified() -> None:
    entries = [entry(f"e{at}") for at in range(60)]
    pairs = [pair(f"{one.id}-o{at}", 97 * at % 7000, of=one.id) for one in entries for at in range(60)]
    found = identified(entries, pairs, common={one.id: RARE["e"] for one in entries})
    assert {one.call for one in found.entries} == {None}
    assert found.memory.in_record < 0.5


def test_without_entries_what_is_assumed_holds() -> None:
    assert identified([], []).memory == ASSUMED


# The file


def nothing(name: str) -> bytes:
    raise AssertionError(f"{name} was read")


def test_a_list_is_read_with_its_times_and_without_phones() -> None:
    text = (
        b"id,about,within,place,phone,note\n"
        b"a,2018-06-19T14:00:00-07:00,15 min,Quay,555-0100,angry\n"
        b"b,2018-06-19T15:00:00Z,,,,\n"
    )
    first, second = read_call_list(text, file="list.csv", read_file=nothing)
    assert (first.within_s, first.place, second.within_s) == (900, "Quay", ROUGH_S)
    assert "555" not in repr(first)
    assert "angry" not in repr(first)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,about\n", "no entry"),
        ("id,about\na,2018-06-19 14:00\n", "line 2, column about"),
        ("id,about\n,2018-06-19T14:00:00Z\n", "column id"),
        ("id,about\na,2018-06-19T14:00:00Z\na,2018-06-19T14:00:00Z\n", "two entries have the id 'a'"),
        ("id,about,within\na,2018-06-19T14:00:00Z,3 d\n", "rougher than 12 h"),
        ("id,about,colour\na,2018-06-19T14:00:00Z,red\n", "unknown: colour"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(ClaimError, match=said):
        read_call_list(text.encode(), file="list.csv", read_file=nothing)
