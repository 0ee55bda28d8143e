"""How many faults a test makes: few in every run, as many as the specification promises with FAULTS=full."""

from __future__ import annotations

import os

FULL = os.environ.get("FAULTS") == "full"


def runs(usual: int, *, full: int) -> int:
    """`usual`, or `full` in the nightly run (`./dev nightly`)."""
    return full if FULL else usual
