"""What was found out about the columns that hold no times: taken, asked about, or left aside with the reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from answerable.sources.drafting.facts import Facts
from answerable.sources.drafting.names import ROLES, says

FEWEST_ROWS = 20
"""Fewer rows show neither that a number repeats nor that it does not."""
Free: TypeAlias = list[Facts]
"""The columns that nothing has been said of yet."""


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


def leave(roles: Roles, free: Free, facts: Facts, why: str) -> None:
    """Leave a column aside, with the reason."""
    roles.aside.append((facts, why))
    free.remove(facts)


def take(roles: Roles, free: Free, use: Use) -> None:
    """Take a column for what it is used as."""
    roles.uses.append(use)
    if use.facts in free:
        free.remove(use.facts)


def named_for(free: Free, role: str) -> Free:
    """The columns whose names promise a role."""
    return [one for one in free if says(one.name, ROLES[role])]
