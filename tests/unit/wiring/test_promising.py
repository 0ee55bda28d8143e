"""A promise made over a record's own entries, from the fault to the receipt."""

from __future__ import annotations

from pathlib import Path

from answerable.proof import VerifierKey, open_promise
from answerable.record.entry import Draft, EntryType
from answerable.record.prepared import prepare
from answerable.stores.record_folder import RecordSettings
from answerable.wiring.promising import KEY_FILE, open_promiser
from answerable.wiring.recording import chance, create_record, open_record

CALL = Draft(id="c-1", type=EntryType.CALL, public={"event": "call.received"}, private={"place": "12 Alder Street"})


def made(path: Path) -> Path:
    create_record(path, RecordSettings(origin="alder.example/desk/2018h1"))
    return path


def test_what_is_recorded_late_with_the_same_salts_keeps_the_promise(tmp_path: Path) -> None:
    with open_record(made(tmp_path / "log")) as record:
        promiser = open_promiser(record.folder, record.writing)
        kept_aside = record.writing.prepared(CALL)
        word = promiser.promise(kept_aside, at_us=kept_aside.recorded_at_us)
        again = prepare(
            CALL, recorded_at_us=kept_aside.recorded_at_us + 1_000_000, chance=chance, salts=kept_aside.salts
        )
        record.writing.submit([again])
        promise, _ = open_promise(word, [VerifierKey.parse(promiser.key)])
        assert promise.is_kept_by(record.store.find(["c-1"])["c-1"].body)
        assert b"Alder Street" not in word


def test_other_salts_make_another_entry(tmp_path: Path) -> None:
    with open_record(made(tmp_path / "log")) as record:
        promiser = open_promiser(record.folder, record.writing)
        word = promiser.promise(record.writing.prepared(CALL), at_us=1)
        record.writing.submit([record.writing.prepared(CALL)])
        promise, _ = open_promise(word, [VerifierKey.parse(promiser.key)])
        assert not promise.is_kept_by(record.store.find(["c-1"])["c-1"].body)


def test_the_log_announces_the_key_once_and_keeps_it_from_other_people(tmp_path: Path) -> None:
    path = made(tmp_path / "log")
    keys = set()
    for _ in range(2):
        with open_record(path) as record:
            promiser = open_promiser(record.folder, record.writing)
            keys.add(promiser.key)
            told = [entry.body for entry in record.store.entries(0, 10) if b'"signs":"promises"' in entry.body]
            assert len(told) == 1
            assert promiser.key.encode() in told[0]
    assert len(keys) == 1
    assert (path / "keys" / KEY_FILE).stat().st_mode & 0o077 == 0
