"""The sentences of a back-test, for the page and the terminal alike: what was applied to what, and what it is not."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from answerable.model.backtest import Backtest, LimitChange
from answerable.model.examination import PolicyInForce
from answerable.model.times import duration_text
from answerable.report.spelling import day, number, zone_of

LIMITS: dict[str, str] = {
    "decide_within": "decide within",
    "dispatch_within": "dispatch within",
    "arrive_within": "arrive within",
    "answer_within": "answer within",
    "tell_caller_within": "tell the caller of a delay within",
}
NO_DUTY = "no rule, or no policy in force"


def name_of(policy: PolicyInForce) -> str:
    """Id and version."""
    return f"{policy.id} {policy.version}"


def what_it_is(found: Backtest) -> tuple[str, ...]:
    """What was done and what must not be read into it, one sentence or two each."""
    return (_as_if(found), _compared_with(found), _people(found), _untold(found), *_open(found))


def _as_if(found: Backtest) -> str:
    policy, zone = found.policy, zone_of(found.source.timezone)
    first_us, last_us = found.source.first_us, found.source.last_us
    begins, ends_us = day(policy.effective_from_us, zone), policy.effective_to_us
    applied = "Here it is applied to every call as if it had been in force all along."
    if first_us is None or last_us is None:
        return f"{name_of(policy)} takes effect on {begins} by its own words. {applied}"
    if policy.effective_from_us > last_us or (ends_us is not None and ends_us <= first_us):
        return f"{name_of(policy)} was not in force when these calls came in{_dates(policy, zone)}. {applied}"
    if policy.effective_from_us <= first_us and (ends_us is None or ends_us > last_us):
        return f"{name_of(policy)} dates itself before these calls; that does not show it was in force then. {applied}"
    return f"{name_of(policy)} was in force for a part of these calls at most{_dates(policy, zone)}. {applied}"


def _dates(policy: PolicyInForce, zone: ZoneInfo) -> str:
    ends = "" if policy.effective_to_us is None else f" and ends on {day(policy.effective_to_us, zone)}"
    return f": by its own words it takes effect on {day(policy.effective_from_us, zone)}{ends}"


def _compared_with(found: Backtest) -> str:
    if found.base_as_if:
        return f"It is compared with {name_of(found.base[0])}, applied to every call in the same way."
    names = " and ".join(name_of(one) for one in found.base)
    without = found.calls - sum(one.calls for one in found.base)
    none = f" For {number(without)} of {number(found.calls)} calls none was." if without else ""
    return f"It is compared with what was in force when each call came in: {names}.{none}"


def _people(found: Backtest) -> str:
    if found.with_decisions:
        return (
            "Decisions that people took are held against it as they were recorded, with the clause they named then. "
            "Nobody could follow a policy that was not theirs: this judges a text, and nobody's conduct."
        )
    return (
        "What people did is taken as recorded. Under other limits they might have acted otherwise: this judges a text, "
        "and nobody's conduct."
    )


def _untold(found: Backtest) -> str:
    untold = found.untold_both + found.untold_before + found.untold_after
    if not untold:
        return "No outcome is undetermined."
    sides = {
        "on both sides": found.untold_both,
        "only under the policy compared with": found.untold_before,
        "only under the new one": found.untold_after,
    }
    parts = [f"{number(calls)} {side}" for side, calls in sides.items() if calls]
    return (
        f"For {number(untold)} of {number(found.calls)} calls the outcome is undetermined and so cannot be compared "
        f"({', '.join(parts)})."
    )


def _open(found: Backtest) -> tuple[str, ...]:
    if not found.open_calls:
        return ()
    sentence = (
        f"For {number(found.open_calls)} calls a fact that nobody recorded ({', '.join(found.open_facts)}) could still "
        "change the duty or a limit. Duties and limits are compared as the recorded facts give them."
    )
    return (sentence,)


def limit_text(limit_s: int | None) -> str:
    """`15 min`, or `none`."""
    return "none" if limit_s is None else duration_text(limit_s)


def limit_change(change: LimitChange) -> str:
    """`dispatch within: 15 min → 10 min`."""
    return f"{LIMITS[change.kind]}: {limit_text(change.before_s)} → {limit_text(change.after_s)}"


def duty_text(duty: str | None) -> str:
    """A duty in words."""
    return NO_DUTY if duty is None else duty.replace("-", " ")
