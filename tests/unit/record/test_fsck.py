"""Whatever is not as it was signed is found, and named."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from tests.support.records import KEY, ORIGIN, Parts, call, in_memory, log

from answerable.record.entry import TOP
from answerable.record.fsck import Examined, Fsck
from answerable.record.ports import Mark, StoredEntry
from answerable.stores.memory import MemoryStore, MemoryVault


@pytest.fixture(scope="module")
def _record() -> Parts:
    parts = in_memory()
    with log(parts) as open_log:
        open_log.append_all([call(number, phone=str(number), name="Ana") for number in range(600)])
    return parts


@pytest.fixture
def parts(_record: Parts) -> Parts:
    import copy  # noqa: PLC0415

    return copy.deepcopy(_record)


def examined(parts: Parts) -> Examined:
    fsck = Fsck(origin=ORIGIN, store=parts.store, vault=parts.vault, high_water=parts.high_water)
    return fsck.examine(keys=[KEY.verifier])


def said(parts: Parts) -> list[tuple[int | None, str]]:
    return [(fault.index, fault.what) for fault in examined(parts).faults]


def store_of(parts: Parts) -> MemoryStore:
    assert isinstance(parts.store, MemoryStore)
    return parts.store


def change(parts: Parts, index: int, **fields: object) -> None:
    store = store_of(parts)
    changed: StoredEntry = msgspec.structs.replace(store._entries[index], **fields)
    store._entries[index] = changed


def flipped(data: bytes, at: int = 40) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_a_whole_record_has_no_fault(parts: Parts) -> None:
    told = list[int]()
    fsck = Fsck(origin=ORIGIN, store=parts.store, vault=parts.vault, high_water=parts.high_water)
    found = fsck.examine(keys=[KEY.verifier], told=told.append)
    assert found.faults == ()
    assert (found.entries, found.private_fields, found.erased_fields) == (600, 1800, 0)
    assert found.root == parts.store.head().root.hex()
    assert told[-1] == 600


@pytest.mark.parametrize("index", [0, 255, 256, 511])
def test_a_flipped_bit_in_an_entry_names_that_entry_and_no_other(parts: Parts, index: int) -> None:
    change(parts, index, body=flipped(parts.store.find([f"call-{index}"])[f"call-{index}"].body))
    assert said(parts) == [(index, "the entry is not what was signed")]


def test_a_flipped_bit_in_one_of_the_last_entries_names_it_too(parts: Parts) -> None:
    change(parts, 599, body=flipped(parts.store.find(["call-599"])["call-599"].body))
    assert (599, "the entry and the hash kept beside it differ; one of the two is damaged") in said(parts)


@pytest.mark.parametrize("index", [3, 599])
def test_a_flipped_bit_in_the_hash_beside_an_entry_blames_not_the_tree(parts: Parts, index: int) -> None:
    change(parts, index, leaf=b"x" * 32)
    assert said(parts) == [(index, "the entry and the hash kept beside it differ; one of the two is damaged")]


def test_a_flipped_bit_in_a_tile_names_the_tile(parts: Parts) -> None:
    store = store_of(parts)
    store._tiles[0, 1] = msgspec.structs.replace(store._tiles[0, 1], hashes=flipped(store._tiles[0, 1].hashes))
    assert said(parts) == [(None, "tile 0/1 is not what its entries give")]


def test_two_damaged_entries_are_both_named(parts: Parts) -> None:
    for index in (7, 300):
        change(parts, index, body=flipped(parts.store.find([f"call-{index}"])[f"call-{index}"].body))
    assert [index for index, _ in said(parts)] == [7, 300]


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"id": "call-x"}, "the id or the time beside the entry is not the entry's own"),
        ({"recorded_at_us": 1}, "the id or the time beside the entry is not the entry's own"),
    ],
)
def test_what_stands_beside_an_entry_is_compared_with_it(parts: Parts, fields: dict[str, object], what: str) -> None:
    change(parts, 4, **fields)
    assert (4, what) in said(parts)


def test_an_entry_that_is_missing_at_the_end_is_named(parts: Parts) -> None:
    store_of(parts)._entries.pop()
    assert (599, "the last 1 entries are missing") in said(parts)


def test_an_entry_that_is_missing_in_the_middle_is_named(parts: Parts) -> None:
    del store_of(parts)._entries[100]
    assert (100, "the entry is missing") in said(parts)


def damage_value(parts: Parts) -> None:
    value = store_of(parts)._sealed["call-5"]["phone"]
    store_of(parts)._sealed["call-5"]["phone"] = msgspec.structs.replace(value, ciphertext=flipped(value.ciphertext, 3))


def damage_salt(parts: Parts) -> None:
    assert isinstance(parts.vault, MemoryVault)
    parts.vault._salts["call-5"]["phone"] = b"x" * 16


def lose_salt(parts: Parts) -> None:
    parts.vault.erase([("call-5", "phone")])


def lose_values(parts: Parts) -> None:
    del store_of(parts)._sealed["call-5"]


def lose_one_value(parts: Parts) -> None:
    del store_of(parts)._sealed["call-5"]["phone"]


def lose_the_list(parts: Parts) -> None:
    """As one flipped bit in the id beside it does."""
    store_of(parts)._sealed["call-\x15"] = {TOP: store_of(parts)._sealed["call-5"].pop(TOP)}


def swap_values(parts: Parts) -> None:
    from answerable.record.private import seal_values  # noqa: PLC0415

    salt = parts.vault.salts(["call-5"])["call-5"]["phone"]
    (made,) = seal_values(
        {"phone": b'"another number"'}, id="call-5", salts={"phone": salt}, chance=lambda _: b"n" * 12
    )
    store_of(parts)._sealed["call-5"]["phone"] = made


def keep_erased(parts: Parts) -> None:
    store_of(parts)._erased.append(("call-5", "phone"))


@pytest.mark.parametrize(
    ("harm", "what"),
    [
        (damage_value, "private field 'phone' does not open"),
        (damage_salt, "private field 'phone' does not open"),
        (lose_salt, "private field 'phone' has lost its salt, and with it its value"),
        (lose_values, "its private fields are missing"),
        (lose_one_value, "1 of its 2 private fields are missing"),
        (lose_the_list, "the list of its private fields is missing"),
        (swap_values, "private field 'phone' is not what the entry committed to"),
        (keep_erased, "private field 'phone' was taken out, but its salt is still in the vault"),
    ],
)
def test_a_private_field_that_is_not_what_was_entered_is_named(
    parts: Parts, harm: Callable[[Parts], None], what: str
) -> None:
    harm(parts)
    assert said(parts) == [(5, what)]


def test_a_field_that_a_redaction_took_out_is_no_fault(parts: Parts) -> None:
    keep_erased(parts)
    lose_salt(parts)
    found = examined(parts)
    assert found.faults == ()
    assert found.erased_fields == 1


def test_a_head_that_is_not_over_these_entries_is_said(parts: Parts) -> None:
    store = store_of(parts)
    store._head = msgspec.structs.replace(store._head, root=b"x" * 32)
    assert "the root over the entries is not the signed one" in [what for _, what in said(parts)]


def test_a_record_behind_its_mark_is_said(parts: Parts) -> None:
    parts.high_water.write(Mark(size=601, root=b"x" * 32))
    assert any("an old backup" in what for _, what in said(parts))


def test_a_mark_on_another_history_is_said(parts: Parts) -> None:
    parts.high_water.write(Mark(size=599, root=b"x" * 32))
    assert said(parts) == [(None, "the record does not begin with what the high-water mark says was signed")]
