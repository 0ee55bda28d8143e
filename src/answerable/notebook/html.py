"""A few lines for a notebook's cell. Every text is escaped, and none can hide or reorder what is read."""

from __future__ import annotations

import html
from collections.abc import Iterable

from answerable.model.examination import Examination
from answerable.model.source import QUESTIONS, SourceManifest
from answerable.report.spelling import number, visible
from answerable.report.words import finding_words, inclusion_words, outcome_words, proposed_sentence


def calls_html(manifest: SourceManifest) -> str:
    """How many calls of which file, which calls get in at all, and what such a file can answer."""
    rows = manifest.rows
    counts = (
        f"{number(manifest.calls)} calls; rows: {number(rows.read)} read = {number(rows.imported)} imported + "
        f"{number(rows.quarantined)} quarantined + {number(rows.duplicates)} byte-identical duplicates"
    )
    answers = (
        (question, f"{manifest.can_answer[key].answer}: {manifest.can_answer[key].because}")
        for key, question in QUESTIONS.items()
        if key in manifest.can_answer
    )
    inclusion = f"Which calls get in: {inclusion_words(manifest.inclusion).label}. {manifest.inclusion_evidence}"
    return _strong(f"{manifest.file.name}: {manifest.title}") + _said(counts) + _said(inclusion) + _table(answers)


def result_html(examination: Examination) -> str:
    """The findings in the words in which they must be read, and the calls by outcome."""
    parts = [_strong(examination.source.title)]
    if examination.made_up:
        parts.append(_said(examination.made_up))
    for claim in examination.claims:
        sentence = proposed_sentence(
            answer=claim.answer, status=claim.status, cannot_be_determined=claim.cannot_be_determined
        )
        parts.append(_said(f"{claim.id}: {finding_words(claim.finding).label}. {sentence}"))
    counts = ((outcome_words(key).label, number(calls)) for key, calls in examination.outcomes.items() if calls)
    return "".join(parts) + _table(counts)


def _safe(text: str) -> str:
    return html.escape(visible(text))


def _strong(text: str) -> str:
    return f"<p><strong>{_safe(text)}</strong></p>"


def _said(text: str) -> str:
    return f"<p>{_safe(text)}</p>"


def _table(pairs: Iterable[tuple[str, str]]) -> str:
    lines = "".join(f'<tr><th scope="row">{_safe(key)}</th><td>{_safe(value)}</td></tr>' for key, value in pairs)
    return f"<table>{lines}</table>" if lines else ""
