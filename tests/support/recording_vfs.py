"""A layer under SQLite that remembers every write and sync, can make any of them fail, and rebuilds what a power cut
may leave on the disk.

It is SQLite's own unix layer with three methods of each open file replaced, so that everything but writing is exactly
what runs in earnest. What a cut may leave: all that was synced; of what came after the last sync of its file any
sectors of 512 bytes, in any combination. SQLite's shared memory is not on the disk, and is gone.
"""

from __future__ import annotations

import ctypes
import random
import sqlite3
from collections.abc import Callable, Sequence
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p
from pathlib import Path
from typing import Any, NamedTuple

import pytest

SECTOR = 512
IOERR_WRITE, IOERR_FSYNC, FULL = 778, 1034, 13
"""SQLite's codes for a failed write, a failed fsync and a full disk."""

_CLOSE = CFUNCTYPE(c_int, c_void_p)
_WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
_SYNC = CFUNCTYPE(c_int, c_void_p, c_int)
_DELETE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int)
_OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)


_FOREVER: list[object] = []


class _Methods(Structure):
    """sqlite3_io_methods, version 3."""

    _fields_ = (
        ("version", c_int),
        ("close", c_void_p),
        ("read", c_void_p),
        ("write", c_void_p),
        ("truncate", c_void_p),
        ("sync", c_void_p),
        ("rest", c_void_p * 13),
    )


class _File(Structure):
    """sqlite3_file: only its methods are ours."""

    _fields_ = (("methods", POINTER(_Methods)),)


