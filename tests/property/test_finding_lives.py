"""Whatever is tried in whatever order: no state of a finding is skipped, and nothing that was said is taken back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.support.finding_lives import CHIEF, DAY_US, NOON_US, UNION, following, life

from answerable.answer.finding_life import Life, after, read_step, replayed, step_bytes
from answerable.errors import FindingError
from answerable.model.finding_life import (
    Asked,
    Proposed,
    Published,
    Replied,
    Signed,
    Standing,
    Step,
    Superseded,
)

ORDER = list(Standing)
TRIED = st.tuples(
    st.sampled_from([Proposed, Asked, Replied, Signed, Published, Superseded]),
    st.sampled_from([CHIEF, UNION]),
    st.integers(0, 20),
    st.booleans(),
)


def step_of(life_so_far: Life, kind: type[Step], who: str, day: int, *, stated: bool) -> Step:
    more: dict[str, object] = {"who": who} if kind in (Asked, Replied) else {}
    if kind is Signed:
        more = {"not_on_record": ("no decider is on record",), "states_decided_none": stated}
    if kind is Superseded:
        more = {"by_signed": stated}
    if kind is Replied:
        more |= {"received_us": NOON_US + day * DAY_US}
    taken: Step = following(life_so_far, kind, day, **more)
    return taken


@given(st.lists(TRIED, max_size=14))
def test_no_state_is_skipped_and_none_is_taken_back(tried: list[tuple[type[Step], str, int, bool]]) -> None:
    found = life()
    for kind, who, day, stated in tried:
        step = step_of(found, kind, who, day, stated=stated)
        try:
            grown = after(found, step)
        except FindingError:
            continue
        assert grown.steps[:-1] == found.steps
        assert ORDER.index(grown.standing) >= ORDER.index(found.standing)
        _holds_together(grown)
        found = grown


def _holds_together(found: Life) -> None:
    kinds = [type(step) for step in found.steps]
    assert kinds.count(Proposed) == 1
    assert kinds[0] is Proposed
    assert kinds.count(Signed) <= 1
    assert kinds.count(Superseded) <= 1
    if Published in kinds:
        assert kinds.index(Signed) < kinds.index(Published)
    if found.signed is not None:
        before = found.steps[: found.signed.number - 1]
        asked = [step for step in before if isinstance(step, Asked)]
        assert asked
        assert found.signed.states_decided_none
        for one in asked:
            replied = any(isinstance(step, Replied) and step.who == one.who for step in before)
            assert replied or found.signed.at_us > one.reply_by_us
        assert not any(isinstance(step, Asked) for step in found.steps[found.signed.number :])
    if found.superseded is not None and not found.superseded.by_signed:
        assert found.signed is None


@given(st.lists(TRIED, max_size=10), st.data())
def test_no_byte_of_a_life_can_be_another_unseen(
    tried: list[tuple[type[Step], str, int, bool]], data: st.DataObject
) -> None:
    found = life((Asked, 1))
    for kind, who, day, stated in tried:
        try:
            found = after(found, step_of(found, kind, who, day, stated=stated))
        except FindingError:
            continue
    contents = [step_bytes(step) for step in found.steps]
    assert replayed(contents) == found
    which = data.draw(st.integers(0, len(contents) - 2))
    at = data.draw(st.integers(0, len(contents[which]) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != contents[which][at]))
    contents[which] = contents[which][:at] + bytes([byte]) + contents[which][at + 1 :]
    try:
        assert replayed(contents) == found
    except FindingError:
        return
    raise AssertionError("a changed step was read as if nothing had happened")


@given(st.binary(max_size=200))
def test_what_is_no_step_is_refused_in_words(content: bytes) -> None:
    try:
        read_step(content)
    except FindingError as refused:
        assert refused.message  # noqa: PT017  the point is that nothing else is raised
    else:
        raise AssertionError("chance wrote a step")
