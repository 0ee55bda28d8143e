"""A drawn sample and its answers, on the terminal and as JSON."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import msgspec

from answerable.answer.intake.sample_file import Checked
from answerable.answer.sampling import Agrees, Bounds, Drawn
from answerable.cli.printing import Column, Page
from answerable.cli.text import counted
from answerable.report.words import outcome_words

if TYPE_CHECKING:
    from answerable.wiring import SampleDrawn, SampleRead


def drawn_result(sample: SampleDrawn) -> dict[str, Any]:
    """What `sample draw --json` prints."""
    whole: dict[str, Any] = msgspec.to_builtins(sample.drawn)
    number = len(whole.pop("rows"))
    return whole | {"drawn": number, "out": str(sample.out), "beside": str(sample.beside)}


def print_drawn(sample: SampleDrawn) -> None:
    """How many of how many, where the list is, what to do with it."""
    page, drawn = Page(), sample.drawn
    page.say(
        f"Drawn: {len(drawn.rows):,} of {counted(drawn.population, 'call')}{_among(drawn)}, by the seed {drawn.seed}."
    )
    if len(drawn.rows) < drawn.size:
        page.say(f"There are no more: {drawn.size:,} were asked for, so this is every one of them.")
    page.pairs([("List", str(sample.out)), ("Seal", f"{sample.beside} (keep it with the list)")])
    page.say(
        "Fill in agrees (yes, no, cannot tell), what_the_recording_says, checked_by and checked_at. Work from the "
        "top down: the first calls of the list are a random sample by themselves. Leave blank what was not checked; "
        "change, add and remove nothing else."
    )
    page.command("Then", shlex.join(["answerable", "sample", "read", str(sample.out)]))


def print_read(read: SampleRead) -> None:
    """The error rate with its bounds, the calls left open, and every call that was found wrong."""
    page = Page()
    _print_rate(page, read)
    if read.repeated:
        page.say("The draw was repeated from the record, and gives this list.")
    else:
        page.say("The draw was not repeated; name the record with --record to do so.")
    _print_outcomes(page, read)
    _print_wrong(page, [one for one in read.checked if one.agrees is Agrees.NO])


def _print_rate(page: Page, read: SampleRead) -> None:
    tally, rate, drawn = read.rate.tally, read.rate, read.drawn
    answered = tally.drawn - tally.open
    page.say(
        "No call of this sample was checked."
        if not answered
        else f"{tally.wrong:,} of {counted(answered, 'checked call')} {'is' if tally.wrong == 1 else 'are'} wrong "
        f"in the record{_percent(tally.wrong, answered)}.",
        style="bold",
    )
    page.say(
        f"Drawn: {tally.drawn:,} of {counted(drawn.population, 'call')}{_among(drawn)}, by the seed {drawn.seed}. "
        f"The record agrees with the recording: {tally.agrees:,}; wrong: {tally.wrong:,}; cannot tell: "
        f"{tally.cannot_tell:,}; not answered: {tally.unanswered:,}."
    )
    page.say(
        f"With {rate.confidence_percent} % confidence {_between(rate.certain)}"
        f"{', whatever the calls left open would have shown' if tally.open else ''}."
    )
    if tally.open and rate.answered is not None:
        page.say(
            f"If the {counted(tally.open, 'open call')} had been left open by chance alone, {_between(rate.answered)}; "
            f"all right or all wrong, {tally.wrong:,} to {tally.wrong + tally.open:,} of the {tally.drawn:,} drawn are."
        )


def _between(bounds: Bounds) -> str:
    low, high, whole = bounds.low, bounds.high, bounds.population
    if low == high:
        return f"exactly {low:,} of the {whole:,} calls are wrong"
    return f"between {low:,} and {high:,} of the {whole:,} calls are wrong{_percent(low, whole, high)}"


def _percent(low: int, whole: int, high: int | None = None) -> str:
    """` (1.50 %)` or ` (0.42 % to 3.10 %)`: a lower bound rounded down and an upper one up, so that both still hold."""
    if whole == 0:
        return ""
    if high is None:
        return f" ({low * 100 / whole:.2f} %)"
    return f" ({_hundredths(low * 10_000 // whole)} to {_hundredths(-(-high * 10_000 // whole))})"


def _hundredths(number: int) -> str:
    return f"{number // 100}.{number % 100:02d} %"


def _among(drawn: Drawn) -> str:
    parts = [f"with the outcome {' or '.join(drawn.outcomes)}"] if drawn.outcomes else []
    parts += [f"of which the claim {drawn.claim} complains"] if drawn.claim is not None else []
    return f" {' and '.join(parts)}" if parts else ""


def _print_outcomes(page: Page, read: SampleRead) -> None:
    from answerable import wiring  # noqa: PLC0415  the engine is loaded by whoever read the sample

    found = wiring.by_outcome(read.checked)
    if set(found) == {""}:
        return
    page.blank()
    columns = [Column("Outcome"), *(Column(text, figures=True) for text in ("drawn", "agrees", "wrong", "open"))]
    page.table(
        columns,
        [
            (
                outcome_words(outcome).label,
                *(f"{its[key]:,}" for key in ("drawn", "agrees", "wrong")),
                f"{its['cannot_tell'] + its['unanswered']:,}",
            )
            for outcome, its in found.items()
        ],
    )


def _print_wrong(page: Page, wrong: list[Checked]) -> None:
    for one in wrong:
        page.blank()
        page.say(f"{one.call}, {one.received}: {one.because}", lead=f"{page.mark} ", indent=2)
        page.say(f"the recording: {one.what_the_recording_says} ({one.checked_by}, {one.checked_at})", indent=4)
