"""Where a finding stands, on the terminal and as JSON: what is said, who was asked, who signed, and what comes next."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from answerable.answer.finding_life import Life
from answerable.cli.json_text import print_json
from answerable.cli.printing import Page
from answerable.model.finding_life import Standing
from answerable.report.finding_words import (
    STANDINGS,
    claim_line,
    decided_sentence,
    reply_line,
    reply_words,
    signer_line,
    standing_sentence,
)
from answerable.report.spelling import zone_of

if TYPE_CHECKING:
    from answerable.wiring import FindingPublished, FindingTold, KeyMade


def show_told(told: FindingTold, *, as_json: bool) -> None:
    """A finding after a step, or as it stands."""
    life, now_us = told.life, time.time_ns() // 1_000
    if as_json:
        print_json(_told(told, now_us))
        return
    page = Page()
    page.say(f"{life.finding}: {STANDINGS[life.standing].label}", style="bold")
    page.say(standing_sentence(life))
    lead = "" if life.signed else "The record supports (proposed, unsigned): "
    page.bullets(lead + claim_line(claim) for claim in life.proposed.claims)
    page.bullets(reply_line(life, question, at_us=now_us) for question in life.questions)
    for question in life.questions:
        page.bullets(
            f"A reply of {one.who} came in after the signature: {reply_words(one, zone_of(life.proposed.timezone))}."
            for one in question.replies
            if life.came_after_signing(one)
        )
    if life.signed:
        page.bullets([signer_line(life.signed.signer), decided_sentence(life.signed)])
    if told.entry is not None:
        page.say(f"Entered in the log as {told.entry.spoken}.")
    page.blank()
    for label, command in _next(told, now_us):
        page.command(label, command) if command else page.say(label)


def _told(told: FindingTold, now_us: int) -> dict[str, Any]:
    life = told.life
    return {
        "finding": life.finding,
        "standing": life.standing.value,
        "words": standing_sentence(life),
        "claims": life.proposed.claims,
        "asked": [
            {
                "who": one.asked.who,
                "asked_us": one.asked.at_us,
                "reply_by_us": one.asked.reply_by_us,
                "open": one.open_at(now_us),
                "replies": [
                    {
                        "received_us": reply.received_us,
                        "document": reply.document,
                        "after_signing": life.came_after_signing(reply),
                    }
                    for reply in one.replies
                ],
            }
            for one in life.questions
        ],
        "signed": life.signed,
        "published": life.published,
        "supersedes": life.proposed.supersedes,
        "superseded": life.superseded,
        "letter": str(told.letter),
        "letter_renewed": told.letter_renewed,
        "entry": told.entry,
    }


def _next(told: FindingTold, now_us: int) -> Iterator[tuple[str, str]]:
    """What may be done next, with the command."""
    life, folder = told.life, shlex.quote(str(told.result))
    record = " --record RECORD_DIR" if life.proposed.log else ""
    if life.standing is Standing.PROPOSED:
        yield f"The letter is drafted in {told.letter}. Nobody can sign before those concerned were asked:", ""
        yield "Ask    ", f"answerable finding ask {folder} --who OFFICE --by DAY{record}"
    elif life.standing is Standing.ASKED:
        yield from _to_sign(life, told, folder, record, now_us)
    elif life.standing is Standing.SIGNED:
        yield "Publish", f"answerable finding publish {folder} --out DIR{record}"
    elif life.standing is Standing.PUBLISHED:
        yield "Verify ", f"answerable verify DIR --key SIGNER.vkey{' --key LOG.vkey' if life.proposed.log else ''}"


def _to_sign(life: Life, told: FindingTold, folder: str, record: str, now_us: int) -> Iterator[tuple[str, str]]:
    if any(question.open_at(now_us) for question in life.questions):
        yield "A reply is awaited. When it comes:", ""
        yield "Reply  ", f"answerable finding reply {folder} DOCUMENT --who OFFICE{record}"
        return
    yield (
        f"Edit {told.letter}: fill in its blanks, say it in your own words, keep the lines of findings and replies.",
        "",
    )
    signer = "--key FILE --name NAME --office OFFICE --rank RANK --body BODY"
    yield "Sign   ", f"answerable finding sign {folder} {signer}{record}"


def show_key(made: KeyMade, *, as_json: bool) -> None:
    """A new key, and what to do with its halves."""
    if as_json:
        print_json(made)
        return
    page = Page()
    page.say(f"{made.secret} is your secret key: keep it where nobody else can read it.")
    page.say(f"{made.public} is its public half. Publish it where readers find it without the finding:")
    page.verbatim(made.key, indent=2)


def show_published(done: FindingPublished, *, as_json: bool) -> None:
    """What was published, and what was kept back."""
    if as_json:
        print_json(
            {
                "finding": done.finding,
                "status": done.standing,
                "out": str(done.out),
                "files": done.files,
                "withheld": [{"name": name, "why": why} for name, why in done.withheld],
                "receipt": done.receipt,
            }
        )
        return
    page = Page()
    page.say(f"{done.finding} ({done.standing}): {done.files} files in {done.out}", style="bold")
    if done.withheld:
        page.say("Not published; their seals are:")
        page.bullets(f"{name}: {why}" for name, why in done.withheld)
    page.blank()
    page.verbatim(f"Read on  {done.out / 'index.html'}   (opens in any browser, without a network)")
    keys = f"--key SIGNER.vkey{' --key LOG.vkey' if done.receipt else ''}"
    page.command("Verify  ", f"answerable verify {shlex.quote(str(done.out))} {keys}")
