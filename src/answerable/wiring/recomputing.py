"""A bundle's finding computed again from the inputs that lie in it, and held against the one that was sealed."""

from __future__ import annotations

import json
import shlex
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import Any

from answerable.errors import AnswerableError
from answerable.notation import NotationError, json_values
from answerable.proof.verifier import Bundle, Folder, Recompute, Role
from answerable.sources import profiles
from answerable.wiring.examining import examine_file
from answerable.wiring.importing import Progress

OPTIONS = {"--source": "source", "--encoding": "encoding", "--sheet": "sheet", "--as-of": "as_of", "--log": "log"}
"""What is believed of the command that a bundle states; the files are those that it seals."""

AS_TYPED = ("recompute", "made_up", "program")
"""Members of finding.json that say who computed it and how, not what was found."""

ALIKE = ("calls.csv", "source.json", "private/quarantine.csv")
"""Results that must be the same byte for byte."""


def recomputing(root: Path, progress: Progress | None, *, withheld: Collection[str] = ()) -> Recompute:
    """What computes the finding of the bundle in the folder `root` again. Nothing outside `root` is read, and nothing
    is written but in a temporary folder. Results that are `withheld` are not compared; inputs are all needed."""

    def recompute(bundle: Bundle, folder: Folder) -> tuple[bool | None, str]:
        names = folder.names()
        absent = [
            one.name
            for one in bundle.files
            if (one.left_out is not None or one.name not in names)
            and not (one.role is Role.RESULT and one.name in withheld)
        ]
        if absent:
            return None, f"That the finding follows from the files: {absent[0]} is not in the bundle."
        try:
            with tempfile.TemporaryDirectory(prefix="answerable-recompute-") as made:
                # from the calls themselves: a coded record that is not of them would show
                examine_file(**_asked(bundle, root), out=Path(made) / "out", progress=progress, by_kinds=False)
                alike = [name for name in ALIKE if name not in withheld]
                return _compared(folder, Path(made) / "out", alike=alike)
        except _UnusableError as fault:
            return None, f"That the finding follows from the files: {fault}"
        except AnswerableError as fault:
            return None, f"That the finding follows from the files: computing it again stopped ({fault.message})."

    return recompute


class _UnusableError(Exception):
    """The bundle does not say how its finding was computed."""


def _asked(bundle: Bundle, root: Path) -> dict[str, Any]:
    """What `examine_file` is asked, of files in the bundle only."""
    files: dict[Role, list[Path]] = {role: [] for role in Role}
    for one in bundle.files:
        files[one.role].append(root / one.name)
    return {
        "file": files[Role.SOURCE],
        "policies": files[Role.POLICY],
        "claims": files[Role.CLAIM],
        "facts": next(iter(files[Role.FACTS]), None),
        "decisions": next(iter(files[Role.DECISIONS]), None),
        **_options(bundle, files[Role.READING], root),
    }


def _options(bundle: Bundle, reading: list[Path], root: Path) -> dict[str, str | Path]:
    try:
        words = shlex.split(bundle.recompute)
    except ValueError:
        raise _UnusableError("the command that the bundle states is none.") from None
    found: dict[str, str | Path] = {OPTIONS[word]: value for word, value in pairwise(words) if word in OPTIONS}
    if "log" in found:
        found["log"] = root / found["log"]
        if found["log"] not in reading:
            raise _UnusableError("what was read of the log is not in the bundle.")
    source = found.get("source")
    if source is None or source in {profile.id for profile in profiles()}:
        return found
    if root / source not in reading:
        raise _UnusableError(f"the source profile {source} is neither built in nor in the bundle.")
    return found | {"source": str(root / source)}


def _compared(folder: Folder, again: Path, *, alike: Sequence[str]) -> tuple[bool | None, str]:
    computed = json.loads((again / "finding.json").read_bytes())
    try:
        sealed = json_values(folder.read("finding.json"))
    except NotationError:
        raise _UnusableError("its finding.json is no JSON.") from None
    if not isinstance(sealed, dict):
        raise _UnusableError("its finding.json is no finding.")
    different = next(_differences(sealed, computed), None)
    if different is None:
        different = next((name for name in alike if not _same_file(folder, again, name)), None)
    if different is None:
        return True, (
            "The finding was computed again from the sealed inputs and is the same: finding.json but for the command "
            f"as it was typed, and {', '.join(alike)} byte for byte."
        )
    if sealed.get("program") != computed["program"]:
        return None, (
            f"That the finding follows from the files: computed again by {computed['program']}, where the bundle was "
            f"made by {sealed.get('program')}, it differs in {different}."
        )
    return False, f"Computed again from the sealed inputs, the finding is another one: it differs in {different}."


def _same_file(folder: Folder, again: Path, name: str) -> bool:
    if name not in folder.names():
        return not (again / name).exists()
    with (again / name).open("rb") as computed:
        pieces = iter(lambda: computed.read(1 << 20), b"")
        return all(one == other for one, other in zip_longest(folder.pieces(name), pieces))


def _differences(sealed: Mapping[str, Any], computed: Mapping[str, Any]) -> Iterator[str]:
    """Where two findings differ, as paths such as claims.0.finding."""
    yield from _unlike(
        {key: value for key, value in sealed.items() if key not in AS_TYPED},
        {key: value for key, value in computed.items() if key not in AS_TYPED},
        at="finding.json",
    )


def _unlike(one: object, other: object, *, at: str) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            yield from _unlike(one.get(key), other.get(key), at=f"{at}: {key}" if ": " not in at else f"{at}.{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (mine, its) in enumerate(zip(one, other, strict=True)):
            yield from _unlike(mine, its, at=f"{at}.{index}")
    elif one != other:
        yield at
