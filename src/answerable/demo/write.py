"""The story on disk, and what is true in it by construction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from answerable.demo import ledger
from answerable.demo.asked import Asked, Fate
from answerable.demo.city import STARTS
from answerable.demo.export import COLUMNS, call_rows, csv_text
from answerable.demo.files import package_files, write_files
from answerable.demo.filled import REGISTERED, filled, registration
from answerable.demo.history import History, Told, history
from answerable.demo.remembered import COLUMNS as LIST_COLUMNS
from answerable.demo.remembered import WITH_RECEIPT, Remembered, list_rows, remembered
from answerable.demo.requests import COVERED_BY_NO_RULE, DENIED_ON_19_JUNE, DENIED_TOO_LATE, REOPENED

NOTICE = (
    "Alder City, its calls, its people and its documents are made up. They are modelled on one press report about a "
    "dispute in Portland, Oregon, in the summer of 2018."
)

CALLS_FILE = "alder-city-calls.csv"
LIST_FILE = "evidence/union-list.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The files of the story, and the ground truth that an examination of them must find.

    `exported_at`: when the calls were exported; nothing later is in the file. `unheard_elsewhere` are the two calls
    nobody has complained of, `unheard_life_at_risk` one of them. `denied_too_late` was refused after its condition was
    met, `covered_by_no_rule` by no clause; `listed` is the union's list. `counts` are true by construction.
    """

    folder: Path
    calls: Path
    facts: Path
    decisions: Path
    policies: Path
    claims: tuple[Path, ...]
    evidence: tuple[Path, ...]
    notice: str
    exported_at: datetime
    unheard_building: str
    unheard_elsewhere: tuple[str, str]
    unheard_life_at_risk: str
    denial_of_19_june: str
    reopened_request: str
    denied_too_late: str
    covered_by_no_rule: str
    listed: Path
    registration: Path
    remembered: tuple[Remembered, ...]
    requests: tuple[str, ...]
    counts: dict[str, int]

    @property
    def unheard(self) -> frozenset[str]:
        """The three calls nobody answered."""
        return frozenset({self.unheard_building, *self.unheard_elsewhere})

    def keep_receipt(self, text: bytes) -> Path:
        """The receipt of the unheard call from the building, which its caller kept, goes with the union's list."""
        name = f"receipts/{self.unheard_building}.tlog-proof"
        rows = list_rows(self.remembered, receipts={WITH_RECEIPT: name})
        folder = self.listed.parent
        write_files(folder, {name: text, self.listed.name: csv_text(LIST_COLUMNS, rows).encode()})
        return folder / name


def write_story(folder: Path, *, seed: int = 2018) -> Story:
    """Write the story of one summer in a made-up city below `folder`, which is made where it is missing.

    The same seed gives the same bytes; another seed gives other calls around the same events. Raises StorageError
    where the disk refuses.
    """
    told = history(seed)
    entries = tuple(remembered(told.calls))
    shipped = filled(package_files(), {"danger_calls": _counts(told.calls)["building_calls_in_danger"]})
    tables = {
        CALLS_FILE: csv_text(COLUMNS, call_rows(told)),
        "facts.csv": csv_text(ledger.FACT_COLUMNS, ledger.fact_rows()),
        "decisions.csv": csv_text(ledger.DECISION_COLUMNS, ledger.decision_rows()),
        LIST_FILE: csv_text(LIST_COLUMNS, list_rows(entries, receipts={})),
    }
    made = {REGISTERED: registration(shipped), **{name: text.encode() for name, text in tables.items()}}
    write_files(folder, {**shipped, **made})
    return _story(folder, told, shipped=sorted(shipped, key=_in_order), entries=entries)


def _in_order(name: str) -> tuple[str, int, str]:
    """Claims in the order of their numbers, 10 after 9."""
    folder, _, file = name.rpartition("/")
    number = file.partition("-")[0]
    return folder, int(number) if number.isdigit() else 0, file


def _story(folder: Path, told: History, *, shipped: Sequence[str], entries: tuple[Remembered, ...]) -> Story:
    unheard = [one for one in told.calls if one.asked.fate is Fate.NOTHING]
    building = next(one.number for one in unheard if one.asked.place == "FEDPROP")
    first, second = (one.number for one in unheard if one.number != building)
    return Story(
        folder=folder,
        calls=folder / CALLS_FILE,
        facts=folder / "facts.csv",
        decisions=folder / "decisions.csv",
        policies=folder / "policies",
        claims=tuple(folder / name for name in shipped if name.startswith("claims/")),
        evidence=tuple(folder / name for name in shipped if name.startswith("evidence/")),
        notice=NOTICE,
        exported_at=STARTS + timedelta(seconds=told.until_s),
        unheard_building=building,
        unheard_elsewhere=(first, second),
        unheard_life_at_risk=next(one.number for one in unheard if one.asked.life_safety),
        denial_of_19_june=DENIED_ON_19_JUNE,
        reopened_request=REOPENED,
        denied_too_late=DENIED_TOO_LATE,
        covered_by_no_rule=COVERED_BY_NO_RULE,
        listed=folder / LIST_FILE,
        registration=folder / REGISTERED,
        remembered=entries,
        requests=tuple(one.number for one in told.calls if one.asked.fate is Fate.REQUEST),
        counts=_counts(told.calls),
    )


def _counts(calls: Sequence[Told]) -> dict[str, int]:
    fates = [one.asked.fate for one in calls]
    return {
        "rows": len(calls),
        "requests": fates.count(Fate.REQUEST),
        "building_calls": sum(_from_the_building(one.asked) for one in calls),
        "building_calls_in_danger": sum(
            _from_the_building(one.asked) and one.asked.life_safety is True for one in calls
        ),
        "officer_initiated": fates.count(Fate.ON_VIEW),
        "information_and_broadcasts": fates.count(Fate.NOTE),
        "tests": fates.count(Fate.TEST),
        "duplicates": fates.count(Fate.DUPLICATE),
        "duplicates_of_no_known_call": sum(
            one.asked.fate is Fate.DUPLICATE and one.asked.same_as is None for one in calls
        ),
        "abandoned": sum(one.asked.abandoned for one in calls),
        "answered_by_telephone": fates.count(Fate.PHONE),
        "cancelled_before_dispatch": fates.count(Fate.CANCELLED),
        "unheard": fates.count(Fate.NOTHING),
    }


def _from_the_building(asked: Asked) -> bool:
    return asked.place == "FEDPROP" and asked.requester == "FEDERAL" and asked.fate is not Fate.REQUEST
