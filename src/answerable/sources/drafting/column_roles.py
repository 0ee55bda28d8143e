"""What the columns that hold no times are: by their names and by the shape of their values."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from answerable.sources.drafting.code_columns import find_codes
from answerable.sources.drafting.facts import Facts, percent
from answerable.sources.drafting.looking import Looked
from answerable.sources.drafting.names import ROLES, says, words
from answerable.sources.drafting.numbers_and_units import find_numbers
from answerable.sources.drafting.places import find_places
from answerable.sources.drafting.roles import FEWEST_ROWS, FlagUse, Free, Roles, leave
from answerable.sources.drafting.times import looks_like_an_interval

YES_NO = {"y": True, "yes": True, "true": True, "t": True, "n": False, "no": False, "false": False, "f": False}
FLAG_WORDS = {
    "abandoned": ("abandon",), "reopened": ("reopen",), "held": ("held",), "sensitive": ("sensitiv",),
    "dispatched": ("dispatch", "disp"), "arrived": ("arriv", "arrv"),
}  # fmt: skip
_FLAG_REST = {"call", "flag", "indicator", "ind", "indc", "is", "was", "yn", "unit", "units", "event", "incident"}
"""What else may stand in the name of a yes or no: more words make it another one (a *valid* time of dispatch)."""


def roles_of(looked: Looked, columns: Sequence[Facts], *, weekday: Callable[[Facts], bool]) -> Roles:
    """Say what each column is. `weekday` tells whether a column only repeats the day of the week of a time."""
    roles, free = Roles(), list(columns)
    for facts in [one for one in free if weekday(one)]:
        leave(roles, free, facts, "it is the day of the week of the time")
    for facts in [one for one in free if one.distinct == 1 and looked.rows >= FEWEST_ROWS and not _is_area(one)]:
        leave(roles, free, facts, f"it has only one value: {facts.commonest(1)}")
    _intervals(roles, free)
    _flags(roles, free)
    find_places(roles, free)
    find_numbers(looked, roles, free)
    find_codes(looked, roles, free)
    for facts in free:
        roles.aside.append((facts, _what(facts)))
    return roles


def _is_area(facts: Facts) -> bool:
    """A file of one district has one district, and a street without a direction is a part of an address too."""
    return says(facts.name, (*ROLES["district"], *ROLES["beat"], *ROLES["place"]))


def _intervals(roles: Roles, free: Free) -> None:
    for facts in [one for one in free if looks_like_an_interval(one.name) and one.numbers * 2 > one.filled]:
        roles.intervals.append(facts)
        free.remove(facts)
    for facts in [one for one in free if looks_like_an_interval(one.name) and ":" in one.shapes[0].shape]:
        leave(
            roles, free, facts, f"it is how long something took, as {facts.values[0][0]}, which [intervals] cannot read"
        )


def _flags(roles: Roles, free: Free) -> None:
    for facts in list(free):
        flag = next((flag for flag, stems in FLAG_WORDS.items() if says(facts.name, stems)), None)
        values = [value for value, _ in facts.values]
        if (
            flag is None
            or len(set(words(facts.name)) - _FLAG_REST) > 1
            or not facts.all_values_known
            or facts.distinct > 3
            or any(one.flag == flag for one in roles.flags)
        ):
            continue
        clear = {value: YES_NO[value.lower()] for value in values if value.lower() in YES_NO}
        if not clear and set(values) != {"0", "1"}:
            continue
        unclear = tuple(value for value in values if value not in clear)
        yes, no = (tuple(value for value, means in clear.items() if means is kind) for kind in (True, False))
        roles.flags.append(FlagUse(flag, facts, yes, no, unclear))
        free.remove(facts)


def _what(facts: Facts) -> str:
    filled = "" if not facts.blank else f", filled in {percent(facts.filled, facts.rows)} of the rows"
    return f"nothing says what it is: {facts.counted}{filled}, such as {facts.commonest(3)}"