class _Vfs(Structure):
    """sqlite3_vfs, version 3."""

    _fields_ = (
        ("version", c_int),
        ("file_size", c_int),
        ("longest_path", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", c_void_p),
        ("delete", c_void_p),
        ("rest", c_void_p * 13),
    )


class Operation(NamedTuple):
    """`open`, `write` (place and bytes), `truncate` (place is the new size), `sync` or `delete` of a file."""

    file: str
    kind: str
    place: int = 0
    data: bytes = b""


class RecordingVfs:
    """Registered with SQLite under `name`; use it with `vfs=name`. `lying`: syncs are answered, and do nothing."""

    def __init__(self, name: str, *, lying: bool = False) -> None:
        self.name = name
        self.lying = lying
        self.operations: list[Operation] = []
        self.fault: Callable[[Operation], int] = lambda _: 0
        self._library = _sqlite_of_python()
        original = ctypes.cast(self._library.sqlite3_vfs_find(None), POINTER(_Vfs))
        self._original = original
        self._vfs = _Vfs.from_buffer_copy(original.contents)
        self._open_original = _OPEN(original.contents.open)
        self._files: dict[int, str] = {}
        self._kept: dict[int, tuple[Any, ...]] = {}
        self._delete_original = _DELETE(original.contents.delete)
        self._open, self._delete = _OPEN(self._opened), _DELETE(self._deleted)
        self._vfs.name = name.encode()
        self._vfs.open = ctypes.cast(self._open, c_void_p)
        self._vfs.delete = ctypes.cast(self._delete, c_void_p)
        # never taken away: a connection that Python has not yet let go of may still write through it
        _FOREVER.append(self)
        if self._library.sqlite3_vfs_register(ctypes.byref(self._vfs), 0) != 0:
            raise RuntimeError("SQLite did not take the layer")

    def _opened(self, _vfs: int, path: int | None, file: int, flags: int, out: int) -> int:
        code = self._open_original(ctypes.addressof(self._original.contents), path, file, flags, out)
        opened = ctypes.cast(file, POINTER(_File))
        if code == 0 and path is not None and opened.contents.methods:
            self._files[file] = Path(ctypes.string_at(path).decode()).name
            self.operations.append(Operation(self._files[file], "open"))
            opened.contents.methods = self._ours(opened.contents.methods)
        return int(code)

    def _deleted(self, _vfs: int, path: int, sync: int) -> int:
        name = Path(ctypes.string_at(path).decode()).name
        code = self._done(Operation(name, "delete"))
        return code or int(self._delete_original(ctypes.addressof(self._original.contents), path, sync))

    def _ours(self, methods: Any) -> Any:
        """The same methods, with write, truncate and sync going through us."""
        address = ctypes.addressof(methods.contents)
        if address not in self._kept:
            real = methods.contents
            ours = _Methods.from_buffer_copy(real)
            write, truncate, sync = _WRITE(real.write), _TRUNCATE(real.truncate), _SYNC(real.sync)

            def on_write(file: int, data: int, count: int, place: int) -> int:
                code = self._done(Operation(self._files[file], "write", place, ctypes.string_at(data, count)))
                return code or int(write(file, data, count, place))

            def on_truncate(file: int, size: int) -> int:
                return self._done(Operation(self._files[file], "truncate", size)) or int(truncate(file, size))

            def on_sync(file: int, _flags: int) -> int:
                # the disk under the test need not really sync: the cut is made from what was recorded
                return self._done(Operation(self._files[file], "sync"))

            callbacks = (_WRITE(on_write), _TRUNCATE(on_truncate), _SYNC(on_sync))
            for field, callback in zip(("write", "truncate", "sync"), callbacks, strict=True):
                setattr(ours, field, ctypes.cast(callback, c_void_p))
            self._kept[address] = (ours, callbacks, write, truncate, sync)
        return ctypes.pointer(self._kept[address][0])

    def _done(self, operation: Operation) -> int:
        code = self.fault(operation)
        if code == 0 and not (self.lying and operation.kind == "sync"):
            self.operations.append(operation)
        return code


def left_by_a_cut(operations: Sequence[Operation], chance: random.Random) -> dict[str, bytes]:
    """The files that a power cut after these operations may leave."""
    files: dict[str, bytearray] = {}
    last_sync = {one.file: number for number, one in enumerate(operations) if one.kind == "sync"}
    names_synced = _last_sync_of_names(operations)
    keep = chance.choice((0.0, 0.1, 0.5, 0.9, 1.0))
    for number, one in enumerate(operations):
        if one.kind == "delete":
            if number < names_synced or chance.random() < keep:
                files.pop(one.file, None)
            continue
        content = files.setdefault(one.file, bytearray())
        durable = number < last_sync.get(one.file, -1)
        if one.kind == "truncate" and (durable or chance.random() < keep):
            del content[one.place :]
        elif one.kind == "write":
            _write(content, one, None if durable else keep, chance)
    return {name: bytes(content) for name, content in files.items()}


def _last_sync_of_names(operations: Sequence[Operation]) -> int:
    """When names in the folder last became durable: SQLite syncs the folder with the first sync of a new file."""
    last, known, new = -1, set[str](), set[str]()
    for number, one in enumerate(operations):
        if one.kind == "open" and one.file not in known:
            known.add(one.file)
            new.add(one.file)
        elif one.kind == "delete":
            known.discard(one.file)
        elif one.kind == "sync" and one.file in new:
            new.discard(one.file)
            last = number
    return last


def _write(content: bytearray, one: Operation, keep: float | None, chance: random.Random) -> None:
    """Put all of a write into a file, or (keep) each of its sectors with that probability."""
    at, end = one.place, one.place + len(one.data)
    while at < end:
        stop = min((at // SECTOR + 1) * SECTOR, end)
        if keep is None or chance.random() < keep:
            if len(content) < stop:
                content.extend(bytes(stop - len(content)))
            content[at:stop] = one.data[at - one.place : stop - one.place]
        at = stop


def _sqlite_of_python() -> Any:
    """The library that Python's own module uses; skips, saying so, where it is built into the module."""
    try:
        library = ctypes.CDLL("libsqlite3.so.0")
    except OSError:
        pytest.skip("SQLite is built into this Python, so no layer can be put under it")
    library.sqlite3_libversion.restype = c_char_p
    library.sqlite3_vfs_find.restype = c_void_p
    library.sqlite3_vfs_find.argtypes = [c_char_p]
    library.sqlite3_vfs_register.argtypes = [c_void_p, c_int]
    if library.sqlite3_libversion().decode() != sqlite3.sqlite_version:
        pytest.skip("Python uses another SQLite than the system's, so no layer can be put under it")
    return library
