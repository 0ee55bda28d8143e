"""What the columns that hold no times are: numbers, codes, places. By their names and by the shape of their values."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from answerable.sources.drafting.facts import Facts, percent, value_of
from answerable.sources.drafting.looking import Looked
from answerable.sources.drafting.names import CALL_WORDS, ROLES, says, stage, words
from answerable.sources.drafting.paper import counted
from answerable.sources.drafting.times import looks_like_an_interval

ORIGIN_VALUES = re.compile(
    r"\b((e-?)?9-?1-?1|on-?\s?view(ed)?|officers?|self.?initiated|citizen|(tele)?phone|radio|walk.?in|flag.?down)\b",
    re.IGNORECASE,
)
_MOSTLY_ORIGINS = 0.6
"""A column whose values say in so many of its rows how a call came in is one of origins."""
YES_NO = {"y": True, "yes": True, "true": True, "t": True, "n": False, "no": False, "false": False, "f": False}
FLAG_WORDS = {
    "abandoned": ("abandon",), "reopened": ("reopen",), "held": ("held",), "sensitive": ("sensitiv",),
    "dispatched": ("dispatch", "disp"), "arrived": ("arriv", "arrv"),
}  # fmt: skip
_FLAG_REST = {"call", "flag", "indicator", "ind", "indc", "is", "was", "yn", "unit", "units", "event", "incident"}
"""What else may stand in the name of a yes or no: more words make it another one (a *valid* time of dispatch)."""
_POINT = re.compile(r"\(?-?\d{1,3}\.\d+, *-?\d{1,3}\.\d+\)?")
FEWEST_ROWS = 20
"""Fewer rows show neither that a number repeats nor that it does not."""


@dataclass(frozen=True, slots=True)
class Use:
    """A column taken for a canonical one, with the evidence. `value`: its TOML, where it is more than the name."""

    canonical: str
    facts: Facts
    evidence: tuple[str, ...]
    pattern: str | None = None
    with_: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """A canonical column for which a person must say the column. `likely`: the one whose values are listed below."""

    role: str
    candidates: tuple[Facts, ...]
    likely: Facts | None
    why: str


@dataclass(frozen=True, slots=True)
class Either:
    """A column that is one of several canonical ones: which, a person must say."""

    facts: Facts
    allowed: tuple[str, ...]
    ask: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FlagUse:
    """A column of yes and no. `unclear`: values that are neither, as they are written."""

    flag: str
    facts: Facts
    yes: tuple[str, ...]
    no: tuple[str, ...]
    unclear: tuple[str, ...]


@dataclass(slots=True)
class Roles:
    """Everything that was found out about the columns without times. `aside`: not used, with the reason."""

    uses: list[Use] = field(default_factory=list)
    either: list[Either] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    flags: list[FlagUse] = field(default_factory=list)
    intervals: list[Facts] = field(default_factory=list)
    aside: list[tuple[Facts, str]] = field(default_factory=list)
    repeats: str = ""

    def of(self, canonical: str) -> Facts | None:
        """The column taken for a canonical one."""
        return next((one.facts for one in self.uses if one.canonical == canonical), None)


Free: TypeAlias = list[Facts]


def roles_of(looked: Looked, columns: Sequence[Facts], *, weekday: Callable[[Facts], bool]) -> Roles:
    """Say what each column is. `weekday` tells whether a column only repeats the day of the week of a time."""
    roles, free = Roles(), list(columns)
    for facts in [one for one in free if weekday(one)]:
        _aside(roles, free, facts, "it is the day of the week of the time")
    for facts in [one for one in free if one.distinct == 1 and looked.rows >= FEWEST_ROWS and not _is_area(one)]:
        _aside(roles, free, facts, f"it has only one value: {facts.commonest(1)}")
    _intervals(roles, free)
    _flags(roles, free)
    _places(roles, free)
    _numbers(looked, roles, free)
    _codes(looked, roles, free)
    for facts in free:
        roles.aside.append((facts, _what(facts)))
    return roles


def _aside(roles: Roles, free: Free, facts: Facts, why: str) -> None:
    roles.aside.append((facts, why))
    free.remove(facts)


def _take(roles: Roles, free: Free, use: Use) -> None:
    roles.uses.append(use)
    if use.facts in free:
        free.remove(use.facts)


def _is_area(facts: Facts) -> bool:
    """A file of one district has one district, and a street without a direction is a part of an address too."""
    return says(facts.name, (*ROLES["district"], *ROLES["beat"], *ROLES["place"]))


def _named(free: Free, role: str) -> Free:
    return [one for one in free if says(one.name, ROLES[role])]


def _intervals(roles: Roles, free: Free) -> None:
    for facts in [one for one in free if looks_like_an_interval(one.name) and one.numbers * 2 > one.filled]:
        roles.intervals.append(facts)
        free.remove(facts)
    for facts in [one for one in free if looks_like_an_interval(one.name) and ":" in one.shapes[0].shape]:
        _aside(
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


def _places(roles: Roles, free: Free) -> None:
    for facts in [one for one in free if _is_point(one)]:
        if any(one.canonical == "lat" for one in roles.uses):
            _aside(roles, free, facts, "it is another pair of coordinates")
            continue
        seen = (f"every value is a pair of coordinates, such as {facts.values[0][0]}",)
        for canonical, pattern in (
            ("lat", r"^\(?([-0-9.]+), *[-0-9.]+\)?$"),
            ("lon", r"^\(?[-0-9.]+, *([-0-9.]+)\)?$"),
        ):
            _take(roles, free, Use(canonical, facts, seen, pattern=pattern))
    for canonical, most in (("lat", 90), ("lon", 180)):
        found = [one for one in _named(free, canonical) if _within(one, most)]
        if len(found) == 1 and not any(use.canonical == canonical for use in roles.uses):
            _take(roles, free, Use(canonical, found[0], (f"its name, and every number lies within {most} degrees",)))
    _address(roles, free)


def _address(roles: Roles, free: Free) -> None:
    """One column, or the parts of an address in several that are named alike; of others a person must choose."""
    parts = sorted(
        (
            one
            for one in _named(free, "place")
            if not says(one.name, ("type", "zip", "code", "city", "box", "id", "key"))
        ),
        key=lambda one: int(one.cell[1:]),
    )
    texts = [one for one in parts if one.numbers * 2 <= one.filled]
    if texts and len(parts) > 1 and len({words(one.name)[0] for one in parts}) == 1:
        seen = f"the names of {len(parts)} columns; their parts are joined in the order of the file"
        _take(roles, free, Use("place_text", parts[0], (seen,), with_=tuple(one.name for one in parts[1:])))
        for one in parts[1:]:
            free.remove(one)
    elif len(texts) == 1:
        _take(roles, free, Use("place_text", texts[0], (f"its name; values such as {texts[0].commonest(2)}",)))
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


def _numbers(looked: Looked, roles: Roles, free: Free) -> None:
    """The call's number, other numbers, and whether a row is a call or a unit's part in one."""
    for canonical in ("duplicate_of", "report_no"):
        found = [one for one in _named(free, canonical) if _could_be_a_number(one)]
        # reports have numbers of their own; what has few values is a district or a kind of report
        found = [
            one for one in found if canonical != "report_no" or (one.names_a_number and one.distinct * 3 >= one.filled)
        ]
        if len(found) == 1:
            _take(roles, free, Use(canonical, found[0], (f"its name, '{found[0].name}'",)))
    numbers = [one for one in free if _could_be_a_number(one)]
    units = [one for one in _named(free, "unit") if 2 <= one.distinct < one.filled and one.longest <= 20
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
        _take(roles, free, Use("call_id", chosen, (*seen, *_zeros(chosen))))
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
        _take(roles, free, Use("call_id", number, (seen, *_zeros(number))))
    else:
        roles.choices.append(Choice("call_id", tuple(numbers), None, same))
    roles.repeats = same
    _take(roles, free, Use("unit", unit, (f"its name; {unit.counted}, such as {unit.commonest(3)}",)))


def _zeros(facts: Facts) -> tuple[str, ...]:
    zeros = sum(1 for value, _ in facts.values if re.fullmatch(r"0\d+", value))
    return ("some begin with a zero, which is kept",) if zeros else ()


def _codes(looked: Looked, roles: Roles, free: Free) -> None:
    _origin(roles, free)
    for role, table in (("priority", "priority"), ("disposition", "disposition"), ("type", "type"), ("beat", "beat"),
                        ("district", "district")):  # fmt: skip
        found = [one for one in _named(free, role) if _fits(role, one)]
        {"priority": _priority, "disposition": _disposition, "type": _types}.get(table, _area)(
            looked, roles, free, role, found
        )
    _choose_missing(roles, free)


def _fits(role: str, facts: Facts) -> bool:
    if role == "priority":
        return facts.distinct <= 30 and facts.longest <= 30
    if role in ("beat", "district"):
        return facts.longest <= 60 and facts.distinct <= MOST_AREAS and not says(facts.name, NO_AREA)
    return facts.distinct * 2 <= max(facts.filled, 40) and facts.longest <= 120


MOST_AREAS = 3_000
NO_TYPE = (
    "unit", "vehicle", "dispo", "disposition", "person", "report", *ROLES["place"], *ROLES["district"], *ROLES["beat"],
)  # fmt: skip
NO_AREA = ("time", "phone", "areacode")
"""Words that make a type another thing's than the call's, and a zone one of time."""
_MOST_LIKELY = 5


def _origin(roles: Roles, free: Free) -> None:
    for facts in list(free):
        named = says(facts.name, ROLES["origin"]) and facts.is_codes and facts.distinct <= 60
        telling = [rows for value, rows in facts.values if ORIGIN_VALUES.search(value)]
        mostly = len(telling) > 1 and sum(telling) >= _MOSTLY_ORIGINS * facts.filled
        if facts.distinct <= 60 and facts.all_values_known and (mostly or (named and telling)):
            _take(roles, free, Use("origin_raw", facts, (f"its values say who asked: {facts.commonest()}",)))
            return
        if named and not any(one.role == "origin_raw" for one in roles.choices):
            roles.choices.append(Choice("origin_raw", (facts,), facts, f"its name, '{facts.name}'"))
            free.remove(facts)
            return


def _priority(_looked: Looked, roles: Roles, free: Free, _role: str, found: Free) -> None:
    _staged(
        roles,
        free,
        found,
        "priority_{}_raw",
        "Is '{}' the priority that a call had first, or the one it had in the end?",
    )


def _types(looked: Looked, roles: Roles, free: Free, _role: str, found: Free) -> None:
    codes = [one for one in found if one.distinct > 1 and not says(one.name, NO_TYPE)]
    texts = _texts_of(looked, codes)
    ask = "Is '{}' what a call was taken for at first, or what it turned out to be?"
    plain = sorted((one for one in codes if one not in texts), key=lambda one: (len(words(one.name)), -one.distinct))
    _staged(roles, free, plain, "type_{}", ask)
    for text, code in texts.items():
        taken = next((one.canonical for one in roles.uses if one.facts is code), None)
        if taken is not None:
            _take(roles, free, Use(f"{taken}_text", text, (f"it says '{code.name}' in words",)))


def _staged(roles: Roles, free: Free, found: Free, canonical: str, ask: str) -> None:
    """Those whose name says first or last are taken; one more is asked about if neither is named."""
    keys = [canonical.format(kind) for kind in ("initial", "final")]
    rest = []
    for facts in found:
        kind = stage(facts.name)
        if kind is not None and roles.of(canonical.format(kind)) is None:
            seen = f"its name, '{facts.name}'; values {facts.commonest()}"
            _take(roles, free, Use(canonical.format(kind), facts, (seen,)))
        else:
            rest.append(facts)
    for facts in rest:
        names = [one.facts.name for one in roles.uses if one.canonical in keys]
        names += [one.facts.name for one in roles.either if one.allowed[0] in keys]
        if names:
            _aside(roles, free, facts, f"{' and '.join(map(repr, names))} say such things too")
        else:
            roles.either.append(Either(facts, tuple(keys), ask.format(facts.name), (f"values {facts.commonest()}",)))
            free.remove(facts)


def _texts_of(looked: Looked, found: Free) -> dict[Facts, Facts]:
    """Columns that only say another one's code in words: text -> code."""
    pairs = {}
    for text in found:
        for code in found:
            if code is text or code in pairs or code.longest >= text.longest:
                continue
            ones, both = looked.one(
                f"""SELECT count(DISTINCT a), count(DISTINCT (a, b)) FROM (SELECT {value_of(code.cell)} AS a,
                {value_of(text.cell)} AS b FROM numbered) WHERE a IS NOT NULL AND b IS NOT NULL"""
            )
            if ones > 1 and both * 100 <= ones * 105:
                pairs[text] = code
                break
    return pairs


