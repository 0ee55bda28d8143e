"""`answerable claim`: a claim file to fill in, its registration before anybody looks, and whether both still agree."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from answerable.answer.intake.call_list import holds_what_is_private
from answerable.answer.intake.claim_file import read_claim
from answerable.answer.intake.claim_template import claim_template
from answerable.answer.registration import content_of, held_to, written
from answerable.errors import ClaimError, InputError
from answerable.model.canonical import digest
from answerable.model.claim import COMPARED, Claim, ClaimKind
from answerable.model.vocabulary import FACTS
from answerable.policy import parse_condition
from answerable.report.disk import write_atomically
from answerable.wiring.files import read_small, reader_beside
from answerable.wiring.policies import load_policies

Seal = Callable[[bytes], int]
"""Takes the bytes of a registration into a log, or raises: then nothing is registered. When it was entered, in
microseconds."""


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    """A registration that was written."""

    claim: str
    digest: str
    out: Path


class ClaimCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What a claim file says. `registration`: its digest, where the claim names one and still says the same."""

    claim: Claim
    registration: str | None
    sealed: bool


def claim_files(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The claim files at each path; a folder's own, in the order of the numbers with which their names begin.

    Raises InputError for a folder without any.
    """
    found = list[Path]()
    for path in paths:
        held = sorted(path.glob("*.toml"), key=_by_number) if path.is_dir() else [path]
        if not held:
            raise InputError(f"{path} holds no claim", hint="A claim is a .toml file; see docs/formats/claim.md.")
        found += held
    return tuple(found)


def _by_number(path: Path) -> tuple[int, str]:
    number = path.name.partition("-")[0]
    return int(number) if number.isdecimal() else 0, path.name


def new_claim(kind: ClaimKind, out: Path) -> Path:
    """Write a claim file to fill in. Raises InputError where there is a file already."""
    if out.exists():
        raise InputError(f"{out} is there already", hint="Name another file with --out.")
    write_atomically(out, claim_template(kind).encode())
    return out


def register_claim(path: Path, *, policies: Sequence[Path], out: Path, seal: Seal | None = None) -> Registered:
    """Write down what will be compared, before the calls are looked at. Raises ClaimError, InputError, StorageError.

    A registration is never written over. `seal` takes what it says into a log before the file is written, which then
    names the time; without one only its author knows when it was.
    """
    claim = load_claim(path)
    if claim.kind not in COMPARED:
        raise ClaimError(
            f"{path.name}: a claim of kind {claim.kind} compares nothing, so there is nothing to register",
            hint=f"Registered are claims of the kinds {', '.join(COMPARED)}.",
        )
    if out.exists():
        raise InputError(
            f"{out} is there already, and a registration is never changed", hint="Name another with --out."
        )
    content = content_of(claim, _sealed(policies))
    sealed_at_us = None if seal is None else seal(written(content))
    write_atomically(out, written(content, sealed_at_us=sealed_at_us))
    return Registered(claim=claim.id, digest=digest(content), out=out)


def check_claim(path: Path, *, policies: Sequence[Path] = ()) -> ClaimCheck:
    """Read a claim with all it names; with policies, hold it to its registration. Raises ClaimError."""
    claim = load_claim(path)
    registration = held_to(claim, _sealed(policies)) if policies else None
    return ClaimCheck(
        claim=claim,
        registration=None if registration is None else registration.digest,
        sealed=registration is not None and registration.sealed_at_us is not None,
    )


def files_named(path: Path) -> dict[str, bool]:
    """Every file that a claim takes in, as it names it: documents, a list and its receipts, a log, a registration.

    True where it is a list with telephone numbers or notes, which is for those who keep it.
    """
    named, read = dict[str, bytes](), reader_beside(path)

    def noted(name: str) -> bytes:
        return named.setdefault(name, read(name))

    claim = read_claim(read_small(path, what="a claim"), file=path.name, read_file=noted)
    return {name: name == claim.list_file and holds_what_is_private(data, file=name) for name, data in named.items()}


def load_claims(paths: Sequence[Path]) -> tuple[Claim, ...]:
    """The claims at each path, each with an id of its own. Raises ClaimError, PolicyError, InputError."""
    read = [load_claim(path) for path in claim_files(paths)]
    ids = [claim.id for claim in read]
    twice = next((one for one in ids if ids.count(one) > 1), None)
    if twice is not None:
        raise ClaimError(f"two claims have the id {twice!r}; give each its own")
    return tuple(read)


def load_claim(path: Path) -> Claim:
    """A claim file with everything it names, its conditions found readable. Raises ClaimError, PolicyError."""
    return claim_in(read_small(path, what="a claim"), path=path)


def claim_in(data: bytes, *, path: Path, tables: Mapping[str, Any] | None = None) -> Claim:
    """As `load_claim`, of what was read of `path`; `tables` are those of `data`, where it was parsed before."""
    claim = read_claim(data, file=path.name, read_file=reader_beside(path), tables=tables)
    for where in (claim.scope.where, *(passage.where for passage in claim.passages)):
        if where is not None:
            parse_condition(where, FACTS, file=path.name)
    return claim


def _sealed(policies: Sequence[Path]) -> list[tuple[str, str]]:
    return [(policy.version, policy.text_sha256) for policy in load_policies(policies).policies]
