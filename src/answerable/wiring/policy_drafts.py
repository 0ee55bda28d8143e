"""A draft of a policy before anybody approves it: checked, compared with what is in force, tried on the past."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from answerable.model.duty import CLOCK_KINDS, PolicyDecision
from answerable.model.vocabulary import FactValue
from answerable.policy import Change, Policy, decide, load_policy
from answerable.wiring.comparing import PolicyDiff, compare_loaded
from answerable.wiring.policies import PolicyCheck, check_text, errors_among


class PastSubject(msgspec.Struct, frozen=True, kw_only=True):
    """A call or request of the record, with the facts that count for it now; one that is missing is unknown."""

    id: str
    name: str
    facts: Mapping[str, FactValue | None]


class SubjectChanged(msgspec.Struct, frozen=True, kw_only=True):
    """One of which something else would be owed, and what."""

    subject: PastSubject
    before: PolicyDecision
    after: PolicyDecision
    changes: tuple[Change, ...]


class TriedOnPast(msgspec.Struct, frozen=True, kw_only=True):
    """How many calls and requests were tried, and those of which something else would be owed."""

    tried: int
    changed: tuple[SubjectChanged, ...]


class DraftJudged(msgspec.Struct, frozen=True, kw_only=True):
    """What can be said of a draft. `diff` and `tried` are None where it cannot be loaded, has errors, or nothing is in
    force to compare it with."""

    check: PolicyCheck
    sound: bool
    diff: PolicyDiff | None
    tried: TriedOnPast | None


def judge_draft(text: str, *, in_force: str | None, past: Iterable[PastSubject]) -> DraftJudged:
    """Check a draft; where it is sound, compare it with the text in force and try it on the past."""
    check = check_text(text.encode(), file="draft")
    sound = bool(check.id) and not errors_among(check.problems)
    if not sound or in_force is None:
        return DraftJudged(check=check, sound=sound, diff=None, tried=None)
    old, new = load_policy(in_force.encode(), file="in force"), load_policy(text.encode(), file="draft")
    diff = compare_loaded(old, new, names=(f"{old.name} (in force)", f"{new.name} (draft)"))
    return DraftJudged(check=check, sound=True, diff=diff, tried=try_on_past(old, new, past))


def try_on_past(old: Policy, new: Policy, past: Iterable[PastSubject]) -> TriedOnPast:
    """What each version says of every past call, by the facts known of it. It judges a text, and nobody's conduct."""
    tried, changed = 0, list[SubjectChanged]()
    for subject in past:
        tried += 1
        before, after = decide(old, subject.facts), decide(new, subject.facts)
        if changes := tuple(_changes(before, after)):
            changed.append(SubjectChanged(subject=subject, before=before, after=after, changes=changes))
    return TriedOnPast(tried=tried, changed=tuple(changed))


def _changes(before: PolicyDecision, after: PolicyDecision) -> Iterator[Change]:
    """What differs, spelled as a policy file spells it."""
    for what, old, new in (
        ("duty", before.duty, after.duty),
        ("decline-by", before.decline_by, after.decline_by),
        ("decide-within", before.decide_within_s, after.decide_within_s),
        ("review-every", before.review_every_s, after.review_every_s),
        *((kind.replace("_", "-"), before.within_s(kind), after.within_s(kind)) for kind in CLOCK_KINDS),
    ):
        if old != new:
            yield Change(what=what, before=old, after=new)
