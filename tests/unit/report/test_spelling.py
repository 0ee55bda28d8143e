"""Numbers, shares and times as people read them."""

from __future__ import annotations

import pytest

from answerable.model.times import parse_instant
from answerable.report.spelling import day, moment, month, number, share, size, visible, zone_of

ZONE = zone_of("America/Los_Angeles")


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 10, "0 %"), (10, 10, "100 %"), (1, 3, "33 %"), (1, 20_000, "< 0.1 %"), (19_999, 20_000, "99.9 %"),
        (5, 1000, "0.5 %"), (0, 0, "–"), (99, 1000, "9.9 %"), (100, 1000, "10 %"),
    ],
)  # fmt: skip
def test_a_share_says_none_or_all_only_where_it_is_so(part: int, whole: int, text: str) -> None:
    assert share(part, whole) == text


def test_a_moment_names_its_zone() -> None:
    assert moment(parse_instant("2018-06-19T21:05:09Z"), ZONE) == "Tue 19 Jun 2018, 14:05:09 PDT"


def test_the_two_hours_that_share_a_wall_clock_time_are_told_apart() -> None:
    before, after = (moment(parse_instant(text), ZONE) for text in ("2018-11-04T08:30:00Z", "2018-11-04T09:30:00Z"))
    assert before == "Sun 4 Nov 2018, 01:30:00 PDT"
    assert after == "Sun 4 Nov 2018, 01:30:00 PST"


def test_a_day_is_the_local_one() -> None:
    assert day(parse_instant("2018-06-20T03:00:00Z"), ZONE) == "19 Jun 2018"


@pytest.mark.parametrize("name", ["", "Nowhere/Land", "../etc/passwd", "\x00"])
def test_a_zone_nobody_knows_is_utc(name: str) -> None:
    assert str(zone_of(name)) == "UTC"


def test_a_month_that_is_none_stays_as_it_is() -> None:
    assert month("2018-06") == "Jun 2018"
    assert month("2018") == "2018"
    assert month("2018-13") == "2018-13"


def test_numbers_have_thousands() -> None:
    assert number(1234567) == "1,234,567"
    assert size(1) == "1 byte"


def test_what_cannot_be_seen_is_spelled_out() -> None:
    assert visible("a\u202eb\x00c\ud800") == "a⟨U+202E⟩b⟨U+0000⟩c⟨U+D800⟩"
    assert visible("line\nbreak\tand é ü 警") == "line\nbreak\tand é ü 警"
