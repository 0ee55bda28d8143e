"""A comparison as the specification of findings writes it: everything plain, but for what a row names."""

from __future__ import annotations

import msgspec

from answerable.model.comparison import BothTests, Comparison, Missing, Placebo, Registration, Terms

PLAIN = BothTests(
    incidents=20, comparable=160, p_slower=0.001, p_slower_never=0.001, z=3.5, p_late=0.002, late=12, expected=3.0,
    ratio=6.0, ratio_low=2.5, ratio_high=14.0, risk_difference=(0.4, 0.2, 0.6), gamma_time=2.5, gamma_late=2.1,
)  # fmt: skip
NOTHING = msgspec.structs.replace(
    PLAIN, p_slower=0.6, p_slower_never=0.6, z=-0.2, p_late=0.8, late=0, ratio=0.0, ratio_low=0.0, ratio_high=1.6,
    gamma_time=1.0, gamma_late=1.0,
)  # fmt: skip
NONE_MISSING = Missing(
    claimed_times=0, comparable_times=0, claimed_outcomes=0, comparable_outcomes=0, matters=False
)  # fmt: skip
CLEAN = tuple(Placebo(name=name, clean=True, said=f"{name}: nothing.") for name in ("before", "others", "untouched"))


def placebos(**clean: bool | None) -> tuple[Placebo, ...]:
    """The three of them, clean but for those named."""
    return tuple(msgspec.structs.replace(one, clean=clean.get(one.name, one.clean)) for one in CLEAN)


def figures(plain: BothTests = PLAIN, **more: object) -> BothTests:
    """The figures with some of them changed."""
    return msgspec.structs.replace(plain, **more)


def comparison(plain: BothTests | None = PLAIN, **more: object) -> Comparison:
    """A registered comparison in which both tests pass and the placebos are clean, but for what is given."""
    made = Comparison(
        terms=Terms(), seed=1, draws=99_999, registration=Registration(digest="0" * 64, sealed_at_us=0),
        claimed_calls=20, incidents=20, comparable=160, unmatched=0, repeated=0, thin_strata=0, widened_strata=0,
        neighbour_strata=0, missing=NONE_MISSING, plain=plain,
        p_holm=None if plain is None else (2 * plain.p_slower, plain.p_late), detectable_ratio=4.1, base_rate=0.1,
        placebos=CLEAN,
    )  # fmt: skip
    return msgspec.structs.replace(made, **more)
