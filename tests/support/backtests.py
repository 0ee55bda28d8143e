"""A made-up back-test with every sort of change, and text that tries to break out of wherever it is put."""

from __future__ import annotations

from typing import Any

import msgspec
from tests.support.examinations import BIDI, FORMULA, HOSTILE, sample_examination

from answerable.answer.backtest import Comparison
from answerable.model.backtest import Backtest, BacktestRow, Side

ANSWERED = Side(outcome="answered", duty="must-respond", rule="help", limit_s=900, arrive_limit_s=1800)
LATE = msgspec.structs.replace(ANSWERED, outcome="answered_late", limit_s=300)
DECLINED = Side(outcome="declined_within_policy", duty="may-decline", rule="resources", limit_s=3600)
AGAINST = Side(outcome="declined_against_policy", duty="must-respond", rule="help", limit_s=900, tell_limit_s=600)
UNKNOWN = Side(outcome="undetermined", reason="fact", duty="must-respond", limit_s=900, open_facts=("life_safety",))
NO_RULE = Side(outcome="undetermined", reason="no_rule")
PAIRS = (
    (ANSWERED, ANSWERED, 900),
    (ANSWERED, LATE, 80),
    (DECLINED, AGAINST, 3),
    (UNKNOWN, UNKNOWN, 40),
    (NO_RULE, LATE, 7),
)


def sample_backtest(**changes: Any) -> Backtest:
    """Compared with one version; hostile text in the policy's title and rules."""
    examination = sample_examination()
    policy = msgspec.structs.replace(examination.policies[0], title=f"As it might be {HOSTILE} {BIDI}", version="next")
    found = Comparison()
    for before, after, calls in PAIRS:
        found.add(before, after, calls)
    result = Backtest(
        program="answerable test",
        source=examination.source,
        as_of_us=examination.as_of_us,
        policy=policy,
        base=(examination.policies[0],),
        base_as_if=False,
        recompute="answerable policy backtest next.toml --against calls.csv --policy old.toml",
        **found.figures(),
    )
    return msgspec.structs.replace(result, **changes)


def sample_backtest_rows() -> list[BacktestRow]:
    """Calls that differ; the first carries text that tries to be a formula, a tag and reversed."""
    texts = {"type": f"{FORMULA} {BIDI}", "district": HOSTILE}
    return [
        BacktestRow(
            call=f"P18-{number}",
            received="2018-06-19 14:05:00-07:00",
            priority="2",
            beat="520",
            waited_s=420,
            before=before,
            after=after,
            **(texts if number == 1 else {"type": "Threat", "district": "Harbor"}),
        )
        for number, (before, after, _) in enumerate(PAIRS[1:4] * 50)
    ]
