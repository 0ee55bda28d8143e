"""What single commands need beyond role and state: fields that must be there, facts that must be facts, two persons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

import msgspec

from answerable.errors import (
    IncompleteError,
    NotAllowedError,
    NotPossibleError,
    PolicyError,
    RankError,
    UnknownSubjectError,
)
from answerable.model.vocabulary import FACTS
from answerable.policy import Policy, Severity, VersionSet, check_policy, free_version, load_policy
from answerable.watch import commands as do
from answerable.watch.beside_calls import Version
from answerable.watch.declining import check_decline, check_review_due, named_rank, rank_suffices
from answerable.watch.people import Actor, Role
from answerable.watch.roles import ONLY_OWN
from answerable.watch.states import OVER, Kind
from answerable.watch.subject import Subject
from answerable.watch.world import World


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, about which call, in which world, when. The actor has the rank that the record gives."""

    subject: Subject
    by: Actor
    world: World
    now_us: int


Check: TypeAlias = Callable[[Any, Asked], None]


def check_about(command: do.Command, asked: Asked) -> None:
    """Raises the DeskError that says why a command about a call is not taken."""
    check = _CHECKS.get(type(command))
    if check is not None:
        check(command, asked)


def is_own(subject: Subject, by: Actor) -> bool:
    """Whether a caller or requester made it, or it is their agency's."""
    if subject.by.id == by.id:
        return True
    agencies = (subject.by.agency if subject.by.role is Role.REQUESTER else None, subject.agency)
    return by.role is Role.REQUESTER and by.agency is not None and by.agency in agencies


def _check_fact(command: do.ReportFact, asked: Asked) -> None:
    kind = FACTS.get(command.fact)
    if kind is None:
        raise IncompleteError(f"{command.fact!r} is not a fact of the vocabulary.", hint=", ".join(FACTS))
    if command.value is not None and not kind.admits(command.value):
        raise IncompleteError(f"{command.value!r} is not a value of {command.fact}.", hint=kind.ask)
    waits = command.asserted_by.casefold().startswith(("caller", "requester"))
    if asked.by.role in ONLY_OWN and not waits:
        raise NotAllowedError("You say it yourself: asserted_by is caller or requester.")
    recodes = command.fact == "kind" and command.value == Kind.REQUEST.value and asked.subject.entered_as is Kind.CALL
    if recodes and asked.by.role not in ONLY_OWN:
        raise NotAllowedError("A call is not made a request by the side that received it; only by whoever called.")


def _check_decline(command: do.Decline, asked: Asked) -> None:
    held = asked.world.held(asked.by.id, asked.by.role, asked.now_us)
    check_decline(command, asked.subject, by=asked.by, held=held, meaning=asked.world.meaning, now_us=asked.now_us)


def _check_review(command: do.Review, asked: Asked) -> None:
    base, denial = asked.subject.period.base, asked.subject.denial
    if command.result is not do.ReviewResult.UPHELD:
        return
    demanded = (base is not None and base.review_every_s is not None) or (denial is not None and not denial.final)
    check_review_due(command.review_due_us, base, now_us=asked.now_us, demanded=demanded)
    policy = asked.world.meaning.policy(asked.subject.policy)
    if policy is not None and base is not None and not rank_suffices(asked.by.rank, base.decline_by, policy):
        raise RankError(
            f"Upholding takes the rank {named_rank(base.decline_by)} or higher; yours is {named_rank(asked.by.rank)}."
        )


def _check_condition(command: do.ReportConditionMet, asked: Asked) -> None:
    denial = asked.subject.denial
    if denial is None or not 0 < command.condition <= len(denial.conditions):
        count = 0 if denial is None else len(denial.conditions)
        raise IncompleteError(f"The refusal has {count} conditions; there is no number {command.condition}.")


def _check_close(command: do.Close, asked: Asked) -> None:
    if asked.by.role is Role.FEED:
        return  # what happened elsewhere is recorded as it was
    if command.reason_code is None:
        raise IncompleteError("A closing needs a reason.")
    if command.reason_code is do.CloseReason.OTHER and not (command.reason_text or "").strip():
        raise IncompleteError("Another reason: which?")
    served = (do.CloseReason.SERVED, do.CloseReason.GONE_ON_ARRIVAL, do.CloseReason.UNFOUNDED)
    if command.reason_code in served and asked.subject.arrived_us is None:
        raise IncompleteError("Nobody was there, as far as the record says.", hint="Give the reason that is true.")
    if command.reason_code is do.CloseReason.SERVED_BY_PHONE and asked.subject.contact_us is None:
        raise IncompleteError("Nobody was spoken to, as far as the record says.", hint="Record the callback first.")


def _check_merge(command: do.Merge, asked: Asked) -> None:
    into = asked.world.subject(command.into)
    if into is None:
        raise UnknownSubjectError(f"There is no call {command.into} to merge into.")
    if into.id == asked.subject.id or into.state in OVER or into.entered_as is not Kind.CALL:
        raise NotPossibleError("A call is merged into another call that is open.")


