"""Laws of the tree: every size up to 300 with every index, then random changes, of which none may pass."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import slow_tree

from answerable.errors import ConsistencyError, InclusionError
from answerable.proof import (
    RightEdge,
    Tile,
    consistency_proof,
    decode_bundle,
    encode_bundle,
    inclusion_proof,
    leaf_hash,
    parse_path,
    root_at,
    root_of,
    tile_path,
    verify_consistency,
    verify_inclusion,
)

LARGEST = 300
ENTRIES = [f"entry {number}".encode() for number in range(LARGEST)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
ROOTS = [root_of(LEAVES[:size]) for size in range(LARGEST + 1)]


@cache
def hash_at(level: int, index: int) -> bytes:
    return root_of(LEAVES[index << level : (index + 1) << level])


def test_appending_joining_and_reading_give_one_root_at_every_size() -> None:
    edge = RightEdge()
    for size in range(LARGEST + 1):
        assert edge.size == size
        assert edge.root() == ROOTS[size] == root_at(size, hash_at) == RightEdge.at(size, hash_at).root()
        if size < LARGEST:
            edge.append(LEAVES[size])


@pytest.mark.parametrize("size", [*range(40), 127, 128, 129, 255, 256, 257, 300])
def test_the_root_is_that_of_the_definition(size: int) -> None:
    assert ROOTS[size] == slow_tree.mth(ENTRIES[:size])


def test_every_entry_of_every_size_is_included() -> None:
    for size in range(1, LARGEST + 1):
        for index in range(size):
            proof = inclusion_proof(index, size, hash_at)
            assert len(proof) <= (size - 1).bit_length()
            verify_inclusion(LEAVES[index], index=index, size=size, proof=proof, root=ROOTS[size])


def test_every_size_continues_every_smaller_one() -> None:
    for new in range(LARGEST + 1):
        for old in range(new + 1):
            proof = consistency_proof(old, new, hash_at)
            verify_consistency(old_size=old, old_root=ROOTS[old], new_size=new, new_root=ROOTS[new], proof=proof)


@given(st.data())
def test_proofs_are_those_of_the_definition(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 70))
    index = data.draw(st.integers(0, size - 1))
    assert list(inclusion_proof(index, size, hash_at)) == slow_tree.path(index, ENTRIES[:size])
    if index:
        assert list(consistency_proof(index, size, hash_at)) == slow_tree.proof(index, ENTRIES[:size])


@given(st.data())
def test_no_other_leaf_and_no_other_index_is_included(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, LARGEST))
    index, other = data.draw(st.lists(st.integers(0, size - 1), min_size=2, max_size=2, unique=True))
    proof = inclusion_proof(index, size, hash_at)
    for leaf, place in ((LEAVES[other], index), (LEAVES[index], other)):
        with pytest.raises(InclusionError):
            verify_inclusion(leaf, index=place, size=size, proof=proof, root=ROOTS[size])


@given(st.data())
def test_no_history_that_was_rewritten_is_consistent(data: st.DataObject) -> None:
    new = data.draw(st.integers(2, LARGEST))
    old = data.draw(st.integers(1, new - 1))
    changed = data.draw(st.integers(0, old - 1))
    rewritten = [*LEAVES[:changed], leaf_hash(b"rewritten"), *LEAVES[changed + 1 : new]]
    new_root = root_of(rewritten)

    def rewritten_at(level: int, index: int) -> bytes:
        return root_of(rewritten[index << level : (index + 1) << level])

    for proof in (consistency_proof(old, new, hash_at), consistency_proof(old, new, rewritten_at)):
        with pytest.raises(ConsistencyError):
            verify_consistency(old_size=old, old_root=ROOTS[old], new_size=new, new_root=new_root, proof=proof)


@given(st.data())
def test_a_flipped_bit_in_a_proof_is_refused(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, LARGEST))
    index = data.draw(st.integers(0, size - 1))
    proof = list(inclusion_proof(index, size, hash_at))
    at, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
    proof[at] = (int.from_bytes(proof[at], "big") ^ 1 << bit).to_bytes(32, "big")
    with pytest.raises(InclusionError):
        verify_inclusion(LEAVES[index], index=index, size=size, proof=proof, root=ROOTS[size])


@given(st.lists(st.binary(max_size=300), max_size=40))
def test_a_bundle_gives_back_what_went_in(entries: list[bytes]) -> None:
    assert list(decode_bundle(encode_bundle(entries))) == entries


@settings(max_examples=300)
@given(st.integers(0, 63), st.integers(0, 2**63 - 1), st.integers(1, 256))
def test_a_path_gives_back_its_tile(level: int, index: int, width: int) -> None:
    assert parse_path(tile_path(level, index, width)) == Tile(level, index, width)
