"""What the record itself enters: that it was opened, that it lives, a new key, a redaction, its end."""

from __future__ import annotations

import msgspec

from answerable.errors import AnswerableError, InputError
from answerable.model.canonical import Json
from answerable.proof.checkpoint import Checkpoint
from answerable.proof.note import SigningKey, VerifierKey
from answerable.record.entry import CLOSE_ID, OWN_IDS, TOP, Draft, EntryType
from answerable.record.ids import new_id
from answerable.record.keyring import BOTH_SIGN_US
from answerable.record.log import Log
from answerable.record.ports import Chance, Clock, Store, StoredEntry, Vault
from answerable.record.sequencer import Placed


class Redaction(msgspec.Struct, frozen=True, kw_only=True):
    """What is taken out, and who answers for it. `of` is the entry's id; people are named by rank or office."""

    of: str
    fields: tuple[str, ...]
    ground: str
    by: str
    approved_by: str


def open_log(log: Log, *, key: VerifierKey, after: Checkpoint | None) -> Placed:
    """The first entry: whose key signs, and which state of which log this one continues."""
    public: dict[str, Json] = {"key": str(key)}
    if after is not None:
        public["continues"] = {"origin": after.origin, "size": after.size, "root": after.root.hex()}
    return _enter(log, Draft(id=f"{OWN_IDS}open", type=EntryType.OPEN, public=public))


def close_log(log: Log, *, next_origin: str) -> Placed:
    """The last entry, which names the log that continues this one. Nothing can be entered after it."""
    return _enter(log, Draft(id=CLOSE_ID, type=EntryType.CLOSE, public={"next_origin": next_origin}))


def announce_key(log: Log, *, new: SigningKey) -> Placed:
    """Enter a new key, under the signature of the old ones, before it signs anything itself."""
    public: dict[str, Json] = {"key": str(new.verifier), "old_keys_sign_for_days": BOTH_SIGN_US // 86_400_000_000}
    return _enter(log, Draft(id=f"{OWN_IDS}key:{new.verifier.key_id.hex()}", type=EntryType.KEY, public=public))


def announce_promises(log: Log, *, key: VerifierKey) -> Placed:
    """Enter the key under which promises are signed while the log cannot be written. Doing it again is no fault."""
    public: dict[str, Json] = {"key": str(key), "signs": "promises"}
    return _enter(log, Draft(id=f"{OWN_IDS}key:{key.key_id.hex()}", type=EntryType.KEY, public=public))


def heartbeat(log: Log, *, clock: Clock, chance: Chance) -> Placed:
    """That the record was alive at this minute: without it silence could not be told from a dead feed."""
    return log.append(Draft(id=new_id(clock, chance), type=EntryType.HEARTBEAT))


def redact(
    log: Log,
    redaction: Redaction,
    *,
    store: Store,
    vault: Vault,
    clock: Clock,
    chance: Chance,
    patience_s: float | None = None,
) -> Placed:
    """Enter a redaction, then erase the salts; a value that cannot be recorded as gone stays.

    Should the machine stop between the two, the salts are erased when the record is opened again. `patience_s`: see
    `Log.submit`.
    """
    _check(redaction, store.find([redaction.of]).get(redaction.of), named=set(store.sealed(redaction.of)) - {TOP})
    draft = Draft(
        id=f"{OWN_IDS}redaction:{new_id(clock, chance)}",
        type=EntryType.REDACTION,
        about=redaction.of,
        public={
            "fields": list(redaction.fields),
            "ground": redaction.ground,
            "by": redaction.by,
            "approved_by": redaction.approved_by,
        },
    )
    erases = tuple((redaction.of, name) for name in redaction.fields)
    (answer,) = log.submit([msgspec.structs.replace(log.prepared(draft), erases=erases)], patience_s=patience_s)
    placed = _placed(answer)
    vault.erase(erases)
    return placed


def _check(redaction: Redaction, entry: StoredEntry | None, *, named: set[str]) -> None:
    if entry is None:
        raise InputError(f"There is no entry {redaction.of!r} in this record.")
    unknown = sorted(set(redaction.fields) - named)
    if unknown or not redaction.fields:
        raise InputError(
            f"Entry {redaction.of} has no private field {unknown[0]!r}." if unknown else "No field is named.",
            hint=f"It has: {', '.join(sorted(named)) or 'none; what is public cannot be taken out'}.",
        )
    if redaction.by.strip().casefold() == redaction.approved_by.strip().casefold():
        raise InputError("Whoever redacts cannot approve it.", hint="Name a second person with --approved-by.")


def _enter(log: Log, draft: Draft) -> Placed:
    (answer,) = log.submit([log.prepared(draft)])
    return _placed(answer)


def _placed(answer: Placed | AnswerableError) -> Placed:
    if isinstance(answer, AnswerableError):
        raise answer
    return answer
