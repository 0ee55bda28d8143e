"""A call with its ruling and what is needed to say it in words: what an engine hands over, whichever it is."""

from __future__ import annotations

import msgspec

from answerable.answer.decline import Links
from answerable.model.call import Known
from answerable.model.outcome import Outcome, Ruling
from answerable.model.vocabulary import FactValue


class JudgedCall(msgspec.Struct, frozen=True, kw_only=True):
    """One call, judged. Seconds run from `received_us`; None where the record has no time.

    `rule`, `duty` and the limits are those of the policy's decision in the period that decided. `period` says what
    began that period where it was not the call itself. `sent`: whether the record says that a unit was sent
    (None: nobody asked it). `decided_s` is when a duty that left a choice was
    decided for a response. `decider` and `links` belong to a decision not to respond;
    `recorder_is_decider` is None where the record does not say who wrote the decision down.
    """

    key: str
    row_key: str
    received_us: int | None
    ruling: Ruling
    facts: dict[str, FactValue] = {}
    version: str | None = None
    rule: str | None = None
    duty: str | None = None
    limit_s: int | None = None
    arrive_limit_s: int | None = None
    decided_s: int | None = None
    dispatched_s: int | None = None
    contact_s: int | None = None
    arrived_s: int | None = None
    disposition_raw: str | None = None
    type: str = ""
    priority: str = ""
    district: str = ""
    beat: str = ""
    origin: str = ""
    entry_kind: str = ""
    sent: Known | None = None
    period: str | None = None
    decider: str | None = None
    clause: str | None = None
    links: Links | None = None
    recorder_is_decider: bool | None = None

    @property
    def outcome(self) -> Outcome:
        """The outcome printed for this call."""
        return self.ruling.outcome

    @property
    def effective(self) -> Outcome:
        """What happened to the caller; for a call merged into an unknown one this stays `merged`."""
        return self.ruling.effective
