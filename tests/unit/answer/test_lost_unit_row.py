"""A call of which a unit's row could not be read: in time is in time, late is not proved, and no wait is said."""

from __future__ import annotations

import msgspec
import pytest
from tests.support.small_policies import CHOICES, TWO_SPEEDS

from answerable.answer.assess import Assessment, assess
from answerable.answer.record import CallRecord, SourceTerms
from answerable.model.call import EndedBy, Known, Quality
from answerable.model.decision import Decision, DecisionKind, FactAssertion
from answerable.model.outcome import Outcome
from answerable.model.times import SECOND_US, parse_instant
from answerable.model.vocabulary import FactValue
from answerable.policy import VersionSet, load_policy

TOLD_US = parse_instant("2018-06-19T10:00:00Z")
LOST = int(Quality.UNIT_ROW_LOST)
TERMS = SourceTerms(
    blanks=frozenset({"dispatched", "disposition", "contact", "closed"}),
    records_callbacks=True,
    decisions_supplied=True,
    horizon_us=parse_instant("2018-07-31T00:00:00Z"),
)
CALLS = VersionSet([load_policy(TWO_SPEEDS.encode(), file="two-speeds.toml")])
REQUESTS = VersionSet([load_policy(CHOICES.encode(), file="choices.toml")])


def answered_after(minutes: int, *, quality: int) -> Assessment:
    at = TOLD_US + minutes * 60 * SECOND_US
    call = CallRecord(
        key="1",
        times_us={"received": TOLD_US, "dispatched": at, "arrived": at},
        quality={"dispatched": quality, "arrived": quality},
        dispatched=Known.YES,
        arrived=Known.YES,
        facts={"kind": "call", "priority": 1, "life_safety": False},
    )
    return assess(call, versions=CALLS, terms=TERMS)


@pytest.mark.parametrize(
    ("minutes", "whole", "with_a_row_lost"),
    [(4, Outcome.ANSWERED, Outcome.ANSWERED), (90, Outcome.ANSWERED_LATE, Outcome.UNDETERMINED)],
)
def test_late_is_not_proved_and_in_time_is(minutes: int, whole: Outcome, with_a_row_lost: Outcome) -> None:
    assert answered_after(minutes, quality=0).ruling.outcome is whole
    assert answered_after(minutes, quality=LOST).ruling.outcome is with_a_row_lost


def test_no_wait_is_said_to_a_unit_that_may_not_have_been_the_first() -> None:
    assert answered_after(4, quality=0).seconds_to("dispatched") == 240
    assert answered_after(4, quality=LOST).seconds_to("dispatched") is None


def test_a_unit_that_was_lost_may_have_stayed_after_the_others_were_cleared() -> None:
    """Somebody's life is in danger after the last unit on record had left: another unit may still have been there."""
    left_us = TOLD_US + 3600 * SECOND_US
    told_again_us = TOLD_US + 2 * 3600 * SECOND_US
    facts: dict[str, FactValue] = {
        "kind": "request_for_assistance", "asks_for": "additional_resources", "alternatives_exhausted": False,
        "priority": 4, "life_safety": False,
    }  # fmt: skip
    call = CallRecord(
        key="1",
        times_us={"received": TOLD_US, "dispatched": TOLD_US, "cleared": left_us},
        dispatched=Known.YES,
        ended_by=EndedBy.NOBODY,
        facts=facts,
    )
    danger = FactAssertion(
        call="1", fact="life_safety", value=True, asserted_by="requester", occurred_at_us=told_again_us,
        recorded_at_us=told_again_us,
    )  # fmt: skip
    decline = Decision(
        call="1", at_us=TOLD_US, recorded_at_us=TOLD_US, actor="Deputy", rank="deputy", clause="resources",
        decision=DecisionKind.DECLINE, reason="ALTERNATIVES_NOT_EXHAUSTED", recorded_by="Records",
    )  # fmt: skip

    def second_period(quality: dict[str, int]) -> Outcome:
        found = assess(
            msgspec.structs.replace(call, quality=quality), versions=REQUESTS, terms=TERMS, assertions=[danger],
            decisions=[decline],
        )  # fmt: skip
        return found.periods[-1].ruling.outcome

    assert second_period({}) is Outcome.UNHEARD
    assert second_period({"dispatched": LOST, "cleared": LOST}) is not Outcome.UNHEARD
