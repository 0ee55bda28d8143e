"""`report.html`: one file that needs no network and runs nothing but its own two scripts."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from jinja2 import Environment
from markupsafe import Markup

from answerable.model.call import CLOCK_POINTS
from answerable.model.duty import Duty
from answerable.model.examination import Examination, ReportRow
from answerable.model.outcome import IGNORED
from answerable.model.source import QUESTIONS
from answerable.model.times import iso, spoken_duration
from answerable.model.vocabulary import FACTS
from answerable.report import bounds, figures, record_words, spelling, tones, words
from answerable.report.edited_words import edited_sentences, outcome_sentence
from answerable.report.page_calls import (
    EMPTY_CELLS,
    PLAIN_ROWS,
    PageCalls,
    calls_data,
    calls_for_page,
    cells_of,
    duration_or_dash,
)
from answerable.report.templating import template_environment

MONTHS_SHOWN = 24
"""Above this many months, coverage is shown by year, with the months folded."""


def render_page(examination: Examination, calls: PageCalls | Sequence[ReportRow], *, digests: Mapping[str, str]) -> str:
    """The whole page with the `calls` chosen for it. `digests` are the SHA-256 of the files beside it, by name."""
    zone = spelling.zone_of(examination.source.timezone)
    return (
        environment()
        .get_template("report.html")
        .render(
            **page_parts(styles=("report.css",), scripts=("calls.js", "print.js")),
            **_sections(examination, calls if isinstance(calls, PageCalls) else calls_for_page(calls), zone),
            **spellings(zone),
            examination=examination,
            source=examination.source,
            digests=dict(digests),
        )
    )


def content_security_policy(*, style: str, scripts: Sequence[str]) -> str:
    """Nothing may be loaded; only the blocks that stand in the page, by their SHA-256, may style it or run."""
    allowed = " ".join(_source_hash(script) for script in scripts) or "'none'"
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src {_source_hash(style)}",
            f"script-src {allowed}",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _source_hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def page_parts(*, styles: tuple[str, ...], scripts: tuple[str, ...] = ()) -> dict[str, object]:
    """Style, scripts and the policy that allows nothing else, of files in report/static: what a page's head needs."""
    style = "".join(_static(name) for name in styles)
    texts = [_static(name) for name in scripts]
    return {
        "policy": content_security_policy(style=style, scripts=texts),
        "style": Markup(style),  # noqa: S704  our own files, hashed as they stand
        "scripts": [Markup(text) for text in texts],  # noqa: S704
    }


def _static(name: str) -> str:
    return files("answerable.report").joinpath("static", name).read_text(encoding="utf-8")


def _sections(examination: Examination, calls: PageCalls, zone: ZoneInfo) -> dict[str, object]:
    months = examination.description.coverage
    return {
        "ignored": sum(examination.outcomes.get(outcome, 0) for outcome in IGNORED),
        "judged": sum(examination.outcomes.values()),
        "outcome_figure": figures.outcome_figure(examination),
        "reason_figure": figures.reason_figure(examination),
        "compared": figures.compared_figures(examination),
        "clock_figures": figures.clock_figures(examination, zone),
        "interval_figure": figures.interval_figure(examination),
        "coverage": figures.coverage_table(months, CLOCK_POINTS),
        "coverage_by_year": (
            figures.coverage_table(figures.by_year(months), CLOCK_POINTS) if len(months) > MONTHS_SHOWN else None
        ),
        "calls": calls,
        "calls_total": calls.total,
        "calls_data": Markup(calls_data(calls)),  # noqa: S704  escaped for its place, see there
        "plain_rows": PLAIN_ROWS,
    }


def spellings(zone: ZoneInfo) -> dict[str, Callable[[int], str]]:
    """How instants are written in a zone, for a template."""
    return {
        "moment": lambda us: spelling.moment_with_offset(us, zone),
        "day": lambda us: spelling.day(us, zone),
    }


@cache
def environment() -> Environment:
    """The templates of this room, with the words and spellings that every page shares."""
    environment = template_environment("answerable.report")
    environment.globals.update(
        words=words,
        record=record_words,
        bounds=bounds,
        tones=tones,
        FACTS=FACTS,
        QUESTIONS=QUESTIONS,
        DUTIES={str(duty): str(duty).replace("-", " ") for duty in Duty},
        CLOCK_POINTS=CLOCK_POINTS,
        iso=iso,
        share=spelling.share,
        edited_sentences=edited_sentences,
        outcome_sentence=outcome_sentence,
        cells_of=cells_of,
        empty_cells=EMPTY_CELLS,
    )
    environment.filters.update(
        number=spelling.number,
        month=spelling.month,
        entries=bounds.entries,
        size=spelling.size,
        duration=duration_or_dash,
        spoken=spoken_duration,
    )
    return environment
