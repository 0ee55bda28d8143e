"""Whether a result may be written into a folder: only into an empty one, or over an earlier result of ours."""

from __future__ import annotations

import json
from pathlib import Path

from answerable.errors import SettingsError

_OURS = "answerable/manifest@"


def replaces_earlier_result(out: Path, *, result: str = ".") -> bool:
    """False: `out` is new or empty. True: it holds an earlier result, whose files will be replaced.

    `result` is where in `out` the result itself lies. Raises SettingsError where `out` holds anything else: nobody's
    files are mixed with a result, or lost to it.
    """
    if not out.exists() or not any(out.iterdir()):
        return False
    if _is_result(out / result):
        return True
    raise SettingsError(
        f"the folder {out} is not empty, and holds no earlier result of Answerable (no manifest.json of ours)",
        hint="Name a new folder with --out, or empty that one yourself.",
    )


def _is_result(folder: Path) -> bool:
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    return isinstance(manifest, dict) and str(manifest.get("schema", "")).startswith(_OURS)
