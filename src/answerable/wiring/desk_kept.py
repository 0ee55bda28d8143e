"""The kept state: what the record came to at some size, in a file beside it, so that a start need not replay it all.

It can be thrown away at any time. It holds nothing private, is signed with the record's own key, and is used only where
the record begins with exactly the entries that it was made of, and the program that reads it is the one that made it.

    LENGTH LF signed note, then frames: four bytes of length, and MessagePack (calls, calls, …, the rest)
"""

from __future__ import annotations

import hashlib
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

import msgspec

from answerable import __version__
from answerable.errors import AnswerableError, MalformedError, ProofError
from answerable.proof.note import open_note
from answerable.proof.tree import root_at
from answerable.record.keyring import Keyring
from answerable.record.ports import Store
from answerable.record.sequencer import Snapshot
from answerable.stores.durable_files import replace_file
from answerable.watch.kept import Decisions, KeptCall, KeptRest, Still, restored
from answerable.watch.rules import DeskRules
from answerable.watch.subject import Subject
from answerable.watch.world import World

NAME = "desk-state"
FORMAT = "answerable/desk-state@1"
CALLS_AT_ONCE: Final = 64
_ROOMS: Final = ("watch", "policy", "model")
_WIRING: Final = ("desk_kept.py", "desk_core.py", "desk_entries.py")
_LENGTH_BYTES: Final = 4
_encode = msgspec.msgpack.Encoder().encode
_calls = msgspec.msgpack.Decoder(list[KeptCall]).decode
_rest = msgspec.msgpack.Decoder(KeptRest).decode


class UnusableError(AnswerableError):
    """A kept state that must not be used; the message says why, and the record is replayed as a whole."""

    code = "kept-state"


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What a kept state was made of: the first `size` entries of a log, whose root is `root`, by which program."""

    origin: str
    size: int
    root: bytes
    rules: str
    code: str

    def text(self, body: bytes) -> str:
        """What is signed. No checkpoint can read like this: its second line is a number."""
        seal = hashlib.sha256(body).hexdigest()
        lines = (FORMAT, self.origin, str(self.size), self.root.hex(), self.rules, self.code, seal)
        return "\n".join(lines) + "\n"


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """A world as the first `size` entries make it, with nothing private in it, and the spoken numbers of its calls."""

    world: World
    spoken: dict[str, str]
    size: int


def made_of(snapshot: Snapshot, store: Store, *, origin: str, size: int, rules: DeskRules) -> Made:
    """The name of the state after `size` entries, the root computed anew from the stored tree."""
    root = root_at(size, snapshot.edge.hash_at(store.tile))
    return Made(origin=origin, size=size, root=root, rules=rules_digest(rules), code=code_digest())


class Writer:
    """Writes down one desk's states. Calls that did not change since the last one are not worked out again."""

    def __init__(self) -> None:
        self._decisions = Decisions()
        self._frames: list[tuple[list[Subject], bytes]] = []

    def encoded(self, still: Still, spoken: Mapping[str, str], pause: Callable[[], None] = lambda: None) -> bytes:
        """The body. `pause` is called after each piece of about a millisecond, so that others have their turn."""
        for place, first in enumerate(range(0, len(still.subjects), CALLS_AT_ONCE)):
            subjects = still.subjects[first : first + CALLS_AT_ONCE]
            if place < len(self._frames) and _same(self._frames[place][0], subjects):
                continue
            calls = [self._decisions.kept(one, spoken.get(one.id)) for one in subjects]
            self._frames[place : place + 1] = [(subjects, _framed(_encode(calls)))]
            pause()
        rest = msgspec.structs.replace(still.rest, decisions=self._decisions.all)
        return b"".join([*(frame for _, frame in self._frames), _framed(_encode(rest))])


def _same(before: list[Subject], now: list[Subject]) -> bool:
    return len(before) == len(now) and all(map(operator.is_, before, now))


def write_state(path: Path, body: bytes, made: Made, *, keyring: Keyring, now_us: int) -> None:
    """Put a state in place of the one before, whole or not at all. Raises StorageError, RecordError."""
    note = keyring.sign(made.text(body), now_us=now_us)
    replace_file(path, b"%d\n%b%b" % (len(note), note, body), mode=0o600)


