"""A quoted statement, held passage by passage against policies, decisions and calls ("Findings", last row)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from answerable.answer.claims import policy_exists
from answerable.answer.claims.parts import proposed, source_limits
from answerable.answer.completeness import can_show_an_ignored_call, what_is_missing, why_it_cannot
from answerable.answer.judged import JudgedCall
from answerable.answer.logged_versions import what_versions_lack
from answerable.answer.ports import CaseRecord, Scoped
from answerable.model.claim import Claim, Passage, PassageTest
from answerable.model.finding import ClaimFinding, PassageVerdict, Verdict
from answerable.model.outcome import Outcome

_OPEN = (Outcome.UNDETERMINED, Outcome.PENDING, Outcome.MERGED)


class _Held(msgspec.Struct, frozen=True, kw_only=True):
    verdict: Verdict
    because: str
    calls: tuple[JudgedCall, ...] = ()


def answer(claim: Claim, record: CaseRecord) -> ClaimFinding:
    """The verdict on each passage, and what they add up to."""
    held = [_TESTS[passage.test](claim, passage, record) for passage in claim.passages]
    verdicts = [
        PassageVerdict(
            quote=passage.quote,
            verdict=one.verdict,
            because=one.because,
            calls=tuple(call.key for call in one.calls[:20]),
            evidence=passage.evidence,
        )
        for passage, one in zip(claim.passages, held, strict=True)
    ]
    whole = added_up([one.verdict for one in held])
    return proposed(
        claim,
        whole,
        rule="statement: held passage by passage",
        answer=_in_words(verdicts),
        because=[f"{verdict.because}" for verdict in verdicts],
        calls=_once(held),
        figures={verdict.value: sum(one.verdict is verdict for one in held) for verdict in Verdict},
        limits=[*source_limits(record), "A passage about intent or unnamed sources cannot be decided by any record."],
        would_change=["Records that are not in this file, for the passages that cannot be determined."],
        passages=verdicts,
    )


def added_up(verdicts: Sequence[Verdict]) -> Verdict:
    """What the passages' verdicts add up to: one verdict only where nothing speaks against it."""
    found = set(verdicts)
    if not found or found == {Verdict.CANNOT_BE_DETERMINED}:
        return Verdict.CANNOT_BE_DETERMINED
    if found == {Verdict.SUPPORTED}:
        return Verdict.SUPPORTED
    if found <= {Verdict.CONTRADICTED, Verdict.CANNOT_BE_DETERMINED}:
        return Verdict.CONTRADICTED
    return Verdict.PARTLY


_SAID = {
    Verdict.SUPPORTED: "{} supported",
    Verdict.CONTRADICTED: "{} contradicted",
    Verdict.PARTLY: "{} supported in part",
    Verdict.CANNOT_BE_DETERMINED: "{} not to be determined",
}


def _in_words(verdicts: Sequence[PassageVerdict]) -> str:
    """The count of each verdict that occurs, in one sentence."""
    counts = [(sum(one.verdict is verdict for one in verdicts), said) for verdict, said in _SAID.items()]
    parts = ", ".join(said.format(count) for count, said in counts if count)
    passages = "passage is" if len(verdicts) == 1 else f"{len(verdicts)} passages are"
    return f"Held against the record, its {passages}: {parts}."


def _once(held: Sequence[_Held]) -> list[JudgedCall]:
    seen: dict[str, JudgedCall] = {}
    for one in held:
        for call in one.calls:
            seen.setdefault(call.key, call)
    return list(seen.values())


def _scoped(claim: Claim, passage: Passage, record: CaseRecord) -> Scoped:
    found = record.calls.in_scope(claim.scope, where=passage.where)
    waiting = tuple(call for call in found.calls if call.effective is not Outcome.NONE_OWED)
    return Scoped(calls=waiting, possible=found.possible, missing=found.missing)


def _no_version_permits(claim: Claim, passage: Passage, record: CaseRecord) -> _Held:
    found = policy_exists.search(
        record.versions, scope=claim.scope, given=passage.given or claim.given, then=passage.then or claim.then
    )
    if found.permits:
        policy, case = found.permits[0]
        return _Held(
            verdict=Verdict.CONTRADICTED,
            because=f"Version {policy.version} permits it, for example for {case.in_words()}.",
        )
    if not found.searched or found.undecided:
        return _Held(verdict=Verdict.CANNOT_BE_DETERMINED, because="No version in force could be searched to the end.")
    versions = ", ".join(f"{policy.id} {policy.version}" for policy in found.searched)
    if _complete(found, claim, record):
        return _Held(
            verdict=Verdict.SUPPORTED, because=f"No version in force permits it: {versions}, and there is no other."
        )
    return _Held(
        verdict=Verdict.PARTLY,
        because=f"No version supplied permits it for any possible call ({versions}); others are not excluded.",
    )


