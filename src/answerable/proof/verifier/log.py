"""A whole log as a folder of tiles: everything is hashed again, from the entries to the signed root."""

from __future__ import annotations

from collections.abc import Iterator

from answerable.errors import InclusionError
from answerable.proof.checkpoint import Checkpoint
from answerable.proof.note import Note
from answerable.proof.quorum import TrustPolicy
from answerable.proof.tiles import TILE_HASHES, Tile, decode_bundle, width_at
from answerable.proof.tree import HASH_BYTES, RightEdge, leaf_hash, root_of
from answerable.proof.verifier.verdict import NOT_TRUE, Docket, Folder, Judgement, Kind

CHECKPOINT_FILE = "checkpoint"


def judge_log(folder: Folder, *, trust: TrustPolicy) -> Judgement:
    """The files `checkpoint` and `tile/…` of C2SP tlog-tiles. Bundles of entries may be missing; hash tiles may not."""
    docket = Docket(Kind.LOG)
    data = folder.read(CHECKPOINT_FILE)
    if at := docket.check(lambda: Checkpoint.parse(Note.parse(data).text)):
        docket.check(lambda: _judge_tiles(docket, folder, at))
        witnessed = docket.check(lambda: trust.check(data))
        if witnessed and not docket.refuted and not docket.cannot_tell:
            docket.proved.append("All hashes lead to the signed root.")
            docket.add_state(witnessed)
    docket.not_proved.append(NOT_TRUE)
    return docket.closed()


def _judge_tiles(docket: Docket, folder: Folder, at: Checkpoint) -> None:
    names = folder.names()
    edge = RightEdge()
    row: list[bytes] = []
    rehashed = 0
    for index, hashes in _tiles(folder, names, level=0, size=at.size):
        if hashes is None:
            docket.cannot_tell.append(f"A tile is missing: {_name(0, index, at.size)}.")
            return
        rehashed += _rehash(folder, names, index, hashes)
        for leaf in hashes:
            edge.append(leaf)
        if len(hashes) == TILE_HASHES:
            row.append(root_of(hashes))
    if edge.root() != at.root:
        raise InclusionError("the tiles do not lead to the root of the checkpoint")
    _judge_above(docket, folder, names, row, size=at.size)
    if rehashed < at.size:
        docket.not_proved.append(
            f"What {at.size - rehashed:,} of the {at.size:,} entries say: only their hashes are here."
        )
    elif at.size:
        docket.proved.append(f"All {at.size:,} entries were hashed again.")


def _judge_above(docket: Docket, folder: Folder, names: frozenset[str], row: list[bytes], *, size: int) -> None:
    """The tiles above the leaves must hold the roots of the full tiles below them."""
    level = 1
    while row:
        above: list[bytes] = []
        for index, hashes in _tiles(folder, names, level=level, size=size):
            if hashes is None:
                docket.cannot_tell.append(f"A tile is missing: {_name(level, index, size)}.")
                return
            if hashes != row[index * TILE_HASHES : (index + 1) * TILE_HASHES]:
                raise InclusionError(f"{_name(level, index, size)} does not hold the roots of the tiles below it")
            if len(hashes) == TILE_HASHES:
                above.append(root_of(hashes))
        row, level = above, level + 1


def _tiles(folder: Folder, names: frozenset[str], *, level: int, size: int) -> Iterator[tuple[int, list[bytes] | None]]:
    """Each tile of a level with its hashes; None where the file is missing."""
    index = 0
    while width := width_at(level, index, size):
        data = _of_width(folder, names, Tile(level, index, width), unit_bytes=HASH_BYTES)
        if data is not None and len(data) != width * HASH_BYTES:
            raise InclusionError(f"{_name(level, index, size)} has {len(data)} bytes")
        yield index, None if data is None else [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]
        index += 1


def _of_width(folder: Folder, names: frozenset[str], tile: Tile, *, unit_bytes: int) -> bytes | None:
    """A tile's bytes; the beginning of the full one serves where the partial one has been cleared away."""
    if (path := tile.path()) in names:
        return folder.read(path)
    if (path := Tile(tile.level, tile.index).path()) in names:
        return folder.read(path)[: tile.width * unit_bytes]
    return None


def _rehash(folder: Folder, names: frozenset[str], index: int, hashes: list[bytes]) -> int:
    """How many entries of a bundle were here; raises where one does not have the hash that its tile says."""
    width = len(hashes)
    for path in (Tile(None, index, width).path(), Tile(None, index).path()):
        if path in names:
            entries = decode_bundle(folder.read(path))
            if len(entries) < width:
                raise InclusionError(f"{path} holds {len(entries)} entries; {width} belong there")
            for at, (entry, leaf) in enumerate(zip(entries[:width], hashes, strict=True)):
                if leaf_hash(entry) != leaf:
                    raise InclusionError(
                        f"entry {index * TILE_HASHES + at:,} is not the one that was hashed into the log"
                    )
            return width
    return 0


def _name(level: int, index: int, size: int) -> str:
    return Tile(level, index, width_at(level, index, size)).path()
