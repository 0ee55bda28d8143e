"""Which tone and shape an outcome, finding, verdict or answer has. A shape always stands beside a tone."""

from __future__ import annotations

from answerable.model.finding import Finding, Verdict
from answerable.model.outcome import Outcome

OUTCOME_TONES: dict[str, str] = {
    Outcome.DECLINED_AGAINST_POLICY: "ignored",
    Outcome.UNHEARD: "ignored",
    Outcome.CLOSED_WITHOUT_REASON: "ignored",
    Outcome.SENT_NOT_ARRIVED: "late",
    Outcome.ANSWERED_LATE: "late",
    Outcome.UNDETERMINED: "unknown",
    Outcome.PENDING: "command",
    Outcome.DECLINED_WITHIN_POLICY: "declined",
    Outcome.HANDED_OVER: "answered",
    Outcome.ANSWERED: "answered",
    Outcome.WITHDRAWN: "quiet",
    Outcome.MERGED: "quiet",
    Outcome.NONE_OWED: "quiet",
}
FINDING_TONES: dict[str, str] = {
    Finding.SUSTAINED: "ignored",
    Finding.POLICY_FAILURE: "late",
    Finding.NOT_SUSTAINED: "unknown",
    Finding.EXONERATED: "declined",
    Finding.UNFOUNDED: "answered",
}
VERDICT_TONES: dict[str, str] = {
    Verdict.SUPPORTED: "answered",
    Verdict.CONTRADICTED: "ignored",
    Verdict.PARTLY: "command",
    Verdict.CANNOT_BE_DETERMINED: "unknown",
}
ANSWER_TONES: dict[str, str] = {"yes": "answered", "partly": "command", "no": "ignored"}


def finding_tone(key: str) -> str:
    """The tone of a finding; a statement's finding is a verdict."""
    return FINDING_TONES.get(key) or VERDICT_TONES.get(key, "unknown")
