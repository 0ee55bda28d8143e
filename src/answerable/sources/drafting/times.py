"""A column of times: how it is written, what it reads, and its SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from answerable.sources.drafting.facts import Facts, value_of
from answerable.sources.drafting.names import INTERVAL, WAITS, says, words
from answerable.sources.drafting.written import Form, day_first, month_first
from answerable.sources.profiling.profile import EpochUnit
from answerable.sources.sql_text import literal

ENOUGH_ROWS = 10
"""So many rows with the same seconds, or the same hour, are no chance."""
TIME_WORDS = ("time", "date", "datetime", "dt", "tm", "ts", "dttm", "timestamp", "at", "epoch", "hour", "hr", "when",
               "utc", "unix", "stamp", "millis", "ms")  # fmt: skip


class Kind(StrEnum):
    """What a column of times gives."""

    INSTANT = "date and time"
    DATE = "date"
    CLOCK = "time of day"
    EPOCH = "count since 1970"


class Order(StrEnum):
    """Which comes first in dates that are digits alone."""

    PLAIN = "plain"
    MONTH = "month first"
    DAY = "day first"
    OPEN = "open"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Times:
    """A column of times, or a date and a time of day in two (`joined`).

    `forms`: how they are written, with the rows of each; `odd`: values that are no times, with their rows;
    `placeholders`: texts of a date that means "no time"; `read`: rows with any other time. `evidence`: sentences on how
    it is read.
    """

    facts: Facts
    kind: Kind
    forms: tuple[tuple[Form, int], ...] = ()
    epoch: EpochUnit | None = None
    order: Order = Order.PLAIN
    order_seen: str = ""
    odd: tuple[tuple[str, int], ...] = ()
    placeholders: tuple[tuple[str, int], ...] = ()
    midnight: int = 0
    read: int = 0
    joined: Times | None = None
    evidence: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        """Its column's name, the first of two."""
        return self.facts.name

    @property
    def both_names(self) -> tuple[str, ...]:
        """Its columns' names."""
        return (self.facts.name, self.joined.facts.name) if self.joined else (self.facts.name,)

    @property
    def text(self) -> str:
        """SQL for its text as an import would read it; NULL where one of two is blank."""
        if self.joined is None:
            return value_of(self.facts.cell)
        return f"({value_of(self.facts.cell)} || ' ' || {value_of(self.joined.facts.cell)})"

    @property
    def suffixes(self) -> frozenset[str]:
        """How its times mark their zone: `Z`, `%z`, nothing."""
        return frozenset(form.suffix for form, _ in self.forms)

    def formats(self, order: Order) -> tuple[str, ...]:
        """Its formats, day and month in this order; the commonest first."""
        chosen = (
            form.formats[0] if not form.open_order else
            day_first(form.formats) if order is Order.DAY else month_first(form.formats)
            for form, _ in self.forms
        )  # fmt: skip
        return tuple(dict.fromkeys(chosen))

    def stamp(self) -> str:
        """SQL for its time as written, as a TIMESTAMP; of offsets the instant in UTC; NULL where it cannot be read."""
        if self.epoch is not None:
            scale = 1_000_000 if self.epoch is EpochUnit.SECONDS else 1_000
            number = f"(CASE WHEN regexp_full_match({self.text}, '[0-9]{{1,13}}([.][0-9]+)?') THEN {self.text} END)"
            return f"make_timestamp(({number}::DOUBLE * {scale})::BIGINT)"
        return read_by(self.text, self.formats(self.order))


def read_by(text: str, formats: Sequence[str]) -> str:
    """SQL for a text as a TIMESTAMP by the first format that reads it, an offset taken off."""
    plain = [one for one in formats if "%z" not in one]
    offset = [one for one in formats if "%z" in one]
    tries = [f"try_strptime({text}, {_listed(plain)})"] if plain else []
    if offset:
        spelled = f"regexp_replace({text}, ' ?Z$', '+00:00')"
        tries.append(f"make_timestamp(epoch_us(try_strptime({spelled}, {_listed(offset)})))")
    return f"coalesce({', '.join(tries)}, NULL::TIMESTAMP)" if tries else "NULL::TIMESTAMP"


def looks_like_an_interval(name: str) -> bool:
    """Whether a name promises how long something took."""
    spoken = set(words(name))
    return bool(spoken & set(INTERVAL)) or ("time" in spoken and says(name, WAITS) and not spoken & {"of", "date"})


def _listed(formats: Sequence[str]) -> str:
    return "[" + ", ".join(map(literal, formats)) + "]"
