"""What a desk answers with: what became of a command, the secret of a receipt, a version of the policy."""

from __future__ import annotations

import hashlib
from base64 import b32encode
from collections.abc import Sequence
from typing import Final

import msgspec

from answerable.watch.beside_calls import Version
from answerable.watch.views import PolicyView
from answerable.watch.words import POLICY_STATES

_SECRET_LETTERS: Final = 26


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a command: its id, and where it stands in the log.

    `index` is None and `spooled` true where the record could not take it yet; `promise` is then the signed word that
    it will. `receipt` is the text of the receipt where it was asked for. `secret` is what the receipt's holder gives to
    ask how it stands. `again`: it was recorded before, and this is the same answer.
    """

    id: str
    index: int | None
    spoken: str | None = None
    receipt: bytes | None = None
    secret: str | None = None
    promise: bytes | None = None
    again: bool = False
    spooled: bool = False


def secret_of(disclosures: Sequence[str]) -> str:
    """What the holder of a receipt gives to ask how a call stands: 26 letters (128 bits) out of its topmost disclosure,
    which nobody else has. Empty where nothing of the entry is private. Read back with or without spaces and dashes."""
    if not disclosures:
        return ""
    digest = hashlib.sha256(b"answerable/status-secret@1\n" + disclosures[0].encode()).digest()
    return b32encode(digest).decode()[:_SECRET_LETTERS]


def bare_secret(secret: str) -> str:
    """A secret as somebody typed it, without what was put between its letters."""
    return "".join(letter for letter in secret.upper() if letter not in " -")


def policy_view(version: Version, in_force: str | None, at_us: int) -> PolicyView:
    """A version as it stands at an instant."""
    policy, state = version.policy, version.state
    if state in ("filed", "approved"):
        if policy.name == in_force:
            state = "in_force"
        elif policy.effective_from_us <= at_us:
            state = "superseded"
    return PolicyView(
        id=version.id,
        name=policy.name,
        version=policy.version,
        title=policy.title,
        state=state,
        state_text=POLICY_STATES[state],
        effective_from_us=policy.effective_from_us,
        effective_to_us=policy.effective_to_us,
        drafted_by=version.by,
        approved_by=version.approved_by,
        sha256=policy.text_sha256,
        text=version.text,
    )
