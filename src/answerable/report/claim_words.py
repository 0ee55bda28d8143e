"""What a reader of a newspaper must know of a claim's finding before believing it, topic by topic.

How complete the record is, between what bounds the answer lies, who was compared with whom. The numbers of each topic
stand apart from its words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from answerable.answer.claims.comparison_words import bounds_said, detectable_said, matching_said, placebos_said
from answerable.model.call import Inclusion
from answerable.model.claim import ClaimKind
from answerable.model.comparison import Comparison
from answerable.model.outcome import IGNORED, Outcome
from answerable.report.compared import FigureRow, compared_rows
from answerable.report.finding_document import ClaimWritten, FindingDocument
from answerable.report.spelling import number, share
from answerable.report.words import INCLUSIONS, OUTCOMES, inclusion_words

_MAY_BE_IGNORED = (Outcome.UNDETERMINED, Outcome.MERGED, Outcome.PENDING)
"""Of these a record does not say that the caller was answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One topic: its heading, sentences, and the numbers behind them."""

    key: str
    heading: str
    sentences: tuple[str, ...]
    rows: tuple[FigureRow, ...] = ()


def told_of(claim: ClaimWritten, found: FindingDocument) -> tuple[Told, ...]:
    """Every topic of a claim, in the order of reading."""
    compared = claim.comparison
    return tuple(
        topic
        for topic in (
            _completeness(claim, found),
            _bounds(claim),
            *(() if compared is None else _compared(compared)),
        )
        if topic.sentences
    )


_EVERY_VERSION = (
    "Every version of the policy that was supplied was searched, for every possible call; nothing was sampled.",
    "Whether there was another version, only a log of every version that was issued can show.",
)


def _completeness(claim: ClaimWritten, found: FindingDocument) -> Told:
    source = found.source
    if claim.kind == ClaimKind.POLICY_EXISTS:
        return Told(key="complete", heading="How complete is the record?", sentences=_EVERY_VERSION)
    but = "What is known to be missing all the same stands under “What limits this finding”."
    said = [f"{_label(source.inclusion)}. {inclusion_words(source.inclusion).means} {but}"]
    if source.rows.quarantined:
        said.append(
            f"{number(source.rows.quarantined)} of {number(source.rows.read)} rows of the file could not be read, and "
            "count for nothing here."
        )
    else:
        said.append(f"Every one of the {number(source.rows.read)} rows of the file could be read.")
    in_scope, unknown = claim.figures.get("calls_in_scope", 0), claim.figures.get(Outcome.UNDETERMINED, 0)
    if in_scope:
        said.append(
            f"For {number(unknown)} of the {number(in_scope)} calls that the claim is about, the record does not say "
            "what became of them."
            if unknown
            else f"Of each of the {number(in_scope)} calls that the claim is about, the record says what became of it."
        )
    said.append(
        "A call that never got into the record cannot be seen in it. That needs a count from another hand, such as the "
        "telephone company's."
    )
    return Told(
        key="complete", heading="How complete is the record?", sentences=tuple(said), rows=_outcome_rows(claim.figures)
    )


def _label(inclusion: Inclusion) -> str:
    label = INCLUSIONS[inclusion].label
    return (
        f"By its publisher's rules the record holds {label}"
        if inclusion is not Inclusion.UNKNOWN
        else "Which calls it holds is not known"
    )


def _outcome_rows(figures: Mapping[str, int]) -> tuple[FigureRow, ...]:
    whole = figures.get("calls_in_scope", 0)
    return tuple(
        FigureRow(words.label, number(figures[key]), f"{share(figures[key], whole)} of the calls")
        for key, words in OUTCOMES.items()
        if figures.get(key)
    )


def _bounds(claim: ClaimWritten) -> Told:
    """At least, at most: what is shown, and what would be if all that is not recorded had gone the same way."""
    return Told(key="bounds", heading="Between what bounds does the answer lie?", sentences=tuple(_bounds_said(claim)))


def _bounds_said(claim: ClaimWritten) -> Iterator[str]:
    figures = claim.figures
    in_scope = figures.get("calls_in_scope", 0)
    if in_scope:
        least = sum(figures.get(outcome, 0) for outcome in IGNORED)
        open_calls = sum(figures.get(outcome, 0) for outcome in _MAY_BE_IGNORED)
        if open_calls:
            shown = "none is" if least == 0 else "1 is" if least == 1 else f"{number(least)} are"
            between = (
                f"At least {number(least)} and at most {number(least + open_calls)} of these {number(in_scope)} calls"
            )
            enough = f"for {number(open_calls)} the record does not say enough."
            yield f"{between} were left without an answer: {shown} shown, and {enough}"
        else:
            exactly = f"{number(least)} of these {number(in_scope)} calls, no more and no fewer,"
            yield f"{exactly} {'was' if least == 1 else 'were'} left without an answer."
    if claim.comparison is not None:
        yield from bounds_said(claim.comparison)


def _compared(found: Comparison) -> Iterator[Told]:
    yield Told(
        key="alike",
        heading="Are like calls compared with like?",
        sentences=(*matching_said(found), _registered(found)),
        rows=tuple(
            FigureRow(
                row.trait.replace("_", " "),
                f"{row.claimed:.3g} / {row.comparable:.3g}",
                "these calls / comparable ones: "
                + ("alike" if row.balanced else f"unlike, {row.standardised:.2f} standard deviations apart"),
            )
            for row in found.balance
        ),
    )
    yield Told(
        key="placebos",
        heading="Do comparisons find nothing where there is nothing?",
        sentences=tuple(placebos_said(found)),
        rows=tuple(
            FigureRow(
                one.name, f"{one.p_slower:.3f}", f"p of {one.incidents:,} incidents; adjusted {one.p_adjusted:.3f}"
            )
            for one in found.others
        ),
    )
    yield Told(key="hidden", heading="Could something nobody wrote down explain it?", sentences=tuple(_hidden(found)))
    yield Told(
        key="power",
        heading="What could this record have shown at all?",
        sentences=(detectable_said(found),) if found.judged else (),
        rows=compared_rows(found),
    )


def _registered(found: Comparison) -> str:
    if found.registration is None:
        return "What would be compared was not written down before anybody looked. Such a comparison condemns nobody."
    digest = f"What would be compared was written down before (digest {found.registration.digest})."
    if found.registration.sealed_at_us is None:
        return f"{digest} No log took it in, so only its author can say when."
    return f"{digest} It says that a log took it in; the receipt of that entry proves the day."


def _hidden(found: Comparison) -> Iterator[str]:
    tested = found.judged
    if tested is None:
        return
    alpha = float(found.terms.alpha)
    if min(tested.p_slower, tested.p_late) > alpha:
        yield "No difference is shown, so there is none to explain away."
        return
    yield (
        "Two calls that look alike here may differ in something that no column holds. To explain the longer waits, it "
        f"would have to make one of them {tested.gamma_time:.2g} times as likely to be the claimant's as the other; to "
        f"explain the late calls, {tested.gamma_late:.2g} times. 1 means that the smallest such thing would do."
    )
    if found.e_value is not None:
        yield (
            f"Put otherwise: it would have to go with being the claimant, and with being late, by a factor of "
            f"{found.e_value:.2g} each."
        )
