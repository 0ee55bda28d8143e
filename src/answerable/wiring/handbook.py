"""A policy file as the page that people read."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from answerable import __version__
from answerable.policy import check_policy, load_policy
from answerable.report.disk import write_atomically
from answerable.report.handbook import PROVED, Dates, proofs, render_handbook
from answerable.wiring.files import read_small
from answerable.wiring.policies import refuse_faulty


class HandbookWritten(msgspec.Struct, frozen=True, kw_only=True):
    """What was written: from which version, and how many of its promises are proved."""

    out: Path
    id: str
    version: str
    sha256: str
    rules: int
    promises: int
    proved: int


def write_handbook(file: Path, *, out: Path) -> HandbookWritten:
    """Write the handbook of one policy version. Raises PolicyError for one that may not govern, StorageError."""
    text = read_small(file, what="a policy")
    policy = load_policy(text, file=str(file))
    problems = check_policy(policy)
    refuse_faulty(policy, problems)
    page = render_handbook(policy, dates=_dates(text), problems=problems, program=f"answerable {__version__}")
    write_atomically(out, page.encode("utf-8", errors="backslashreplace"))
    return HandbookWritten(
        out=out,
        id=policy.id,
        version=policy.version,
        sha256=policy.text_sha256,
        rules=len(policy.duties),
        promises=len(policy.promises),
        proved=proofs(policy, problems).count(PROVED),
    )


def _dates(text: bytes) -> Dates:
    """The policy's dates with the offsets they were written with; it was read before, so they are there."""
    about = tomllib.loads(text.decode().replace("\r\n", "\n"))["policy"]
    effective = about["effective"]
    return Dates(issued_at=about["issued-at"], effective_from=effective["from"], effective_to=effective.get("to"))
