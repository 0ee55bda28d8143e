"""Clients that load a served desk from a process of their own, and what they saw."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.support.door_process import DoorProcess

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Seen:
    """Answers by status, their times in order, and of what was acknowledged id and index."""

    statuses: dict[str, int]
    taken_s: list[float]
    acknowledged: list[tuple[str, int]]
    per_s: float

    def taken_ms(self, share: float) -> float:
        """Within this many milliseconds that share of the answers came."""
        return self.taken_s[int(len(self.taken_s) * share)] * 1_000

    def said(self) -> str:
        """In one line."""
        return (
            f"{len(self.acknowledged):,} calls, {self.per_s:,.0f} a second, p50 {self.taken_ms(0.5):.0f} ms, "
            f"p99 {self.taken_ms(0.99):.0f} ms"
        )


def begun(desk: DoorProcess, *, token: str, clients: int, seconds: float) -> subprocess.Popen[bytes]:
    """The clients, under way: each sends the next call as soon as the last is answered."""
    command = [sys.executable, "-m", "benchmarks.desk_client", "127.0.0.1", str(desk.port), token, "/v1/calls"]
    return subprocess.Popen([*command, str(clients), str(seconds), "0", "keep"], stdout=subprocess.PIPE, cwd=ROOT)


def loaded(desk: DoorProcess, *, token: str, clients: int, seconds: float) -> Seen:
    """Load a desk for some seconds."""
    out, _ = begun(desk, token=token, clients=clients, seconds=seconds).communicate()
    told = json.loads(out)
    acknowledged = [(id_, index) for id_, index, _ in told["acknowledged"]]
    return Seen(told["statuses"], told["taken_s"], acknowledged, len(acknowledged) / seconds)
