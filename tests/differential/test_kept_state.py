"""A desk that goes on from a kept state is the desk that replays every entry: in everything, whenever it was kept."""

from __future__ import annotations

import pytest
from tests.support.desk_simulation import RULES, Simulation
from tests.support.desk_worlds import differences
from tests.support.fault_runs import runs

from answerable.wiring import desk_kept
from answerable.wiring.desk_core import DeskCore
from answerable.wiring.desk_kept import Restored, Writer, decoded
from answerable.wiring.desk_spool import MemorySpool

SEEDS = runs(120, full=5_000)
STEPS = 24
PARTS = 4


def kept(core: DeskCore, writer: Writer) -> Restored | None:
    """The state of a desk as it is written down and read back; None where it must not be kept now."""
    still = core.still()
    if still is None:
        return None
    return decoded(writer.encoded(still, core.spoken), size=core.world.watch.index + 1, rules=RULES)


def replayed(core: DeskCore, after: Restored | None = None) -> DeskCore:
    """Another desk on the same record, before it opens anything private."""
    again = DeskCore(core.recorder, MemorySpool(), time=core.time, chance=bytes, rules=RULES)
    again.replay(after)
    return again


@pytest.mark.parametrize("part", range(PARTS))
def test_a_start_from_a_kept_state_is_a_whole_replay(part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_kept, "CALLS_AT_ONCE", 3)  # so that some pieces stay as they were, and others do not
    compared = refused = 0
    for seed in range(part, SEEDS, PARTS):
        simulation = Simulation(seed)
        states, writer = list[Restored](), Writer()
        for _ in range(STEPS):
            simulation.happen()
            if simulation.random.random() < 0.2:
                found = kept(simulation.core, writer)
                refused += found is None
                states += [] if found is None else [found]
        simulation.heal()
        states += [] if (found := kept(simulation.core, writer)) is None else [found]
        whole = replayed(simulation.core)
        for state in states:
            again = replayed(simulation.core, state)
            assert differences(again.world, whole.world) == [], f"seed {seed}, kept at {state.size}"
            assert again.spoken == whole.spoken
            assert again.cold.keys() == whole.cold.keys()
            compared += 1
    assert compared > SEEDS // 8
    assert refused > 0, "no history kept its state while the record was down"
