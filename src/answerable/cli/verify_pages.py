"""What `verify` found, on the terminal and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from answerable.cli.printing import Page
from answerable.model.times import SECOND_US
from answerable.proof.verifier.verdict import time_text

if TYPE_CHECKING:
    from answerable.proof.verifier import Judgement
    from answerable.wiring import Judged

_HEADS = {"proved": "PROVED", "refuted": "REFUTED", "cannot_tell": "CANNOT TELL"}
_STYLES = {"proved": "bold green", "refuted": "bold red", "cannot_tell": "bold yellow"}
_MOST_LINES = 40


def judged_result(judged: Judged) -> dict[str, Any]:
    """What `verify --json` prints."""
    return {
        "verdict": judged.verdict.value,
        "forks": list(judged.forks),
        "files": [{"file": str(path), **_result(judgement)} for path, judgement in judged.files],
    }


def _result(judgement: Judgement) -> dict[str, Any]:
    return {
        "kind": judgement.kind.value,
        "verdict": judgement.verdict.value,
        "proved": list(judgement.proved),
        "refuted": list(judgement.refuted),
        "cannot_tell": list(judgement.cannot_tell),
        "not_proved": list(judgement.not_proved),
        "states": [{"log": at.origin, "size": at.size, "root": at.root.hex()} for at in judgement.states],
        "shows": judgement.shows,
    }


def print_judged(judged: Judged, *, trusts_nobody: bool) -> None:
    """Each file with its verdict, the reasons under it, and what it does not prove."""
    page = Page()
    for at, (path, judgement) in enumerate(judged.files):
        if at:
            page.blank()
        _print(page, str(path), judgement)
    if judged.forks:
        page.blank()
        page.say("REFUTED: these files contradict each other", style=_STYLES["refuted"])
        page.bullets(judged.forks)
        page.say("Keep all of them: together they are evidence against the log.", indent=2)
    if trusts_nobody and judged.verdict == "cannot_tell":
        page.blank()
        page.say("Say whom you believe with --policy TRUST or --key VKEY: keys from somewhere else than these files.")


def _print(page: Page, path: str, judgement: Judgement) -> None:
    verdict = judgement.verdict.value
    page.say(f"{_HEADS[verdict]}: {judgement.kind.value} {path}", style=_STYLES[verdict])
    _print_list(page, "What contradicts", judgement.refuted)
    _print_list(page, "What is missing", judgement.cannot_tell)
    _print_list(page, "What is proved" if verdict == "proved" else "What holds by itself", judgement.proved)
    if judgement.shows:
        page.say("The finding" if judgement.kind == "finding" else "The entry says", indent=2)
        page.pairs([(name, _told(name, value)) for name, value in judgement.shows.items()], indent=4)
    _print_list(page, "What is not proved", judgement.not_proved)


def _told(name: str, value: object) -> str:
    """A value as the entry spells it; microseconds since 1970 with the time that they are."""
    if isinstance(value, str):
        return value
    spelled = json.dumps(value, ensure_ascii=False)
    return f"{spelled} ({time_text(value // SECOND_US)})" if name.endswith("_at_us") and type(value) is int else spelled


def _print_list(page: Page, heading: str, sentences: tuple[str, ...]) -> None:
    if sentences:
        page.say(heading, indent=2)
        page.bullets(sentences[:_MOST_LINES], indent=4)
        if (more := len(sentences) - _MOST_LINES) > 0:
            page.say(f"and {more:,} more, all in --json", indent=4)
