"""Shipped texts that say a number which only the story knows, and the registration of what is compared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from answerable.answer.intake.claim_file import read_claim
from answerable.answer.registration import content_of, written
from answerable.policy import load_policy

COMPARED = "claims/6-slower-response.toml"
REGISTERED = "claims/6-slower-response.registered.json"

_NAMES_IT = re.compile(rb"^registration .*\n", re.MULTILINE)


def filled(shipped: Mapping[str, bytes], numbers: Mapping[str, int]) -> dict[str, bytes]:
    """The texts with `@name@` replaced by each number."""
    found = dict(shipped)
    for name, number in numbers.items():
        found = {file: text.replace(f"@{name}@".encode(), str(number).encode()) for file, text in found.items()}
    return found


def registration(shipped: Mapping[str, bytes]) -> bytes:
    """What `answerable claim register` writes for the claim that compares, before its file names the registration."""
    folder = PurePosixPath(COMPARED).parent

    def beside(name: str) -> bytes:
        return shipped[str(folder / name).replace(f"{folder}/../", "")]

    claim = read_claim(_NAMES_IT.sub(b"", shipped[COMPARED]), file=COMPARED, read_file=beside)
    policies = [load_policy(text, file=name) for name, text in shipped.items() if name.startswith("policies/")]
    return written(content_of(claim, [(one.version, one.text_sha256) for one in policies]))
