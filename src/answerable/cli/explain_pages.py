"""A decision about one call on the terminal: what is owed, and every clause that led there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from answerable.cli.printing import Page
from answerable.cli.text import counted, listed
from answerable.model.duty import Duty
from answerable.model.times import duration_text
from answerable.model.vocabulary import FactValue

if TYPE_CHECKING:
    from answerable.model.duty import PolicyDecision
    from answerable.policy.clauses import Clause
    from answerable.policy.explain import ClockRead, RuleRead
    from answerable.wiring import Explained, Recomputed

_TRUTH: Final = {True: "yes", False: "no", None: "unknown"}
_WIDEST_TRUTH: Final = len("unknown")
_DUTIES: Final = {
    Duty.MUST_RESPOND: "must respond",
    Duty.MAY_DECLINE: "may decline",
    Duty.COMMAND_DECIDES: "command decides",
}
_LIMITS: Final = {
    "answer_within": "answered within",
    "dispatch_within": "dispatched within",
    "arrive_within": "there within",
    "tell_caller_within": "caller told within",
}


def print_explained(explained: Explained) -> None:
    """What is owed to one call, and why."""
    page, found = Page(), explained.explanation
    page.say(f"{explained.policy.name}: {explained.policy.title}", style="bold")
    if explained.policy_errors:
        page.say(
            f"This policy has {counted(explained.policy_errors, 'error')} and governs nothing: see `policy check`."
        )
    page.blank()
    page.pairs([("Facts", _facts(found.facts))])
    if found.not_understood:
        page.say(f"Not a value this policy knows, so unknown: {listed([*found.not_understood])}.")
    page.blank()
    page.pairs(_owed(found.decision))
    page.heading("Rules, in order; the first that is definitely true decides")
    for rule in found.rules:
        _print_rule(page, rule)
    if found.decision.rule is None:
        page.say("No rule applies.", indent=2)
    page.heading("Clocks; of each kind that runs, the tightest binds")
    for clock in found.clocks:
        _print_clock(page, clock)
    page.heading("Open: what could still change this")
    page.bullets([f"{one.fact}: {one.ask}" for one in found.questions] or ["Nothing."])
    page.blank()
    seals = explained.receipt["policy"]
    page.pairs([("Cell", str(found.cell)), ("Text", seals["text_sha256"]), ("Meaning", seals["meaning_sha256"])])


def print_recomputed(again: Recomputed) -> None:
    """Whether a receipt comes out the same."""
    page = Page()
    if not again.differences:
        page.say(f"Same: {again.policy} decides as the receipt says.", style="green")
        return
    page.say(f"Different under {again.policy}:")
    page.bullets(again.differences)


def _facts(facts: dict[str, FactValue]) -> str:
    said = [f"{fact} {value if not isinstance(value, bool) else _TRUTH[value]}" for fact, value in facts.items()]
    return (", ".join(said) or "none") + "; everything else is unknown"


def _owed(decision: PolicyDecision) -> list[tuple[str, str]]:
    if decision.duty is None:
        return [("Duty", "none: no rule applies. This is a gap in the policy.")]
    pairs = [("Duty", _DUTIES[decision.duty]), ("Rule", f"{decision.rule}: {decision.text}")]
    if decision.cite:
        pairs.append(("Cite", decision.cite))
    if decision.decline_by:
        pairs.append(("Decline", f"by {decision.decline_by} or above"))
    for label, seconds in (("Decide", decision.decide_within_s), ("Review", decision.review_every_s)):
        if seconds is not None:
            pairs.append((label, f"{'within' if label == 'Decide' else 'every'} {duration_text(seconds)}"))
    for kind, limit in decision.limits.items():
        pairs.append(("Limit", f"{_LIMITS[kind]} {duration_text(limit.within_s)} (clock {limit.clock})"))
    if decision.escalate_to:
        pairs.append(("Calls", listed([*decision.escalate_to])))
    pairs.append(("Answer", f"by {listed([way.value for way in decision.satisfied_by])}"))
    return pairs


def _print_rule(page: Page, rule: RuleRead) -> None:
    tail = f" (decides: {_DUTIES[rule.duty]})" if rule.fires else ""
    _print_clauses(page, f"{rule.rule}{tail}", rule.clauses)


def _print_clock(page: Page, clock: ClockRead) -> None:
    said = [
        f"{_LIMITS[kind]} {duration_text(limit_s)}{', binds' if kind in clock.binds else ''}"
        for kind, limit_s in clock.running.items()
    ]
    idle = " (does not run under this duty)" if clock.clauses[0].truth else ""
    tail = f" ({'; '.join(said)})" if said else idle
    _print_clauses(page, f"{clock.clock}{tail}", clock.clauses)


def _print_clauses(page: Page, title: str, clauses: Sequence[Clause]) -> None:
    whole, *parts = clauses
    said = title if parts else f"{title}: {whole.text}"
    page.say(said, indent=2, lead=_lead(whole.truth), style="bold" if whole.truth else "")
    for clause in clauses if parts else ():
        page.say(clause.text, indent=4 + 2 * clause.depth, lead=_lead(clause.truth))


def _lead(truth: bool | None) -> str:
    return _TRUTH[truth].ljust(_WIDEST_TRUTH) + "  "
