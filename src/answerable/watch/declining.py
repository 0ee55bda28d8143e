"""What a refusal needs: a duty that allows it, nothing open, the rank, the clause that decides, a reason, a review.

Stricter than any standard: whatever would make the refusal one against the policy is refused here, with the reason, as
long as it can be known. Only its lateness is not: a late decision is better than none, and the record shows it.
"""

from __future__ import annotations

from answerable.errors import DeskError, IncompleteError, NotAllowedError, NotPossibleError, RankError
from answerable.model.duty import Duty, PolicyDecision
from answerable.model.times import SECOND_US, duration_text, iso
from answerable.policy import Policy
from answerable.watch.commands import NEEDS_TEXT, Decline, StillAnswered
from answerable.watch.meaning import Meaning
from answerable.watch.people import Actor, Assignment
from answerable.watch.subject import Subject
from answerable.watch.words import NO_POLICY, NO_RULE


def check_decline(
    command: Decline, subject: Subject, *, by: Actor, held: Assignment | None, meaning: Meaning, now_us: int
) -> None:
    """Raises the DeskError that says why this refusal is not taken; else it is."""
    fault = why_not(subject, by=by, held=held, meaning=meaning)
    if fault is not None:
        raise fault
    policy, base = _governing(subject, meaning)
    if command.policy_version != policy.name or command.clause != base.rule:
        raise NotPossibleError(
            f"The rule that decides is {base.rule} of {policy.name}; the refusal names {command.clause} of "
            f"{command.policy_version}.",
            hint="Read the duty again: what is known may have changed since the form was opened.",
        )
    _check_fields(command)
    _check_review(command, base, now_us=now_us)


def why_not(subject: Subject, *, by: Actor, held: Assignment | None, meaning: Meaning) -> DeskError | None:
    """Why this person cannot decline this now, whatever is written in the form; None where they can."""
    policy, base = meaning.policy(subject.policy), subject.period.base
    if policy is None or base is None:
        return NotPossibleError(NO_POLICY, hint="Without a policy nothing can be declined; responding is always open.")
    if base.duty is None:
        return NotPossibleError(NO_RULE, hint="Without a rule nothing can be declined; responding is always open.")
    if base.duty is Duty.MUST_RESPOND:
        return NotPossibleError(f"The policy says must respond ({base.rule}, {base.cite}): {base.text.strip()}")
    if base.open:
        return IncompleteError(
            f"Still open, and it could change what is owed: {', '.join(base.open)}.",
            hint="Ask first; the questions stand in the row.",
        )
    return _rank(base, policy, by=by, held=held) or _clause(subject, policy, by=by, held=held)


def rank_suffices(rank: str | None, needed: str | None, policy: Policy) -> bool:
    """Whether a rank is known to be high enough under a policy's own order of ranks."""
    if needed is None:
        return True
    return rank in policy.ranks and policy.ranks.index(rank or "") >= policy.ranks.index(needed)


def latest_review_us(base: PolicyDecision, now_us: int) -> int | None:
    """The latest instant for the review of a refusal made now; None where the clause sets none."""
    return None if base.review_every_s is None else now_us + base.review_every_s * SECOND_US


def _governing(subject: Subject, meaning: Meaning) -> tuple[Policy, PolicyDecision]:
    policy, base = meaning.policy(subject.policy), subject.period.base
    assert policy is not None and base is not None  # noqa: S101, PT018  why_not has looked
    return policy, base


def _rank(base: PolicyDecision, policy: Policy, *, by: Actor, held: Assignment | None) -> DeskError | None:
    if held is None:
        return NotAllowedError(
            f"The record does not say that {by.id} is {by.role.value} now.",
            hint="An administrator assigns roles and ranks; acting ones too, with a date.",
        )
    if rank_suffices(held.rank, base.decline_by, policy):
        return None
    needed, yours = named_rank(base.decline_by), named_rank(held.rank)
    return RankError(
        f"Declining under {base.rule} takes the rank {needed} or higher; yours is {yours}.",
        hint="Responding is open to you now. Or call somebody of that rank; an acting one is assigned with a date.",
    )


def named_rank(rank: str | None) -> str:
    """A rank as people say it."""
    return "none" if rank is None else rank.replace("_", " ")


def _clause(subject: Subject, policy: Policy, *, by: Actor, held: Assignment | None) -> DeskError | None:
    if policy.issued_at_us > subject.told_us:
        return NotPossibleError(f"The clause was issued at {iso(policy.issued_at_us)}, after this was asked.")
    issuer = {policy.issued_by.casefold(), (policy.issued_by_rank or policy.issued_by).casefold()}
    names = (by.id, None if held is None else held.rank)
    if any(name is not None and name.casefold() in issuer for name in names):
        return NotPossibleError(
            f"The clause was issued by {policy.issued_by}: whoever issued it cannot rest a refusal on it.",
            hint="Somebody else of sufficient rank decides.",
        )
    return None


def _check_fields(command: Decline) -> None:
    if command.reason_code in NEEDS_TEXT and not (command.reason_text or "").strip():
        raise IncompleteError(f"The reason {command.reason_code.value} needs a text.")
    if StillAnswered.LIFE_SAFETY not in command.still_answered:
        raise IncompleteError(
            "A refusal always goes on answering risks to life and safety.", hint="Add life_safety to still_answered."
        )
    if not (command.notice_text or "").strip():
        raise IncompleteError("What is the requester told? A refusal needs a notice.")
    if any(not condition.text.strip() for condition in command.conditions):
        raise IncompleteError("A condition without a text cannot be met.")


def _check_review(command: Decline, base: PolicyDecision, *, now_us: int) -> None:
    check_review_due(
        command.review_due_us, base, now_us=now_us, demanded=base.review_every_s is not None or bool(command.conditions)
    )


def check_review_due(due_us: int | None, base: PolicyDecision | None, *, now_us: int, demanded: bool) -> None:
    """Raises IncompleteError where a review is due and none, or too late a one, is set."""
    latest_us = None if base is None else latest_review_us(base, now_us)
    if due_us is None:
        if demanded:
            raise IncompleteError("When is this reviewed? A refusal with conditions, or under such a clause, needs it.")
        return
    if due_us <= now_us:
        raise IncompleteError("The review lies in the past.")
    if latest_us is not None and due_us > latest_us and base is not None and base.review_every_s is not None:
        raise IncompleteError(
            f"The policy wants a review every {duration_text(base.review_every_s)}: by {iso(latest_us)} at the latest."
        )
