"""The call's number, other numbers, and whether a row is a call or one unit's part in it."""

from __future__ import annotations

import re

from answerable.sources.drafting.facts import Facts, value_of
from answerable.sources.drafting.looking import Looked
from answerable.sources.drafting.names import CALL_WORDS, says, words
from answerable.sources.drafting.paper import counted
from answerable.sources.drafting.roles import FEWEST_ROWS, Choice, Free, Roles, Use, named_for, take


def find_numbers(looked: Looked, roles: Roles, free: Free) -> None:
    """The call's number, other numbers, and whether a row is a call or a unit's part in one."""
    for canonical in ("duplicate_of", "report_no"):
        found = [one for one in named_for(free, canonical) if _could_be_a_number(one)]
        # reports have numbers of their own; what has few values is a district or a kind of report
        found = [
            one for one in found if canonical != "report_no" or (one.names_a_number and one.distinct * 3 >= one.filled)
        ]
        if len(found) == 1:
            take(roles, free, Use(canonical, found[0], (f"its name, '{found[0].name}'",)))
    numbers = [one for one in free if _could_be_a_number(one)]
    units = [one for one in named_for(free, "unit") if 2 <= one.distinct < one.filled and one.longest <= 20
             and not says(one.name, ("type", "sequence", "count", "number of"))]  # fmt: skip
    pairs = [(one, unit) for unit in units for one in numbers if one is not unit and _with_unit(looked, one, unit)]
    every = [one for one in numbers if one.names_a_number]
    named = [one for one in every if set(words(one.name)) & set(CALL_WORDS)] or every
    if len({unit for _, unit in pairs}) == 1:
        _take_units(roles, free, [one for one, _ in pairs], pairs[0][1])
        return
    unique = [one for one in named if one.is_unique]
    chosen = _preferred(unique) if unique else None
    if chosen is not None and looked.rows >= FEWEST_ROWS:
        others = ", ".join(f"'{one.name}'" for one in unique if one is not chosen)
        seen = [f"its name, '{chosen.name}'; {chosen.counted} in {counted(chosen.filled, 'row')}"]
        seen += [f"{others} would do as well"] if others else []
        take(roles, free, Use("call_id", chosen, (*seen, *_zeros(chosen))))
        return
    candidates = tuple(dict.fromkeys((*unique, *named, *(one for one in numbers if one.is_unique))))[:8]
    if candidates:
        repeats = [f"'{one.name}' has {one.counted} in {counted(one.filled, 'row')}" for one in candidates[:3]]
        roles.repeats = "; ".join(repeats) if named and not unique and looked.rows >= FEWEST_ROWS else ""
        roles.choices.append(Choice("call_id", candidates, None, "; ".join(repeats)))


def _could_be_a_number(facts: Facts) -> bool:
    """Short texts with a digit in most of them, many of them different, no fractions."""
    with_digits = sum(shape.rows for shape in facts.shapes if "9" in shape.shape)
    fractions = any(re.fullmatch(r"-?9+\.9+", shape.shape) for shape in facts.shapes)
    many = max(min(10, facts.filled // 2), facts.filled // 20)
    return facts.distinct > many and facts.longest <= 40 and with_digits * 2 > facts.filled and (
        not fractions
    ) and not any(" " in shape.shape for shape in facts.shapes[:5])  # fmt: skip


def _preferred(unique: Free) -> Facts:
    order = ("call", "cad", "cfs", "event", "evt", "incident", "inc")
    ranks = {word: at for at, word in enumerate(order)}
    return min(
        unique, key=lambda one: min((ranks[word] for word in words(one.name) if word in ranks), default=len(order))
    )


def _with_unit(looked: Looked, number: Facts, unit: Facts) -> bool:
    """Whether a number repeats, and number and unit together (nearly) do not."""
    if number.is_unique or looked.rows < FEWEST_ROWS:
        return False
    both, different = looked.one(
        f"""SELECT count(*), count(DISTINCT (a, b)) FROM (SELECT {value_of(number.cell)} AS a,
        {value_of(unit.cell)} AS b FROM numbered) WHERE a IS NOT NULL AND b IS NOT NULL"""
    )
    return bool(both) and different * 100 >= both * 99


def _take_units(roles: Roles, free: Free, numbers: Free, unit: Facts) -> None:
    calls = [one for one in numbers if set(words(one.name)) & {"call", "cad", "cfs", "event", "evt"}]
    named = calls or [one for one in numbers if set(words(one.name)) & set(CALL_WORDS)]
    same = f"'{unit.name}' differs within it: the two together (nearly) never repeat"
    if len(named) == 1:
        number = named[0]
        seen = f"its name; {number.counted} in {counted(number.filled, 'row')}, and {same}"
        take(roles, free, Use("call_id", number, (seen, *_zeros(number))))
    else:
        roles.choices.append(Choice("call_id", tuple(numbers), None, same))
    roles.repeats = same
    take(roles, free, Use("unit", unit, (f"its name; {unit.counted}, such as {unit.commonest(3)}",)))


def _zeros(facts: Facts) -> tuple[str, ...]:
    zeros = sum(1 for value, _ in facts.values if re.fullmatch(r"0\d+", value))
    return ("some begin with a zero, which is kept",) if zeros else ()
