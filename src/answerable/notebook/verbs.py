"""`read` and `examine`: the verbs of the command line, for a notebook."""

from __future__ import annotations

import os
import shlex
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from answerable.errors import InputError
from answerable.notebook.results import Calls, Result
from answerable.report.out_folder import replaces_earlier_result
from answerable.wiring import examine_file
from answerable.wiring.importing import canonical

PathLike: TypeAlias = str | os.PathLike[str]


def read(
    files: PathLike | Sequence[PathLike],
    *,
    source: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    as_of: str | None = None,
) -> Calls:
    """The calls of a publisher's file, of several, of a folder of them, or of a Parquet file that `import` wrote.

    `sheet` names a sheet of a workbook that has more than one. `source` is a built-in profile or the path of your own;
    without it the header decides, and an unknown one is refused.
    Raises AnswerableError: SourceError names file, line, column and value.
    """
    with _kept_on_success() as folder:
        parquet, manifest = canonical(
            _existing(files),
            source=source,
            folder=folder,
            encoding=encoding,
            sheet=sheet,
            as_of=as_of,
            progress=None,
        )
        return Calls(parquet, manifest, folder=folder)


def examine(  # noqa: PLR0913  the options of `answerable examine`
    files: PathLike | Sequence[PathLike],
    *,
    policy: PathLike | Sequence[PathLike],
    source: str | None = None,
    claims: PathLike | Sequence[PathLike] = (),
    facts: PathLike | None = None,
    decisions: PathLike | None = None,
    log: PathLike | None = None,
    out: PathLike | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    as_of: str | None = None,
) -> Result:
    """The outcome of every call under the policy then in force, and a finding for every claim.

    `files` and `sheet` as for `read`; `policy` and `claims` are a path or several; `log` is what was read of a log. The
    result is written to the folder `out` (new, empty, or an earlier result, which is replaced); without it, to one that
    goes when the result does. Raises AnswerableError.
    """
    given: dict[str, Sequence[object]] = {
        "--source": [source] if source is not None else [],
        "--encoding": [encoding] if encoding is not None else [],
        "--sheet": [sheet] if sheet is not None else [],
        "--as-of": [as_of] if as_of is not None else [],
        "--facts": _several(facts),
        "--decisions": _several(decisions),
        "--policy": _several(policy),
        "--claim": _several(claims),
        "--log": _several(log),
        "--out": [Path(out) if out is not None else Path("result")],
    }
    words = [str(word) for option, values in given.items() for value in values for word in (option, value)]
    paths = _existing(files)
    with _kept_on_success() as folder:
        target = folder if out is None else Path(out)
        if out is not None:
            replaces_earlier_result(target)
        examination = examine_file(
            paths,
            source=source,
            encoding=encoding,
            sheet=sheet,
            policies=_several(policy),
            facts=None if facts is None else Path(facts),
            decisions=None if decisions is None else Path(decisions),
            claims=_several(claims),
            log=None if log is None else Path(log),
            out=target,
            as_of=as_of,
            command=shlex.join(["answerable", "examine", *map(str, paths), *words]),
        )
        return Result(examination, target, folder=folder)


def _several(paths: PathLike | Sequence[PathLike] | None) -> list[Path]:
    if paths is None:
        return []
    if isinstance(paths, str | os.PathLike):
        return [Path(paths)]
    return [Path(path) for path in paths]


def _existing(files: PathLike | Sequence[PathLike]) -> list[Path]:
    paths = _several(files)
    if not paths:
        raise InputError("no file was given to read", hint="Name a file, several of one publisher, or a folder.")
    for path in paths:
        if not path.exists():
            raise InputError(f"{path}: no such file or folder", hint="Check the spelling of the path.")
    return paths


@contextmanager
def _kept_on_success() -> Iterator[Path]:
    """A folder of our own, which is gone where the work fails; after that it goes with what was made."""
    folder = Path(tempfile.mkdtemp(prefix="answerable-"))
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
