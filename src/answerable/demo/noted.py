"""What a call-taker writes down: questions asked and not asked, first and later priority."""

from __future__ import annotations

from random import Random

from answerable.demo.city import CallType

Noted = tuple[bool | None, bool | None, bool | None]
"""Life safety, officer assaulted, safe exit needed. None: nobody wrote it down."""

CALM: Noted = (False, False, False)


def facts(rng: Random, kind: CallType, *, skipped: float = 0.022, life_always: bool = False) -> Noted:
    """The three questions; `skipped` is how often none of them was asked. A single one is missed now and then.

    `life_always`: whether life is at risk is asked whatever else is not.
    """
    life = rng.random() < kind.life
    assaulted = kind.code == "OFFAST"
    if rng.random() < skipped:
        return (life if life_always else None, None, None)
    missed = rng.random()
    if missed < 0.006:
        return (life if life_always else None, assaulted, False)
    if missed < 0.012:
        return (life, assaulted or None, False)
    return (life, assaulted, None if missed < 0.016 else False)


def priorities(rng: Random, kind: CallType, *, urgent: bool) -> tuple[int | None, int | None]:
    """First and last priority. Life at risk is never below 2; a few change, a few were never recorded."""
    first = min(kind.priority, 2) if urgent else kind.priority
    if rng.random() < 0.05:
        first = _moved(rng, first)
    chance = rng.random()
    if chance < 0.022:
        return first, _moved(rng, first)
    if chance < 0.026:
        return None, first
    return first, None if chance < 0.034 else first


def taking_s(rng: Random) -> int:
    """How long writing a call down takes: twenty seconds to under two minutes, mostly short."""
    return 18 + int(90 * rng.random() ** 2)


def _moved(rng: Random, priority: int) -> int:
    return max(0, min(9, priority + rng.choice((-1, 1))))
