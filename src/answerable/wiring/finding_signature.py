"""What a person signs: one text that names the letter, the result and, by one digest, everything before (C2SP note).

The key is an Ed25519 key under a name of their own, in a file that only they may read.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from answerable.answer.finding_life import Life, step_bytes
from answerable.errors import FindingError, InputError, MalformedError, ProofError, StorageError
from answerable.model.finding_life import Signed
from answerable.model.times import iso
from answerable.proof.note import SigningKey
from answerable.report.finding_words import DECIDED_NONE
from answerable.stores.durable_files import replace_file
from answerable.wiring.files import read_small
from answerable.wiring.finding_folder import sha256

FIRST_LINE = "answerable/finding-signature@1"


class KeyMade(msgspec.Struct, frozen=True, kw_only=True):
    """A signer's new key: the secret file, the public file beside it, and the public key as text."""

    secret: Path
    public: Path
    key: str


def make_signer_key(name: str, *, out: Path) -> KeyMade:
    """Make a key under `name`; the public half lies beside it as `OUT.vkey`. Raises InputError, StorageError.

    A key that is there already is never written over.
    """
    public = out.with_name(f"{out.name}.vkey")
    if out.exists() or public.exists():
        raise InputError(f"{out} is there already, and may be the only key to signatures.", hint="Name another --out.")
    try:
        key = SigningKey.generate(name)
    except MalformedError as fault:
        raise InputError(
            f"The name {name!r} cannot be used: {fault.message}", hint="Such as ombudsman.alder.example"
        ) from fault
    replace_file(out, f"{key.secret_text()}\n".encode(), mode=0o600)
    replace_file(public, f"{key.verifier}\n".encode())
    return KeyMade(secret=out, public=public, key=str(key.verifier))


def read_signer_key(path: Path) -> SigningKey:
    """The key in a file that nobody else may read. Raises InputError, StorageError."""
    content = read_small(path, what="a signing key")
    if path.stat().st_mode & 0o077:
        raise StorageError(f"{path} may be read by other people.", hint=f"chmod 600 {path}")
    try:
        return SigningKey.parse(content.decode("ascii", "replace").strip())
    except ProofError as fault:
        raise InputError(
            f"{path}: {fault.message}", hint="`answerable finding key NAME --out FILE` makes one."
        ) from fault


def signed_text(life: Life, step: Signed) -> str:
    """The text under which the signature stands: what anybody reads who opens the note."""
    signer = step.signer
    lines = [
        FIRST_LINE,
        f"finding {life.finding}",
        f"step {sha256(step_bytes(step))}",
        f"letter {step.letter_sha256}",
        f"result {life.proposed.result_sha256}",
        f"signed {iso(step.at_us)} by {signer.name}, {signer.office} ({signer.rank}), {signer.body}",
        DECIDED_NONE,
    ]
    if any("\n" in line for line in lines):
        raise FindingError("Nothing in a signature may have a line break.")
    return "".join(f"{line}\n" for line in lines)
