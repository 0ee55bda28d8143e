"""Two versions of a policy side by side."""

from __future__ import annotations

from pathlib import Path

import msgspec

from answerable.model.duty import PolicyDecision
from answerable.policy import Differences, Policy, Region, Revision, compare_policies, decide, revisions
from answerable.wiring.policies import load_one


class RegionCompared(msgspec.Struct, frozen=True, kw_only=True):
    """A region in which the versions differ, and what each decides about its example."""

    region: Region
    before: PolicyDecision
    after: PolicyDecision


class PolicyDiff(msgspec.Struct, frozen=True, kw_only=True):
    """For whom two versions decide otherwise, and what they say differently."""

    before: str
    after: str
    differences: Differences
    regions: tuple[RegionCompared, ...]
    revisions: tuple[Revision, ...]


def compare_policy_files(before: Path, after: Path) -> PolicyDiff:
    """Compare two policy files, unchecked. Raises PolicyError for one that cannot be loaded."""
    old, new = load_one(before), load_one(after)
    return compare_loaded(old, new, names=(_name(old, before), _name(new, after)))


def compare_loaded(old: Policy, new: Policy, *, names: tuple[str, str]) -> PolicyDiff:
    """Compare two policies; `names` is what they are called."""
    differences = compare_policies(old, new)
    return PolicyDiff(
        before=names[0],
        after=names[1],
        differences=differences,
        regions=tuple(
            RegionCompared(region=one, before=decide(old, one.example), after=decide(new, one.example))
            for one in differences.regions
        ),
        revisions=revisions(old, new),
    )


def _name(policy: Policy, file: Path) -> str:
    return f"{policy.name} ({file})"
