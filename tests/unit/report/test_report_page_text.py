"""The page as text: nothing escapes its place, nothing is fetched, and every part says what it must."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import msgspec
import pytest
from tests.support.examinations import (
    ARABIC,
    HOSTILE,
    LONG_WORD,
    empty_examination,
    sample_claims,
    sample_examination,
    sample_rows,
    sample_source,
)

from answerable.model.call import Inclusion
from answerable.model.finding import Finding
from answerable.model.listed import Candidate, Found, Identification
from answerable.model.outcome import Outcome
from answerable.report.page import render_page

ROWS = sample_rows(240)
EXAMINATION = sample_examination(ROWS)
PAGE = render_page(EXAMINATION, ROWS, digests={"calls.csv": "0" * 64})
EMPTY = render_page(empty_examination(), (), digests={})
VOID = {"meta", "link", "br", "hr", "img", "input"}


class Page(HTMLParser):
    """Elements with their attributes, the text of the page, and whether every element was closed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.misnested: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.misnested.append(f"{tag} at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("script", "style"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def section(page: str, key: str) -> str:
    found = re.search(rf'<section id="{key}".*?</section>', page, re.DOTALL)
    assert found, f"no section {key}"
    return found[0]


@pytest.mark.parametrize("text", [PAGE, EMPTY], ids=["full", "empty"])
def test_the_page_is_well_nested(text: str) -> None:
    page = Page(text)
    assert page.misnested == []
    assert page.open == []


def test_hostile_text_stays_text() -> None:
    page = Page(PAGE)
    assert HOSTILE not in PAGE
    assert HOSTILE in page.text
    assert not [tag for tag, _ in page.elements if tag in ("img", "iframe", "object", "b", "base", "link")]
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]


def test_nothing_in_the_page_names_an_address_elsewhere() -> None:
    for _, attributes in Page(PAGE).elements:
        for name in ("src", "href", "action", "data", "poster", "srcset"):
            value = attributes.get(name) or ""
            assert value == "" or value.startswith("#") or value == "calls.csv", (name, value)
    assert "url(" not in PAGE.replace("url(#", "")
    assert "@import" not in PAGE


def test_no_style_stands_in_an_attribute_because_the_policy_would_block_it() -> None:
    assert not [attributes for _, attributes in Page(PAGE).elements if "style" in attributes]


def test_the_content_security_policy_allows_exactly_the_blocks_that_are_there() -> None:
    policy = next(
        attributes["content"]
        for tag, attributes in Page(PAGE).elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in policy
    assert rules["script-src"].split() == [
        _hash(s) for s in re.findall(r'<script type="module">(.*?)</script>', PAGE, re.S)
    ]
    assert rules["style-src"].split() == [_hash(s) for s in re.findall(r"<style>(.*?)</style>", PAGE, re.S)]
    assert rules["require-trusted-types-for"] == "'script'"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_scripts_never_parse_text_as_html_or_code() -> None:
    scripts = "".join(re.findall(r'<script type="module">(.*?)</script>', PAGE, re.S))
    assert scripts
    for forbidden in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
        "import(",
        "fetch(",
    ):
        assert forbidden not in scripts


def test_the_same_input_gives_the_same_bytes() -> None:
    assert render_page(EXAMINATION, ROWS, digests={"calls.csv": "0" * 64}) == PAGE


def test_ids_are_unique_and_every_link_inside_the_page_leads_somewhere() -> None:
    elements = Page(PAGE).elements
    ids = [attributes["id"] for _, attributes in elements if attributes.get("id")]
    assert len(ids) == len(set(ids))
    named = [
        word
        for _, attributes in elements
        for name in ("aria-labelledby", "for")
        for word in (attributes.get(name) or "").split()
    ]
    targets = [
        (attributes.get("href") or "")[1:]
        for _, attributes in elements
        if (attributes.get("href") or "").startswith("#")
    ]
    assert set(named + targets) - {"i-o-"} <= set(ids)  # the template's row gets its shape from the script


