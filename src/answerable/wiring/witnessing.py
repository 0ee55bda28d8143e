"""A witness's key and memory in a folder, and a monitor's look at somebody else's log."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from answerable.errors import InputError, ProofError
from answerable.notation import NotationError, json_as
from answerable.proof.note import KeyKind, SigningKey, VerifierKey
from answerable.proof.quorum import TrustPolicy
from answerable.record.following import Followed, Monitor, Published, Seen
from answerable.record.witness import Answer, cosign
from answerable.stores.durable_files import create_file, replace_file
from answerable.stores.tile_folder import TileFolder
from answerable.stores.web import WebLog
from answerable.stores.witness_file import WitnessFile
from answerable.wiring.files import read_small
from answerable.wiring.recording import now_us

WEB = ("http://", "https://")


class Witness(msgspec.Struct, frozen=True, kw_only=True):
    """A witness that is ready: its public key, the logs it knows, and what answers a request's body."""

    key: str
    logs: tuple[str, ...]
    answer: Callable[[bytes], Answer]


@contextmanager
def open_witness(folder: Path, *, name: str | None, logs: Sequence[VerifierKey]) -> Iterator[Witness]:
    """Open the witness in `folder`; the first time, `name` is its name for ever and a key is made.

    Raises InputError where it has no name yet, or has another one.
    """
    key = _witness_key(folder, name)
    known = dict[str, list[VerifierKey]]()
    for log in logs:
        known.setdefault(log.name, []).append(log)
    seen = WitnessFile(folder / "witness.db")
    try:
        yield Witness(
            key=str(key.verifier),
            logs=tuple(known),
            answer=lambda body: cosign(body, logs=known, seen=seen, key=key, now_s=int(time.time())),
        )
    finally:
        seen.close()


def look_at_log(place: str, *, trust: TrustPolicy, state: Path, receipts: Sequence[Path]) -> Seen:
    """Look at a log once, from what `state` remembers of the last time. What is believed is remembered there; after an
    alarm the next look begins where this one did.

    Raises InputError for a state or a receipt that cannot be read.
    """
    published: Published = WebLog(place) if place.startswith(WEB) else TileFolder(Path(place))
    before = _remembered(state)
    kept = [(str(path), read_small(path, what="a receipt")) for path in receipts]
    seen = Monitor(published, trust=trust, now_us=now_us()).look(before, receipts=kept)
    if seen.state is not None and all(alarm.code == "stale" for alarm in seen.alarms):
        replace_file(state, msgspec.json.format(msgspec.json.encode(seen.state)) + b"\n")
    return seen


def _witness_key(folder: Path, name: str | None) -> SigningKey:
    path = folder / "witness.key"
    if not path.exists():
        if name is None:
            raise InputError(f"{folder} has no witness yet.", hint="Give it a name: --name witness.press.example")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = SigningKey.generate(name, kind=KeyKind.WITNESS)
        create_file(path, made.secret_text().encode() + b"\n", mode=0o600)
        return made
    try:
        key = SigningKey.parse(read_small(path, what="a key").decode("utf-8", "replace").strip())
    except ProofError as fault:
        raise InputError(f"{path}: {fault.message}") from fault
    if name is not None and key.name != name:
        raise InputError(f"The witness in {folder} is {key.name}, not {name}.")
    return key


def _remembered(state: Path) -> Followed | None:
    if not state.exists():
        return None
    try:
        return json_as(read_small(state, what="a monitor's memory"), Followed)
    except NotationError as fault:
        raise InputError(f"{state} is not a monitor's memory: {fault}") from fault
