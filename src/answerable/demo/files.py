"""Writing the story's files: each appears whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from answerable.errors import StorageError


def package_files() -> dict[str, bytes]:
    """Everything below `story/` in the package, by its path relative to that folder."""
    return dict(_below(files("answerable.demo") / "story", prefix=""))


def write_files(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write every file below `folder`, replacing those there are. Raises StorageError where the disk refuses."""
    try:
        for name, content in contents.items():
            _write(folder / name, content)
    except OSError as fault:
        raise StorageError(f"{fault.filename or folder}: {fault.strerror}", hint="Choose another folder.") from fault


def _below(place: Traversable, *, prefix: str) -> Iterator[tuple[str, bytes]]:
    for one in sorted(place.iterdir(), key=lambda entry: entry.name):
        if one.is_dir():
            yield from _below(one, prefix=f"{prefix}{one.name}/")
        elif not one.name.startswith("."):
            yield f"{prefix}{one.name}", one.read_bytes()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_bytes(content)
        os.replace(partial, path)  # noqa: PTH105  replaces on every system, unlike rename
    except OSError:
        partial.unlink(missing_ok=True)
        raise
