"""What a machine has, what its settings say and where each comes from, and how a record there stands."""

from __future__ import annotations

import platform
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from importlib import metadata, util
from pathlib import Path
from typing import Final

import msgspec

from answerable import __version__
from answerable.config import Said, read_said, read_settings, read_smtp
from answerable.errors import AnswerableError, HeldRecordError, RecordError, StorageError
from answerable.model.times import iso
from answerable.stores.mail import MAILTO, read_password
from answerable.stores.record_folder import RecordFolder
from answerable.wiring.desk_erasing import CASES, HELD
from answerable.wiring.publisher import SILENT_US
from answerable.wiring.recording import now_us, read_record

PARTS: Final = (
    ("excel", "openpyxl", "Excel workbooks"),
    ("postgres", "psycopg", "a record on a PostgreSQL server"),
    ("spark", "pyspark", "audits on a cluster"),
)
"""The optional parts: the extra that brings each, its module, what it is for."""

LEAST_FREE_BYTES: Final = 1 << 30


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """An optional part. `version` is "" where it is not installed."""

    extra: str
    version: str
    what_for: str


class RecordSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A record as it stands. `written_now`: a program holds it for writing; `newest_us`: when its newest entry was
    recorded, by the clock of whoever wrote it."""

    origin: str
    entries: int
    newest_us: int | None
    written_now: bool
    database: str


class InClear(msgspec.Struct, frozen=True, kw_only=True):
    """Files of allegations beside the record: nothing but the folder's own rights and the disk protects them."""

    files: int
    bytes: int


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """Something that will not work as it is, and what to do."""

    message: str
    hint: str


class Doctored(msgspec.Struct, frozen=True, kw_only=True):
    """What was found. `free_bytes`: on the disk of the folder that was looked at."""

    program: str
    python: str
    sqlite: str
    platform: str
    free_bytes: int
    settings: tuple[Said, ...]
    parts: tuple[Part, ...]
    record: RecordSeen | None
    in_clear: InClear | None
    troubles: tuple[Trouble, ...]


def look_around(folder: Path | None) -> Doctored:
    """Look at this machine, its settings, and the record in `folder` where one is named.

    Raises SettingsError where the settings cannot be read at all; InputError where the folder holds no record.
    """
    said = read_said()
    record, unread = None, list[Trouble]()
    try:
        record = None if folder is None else _record(folder)
    except (RecordError, StorageError) as fault:  # a key that others can read, a disk: that is what is asked for
        unread.append(Trouble(message=fault.message, hint=fault.hint or ""))
    place = Path() if folder is None else folder
    free_bytes = shutil.disk_usage(place).free
    return Doctored(
        program=f"answerable {__version__}",
        python=platform.python_version(),
        sqlite=sqlite3.sqlite_version,
        platform=platform.platform(),
        free_bytes=free_bytes,
        settings=tuple(said.values()),
        parts=tuple(Part(extra=extra, version=_version(name), what_for=what) for extra, name, what in PARTS),
        record=record,
        in_clear=None if folder is None or record is None else _in_clear(folder),
        troubles=(*unread, *_troubles(said, folder, record, free_bytes)),
    )


def _version(module: str) -> str:
    if util.find_spec(module) is None:
        return ""
    try:
        return metadata.version(module)
    except metadata.PackageNotFoundError:
        return "installed"


def _record(folder: Path) -> RecordSeen:
    with read_record(folder) as record:
        size = record.store.head().size
        last = next(iter(record.store.entries(size - 1, 1)), None) if size else None
        return RecordSeen(
            origin=record.origin,
            entries=size,
            newest_us=None if last is None else last.recorded_at_us,
            written_now=_is_held(folder),
            # an address may carry a password
            database=record.folder.settings.database.partition("://")[0],
        )


def _is_held(folder: Path) -> bool:
    try:
        with RecordFolder(folder).one_writer(patience_s=0):
            return False
    except HeldRecordError:
        return True


def _troubles(
    said: dict[str, Said], folder: Path | None, record: RecordSeen | None, free_bytes: int
) -> Iterator[Trouble]:
    yield from _of_settings(said)
    if free_bytes < LEAST_FREE_BYTES:
        yield Trouble(message=f"The disk has {free_bytes >> 20:,} MB left.", hint="A record stops where it is full.")
    if folder is not None and record is not None:
        yield from _of_record(folder, record)


def _of_settings(said: dict[str, Said]) -> Iterator[Trouble]:
    for reading in (read_settings, _read_mail):
        try:
            reading()
        except AnswerableError as fault:
            yield Trouble(message=fault.message, hint=fault.hint or "")
    mailed = [one for one in said["serve.alarm-to"].values if one.startswith(MAILTO)]
    if mailed and not said["smtp.host"].values:
        yield Trouble(
            message=f"{said['serve.alarm-to'].by}: {mailed[0]} is to be told, and no server takes mail.",
            hint="Write `host` and `from` under [smtp].",
        )


def _read_mail() -> None:
    smtp = read_smtp()
    if smtp is None:
        return
    read_password(smtp)
    secret = smtp.password_file
    if secret is not None and secret.is_file() and secret.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        raise AnswerableError(f"{secret}: others than its owner can read this password.", hint=f"chmod 600 {secret}")


def _in_clear(folder: Path) -> InClear:
    """Documents and claims of allegations, and what was found about them."""
    files = [one for part in (CASES, HELD) for one in (folder / part).rglob("*") if one.is_file()]
    return InClear(files=len(files), bytes=sum(one.stat().st_size for one in files))


def _of_what_is_in_clear(folder: Path) -> Iterator[Trouble]:
    if _in_clear(folder).files and folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Trouble(
            message=f"{folder}: others than its owner can look into this folder, in which documents of allegations lie "
            "in clear.",
            hint=f"chmod 700 {folder}",
        )


def _of_record(folder: Path, record: RecordSeen) -> Iterator[Trouble]:
    if record.written_now and record.newest_us is not None and now_us() - record.newest_us > SILENT_US:
        yield Trouble(
            message=f"A program holds the record for writing, and its newest entry is of {iso(record.newest_us)}.",
            hint="A desk enters a heartbeat each minute: look at it. A rehearsal has a clock of its own.",
        )
    yield from _of_what_is_in_clear(folder)
    spool = folder / "spool.jsonl"
    if spool.is_file() and spool.stat().st_size:
        yield Trouble(
            message=f"{spool}: something waits that the record could not take.",
            hint="It is entered when the desk runs and the disk is well. Never remove it.",
        )