def test_characters_that_reorder_text_are_shown_by_their_code_point() -> None:
    assert "\u202e" not in PAGE
    assert "⟨U+202E⟩" in PAGE
    assert ARABIC in PAGE
    assert LONG_WORD in PAGE


def test_every_claim_starts_with_a_proposed_finding() -> None:
    for number, claim in enumerate(EXAMINATION.claims, start=1):
        found = re.search(rf'<article class="claim[^>]*id="claim-{number}".*?</article>', PAGE, re.S)
        assert found
        text = Page(found[0]).text
        assert "The record supports (proposed, unsigned):" in text
        assert text.index("The record supports") < (text.index("Why") if claim.because else len(text))


def test_a_source_that_cannot_show_it_says_so_in_the_agreed_words() -> None:
    undecidable = [claim for claim in EXAMINATION.claims if claim.cannot_be_determined]
    assert len(undecidable) == 2
    articles = re.findall(r'<article class="claim.*?</article>', PAGE, re.S)
    for number, claim in enumerate(EXAMINATION.claims):
        said = "cannot be determined from this source" in Page(articles[number]).text.split("Why")[0].lower()
        assert said == claim.cannot_be_determined


def test_a_file_without_ignored_calls_never_reads_unfounded() -> None:
    quiet = msgspec.structs.replace(EXAMINATION, claims=(sample_claims()[1],), nobody_complained=(), clocks={})
    page = Page(render_page(quiet, ROWS, digests={})).text
    assert "none found in this file" in page
    assert "unfounded" not in page.replace("recorded as unfounded", "")


def test_every_finding_kind_and_verdict_is_in_the_sample() -> None:
    assert {str(claim.finding) for claim in EXAMINATION.claims} >= {str(finding) for finding in Finding}


def test_all_outcomes_stand_in_the_table_even_those_that_do_not_occur() -> None:
    none_of_it = msgspec.structs.replace(EXAMINATION, outcomes={**EXAMINATION.outcomes, Outcome.UNHEARD: 0})
    table = section(render_page(none_of_it, ROWS, digests={}), "outcomes")
    details = re.search(r"<details>.*?</details>", table, re.S)
    assert details
    assert len(re.findall(r'<th scope="row">', details[0])) == len(Outcome)


def test_every_table_has_a_caption_and_every_header_a_scope() -> None:
    for table in re.findall(r"<table.*?</table>", PAGE, re.S):
        assert "<caption" in table
    assert not re.findall(r"<th(?![^>]*scope=)[ >]", PAGE)


def test_every_chart_is_an_image_with_name_and_description() -> None:
    charts = re.findall(r'<svg [^>]*class="chart[^>]*>.*?</svg>', PAGE, re.S)
    assert len(charts) == 2 * 5
    for chart in charts:
        assert 'role="img"' in chart
        assert re.search(r"<title id=.*?>[^<]+</title><desc id=.*?>[^<]+</desc>", chart)


def test_without_javascript_the_first_two_hundred_calls_are_there() -> None:
    body = re.search(r'<tbody id="calls-rows">(.*?)</tbody>', PAGE, re.S)
    assert body
    assert body[1].count("<tr>") == 200
    assert "The first 200 of 240 calls" in PAGE


def test_a_made_up_city_is_called_made_up_before_anything_else() -> None:
    assert Page(PAGE).text.index("Made up.") < Page(PAGE).text.index(EXAMINATION.source.title, 200)
    assert "Made up" not in EMPTY


def test_an_empty_examination_says_what_is_missing_and_draws_nothing() -> None:
    text = Page(EMPTY).text
    assert "No claim was put to this record" in text
    assert "This file has no calls." in text
    assert "No response policy was supplied" in text
    assert 'class="chart' not in EMPTY
    for absent in ("claims", "complained", "outcomes", "clocks"):
        assert f'id="{absent}"' not in EMPTY
        assert f'href="#{absent}"' not in EMPTY


