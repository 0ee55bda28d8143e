"""A checkpoint shown to the witnesses of a trust policy, all at once, and what came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from answerable.errors import MalformedError, ProofError, RecordError, StorageError, UntrustedError
from answerable.proof.note import Note, VerifierKey, parse_signatures
from answerable.proof.quorum import Party, TrustPolicy
from answerable.proof.tree import HashAt, consistency_proof
from answerable.record.ports import Head
from answerable.record.witness import Ask
from answerable.stores.web import Witnesses

NO_ADDRESS = "the trust policy gives no address"


class Cosigned(msgspec.Struct, frozen=True, kw_only=True):
    """The checkpoint with every cosignature that could be had; and who gave none, with the reason."""

    note: bytes
    silent: dict[str, str]


def cosigned(
    head: Head, trust: TrustPolicy, hash_at: HashAt, *, before_size: int, witnesses: Witnesses
) -> Cosigned:  # fmt: skip
    """Ask every witness that has an address; those that say they stand elsewhere are asked once more from there."""
    given, silent = dict[str, bytes](), dict[str, str]()
    old_sizes = {name: before_size for name, party in trust.witnesses.items() if party.url is not None}
    for last in (False, True):
        asked = {
            party.url: Ask(
                old_size=old_sizes[name],
                proof=consistency_proof(old_sizes[name], head.size, hash_at),
                note=head.note,
            ).encode()
            for name, party in trust.witnesses.items()
            if name in old_sizes and party.url is not None
        }
        answers = witnesses.ask(asked)
        again = dict[str, int]()
        for name in old_sizes:
            answer = answers[trust.witnesses[name].url or ""]
            if isinstance(answer, StorageError):
                silent[name] = answer.message
            elif answer[0] == 200:
                given[name] = answer[1]
            elif not last and (stands_at := _stands_at(answer, head)) is not None:
                again[name] = stands_at
            else:
                silent[name] = _refusal(answer)
        old_sizes = again
    note = head.note
    for name, party in trust.witnesses.items():
        if party.url is None:
            silent[name] = NO_ADDRESS
        elif name in given:
            try:
                note = _with_cosignature(note, given[name], party)
            except ProofError as fault:
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


def _stands_at(answer: tuple[int, bytes], head: Head) -> int | None:
    """The size from which a witness wants to be asked, where it says so and this log has got there."""
    told = _said(answer)
    if answer[0] != 409 or not told.isascii() or not told.isdigit() or len(told) > 19 or int(told) > head.size:
        return None
    return int(told)


def _refusal(answer: tuple[int, bytes]) -> str:
    return f"the witness answered {answer[0]}: {_said(answer)[:200]}"


def _said(answer: tuple[int, bytes]) -> str:
    return answer[1].decode("utf-8", "replace").strip()


def _with_cosignature(note: bytes, answer: bytes, party: Party) -> bytes:
    parsed = Note.parse(note)
    for signature in parse_signatures(answer.decode("utf-8", "replace")):
        if (signature.name, signature.key_id) == (party.key.name, party.key.key_id):
            party.key.verify(parsed.text, signature)
            return Note(parsed.text, (*parsed.signatures, signature)).encode()
    raise MalformedError("the witness answered without its own signature")
