"""Evidence that grows day by day: the strata of whole days, counted once each, district by district."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from answerable.answer.compare.arrays import tables
from answerable.answer.compare.calls import Stratum
from answerable.answer.compare.evidence import Evidence, EvidenceStore
from answerable.answer.compare.protocol import PLAIN


def watch(strata: Sequence[Stratum], *, who: str, before_day: str, store: EvidenceStore) -> list[Evidence]:
    """Count every stratum of a day before `before_day` that was not counted yet: the evidence of each district after.

    Days are local, as `ComparedCall.day` has them: the last day of a record is not over. What was counted is never
    counted again, so that looking often changes nothing.
    """
    by_district: dict[str, list[Stratum]] = defaultdict(list)
    for stratum in strata:
        day = stratum.claimed[0].day
        if day < before_day:
            by_district[stratum.claimed[0].district].append(stratum)
    return [_counted(store, who, district, listed) for district, listed in sorted(by_district.items())]


def _counted(store: EvidenceStore, who: str, district: str, strata: Sequence[Stratum]) -> Evidence:
    evidence = store.read(who, district)
    for stratum in sorted(strata, key=lambda one: one.claimed[0].received_us):
        at_us = stratum.claimed[-1].received_us
        if evidence.through_day is not None and stratum.claimed[0].day <= evidence.through_day:
            continue
        for table in tables([stratum], PLAIN.late_of):
            evidence = evidence.after(table, at_us=at_us)
    days = [stratum.claimed[0].day for stratum in strata]
    evidence = evidence.through(max(days))
    store.write(evidence)
    return evidence
