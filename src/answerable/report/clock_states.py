"""How a call stands against its clock: the states that the drawing and its table share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from answerable.model.examination import LateDistribution
from answerable.model.outcome import IGNORED


@dataclass(frozen=True, slots=True)
class State:
    """`shape` is Vega's name of the shape that the page draws under `key`; `row` labels the strip of the calls to
    which nobody was sent (empty where somebody was)."""

    key: str
    label: str
    shape: str
    tone: str
    row: str = ""


STATES: tuple[State, ...] = (
    State("late", "past the limit", "triangle-up", "late"),
    State("in-time", "within the limit", "circle", "answered"),
    State("nobody", "nobody sent", "cross", "ignored", "nobody sent"),
    State(
        "otherwise",
        "no unit sent: by telephone, withdrawn, declined or not known",
        "diamond",
        "declined",
        "other reason",
    ),
)


def state_of(call: LateDistribution) -> State:
    """Within the limit is up to and with the limit itself."""
    if call.waited_s is None:
        return STATES[2] if call.outcome in IGNORED else STATES[3]
    return STATES[0] if call.waited_s > call.limit_s else STATES[1]


def counted_states(calls: Sequence[LateDistribution]) -> tuple[tuple[State, int], ...]:
    """The states that occur, with how many calls each."""
    counts = Counter(state_of(call) for call in calls)
    return tuple((state, counts[state]) for state in STATES if counts[state])
