"""Columns of codes: how a call ended, who asked, how urgent, of what type, in which area."""

from __future__ import annotations

import re

from answerable.sources.drafting.facts import Facts, value_of
from answerable.sources.drafting.looking import Looked
from answerable.sources.drafting.names import ROLES, says, stage, words
from answerable.sources.drafting.roles import Choice, Either, Free, Roles, Use, leave, named_for, take

ORIGIN_VALUES = re.compile(
    r"\b((e-?)?9-?1-?1|on-?\s?view(ed)?|officers?|self.?initiated|citizen|(tele)?phone|radio|walk.?in|flag.?down)\b",
    re.IGNORECASE,
)
_MOSTLY_ORIGINS = 0.6
"""A column whose values say in so many of its rows how a call came in is one of origins."""
MOST_AREAS = 3_000
NO_TYPE = (
    "unit", "vehicle", "dispo", "disposition", "person", "report", *ROLES["place"], *ROLES["district"], *ROLES["beat"],
)  # fmt: skip
NO_AREA = ("time", "phone", "areacode")
"""Words that make a type another thing's than the call's, and a zone one of time."""
_MOST_LIKELY = 5


def find_codes(looked: Looked, roles: Roles, free: Free) -> None:
    """Take the columns of codes, ask where a name leaves it open, and ask for those that no name promises."""
    _origin(roles, free)
    for role, table in (("priority", "priority"), ("disposition", "disposition"), ("type", "type"), ("beat", "beat"),
                        ("district", "district")):  # fmt: skip
        found = [one for one in named_for(free, role) if _fits(role, one)]
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


def _origin(roles: Roles, free: Free) -> None:
    for facts in list(free):
        named = says(facts.name, ROLES["origin"]) and facts.is_codes and facts.distinct <= 60
        telling = [rows for value, rows in facts.values if ORIGIN_VALUES.search(value)]
        mostly = len(telling) > 1 and sum(telling) >= _MOSTLY_ORIGINS * facts.filled
        if facts.distinct <= 60 and facts.all_values_known and (mostly or (named and telling)):
            take(roles, free, Use("origin_raw", facts, (f"its values say who asked: {facts.commonest()}",)))
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
            take(roles, free, Use(f"{taken}_text", text, (f"it says '{code.name}' in words",)))


def _staged(roles: Roles, free: Free, found: Free, canonical: str, ask: str) -> None:
    """Those whose name says first or last are taken; one more is asked about if neither is named."""
    keys = [canonical.format(kind) for kind in ("initial", "final")]
    rest = []
    for facts in found:
        kind = stage(facts.name)
        if kind is not None and roles.of(canonical.format(kind)) is None:
            seen = f"its name, '{facts.name}'; values {facts.commonest()}"
            take(roles, free, Use(canonical.format(kind), facts, (seen,)))
        else:
            rest.append(facts)
    for facts in rest:
        names = [one.facts.name for one in roles.uses if one.canonical in keys]
        names += [one.facts.name for one in roles.either if one.allowed[0] in keys]
        if names:
            leave(roles, free, facts, f"{' and '.join(map(repr, names))} say such things too")
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
        take(roles, free, Use("disposition_raw", facts, (f"its name, '{facts.name}'; {facts.commonest()}",)))
        for text in texts:
            take(roles, free, Use("disposition_text", text, (f"it says '{facts.name}' in words",)))
            break
    elif codes:
        roles.choices.append(Choice("disposition_raw", tuple(codes), codes[0], "several columns have such a name"))
        for one in codes:
            free.remove(one)


def _area(_looked: Looked, roles: Roles, free: Free, role: str, found: Free) -> None:
    if len(found) == 1:
        take(roles, free, Use(role, found[0], (f"its name; {found[0].counted}, such as {found[0].commonest(3)}",)))
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
