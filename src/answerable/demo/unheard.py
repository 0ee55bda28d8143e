"""The three calls of the story that nobody answered: the same in every telling, whatever the seed."""

from __future__ import annotations

from datetime import datetime

from answerable.demo.asked import Asked, Fate
from answerable.demo.city import BUILDING_BEAT, BUILDING_BLOCK, BUILDING_DISTRICT, OFFSET, STARTS


def story_s(year_month_day_time: str) -> int:
    """Seconds of the story of a local time such as `2018-06-27 22:14:09`."""
    local = datetime.strptime(year_month_day_time, "%Y-%m-%d %H:%M:%S").replace(tzinfo=OFFSET)
    return int((local - STARTS).total_seconds())


def from_the_building(*, key: int) -> Asked:
    """A federal officer at the gate asks for help with a crowd, on the evening of 27 June."""
    return _unheard(
        key, "2018-06-27 22:14:09", code="CROWD", text="CROWD BLOCKS GATE OR ENTRANCE", priority=2, source="911",
        requester="FEDERAL", place="FEDPROP", life_safety=False, district=BUILDING_DISTRICT, beat=BUILDING_BEAT,
        block=BUILDING_BLOCK, asks_for="HELP",
    )  # fmt: skip


def with_life_at_risk(*, key: int) -> Asked:
    """A neighbour hears somebody hurt behind a closed door, in the night of 8 July. Nobody has complained."""
    return _unheard(
        key, "2018-07-08 02:31:44", code="WELCK", text="WELFARE CHECK", priority=1, source="911",
        requester="PUBLIC", place="CITY", life_safety=True, district="EAST", beat="340",
        block="8700 BLOCK TURNPIKE BLVD",
    )  # fmt: skip


def of_a_theft(*, key: int) -> Asked:
    """A shopkeeper reports a theft just now, on the afternoon of 23 June. Nobody has complained."""
    return _unheard(
        key, "2018-06-23 16:52:20", code="THEFTP", text="THEFT JUST NOW", priority=4, source="NONEM",
        requester="PUBLIC", place="CITY", life_safety=False, district="NORTH", beat="230",
        block="2100 BLOCK BREWERY LN",
    )  # fmt: skip


def _unheard(  # noqa: PLR0913  one argument a field of the call
    key: int, received: str, *, code: str, text: str, priority: int, source: str, requester: str, place: str,
    life_safety: bool, district: str, beat: str, block: str, asks_for: str = "",
) -> Asked:  # fmt: skip
    return Asked(
        key=key, received_s=story_s(received), fate=Fate.NOTHING, source=source, code=code, text=text,
        priority=priority, priority_final=priority, requester=requester, place=place, life_safety=life_safety,
        officer_assaulted=False, safe_exit_needed=False, district=district, beat=beat, block=block, asks_for=asks_for,
    )  # fmt: skip
