"""Whom the user believes, as the command line names it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from answerable.errors import InputError, MalformedError
from answerable.proof import TrustPolicy, VerifierKey
from answerable.wiring.files import read_small


def read_trust(policy: Path | None, keys: Sequence[str]) -> TrustPolicy:
    """Whom to believe: a trust policy, and keys of logs (as text, or files that hold one). Raises InputError."""
    trust = TrustPolicy()
    if policy is not None:
        try:
            trust = TrustPolicy.parse(read_small(policy, what="a trust policy"))
        except MalformedError as fault:
            raise InputError(f"{policy}: {fault.message}", hint=fault.hint) from fault
    return trust.with_log(*(key for given in keys for key in _read_keys(given)))


def _read_keys(given: str) -> list[VerifierKey]:
    """One key, or every line of a file: a log that changes its key has two for thirty days."""
    path = Path(given)
    is_file = len(given) < 1000 and "\0" not in given and path.is_file()
    text = read_small(path, what="a key").decode("utf-8", "replace").strip() if is_file else given
    try:
        return [VerifierKey.parse(line) for line in text.split("\n")]
    except MalformedError as fault:
        hint = "A key is name+id+base64, as `answerable log init` prints it and `answerable log export` writes it."
        wrong = fault.message if is_file or "+" in given else f"there is no file {given!r}, and it is no key itself"
        raise InputError(f"--key: {wrong}", hint=hint) from fault
