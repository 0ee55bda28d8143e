"""What the page on generated calls says is in them is in the rows that are made."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from functools import cache
from itertools import combinations
from math import sqrt

import pytest
from scipy.stats import chi2_contingency
from tests.support.generated_lines import city, good_rows, lines, number, table, times

from answerable.generated.cities import CITIES, OFFICER, City, rows_of_cities

ROWS = 200_000
STANDARD_ERRORS = 4
"""A share drawn as the page says lies further off once in sixteen thousand; the draws here are always the same."""


@cache
def texts(of: City) -> list[str]:
    rows = rows_of_cities(ROWS)[of.id]
    return lines(of, rows=rows, first=0, last=rows)


@cache
def rows(of: City) -> list[dict[str, str]]:
    """The good rows of a city, each once."""
    return list(good_rows(dict.fromkeys(texts(of))))


@cache
def timed(of: City) -> list[tuple[dict[str, str], dict[str, datetime | None]]]:
    return [(row, times(row, of)) for row in rows(of)]


def asked(of: City) -> list[dict[str, str]]:
    """Calls that no officer began."""
    return [row for row in rows(of) if row["Source"] != OFFICER]


def sent(of: City) -> list[dict[str, str]]:
    return [row for row in rows(of) if row["Dispatched"]]


def assert_share(found: int, of: int, *, percent: float) -> None:
    share = percent / 100
    assert abs(found / of - share) <= STANDARD_ERRORS * sqrt(share * (1 - share) / of), f"{100 * found / of} percent"


def all_cities(counted: list[list[dict[str, str]]]) -> list[dict[str, str]]:
    return [row for rows_of_one in counted for row in rows_of_one]


CITY_ROWS = table("| city | rows")


@pytest.mark.parametrize("line", CITY_ROWS, ids=lambda line: line[0])
def test_each_city_has_its_share_of_rows_and_faults(line: list[str]) -> None:
    name, rows_percent, zone, no_arrival, repeated, broken = line
    of = city(name)
    found = texts(of)
    good = list(good_rows(found))
    assert of.timezone == zone
    assert len(found) == ROWS * int(rows_percent) // 100
    assert_share(sum(not row["On Scene"] for row in sent(of)), len(sent(of)), percent=number(no_arrival))
    assert_share(len(found) - len(set(found)), len(found), percent=number(repeated))
    assert_share(len(found) - len(good), len(found), percent=number(broken))


def test_the_page_names_every_city() -> None:
    assert [line[0] for line in CITY_ROWS] == [of.id for of in CITIES]


@pytest.mark.parametrize("at", [1, 2, 3])
def test_who_asks_is_drawn_as_the_page_says(at: int) -> None:
    heading = ["police", "fire", "ems"][at - 1]
    found = all_cities([rows(of) for of in CITIES if of.discipline == heading])
    codes = Counter(row["Source"] for row in found)
    said = {line[0]: number(line[at]) for line in table("| source | police")}
    assert set(codes) <= set(said)
    for code, percent in said.items():
        assert_share(codes[code], len(found), percent=percent)


def test_types_and_their_priorities_are_those_of_the_page() -> None:
    said = {line[0]: line[1:] for line in table("| type | discipline")}
    for discipline in ("police", "fire", "ems"):
        found = all_cities([rows(of) for of in CITIES if of.discipline == discipline])
        codes = Counter((row["Type"], row["Priority"]) for row in found)
        assert {code for code, _ in codes} == {code for code, (one, _, _) in said.items() if one == discipline}
        for (code, priority), count in codes.items():
            assert said[code][2] == priority
            assert_share(count, len(found), percent=number(said[code][1]))


def test_calls_to_which_nobody_was_sent_end_as_the_page_says() -> None:
    found = all_cities([asked(of) for of in CITIES])
    endings = Counter(row["Disposition"] for row in found if not row["Dispatched"])
    said = {line[0].replace("blank", ""): number(line[1]) for line in table("| disposition | percent")}
    assert set(endings) == set(said)
    for code, percent in said.items():
        assert_share(endings[code], len(found), percent=percent)
    unheard = [row for row in found if not row["Dispatched"] and not row["Disposition"]]
    assert {(row["On Scene"], row["Closed"]) for row in unheard} == {("", "")}


def test_an_officers_own_call_is_sent_and_there_at_once() -> None:
    own = [row for row in rows(CITIES[0]) if row["Source"] == OFFICER]
    assert len(own) > 10_000
    assert all(row["Dispatched"] == row["Received"] for row in own)


def test_the_rare_faults_are_as_rare_as_the_page_says() -> None:
    found = all_cities([sent(of) for of in CITIES])
    arrived = [row for row in found if row["On Scene"]]
    placeholders = sum("1900" in row["On Scene"] for row in arrived)
    assert_share(placeholders, len(arrived), percent=0.1)
    assert_share(sum(row["Disposition"] == "Q7" for row in found), len(found), percent=0.1)
    assert_share(sum(row["Closed"] == "NULL" for row in found), len(found), percent=0.15)
    assert_share(sum(not row["En Route"] for row in found), len(found), percent=100 / 7)
    early = pairs = 0
    for of in CITIES:
        for _, clock in timed(of):
            received, came = clock["Received"], clock["On Scene"]
            if received is not None and came is not None:
                pairs += 1
                early += (received - came).total_seconds() == 1926
    assert early >= 50
    assert_share(early, pairs, percent=0.05)


def test_a_blank_line_follows_ten_lines_in_ten_thousand_where_lines_break() -> None:
    for of in CITIES:
        blanks = sum(text.endswith("\n") for text in texts(of))
        assert_share(blanks, len(texts(of)), percent=0.1 if of.breaks_lines else 0)


def test_waits_have_the_tail_that_the_page_says() -> None:
    seconds: dict[str, list[float]] = {}
    for of in CITIES:
        # the year's one zone without a change of clocks, and the others away from theirs
        for row, clock in timed(of):
            received, was_sent, came = clock["Received"], clock["Dispatched"], clock["On Scene"]
            if row["Source"] == OFFICER or received is None or was_sent is None or _near_a_change(received):
                continue
            wait = (was_sent - received).total_seconds()
            seconds.setdefault(f"receipt to dispatch, priority {row['Priority']}", []).append(wait)
            if came is not None and came > received:
                seconds.setdefault("dispatch to arrival", []).append((came - was_sent).total_seconds())
    said = table("| interval")
    assert set(seconds) == {line[0] for line in said}
    for name, *limits in said:
        for limit, percent in zip(limits, (50, 90, 99, 99.9), strict=True):
            # whole seconds: half of those of the limit itself are beyond it
            within = sum(one <= number(limit) for one in seconds[name])
            assert_share(within, len(seconds[name]), percent=percent)


def _near_a_change(at: datetime) -> bool:
    """In the eight days before a change of clocks, whose waits may reach over it, and the day after."""
    day = (at.month, at.day)
    return (3, 2) <= day <= (3, 11) or (10, 26) <= day <= (11, 4)


def test_three_times_as_many_calls_come_in_the_late_afternoon_as_before_dawn() -> None:
    hours = Counter(clock["Received"].hour for _, clock in timed(city("eastmarch-police")) if clock["Received"])
    assert min(hours, key=lambda hour: hours[hour]) in (3, 4, 5, 6)
    assert max(hours, key=lambda hour: hours[hour]) in (15, 16, 17, 18, 19)
    assert 2.5 < max(hours.values()) / min(hours.values()) < 3.6


def test_districts_and_beats_are_all_alike() -> None:
    found = rows(CITIES[0])
    beats = Counter((row["District"], row["Beat"]) for row in found)
    assert len(beats) == 48
    assert all(beat.startswith(district) for district, beat in beats)
    for count in beats.values():
        assert_share(count, len(found), percent=100 / 48)


def test_what_is_drawn_for_a_call_does_not_go_together() -> None:
    """No two of source, type, beat, ending, what is missing, house and minute of receipt depend on each other."""
    for of in CITIES:
        drawn = [
            {
                "source": row["Source"], "type": row["Type"], "beat": row["Beat"], "ending": row["Disposition"],
                "no arrival": not row["On Scene"], "no departure": not row["En Route"], "house": row["Block"][:1],
                "minute": row["Received"][14:16],
            }
            for row in sent(of)
            if row["Source"] != OFFICER and row["Disposition"] != "Q7"
        ]  # fmt: skip
        for one, other in combinations(drawn[0], 2):
            seen = Counter((row[one], row[other]) for row in drawn)
            table = [[seen[a, b] for b in {b for _, b in seen}] for a in {a for a, _ in seen}]
            assert chi2_contingency(table).pvalue > 1e-5, (of.id, one, other)


def test_the_numbers_of_two_cities_do_not_go_together() -> None:
    pairs = zip(
        lines(CITIES[0], rows=50_000, first=0, last=50_000),
        lines(CITIES[2], rows=50_000, first=0, last=50_000),
        strict=True,
    )
    seen = Counter((mine.split(",")[7], theirs.split(",")[7]) for mine, theirs in pairs)
    table = [[seen[a, b] for b in {b for _, b in seen}] for a in {a for a, _ in seen}]
    assert chi2_contingency(table).pvalue > 1e-5
