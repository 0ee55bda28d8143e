"""A comparison of calls: what was registered before, and what was found, in figures."""

from __future__ import annotations

import msgspec


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """How a comparison is to be made: fixed before anybody looks.

    `alpha`: the chance of a false alarm allowed over all that is registered, as text (`0.05`); `smallest_ratio`: the
    smallest odds ratio that would matter, as text; `others`: the fact whose other values are the other claimants;
    `neighbours`: district by district, where to look for more comparable calls; `registration`: the file in which these
    terms were registered.
    """

    alpha: str = "0.05"
    smallest_ratio: str = "2"
    others: str = "requester"
    neighbours: dict[str, tuple[str, ...]] = {}
    registration: str | None = None


class RegisteredTerms(msgspec.Struct, frozen=True, kw_only=True):
    """A registration as its file has it. `content` is canonical JSON as text, `digest` its SHA-256."""

    content: str
    digest: str
    sealed_at_us: int | None = None


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """Terms written down before the calls were looked at. `digest`: of the canonical content. `sealed_at_us`: when a
    log took it in (None: nobody but its author can say when it was written)."""

    digest: str
    sealed_at_us: int | None = None


class BalanceRow(msgspec.Struct, frozen=True, kw_only=True):
    """One trait of the calls: its mean on both sides, and their difference in standard deviations."""

    trait: str
    claimed: float
    comparable: float
    standardised: float
    balanced: bool


class BothTests(msgspec.Struct, frozen=True, kw_only=True):
    """Both tests under one reading of what is missing.

    `incidents` and `comparable` calls could be tested. `p_slower`, `p_late`: one-sided p-values of the primary and the
    confirming test, `p_slower_never`: of the primary where a call that nobody came to waits for ever; `z`: above 0
    where the claimed calls waited longer. `ratio`: odds ratio of being late or unheard with its 95 % interval (None: no
    number, without limit). `late`, `expected`: the claimant's late calls, and how many comparable calls would have had.
    `risk_difference`: with its interval, from -1 to 1. `gamma_time`, `gamma_late`: hidden bias each test withstands.
    """

    incidents: int
    comparable: int
    p_slower: float
    p_slower_never: float
    z: float
    p_late: float
    late: int
    expected: float
    ratio: float | None
    ratio_low: float
    ratio_high: float | None
    risk_difference: tuple[float, float, float]
    gamma_time: float
    gamma_late: float


class Waits(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds by which half and nine in ten were sent to; None where that share was never reached. `curve`: points of
    (seconds, share of 1000 still waiting); `sent_share`: how many of 1000 were ever sent to (Aalen-Johansen)."""

    median_s: float | None
    p90_s: float | None
    sent_share: int
    curve: tuple[tuple[float, int], ...]


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """What is not recorded: of 1000 calls of each side, those without a time of dispatch, and without an outcome.

    `matters`: more than 5 %, or the sides differ. Then both bounds are judged, and the unfavourable one counts.
    """

    claimed_times: int
    comparable_times: int
    claimed_outcomes: int
    comparable_outcomes: int
    matters: bool


class Placebo(msgspec.Struct, frozen=True, kw_only=True):
    """A comparison in which nothing should be found. `clean` is None where it could not be made; `said` is why, or what
    was found."""

    name: str
    clean: bool | None
    said: str


class OtherClaimant(msgspec.Struct, frozen=True, kw_only=True):
    """Another value of the same fact, compared in the same way over the same time."""

    name: str
    incidents: int
    z: float
    p_slower: float
    p_adjusted: float


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """A whole comparison. `plain` leaves out what is missing; `worst` and `best` (from the allegation's side: least and
    most that can have happened) are given where what is missing matters. Without enough incidents all three are None.

    `p_holm`: the two p-values (primary, confirming) of `plain`, or of `worst` where given, adjusted for everything
    registered in this examination. `detectable_ratio`: what this record would have shown four times in five.
    """

    terms: Terms
    seed: int
    draws: int
    registration: Registration | None
    claimed_calls: int
    incidents: int
    comparable: int
    unmatched: int
    repeated: int
    thin_strata: int
    widened_strata: int
    neighbour_strata: int
    missing: Missing
    plain: BothTests | None = None
    worst: BothTests | None = None
    best: BothTests | None = None
    p_holm: tuple[float, float] | None = None
    e_value: float | None = None
    detectable_ratio: float | None = None
    base_rate: float | None = None
    waits: Waits | None = None
    comparable_waits: Waits | None = None
    balance: tuple[BalanceRow, ...] = ()
    placebos: tuple[Placebo, ...] = ()
    others: tuple[OtherClaimant, ...] = ()

    @property
    def judged(self) -> BothTests | None:
        """The reading by which a difference must be shown: what is missing speaks against it."""
        return self.worst or self.plain

    @property
    def margin(self) -> BothTests | None:
        """The reading by which a difference must be excluded: what is missing speaks for it."""
        return self.best or self.plain
