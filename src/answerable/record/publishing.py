"""What a log shows the world: hash tiles and checkpoint at once, the entries themselves after an embargo.

A live call must not leak a place, so a bundle of entries is published only when the youngest of them is old enough.
Hashes give nothing away: each entry holds salted digests, an id and a time.
"""

from __future__ import annotations

from collections.abc import Iterator

from answerable.proof.tiles import TILE_HASHES, Tile, encode_bundle, tiles_of, width_at
from answerable.record.ports import Store
from answerable.record.sequencer import Snapshot


def hash_tiles(snapshot: Snapshot, store: Store, *, since: int) -> Iterator[tuple[str, bytes]]:
    """Path and content of every hash tile that this state needs and the state of size `since` did not."""
    for tile in tiles_of(snapshot.head.size, since=since):
        if tile.level is not None:
            yield tile.path(), _content(tile.level, tile, snapshot, store)


def bundles(size: int, store: Store, *, first: int, recorded_before_us: int) -> Iterator[tuple[str, bytes]]:
    """Path and content of the entry bundles from bundle `first` on, up to the first that is too young to be shown."""
    index = first
    while width := width_at(0, index, size):
        entries = list(store.entries(index * TILE_HASHES, width))
        if any(entry.recorded_at_us >= recorded_before_us for entry in entries):
            return
        yield Tile(None, index, width).path(), encode_bundle(entry.body for entry in entries)
        index += 1


def _content(level: int, tile: Tile, snapshot: Snapshot, store: Store) -> bytes:
    if tile.width < TILE_HASHES:
        return b"".join(snapshot.edge.partial(level))
    stored = store.tile(level, tile.index)
    if stored is None:
        raise LookupError(f"tile {level}/{tile.index} is missing")
    return stored.hashes
