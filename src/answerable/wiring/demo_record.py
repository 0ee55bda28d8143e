"""The story's own record: every call, fact and decision is an entry, made when the story says; all of it is published.

It has the story's clock, so that each entry stands at the time at which the desk would have made it, and a witness, so
that not only its keeper vouches for it. Keys are new each time.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from answerable.answer.registration import written
from answerable.demo import Story, StoryEntry, story_entries
from answerable.errors import AnswerableError, InputError
from answerable.model.times import SECOND_US, parse_instant
from answerable.proof.note import KeyKind, SigningKey, VerifierKey
from answerable.proof.quorum import Party, TrustPolicy
from answerable.proof.sealing import seal_of
from answerable.proof.tiles import TILE_HASHES
from answerable.record.entry import Draft, EntryType
from answerable.record.log import MOST_IN_A_BATCH
from answerable.record.ports import Mark
from answerable.record.prepared import prepare
from answerable.record.proving import find_entry, prove
from answerable.record.witness import NOTHING_SEEN, cosign
from answerable.stores.durable_files import replace_file
from answerable.stores.record_folder import SETTINGS, RecordFolder, RecordSettings
from answerable.stores.tile_folder import TileFolder
from answerable.stores.web import Answer
from answerable.wiring.bundling import Given, bundle_result, sealed_draft
from answerable.wiring.disk_folder import pieces_of
from answerable.wiring.log_reading import read_log_versions
from answerable.wiring.policies import load_one, policy_files
from answerable.wiring.publishing import publish
from answerable.wiring.recording import OpenRecord, chance, create_record, open_record

ORIGIN = "alder-city.example/desk/2018"
WITNESS = "clerk.alder-county.example"
OPENED_US = parse_instant("2017-12-15T08:30:00-08:00")
REGISTERED_US = parse_instant("2018-08-03T15:00:00-07:00")
FOUND_US = parse_instant("2018-08-06T09:00:00-07:00")
NO_EMBARGO_S = -1


class StoryRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The record of a story: how many entries, the receipt of the refusal, the log's key as it is published, whom to
    believe (the log and its witness), and what was read of the log."""

    folder: Path
    public: Path
    entries: int
    denial: Path
    key: Path
    trust: Path
    log: Path


class StoryClock:
    """A clock that stands where the story is."""

    def __init__(self) -> None:
        self.at_us = OPENED_US

    def __call__(self) -> int:
        """Microseconds since the epoch."""
        return self.at_us


