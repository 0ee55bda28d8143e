"""Where a log's hashes and entries lie, and in which bytes (C2SP tlog-tiles).

A tile holds up to 256 hashes that stand side by side at one level; tile level L holds the hashes of tree level 8 * L.
Entries lie in bundles beside the tiles of level 0. Only the rightmost tile of a level may hold fewer: its width then
stands in its path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from answerable.errors import MalformedError
from answerable.proof.spelling import LARGEST_SIZE
from answerable.proof.tree import HASH_BYTES, HashAt, root_of

TILE_HASHES: Final = 256
TILE_LEVELS: Final = 8
"""Levels of the tree that one tile spans."""
LARGEST_ENTRY_BYTES: Final = 65_535

_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/)*[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile of hashes, or (level None) a bundle of entries: `width` of its 256 places are taken."""

    level: int | None
    index: int
    width: int = TILE_HASHES

    def path(self) -> str:
        """Its path below the log's prefix."""
        level = "entries" if self.level is None else str(self.level)
        partial = "" if self.width == TILE_HASHES else f".p/{self.width}"
        return f"tile/{level}/{_spelled(self.index)}{partial}"


def tile_path(level: int, index: int, width: int = TILE_HASHES) -> str:
    """`tile/<L>/<N>[.p/<W>]`, as in tile/1/x001/x234/067.p/9."""
    return Tile(level, index, width).path()


def entries_path(index: int, width: int = TILE_HASHES) -> str:
    """`tile/entries/<N>[.p/<W>]`."""
    return Tile(None, index, width).path()


def parse_path(path: str) -> Tile:
    """The tile that a path names. Raises MalformedError for any other spelling than `Tile.path` gives."""
    match = _PATH.fullmatch(path)
    if match:
        level = None if match["level"] == "entries" else int(match["level"])
        index = int(match["index"].replace("x", "").replace("/", ""))
        tile = Tile(level, index, int(match["width"] or TILE_HASHES))
        if tile.path() == path and tile.width <= TILE_HASHES and (level or 0) < 64 and index <= LARGEST_SIZE:
            return tile
    raise MalformedError(f"{path!r} is not the path of a tile")


def width_at(level: int, index: int, size: int) -> int:
    """How many hashes tile `index` of tile level `level` has in a tree of `size` leaves, 0 to 256."""
    hashes = size >> (TILE_LEVELS * level)
    return max(0, min(TILE_HASHES, hashes - index * TILE_HASHES))


def tiles_of(size: int, *, since: int = 0) -> Iterator[Tile]:
    """Every tile and bundle that a checkpoint of `size` needs and one of size `since` did not, leaves first."""
    for level in (None, *range(8)):
        shift = TILE_LEVELS * (level or 0)
        before, now = since >> shift, size >> shift
        if before == now:
            continue
        for index in range(before // TILE_HASHES, -(-now // TILE_HASHES)):
            yield Tile(level, index, width_at(level or 0, index, size))


def tile_of(level: int, index: int) -> tuple[int, int, int, int]:
    """Where the hash at tree (level, index) comes from: tile level, tile index, and the slice [first, end) in it."""
    tile_level, above = divmod(level, TILE_LEVELS)
    first = index << above
    return tile_level, first // TILE_HASHES, first % TILE_HASHES, first % TILE_HASHES + (1 << above)


def hash_in_tile(level: int, index: int, tile: bytes) -> bytes:
    """The hash at tree (level, index), from the bytes of the tile that `tile_of` names."""
    _, _, first, end = tile_of(level, index)
    if len(tile) < end * HASH_BYTES or len(tile) % HASH_BYTES:
        raise MalformedError(f"the tile has {len(tile)} bytes; {end} hashes of {HASH_BYTES} bytes were wanted")
    return root_of([tile[at * HASH_BYTES : (at + 1) * HASH_BYTES] for at in range(first, end)])


def hashes_from(read: Callable[[Tile], bytes], size: int) -> HashAt:
    """The hashes of a tree of `size`, from its tiles. What `read` gives is used as it is: check the root."""
    tile_bytes = lru_cache(maxsize=256)(read)

    def hash_at(level: int, index: int) -> bytes:
        tile_level, tile_index, _, _ = tile_of(level, index)
        tile = Tile(tile_level, tile_index, width_at(tile_level, tile_index, size))
        data = tile_bytes(tile)
        if len(data) != tile.width * HASH_BYTES:
            raise MalformedError(f"{tile.path()} has {len(data)} bytes; {tile.width * HASH_BYTES} were wanted")
        return hash_in_tile(level, index, data)

    return hash_at


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """Each entry after its length in two bytes, big-endian. Raises ValueError for one of more than 65,535 bytes."""
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > LARGEST_ENTRY_BYTES:
            raise ValueError(f"an entry may have {LARGEST_ENTRY_BYTES} bytes; this has {len(entry)}")
        parts += (len(entry).to_bytes(2, "big"), entry)
    return b"".join(parts)


def decode_bundle(data: bytes) -> tuple[bytes, ...]:
    """The entries of a bundle. Raises MalformedError where it ends inside one."""
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data):
            raise MalformedError(f"the bundle ends inside its entry {len(entries)}")
        entries.append(data[at + 2 : end])
        at = end
    return tuple(entries)


def _spelled(index: int) -> str:
    """x001/x234/067 for 1,234,067."""
    last, groups = f"{index % 1000:03}", index // 1000
    while groups:
        last, groups = f"x{groups % 1000:03}/{last}", groups // 1000
    return last
