"""A policy exists: every version in force is searched for a call it would let go unanswered ("Findings", row 2)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from answerable.answer.claims.parts import proposed
from answerable.answer.logged_versions import logged_said, what_versions_lack
from answerable.answer.ports import CaseRecord
from answerable.model.claim import Claim, Scope
from answerable.model.finding import ClaimFinding, Finding
from answerable.model.vocabulary import FactValue
from answerable.policy import UNDECIDED, Case, Policy, VersionSet, find_case


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """What the versions in force allow: those that permit it with a case each, and those not decided in time."""

    searched: tuple[Policy, ...]
    permits: tuple[tuple[Policy, Case], ...]
    undecided: tuple[Policy, ...]


def search(versions: VersionSet, *, scope: Scope, given: dict[str, FactValue], then: str) -> Search:
    """Look, in each version in force in the scope's window, for a possible call with `given` for which `then` fails."""
    searched = tuple(policy for policy in versions.policies if _in_window(policy, versions.policies, scope))
    permits, undecided = [], []
    for policy in searched:
        case = find_case(policy, given=given, then=then)
        if case is UNDECIDED:
            undecided.append(policy)
        elif isinstance(case, Case):
            permits.append((policy, case))
    return Search(searched=searched, permits=tuple(permits), undecided=tuple(undecided))


def _in_window(policy: Policy, policies: Sequence[Policy], scope: Scope) -> bool:
    later = [one.effective_from_us for one in policies if one.effective_from_us > policy.effective_from_us]
    ends_us = min([*later, *([policy.effective_to_us] if policy.effective_to_us is not None else [])], default=None)
    begins_in = scope.to_us is None or policy.effective_from_us < scope.to_us
    ends_after = scope.from_us is None or ends_us is None or ends_us > scope.from_us
    return begins_in and ends_after


def answer(claim: Claim, record: CaseRecord) -> ClaimFinding:
    """The finding, from an exact search of every version in force for every possible call."""
    found = search(record.versions, scope=claim.scope, given=claim.given, then=claim.then)
    lacks = what_versions_lack(record.log, found.searched, scope=claim.scope, supplied=record.versions.policies)
    figures = {"versions_searched": len(found.searched), "versions_that_permit": len(found.permits)}
    names = ", ".join(f"{policy.id} {policy.version}" for policy in found.searched) or "none"
    asked = " and ".join(f"{fact} is {str(value).lower()}" for fact, value in claim.given.items()) or "any call"
    because = [f"Searched for every possible call where {asked}: {names}."]
    limits = ["A policy is what is written and in force. Whether practice followed it is another question."]
    if found.permits:
        policy, case = found.permits[0]
        return proposed(
            claim, Finding.POLICY_FAILURE, rule="policy_exists: a version permits it",
            answer=f"Version {policy.version} of {policy.id} permits it, for example for {case.in_words()}.",
            because=because, figures=figures, limits=[*limits, *lacks],
            would_change=["A version in force then that does not permit it."],
        )  # fmt: skip
    if record.log is not None and found.searched and not found.undecided and not lacks:
        return proposed(
            claim, Finding.UNFOUNDED,
            rule="policy_exists: the logged versions in force are complete and none permits it for any possible call",
            answer="No version in force permits it for any possible call, and the log shows that there was no other.",
            because=[*because, *_promised(found, claim), logged_said(record.log)], figures=figures,
            limits=[*limits, _TIMES_OF_A_LOG],
            would_change=["A version in force that is not in the log."],
        )  # fmt: skip
    return proposed(
        claim, Finding.NOT_SUSTAINED, rule="policy_exists: the versions in force are not known to be complete",
        answer=_not_known(found), because=because, figures=figures, limits=[*limits, *lacks],
        would_change=["The log of every version issued, which would show that there was no other."],
    )  # fmt: skip


_TIMES_OF_A_LOG = (
    "When its entries were made, the log itself says; its witnesses show that everybody is shown the same log."
)


def _promised(found: Search, claim: Claim) -> list[str]:
    """The promises that a version makes about every such call; a policy with a broken promise governs nothing."""
    said = []
    for policy in found.searched:
        texts = [
            f"“{promise.text.strip()}”"
            for promise in policy.promises
            if find_case(policy, given=claim.given, then=promise.when.text) is None
        ]
        if texts:
            said.append(
                f"Version {policy.version} promises, and it is proved for every possible call: {', '.join(texts)}"
            )
    return said


def _not_known(found: Search) -> str:
    if not found.searched:
        return "No version of a policy in force in that time was supplied."
    if found.undecided:
        return f"Not decided: {', '.join(policy.version for policy in found.undecided)} was too large to search."
    return "No such policy was found: no version supplied permits it for any possible call. Others are not excluded."
