"""Where help was needed: coordinates in one column or two, an address in one or in parts."""

from __future__ import annotations

import re

from answerable.sources.drafting.facts import Facts
from answerable.sources.drafting.names import says, words
from answerable.sources.drafting.roles import Choice, Free, Roles, Use, leave, named_for, take

_POINT = re.compile(r"\(?-?\d{1,3}\.\d+, *-?\d{1,3}\.\d+\)?")


def find_places(roles: Roles, free: Free) -> None:
    """Take the columns of places."""
    for facts in [one for one in free if _is_point(one)]:
        if any(one.canonical == "lat" for one in roles.uses):
            leave(roles, free, facts, "it is another pair of coordinates")
            continue
        seen = (f"every value is a pair of coordinates, such as {facts.values[0][0]}",)
        for canonical, pattern in (
            ("lat", r"^\(?([-0-9.]+), *[-0-9.]+\)?$"),
            ("lon", r"^\(?[-0-9.]+, *([-0-9.]+)\)?$"),
        ):
            take(roles, free, Use(canonical, facts, seen, pattern=pattern))
    for canonical, most in (("lat", 90), ("lon", 180)):
        found = [one for one in named_for(free, canonical) if _within(one, most)]
        if len(found) == 1 and not any(use.canonical == canonical for use in roles.uses):
            take(roles, free, Use(canonical, found[0], (f"its name, and every number lies within {most} degrees",)))
    _address(roles, free)


def _address(roles: Roles, free: Free) -> None:
    """One column, or the parts of an address in several that are named alike; of others a person must choose."""
    parts = sorted(
        (
            one
            for one in named_for(free, "place")
            if not says(one.name, ("type", "zip", "code", "city", "box", "id", "key"))
        ),
        key=lambda one: int(one.cell[1:]),
    )
    texts = [one for one in parts if one.numbers * 2 <= one.filled]
    if texts and len(parts) > 1 and len({words(one.name)[0] for one in parts}) == 1:
        seen = f"the names of {len(parts)} columns; their parts are joined in the order of the file"
        take(roles, free, Use("place_text", parts[0], (seen,), with_=tuple(one.name for one in parts[1:])))
        for one in parts[1:]:
            free.remove(one)
    elif len(texts) == 1:
        take(roles, free, Use("place_text", texts[0], (f"its name; values such as {texts[0].commonest(2)}",)))
    elif texts:
        roles.choices.append(Choice("place_text", tuple(texts), None, "several columns have such a name"))
        for one in texts:
            free.remove(one)


def _is_point(facts: Facts) -> bool:
    return bool(facts.values) and all(_POINT.fullmatch(value) for value, _ in facts.values[:50])


def _within(facts: Facts, most: int) -> bool:
    if facts.numbers * 100 < facts.filled * 99:
        return False
    plain = [float(value) for value, _ in facts.values if re.fullmatch(r"[-+]?\d+(\.\d+)?", value)]
    return bool(plain) and all(abs(value) <= most for value in plain) and any("." in value for value, _ in facts.values)
