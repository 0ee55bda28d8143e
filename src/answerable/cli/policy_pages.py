"""What `policy check` found, on the terminal and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from answerable.cli.printing import Page
from answerable.cli.text import counted


class Problem(Protocol):
    """A fault of a policy: where it is, how bad, and what it is."""

    @property
    def line(self) -> int | None:
        """1-based, None where it concerns no single line."""

    @property
    def column(self) -> int | None:
        """1-based."""

    @property
    def severity(self) -> str:
        """`error` or `warning`."""

    @property
    def message(self) -> str:
        """What is wrong, in words."""


class Check(Protocol):
    """One policy file, checked."""

    file: str
    id: str
    version: str
    problems: Sequence[Problem]
    examples: int
    promises: int


def errors_of(check: Check) -> list[Problem]:
    """The problems because of which the policy cannot be used; warnings are not among them."""
    return [problem for problem in check.problems if problem.severity == "error"]


def checks_result(checks: Sequence[Check]) -> dict[str, Any]:
    """What `policy check --json` prints."""
    return {
        "ok": not any(errors_of(check) for check in checks),
        "policies": [
            {
                "file": check.file,
                "id": check.id,
                "version": check.version,
                "examples": check.examples,
                "promises": check.promises,
                "problems": list(check.problems),
            }
            for check in checks
        ],
    }


def print_checks(checks: Sequence[Check]) -> None:
    """Each problem as `file:line:column: severity: message`, as editors and compilers have it; then the sum."""
    page = Page()
    for check in checks:
        for problem in check.problems:
            place = ":".join(str(part) for part in (check.file, problem.line, problem.column) if part is not None)
            page.say(f"{place}: {problem.severity}: {problem.message}", hang=4)
        page.say(_sum(check), style="" if errors_of(check) else "green")


def _sum(check: Check) -> str:
    what = f"{check.id} {check.version} ({check.file})"
    errors = len(errors_of(check))
    if errors:
        return f"{what}: {counted(errors, 'error')}; it may not govern anything until they are mended."
    warnings = len(check.problems)
    tail = f"; {counted(warnings, 'warning')}" if warnings else ""
    return (
        f"{what}: no error. {counted(check.examples, 'example')} decided as expected, "
        f"{counted(check.promises, 'promise')} proved for every possible call{tail}."
    )
