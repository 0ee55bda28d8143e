"""Whether the versions of a policy are complete: held against a whole log in which every version is an entry.

What counts is when a text was entered, not when it says it took effect. A version that was entered later is back-dated:
what was in force until then is not known. The log must reach over the whole time in question, and somebody besides its
keeper must have seen it, or the keeper could show another one to everybody who asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from answerable.model.claim import Scope
from answerable.model.log_reading import LoggedVersion, LogReading
from answerable.model.times import iso
from answerable.policy import Policy


def what_versions_lack(
    log: LogReading | None, in_force: Sequence[Policy], *, scope: Scope, supplied: Sequence[Policy]
) -> tuple[str, ...]:
    """Everything that keeps the versions `in_force` in the time of `scope` from being all there were, in sentences.

    `supplied` are all versions whose text is at hand. Empty where the versions are complete.
    """
    if log is None:
        return ("Only the versions supplied were searched; nothing shows that there were no others.",)
    return (*_reach(log, scope), *_unseen(log, supplied, scope), *_late(log, in_force, scope))


def logged_said(log: LogReading) -> str:
    """The log that shows it, with its size and who vouches for it."""
    entries = ", ".join(f"{one.file} is entry {one.index:,}" for one in log.versions)
    read = f"{log.size - log.unread:,} of {log.size:,}" if log.unread else f"{log.size:,}"
    return (
        f"The log {log.origin} was read from its first entry to number {read}, cosigned by "
        f"{', '.join(log.witnesses)}. Its versions: {entries}."
    )


def _reach(log: LogReading, scope: Scope) -> Iterator[str]:
    """Whether the log covers the time in question, and anybody else has seen it."""
    if not log.witnesses:
        yield "No witness has cosigned the log: nobody but its keeper vouches that everybody is shown the same one."
    if scope.from_us is None or scope.to_us is None:
        yield "The claim names no time with a beginning and an end, and no log reaches over all times."
    if scope.from_us is not None and log.opened_us > scope.from_us:
        yield f"The log begins on {_day(log.opened_us)}, within the time of the claim or after it."
    if scope.to_us is not None and log.through_us < scope.to_us:
        later = " Later entries were under embargo when it was read." if log.unread else ""
        yield f"What was read of the log ends on {_day(log.through_us)}, before the time of the claim does.{later}"


def _unseen(log: LogReading, supplied: Sequence[Policy], scope: Scope) -> Iterator[str]:
    """Versions that the log holds and nobody supplied. One entered after that time cannot have governed in it."""
    known = {policy.text_sha256 for policy in supplied}
    for one in log.versions:
        if one.sha256 not in known and (scope.to_us is None or one.entered_us < scope.to_us):
            yield (
                f"The log holds a version that was not supplied: {one.file or 'one without a file'}, "
                f"entry {one.index:,}, entered on {_day(one.entered_us)}."
            )


def _late(log: LogReading, in_force: Sequence[Policy], scope: Scope) -> Iterator[str]:
    """Versions in force that the log does not hold, or holds only since later than they say."""
    first: dict[str, LoggedVersion] = {}
    for one in log.versions:
        first.setdefault(one.sha256, one)
    for policy in in_force:
        entered = first.get(policy.text_sha256)
        if entered is None:
            yield f"Version {policy.version} of {policy.id} as supplied is not in the log."
        elif entered.entered_us > max(policy.effective_from_us, scope.from_us or policy.effective_from_us):
            yield (
                f"Version {policy.version} of {policy.id} is back-dated: it says it was in force from "
                f"{_day(policy.effective_from_us)}, and was entered on {_day(entered.entered_us)}. What was in force "
                "until then is not known."
            )


def _day(at_us: int) -> str:
    return iso(at_us)[:10]
