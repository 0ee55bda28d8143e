"""`./dev bench record`: calls recorded with a receipt, a log and a receipt verified, beside raw SQLite and pymerkle."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue

from pymerkle import InmemoryTree, verify_inclusion

from answerable.proof import TrustPolicy, leaf_hash, root_of, verify_receipt
from answerable.proof.checkpoint import Checkpoint
from answerable.proof.note import Note, SigningKey
from answerable.proof.receipt import Receipt, carry
from answerable.proof.tree import HASH_BYTES, inclusion_proof
from answerable.record.edge import Edge
from answerable.record.entry import Draft, EntryType
from answerable.record.keyring import KeyInUse, Keyring
from answerable.record.log import Log
from answerable.record.opening import opened
from answerable.record.ports import StoredTile
from answerable.record.prepared import prepare
from answerable.record.proving import receipt_of
from answerable.record.sequencer import Placed, Sequencer
from answerable.stores.chance import SystemChance
from answerable.stores.high_water_file import HighWaterFile
from answerable.stores.sqlite_record import SqliteStore
from answerable.stores.sqlite_vault import SqliteVault
from benchmarks.measure import percentile_us, side_by_side
from benchmarks.table import Line, finish

ORIGIN = "bench.example/desk/2018h1"
CHANCE = SystemChance()
KEY = SigningKey.generate(ORIGIN)
PRIVATE = {f"field_{number}": f"a private value, number {number}" for number in range(8)}
"""Eight private fields: caller, telephone, place, what was said."""

SECONDS = 4.0
LEAVES = 10_000_000
BESIDE = 20_000
"""Leaves in the comparison with pymerkle, which takes its time."""

CALLS_TARGET, VERIFY_TARGET_S, RECEIPT_TARGET_BYTES, CHECK_TARGET_US = 6_000, 10.0, 1_500, 1_000.0


@dataclass(frozen=True, slots=True)
class Rate:
    """Calls a second, and what single calls took."""

    per_s: float
    p50_ms: float
    p99_ms: float
    cpu_us: float


def main() -> int:
    """Measure, print, write the section; 1 where a target is missed."""
    leaves = int(sys.argv[1]) if len(sys.argv) > 1 else LEAVES
    lines = [*_recorded(), _verified(leaves), *_receipts()]
    return finish("record", lines, notes=[_NOTE])


_NOTE = (
    "A receipted call has eight private fields: nine salts made durable in the vault, nine values encrypted, two "
    "hashes of the leaf, a signature, one transaction, the high-water mark, and a full inclusion proof. Raw SQLite "
    "writes rows of the same size in transactions of as many rows as there are clients, `synchronous=FULL`, and "
    "promises nothing else. One loop serves all clients, as a web server's does; with a thread for each client it is "
    "about half as many calls, since Python's threads take turns."
)


def _recorded() -> list[Line]:
    lines = []
    for clients in (1, 10, 100):
        with tempfile.TemporaryDirectory() as folder:
            raw = _raw_rows_per_s(Path(folder), clients)
            rate = _receipted(Path(folder), clients)
            raw = (raw + _raw_rows_per_s(Path(folder), clients)) / 2
        target = f">= {CALLS_TARGET:,} a second" if clients == 100 else ""
        lines.append(
            Line(
                promise=f"calls recorded with a receipt, {clients} client{'s' * (clients > 1)}",
                target=target,
                measured=f"{rate.per_s:,.0f} a second; p50 {rate.p50_ms:.1f} ms, p99 {rate.p99_ms:.1f} ms; "
                f"{rate.cpu_us:.0f} us of processor a call",
                control=f"raw SQLite rows in batches of {clients}: {raw:,.0f} a second; ratio {rate.per_s / raw:.3f}",
                met=rate.per_s >= CALLS_TARGET if clients == 100 else None,
            )
        )
    return lines


def _receipted(folder: Path, clients: int) -> Rate:
    """Clients that each send a call, wait for its receipt, and send the next."""
    store = SqliteStore(folder / "record.db", origin=ORIGIN, write=True)
    vault = SqliteVault(folder / "vault.db", write=True)
    high_water = HighWaterFile(folder / "high-water")
    keyring = Keyring(keys=(KeyInUse(key=KEY),))
    snapshot = opened(origin=ORIGIN, store=store, high_water=high_water, keys=keyring.verifiers)
    sequencer = Sequencer(
        origin=ORIGIN, store=store, vault=vault, high_water=high_water, keyring=keyring, clock=_now_us,
        chance=CHANCE, snapshot=snapshot,
    )  # fmt: skip
    taken = list[float]()
    with Log(sequencer, clock=_now_us, chance=CHANCE) as log:
        cpu, until = time.process_time(), time.perf_counter() + SECONDS

        _serve(log, store, clients, until=until, taken=taken)
        cpu = time.process_time() - cpu
    store.close()
    vault.close()
    taken.sort()
    at = [taken[int(len(taken) * share)] * 1_000 for share in (0.5, 0.99)]
    return Rate(len(taken) / SECONDS, at[0], at[1], cpu / len(taken) * 1e6)


def _serve(log: Log, store: SqliteStore, clients: int, *, until: float, taken: list[float]) -> None:
    """One loop serves all clients, as a web server's does: each sends a call, waits for its receipt, sends the next."""
    answers = SimpleQueue[tuple[int, object]]()
    begun, number = [0.0] * clients, 0

    def send(client: int) -> None:
        nonlocal number
        number += 1
        begun[client] = time.perf_counter()
        log.send(_draft(number), lambda answer: answers.put((client, answer)))

    for client in range(clients):
        send(client)
    waiting = clients
    while waiting:
        client, answer = answers.get()
        assert isinstance(answer, Placed)
        receipt_of(answer, store=store).text()
        taken.append(time.perf_counter() - begun[client])
        if time.perf_counter() < until:
            send(client)
        else:
            waiting -= 1


