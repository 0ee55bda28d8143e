"""Generated calls: files of made-up cities for trying the program at scale."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from answerable.config import read_settings
from answerable.engines.duck import connect
from answerable.generated import Generated, generate
from answerable.wiring.folders import made

MEMORY = "1GB"
"""What is enough for any number of rows."""


def generate_calls(
    out: Path, *, rows: int, seed: int, progress: Callable[[str, int, int | None], None] | None = None
) -> Generated:
    """`answerable generate`. Raises InputError, SettingsError, StorageError."""
    settings = read_settings()
    one_thread = msgspec.structs.replace(settings, memory=settings.memory or MEMORY, threads=1)
    with made(out), connect(one_thread) as engine:
        return generate(out, rows=rows, seed=seed, engine=engine, writers=settings.threads, progress=progress)
