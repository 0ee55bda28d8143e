"""The story's own record: every call, fact and decision is an entry, the result is a bundle, and all is published."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from answerable.demo import Story
from answerable.errors import AnswerableError, InputError
from answerable.model.times import parse_instant
from answerable.proof.quorum import TrustPolicy
from answerable.proof.sealing import seal_of
from answerable.record.entry import Draft, EntryType
from answerable.record.log import MOST_IN_A_BATCH
from answerable.record.proving import find_entry, prove
from answerable.stores.durable_files import replace_file
from answerable.stores.record_folder import SETTINGS, RecordFolder, RecordSettings
from answerable.wiring.bundling import Given, bundle_result, sealed_draft
from answerable.wiring.disk_folder import pieces_of
from answerable.wiring.policies import policy_files
from answerable.wiring.publishing import publish_record
from answerable.wiring.recording import OpenRecord, create_record, open_record

ORIGIN = "alder-city.example/desk/2018"
TYPES = {"decline": EntryType.DENIAL, "decline_with_conditions": EntryType.DENIAL, "review": EntryType.REVIEW}
"""What each kind of decision is in the record; any other is a decision."""

NO_EMBARGO_S = -1


class StoryRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The record of a story: how many entries, the receipt of the refusal, and the log's key as it is published."""

    folder: Path
    public: Path
    entries: int
    denial: Path
    key: Path


def record_story(
    out: Path, story: Story, *, report: Path, source: str, progress: Callable[[str, int, int | None], None] | None
) -> StoryRecord:
    """Enter the story into a new record in `out/record`, make `report` a bundle, publish into `out/public`.

    An earlier demo's record is replaced; anybody else's is refused with InputError.
    """
    folder, public = out / "record", out / "public"
    _remove_earlier(folder, public)
    create_record(folder, RecordSettings(origin=ORIGIN))
    denial = out / "receipts" / f"{story.denial_of_19_june}-denial.tlog-proof"
    with open_record(folder) as record:
        entries = list(_entries(story))
        for first in range(0, len(entries), MOST_IN_A_BATCH):
            _enter(record, entries[first : first + MOST_IN_A_BATCH])
            if progress is not None:
                progress("recording the calls", first, len(entries))
        given = Given(
            files=(story.calls,),
            policies=(story.policies,),
            facts=story.facts,
            decisions=story.decisions,
            claims=story.claims,
            options=(("--source", source),),
        )
        bundle_result(report, given, record=record)
        refused = next(
            one.id for one in entries if one.type is EntryType.DENIAL and one.about == story.denial_of_19_june
        )
        receipt = prove(
            find_entry(refused, store=record.store),
            snapshot=record.writing.sequencer.snapshot,
            store=record.store,
            vault=record.vault,
        )
        replace_file(denial, receipt.text().encode())
    published = publish_record(folder, out=public, embargo_s=NO_EMBARGO_S, trust=TrustPolicy())
    return StoryRecord(folder=folder, public=public, entries=published.size, denial=denial, key=public / "log.vkey")


def _remove_earlier(folder: Path, public: Path) -> None:
    if (folder / SETTINGS).exists() and RecordFolder(folder).settings.origin != ORIGIN:
        raise InputError(f"{folder} holds the record of another log than the demo's.", hint="Name another --out.")
    for earlier in (folder, public):
        shutil.rmtree(earlier, ignore_errors=True)


def _enter(record: OpenRecord, drafts: list[Draft]) -> None:
    for answer in record.writing.append_all(drafts):
        if isinstance(answer, AnswerableError):
            raise answer


def _entries(story: Story) -> Iterator[Draft]:
    """The policy, calls in the order of their receipt, then what was told and decided about them."""
    for policy in policy_files(story.policies):
        yield sealed_draft(EntryType.POLICY, policy.name, seal_of(pieces_of(policy)))
    for row in _rows(story.calls):
        kind = "request_for_assistance" if row["Kind"] == "RFA" else "call"
        told = {column: value for column, value in row.items() if value}
        yield Draft(id=row["CallNumber"], type=EntryType.CALL, public={"kind": kind}, private={"row": told})
    for number, row in enumerate(_rows(story.facts), start=1):
        yield Draft(
            id=f"fact-{number}",
            type=EntryType.FACT,
            about=row["call"],
            occurred_at_us=parse_instant(row["occurred_at"]),
            public={"fact": row["fact"], "value": row["value"]},
            private={"asserted_by": row["asserted_by"]},
        )
    for number, row in enumerate(_rows(story.decisions), start=1):
        yield Draft(
            id=f"decision-{number}",
            type=TYPES.get(row["decision"], EntryType.DECISION),
            about=row["call"],
            occurred_at_us=parse_instant(row["recorded_at"]),
            public={name: row[name] for name in ("decision", "rank", "clause", "reason", "conditions") if row[name]},
            private={name: row[name] for name in ("actor", "recorded_by") if row[name]},
        )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as text:
        yield from csv.DictReader(text)
