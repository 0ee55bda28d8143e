"""An audit sample: which calls are drawn, how a drawn list is sealed, and what the answers say about the whole record.

The draw is defined by SHA-256 alone, so that anybody repeats it with any tool: every call has the digest of
`SEED`, a line feed, its name (`call`), a line feed, and its number among the calls of that name in the order of the
file, all in UTF-8; the calls with the smallest digests are the sample, in that order. The first calls of a sample are
therefore themselves a simple random sample.

The bounds are exact for a simple random sample without replacement from a finite record (the hypergeometric
distribution), in whole numbers only: Wright, "Exact Confidence Bounds when Sampling from Small Finite Universes"
(1991); Buonaccorsi, "A Note on Confidence Intervals for Proportions in Finite Populations" (1987).
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Sequence
from enum import StrEnum
from math import comb
from typing import NamedTuple

import msgspec

from answerable.model.canonical import digest

DRAWN = ("call", "received", "type", "priority", "district", "beat", "outcome", "because")
"""The columns of a sample that the draw fills in, and nobody changes."""
ANSWERS = ("agrees", "what_the_recording_says", "checked_by", "checked_at")
"""The columns that the auditor fills in."""
CONFIDENCE_PERCENT = 95
LARGEST = 10_000
"""Nobody listens to more recordings than this, and the exact bounds stay quick."""
SCHEMA = "answerable/sample@1"


class Agrees(StrEnum):
    """What an auditor says of one call: the record agrees with the recording, or not, or it cannot be told."""

    YES = "yes"
    NO = "no"
    CANNOT_TELL = "cannot tell"


class Candidate(NamedTuple):
    """A call that may be drawn. `nth` counts the calls of the same name in the order of the file, from 1."""

    cells: tuple[str, ...]  # in the order of DRAWN
    nth: int


class Drawn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is written beside a sample when it is drawn: how to draw it again, and the digests that seal it.

    `population` calls could be drawn (those of `outcomes` and `claim`, where such were named); `rows` has the digest of
    each drawn row in the order of the draw, `list_sha256` the one of them all. `record_kind` is `result` (with the
    SHA-256 of its `manifest.json`) or `import` (with the one of the manifest beside the Parquet file).
    """

    schema: str
    program: str
    seed: str
    size: int
    population: int
    outcomes: tuple[str, ...]
    claim: str | None
    record_kind: str
    record_file: str
    record_sha256: str
    manifest_sha256: str
    list_sha256: str
    rows: tuple[str, ...]


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """Between `low` and `high` calls of `population` are wrong, both included."""

    low: int
    high: int
    population: int


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """Answers counted; `drawn` is always the sum of the other four."""

    drawn: int
    agrees: int
    wrong: int
    cannot_tell: int
    unanswered: int

    @property
    def open(self) -> int:
        """Calls of which nobody knows whether the record is right."""
        return self.cannot_tell + self.unanswered


class ErrorRate(msgspec.Struct, frozen=True, kw_only=True):
    """What a sample says about the record it was drawn from.

    `certain` holds whatever the open calls would have shown: from the lower bound with all of them right to the upper
    bound with all of them wrong. `answered` takes the answered calls alone, as if those left open were left open by
    chance; None where nothing was answered. Without open calls the two are the same.
    """

    tally: Tally
    certain: Bounds
    answered: Bounds | None
    confidence_percent: int


def draw(candidates: Iterable[Candidate], *, seed: str, size: int) -> list[Candidate]:
    """The `size` candidates with the smallest digests, in the order of the draw; all where there are fewer."""
    return heapq.nsmallest(size, candidates, key=lambda one: draw_digest(seed, call=one.cells[0], nth=one.nth))


def draw_digest(seed: str, *, call: str, nth: int) -> str:
    """Hex SHA-256 by which calls are put in order: of the seed, the call and its number, a line feed between them."""
    return hashlib.sha256(f"{seed}\n{call}\n{nth}".encode()).hexdigest()


