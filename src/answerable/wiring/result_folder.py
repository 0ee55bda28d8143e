"""A result folder, opened: its files must still be those that its manifest seals."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec

from answerable.errors import InputError
from answerable.notation import NotationError, json_values
from answerable.report.disk import sha256_of

_LARGEST_BYTES = 64 * 1024 * 1024


class ResultFolder(msgspec.Struct, frozen=True, kw_only=True):
    """A folder that `answerable examine` wrote, its manifest, and the SHA-256 of the manifest itself."""

    path: Path
    manifest: dict[str, Any]
    manifest_sha256: str

    def sealed(self, name: str) -> Path:
        """A file of the folder, whose bytes are still those that were sealed. Raises InputError, StorageError."""
        path = self.path / name
        expected = next((one["sha256"] for one in self.manifest["files"] if one["name"] == name), None)
        if expected is None or not path.is_file():
            raise InputError(f"{self.path}: the result has no {name}", hint="Examine the publisher's file again.")
        if sha256_of(path) != expected:
            raise InputError(
                f"{path}: its bytes are not those that manifest.json seals", hint="Examine the publisher's file again."
            )
        return path

    def sha256(self, name: str) -> str:
        """The SHA-256 under which a file of the folder is sealed."""
        return next(str(one["sha256"]) for one in self.manifest["files"] if one["name"] == name)

    def document(self, name: str) -> dict[str, Any]:
        """A sealed JSON file of the folder. Raises InputError, StorageError."""
        return _object(self.sealed(name).read_bytes(), path=self.path / name)


def is_result(folder: Path) -> bool:
    """Whether there is a manifest in the folder; `open_result` says whether it is a whole result."""
    return (folder / "manifest.json").is_file()


def open_result(folder: Path) -> ResultFolder:
    """The result in a folder. Raises InputError where it is none, or not a whole one."""
    path = folder / "manifest.json"
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise InputError(f"{path} is too large to be the manifest of a result")
        data = path.read_bytes()
    except OSError as fault:
        raise InputError(
            f"{folder} is no result: its manifest.json cannot be read: {fault.strerror}",
            hint="A result is the folder that `answerable examine FILE --policy … --out DIR` writes.",
        ) from fault
    manifest = _object(data, path=path)
    if not str(manifest.get("schema", "")).startswith("answerable/manifest@") or not _lists_files(manifest):
        raise InputError(f"{path} is not the manifest of a result of Answerable")
    return ResultFolder(path=folder, manifest=manifest, manifest_sha256=hashlib.sha256(data).hexdigest())


def _lists_files(manifest: dict[str, Any]) -> bool:
    files = manifest.get("files")
    return isinstance(files, list) and all(isinstance(one, dict) and {"name", "sha256"} <= set(one) for one in files)


def _object(data: bytes, *, path: Path) -> dict[str, Any]:
    try:
        found = json_values(data)
    except NotationError as fault:
        raise InputError(f"{path} is not JSON: {fault}") from fault
    if not isinstance(found, dict):
        raise InputError(f"{path} is not a JSON object")
    return found
