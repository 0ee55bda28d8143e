"""Policies from files and folders: loaded, checked, put in order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from answerable.errors import InputError, PolicyError
from answerable.model.examination import PolicyInForce
from answerable.policy import Policy, Problem, Severity, VersionSet, check_policy, load_policy, of_fault, read_policy
from answerable.wiring.files import read_small


class PolicyCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What the check of one file found. A file that cannot be loaded has no id."""

    file: str
    id: str
    version: str
    problems: tuple[Problem, ...]
    examples: int
    promises: int


def check_policies(path: Path) -> tuple[PolicyCheck, ...]:
    """Check a policy file, or every one in a folder. Raises InputError where there is none."""
    return tuple(_check(file) for file in policy_files(path))


def policy_files(path: Path) -> tuple[Path, ...]:
    """The policy files at `path`, in order of name; a folder's own and those of its sub-folders."""
    if not path.is_dir():
        return (path,)
    found = tuple(sorted(path.rglob("*.toml")))
    if not found:
        raise InputError(
            f"{path} holds no policy", hint="A policy is a .toml file; see docs/formats/response-policy.md."
        )
    return found


def _check(file: Path) -> PolicyCheck:
    return check_text(read_small(file, what="a policy"), file=str(file))


def check_text(text: bytes, *, file: str) -> PolicyCheck:
    """Check a policy that is no file yet; `file` is what its problems call it."""
    policy, faults = read_policy(text, file=file)
    if policy is None:
        problems = tuple(map(of_fault, faults))
        return PolicyCheck(file=file, id="", version="", problems=problems, examples=0, promises=0)
    return PolicyCheck(
        file=file,
        id=policy.id,
        version=policy.version,
        problems=check_policy(policy),
        examples=len(policy.examples),
        promises=len(policy.promises),
    )


def load_one(file: Path) -> Policy:
    """The policy of one file, unchecked. Raises PolicyError."""
    return load_policy(read_small(file, what="a policy"), file=str(file))


def errors_among(problems: Sequence[Problem]) -> list[Problem]:
    """The problems because of which a policy governs nothing; warnings are not among them."""
    return [problem for problem in problems if problem.severity is Severity.ERROR]


def load_policies(paths: Sequence[Path]) -> VersionSet:
    """Every version at `paths`, each checked: a policy with errors governs nothing. Raises PolicyError."""
    return VersionSet([_load(file) for path in paths for file in policy_files(path)])


def _load(file: Path) -> Policy:
    policy = load_one(file)
    refuse_faulty(policy, check_policy(policy))
    return policy


def refuse_faulty(policy: Policy, problems: Sequence[Problem]) -> None:
    """A policy with errors governs nothing, and nothing is said of what it would owe. Raises PolicyError."""
    errors = errors_among(problems)
    if errors:
        first = errors[0]
        raise PolicyError(
            f"{first.message} ({len(errors)} {'error' if len(errors) == 1 else 'errors'} in all)",
            file=policy.file,
            line=first.line,
            column=first.column,
            rule=first.rule,
            hint=f"A policy with errors governs nothing. See all of them: answerable policy check {policy.file}",
        )


def in_force(policy: Policy, *, calls: int) -> PolicyInForce:
    """The policy as a result tells it: its own dates, its duties, and how many calls it governed."""
    return PolicyInForce(
        id=policy.id,
        version=policy.version,
        title=policy.title,
        issued_by=policy.issued_by,
        issued_at_us=policy.issued_at_us,
        effective_from_us=policy.effective_from_us,
        effective_to_us=policy.effective_to_us,
        sha256=policy.text_sha256,
        calls=calls,
        duties=tuple(
            {"id": duty.id, "text": duty.text, "duty": duty.duty.value, "cite": duty.cite} for duty in policy.duties
        ),
    )
