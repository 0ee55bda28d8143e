"""Roots and proofs against the published answers of RFC 6962's reference tree, and what must be refused."""

from __future__ import annotations

import pytest
from tests.support import slow_tree

from answerable.errors import ConsistencyError, InclusionError
from answerable.proof import (
    EMPTY_ROOT,
    HashAt,
    RightEdge,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_at,
    root_of,
    verify_consistency,
    verify_inclusion,
)

# The entries and roots that Certificate Transparency's reference implementations publish for RFC 6962.
ENTRIES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION_0_OF_8 = [
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
]
INCLUSION_5_OF_8 = [
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]
CONSISTENCY_2_TO_5 = [
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
]
CONSISTENCY_6_TO_8 = [
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
TURNED = bytes(32)


def hashes_of(leaves: list[bytes]) -> HashAt:
    return lambda level, index: root_of(leaves[index << level : (index + 1) << level])


HASH_AT = hashes_of(LEAVES)


@pytest.mark.parametrize("size", range(9))
def test_the_root_is_the_published_one_by_every_way(size: int) -> None:
    edge = RightEdge()
    for leaf in LEAVES[:size]:
        edge.append(leaf)
    published = bytes.fromhex(ROOTS[size])
    assert root_of(LEAVES[:size]) == root_at(size, HASH_AT) == edge.root() == published
    assert RightEdge.at(size, HASH_AT).root() == slow_tree.mth(ENTRIES[:size]) == published


@pytest.mark.parametrize(("index", "published"), [(0, INCLUSION_0_OF_8), (5, INCLUSION_5_OF_8)])
def test_the_inclusion_proof_is_the_published_one(index: int, published: list[str]) -> None:
    assert [part.hex() for part in inclusion_proof(index, 8, HASH_AT)] == published


@pytest.mark.parametrize(("old", "new", "published"), [(2, 5, CONSISTENCY_2_TO_5), (6, 8, CONSISTENCY_6_TO_8)])
def test_the_consistency_proof_is_the_published_one(old: int, new: int, published: list[str]) -> None:
    assert [part.hex() for part in consistency_proof(old, new, HASH_AT)] == published


def test_leaves_and_nodes_are_hashed_apart() -> None:
    assert leaf_hash(LEAVES[0] + LEAVES[1]) != node_hash(LEAVES[0], LEAVES[1])


def proof_of_5() -> tuple[bytes, ...]:
    return inclusion_proof(5, 8, HASH_AT)


def test_an_entry_at_its_place_is_included() -> None:
    verify_inclusion(LEAVES[5], index=5, size=8, proof=proof_of_5(), root=root_of(LEAVES))
    verify_inclusion(LEAVES[0], index=0, size=1, proof=(), root=LEAVES[0])


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"leaf": LEAVES[4]}, "another root"),
        ({"index": 4}, "another root"),
        ({"index": 8}, "cannot be"),
        ({"index": -1}, "cannot be"),
        ({"size": 0, "index": 0}, "cannot be"),
        ({"size": 4, "index": 3}, "longer"),
        ({"size": 9}, "shorter"),
        ({"root": TURNED}, "another root"),
        ({"root": b""}, "32 bytes"),
        ({"leaf": b"entry"}, "32 bytes"),
        ({"proof": proof_of_5()[:-1]}, "shorter"),
        ({"proof": (*proof_of_5(), TURNED)}, "longer"),
        ({"proof": proof_of_5()[::-1]}, "another root"),
        ({"proof": (b"short", *proof_of_5()[1:])}, "32 bytes"),
    ],
)
def test_whatever_is_changed_in_an_inclusion_is_refused(change: dict[str, object], because: str) -> None:
    given = {"leaf": LEAVES[5], "index": 5, "size": 8, "proof": proof_of_5(), "root": root_of(LEAVES), **change}
    leaf = given.pop("leaf")
    with pytest.raises(InclusionError, match=because):
        verify_inclusion(leaf, **given)  # type: ignore[arg-type]


def growth() -> dict[str, object]:
    proof = consistency_proof(6, 8, HASH_AT)
    return {"old_size": 6, "old_root": root_of(LEAVES[:6]), "new_size": 8, "new_root": root_of(LEAVES), "proof": proof}


def test_a_log_that_grew_is_consistent() -> None:
    verify_consistency(**growth())  # type: ignore[arg-type]


@pytest.mark.parametrize("size", range(9))
def test_every_log_continues_itself_and_the_empty_one(size: int) -> None:
    root = root_of(LEAVES[:size])
    verify_consistency(old_size=0, old_root=EMPTY_ROOT, new_size=size, new_root=root, proof=())
    verify_consistency(old_size=size, old_root=root, new_size=size, new_root=root, proof=())


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"old_size": 9}, "cannot continue"),
        ({"old_size": -1}, "cannot continue"),
        ({"old_size": 5}, r"earlier state|longer|shorter"),
        ({"old_size": 8}, "where none is needed"),
        ({"old_size": 8, "proof": ()}, "two different roots"),
        ({"old_size": 0}, "empty log"),
        ({"old_size": 0, "old_root": EMPTY_ROOT}, "where none is needed"),
        ({"new_size": 9}, "shorter"),
        ({"new_size": 16}, "shorter"),
        ({"old_root": TURNED}, "earlier state"),
        ({"new_root": TURNED}, "later state"),
        ({"new_root": b""}, "32 bytes"),
        ({"proof": ()}, "missing"),
        ({"proof": consistency_proof(6, 8, HASH_AT)[:-1]}, "shorter"),
        ({"proof": (*consistency_proof(6, 8, HASH_AT), TURNED)}, "longer"),
    ],
)
def test_whatever_is_changed_in_a_consistency_is_refused(change: dict[str, object], because: str) -> None:
    with pytest.raises(ConsistencyError, match=because):
        verify_consistency(**{**growth(), **change})  # type: ignore[arg-type]


def test_a_size_is_bound_by_the_signature_and_not_by_the_proof() -> None:
    """RFC 6962's roots do not hold the size: the same hashes can also lead from 6 entries to 7 that nobody has seen."""
    verify_consistency(**{**growth(), "new_size": 7})  # type: ignore[arg-type]


def test_an_edge_and_its_copy_go_their_own_ways() -> None:
    edge = RightEdge()
    edge.append(LEAVES[0])
    twin = edge.copy()
    twin.append(LEAVES[1])
    assert (edge.size, edge.root()) == (1, root_of(LEAVES[:1]))
    assert (twin.size, twin.root()) == (2, root_of(LEAVES[:2]))


def test_proofs_of_what_is_not_there_are_not_made() -> None:
    with pytest.raises(ValueError, match="not in a tree"):
        inclusion_proof(8, 8, HASH_AT)
    with pytest.raises(ValueError, match="cannot continue"):
        consistency_proof(9, 8, HASH_AT)