def _complete(found: policy_exists.Search, claim: Claim, record: CaseRecord) -> bool:
    return not what_versions_lack(record.log, found.searched, scope=claim.scope, supplied=record.versions.policies)


_OTHER_WAY = {
    Verdict.SUPPORTED: Verdict.CONTRADICTED,
    Verdict.CONTRADICTED: Verdict.SUPPORTED,
    Verdict.PARTLY: Verdict.CANNOT_BE_DETERMINED,
    Verdict.CANNOT_BE_DETERMINED: Verdict.CANNOT_BE_DETERMINED,
}
"""What a verdict on "there is none" says to "there is one": that none was found so far bears out nothing."""


def _some_version_permits(claim: Claim, passage: Passage, record: CaseRecord) -> _Held:
    return _turned(_no_version_permits(claim, passage, record))


def _some_call(claim: Claim, passage: Passage, record: CaseRecord) -> _Held:
    return _turned(_no_call(claim, passage, record))


def _turned(held: _Held) -> _Held:
    return msgspec.structs.replace(held, verdict=_OTHER_WAY[held.verdict])


def _every_call(claim: Claim, passage: Passage, record: CaseRecord) -> _Held:
    scoped = _scoped(claim, passage, record)
    wrong = [call for call in scoped.calls if call.effective not in passage.outcomes and call.effective not in _OPEN]
    right = sum(call.effective in passage.outcomes for call in scoped.calls)
    if wrong:
        return _Held(
            verdict=Verdict.CONTRADICTED,
            because=f"{len(wrong):,} of {len(scoped.calls):,} such calls had another outcome; {right:,} did as said.",
            calls=tuple(wrong),
        )
    return _without_exception(
        claim,
        record,
        scoped,
        said=f"It holds for {right:,} of {len(scoped.calls):,} such calls",
        all_hold=right == len(scoped.calls),
    )


def _no_call(claim: Claim, passage: Passage, record: CaseRecord) -> _Held:
    scoped = _scoped(claim, passage, record)
    found = [call for call in scoped.calls if call.effective in passage.outcomes]
    if found:
        return _Held(
            verdict=Verdict.CONTRADICTED,
            because=f"The record names {len(found):,}: {', '.join(call.key for call in found[:5])}.",
            calls=tuple(found),
        )
    none_open = not any(call.effective in _OPEN for call in scoped.calls)
    return _without_exception(
        claim,
        record,
        scoped,
        said=f"None found among {len(scoped.calls):,} such calls in this file",
        all_hold=none_open,
    )


def _without_exception(claim: Claim, record: CaseRecord, scoped: Scoped, *, said: str, all_hold: bool) -> _Held:
    """No counter-example: supported only in a complete scope, else as far as this file goes, or not at all."""
    if not scoped.calls:
        return _Held(verdict=Verdict.CANNOT_BE_DETERMINED, because="This file has no such call.")
    if not can_show_an_ignored_call(record):
        return _Held(
            verdict=Verdict.CANNOT_BE_DETERMINED, because=f"This source cannot show it: {why_it_cannot(record)}."
        )
    if not all_hold:
        return _Held(verdict=Verdict.CANNOT_BE_DETERMINED, because=f"{said}; the others are undetermined.")
    missing = what_is_missing(claim, scoped, record)
    if missing:
        return _Held(verdict=Verdict.PARTLY, because=f"{said}; but the file is not proven complete. {missing[0]}")
    return _Held(verdict=Verdict.SUPPORTED, because=f"{said}, and the scope is complete.")


def _some_decision(claim: Claim, passage: Passage, record: CaseRecord) -> _Held:
    in_scope = {call.key: call for call in _scoped(claim, passage, record).calls}
    found = [one for one in record.decisions if one.decision.value == passage.decision and one.call in in_scope]
    if not found:
        return _Held(verdict=Verdict.CANNOT_BE_DETERMINED, because="No such decision was found in what was supplied.")
    first = found[0]
    return _Held(
        verdict=Verdict.SUPPORTED,
        because=f"{len(found):,} on record, the first on {first.call} by {first.actor or 'nobody named'}.",
        calls=tuple(in_scope[key] for key in dict.fromkeys(one.call for one in found)),
    )


def _not_in_the_record(_claim: Claim, _passage: Passage, _record: CaseRecord) -> _Held:
    return _Held(
        verdict=Verdict.CANNOT_BE_DETERMINED,
        because="It is about motives or sources that no record of calls contains; intent is never found.",
    )


_TESTS: dict[PassageTest, Callable[[Claim, Passage, CaseRecord], _Held]] = {
    PassageTest.NO_VERSION_PERMITS: _no_version_permits,
    PassageTest.SOME_VERSION_PERMITS: _some_version_permits,
    PassageTest.EVERY_CALL: _every_call,
    PassageTest.NO_CALL: _no_call,
    PassageTest.SOME_CALL: _some_call,
    PassageTest.SOME_DECISION: _some_decision,
    PassageTest.NOT_IN_THE_RECORD: _not_in_the_record,
}
