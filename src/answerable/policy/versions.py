"""All versions of a policy, and which of them is in force when."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable
from itertools import pairwise

from answerable.errors import PolicyError
from answerable.model.times import iso
from answerable.policy.document import Policy

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COUNTED = re.compile(r"(.*?)([0-9]{1,9})", re.DOTALL)


def free_version(version: str, *, taken: Collection[str]) -> str:
    """The next version after `version` that is not taken: `2` after `1`, `2018-01-01.2` after the day `2018-01-01`."""
    found = version
    while found in taken:
        counted = None if _DAY.fullmatch(found) else _COUNTED.fullmatch(found)
        found = f"{found}.2" if counted is None else f"{counted[1]}{int(counted[2]) + 1}"
    return found


class VersionSet:
    """Versions ordered by when they take effect; at any instant at most one is in force.

    A version without an end is superseded when a later one of the same policy begins; one with an end may be cut short
    only by a version that names it in `supersedes`. The same file given twice counts once. Raises PolicyError for any
    other overlap.
    """

    def __init__(self, policies: Iterable[Policy]) -> None:
        distinct = {policy.text_sha256: policy for policy in policies}.values()
        self.policies: tuple[Policy, ...] = tuple(sorted(distinct, key=lambda one: (one.effective_from_us, one.name)))
        names: dict[str, Policy] = {}
        for policy in self.policies:
            if policy.name in names:
                raise _fault(policy, f"{policy.name} stands in {names[policy.name].file} too, with another text")
            names[policy.name] = policy
        for earlier, later in pairwise(self.policies):
            _refuse_overlap(earlier, later)
        self._starts = [policy.effective_from_us for policy in self.policies]

    def in_force(self, at_us: int) -> Policy | None:
        """The version in force at an instant (microseconds), or None."""
        index = bisect_right(self._starts, at_us) - 1
        if index < 0:
            return None
        policy = self.policies[index]
        return policy if policy.effective_to_us is None or at_us < policy.effective_to_us else None


def _refuse_overlap(earlier: Policy, later: Policy) -> None:
    ends_us = earlier.effective_to_us
    if ends_us is not None and ends_us <= later.effective_from_us:
        return
    until = "without an end" if ends_us is None else f"until {iso(ends_us)}"
    if earlier.id != later.id:
        raise _fault(
            later,
            f"two policies are in force at {iso(later.effective_from_us)}: {earlier.name} ({until}) and {later.name}",
            hint=f"give {earlier.name} an end in 'effective', or examine with one of them at a time",
        )
    if earlier.effective_from_us == later.effective_from_us:
        raise _fault(later, f"versions {earlier.version} and {later.version} begin at the same instant")
    if ends_us is not None and later.supersedes != earlier.version:
        raise _fault(
            later,
            f"begins at {iso(later.effective_from_us)}, while {earlier.version} is in force {until}",
            hint=f"write supersedes = '{earlier.version}' if this version cuts it short",
        )


def _fault(policy: Policy, message: str, *, hint: str | None = None) -> PolicyError:
    return PolicyError(message, file=policy.file, line=policy.spot.line, column=policy.spot.column, hint=hint)
