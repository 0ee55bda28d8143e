"""Every key that people may meet has words, and the words are the product's."""

from __future__ import annotations

from enum import StrEnum

import pytest

from answerable.model.call import CLOCK_POINTS, Disposition, EntryKind, Inclusion, Known, Origin, Quality
from answerable.model.claim import ClaimKind
from answerable.model.finding import Finding, Verdict
from answerable.model.listed import Found
from answerable.model.outcome import SEVERITY, Outcome, Reason
from answerable.report import record_words, tones, words

TABLES: list[tuple[type[StrEnum], dict[str, words.Words]]] = [
    (Outcome, words.OUTCOMES), (Reason, words.REASONS), (Finding, words.FINDINGS), (Verdict, words.VERDICTS),
    (Inclusion, words.INCLUSIONS), (Disposition, record_words.DISPOSITION_WORDS), (Origin, record_words.ORIGIN_WORDS),
    (EntryKind, record_words.ENTRY_KIND_WORDS), (Known, record_words.KNOWN_WORDS),
    (ClaimKind, record_words.CLAIM_KIND_WORDS), (Found, record_words.FOUND_WORDS),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "table"), TABLES, ids=[keys.__name__ for keys, _ in TABLES])
def test_every_key_has_a_label_of_its_own(keys: type[StrEnum], table: dict[str, words.Words]) -> None:
    assert {str(key) for key in keys} == {str(key) for key in table}
    labels = [said.label for said in table.values()]
    assert len(set(labels)) == len(labels)
    assert all(label and not label.endswith(".") for label in labels)


@pytest.mark.parametrize("table", [words.OUTCOMES, words.REASONS, words.FINDINGS, words.VERDICTS, words.INCLUSIONS])
def test_every_explanation_is_a_sentence(table: dict[str, words.Words]) -> None:
    for said in table.values():
        assert said.means[0].isupper()
        assert said.means.endswith(".")


def test_every_reason_says_what_would_settle_it() -> None:
    assert all(said.settles.endswith(".") for said in words.REASONS.values())


def test_every_quality_bit_has_words_by_bit_and_by_name() -> None:
    assert set(words.QUALITIES) == set(Quality)
    for bit, said in words.QUALITIES.items():
        assert bit.name
        assert words.quality_words(bit.name.lower()) is said


def test_every_clock_point_has_words() -> None:
    assert tuple(record_words.CLOCK_POINT_WORDS) == CLOCK_POINTS


def test_outcomes_are_listed_worst_first() -> None:
    assert [key for key in words.OUTCOMES if key in SEVERITY] == list(SEVERITY)


def test_words_that_are_not_the_products_are_not_used() -> None:
    for _, table in TABLES:
        for said in table.values():
            text = f"{said.label} {said.means} {said.settles}".lower()
            for word in ("ticket", "job", "rejected", "incident number"):
                assert word not in text.split()


def test_every_outcome_finding_and_verdict_has_a_tone() -> None:
    assert set(tones.OUTCOME_TONES) == set(Outcome)
    assert set(tones.FINDING_TONES) == set(Finding)
    assert set(tones.VERDICT_TONES) == set(Verdict)
    assert tones.finding_tone(Verdict.CONTRADICTED) == "ignored"


def test_a_key_nobody_knows_is_shown_as_it_is() -> None:
    assert words.outcome_words("calls_in_scope").label == "calls in scope"


def test_a_proposed_finding_reads_so() -> None:
    said = words.proposed_sentence(answer="1 call was ignored.", status="proposed", cannot_be_determined=False)
    assert said == "The record supports (proposed, unsigned): 1 call was ignored."


@pytest.mark.parametrize("answer", ["calls by text are not here.", "Cannot be determined from this source: no texts."])
def test_what_cannot_be_determined_says_so_once(answer: str) -> None:
    said = words.proposed_sentence(answer=answer, status="proposed", cannot_be_determined=True)
    assert said.startswith(
        "The record supports (proposed, unsigned): Not sustained. Cannot be determined from this source"
    )
    assert said.lower().count("cannot be determined from this source") == 1


def test_a_signed_finding_is_its_answer_alone() -> None:
    assert words.proposed_sentence(answer="one call.", status="signed", cannot_be_determined=False) == "One call."
