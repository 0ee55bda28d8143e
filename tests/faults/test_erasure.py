"""What was taken out is in no file any more: not the value, not its salt, not its key. Nothing private is public."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.support.fault_runs import runs

from answerable import wiring
from answerable.proof.receipt import Receipt
from answerable.record.private import _key
from answerable.wiring.recording import open_record, read_record

CALLS = runs(600, full=20_000)
ERASED = runs(40, full=1_000)


def private(number: int) -> dict[str, str]:
    return {"phone": f"canary-phone-{number:07d}", "name": f"canary-name-{number:07d}"}


def made(tmp_path: Path) -> Path:
    """A record of calls, each with values that can be told from everything else."""
    folder = tmp_path / "desk"
    wiring.make_record(folder, origin="alder.example/desk/2018h1", database=None, high_water=None, after=None)
    order = random.Random(5).sample(range(CALLS), CALLS)
    lines = [
        json.dumps({"id": f"call-{number}", "type": "call", "public": {"n": number}, "private": private(number)})
        for number in order
    ]
    blocks = ("\n".join(lines[at : at + 50]).encode() + b"\n" for at in range(0, CALLS, 50))
    wiring.append_lines(folder, blocks, name="calls", receipts=None)
    return folder


def files(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path, path.read_bytes()


def where(needle: bytes, folder: Path) -> list[str]:
    return [path.name for path, content in files(folder) if needle in content]


@pytest.mark.timeout(1800)
def test_after_a_redaction_value_salt_and_key_are_in_no_file_and_siblings_open(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    folder = made(tmp_path)
    numbers = random.Random(6).sample(range(CALLS), ERASED)
    with read_record(folder) as record:
        salts = record.vault.salts([f"call-{number}" for number in numbers])
    phones = {number: salts[f"call-{number}"]["phone"] for number in numbers}
    assert all(where(salt, folder) for salt in phones.values()), "the search finds a salt that is there"
    before = {number: wiring.receipt_for(folder, f"call-{number}", private=False) for number in numbers[:3]}
    for number in numbers:
        wiring.redact_fields(folder, f"call-{number}", fields=("phone",), ground="test", by="a", approved_by="b")
        assert where(phones[number], folder) == []
    for number, salt in phones.items():
        for needle in (salt, salt.hex().encode(), _key(salt), private(number)["phone"].encode()):
            assert where(needle, folder) == []
    examined = wiring.examine_record(folder, resume=False)
    assert examined.faults == ()
    assert examined.erased_fields == ERASED
    for number, receipt in before.items():
        shown = wiring.receipt_for(folder, f"call-{number}", private=True)
        assert shown.index == receipt.index
        assert len(Receipt.parse(shown.receipt.encode()).carried().disclosures) == 2
    record_property("counted", f"{ERASED} of {CALLS} calls redacted, nothing of them in any file")


def test_a_vault_brought_back_from_a_backup_forgets_again_what_was_erased(tmp_path: Path) -> None:
    folder = made(tmp_path)
    backup = tmp_path / "vault-backup.db"
    shutil.copy(folder / "vault.db", backup)
    wiring.redact_fields(folder, "call-1", fields=("phone",), ground="test", by="a", approved_by="b")
    with read_record(folder) as record:
        assert "phone" not in record.vault.salts(["call-1"])["call-1"]
    for path in folder.glob("vault.db*"):
        path.unlink()
    shutil.copy(backup, folder / "vault.db")
    found = wiring.examine_record(folder, resume=False).faults
    assert ["salt is still in the vault" in fault.what for fault in found] == [True]
    with open_record(folder):
        pass
    assert wiring.examine_record(folder, resume=False).faults == ()


def test_a_stop_between_a_redaction_and_the_erasing_is_made_good_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = made(tmp_path)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("answerable.stores.sqlite_vault.SqliteVault.erase", killed)
        with pytest.raises(KeyboardInterrupt):
            wiring.redact_fields(folder, "call-1", fields=("phone",), ground="test", by="a", approved_by="b")
    with open_record(folder) as record:
        assert set(record.vault.salts(["call-1"])["call-1"]) == {"", "name"}
    assert wiring.examine_record(folder, resume=False).faults == ()


def test_no_private_value_no_salt_and_no_key_is_in_any_public_file(tmp_path: Path) -> None:
    folder, public = made(tmp_path), tmp_path / "public"
    wiring.publish_record(folder, out=public, embargo_s=-1, trust=wiring.read_trust(None, ()))
    assert where(b'"id":"call-1"', public), "the entries themselves are there"
    assert where(b"canary", public) == []
    assert where(b"PRIVATE", public) == []
    with read_record(folder) as record:
        salts = record.vault.salts([f"call-{number}" for number in range(50)])
    for named in salts.values():
        for salt in named.values():
            assert where(salt, public) == []


def test_under_embargo_no_entry_is_public_and_every_hash_is(tmp_path: Path) -> None:
    folder, public = made(tmp_path), tmp_path / "public"
    shown = wiring.publish_record(folder, out=public, embargo_s=3_600, trust=wiring.read_trust(None, ()))
    assert shown.entries == 0
    assert where(b"call-", public) == []
    assert not (public / "tile" / "entries").exists()
    assert (public / "tile" / "0" / "000").is_file()


def test_only_the_owner_can_read_what_is_secret(tmp_path: Path) -> None:
    folder = made(tmp_path)
    for name in ("record.db", "vault.db", "high-water", "record.toml", "keys/keyring.json"):
        assert (folder / name).stat().st_mode & 0o077 == 0, name
    assert all(path.stat().st_mode & 0o077 == 0 for path in (folder / "keys").iterdir())
