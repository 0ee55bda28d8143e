"""`./dev bench policy`: what the response policy's engine promises about speed."""

from __future__ import annotations

import sys

from benchmarks import policy_bulk, policy_check, policy_live
from benchmarks.table import finish

NOTE = (
    "Time is processors' time, except where it says wall. A decision by cell has its rule, the clock that set each "
    "limit and the open facts; what is written by hand has none of them. CEL and Cedar decide less than the policy "
    "does (see the column), so their ratios flatter them."
)


def main() -> int:
    """Measure and write the table; 1 where a target is missed."""
    return finish("policy", [*policy_live.lines(), *policy_check.lines(), *policy_bulk.lines()], notes=[NOTE])


if __name__ == "__main__":
    sys.exit(main())