def _disposition(looked: Looked, roles: Roles, free: Free, _role: str, found: Free) -> None:
    found = [one for one in found if not one.numbers * 2 > one.filled or one.distinct <= 200]
    texts = _texts_of(looked, found)
    codes = [one for one in found if one not in texts]
    if len(codes) == 1:
        facts = codes[0]
        _take(roles, free, Use("disposition_raw", facts, (f"its name, '{facts.name}'; {facts.commonest()}",)))
        for text in texts:
            _take(roles, free, Use("disposition_text", text, (f"it says '{facts.name}' in words",)))
            break
    elif codes:
        roles.choices.append(Choice("disposition_raw", tuple(codes), codes[0], "several columns have such a name"))
        for one in codes:
            free.remove(one)


def _area(_looked: Looked, roles: Roles, free: Free, role: str, found: Free) -> None:
    if len(found) == 1:
        _take(roles, free, Use(role, found[0], (f"its name; {found[0].counted}, such as {found[0].commonest(3)}",)))
    if len(found) < 2:
        return
    names = ", ".join(f"'{one.name}'" for one in found)
    roles.choices.append(Choice(role, tuple(found), None, f"{names} have such names"))
    for one in found:
        free.remove(one)


def _choose_missing(roles: Roles, free: Free) -> None:
    """The two most important lists of codes, where no name promised one: a person may know which column has them."""
    codes = [one for one in free if one.is_codes and one.distinct <= 200]
    known = {use.canonical for use in roles.uses} | {choice.role for choice in roles.choices}
    known |= {name for either in roles.either for name in either.allowed}
    if codes and "disposition_raw" not in known:
        likely = sorted(codes, key=_unlike_dispositions)[:_MOST_LIKELY]
        roles.choices.append(Choice("disposition_raw", tuple(likely), None, "no column is named like it"))
    wide = [one for one in free if one.is_codes]
    if wide and not any(name.startswith("type_") for name in known):
        roles.choices.append(Choice("type", tuple(wide), None, "no column is named like it"))
    small = [one for one in codes if one.distinct <= 20 and one.longest <= 12]
    if small and not any(name.startswith("priority_") for name in known):
        roles.choices.append(Choice("priority", tuple(small), None, "no column is named like it"))


def _unlike_dispositions(facts: Facts) -> tuple[bool, bool, int]:
    """Codes of how calls end are words or letters, three to eighty of them, in most rows."""
    return (facts.numbers * 2 > facts.filled, not 3 <= facts.distinct <= 80, facts.blank)


def _what(facts: Facts) -> str:
    filled = "" if not facts.blank else f", filled in {percent(facts.filled, facts.rows)} of the rows"
    return f"nothing says what it is: {facts.counted}{filled}, such as {facts.commonest(3)}"