def cells_digest(cells: Sequence[str]) -> str:
    """Hex SHA-256 of a drawn row: the RFC 8785 JSON of its cells, each run of white space taken as one space."""
    return digest([" ".join(cell.split()) for cell in cells])


def list_digest(rows: Sequence[str]) -> str:
    """Hex SHA-256 of a drawn list: the RFC 8785 JSON of its rows' digests, in the order of the draw."""
    return digest(list(rows))


def tally(answers: Iterable[Agrees | None]) -> Tally:
    """Count the answers; None is a row that nobody answered."""
    given = list(answers)
    return Tally(
        drawn=len(given),
        agrees=given.count(Agrees.YES),
        wrong=given.count(Agrees.NO),
        cannot_tell=given.count(Agrees.CANNOT_TELL),
        unanswered=given.count(None),
    )


def error_rate(counted: Tally, *, population: int, confidence_percent: int = CONFIDENCE_PERCENT) -> ErrorRate:
    """How many calls of the record are wrong, by a sample of `counted.drawn` of its `population` calls."""
    answered = counted.drawn - counted.open
    record = {"population": population, "confidence_percent": confidence_percent}
    return ErrorRate(
        tally=counted,
        certain=Bounds(
            low=fewest_wrong(counted.wrong, sample=counted.drawn, **record),
            high=most_wrong(counted.wrong + counted.open, sample=counted.drawn, **record),
            population=population,
        ),
        answered=Bounds(
            low=fewest_wrong(counted.wrong, sample=answered, **record),
            high=most_wrong(counted.wrong, sample=answered, **record),
            population=population,
        )
        if answered
        else None,
        confidence_percent=confidence_percent,
    )


def fewest_wrong(wrong: int, *, sample: int, population: int, confidence_percent: int) -> int:
    """The smallest number of wrong calls under which seeing `wrong` or more of them is not too unlikely.

    Counted from the other side: what is not wrong is right. Raises ValueError as `most_wrong` does.
    """
    right = most_wrong(sample - wrong, sample=sample, population=population, confidence_percent=confidence_percent)
    return population - right


def most_wrong(wrong: int, *, sample: int, population: int, confidence_percent: int) -> int:
    """The largest number of wrong calls under which seeing `wrong` or fewer of them is not too unlikely.

    Too unlikely is half of what the confidence leaves, or less: 2.5 % at 95 %. Raises ValueError where the figures
    cannot belong together.
    """
    if not (0 <= wrong <= sample <= population and 0 < confidence_percent < 100):
        raise ValueError(f"{wrong} wrong of {sample} drawn of {population} at {confidence_percent} %")
    every = comb(population, sample)
    low, high = wrong, population - sample + wrong
    while low < high:
        supposed = (low + high + 1) // 2
        ways = _ways_at_most(wrong, supposed=supposed, sample=sample, population=population, every=every)
        # ways / every > (100 - confidence) / 200, without a division
        if 200 * ways > (100 - confidence_percent) * every:
            low = supposed
        else:
            high = supposed - 1
    return low


def _ways_at_most(wrong: int, *, supposed: int, sample: int, population: int, every: int) -> int:
    """How many of `every` sample hold at most `wrong` of the `supposed` wrong calls, by the shorter of the two sums."""
    right = population - supposed
    least, most = max(0, sample - right), min(supposed, sample)
    if wrong - least <= most - wrong:
        return _ways(least, wrong, supposed=supposed, right=right, sample=sample)
    return every - _ways(wrong + 1, most, supposed=supposed, right=right, sample=sample)


def _ways(first: int, last: int, *, supposed: int, right: int, sample: int) -> int:
    """How many samples hold from `first` to `last` of the `supposed` wrong calls, each term from the one before."""
    if first > last:
        return 0
    term = comb(supposed, first) * comb(right, sample - first)
    ways = term
    for found in range(first, last):
        term = term * (supposed - found) * (sample - found) // ((found + 1) * (right - sample + found + 1))
        ways += term
    return ways
