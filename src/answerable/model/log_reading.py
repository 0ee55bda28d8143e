"""What was read of a whole log about versions of a policy: which were entered, when, and how far the log reaches."""

from __future__ import annotations

import msgspec


class LoggedVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a policy in a log: its place, when it was there at the latest, and its file by name and SHA-256.

    `sha256` is "" where the entry seals no file, so that nobody can say which text it stands for.
    """

    index: int
    entered_us: int
    file: str
    sha256: str


class LogReading(msgspec.Struct, frozen=True, kw_only=True):
    """Every entry of a log was read, from the first to number `size`, and every hash leads to the signed `root`.

    `keys` are those of the log, as whoever read it gave them; `witnesses` those who had cosigned that state, by their
    names in the reader's own trust policy. `opened_us` and `through_us`: when its first and its last entry were made.
    """

    origin: str
    keys: tuple[str, ...]
    size: int
    root: str
    witnesses: tuple[str, ...]
    opened_us: int
    through_us: int
    versions: tuple[LoggedVersion, ...]
