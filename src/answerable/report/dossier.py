"""The pages of a published finding, from what was signed: the same contents give the same bytes, so anybody can make
them again and compare."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from answerable.answer.finding_life import Life, Question
from answerable.model.finding_life import Replied
from answerable.report import finding_words
from answerable.report.claim_words import told_of
from answerable.report.figures import compared_figure, scope_figure
from answerable.report.finding_document import ClaimWritten, FindingDocument
from answerable.report.letter import letter_html, letter_title
from answerable.report.page import environment, page_parts, spellings
from answerable.report.spelling import wall_clock, zone_of
from answerable.report.words import CANNOT_BE_DETERMINED, capital, proposed_sentence
from answerable.report.words import finding_words as words_of

PAGES: Final = {
    "index.html": "Overview",
    "letter.html": "Letter",
    "calls.html": "Calls and proofs",
    "methods.html": "Methods",
    "certificate.html": "Certificate",
}
"""The pages that every dossier has, in the order in which they are read; the pages of the claims come after the
letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFile:
    """A file with its seal. `why_absent`: it is not in this folder; empty: it is."""

    name: str
    what: str
    sha256: str
    size_bytes: int
    entered: str
    why_absent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenCall:
    """A call that a finding rests on: its line in calls.csv, counted from 1, and the SHA-256 of that line."""

    call: str
    claims: tuple[str, ...]
    received_us: int | None
    outcome: str
    reason: str | None
    because: str
    rule: str | None
    lines: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Everything the pages are made from. `replies`: the text of each published reply that is text, by file name.
    `draft`: nobody has signed, and nothing of it is a finding yet."""

    program: str
    life: Life
    found: FindingDocument
    letter: str
    signature: str
    files: tuple[SealedFile, ...]
    calls: tuple[ProvenCall, ...]
    replies: Mapping[str, str]
    recompute: str
    log: str
    draft: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    name: str
    label: str


def render_dossier(dossier: Dossier) -> dict[str, bytes]:
    """Every page by its name."""
    made = {}
    for name, template, more in _pages(dossier):
        made[name] = _rendered(dossier, name=name, template=template, **more)
    return made


def _pages(dossier: Dossier) -> Iterator[tuple[str, str, dict[str, Any]]]:
    yield "index.html", "dossier_index.html", {}
    yield "letter.html", "dossier_letter.html", {"letter": letter_html(dossier.letter), "said_by": dossier.signature}
    for number, claim in enumerate(dossier.found.claims, start=1):
        yield claim_page(number), "dossier_claim.html", _of_claim(dossier, claim, number)
    yield "calls.html", "dossier_calls.html", {}
    yield "methods.html", "dossier_methods.html", {}
    yield "certificate.html", "dossier_certificate.html", {}


def claim_page(number: int) -> str:
    """The name of a claim's own page; claims count from 1."""
    return f"claim-{number}.html"


def _rendered(dossier: Dossier, *, name: str, template: str, **more: Any) -> bytes:
    zone = zone_of(dossier.life.proposed.timezone)
    life = dossier.life
    text = (
        environment()
        .get_template(template)
        .render(
            **page_parts(styles=("report.css", "dossier.css"), scripts=("print.js",)),
            **spellings(zone),
            page=name,
            pages=_contents(dossier),
            dossier=dossier,
            life=life,
            found=dossier.found,
            source=dossier.found.source,
            claims=[(claim_page(n), claim) for n, claim in enumerate(dossier.found.claims, start=1)],
            said=finding_words,
            standing=finding_words.STANDINGS[life.standing],
            questions=[_question(dossier, one) for one in life.questions],
            shown=lambda claim: shown_sentence(claim, signed=life.signed is not None),
            title_of_letter=letter_title(dossier.letter),
            of_claim=lambda claim: [call for call in dossier.calls if claim.id in call.claims],
            **more,
        )
    )
    return text.encode("utf-8", errors="backslashreplace")


def _contents(dossier: Dossier) -> Sequence[_Page]:
    fixed = [_Page(name=name, label=label) for name, label in PAGES.items()]
    many = len(dossier.found.claims) > 1
    claims = [
        _Page(name=claim_page(n), label=f"Claim {n}" if many else "The claim")
        for n, _ in enumerate(dossier.found.claims, start=1)
    ]
    return [*fixed[:2], *claims, *fixed[2:]]


def shown_sentence(claim: ClaimWritten, *, signed: bool) -> str:
    """What the record says to a claim: proposed, until a person has signed."""
    status = "signed" if signed else "proposed"
    return proposed_sentence(answer=claim.answer, status=status, cannot_be_determined=claim.cannot_be_determined)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAndReplied:
    """Somebody who was asked: the sentence of it, and each reply with its text, where it is published and is text."""

    who: str
    asked: str
    none: str
    replies: tuple[tuple[Replied, str, str, bool], ...]
    """The reply, when and as which document, its text, and whether it came after the letter was signed."""


def _question(dossier: Dossier, question: Question) -> AskedAndReplied:
    life = dossier.life
    zone = zone_of(life.proposed.timezone)
    end = life.signed.at_us if life.signed else life.steps[-1].at_us
    none = (
        "none yet, and there was time left." if question.open_at(end) else f"none by then. {finding_words.NO_CONSENT}"
    )
    return AskedAndReplied(
        who=question.asked.who,
        asked=f"{finding_words.asked_sentence(question, zone)}.",
        none="" if question.replies else f"Reply: {none}",
        replies=tuple(
            (
                reply,
                capital(finding_words.reply_words(reply, zone)),
                dossier.replies.get(reply.document.file, "") if reply.document.published else "",
                life.came_after_signing(reply),
            )
            for reply in question.replies
        ),
    )


def _of_claim(dossier: Dossier, claim: ClaimWritten, number: int) -> dict[str, Any]:
    compared = compared_figure(claim, number=number)
    return {
        "claim": claim,
        "number": number,
        "told": told_of(claim, dossier.found),
        "scope": scope_figure(claim, key=f"scope-{number}"),
        "waits": None if compared is None else compared.chart,
        "review": ""
        if dossier.draft or dossier.life.superseded
        else claim_review(dossier, claim, page=claim_page(number)),
    }


def claim_review(dossier: Dossier, claim: ClaimWritten, *, page: str) -> Markup:
    """schema.org ClaimReview as JSON-LD, for a signed finding. The rating is a word: findings are no numbers.

    Who alleged it stands without a type: whether that is a person or a body is not on record.
    """
    signed, published = dossier.life.signed, dossier.life.published
    assert signed is not None  # noqa: S101  a draft has none
    zone = zone_of(dossier.life.proposed.timezone)
    review: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "datePublished": f"{wall_clock((published or signed).at_us, zone):%Y-%m-%d}",
        "claimReviewed": claim.text,
        "author": {"@type": "Organization", "name": signed.signer.body},
        "itemReviewed": {"@type": "Claim", "author": {"name": claim.alleged_by}},
        "reviewRating": {"@type": "Rating", "alternateName": rating(claim)},
        "reviewBody": shown_sentence(claim, signed=True),
        "identifier": dossier.life.finding,
        "inLanguage": "en",
    }
    if published is not None and published.url:
        review["url"] = f"{published.url.rstrip('/')}/{page}"
    text = json.dumps(review, ensure_ascii=True, sort_keys=True, indent=1)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704


def rating(claim: ClaimWritten) -> str:
    """A finding in the words of the report: `Not sustained: cannot be determined from this source`."""
    label = capital(words_of(claim.finding).label)
    return f"{label}: {CANNOT_BE_DETERMINED}" if claim.cannot_be_determined else label
