"""`manifest.json`: what belongs to the result, each file with its size and SHA-256. Written last."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from answerable.model.examination import Examination
from answerable.report.disk import sha256_of, size_of
from answerable.report.finding_json import stable_json

MANIFEST_SCHEMA = "answerable/manifest@1"
BESIDE = ("calls.parquet", "source.json", "private/quarantine.csv")
"""What an examination leaves in the same folder; sealed with the result where it is there."""


def manifest_json(examination: Examination, *, written: Iterable[Path], out: Path) -> bytes:
    """The manifest over the files just written and those of the import beside them. Raises StorageError."""
    beside = (out / name for name in BESIDE)
    files = sorted({*written, *(path for path in beside if path.is_file())})
    return stable_json(
        {
            "schema": MANIFEST_SCHEMA,
            "program": examination.program,
            "recompute": examination.recompute,
            "files": [
                {"name": path.relative_to(out).as_posix(), "size_bytes": size_of(path), "sha256": sha256_of(path)}
                for path in files
            ],
            "source": {
                "file": msgspec.to_builtins(examination.source.file),
                "profile_sha256": examination.source.profile_sha256,
                "parquet_sha256": examination.source.parquet_sha256,
                "coded_sha256": dict(examination.coded),
            },
            "policies": [
                {"id": policy.id, "version": policy.version, "sha256": policy.sha256} for policy in examination.policies
            ],
            "claims": [{"id": claim.id, "sha256": claim.claim_sha256} for claim in examination.claims],
        }
    )
