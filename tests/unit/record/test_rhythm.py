"""When something that is done each minute is due."""

from __future__ import annotations

from answerable.model.times import SECOND_US
from answerable.record.rhythm import Rhythm


def test_it_is_due_at_first_and_a_minute_after_it_was_done() -> None:
    rhythm = Rhythm()
    assert rhythm.due(7)
    rhythm.done(7)
    assert not rhythm.due(60 * SECOND_US)
    assert rhythm.due(60 * SECOND_US + 7)


def test_what_is_new_does_not_wait_for_the_minute() -> None:
    rhythm = Rhythm()
    rhythm.done(7)
    assert rhythm.due(8, moved=True)


def test_after_a_failure_even_what_is_new_waits_a_little_and_what_is_not_waits_no_longer() -> None:
    rhythm = Rhythm()
    rhythm.done(0)
    rhythm.failed(SECOND_US)
    assert not rhythm.due(5 * SECOND_US, moved=True)
    assert rhythm.due(6 * SECOND_US)
    rhythm.done(6 * SECOND_US)
    assert rhythm.due(6 * SECOND_US, moved=True)
    assert not rhythm.due(65 * SECOND_US)