def _draft(number: int) -> Draft:
    public = {"kind": "call", "priority": 1}
    return Draft(id=f"call-{number}", type=EntryType.CALL, public=public, private=PRIVATE)


def _raw_rows_per_s(folder: Path, batch: int) -> float:
    path = folder / "raw.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS entry (seq INTEGER PRIMARY KEY, body BLOB)")
    body, rows, until = os.urandom(1_100), 0, time.perf_counter() + SECONDS / 2
    while time.perf_counter() < until:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO entry (body) VALUES (?)", [(body,)] * batch)
        connection.execute("COMMIT")
        rows += batch
    connection.close()
    return rows / (SECONDS / 2)


def _verified(leaves: int) -> Line:
    """Every entry hashed, and the tree over them; pymerkle beside it on fewer."""
    begun = time.perf_counter()
    roots, body = list[bytes](), b'{"id":"%08d","kind":"call","recorded_at_us":1529434800000000,"type":"call"}'
    for first in range(0, leaves, 256):
        roots.append(root_of([leaf_hash(body % number) for number in range(first, min(first + 256, leaves))]))
    root_of(roots)
    taken_s = time.perf_counter() - begun
    entries = [body % number for number in range(BESIDE)]

    def ours() -> bytes:
        return root_of([leaf_hash(entry) for entry in entries])

    def theirs() -> bytes:
        tree = InmemoryTree()
        for entry in entries:
            tree.append_entry(entry)
        return bytes(tree.get_root())

    timed = side_by_side({"ours": ours, "pymerkle": theirs}, rounds=3)
    ratio = timed["pymerkle"].ratio_to(timed["ours"])
    return Line(
        promise=f"a log of {leaves:,} entries hashed again",
        target=f"<= {VERIFY_TARGET_S:.0f} s",
        measured=f"{taken_s:.1f} s",
        control=f"pymerkle takes {ratio:.1f} times as long for the root of {BESIDE:,}",
        met=taken_s * LEAVES / leaves <= VERIFY_TARGET_S,
    )


def _receipts() -> list[Line]:
    """A receipt from a log of a million entries, and what checking it takes."""
    tiles = dict[tuple[int, int], StoredTile]()
    edge, entry = Edge(), b'{"entry":"answerable/entry@1","id":"018f3c1e-7a53-7c58-a0a1-6f2d1f9f0f11","kind":"call"}'
    for number in range(1_000_000):
        leaf = leaf_hash(entry) if number == 500_000 else hashlib.sha256(number.to_bytes(8, "big")).digest()
        for tile in edge.append(leaf):
            tiles[tile.level, tile.index] = tile
    text = Checkpoint(origin=ORIGIN, size=edge.size, root=edge.root()).text()
    path = inclusion_proof(500_000, edge.size, edge.hash_at(lambda level, index: tiles.get((level, index))))
    note = Note(text, (KEY.sign(text),)).encode()
    receipt = Receipt(index=500_000, proof=path, checkpoint=note, extra=carry(entry))
    data, trust = receipt.text().encode(), TrustPolicy.of_log(KEY.verifier)
    told = prepare(_draft(500_000), recorded_at_us=_now_us(), chance=CHANCE)
    full = replace(receipt, extra=carry(told.body, told.disclosures)).text()
    check_us = percentile_us([lambda: verify_receipt(Receipt.parse(data), entry=entry, trust=trust)] * 2_000, 50)
    tree = InmemoryTree()
    for number in range(4_096):
        tree.append_entry(b"%d" % number)
    proof, base, root = tree.prove_inclusion(77), tree.get_leaf(77), tree.get_root()
    theirs_us = percentile_us([lambda: verify_inclusion(base, root, proof)] * 500, 50)
    return [
        Line(
            promise="size of a receipt in a log of 1,000,000 entries",
            target=f"<= {RECEIPT_TARGET_BYTES:,} bytes",
            measured=f"{len(data):,} bytes; with a call's entry and its eight private fields {len(full):,}",
            control=f"{len(path)} hashes of {HASH_BYTES} bytes are {len(path) * HASH_BYTES} of them, before base64",
            met=len(data) <= RECEIPT_TARGET_BYTES,
        ),
        Line(
            promise="checking such a receipt, signature and all",
            target=f"<= {CHECK_TARGET_US / 1000:.0f} ms",
            measured=f"{check_us / 1000:.2f} ms",
            control=f"pymerkle, a proof alone in a tree of 4,096: {theirs_us / 1000:.2f} ms",
            met=check_us <= CHECK_TARGET_US,
        ),
    ]


def _now_us() -> int:
    return time.time_ns() // 1_000


if __name__ == "__main__":
    sys.exit(main())