def test_an_examination_without_policies_calls_nothing_late() -> None:
    rows = tuple(msgspec.structs.replace(row, outcome="", reason="", claims=()) for row in ROWS[:20])
    bare = msgspec.structs.replace(
        EXAMINATION, outcomes=dict.fromkeys(Outcome, 0), undetermined={}, undetermined_facts={}, merged_as={},
        claims=(), nobody_complained=(), clocks={}, policies=(),
    )  # fmt: skip
    page = render_page(bare, rows, digests={})
    assert "No call was held against a response policy" in Page(page).text
    assert 'id="outcomes"' not in page


@pytest.mark.parametrize("inclusion", list(Inclusion))
def test_every_inclusion_is_explained(inclusion: Inclusion) -> None:
    examination = msgspec.structs.replace(empty_examination(), source=sample_source(inclusion=inclusion, calls=0))
    assert Page(section(render_page(examination, (), digests={}), "source")).text.count(".") > 3


def test_signed_findings_are_not_called_unsigned() -> None:
    signed = tuple(msgspec.structs.replace(claim, status="signed") for claim in sample_claims()[:2])
    page = Page(render_page(msgspec.structs.replace(EXAMINATION, claims=signed, clocks={}), ROWS, digests={})).text
    assert "unsigned" not in page


def brief_of(inclusion: Inclusion) -> str:
    """The figures at the top, of a file of answered calls only."""
    rows = tuple(msgspec.structs.replace(row, outcome="answered", carried="") for row in ROWS[:20])
    examination = msgspec.structs.replace(
        EXAMINATION,
        source=sample_source(inclusion=inclusion),
        outcomes={outcome.value: 20 * (outcome is Outcome.ANSWERED) for outcome in Outcome},
        ignored=(),
        nobody_complained=(),
    )
    page = render_page(examination, rows, digests={})
    return page[page.index('class="tiles"') : page.index("</dl>", page.index('class="tiles"'))]


def test_a_file_that_cannot_hold_an_ignored_call_gets_no_zero_for_them() -> None:
    assert "ignored calls: not to be seen in this file" in brief_of(Inclusion.DISPATCHED_ONLY)
    assert "none found in this file" not in brief_of(Inclusion.DISPATCHED_ONLY)


def test_a_file_of_all_calls_says_none_found_in_this_file() -> None:
    assert "none found in this file" in brief_of(Inclusion.ALL_CALLS)


def test_missing_times_are_bounded_at_best_and_at_worst() -> None:
    text = re.sub(r"<[^>]+>|\s+", " ", PAGE)
    assert "What the missing times could change" in text
    assert "A missing time is not a missing officer" in text
    assert "not reached" in text
    assert "no limit" in text
    assert "What the missing times could change" not in EMPTY
    assert "No interval can be computed: no clock point is recorded in this file." in EMPTY


def identification(
    entry: str, state: Found, *, call: str | None = None, how: str = "a receipt names it"
) -> Identification:
    near = Candidate(call="18-42", received_us=1_529_434_800_000_000, weights=(), bits=9.2, probability=442)
    return Identification(
        entry=entry, state=state, call=call, how=how, nearby=40, absent_bits=3.3, absent_probability=22,
        candidates=(near,) if state is Found.POSSIBLE else (),
    )  # fmt: skip


def test_a_list_is_told_entry_by_entry_with_the_candidates_that_a_person_must_look_at() -> None:
    entries = (
        identification("gate-1", Found.IDENTIFIED, call="18-7"),
        identification("gate-2", Found.POSSIBLE, how="several calls, or none, may be meant"),
        identification(HOSTILE, Found.NOT_FOUND, how="none of 40 calls near that time is like it"),
    )
    claim = msgspec.structs.replace(EXAMINATION.claims[0], kind="listed_calls", identified=entries)
    text = render_page(msgspec.structs.replace(EXAMINATION, claims=(claim,)), ROWS, digests={})
    page = Page(text)
    assert page.misnested == []
    said = " ".join(" ".join(page.words).split())
    for words in ("The list, entry by entry", "gate-1", "18-7", "18-42", "44.2 %", "not in the record: 2.2 %"):
        assert words in said
    assert "not found in what was supplied" in said
    assert HOSTILE not in text


def test_a_claim_without_a_list_has_no_table_of_entries() -> None:
    assert "The list, entry by entry" not in PAGE
