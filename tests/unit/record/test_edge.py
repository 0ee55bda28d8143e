"""The second way of hashing gives the same tree as the first, at every size, from any stored state."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.proof.tree import (
    EMPTY_ROOT,
    RightEdge,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_at,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from answerable.record.edge import Edge, leaf_hash_again, rebuilt
from answerable.record.ports import StoredTile

LEAVES = [leaf_hash(b"%d" % number) for number in range(70_000)]
SIZES = [0, 1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 70_000]


class Grown:
    """A tree grown leaf by leaf, with the tiles it left behind."""

    def __init__(self, size: int) -> None:
        self.edge = Edge()
        self.tiles: dict[tuple[int, int], StoredTile] = {}
        for leaf in LEAVES[:size]:
            for tile in self.edge.append(leaf):
                self.tiles[tile.level, tile.index] = tile

    def find(self, level: int, index: int) -> StoredTile | None:
        return self.tiles.get((level, index))

    def roots(self, level: int, first: int, count: int) -> list[bytes]:
        return [self.tiles[level, index].root for index in range(first, first + count)]


@pytest.fixture(scope="module")
def grown() -> Grown:
    return Grown(70_000)


@pytest.mark.parametrize("size", SIZES)
def test_grown_leaf_by_leaf_it_has_the_root_of_all_leaves_at_once(size: int) -> None:
    right_edge = RightEdge()
    for leaf in LEAVES[:size]:
        right_edge.append(leaf)
    assert Grown(size).edge.root() == root_of(LEAVES[:size]) == right_edge.root()


def test_an_empty_tree_has_the_root_of_nothing() -> None:
    assert Edge().root() == EMPTY_ROOT


@pytest.mark.parametrize("size", SIZES)
def test_rebuilt_from_what_is_stored_it_grows_on_as_before(size: int, grown: Grown) -> None:
    stored = Grown(size)
    edge = rebuilt(size, leaves=LEAVES[size // 256 * 256 : size], roots=stored.roots)
    assert edge.root() == stored.edge.root()
    for leaf in LEAVES[size : size + 300]:
        assert edge.append(leaf) == stored.edge.append(leaf)
    assert edge.root() == stored.edge.root()


@given(size=st.integers(1, 70_000), data=st.data())
def test_its_hashes_prove_inclusion_and_consistency_at_any_size(grown: Grown, size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(0, size))
    hash_at = grown.edge.hash_at(grown.find)
    root = root_at(size, hash_at)
    verify_inclusion(LEAVES[index], index=index, size=size, proof=inclusion_proof(index, size, hash_at), root=root)
    verify_consistency(
        old_size=old,
        old_root=root_at(old, hash_at),
        new_size=size,
        new_root=root,
        proof=consistency_proof(old, size, hash_at),
    )


def test_a_full_tile_has_its_hashes_and_the_root_over_them() -> None:
    tile = Grown(256).tiles[0, 0]
    assert tile.hashes == b"".join(LEAVES[:256])
    assert tile.root == root_of(LEAVES[:256])


def test_growing_a_copy_leaves_the_original_as_it_was() -> None:
    edge = Grown(300).edge
    before = edge.root()
    copy = edge.copy()
    for leaf in LEAVES[:400]:
        copy.append(leaf)
    assert (edge.size, edge.root()) == (300, before)


def test_a_missing_tile_is_said_not_guessed() -> None:
    with pytest.raises(LookupError, match="missing"):
        Grown(600).edge.copy().hash_at(lambda *_: None)(0, 3)


@given(body=st.binary(max_size=300))
def test_both_ways_hash_a_leaf_as_the_rfc_says(body: bytes) -> None:
    assert leaf_hash_again(body) == leaf_hash(body) == hashlib.sha256(b"\x00" + body).digest()
