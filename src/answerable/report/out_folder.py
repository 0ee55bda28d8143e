"""Whether a result may be written into a folder: only into an empty one, or over an earlier result of ours."""

from __future__ import annotations

from pathlib import Path

from answerable.errors import SettingsError
from answerable.notation import NotationError, json_values

_OURS = "answerable/manifest@"
_STOPPED = {"calls.parquet", "source.json", "private", "calls.csv", "edits.csv", "finding.json", "report.html"}
_STOPPED |= {"bundle.tlog-proof", "inputs", "log.vkey", "receipts"}
"""What stands in a folder whose examination was stopped between its first and its last file, the manifest."""
_FIRST = {"calls.parquet", "source.json"}
"""What is written first: without it a file such as `calls.csv` is somebody's own."""
_DEMO = {"city", "record", "public", "receipts", "trust.txt", "log.json"}
"""What a demo has besides its report."""
BACKTEST_FILES = {"backtest.html", "backtest.json", "changed.csv"}
_WORK = ".answerable-"
"""How folders begin that an examination works in; one that was killed leaves its own behind."""


def replaces_earlier_result(out: Path) -> bool:
    """False: `out` is new or empty. True: it holds an earlier result, whose files will be replaced.

    Raises SettingsError where it holds anything else: nobody's files are mixed with a result, or lost to it.
    """
    if not _entries(out):
        return False
    _refuse_with_finding(out)
    if _is_result(out) or _FIRST <= _entries(out) <= _STOPPED:
        return True
    raise _not_ours(out)


def replaces_earlier_demo(out: Path) -> bool:
    """The same for a demo, which has its result in `report`; one that was stopped half-way has only its `city`.

    Raises SettingsError.
    """
    entries = _entries(out)
    if not entries:
        return False
    _refuse_with_finding(out / "report")
    stopped = "city" in entries <= _DEMO and any((out / "city").glob("*-calls.csv"))
    if stopped or _is_result(out / "report"):
        return True
    raise _not_ours(out)


def replaces_earlier_backtest(out: Path) -> bool:
    """The same for a back-test, whose folder holds nothing but its three files. Raises SettingsError."""
    entries = _entries(out)
    if not entries:
        return False
    if "backtest.json" in entries and entries <= BACKTEST_FILES:
        return True
    raise SettingsError(
        f"the folder {out} is not empty, and holds no earlier back-test",
        hint="Name a new folder with --out, or empty that one yourself.",
    )


def _refuse_with_finding(out: Path) -> None:
    if (out / "dossier").exists():
        raise SettingsError(
            f"a finding was proposed from the result in {out}, which is not replaced",
            hint="Name a new folder with --out; then `answerable finding propose NEW --supersedes OLD`.",
        )


def _entries(out: Path) -> set[str]:
    if not out.exists():
        return set()
    return {entry.name for entry in out.iterdir() if not entry.name.startswith(_WORK)}


def _is_result(folder: Path) -> bool:
    try:
        manifest = json_values((folder / "manifest.json").read_bytes())
    except (FileNotFoundError, NotationError):
        return False
    return isinstance(manifest, dict) and str(manifest.get("schema", "")).startswith(_OURS)


def _not_ours(out: Path) -> SettingsError:
    return SettingsError(
        f"the folder {out} is not empty, and holds no earlier result of Answerable (no manifest.json of ours)",
        hint="Name a new folder with --out, or empty that one yourself.",
    )
