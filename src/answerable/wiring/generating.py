"""Generated calls: files of made-up cities for trying the program at scale."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from answerable.config import read_settings
from answerable.generated import Generated, generate
from answerable.wiring.folders import made


def generate_calls(
    out: Path, *, rows: int, seed: int, progress: Callable[[str, int, int | None], None] | None = None
) -> Generated:
    """`answerable generate`. Raises InputError, SettingsError, StorageError."""
    settings = read_settings()
    with made(out):
        return generate(out, rows=rows, seed=seed, settings=settings, progress=progress)
