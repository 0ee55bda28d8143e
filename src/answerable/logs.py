"""Log set-up for the command line: warnings to standard error, never a caller's data."""

from __future__ import annotations

import logging


def set_up_logs(*, verbose: bool) -> None:
    """Log to standard error; `verbose` shows what each step does."""
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING, format="%(levelname)s %(name)s: %(message)s"
    )
