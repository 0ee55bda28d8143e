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
    """Every entry of a log was read, from the first on, and the hashes lead to the signed `root` of `size` entries.

    `unread`: how many of the last were under embargo, so that only their hashes were read. `keys` are those of the
    log, as whoever read it gave them; `witnesses` those who had cosigned that state, by their names in the reader's own
    trust policy. `opened_us` and `through_us`: when the first and the last entry that was read were made.
    """

    origin: str
    keys: tuple[str, ...]
    size: int
    root: str
    witnesses: tuple[str, ...]
    opened_us: int
    through_us: int
    versions: tuple[LoggedVersion, ...]
    unread: int = 0