class CountyClerk:
    """The story's witness: cosigns what continues the last state it saw, as `answerable witness serve` does."""

    def __init__(self, clock: StoryClock) -> None:
        self.key = SigningKey.generate(WITNESS, kind=KeyKind.WITNESS)
        self.logs = dict[str, list[VerifierKey]]()
        self._clock, self._last = clock, NOTHING_SEEN

    def ask(self, asked: Mapping[str, bytes]) -> dict[str, Answer]:
        """Answer a request to cosign, wherever it was sent."""
        return {address: self._answer(body) for address, body in asked.items()}

    def last(self, origin: str) -> Mark:  # noqa: ARG002  it knows one log
        """The last state cosigned."""
        return self._last

    def replace(self, origin: str, *, before: Mark, after: Mark) -> bool:  # noqa: ARG002
        """Remember a state."""
        self._last = after
        return True

    def _answer(self, body: bytes) -> Answer:
        said = cosign(body, logs=self.logs, seen=self, key=self.key, now_s=self._clock() // SECOND_US)
        return said.status, said.body.encode()


class StoryDesk:
    """The record of a story while it is being told: `keep` it first, then `conclude` with the report."""

    def __init__(self, out: Path, story: Story, *, progress: Callable[[str, int, int | None], None] | None) -> None:
        self._out, self._story, self._progress = out, story, progress
        self._folder, self._public, self._trust = out / "record", out / "public", out / "trust.txt"
        self._clock = StoryClock()
        self._clerk, self._size, self._refused = CountyClerk(self._clock), 0, ""

    @property
    def log(self) -> Path:
        """What was read of the log."""
        return self._out / "log.json"

    def keep(self) -> None:
        """Enter the story into a new record, publish it, and hand out what people hold: a receipt, a registration,
        what was read of the log.

        An earlier demo's record is replaced; anybody else's is refused with InputError.
        """
        _remove_earlier(self._folder, self._public)
        create_record(self._folder, RecordSettings(origin=ORIGIN), clock=self._clock)
        with self._open() as record:
            key = record.keyring.signing(now_us=self._clock())[0].verifier
            self._clerk.logs[key.name] = [key]
            entries = list(_entries(self._story))
            self._refused = next(one.draft.id for one in entries if self._is_refusal(one.draft))
            self._enter(record, entries)
            self._register(record)
            self._publish(record)
            self._story.keep_receipt(_receipt(record, self._story.unheard_building))
        replace_file(self._trust, _trust_text(key, self._clerk.key.verifier))
        read_log_versions(str(self._public), trust=TrustPolicy.parse(self._trust.read_bytes()), out=self.log)

    def conclude(self, report: Path, given: Given) -> StoryRecord:
        """Make `report` a bundle, enter it, publish, and give the receipt of the refusal."""
        self._clock.at_us = FOUND_US
        number = self._story.denial_of_19_june
        denial = self._out / "receipts" / f"{number}-denial.tlog-proof"
        with self._open() as record:
            bundle_result(report, given, record=record)
            replace_file(denial, _receipt(record, self._refused, private=True))
            self._publish(record)
        return StoryRecord(
            folder=self._folder, public=self._public, entries=self._size, denial=denial, key=self._public / "log.vkey",
            trust=self._trust, log=self.log,
        )  # fmt: skip

    def _is_refusal(self, draft: Draft) -> bool:
        return draft.type is EntryType.DENIAL and draft.about == self._story.denial_of_19_june

    @contextmanager
    def _open(self) -> Iterator[OpenRecord]:
        with open_record(self._folder, clock=self._clock) as record:
            yield record

    def _enter(self, record: OpenRecord, entries: list[StoryEntry]) -> None:
        for first in range(0, len(entries), MOST_IN_A_BATCH):
            batch = entries[first : first + MOST_IN_A_BATCH]
            self._clock.at_us = batch[-1].recorded_us
            ready = [prepare(one.draft, recorded_at_us=one.recorded_us, chance=chance) for one in batch]
            for answer in record.writing.submit(ready):
                if isinstance(answer, AnswerableError):
                    raise answer
            if self._progress is not None:
                self._progress("recording the calls", first, len(entries))

    def _register(self, record: OpenRecord) -> None:
        """What will be compared is registered, and sealed in the log, before anybody looks."""
        self._clock.at_us = REGISTERED_US
        file = self._story.registration
        content = file.read_bytes()
        record.writing.append(sealed_draft(EntryType.ALLEGATION, file.name, seal_of([content])))
        replace_file(file, written(json.loads(content)["content"], sealed_at_us=REGISTERED_US))

    def _publish(self, record: OpenRecord) -> None:
        url = f"http://{WITNESS}/"
        trust = TrustPolicy(witnesses={WITNESS: Party(self._clerk.key.verifier, url)}, quorum=WITNESS)
        target = TileFolder(self._public)
        with target.one_publisher():
            done = publish(
                record, target, out=self._public, embargo_s=NO_EMBARGO_S, trust=trust, witnesses=self._clerk,
                full_bundles=self._size // TILE_HASHES,
            )  # fmt: skip
        self._size = done.size


def _entries(story: Story) -> Iterator[StoryEntry]:
    """Everything of the story in the order in which it was recorded, each version of the policy at its issue."""
    policies = [
        StoryEntry(load_one(file).issued_at_us, sealed_draft(EntryType.POLICY, file.name, seal_of(pieces_of(file))))
        for file in policy_files(story.policies)
    ]
    yield from sorted([*policies, *story_entries(story)], key=lambda one: one.recorded_us)


def _receipt(record: OpenRecord, entry: str, *, private: bool = False) -> bytes:
    receipt = prove(
        find_entry(entry, store=record.store),
        snapshot=record.writing.sequencer.snapshot,
        store=record.store,
        vault=record.vault if private else None,
    )
    return receipt.text().encode()


def _trust_text(log: VerifierKey, witness: VerifierKey) -> bytes:
    return f"log {log}\nwitness {WITNESS} {witness}\nquorum {WITNESS}\n".encode()


def _remove_earlier(folder: Path, public: Path) -> None:
    if (folder / SETTINGS).exists() and RecordFolder(folder).settings.origin != ORIGIN:
        raise InputError(f"{folder} holds the record of another log than the demo's.", hint="Name another --out.")
    for earlier in (folder, public):
        shutil.rmtree(earlier, ignore_errors=True)
