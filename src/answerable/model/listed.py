"""A complainant's own list of calls, and which of them were found in what was supplied."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class ListedCall(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a list: as somebody remembers it. `about_us`: when, `within_s`: how rough that is said to be.

    `call`: a call number, where they were told one; `receipt`: the text of a receipt. Telephone numbers are not kept.
    """

    id: str
    about_us: int
    within_s: int
    place: str = ""
    district: str = ""
    beat: str = ""
    type: str = ""
    call: str = ""
    receipt: str = ""


class Found(StrEnum):
    """`identified`: this call, by its number, by a receipt, or with a probability of at least nine in ten. `possible`:
    a person must look at the candidates. `not_found`: not found in what was supplied; it may still have been made."""

    IDENTIFIED = "identified"
    POSSIBLE = "possible"
    NOT_FOUND = "not_found"


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """How people remember: how often place, area and kind look so where it is the call, level by level from the worst.

    `in_record`: how many of the calls they say they made are in the record. `spread`: by which share of what an entry
    says it may be off its time is off on average. `forgotten`: how often it may be anywhere in the window.
    """

    place: tuple[float, ...]
    area: tuple[float, ...]
    kind: tuple[float, ...]
    in_record: float
    spread: float
    forgotten: float

    def table(self, thing: str) -> tuple[float, ...]:
        """The table of `place`, `area` or `kind`."""
        return {"place": self.place, "area": self.area, "kind": self.kind}[thing]


class Weight(msgspec.Struct, frozen=True, kw_only=True):
    """What one thing says, in words, and by how many doublings it raises (or lowers) the odds."""

    what: str
    bits: float


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A call that an entry may be about. `bits` is the sum of the weights, `probability` of 1000."""

    call: str
    received_us: int
    weights: tuple[Weight, ...]
    bits: float
    probability: int


class Identification(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one entry. `how` is why, in words; `nearby`: calls within the window; `absent_bits`: the weight of
    "not in the record", against which the candidates stand; `candidates`: the best of them, best first."""

    entry: str
    state: Found
    call: str | None
    how: str
    nearby: int
    absent_bits: float
    absent_probability: int
    candidates: tuple[Candidate, ...] = ()
