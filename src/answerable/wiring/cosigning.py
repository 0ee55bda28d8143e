"""A checkpoint shown to the witnesses of a trust policy, all at once, and what came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from answerable.errors import MalformedError, ProofError, RecordError, StorageError, UntrustedError
from answerable.proof.note import Note, VerifierKey, parse_signatures
from answerable.proof.quorum import Party, TrustPolicy
from answerable.proof.tree import HashAt, consistency_proof
from answerable.record.ports import Head
from answerable.record.witness import Ask
from answerable.stores.web import Answer


class Witnesses(Protocol):
    """What carries a request to each address and brings back what was answered: `stores.web.Witnesses`."""

    def ask(self, asked: Mapping[str, bytes]) -> dict[str, Answer]:
        """Status and answer of each address, or why there is none."""
        ...


class Cosigned(msgspec.Struct, frozen=True, kw_only=True):
    """The checkpoint with every cosignature that could be had; and who gave none, with the reason."""

    note: bytes
    silent: dict[str, str]


def cosigned(head: Head, trust: TrustPolicy, hash_at: HashAt, *, before_size: int, witnesses: Witnesses) -> Cosigned:
    """Ask every witness that has an address; those that say they stand elsewhere are asked once more from there."""

    def ask(old_sizes: Mapping[str, int]) -> dict[str, Answer]:
        asked = {name: _ask(head, hash_at, old_size=size) for name, size in old_sizes.items()}
        given = witnesses.ask({urls[name]: body for name, body in asked.items()})
        return {name: given[urls[name]] for name in old_sizes}

    urls = {name: party.url for name, party in trust.witnesses.items() if party.url is not None}
    answers = ask(dict.fromkeys(urls, before_size))
    elsewhere = {name: _stands_at(answer, head) for name, answer in answers.items()}
    answers |= ask({name: size for name, size in elsewhere.items() if size is not None})
    note, silent = head.note, dict[str, str]()
    for name, party in trust.witnesses.items():
        try:
            note = _with_cosignature(note, _given(answers.get(name)), party)
        except (StorageError, ProofError, RecordError) as fault:
            silent[name] = fault.message
    return Cosigned(note=note, silent=silent)


def enough(done: Cosigned, trust: TrustPolicy, keys: Sequence[VerifierKey]) -> tuple[str, ...]:
    """The witnesses that cosigned, by name. Raises RecordError where they are too few for the quorum."""
    known = {party.key.public_key for party in trust.logs}
    witnessed = trust.with_log(*(key for key in keys if key.public_key not in known))
    try:
        return tuple(witnessed.check(done.note).witnesses)
    except UntrustedError as fault:
        raise RecordError(
            f"Too few witnesses cosigned, so the checkpoint was not published. {_reasons(done.silent)}",
            hint="The tiles are written; run this again when the witnesses answer.",
        ) from fault


def _reasons(silent: Mapping[str, str]) -> str:
    return "; ".join(f"{name}: {reason}" for name, reason in silent.items())


def _ask(head: Head, hash_at: HashAt, *, old_size: int) -> bytes:
    return Ask(old_size=old_size, proof=consistency_proof(old_size, head.size, hash_at), note=head.note).encode()


def _stands_at(answer: Answer, head: Head) -> int | None:
    """The size from which a witness wants to be asked, where it says so and this log has got there."""
    if isinstance(answer, StorageError) or answer[0] != 409:
        return None
    told = _said(answer[1])
    if not told.isascii() or not told.isdigit() or len(told) > len(str(head.size)) or int(told) > head.size:
        return None
    return int(told)


def _given(answer: Answer | None) -> bytes:
    """What a witness answered to the good; raises with the reason where it did not."""
    if answer is None:
        raise RecordError("the trust policy gives no address")
    if isinstance(answer, StorageError):
        raise answer
    if answer[0] != 200:
        raise RecordError(f"the witness answered {answer[0]}: {_said(answer[1])[:200]}")
    return answer[1]


def _said(answer: bytes) -> str:
    return answer.decode("utf-8", "replace").strip()


def _with_cosignature(note: bytes, answer: bytes, party: Party) -> bytes:
    parsed = Note.parse(note)
    for signature in parse_signatures(answer.decode("utf-8", "replace")):
        if (signature.name, signature.key_id) == (party.key.name, party.key.key_id):
            party.key.verify(parsed.text, signature)
            return Note(parsed.text, (*parsed.signatures, signature)).encode()
    raise MalformedError("the witness answered without its own signature")
