"""The right edge of the tree: the tiles that are not full yet, and the hash of any complete subtree.

This is the second of the two ways in which every batch is hashed; the first is `proof.tree.RightEdge`. They share no
code but the two hash functions of RFC 6962, and even the leaves are hashed by another library here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from cryptography.hazmat.primitives.hashes import SHA256, Hash

from answerable.proof.tiles import TILE_HASHES, TILE_LEVELS
from answerable.proof.tree import EMPTY_ROOT, HASH_BYTES, node_hash
from answerable.record.ports import StoredTile

FindTile = Callable[[int, int], StoredTile | None]


def leaf_hash_again(body: bytes) -> bytes:
    """RFC 6962 leaf hash through OpenSSL's own interface, not hashlib."""
    made = Hash(SHA256())
    made.update(b"\x00")
    made.update(body)
    return made.finalize()


class Pyramid:
    """A tile and the hashes above it: `rows[0]` has up to 256 hashes, `rows[8]` the root once the tile is full."""

    __slots__ = ("rows",)

    def __init__(self, hashes: Iterable[bytes] = ()) -> None:
        self.rows: list[list[bytes]] = [[] for _ in range(TILE_LEVELS + 1)]
        for one in hashes:
            self.append(one)

    def append(self, hashed: bytes) -> None:
        """Add a hash, and every hash above it that is complete now."""
        self.rows[0].append(hashed)
        for below, above in zip(self.rows, self.rows[1:], strict=False):
            if len(below) % 2:
                return
            above.append(node_hash(below[-2], below[-1]))

    @property
    def full(self) -> bool:
        """Whether it has all its 256 hashes."""
        return bool(self.rows[TILE_LEVELS])

    def copy(self) -> Pyramid:
        """One that can grow by itself."""
        made = Pyramid()
        made.rows = [list(row) for row in self.rows]
        return made


class Edge:
    """A tree that grows on the right. A copy is cheap, so that a batch which fails leaves nothing behind."""

    def __init__(self, size: int = 0, partial: Sequence[Pyramid] = ()) -> None:
        self.size = size
        self._partial = list(partial) or [Pyramid()]
        self._fresh: dict[tuple[int, int], Pyramid] = {}

    def copy(self) -> Edge:
        """One that can grow by itself."""
        return Edge(self.size, [one.copy() for one in self._partial])

    def append(self, leaf: bytes) -> list[StoredTile]:
        """Add a leaf hash; the tiles that became full by it, lowest first."""
        self.size += 1
        filled = list[StoredTile]()
        hashed, level = leaf, 0
        while True:
            if level == len(self._partial):
                self._partial.append(Pyramid())
            pyramid = self._partial[level]
            pyramid.append(hashed)
            if not pyramid.full:
                return filled
            filled.append(self._set_aside(level, pyramid))
            hashed, level = filled[-1].root, level + 1

    def _set_aside(self, level: int, pyramid: Pyramid) -> StoredTile:
        index = (self.size >> TILE_LEVELS * (level + 1)) - 1
        self._partial[level] = Pyramid()
        self._fresh[level, index] = pyramid
        return StoredTile(level=level, index=index, root=pyramid.rows[TILE_LEVELS][0], hashes=b"".join(pyramid.rows[0]))

    def root(self) -> bytes:
        """The root over all leaves: the complete subtrees from right to left."""
        found = b""
        for pyramid in self._partial:
            for row in pyramid.rows[:TILE_LEVELS]:
                if len(row) % 2:
                    found = node_hash(row[-1], found) if found else row[-1]
        return found or EMPTY_ROOT

    def partial(self, level: int) -> list[bytes]:
        """The hashes of the tile of `level` that is not full yet; none where the last one is full."""
        return list(self._partial[level].rows[0]) if level < len(self._partial) else []

    def hash_at(self, find_tile: FindTile) -> Callable[[int, int], bytes]:
        """The hash of any complete subtree, as `proof.tree` asks for it; older tiles come from `find_tile`."""
        opened = dict(self._fresh)

        def hash_at(level: int, index: int) -> bytes:
            tile_level, row = divmod(level, TILE_LEVELS)
            tile_index, place = divmod(index, TILE_HASHES >> row)
            if tile_level < len(self._partial) and tile_index == self.size >> TILE_LEVELS * (tile_level + 1):
                return self._partial[tile_level].rows[row][place]
            pyramid = opened.get((tile_level, tile_index))
            if pyramid is None:
                pyramid = opened[tile_level, tile_index] = _opened(find_tile(tile_level, tile_index))
            return pyramid.rows[row][place]

        return hash_at


def rebuilt(size: int, *, leaves: Sequence[bytes], roots: Callable[[int, int, int], Sequence[bytes]]) -> Edge:
    """The edge of a stored tree: `leaves` are the hashes after the last full tile.

    `roots(level, first, count)` gives the roots of full tiles, which are what the tile above them consists of.
    """
    partial = [Pyramid(leaves)]
    level = 1
    while size >> TILE_LEVELS * level:
        count = size >> TILE_LEVELS * level
        in_full_tiles = count // TILE_HASHES * TILE_HASHES
        partial.append(Pyramid(roots(level - 1, in_full_tiles, count - in_full_tiles)))
        level += 1
    return Edge(size, partial)


def _opened(tile: StoredTile | None) -> Pyramid:
    if tile is None:
        raise LookupError("a tile of the tree is missing")
    return Pyramid(tile.hashes[at : at + HASH_BYTES] for at in range(0, len(tile.hashes), HASH_BYTES))
