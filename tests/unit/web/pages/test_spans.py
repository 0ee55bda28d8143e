"""How a span of time is said: the table that `static/time.js` is held to as well (tests/browser/test_board.py)."""

from __future__ import annotations

import pytest
from tests.support.spoken_spans import SPANS, UNTIL

from answerable.web.pages.spans import span, until


@pytest.mark.parametrize(("seconds", "said"), SPANS)
def test_a_span_is_said_as_exactly_as_it_matters(seconds: float, said: str) -> None:
    assert span(seconds) == said


@pytest.mark.parametrize(("left_us", "said"), UNTIL)
def test_a_deadline_is_counted_down_to_and_then_up_from(left_us: int, said: str) -> None:
    assert until(1_529_434_800_000_000 + left_us, 1_529_434_800_000_000) == said
