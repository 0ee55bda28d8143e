"""The union's list: six calls as its members remember them. What they remember is made from the calls themselves.

Which of them can be found is not written here: it follows from how alike other calls of those hours are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from answerable.demo.asked import Fate
from answerable.demo.city import BUILDING_BEAT, CAMP_DAYS, DAY_S, STARTS
from answerable.demo.history import Told

COLUMNS = ("id", "about", "within", "place", "district", "beat", "type", "call", "receipt")
PLACE = "Customs Quay"
WITH_RECEIPT = "gate-1"
"""The entry of the list whose caller kept the receipt."""

_ROUNDED_S = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """One entry: when (in seconds of the story), how rough that is, and what kind of call it was."""

    id: str
    about_s: int
    within: str
    kind: str = ""
    call: str = ""
    beat: str = ""


def remembered(calls: Sequence[Told]) -> Iterator[Remembered]:
    """What six members say. `calls` are those of the story, in the order of receipt."""
    building = [one for one in calls if one.asked.place == "FEDPROP" and one.asked.fate is not Fate.REQUEST]
    unheard = next(one for one in building if one.asked.fate is Fate.NOTHING)
    answered = [one for one in building if one.asked.fate is Fate.UNIT]
    alone = sorted(answered, key=lambda one: -_from_the_next_s(one, building))
    first, second = _alike_and_near(answered)
    yield Remembered(id=WITH_RECEIPT, about_s=_rounded(unheard), within="30 min", kind="crowd at the gate")
    yield Remembered(id="gate-2", about_s=_rounded(alone[0]), within="15 min", kind=alone[0].asked.text.lower())
    yield Remembered(id="gate-3", about_s=_rounded(alone[2]), within="1 h", call=alone[2].number)
    yield Remembered(id="gate-4", about_s=_rounded(alone[1]), within="15 min")
    middle_s = (first.asked.received_s + second.asked.received_s) // 2
    yield Remembered(id="gate-5", about_s=middle_s, within="1 h", kind=first.asked.text.lower())
    yield Remembered(
        id="gate-6", about_s=_quietest_s(calls), within="30 min", kind="employees cannot leave", beat=BUILDING_BEAT
    )


def list_rows(entries: Sequence[Remembered], *, receipts: dict[str, str]) -> Iterator[tuple[str, ...]]:
    """Rows of the list; `receipts` are names of files by the id of their entry."""
    for one in entries:
        about = (STARTS + timedelta(seconds=one.about_s)).isoformat()
        yield (one.id, about, one.within, PLACE, "", one.beat, one.kind, one.call, receipts.get(one.id, ""))


def _rounded(told: Told) -> int:
    """Nobody remembers seconds."""
    return round(told.asked.received_s / _ROUNDED_S) * _ROUNDED_S


def _from_the_next_s(told: Told, building: Sequence[Told]) -> int:
    return min(abs(one.asked.received_s - told.asked.received_s) for one in building if one is not told)


def _alike_and_near(answered: Sequence[Told]) -> tuple[Told, Told]:
    """Two calls about the same kind of thing that came in nearest to each other."""
    pairs = [(one, other) for one, other in pairwise(answered) if one.asked.code == other.asked.code]
    return min(pairs, key=lambda pair: pair[1].asked.received_s - pair[0].asked.received_s)


def _quietest_s(calls: Sequence[Told]) -> int:
    """The middle of the longest time, while the camp stands, in which nobody in that beat called."""
    begins_s, ends_s = CAMP_DAYS.start * DAY_S, CAMP_DAYS.stop * DAY_S
    beat = (one.asked for one in calls if one.asked.beat == BUILDING_BEAT)
    times = [one.received_s for one in beat if begins_s <= one.received_s < ends_s]
    before, after = max(pairwise(times), key=lambda pair: pair[1] - pair[0])
    return (before + after) // 2 // _ROUNDED_S * _ROUNDED_S
