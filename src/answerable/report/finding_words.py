"""What is said of a finding's life, on pages and terminals: how far it is, who was asked, who replied, who signed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from zoneinfo import ZoneInfo

from answerable.answer.finding_life import Life, Question
from answerable.model.finding_life import ClaimFound, Document, Replied, Signed, Signer, Standing
from answerable.report.spelling import day, wall_clock, zone_of
from answerable.report.words import CANNOT_BE_DETERMINED, Words, finding_words

_ANSWERED_FOR = "A person who decided none of the calls in scope answers for it."
STANDINGS: dict[str, Words] = {
    Standing.PROPOSED: Words(
        "proposed, unsigned", "The program proposes it. Nobody has been asked for a reply, and nobody has signed."
    ),
    Standing.ASKED: Words(
        "proposed, unsigned; a reply was asked for", "Those concerned were asked for a reply. Nobody has signed."
    ),
    Standing.SIGNED: Words("signed", _ANSWERED_FOR),
    Standing.PUBLISHED: Words("signed and published", _ANSWERED_FOR),
    Standing.SUPERSEDED: Words("superseded", "Another finding has taken its place. It stays as it was."),
}
DECIDED_NONE = "I decided none of the calls in the scope of this finding."
"""What whoever signs a letter says in it."""
NO_CONSENT = "Silence is not taken as consent."


def standing_sentence(life: Life) -> str:
    """How far a finding has come, in one sentence, with what took its place."""
    zone = zone_of(life.proposed.timezone)
    if life.superseded:
        before = "It had been signed." if life.signed else "It was never signed."
        by = life.superseded.by
        return (
            f"Superseded by {by.finding} on {day(life.superseded.at_us, zone)} "
            f"({_closed(by.because)}). {before} It stays as it was."
        )
    return STANDINGS[life.standing].means


def claim_line(claim: ClaimFound) -> str:
    """`Finding on claim gate-calls: not sustained (cannot be determined from this source).`"""
    beside = f" ({CANNOT_BE_DETERMINED})" if claim.cannot_be_determined else ""
    return f"Finding on claim {claim.id}: {finding_words(claim.finding).label}{beside}."


def asked_sentence(question: Question, zone: ZoneInfo) -> str:
    """Who was asked, when, how, and until when."""
    asked = question.asked
    return (
        f"Reply asked of {asked.who} on {day(asked.at_us, zone)}{f' ({asked.how})' if asked.how else ''}, "
        f"by {moment_by(asked.reply_by_us, zone)}"
    )


def reply_line(life: Life, question: Question, *, at_us: int) -> str:
    """`Reply asked of … on …, by …; reply: …`: what came of it up to `at_us`, and before the letter was signed."""
    zone = zone_of(life.proposed.timezone)
    told = [one for one in question.replies if not life.came_after_signing(one)]
    asked = asked_sentence(question, zone)
    if told:
        return f"{asked}; reply: {'; '.join(reply_words(one, zone) for one in told)}."
    if question.open_at(at_us):
        return f"{asked}; reply: none yet."
    return f"{asked}; reply: none by then. {NO_CONSENT}"


def reply_words(reply: Replied, zone: ZoneInfo) -> str:
    """When a reply was received, and as which document."""
    return f"received on {day(reply.received_us, zone)} ({document_words(reply.document)})"


def document_words(document: Document) -> str:
    """A document's name and SHA-256."""
    return f"{document.file}, SHA-256 {document.sha256}"


def signer_line(signer: Signer) -> str:
    """`Signed by Ana Reyes, City Ombudsman (director), City of Alder, Ombudsman.`"""
    return f"Signed by {signer.name}, {signer.office} ({signer.rank}), {_closed(signer.body)}."


def decided_sentence(signed: Signed) -> str:
    """How it is known that the signer decided none of the calls."""
    held = (
        f"Held against {signed.deciders_compared} named "
        f"{'decider' if signed.deciders_compared == 1 else 'deciders'} of calls in scope, the signer is none of them."
        if signed.deciders_compared
        else "No decider of a call in scope is named on record."
    )
    if not signed.not_on_record:
        return held
    return (
        f"{held} What the record leaves open: {'; '.join(signed.not_on_record)}. For that there is the signer's own "
        f"statement: “{DECIDED_NONE}”"
    )


def required_lines(life: Life, *, signer: Signer, at_us: int) -> Iterator[str]:
    """What the letter must say word for word: each finding, each reply, who signs and that they decided none."""
    yield from map(claim_line, life.proposed.claims)
    yield from (reply_line(life, question, at_us=at_us) for question in life.questions)
    yield signer_line(signer)
    yield DECIDED_NONE


def moment_by(us: int, zone: ZoneInfo) -> str:
    """`17 Jul 2018` for the end of a local day, otherwise with the time of day and zone."""
    at = wall_clock(us, zone)
    if (at.hour, at.minute) == (23, 59):
        return day(us, zone)
    return f"{day(us, zone)}, {at:%H:%M} {'UTC' if zone.key == 'UTC' else at.tzname() or UTC}"


def _closed(text: str) -> str:
    return text.strip().rstrip(".")
