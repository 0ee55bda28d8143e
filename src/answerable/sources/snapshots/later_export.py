"""A later export of a source onto the calls of the earlier ones: what is new, changed or gone, and nothing rewritten.

Writes what an import writes, and beside it `<OUT stem>.history.parquet`, every observation of every call, and
`<OUT stem>.changes.csv`, what changed in what. The earlier files are only read.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import msgspec

from answerable.config import Settings
from answerable.errors import SourceError
from answerable.model.call import CALL_COLUMNS, CLOCK_POINTS, Quality
from answerable.model.snapshot import Snapshot, Snapshots, broken_link, nothing_before
from answerable.model.source import SourceManifest
from answerable.model.times import iso
from answerable.sources.files.seal import sha256_of
from answerable.sources.importer import import_calls
from answerable.sources.profiling.profile import Profile
from answerable.sources.rows.staging import EVERY, Names, count, looks_like_a_pattern, publish, staging
from answerable.sources.snapshots.changes import changed_columns, find_changes, write_changes
from answerable.sources.snapshots.match import RawColumns, hold_against, raw_columns, states
from answerable.sources.snapshots.state import (
    add_observations,
    as_of_by_snapshot,
    edited,
    keys_sha256,
    view_earlier,
    view_history,
    view_later,
    write_calls,
    write_history,
)
from answerable.sources.sql_text import literal, name

Progress = Callable[[str, int, int | None], None]
MATCHING, WRITING = "comparing with the earlier export", "writing what changed"


def add_snapshot(  # noqa: PLR0913  those of an import, and what it is added to
    file: Path | Sequence[Path],
    *,
    profile: Profile,
    onto: Path,
    known: SourceManifest,
    out: Path,
    encoding: str | None = None,
    sheet: str | None = None,
    as_of_us: int | None = None,
    progress: Progress | None = None,
    settings: Settings | None = None,
) -> SourceManifest:
    """Import `file`, a later export, onto the calls in `onto`, whose manifest is `known`, into `out`.

    Nothing of `onto` is written to. The last export once more, speaking up to the same time, adds nothing: `out` is
    then a copy. Raises SourceError where the export does not follow what is known (another
    profile, an earlier time, no identity), and what `import_calls` raises.
    """
    tell = progress or (lambda _step, _done, _total: None)
    settings = settings or Settings()
    _refuse_what_does_not_follow(profile, onto=onto, known=known)
    key = _key(file, out, onto=onto, profile=profile)
    with _later_folder(out, key) as folder, staging(out, settings, key=key) as stage:
        read = Names(folder / "calls.parquet")
        later = import_calls(
            file, profile=profile, out=read.parquet, encoding=encoding, sheet=sheet, as_of_us=as_of_us,
            progress=progress, settings=settings,
        )  # fmt: skip
        _refuse_an_older_one(later, known, as_of_stated=as_of_us is not None)
        made = Names(stage.folder / "calls.parquet")
        if (later.file, later.horizon_us) == (known.file, known.horizon_us):
            _copy(Names(onto), made)
            publish(made, Names(out))
            return known
        _empty(stage.con)
        joined = _Joined(stage.con, profile, known=known, later=later)
        tell(MATCHING, 0, None)
        joined.compare(Names(onto), read)
        tell(WRITING, 0, None)
        found = joined.write(Names(onto), made)
        shutil.copyfile(read.quarantine, made.quarantine)
        made.manifest.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
        publish(made, Names(out))
    tell("done", 1, 1)
    return found


def _key(file: Path | Sequence[Path], out: Path, *, onto: Path, profile: Profile) -> str:
    """What an import that was stopped is known by."""
    paths = [file] if isinstance(file, Path) else list(file)
    told = msgspec.json.encode([profile.sha256, out.name, *(str(path.resolve()) for path in (onto, *paths))])
    return hashlib.sha256(b"onto" + told).hexdigest()[:16]


@contextmanager
def _later_folder(out: Path, key: str) -> Iterator[Path]:
    """Where the later export is imported by itself, so that its reading, too, goes on where it was stopped."""
    beside = Path(tempfile.gettempdir()) if looks_like_a_pattern(out.parent.absolute()) else out.parent
    folder = beside / f".answerable-later-{key}"
    try:
        yield folder
    finally:
        if not isinstance(sys.exception(), KeyboardInterrupt):
            shutil.rmtree(folder, ignore_errors=True)


def _empty(con: duckdb.DuckDBPyConnection) -> None:
    """Take out what an earlier run left: comparing begins anew."""
    for kind in ("view", "table"):
        found = con.execute(f"SELECT {kind}_name FROM duckdb_{kind}s() WHERE NOT internal").fetchall()
        for (left,) in found:
            con.execute(f"DROP {kind} {name(left)}")


def _refuse_what_does_not_follow(profile: Profile, *, onto: Path, known: SourceManifest) -> None:
    if not profile.definition.file.identity:
        raise SourceError(
            f"the profile {profile.id} has no identity, so that no row can be found again in a later export",
            hint='Write in its [file] table the columns that name a row: identity = ["Call Number"]. Then import the '
            "first export again under it.",
        )
    if known.source != profile.id or known.profile_sha256 != profile.sha256:
        other = f"they are of the source {known.source}"
        if known.source == profile.id:
            other = "they were read by another version of it"
        raise SourceError(
            f"these calls cannot be compared under the profile {profile.id}: {other}",
            file=onto.name,
            hint="Import the first export again under this profile, then the later ones onto it in their order.",
        )
    if known.snapshots is not None:
        _refuse_what_was_altered(known.snapshots, Names(onto))


def _refuse_what_was_altered(snapshots: Snapshots, names: Names) -> None:
    broken = broken_link(snapshots.every)
    if broken is not None:
        raise SourceError(f"snapshot {broken} of the manifest is not what its digest says", file=names.manifest.name)
    for path, expected in ((names.history, snapshots.history_sha256), (names.changes, snapshots.changes_sha256)):
        if not path.is_file():
            raise SourceError(
                f"{path.name} is not beside it", file=names.parquet.name,
                hint="A file of calls of several exports goes with its history and its changes: copy all of them.",
            )  # fmt: skip
        if sha256_of(path) != expected:
            raise SourceError(f"its bytes are not those that {names.manifest.name} was written for", file=path.name)


def _refuse_an_older_one(later: SourceManifest, known: SourceManifest, *, as_of_stated: bool) -> None:
    if known.horizon_us is None:
        return
    if later.horizon_us is None or later.horizon_us < known.horizon_us:
        until = "has no time in it" if later.horizon_us is None else f"speaks up to {iso(later.horizon_us)}"
        raise SourceError(
            f"this export {until}, and what is known already reaches {iso(known.horizon_us)}: it is not a later one",
            file=later.file.name,
            hint="Exports are imported in the order in which they were made."
            + ("" if as_of_stated else " Where this one was made later, say when: --as-of TIME."),
        )


def _copy(earlier: Names, made: Names) -> None:
    for one in EVERY:
        if getattr(earlier, one).exists():
            shutil.copyfile(getattr(earlier, one), getattr(made, one))


class _Joined:
    """One export being joined to what is known, in the staging database."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, profile: Profile, *, known: SourceManifest, later: SourceManifest
    ) -> None:
        self._con, self._definition = con, profile.definition
        self._known, self._later = known, later
        self._before = known.snapshots
        self._number = 2 if self._before is None else len(self._before.every) + 1
        self._raw: tuple[RawColumns, RawColumns] | None = None

    def compare(self, earlier: Names, later: Names) -> None:
        """Match every row and call, and find what changed."""
        con = self._con
        self._refuse_other_columns(earlier.parquet)
        view_earlier(con, earlier.parquet, plain=self._before is None)
        view_later(con, later.parquet)
        view_history(con, None if self._before is None else earlier.history)
        before = (self._known.horizon_us,) if self._before is None else (one.as_of_us for one in self._before.every)
        as_of_by_snapshot(con, [*before, self._later.horizon_us])
        self._raw = (raw_columns(con, "earlier", self._definition), raw_columns(con, "later", self._definition))
        known, new = self._raw
        hold_against(
            con, self._definition, earlier=known, later=new, quarantine=later.quarantine,
            start=self._later.start_point or "received",
        )  # fmt: skip
        find_changes(con, self._definition, earlier=known, later=new, number=self._number)
        add_observations(con, self._number)

    def _refuse_other_columns(self, parquet: Path) -> None:
        described = self._con.execute(f"DESCRIBE SELECT * FROM read_parquet({literal(str(parquet))})").fetchall()
        there = {row[0] for row in described}
        missing = [column for column, _ in CALL_COLUMNS if column not in there]
        if missing:
            raise SourceError(
                f"it has no column {missing[0]}: another version of the program wrote it", file=parquet.name,
                hint="Import the first export again, then the later ones onto it.",
            )  # fmt: skip

    def write(self, earlier: Names, made: Names) -> SourceManifest:
        """Write calls, history and changes into staging; the manifest of all."""
        con = self._con
        write_changes(con, earlier=None if self._before is None else earlier.changes, path=made.changes)
        write_history(con, made.history)
        write_calls(con, made.parquet, number=self._number)
        calls, history = (f"read_parquet({literal(str(path))})" for path in (made.parquet, made.history))
        every = self._every(made, calls)
        snapshots = Snapshots(
            every=every,
            edited=edited(con, calls=calls, history=history),
            history_sha256=sha256_of(made.history),
            changes_sha256=every[-1].changes_sha256,
        )
        return self._manifest(snapshots, calls=calls, parquet=made.parquet)

    def _every(self, made: Names, calls: str) -> tuple[Snapshot, ...]:
        before = self._before.every if self._before is not None else (self._first(),)
        assert self._raw is not None  # noqa: S101  compare() was called
        earlier, later = (set(raw.fields) for raw in self._raw)
        returned = count(self._con, "SELECT count(DISTINCT call_no) FROM changes WHERE what = 'returned'")
        added = Snapshot(
            number=self._number,
            file=self._later.file,
            files=self._later.files,
            profile_sha256=self._later.profile_sha256,
            as_of_us=self._later.horizon_us,
            rows=self._later.rows,
            row_states=states(self._con, "rows"),
            call_states=states(self._con, "calls", returned=returned),
            changed_columns=changed_columns(self._con),
            columns_added=tuple(sorted(later - earlier)),
            columns_removed=tuple(sorted(earlier - later)),
            observed=count(self._con, "SELECT count(*) FROM added"),
            observed_sha256=keys_sha256(self._con, "observed"),
            calls=count(self._con, f"SELECT count(*) FROM {calls}"),
            calls_sha256=keys_sha256(self._con, calls),
            changes_bytes=made.changes.stat().st_size,
            changes_sha256=sha256_of(made.changes),
            previous=before[-1].sha256,
        ).sealed()
        if added.row_states.later != added.rows.imported:
            raise AssertionError(f"the rows of the later export do not reconcile: {added}")
        return (*before, added)

    def _first(self) -> Snapshot:
        """What was known before is the first export."""
        known = self._known
        row_states, call_states = nothing_before(rows=known.rows.imported, calls=known.calls)
        keys = keys_sha256(self._con, "earlier")
        return Snapshot(
            number=1, file=known.file, files=known.files, profile_sha256=known.profile_sha256,
            as_of_us=known.horizon_us, rows=known.rows, row_states=row_states, call_states=call_states,
            changed_columns={}, columns_added=(), columns_removed=(), observed=known.calls, observed_sha256=keys,
            calls=known.calls, calls_sha256=keys, changes_bytes=0, changes_sha256=hashlib.sha256(b"").hexdigest(),
            previous="",
        ).sealed()  # fmt: skip

    def _manifest(self, snapshots: Snapshots, *, calls: str, parquet: Path) -> SourceManifest:
        """The later export's manifest, with everything that is counted over calls counted over all of them."""
        known, later = self._known, self._later
        return msgspec.structs.replace(
            later,
            calls=snapshots.every[-1].calls,
            start_point=later.start_point if later.start_point == known.start_point else None,
            first_us=_of_both(min, known.first_us, later.first_us),
            last_us=_of_both(max, known.last_us, later.last_us),
            blank_means_no={key: why for key, why in later.blank_means_no.items() if key in known.blank_means_no},
            quality=self._quality(calls),
            parquet_sha256=sha256_of(parquet),
            snapshots=snapshots,
        )

    def _quality(self, calls: str) -> dict[str, dict[str, int]]:
        """Flagged times of the clock points that either export flags, or that any call has."""
        flagged = {*self._known.quality, *self._later.quality}
        counts = [
            [f"count({point}_at)", *(f"count(*) FILTER (quality_{point} & {int(bit)} != 0)" for bit in Quality)]
            for point in CLOCK_POINTS
        ]
        wanted = ", ".join(one for point in counts for one in point)
        found = iter(self._con.execute(f"SELECT {wanted} FROM {calls}").fetchone() or ())
        out: dict[str, dict[str, int]] = {}
        for point in CLOCK_POINTS:
            timed = next(found)
            bits = {str(bit.name).lower(): int(n) for bit in Quality if (n := next(found))}
            if bits and (timed or point in flagged):
                out[point] = bits
        return out


def _of_both(choose: Callable[[int, int], int], one: int | None, other: int | None) -> int | None:
    return choose(one, other) if one is not None and other is not None else one if other is None else other
