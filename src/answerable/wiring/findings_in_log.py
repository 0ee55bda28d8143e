"""Findings and logs that are given together: which finding takes the place of which."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from answerable.errors import MalformedError
from answerable.notation import NotationError, json_values
from answerable.proof import decode_bundle
from answerable.proof.verifier import Folder, Judgement, Kind, Verdict

_ENTRIES = "tile/entries/"
_FINDING = b'"type":"finding"'


NOT_LATEST = "That no later finding supersedes it: hold later findings, or the published log, beside it."


def told_of_each_other(
    files: Sequence[tuple[Path, Judgement]], findings_in_log: Callable[[Path], Mapping[str, str]]
) -> tuple[tuple[Path, Judgement], ...]:
    """The judgements, in which each finding is told what the others and the logs given with it say of its place."""
    findings = [one for _, one in files if one.kind is Kind.FINDING and one.shows]
    if not findings or len(files) == 1:
        return tuple(files)
    whole = [one.shows or {} for one in findings if one.verdict is not Verdict.REFUTED]
    given = {str(one["supersedes"]): str(one["finding"]) for one in whole if one["supersedes"] and one["signed"]}
    logs = {
        state.origin: (state.size, findings_in_log(path))
        for path, one in files
        if one.kind is Kind.LOG and one.verdict is Verdict.PROVED and not _only_hashes(one)
        for state in one.states
    }
    return tuple((path, _told(one, given, logs) if one in findings else one) for path, one in files)


def _only_hashes(log: Judgement) -> bool:
    return any("only their hashes are here" in sentence for sentence in log.not_proved)


def _told(
    judgement: Judgement, given: Mapping[str, str], logs: Mapping[str, tuple[int, Mapping[str, str]]]
) -> Judgement:
    shows = judgement.shows or {}
    own, origin = str(shows["finding"]), str(shows["log"])
    if shows["superseded_by"]:
        return judgement
    if own in given:
        return replace(judgement, proved=(_superseded(given[own]), *judgement.proved))
    if origin not in logs:
        return judgement
    size, later = logs[origin]
    if own in later:
        return replace(judgement, proved=(f"{_superseded(later[own])} The log {origin} says so.", *judgement.proved))
    said = f"None of the {size:,} entries of the log {origin} says that another finding supersedes it."
    left = tuple(sentence for sentence in judgement.not_proved if sentence != NOT_LATEST)
    return replace(judgement, proved=(*judgement.proved, said), not_proved=left)


def _superseded(by: str) -> str:
    return f"It was superseded: {by}, which is signed, takes its place."


def findings_in(folder: Folder) -> dict[str, str]:
    """By the id of a finding, that of the signed one that takes its place, as the entries of a log's folder say.

    What cannot be read is left to the judge of logs.
    """
    signed, proposals, later = set[str](), dict[str, str](), dict[str, str]()
    for entry in _entries(folder):
        finding, step = str(entry.get("finding")), entry.get("step")
        if step == "signed":
            signed.add(finding)
        elif step == "proposed" and isinstance(entry.get("supersedes"), str):
            proposals[finding] = entry["supersedes"]
        elif step == "superseded" and isinstance(entry.get("by"), str):
            later[finding] = entry["by"]
    later |= {earlier: finding for finding, earlier in proposals.items() if finding in signed}
    return later


def _entries(folder: Folder) -> Iterator[dict[str, Any]]:
    for name in sorted(name for name in folder.names() if name.startswith(_ENTRIES)):
        try:
            bodies = decode_bundle(folder.read(name))
        except MalformedError:
            continue
        for body in bodies:
            if _FINDING in body:
                try:
                    entry = json_values(body)
                except NotationError:
                    continue
                if isinstance(entry, dict) and entry.get("type") == "finding":
                    yield entry
