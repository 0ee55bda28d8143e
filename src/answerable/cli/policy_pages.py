"""What `policy check` found, on the terminal and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from answerable.cli.printing import Page
from answerable.cli.text import counted

if TYPE_CHECKING:
    from answerable.policy import Problem
    from answerable.wiring import LaidOut, PolicyCheck


def errors_of(check: PolicyCheck) -> list[Problem]:
    """The problems because of which the policy cannot be used; warnings are not among them."""
    return [problem for problem in check.problems if problem.severity == "error"]


def checks_result(checks: Sequence[PolicyCheck]) -> dict[str, Any]:
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


def print_checks(checks: Sequence[PolicyCheck]) -> None:
    """Each problem as `file:line:column: severity: message`, as editors and compilers have it; then the sum."""
    page = Page()
    for check in checks:
        for problem in check.problems:
            page.verbatim(_line(problem, file=check.file))
            if problem.hint:
                page.verbatim(problem.hint, indent=4)
        page.say(_sum(check), style="" if errors_of(check) else "green")


def _line(problem: Problem, *, file: str) -> str:
    rule = f"{problem.rule}: " if problem.rule else ""
    return f"{file}:{problem.line}:{problem.column}: {problem.severity}: {rule}{problem.message}"


def _sum(check: PolicyCheck) -> str:
    what = f"{check.id} {check.version} ({check.file})" if check.id else check.file
    errors = len(errors_of(check))
    if errors:
        mended = "that is mended" if errors == 1 else "they are mended"
        return f"{what}: {counted(errors, 'error')}; it may not govern anything until {mended}."
    warnings = len(check.problems)
    tail = f"; {counted(warnings, 'warning')}" if warnings else ""
    examples = f"{counted(check.examples, 'example')} decided as expected"
    if any(problem.code == "undecided" for problem in check.problems):
        return f"{what}: no error found, but not everything was decided within the budget. {examples}{tail}."
    return f"{what}: no error. {examples}, {counted(check.promises, 'promise')} proved for every possible call{tail}."


def print_laid_out(found: Sequence[LaidOut], *, check_only: bool) -> None:
    """Which files were laid out anew (or would be), and how many were so already."""
    page = Page()
    changed = [one.file for one in found if one.is_changed]
    for file in changed:
        page.verbatim(f"{'would lay out' if check_only else 'laid out'} {file}")
    page.say(f"{counted(len(found) - len(changed), 'file')} in canonical layout already.")
