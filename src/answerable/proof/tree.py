"""The Merkle tree of RFC 6962 section 2.1 (the same as RFC 9162 section 2.1): roots, proofs, and their verification.

An index counts from 0; a size is a number of leaves. Level 0 are the leaves; the hash at (level, index) is the root
of the 2**level leaves that begin at index * 2**level, and there is one only where all of them exist.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Self, TypeAlias

from answerable.errors import ConsistencyError, InclusionError

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()

HashAt: TypeAlias = Callable[[int, int], bytes]
"""(level, index) to the hash of that complete subtree."""


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaf_hashes: Sequence[bytes]) -> bytes:
    """The root over all leaf hashes at once. Pairs are joined level by level; an odd last one moves up unchanged."""
    if not leaf_hashes:
        return EMPTY_ROOT
    row = list(leaf_hashes)
    while len(row) > 1:
        pairs = zip(row[::2], row[1::2], strict=False)
        row = [node_hash(left, right) for left, right in pairs] + row[len(row) & ~1 :]
    return row[0]


def root_at(size: int, hash_at: HashAt) -> bytes:
    """The root of the first `size` leaves."""
    return _root_between(0, size, hash_at) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, hash_at: HashAt) -> tuple[bytes, ...]:
    """PATH(index, D[size]), the leaf's sibling first. Raises ValueError unless 0 <= index < size."""
    if not 0 <= index < size:
        raise ValueError(f"index {index} is not in a tree of {size}")
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(_root_between(middle, end, hash_at))
            end = middle
        else:
            proof.append(_root_between(start, middle, hash_at))
            start = middle
    return tuple(reversed(proof))


def consistency_proof(old_size: int, new_size: int, hash_at: HashAt) -> tuple[bytes, ...]:
    """PROOF(old_size, D[new_size]); empty from size 0 and for equal sizes. Raises ValueError unless 0 <= old <= new."""
    if not 0 <= old_size <= new_size:
        raise ValueError(f"a tree of {new_size} cannot continue one of {old_size}")
    if old_size in (0, new_size):
        return ()
    proof: list[bytes] = []
    start, end = 0, new_size
    while old_size != end:
        middle = start + _split(end - start)
        if old_size <= middle:
            proof.append(_root_between(middle, end, hash_at))
            end = middle
        else:
            proof.append(_root_between(start, middle, hash_at))
            start = middle
    if start > 0:  # otherwise the old root itself is that node, and the verifier has it
        proof.append(_root_between(start, end, hash_at))
    return tuple(reversed(proof))


def verify_inclusion(leaf: bytes, *, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """RFC 9162 section 2.1.3.2: `leaf` (a leaf hash) is entry `index` of the tree of `size` with `root`."""
    if not 0 <= index < size:
        raise InclusionError(f"entry {index} cannot be in a log of {size} entries")
    if any(len(part) != HASH_BYTES for part in (leaf, root, *proof)):
        raise InclusionError("a hash of the proof does not have 32 bytes")
    node, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise InclusionError("the proof is longer than the tree is high")
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise InclusionError("the proof is shorter than the tree is high")
    if found != root:
        raise InclusionError(f"the proof leads from this entry, at index {index}, to another root than the signed one")


def verify_consistency(
    *, old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """RFC 9162 section 2.1.4.2: the tree of `new_size` begins with the tree of `old_size`.

    Every tree continues the empty one; equal sizes need equal roots; neither has a proof.
    """
    if not 0 <= old_size <= new_size:
        raise ConsistencyError(f"a log of {new_size} entries cannot continue one of {old_size}")
    if any(len(part) != HASH_BYTES for part in (old_root, new_root, *proof)):
        raise ConsistencyError("a hash of the proof does not have 32 bytes")
    for size, root in ((old_size, old_root), (new_size, new_root)):
        if size == 0 and root != EMPTY_ROOT:
            raise ConsistencyError("the root of an empty log is the hash of nothing, and this is another")
    if old_size in (0, new_size):
        if proof:
            raise ConsistencyError("there is a proof where none is needed")
        if old_size == new_size and old_root != new_root:
            raise ConsistencyError(f"two different roots for the same size, {new_size}")
        return
    _verify_growth(old_size, old_root, new_size, new_root, proof)


def _verify_growth(old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Steps 3 to 7 of section 2.1.4.2, for 0 < old < new."""
    whole = old_size & (old_size - 1) == 0  # then the old root is a node of the new tree
    path = (old_root, *proof) if whole else tuple(proof)
    if not proof:
        raise ConsistencyError("the proof is missing")
    node, last = old_size - 1, new_size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ConsistencyError("the proof is longer than the tree is high")
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise ConsistencyError("the proof is shorter than the tree is high")
    if old != old_root:
        raise ConsistencyError(f"the proof does not lead to the root of the earlier state, of {old_size} entries")
    if new != new_root:
        raise ConsistencyError(f"the proof does not lead to the root of the later state, of {new_size} entries")


class RightEdge:
    """The roots of the complete subtrees along the right edge: all that is needed to append and to give the root.

    A tree of `size` leaves has one for each 1 bit of `size`.
    """

    __slots__ = ("_hashes", "size")

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.size = size
        self._hashes = list(hashes)

    @classmethod
    def at(cls, size: int, hash_at: HashAt) -> Self:
        """The edge of a stored tree."""
        levels = [level for level in reversed(range(size.bit_length())) if size >> level & 1]
        return cls(size, [hash_at(level, (size >> level) - 1) for level in levels])

    def append(self, leaf: bytes) -> None:
        """One more leaf hash."""
        found, carry = leaf, self.size
        while carry & 1:
            found, carry = node_hash(self._hashes.pop(), found), carry >> 1
        self._hashes.append(found)
        self.size += 1

    def root(self) -> bytes:
        """The root of everything appended."""
        if not self._hashes:
            return EMPTY_ROOT
        found = self._hashes[-1]
        for left in reversed(self._hashes[:-1]):
            found = node_hash(left, found)
        return found

    def copy(self) -> Self:
        """An edge of its own, from here on."""
        return type(self)(self.size, self._hashes)


def _split(count: int) -> int:
    """The largest power of two below `count`, for a count of at least 2."""
    return 1 << ((count - 1).bit_length() - 1)


def _root_between(start: int, end: int, hash_at: HashAt) -> bytes:
    """The root of leaves start to end - 1, where `start` is where RFC 6962 would split."""
    count = end - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return hash_at(level, start >> level)
    middle = start + _split(count)
    return node_hash(_root_between(start, middle, hash_at), _root_between(middle, end, hash_at))
