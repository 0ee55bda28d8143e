"""A log in memory with fixed keys: entries, receipts, checkpoints, tiles and bundles for tests. Nothing is random."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from answerable.proof import (
    Checkpoint,
    HashAt,
    KeyKind,
    Note,
    Receipt,
    RightEdge,
    SigningKey,
    Tile,
    TrustPolicy,
    carry,
    encode_bundle,
    hash_in_tile,
    inclusion_proof,
    leaf_hash,
    root_of,
    seal_of,
    tile_of,
    tiles_of,
    width_at,
)
from answerable.proof.spelling import Json
from answerable.proof.verifier import Bundle, BundleFile, Role

ORIGIN = "log.example/alder/2018h1"
LOG_KEY = SigningKey(ORIGIN, hashlib.sha256(b"log").digest())
OTHER_KEY = SigningKey(ORIGIN, hashlib.sha256(b"another").digest())
WITNESS_KEYS = {
    name: SigningKey(f"witness.example/{name}", hashlib.sha256(name.encode()).digest(), KeyKind.WITNESS)
    for name in ("union", "press", "ombud")
}
TIME_S = 1_529_400_000
TRUST_TEXT = (
    f"# whom the tests believe\nlog {LOG_KEY.verifier}\n"
    + "".join(f"witness {name} {key.verifier}\n" for name, key in WITNESS_KEYS.items())
    + f"group people 2 {' '.join(WITNESS_KEYS)}\nquorum people\n"
)
TRUST = TrustPolicy.parse(TRUST_TEXT.encode())


def canonical(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


class SmallLog:
    """Append entries; everything else follows from them."""

    def __init__(self, entries: Sequence[bytes] = ()) -> None:
        self.entries = list(entries)

    def append(self, value: Json) -> int:
        self.entries.append(canonical(value))
        return len(self.entries) - 1

    @property
    def leaves(self) -> list[bytes]:
        return [leaf_hash(entry) for entry in self.entries]

    def hash_at(self) -> HashAt:
        leaves = self.leaves
        return lambda level, index: root_of(leaves[index << level : (index + 1) << level])

    def checkpoint(self, *witnesses: str, size: int | None = None, key: SigningKey = LOG_KEY) -> bytes:
        size = len(self.entries) if size is None else size
        return signed(Checkpoint(ORIGIN, size, root_of(self.leaves[:size])), *witnesses, key=key)

    def receipt(
        self, index: int, *witnesses: str, shows: Sequence[str] = (), bare: bool = False, key: SigningKey = LOG_KEY
    ) -> Receipt:
        proof = inclusion_proof(index, len(self.entries), self.hash_at())
        extra = None if bare else carry(self.entries[index], shows)
        return Receipt(index, proof, self.checkpoint(*witnesses, key=key), extra)

    def files(self, *witnesses: str) -> dict[str, bytes]:
        """The whole log as C2SP tlog-tiles."""
        size = len(self.entries)
        edge, rows = RightEdge(), [self.leaves]
        for leaf in rows[0]:
            edge.append(leaf)
        while len(rows[-1]) >= 256:
            row = rows[-1]
            rows.append([root_of(row[at : at + 256]) for at in range(0, len(row) // 256 * 256, 256)])
        found = {"checkpoint": self.checkpoint(*witnesses)}
        for tile in tiles_of(size):
            part = slice(tile.index * 256, tile.index * 256 + tile.width)
            whole = encode_bundle(self.entries[part]) if tile.level is None else b"".join(rows[tile.level][part])
            found[tile.path()] = whole
        return found


def signed(checkpoint: Checkpoint, *witnesses: str, key: SigningKey = LOG_KEY) -> bytes:
    text = checkpoint.text()
    cosigned = (WITNESS_KEYS[name].sign(text, time_s=TIME_S) for name in witnesses)
    return Note(text, (key.sign(text), *cosigned)).encode()


def tiled_hashes(files: Mapping[str, bytes], size: int) -> HashAt:
    """The hashes of a tree, read from its tiles the slow way."""

    def hash_at(level: int, index: int) -> bytes:
        tile_level, tile_index, _, _ = tile_of(level, index)
        path = Tile(tile_level, tile_index, width_at(tile_level, tile_index, size)).path()
        return hash_in_tile(level, index, files[path])

    return hash_at


class MemoryFolder:
    """Files in memory, as the verifier wants them."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)

    def names(self) -> frozenset[str]:
        return frozenset(self.files)

    def read(self, name: str) -> bytes:
        return self.files[name]

    def pieces(self, name: str) -> Iterator[bytes]:
        yield self.files[name]

    def written_to(self, folder: Path) -> Path:
        for name, data in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return folder


SOURCE = b"call,received\n1,2018-06-19T14:05:00-07:00\n"
POLICY = b'id = "alder-city/response"\n'
FINDING = b'{"schema":"answerable/finding@1"}\n'


def bundle_files(*witnesses: str) -> dict[str, bytes]:
    """A bundle: a source left out, a policy with its receipt, a finding."""
    log = SmallLog([canonical({"id": str(number), "type": "heartbeat"}) for number in range(5)])
    sealed_source = log.append({"id": "s", "seal": seal_of([SOURCE]).as_json(), "type": "dataset"})
    sealed_policy = log.append({"id": "p", "seal": seal_of([POLICY]).as_json(), "type": "policy"})
    bundle = Bundle(
        ORIGIN,
        "answerable examine inputs/calls.csv --policy inputs/policy.toml --out report",
        (
            BundleFile(
                "inputs/calls.csv", Role.SOURCE, seal_of([SOURCE]), "receipts/calls.tlog-proof", "the city has it"
            ),
            BundleFile("inputs/policy.toml", Role.POLICY, seal_of([POLICY]), "receipts/policy.tlog-proof"),
            BundleFile("finding.json", Role.RESULT, seal_of([FINDING])),
        ),
    )
    data = canonical(bundle.as_json())
    entered = log.append({"id": "b", "seal": seal_of([data]).as_json(), "type": "finding"})
    log.append({"id": "later", "type": "heartbeat"})
    return {
        "bundle.json": data,
        "bundle.tlog-proof": log.receipt(entered, *witnesses).text().encode(),
        "log.vkey": f"{LOG_KEY.verifier}\n".encode(),
        "receipts/calls.tlog-proof": log.receipt(sealed_source, *witnesses).text().encode(),
        "receipts/policy.tlog-proof": log.receipt(sealed_policy, *witnesses).text().encode(),
        "inputs/policy.toml": POLICY,
        "finding.json": FINDING,
    }
