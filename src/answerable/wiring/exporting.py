"""`answerable export`: a result as one SQLite file, with what Datasette wants to know of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from answerable.config import read_settings
from answerable.engines.read_table import ParquetTable
from answerable.errors import InputError
from answerable.notation import NotationError, json_values
from answerable.report.datasette import SCHEMA, metadata_json
from answerable.report.disk import write_atomically
from answerable.report.sqlite_file import write_sqlite
from answerable.wiring.result_folder import ResultFolder, open_result

METADATA = "metadata.json"


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """What was written: the SQLite file, the metadata beside it, and how many calls and claims are in it."""

    sqlite: Path
    metadata: Path
    calls: int
    claims: int


def export_sqlite(folder: Path, *, out: Path) -> Exported:
    """Write the result in `folder` to `out`, and `metadata.json` beside it. Raises InputError, StorageError."""
    result = open_result(folder)
    if out.resolve().parent == folder.resolve():
        raise InputError(
            f"{out} lies in the result itself, which is sealed", hint="Name a file in another folder with --sqlite."
        )
    metadata = out.with_name(METADATA)
    _refuse_anybody_elses(metadata)
    finding = result.document("finding.json")
    table = ParquetTable(result.sealed("calls.parquet"), settings=read_settings())
    calls = write_sqlite(out, calls=table.rows(), claims=finding["claims"], about=_about(result, finding))
    write_atomically(metadata, metadata_json(database=out.stem, finding=finding))
    return Exported(sqlite=out, metadata=metadata, calls=calls, claims=len(finding["claims"]))


def _about(result: ResultFolder, finding: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Section, key and value. The command is left out: it has the paths of somebody's machine."""
    source = finding["source"]
    yield "result", "what", "Every call of a file with its outcome under the response policy then in force"
    yield "result", "program", finding["program"]
    yield "result", "manifest_sha256", result.manifest_sha256
    if finding["made_up"]:
        yield "result", "made_up", finding["made_up"]
    for number, limit in enumerate(finding["limits"], start=1):
        yield "result", f"limit_{number}", limit
    for key in ("title", "publisher", "licence", "citation", "inclusion", "inclusion_evidence", "timezone"):
        yield "source", key, str(source[key])
    yield "source", "file", source["file"]["name"]
    yield "source", "sha256", source["file"]["sha256"]
    for one in result.manifest["files"]:
        yield "file", one["name"], one["sha256"]
    for policy in finding["policies"]:
        yield "policy", f"{policy['id']} {policy['version']}", policy["sha256"]


def _refuse_anybody_elses(metadata: Path) -> None:
    try:
        found = json_values(metadata.read_bytes())
    except FileNotFoundError:
        return
    except NotationError:
        found = None
    if not isinstance(found, dict) or found.get("answerable") != SCHEMA:
        raise InputError(
            f"{metadata} is there already, and was not written by an export", hint="Export into another folder."
        )