def _check_link(command: do.Link, asked: Asked) -> None:
    if command.other == asked.subject.id or asked.world.subject(command.other) is None:
        raise UnknownSubjectError(f"There is no other call or request {command.other}.")


def _check_withdraw(command: do.Withdraw, _: Asked) -> None:
    if not command.asserted_by.casefold().startswith(("caller", "requester")):
        raise IncompleteError("Only whoever asked withdraws: asserted_by is caller or requester.")


def _check_hold(command: do.Hold, _: Asked) -> None:
    if not command.reason_text.strip():
        raise IncompleteError("Why is it held?")


def _check_referral(_: do.AcceptReferral, asked: Asked) -> None:
    if asked.subject.referred_to is None:
        raise NotPossibleError("It was referred to nobody.")


def _check_telephone(_: do.Command, asked: Asked) -> None:
    if not asked.subject.by_telephone:
        raise NotPossibleError("The requester wrote this down; there is no read-back to confirm.")
    if asked.by.role is not Role.REQUESTER:
        raise NotAllowedError("Only the requester confirms or disputes what was written down for them.")


def _check_notice(_: do.ReadNotice, asked: Asked) -> None:
    if asked.subject.denial is None:
        raise NotPossibleError("There is no refusal, and so no notice.")


_CHECKS: Final[dict[type[do.Command], Check]] = {
    do.ReportFact: _check_fact,
    do.Decline: _check_decline,
    do.Review: _check_review,
    do.ReportConditionMet: _check_condition,
    do.Close: _check_close,
    do.Merge: _check_merge,
    do.Link: _check_link,
    do.Withdraw: _check_withdraw,
    do.Hold: _check_hold,
    do.AcceptReferral: _check_referral,
    do.ConfirmRequest: _check_telephone,
    do.DisputeRequest: _check_telephone,
    do.ReadNotice: _check_notice,
}


def check_general(command: do.Command, *, by: Actor, world: World, now_us: int) -> None:
    """Raises the DeskError that says why a command about no call, or one that begins one, is not taken."""
    if isinstance(command, do.ReceiveCall | do.RequestAssistance):
        _check_facts(command.facts)
    if isinstance(command, do.RequestAssistance) and command.from_call is not None:
        call = world.subject(command.from_call)
        if call is None or by.role is not Role.REQUESTER or not is_own(call, by):
            raise NotAllowedError("A call is not made a request by the side that received it; only by whoever called.")
    if isinstance(command, do.AcknowledgeAlarm) and command.alarm not in world.alarm_of:
        raise UnknownSubjectError(f"There is no alarm {command.alarm}.")
    if isinstance(command, do.DraftPolicy):
        _check_policy(command, world=world)
    if isinstance(command, do.ApprovePolicy):
        _check_approval(command, by=by, world=world, now_us=now_us)


def _check_facts(facts: Mapping[str, Any]) -> None:
    for fact, value in facts.items():
        kind = FACTS.get(fact)
        if kind is None or not kind.admits(value):
            raise IncompleteError(f"{value!r} is not a value of {fact!r}.", hint="See docs/formats/response-policy.md.")


def _check_policy(command: do.DraftPolicy, *, world: World) -> None:
    policy = load_policy(command.text.encode(), file=command.file)
    check_new_version(policy, [one for one in world.versions.values() if one.id != command.id])
    errors = [one for one in check_policy(policy) if one.severity is Severity.ERROR]
    if errors:
        raise PolicyError(errors[0].message, file=command.file, line=errors[0].line, column=errors[0].column)


def check_new_version(policy: Policy, versions: Iterable[Version]) -> None:
    """A version is one text for ever. Raises NotPossibleError where another has its name, with the next that is free.

    A draft that was refused never bound anybody: its version may be drafted again.
    """
    there = {one.policy.version: one for one in versions if one.policy.id == policy.id and one.state != "refused"}
    if policy.version not in there:
        return
    state = {"draft": "a draft that waits for approval", "approved": "approved", "filed": "filed"}
    raise NotPossibleError(
        f"Version {policy.version} of {policy.id} is in the record already ({state[there[policy.version].state]}), "
        "and a version is one text for ever.",
        hint=f'Write another version: version = "{free_version(policy.version, taken=there)}" is free.',
    )


def _check_approval(command: do.ApprovePolicy, *, by: Actor, world: World, now_us: int) -> None:
    version = world.versions.get(command.about)
    if version is None or version.state != "draft":
        raise UnknownSubjectError(f"There is no draft {command.about} that waits for approval.")
    if version.by.id == by.id:
        raise NotAllowedError("Whoever drafted a policy does not approve it.", hint="A second person does.")
    if not command.approve:
        return
    if version.policy.effective_from_us < now_us:
        raise NotPossibleError(
            "It would be in force before it was approved.", hint="Draft it again with a later day in 'effective'."
        )
    VersionSet([*world.meaning.versions.policies, version.policy])
