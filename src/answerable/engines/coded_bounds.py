"""The bounds of a state and class: what a recorded offset is held against, in the units it is stored in.

Of a call that counts from its receipt the offset x of a time means between x units less `earlier` and the receipt's
`later`, and x units more `later` and the receipt's `earlier`. Holding that against a limit is the same as holding x
against the limit less these, rounded down; and that is worked out once a state and class instead of once a call.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from answerable.answer.record import SourceTerms
from answerable.answer.timing import offset_of
from answerable.model.times import SECOND_US

FAR, FAR_SURELY = "horizon_far", "horizon_far_surely"
"""The columns that place the record's end for calls that came long before it."""
AHEAD = "_ahead"
"""Ends the name of a time's second bounds, where its clock is ahead of the first."""
_MOST = {"INTEGER": 2**31 - 1, "BIGINT": 2**63 - 1}


def fine_bound(name: str, limit: int) -> str:
    """The column that the latest meaning of a time is held against; limit 0 is the start itself."""
    return f"{name}_by_{limit}"


def coarse_bound(name: str, limit: int) -> str:
    """The column that the earliest meaning of a time is held against."""
    return f"{name}_surely_{limit}"


def bounds(
    *, times: Sequence[str], weight: int, limits: int, unit_us: int, offsets: str, terms: SourceTerms
) -> str:  # fmt: skip
    """SQL of the table `bound`, from the tables `slack` and `class_limits`: a row a class and bounded
    state by its code, class times `weight` and state. `offsets`: the type of the stored offsets."""
    columns = [
        column
        for time in times
        for name, ahead_s in ((time, (0, 0)), (f"{time}{AHEAD}", offset_of(time, terms)))
        if name == time or ahead_s != (0, 0)
        for column in (
            _of_horizon(terms.horizon_us, limits)
            if time == "horizon"
            else _of(time, name, ahead_s, limits=limits, unit_us=unit_us, offsets=offsets)
        )
    ]
    return f"""CREATE OR REPLACE TEMP TABLE bound AS
        SELECT class_limits.class::BIGINT * {weight} + slack.code AS code, slack.is_exact, class_limits.arrives,
            {", ".join(columns)}
        FROM slack CROSS JOIN class_limits WHERE is_bounded"""


def _of(
    time: str, name: str, ahead_s: tuple[int, int], *, limits: int, unit_us: int, offsets: str
) -> Iterator[str]:  # fmt: skip
    """X units, `later` more, less than nothing or at most a limit; x units, `earlier` less, at most a limit."""
    fine, coarse = ahead_s[0] * SECOND_US, ahead_s[1] * SECOND_US
    yield f"{_down(f'{fine} - 1 - {time}_later', unit_us, offsets)} AS {fine_bound(name, 0)}"
    for at in range(1, limits + 1):
        yield f"{_down(f'limit_{at} + {fine} - {time}_later', unit_us, offsets)} AS {fine_bound(name, at)}"
        surely = f"limit_{at} + {coarse} + {time}_earlier + received_later"
        yield f"{_down(surely, unit_us, offsets)} AS {coarse_bound(name, at)}"


def _down(us: str, unit_us: int, offsets: str) -> str:
    """Whole units, rounded down; what no offset of the type can exceed stands for more."""
    most = _MOST[offsets]
    whole = f"(({us}) - ((({us}) % {unit_us}) + {unit_us}) % {unit_us}) // {unit_us}"
    return f"CASE WHEN {us} IS NOT NULL THEN greatest(least({whole}, {most}), {-most}) END::{offsets}"


def _of_horizon(horizon_us: int | None, limits: int) -> Iterator[str]:
    """The instants from which on a call's receipt is so late that the record ends within a limit."""
    if horizon_us is None:
        yield f"NULL::BIGINT AS {fine_bound('horizon', 0)}"
    else:
        yield f"CASE WHEN is_awaited THEN {horizon_us} + 1 END AS {fine_bound('horizon', 0)}"
    for at in range(1, limits + 1):
        end = "NULL::BIGINT" if horizon_us is None else str(horizon_us)
        yield f"{end} - limit_{at} AS {fine_bound('horizon', at)}"
        yield f"{end} - limit_{at} - received_later AS {coarse_bound('horizon', at)}"


def far_from_the_end(*, limits: int, first_us: int) -> str:
    """SQL that adds to the table `bound` where the record's end lies for a call received at `first_us`: 0 not asked, 1
    before the start, else behind how many limits (`FAR`); the same of the earliest it can mean (`FAR_SURELY`).
    """
    fine = " ".join(f"WHEN {first_us} >= {fine_bound('horizon', at)} THEN {at + 1}" for at in range(limits + 1))
    coarse = " ".join(f"WHEN {first_us} >= {coarse_bound('horizon', at)} THEN {at - 1}" for at in range(1, limits + 1))
    asked = f"CASE WHEN {fine_bound('horizon', 0)} IS NULL THEN 0"
    return f"""CREATE OR REPLACE TEMP TABLE bound AS
        SELECT *, {asked} {fine} ELSE {limits + 2} END::BIGINT AS {FAR},
            {asked} {coarse} ELSE {limits} END::BIGINT AS {FAR_SURELY}
        FROM bound"""


def near_the_end(*, limits: int, first_us: int) -> str:
    """SQL of the first receipt after `first_us` for which the record's end lies elsewhere than for that one; NULL where
    it never does."""
    listed = [fine_bound("horizon", at) for at in range(limits + 1)]
    listed += [coarse_bound("horizon", at) for at in range(1, limits + 1)]
    every = " UNION ALL ".join(f"SELECT {one} AS at_us FROM bound" for one in listed)
    return f"SELECT min(at_us) FROM ({every}) WHERE at_us > {first_us}"
