"""What a store must do. Run on memory, SQLite and PostgreSQL."""

from __future__ import annotations

import msgspec
import pytest
from tests.contract.conftest import Adapters

from answerable.errors import ForkedLogError
from answerable.proof.tree import EMPTY_ROOT, leaf_hash
from answerable.record.ports import Batch, Head, Store, StoredEntry, StoredTile
from answerable.record.private import SealedValue

NOTHING = Head(size=0, root=EMPTY_ROOT, note=b"")
TILE = StoredTile(level=0, index=0, root=b"r" * 32, hashes=b"h" * 8192)
VALUE = SealedValue(name="phone", nonce=b"n" * 12, ciphertext=bytes(range(256)))


def entry(index: int, body: bytes = b"{}") -> StoredEntry:
    return StoredEntry(index=index, id=f"id-{index}", recorded_at_us=index, leaf=leaf_hash(body), body=body)


def head(size: int, root: bytes = b"R" * 32) -> Head:
    return Head(size=size, root=root, note=f"note {size}\n".encode())


def batch(before: Head, after: Head, **more: object) -> Batch:
    entries = [entry(index) for index in range(before.size, after.size)]
    made = Batch(before=before, after=after, entries=entries, tiles=[], sealed={})
    return msgspec.structs.replace(made, **more)


def filled(store: Store, size: int = 3) -> Store:
    store.commit(batch(NOTHING, head(size)))
    return store


def test_a_new_store_is_empty(adapters: Adapters) -> None:
    store = adapters.store()
    assert store.head() == NOTHING
    assert list(store.entries(0, 10)) == []
    assert store.find(["id-0"]) == {}
    assert store.tile(0, 0) is None
    assert store.tile_roots(0, 0, 0) == []
    assert store.sealed("id-0") == {}
    assert store.erased() == []


def test_a_committed_batch_is_found_whole_also_after_opening_again(adapters: Adapters) -> None:
    whole = batch(NOTHING, head(2), tiles=[TILE], sealed={"id-1": [VALUE]}, erased=[("id-0", "name")])
    adapters.store().commit(whole)
    store = adapters.store()
    assert store.head() == head(2)
    assert list(store.entries(0, 10)) == [entry(0), entry(1)]
    assert store.find(["id-1", "other"]) == {"id-1": entry(1)}
    assert store.tile(0, 0) == TILE
    assert store.tile_roots(0, 0, 1) == [TILE.root]
    assert store.sealed("id-1") == {"phone": VALUE}
    assert store.erased() == [("id-0", "name")]


def test_every_byte_of_a_body_comes_back(adapters: Adapters) -> None:
    body = bytes(range(256)) * 200
    store = adapters.store()
    store.commit(batch(NOTHING, head(1), entries=[entry(0, body)]))
    (found,) = store.entries(0, 1)
    assert found.body == body


@pytest.mark.parametrize(("first", "count", "expected"), [(0, 2, [0, 1]), (1, 9, [1, 2]), (2, 0, []), (3, 5, [])])
def test_entries_are_read_from_an_index_on_in_order(
    adapters: Adapters, first: int, count: int, expected: list[int]
) -> None:
    store = filled(adapters.store())
    assert [one.index for one in store.entries(first, count)] == expected


def test_a_long_stretch_is_read_in_order_without_a_gap(adapters: Adapters) -> None:
    store = filled(adapters.store(), 2_500)
    assert [one.index for one in store.entries(7, 2_400)] == list(range(7, 2_407))


@pytest.mark.parametrize("before", [head(2), head(3, root=b"X" * 32), NOTHING, head(4)])
def test_a_batch_on_another_head_than_the_stored_one_writes_nothing(adapters: Adapters, before: Head) -> None:
    store = filled(adapters.store())
    with pytest.raises(ForkedLogError):
        store.commit(batch(before, head(5), tiles=[TILE], entries=[entry(4)], erased=[("id-0", "name")]))
    assert store.head() == head(3)
    assert [one.index for one in store.entries(0, 9)] == [0, 1, 2]
    assert store.tile(0, 0) is None
    assert store.erased() == []


def test_after_a_refused_batch_the_right_one_is_accepted(adapters: Adapters) -> None:
    store = filled(adapters.store())
    with pytest.raises(ForkedLogError):
        store.commit(batch(NOTHING, head(1)))
    store.commit(batch(head(3), head(4)))
    assert store.head() == head(4)


def test_the_roots_of_full_tiles_come_in_their_order(adapters: Adapters) -> None:
    tiles = [StoredTile(level=1, index=n, root=bytes([n]) * 32, hashes=b"h" * 8192) for n in (2, 0, 1, 3)]
    store = adapters.store()
    store.commit(batch(NOTHING, head(1), tiles=tiles))
    assert store.tile_roots(1, 1, 2) == [b"\x01" * 32, b"\x02" * 32]


def test_one_who_only_reads_sees_each_commit_and_writes_nothing(adapters: Adapters) -> None:
    if not adapters.durable:
        return  # memory has no second door
    store = filled(adapters.store())
    reader = adapters.store(write=False)
    assert reader.head() == head(3)
    store.commit(batch(head(3), head(4)))
    assert reader.head() == head(4)
    with pytest.raises(Exception, match="for reading only"):
        reader.commit(batch(head(4), head(5)))
    assert store.head() == head(4)