def remove_torn(path: Path) -> None:
    """Remove what a stop in the middle of writing left beside `path`. Only for whoever holds the record."""
    for torn in path.parent.glob(f".{path.name}.*"):
        torn.unlink(missing_ok=True)


def read_state(
    path: Path, *, snapshot: Snapshot, store: Store, keyring: Keyring, origin: str, rules: DeskRules
) -> Restored | None:
    """The state in `path`; None where there is none. Raises UnusableError, whose message says why not."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as fault:
        raise UnusableError(f"it cannot be read ({fault.strerror})") from fault
    text, body = _opened(content, keyring)
    made = _claimed(text, body)
    if made.origin != origin:
        raise UnusableError(f"it is of another log ({made.origin})")
    if made.code != code_digest():
        raise UnusableError("another version of the program made it")
    if made.rules != rules_digest(rules):
        raise UnusableError("it was made under other rules")
    if made.size > snapshot.head.size:
        raise UnusableError(f"it has {made.size:,} entries, and the record {snapshot.head.size:,}")
    if made.root != root_at(made.size, snapshot.edge.hash_at(store.tile)):
        raise UnusableError(f"the record does not begin with the {made.size:,} entries that it was made of")
    return decoded(body, size=made.size, rules=rules)


def _opened(content: bytes, keyring: Keyring) -> tuple[str, bytes]:
    length, _, rest = content.partition(b"\n")
    if not length.isdigit() or len(length) > len("65535") or len(rest) < int(length):
        raise UnusableError("it is damaged")
    note, body = rest[: int(length)], rest[int(length) :]
    try:
        return open_note(note, keyring.verifiers).text, body
    except (MalformedError, ProofError) as fault:
        raise UnusableError("it is not signed with this record's key") from fault


def _claimed(text: str, body: bytes) -> Made:
    try:
        format_, origin, size, root, rules, code, _ = text.splitlines()
        made = Made(origin=origin, size=int(size), root=bytes.fromhex(root), rules=rules, code=code)
    except ValueError:
        raise UnusableError("another version of the program made it") from None
    if format_ != FORMAT:
        raise UnusableError("another version of the program made it")
    if made.text(body) != text:
        raise UnusableError("it is damaged")
    return made


def decoded(body: bytes, *, size: int, rules: DeskRules) -> Restored:
    """What `encoded` wrote down. Raises UnusableError where it does not hold together."""
    try:
        *calls, last = _frames(body)
        rest, spoken = _rest(last), dict[str, str]()
        world = restored(_heard(calls, spoken), rest, rules)
    except (msgspec.DecodeError, ValueError, LookupError, AnswerableError) as fault:
        raise UnusableError(f"it does not hold together ({type(fault).__name__})") from fault
    if world.watch.index + 1 != size:
        raise UnusableError("it does not hold together (size)")
    return Restored(world=world, spoken=spoken, size=size)


def _heard(frames: Iterable[memoryview], spoken: dict[str, str]) -> Iterator[KeptCall]:
    """The calls; what each is called goes into `spoken`."""
    for frame in frames:
        for one in _calls(frame):
            if one.spoken is not None:
                spoken[one.subject.id] = one.spoken
            yield one


def _framed(content: bytes) -> bytes:
    return len(content).to_bytes(_LENGTH_BYTES, "big") + content


def _frames(body: bytes) -> Iterator[memoryview]:
    view, at = memoryview(body), 0
    while at < len(view):
        begin = at + _LENGTH_BYTES
        at = begin + int.from_bytes(view[at:begin], "big")
        yield view[begin:at]


def rules_digest(rules: DeskRules) -> str:
    """The figures of a desk, sealed: other ones let other alarms stand."""
    return hashlib.sha256(msgspec.json.encode(rules)).hexdigest()


@cache
def code_digest() -> str:
    """The program's version, and the text of whatever decides what an entry comes to: another state is another's."""
    here = resources.files("answerable")
    files = [one for room in _ROOMS for one in here.joinpath(room).iterdir() if one.name.endswith(".py")]
    files += [here.joinpath("wiring", name) for name in _WIRING]
    made = hashlib.sha256(f"{__version__} {msgspec.__version__}\n".encode())
    for file in sorted(files, key=lambda one: one.name):
        made.update(file.name.encode() + hashlib.sha256(file.read_bytes()).digest())
    return made.hexdigest()
