"""Paths and bytes of tiles, with the examples of C2SP tlog-tiles."""

from __future__ import annotations

import hashlib

import pytest

from answerable.errors import MalformedError
from answerable.proof import (
    Tile,
    decode_bundle,
    encode_bundle,
    entries_path,
    hash_in_tile,
    hashes_from,
    inclusion_proof,
    parse_path,
    root_at,
    root_of,
    tile_of,
    tile_path,
    tiles_of,
    verify_inclusion,
    width_at,
)


@pytest.mark.parametrize(
    ("index", "path"),
    [
        (0, "tile/0/000"),
        (999, "tile/0/999"),
        (1000, "tile/0/x001/000"),
        (1_234_067, "tile/0/x001/x234/067"),
        (1_000_000, "tile/0/x001/x000/000"),
    ],
)
def test_an_index_is_spelled_in_groups_of_three(index: int, path: str) -> None:
    assert tile_path(0, index) == path
    assert parse_path(path) == Tile(0, index)


def test_partial_tiles_and_bundles_have_their_own_paths() -> None:
    assert tile_path(2, 0, 17) == "tile/2/000.p/17"
    assert entries_path(273, 112) == "tile/entries/273.p/112"
    assert parse_path("tile/entries/273.p/112") == Tile(None, 273, 112)
    assert entries_path(5) == "tile/entries/005"


@pytest.mark.parametrize(
    "path",
    [
        "", "tile/0/0", "tile/00/000", "tile/0/0000", "tile/0/x000/001", "tile/0/001/002", "tile/0/x1/002",
        "tile/64/000", "tile/-1/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/",
        "/tile/0/000", "tile/0/000/", "tile/0/000\n", "tile/data/000", "tile/0/٠٠٠", "tile/0/000.p/300",
        "tile/0/../../x",
    ],
)  # fmt: skip
def test_any_other_spelling_is_refused(path: str) -> None:
    with pytest.raises(MalformedError):
        parse_path(path)


def test_70_000_entries_have_the_tiles_that_the_specification_counts() -> None:
    tiles = list(tiles_of(70_000))
    by_level = {level: [tile for tile in tiles if tile.level == level] for level in (None, 0, 1, 2, 3)}
    assert [len(by_level[level]) for level in (None, 0, 1, 2, 3)] == [274, 274, 2, 1, 0]
    assert by_level[0][-1].width == by_level[None][-1].width == 112
    assert by_level[1] == [Tile(1, 0), Tile(1, 1, 17)]
    assert by_level[2] == [Tile(2, 0, 1)]


def test_256_entries_have_a_full_tile_and_one_hash_above() -> None:
    assert list(tiles_of(256)) == [Tile(None, 0), Tile(0, 0), Tile(1, 0, 1)]


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 600])
def test_only_what_changed_since_a_size_is_new(size: int) -> None:
    since = set(tiles_of(size))
    new = list(tiles_of(700, since=size))
    assert set(tiles_of(700)) - since == set(new) - since
    assert not set(new) & since
    assert list(tiles_of(size, since=size)) == []


def test_no_tile_of_a_tree_is_empty_or_too_wide() -> None:
    for size in range(1, 70_000, 997):
        for tile in tiles_of(size):
            assert 1 <= tile.width == width_at(tile.level or 0, tile.index, size) <= 256


def test_where_a_hash_comes_from() -> None:
    assert tile_of(0, 300) == (0, 1, 44, 45)
    assert tile_of(7, 3) == (0, 1, 128, 256)
    assert tile_of(8, 300) == (1, 1, 44, 45)


def leaves(count: int) -> list[bytes]:
    return [hashlib.sha256(str(number).encode()).digest() for number in range(count)]


def as_tiles(hashes: list[bytes]) -> dict[Tile, bytes]:
    """The tiles of a tree, made level by level from whole slices."""
    found: dict[Tile, bytes] = {}
    level, row = 0, hashes
    while row:
        for index in range(-(-len(row) // 256)):
            part = row[index * 256 : (index + 1) * 256]
            found[Tile(level, index, len(part))] = b"".join(part)
        row = [root_of(row[at : at + 256]) for at in range(0, len(row) // 256 * 256, 256)]
        level += 1
    return found


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 1000, 66_000])
def test_tiles_give_the_root_and_every_proof(size: int) -> None:
    hashes = leaves(size)
    stored = as_tiles(hashes)
    assert set(stored) == {tile for tile in tiles_of(size) if tile.level is not None}
    hash_at = hashes_from(stored.__getitem__, size)
    assert root_at(size, hash_at) == root_of(hashes)
    for index in {0, size // 2, size - 1}:
        proof = inclusion_proof(index, size, hash_at)
        verify_inclusion(hashes[index], index=index, size=size, proof=proof, root=root_of(hashes))


def test_a_tile_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(MalformedError, match="tile/0/000"):
        hashes_from(lambda _tile: bytes(33), 200)(0, 5)
    with pytest.raises(MalformedError, match="hashes of 32 bytes"):
        hash_in_tile(0, 5, bytes(64))


def test_a_bundle_gives_back_its_entries() -> None:
    entries = (b"", b"one", bytes(65_535))
    assert encode_bundle(entries)[:7] == b"\x00\x00\x00\x03one"
    assert decode_bundle(encode_bundle(entries)) == entries
    assert decode_bundle(b"") == ()


def test_an_entry_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="65536"):
        encode_bundle([bytes(65_536)])


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x01", b"\x00\x02a", b"\x00\x01a\x00"])
def test_a_bundle_that_ends_inside_an_entry_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError, match="ends inside"):
        decode_bundle(data)
