"""What a check finds wrong with a policy."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from answerable.errors import PolicyError
from answerable.policy.document import Spot


class Severity(StrEnum):
    """A policy with an error must not govern; a warning is for a person to weigh."""

    ERROR = "error"
    WARNING = "warning"


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One finding: what is wrong (`code` is stable, `message` a sentence), and where. Line and column from 1.

    `hint`: what to do, or the nearest valid name.
    """

    severity: Severity
    code: str
    message: str
    line: int
    column: int
    rule: str | None = None
    hint: str | None = None


def of_fault(fault: PolicyError) -> Problem:
    """The problem of a file that cannot be loaded."""
    return Problem(
        severity=Severity.ERROR,
        code=fault.code,
        message=fault.what,
        line=fault.line or 1,
        column=fault.column or 1,
        rule=fault.rule,
        hint=fault.hint,
    )


def error(code: str, message: str, *, at: Spot, rule: str | None = None) -> Problem:
    """A problem that keeps the policy from governing."""
    return Problem(severity=Severity.ERROR, code=code, message=message, line=at.line, column=at.column, rule=rule)


def warning(code: str, message: str, *, at: Spot, rule: str | None = None) -> Problem:
    """A problem to weigh."""
    return Problem(severity=Severity.WARNING, code=code, message=message, line=at.line, column=at.column, rule=rule)
