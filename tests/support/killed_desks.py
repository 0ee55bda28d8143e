"""Desks that are killed under load, and what must be there afterwards: everything that was acknowledged, as it was."""

from __future__ import annotations

import json
import random
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.door_process import DoorProcess, device_token, sent, served

from answerable.errors import ProofError
from answerable.proof.quorum import TrustPolicy
from answerable.proof.receipt import Receipt, verify_receipt
from answerable.proof.tree import RightEdge, leaf_hash
from answerable.wiring.people import Scope
from answerable.wiring.recording import read_record

CLIENTS = 16
SENT_AGAIN = 50


class LostError(AssertionError):
    """What was acknowledged is not there, or not as it was acknowledged."""


@dataclass
class Sent:
    """By whose token was sent what was acknowledged, what else was answered, and how long each start took."""

    token: str
    acknowledged: dict[str, tuple[int, str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    starts_s: list[float] = field(default_factory=list)


def body_of(id_: str) -> bytes:
    return json.dumps({"id": id_, "place": f"{id_} Alder Street", "nature": "Shouting"}).encode()


class Clients:
    """Sixteen feeds that send calls until the desk is gone, and remember every receipt that they were given."""

    def __init__(self, desk: DoorProcess, into: Sent, *, round_: int) -> None:
        self._into = into
        self._threads = [
            threading.Thread(target=self._send, args=(desk, f"k{round_}-c{client}")) for client in range(CLIENTS)
        ]
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join(30)

    def _send(self, desk: DoorProcess, name: str) -> None:
        token = self._into.token
        try:
            with desk.connect() as connection:
                for number in range(100_000):
                    id_, host = f"{name}-{number}", f"127.0.0.1:{desk.port}"
                    status, told = sent(connection, "POST", "/v1/calls", host=host, token=token, body=body_of(id_))
                    if status == 0:
                        return
                    if status not in (200, 201):
                        self._into.faults.append(f"{status}: {told[:200]!r}")
                        return
                    said = json.loads(told)
                    self._into.acknowledged[id_] = (said["index"], said["receipt"])
        except (OSError, ValueError):
            return  # the desk was killed in the middle of an answer


def killed(folder: Path, *options: str, kills: int, seed: int = 18, broken: str = "") -> Sent:
    """Serve, with these options, and kill so often."""
    chance = random.Random(seed)
    with served(folder):
        told = Sent(token=device_token(folder, Scope.CALLS))
    for round_ in range(kills):
        begun = time.monotonic()
        with served(folder, *options, broken=broken) as desk:
            told.starts_s.append(time.monotonic() - begun)
            clients = Clients(desk, told, round_=round_)
            time.sleep(chance.uniform(0.02, 0.4))
            desk.kill()
            clients.join()
    assert not told.faults
    assert len(told.acknowledged) > kills, "it was killed before it took anything"
    return told


def check(folder: Path, told: Sent) -> None:
    """Every acknowledged call is there at its place, with a receipt that holds and names a state through which this
    record went, and the indexes have no gap."""
    with read_record(folder) as record:
        trust = TrustPolicy().with_log(*record.keyring.verifiers)
        entries = list(record.store.entries(0, record.store.head().size))
    if [one.index for one in entries] != list(range(len(entries))):
        raise LostError("the indexes have gaps")
    by_id = {one.id: one for one in entries}
    root_at, tree = dict[int, bytes](), RightEdge()
    for one in entries:
        tree.append(leaf_hash(one.body))
        root_at[tree.size] = tree.root()
    if len(by_id) != len(entries):
        raise LostError("an id is there twice")
    if lost := sorted(set(told.acknowledged) - set(by_id)):
        raise LostError(f"{lost[0]} was acknowledged, and is not there")
    for id_, (index, text) in told.acknowledged.items():
        if by_id[id_].index != index:
            raise LostError(f"{id_} was acknowledged as entry {index}, and is not there")
        try:
            at = verify_receipt(Receipt.parse(text.encode()), entry=by_id[id_].body, trust=trust).checkpoint
        except ProofError as fault:
            raise LostError(f"the receipt of {id_} does not hold: {fault}") from fault
        if root_at.get(at.size) != at.root:
            raise LostError(f"the receipt of {id_} names another history")


def check_again(folder: Path, told: Sent) -> None:
    """Whoever sends again is told the same: the same place, the same entry and disclosures, proved."""
    chance, token = random.Random(19), told.token
    with served(folder) as desk, desk.connect() as connection:
        host = f"127.0.0.1:{desk.port}"
        assert sent(connection, "GET", "/-/ready", host=host)[0] == 200
        for id_ in chance.sample(sorted(told.acknowledged), SENT_AGAIN):
            status, body = sent(connection, "POST", "/v1/calls", host=host, token=token, body=body_of(id_))
            said: dict[str, Any] = json.loads(body)
            index, text = told.acknowledged[id_]
            before, after = Receipt.parse(text.encode()), Receipt.parse(said["receipt"].encode())
            if (status, said["index"], after.extra) != (200, index, before.extra):
                raise LostError(f"{id_} has another receipt")
        assert desk.stop() == 0
        assert desk.errors() == ""
