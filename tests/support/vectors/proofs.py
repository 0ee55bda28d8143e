"""Inclusion and consistency: each verdict is that of the naive reference before it is written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from tests.support import slow_tree
from tests.support.vectors import Case

ABOUT = (
    "Proofs of RFC 6962 section 2.1 (RFC 9162 section 2.1). Hashes are hex, indexes and sizes decimal texts below"
    " 2**63. `kind` inclusion: `leaf` (a leaf hash), `index`, `size`, `proof`, `root`. `kind` consistency: `old_size`,"
    " `old_root`, `new_size`, `new_root`, `proof`. `holds` says whether the proof does."
)
RFC_ENTRIES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
RFC_ROOT = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
RFC_INCLUSION = {
    0: [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    5: [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}
RFC_CONSISTENCY = {
    (2, 8): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}
ZEROS = bytes(32)


def entries(count: int) -> list[bytes]:
    return [f"entry {number}".encode() for number in range(count)]


def leaf_of(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def inclusion(
    name: str,
    leaf: bytes,
    index: int,
    size: int,
    proof: Sequence[bytes],
    root: bytes,
    *,
    holds: bool,
    because: str = "",
) -> Case:
    sound = 0 <= index < size and all(len(part) == 32 for part in (leaf, root, *proof))
    by_reference = sound and slow_tree.root_by_inclusion(leaf, index, size, list(proof)) == root
    assert by_reference is holds, name
    case: Case = {
        "name": name,
        "kind": "inclusion",
        "holds": holds,
        "leaf": leaf.hex(),
        "index": str(index),
        "size": str(size),
        "proof": [part.hex() for part in proof],
        "root": root.hex(),
    }
    return case if holds else {**case, "because": because}


def consistency(
    name: str,
    old_size: int,
    old_root: bytes,
    new_size: int,
    new_root: bytes,
    proof: Sequence[bytes],
    *,
    holds: bool,
    because: str = "",
) -> Case:
    assert reference_consistency(old_size, old_root, new_size, new_root, proof) is holds, name
    case: Case = {
        "name": name,
        "kind": "consistency",
        "holds": holds,
        "old_size": str(old_size),
        "old_root": old_root.hex(),
        "new_size": str(new_size),
        "new_root": new_root.hex(),
        "proof": [part.hex() for part in proof],
    }
    return case if holds else {**case, "because": because}


def reference_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    empty = hashlib.sha256(b"").digest()
    if not 0 <= old_size <= new_size or any(len(part) != 32 for part in (old_root, new_root, *proof)):
        return False
    if (old_size == 0 and old_root != empty) or (new_size == 0 and new_root != empty):
        return False
    if old_size in (0, new_size):
        return not proof and (old_size == 0 < new_size or old_root == new_root)
    if not proof:
        return False
    return slow_tree.roots_by_consistency(old_size, new_size, list(proof), old_root) == (old_root, new_root)


def cases() -> list[Case]:
    return [*published(), *small(), *tall(), *bad_inclusion(), *growth(), *bad_consistency()]


def published() -> Iterator[Case]:
    root = bytes.fromhex(RFC_ROOT)
    for index, path in RFC_INCLUSION.items():
        proof = [bytes.fromhex(part) for part in path]
        yield inclusion(
            f"published: entry {index} of 8", leaf_of(RFC_ENTRIES[index]), index, 8, proof, root, holds=True
        )
    for (old, new), path in RFC_CONSISTENCY.items():
        proof = [bytes.fromhex(part) for part in path]
        old_root = slow_tree.mth(RFC_ENTRIES[:old])
        yield consistency(f"published: {old} to {new}", old, old_root, new, root, proof, holds=True)


def small() -> Iterator[Case]:
    for size in (1, 2, 3, 4, 5, 7, 11):
        data = entries(size)
        for index in range(size):
            proof = slow_tree.path(index, data)
            name = f"entry {index} of {size}"
            yield inclusion(name, leaf_of(data[index]), index, size, proof, slow_tree.mth(data), holds=True)


def tall() -> Iterator[Case]:
    """Trees that nobody could build: any siblings lead to some root."""
    for index, size in (
        (2**31 + 5, 2**32),
        (2**53 + 1, 2**53 + 3),
        (0, 2**62),
        (2**63 - 2, 2**63 - 1),
        (2**61, 2**62 + 7),
    ):
        leaf = leaf_of(b"tall")
        for length in range(64):
            proof = [hashlib.sha256(bytes([at])).digest() for at in range(length)]
            if root := slow_tree.root_by_inclusion(leaf, index, size, proof):
                yield inclusion(f"entry {index} of {size}", leaf, index, size, proof, root, holds=True)
                wrong = [*proof[:-1], ZEROS]
                because = "its last hash was changed"
                name = f"entry {index} of {size}, another last hash"
                yield inclusion(name, leaf, index, size, wrong, root, holds=False, because=because)


def bad_inclusion() -> Iterator[Case]:
    for index, size in ((0, 1), (0, 2), (5, 8), (6, 7), (10, 11), (36, 100)):
        data = entries(size)
        leaf, proof, root = leaf_of(data[index]), slow_tree.path(index, data), slow_tree.mth(data)
        flipped = [bytes([part[0] ^ 1]) + part[1:] for part in proof]
        given = {
            "the entry after it": (leaf, index + 1, size, proof, root),
            "the entry before it": (leaf, index - 1, size, proof, root),
            "as many entries as its index": (leaf, index, index, proof, root),
            "a tree twice as large": (leaf, index, size * 2 + 1, proof, root),
            "no entries": (leaf, index, 0, proof, root),
            "another leaf": (leaf_of(b"other"), index, size, proof, root),
            "the entry for its hash": (leaf_of(leaf), index, size, proof, root),
            "another root": (leaf, index, size, proof, ZEROS),
            "a short root": (leaf, index, size, proof, root[:31]),
            "a long leaf": (leaf + b"\x00", index, size, proof, root),
            "one hash more": (leaf, index, size, [*proof, ZEROS], root),
            "one hash more at the front": (leaf, index, size, [ZEROS, *proof], root),
        }
        if proof:
            given |= {
                "one hash less": (leaf, index, size, proof[:-1], root),
                "the first hash missing": (leaf, index, size, proof[1:], root),
                "the first hash changed": (leaf, index, size, [flipped[0], *proof[1:]], root),
                "the last hash changed": (leaf, index, size, [*proof[:-1], flipped[-1]], root),
                "a short hash": (leaf, index, size, [proof[0][:31], *proof[1:]], root),
                "a long hash": (leaf, index, size, [proof[0] + b"\x00", *proof[1:]], root),
            }
        if len(proof) > 1:
            given["turned round"] = (leaf, index, size, proof[::-1], root)
        for name, parts in given.items():
            yield inclusion(f"entry {index} of {size}: {name}", *parts, holds=False, because=name)


def growth() -> Iterator[Case]:
    for old, new in (
        (1, 2),
        (1, 8),
        (2, 3),
        (3, 4),
        (3, 7),
        (4, 7),
        (4, 8),
        (6, 8),
        (7, 8),
        (5, 11),
        (10, 11),
        (36, 100),
        (64, 100),
    ):
        data = entries(new)
        roots = slow_tree.mth(data[:old]), slow_tree.mth(data)
        yield consistency(f"{old} to {new}", old, roots[0], new, roots[1], slow_tree.proof(old, data), holds=True)
    for size in (0, 1, 7):
        root = slow_tree.mth(entries(size))
        yield consistency(f"{size} to {size}", size, root, size, root, [], holds=True)
        if size:
            yield consistency(f"0 to {size}", 0, slow_tree.mth([]), size, root, [], holds=True)


def bad_consistency() -> Iterator[Case]:
    for old, new in ((1, 2), (3, 7), (4, 8), (6, 8), (5, 11)):
        data = entries(new)
        proof, old_root, new_root = slow_tree.proof(old, data), slow_tree.mth(data[:old]), slow_tree.mth(data)
        flipped = bytes([proof[0][0] ^ 128]) + proof[0][1:]
        given = {
            "another earlier root": (old, ZEROS, new, new_root, proof),
            "another later root": (old, old_root, new, ZEROS, proof),
            "the roots exchanged": (old, new_root, new, old_root, proof),
            "the sizes exchanged": (new, old_root, old, new_root, proof),
            "no proof": (old, old_root, new, new_root, []),
            "one hash more": (old, old_root, new, new_root, [*proof, ZEROS]),
            "one hash less": (old, old_root, new, new_root, proof[:-1]),
            "the first hash changed": (old, old_root, new, new_root, [flipped, *proof[1:]]),
            "a short hash": (old, old_root, new, new_root, [proof[0][:-1], *proof[1:]]),
            "equal sizes with a proof": (new, new_root, new, new_root, proof),
            "equal sizes with two roots": (new, old_root, new, new_root, []),
            "from nothing with a proof": (0, slow_tree.mth([]), new, new_root, proof),
            "from nothing with a root": (0, old_root, new, new_root, []),
            "to nothing": (0, slow_tree.mth([]), 0, new_root, []),
            "a tree four times as large": (old, old_root, new * 4, new_root, proof),
            "a short earlier root": (old, old_root[:-1], new, new_root, proof),
        }
        for name, parts in given.items():
            yield consistency(f"{old} to {new}: {name}", *parts, holds=False, because=name)
