"""A bundle: a finding with what it rests on, sealed, and receipts of what was logged (docs/formats/bundle.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Self, TypeAlias

from answerable.errors import MalformedError
from answerable.proof.quorum import TrustPolicy
from answerable.proof.sealing import DOCUMENT, Seal, seal_of
from answerable.proof.spelling import Json
from answerable.proof.verifier.judge import is_plain_path, judge_entry, members
from answerable.proof.verifier.verdict import NOT_TRUE, Docket, Folder, Judgement, Kind

BUNDLE_FILE: Final = "bundle.json"
RECEIPT_FILE: Final = "bundle.tlog-proof"
KEY_FILE: Final = "log.vkey"
SCHEMA: Final = "answerable/bundle@1"

NOTHING_WITHHELD: Final[Mapping[str, str]] = MappingProxyType({})
NOT_RECOMPUTED = "That the finding follows from the files: it was not computed again here."

Recompute: TypeAlias = Callable[["Bundle", Folder], tuple[bool | None, str]]
"""Computes the finding again: whether it is the same (None: that could not be told), and a sentence that says so."""


class Role(StrEnum):
    """What a file is to the finding."""

    SOURCE = "source"
    READING = "reading"
    """What the source was read with: a profile that is not built in, or the manifest of an earlier import."""
    FACTS = "facts"
    DECISIONS = "decisions"
    POLICY = "policy"
    CLAIM = "claim"
    EVIDENCE = "evidence"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class BundleFile:
    """A file by its seal. `receipt` names the receipt of an entry with that seal; `left_out`: why it is not here."""

    name: str
    role: Role
    seal: Seal
    receipt: str | None = None
    left_out: str | None = None

    @classmethod
    def from_json(cls, value: Json) -> Self:
        """Read one of `files`."""
        if not isinstance(value, dict) or set(value) != {"name", "role", "seal", "receipt", "left_out"}:
            raise MalformedError("each of `files` has name, role, seal, receipt and left_out, and nothing else")
        name, role, receipt, left_out = value["name"], value["role"], value["receipt"], value["left_out"]
        if not isinstance(name, str) or not is_plain_path(name):
            raise MalformedError("the name of a file is a relative path that leads downwards")
        if not isinstance(role, str) or role not in tuple(Role):
            raise MalformedError(f"the role of a file is one of {', '.join(Role)}")
        if receipt is not None and (not isinstance(receipt, str) or not is_plain_path(receipt)):
            raise MalformedError("`receipt` is the name of a file in the bundle, or null")
        if left_out is not None and not isinstance(left_out, str):
            raise MalformedError("`left_out` says why the file is not here, or is null")
        return cls(name, Role(role), Seal.from_json(value["seal"]), receipt, left_out)

    def as_json(self) -> dict[str, Json]:
        """For `files`."""
        return {
            "name": self.name,
            "role": self.role.value,
            "seal": self.seal.as_json(),
            "receipt": self.receipt,
            "left_out": self.left_out,
        }


@dataclass(frozen=True, slots=True)
class Bundle:
    """`bundle.json`: the log's origin, the command that computes the finding again, and every file by its seal."""

    log: str
    recompute: str
    files: tuple[BundleFile, ...]

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read `bundle.json`."""
        given = members(data, {"schema", "log", "recompute", "files"}, schema=SCHEMA)
        log, recompute, files = given["log"], given["recompute"], given["files"]
        if not isinstance(log, str) or not isinstance(recompute, str) or not isinstance(files, list):
            raise MalformedError("`log` and `recompute` are texts, `files` is a list")
        found = tuple(BundleFile.from_json(file) for file in files)
        if len({file.name for file in found}) != len(found):
            raise MalformedError("a file stands twice in the bundle")
        return cls(log, recompute, found)

    def as_json(self) -> dict[str, Json]:
        """For `bundle.json`."""
        files: list[Json] = [file.as_json() for file in self.files]
        return {"schema": SCHEMA, "log": self.log, "recompute": self.recompute, "files": files}


def judge_bundle(
    folder: Folder,
    *,
    trust: TrustPolicy,
    recompute: Recompute | None = None,
    withheld: Mapping[str, str] = NOTHING_WITHHELD,
) -> Judgement:
    """Every file against its seal, every seal against its receipt, `bundle.json` against the receipt beside it.

    `withheld` names files that whoever published the bundle kept back, and why: they are left out, and not missing.
    """
    docket = Docket(Kind.BUNDLE)
    data = folder.read(BUNDLE_FILE)
    if bundle := docket.check(lambda: Bundle.parse(data)):
        names = folder.names()
        judge_receipt_of(
            docket, folder, names, trust, name=RECEIPT_FILE, about=BUNDLE_FILE, seal=seal_of([data]), log=bundle.log
        )
        for file in bundle.files:
            _judge_file(docket, folder, names, file, withheld)
            if file.receipt is not None:
                judge_receipt_of(
                    docket, folder, names, trust, name=file.receipt, about=file.name, seal=file.seal, log=bundle.log
                )
        _tell_what_is_not_covered(docket, bundle, names)
        _recompute(docket, bundle, folder, recompute)
    docket.not_proved.append(NOT_TRUE)
    docket.shows = None
    return docket.closed()


def _judge_file(
    docket: Docket, folder: Folder, names: frozenset[str], file: BundleFile, withheld: Mapping[str, str]
) -> None:
    if file.name not in names:
        why = file.left_out or withheld.get(file.name)
        if why is None:
            docket.cannot_tell.append(f"{file.name}: the file is missing.")
        else:
            docket.not_proved.append(f"What {file.name} says: it was left out ({why}).")
    elif seal_of(folder.pieces(file.name)) != file.seal:
        docket.refuted.append(f"{file.name}: this is not the file that was sealed.")
    else:
        docket.proved.append(f"{file.name} is the file that was sealed.")


def judge_receipt_of(
    docket: Docket,
    folder: Folder,
    names: frozenset[str],
    trust: TrustPolicy,
    *,
    name: str,
    about: str,
    seal: Seal,
    log: str,
) -> None:
    """The receipt's entry must be in the log that the bundle names, and hold the seal, or a commitment opened to it."""
    if name not in names:
        docket.cannot_tell.append(f"{about}: its receipt {name} is missing.")
        return
    entered = Docket(Kind.RECEIPT)
    shown = judge_entry(entered, folder.read(name), trust=trust, about=f"The entry of {about}")
    if shown is not None:
        held = entered.check(lambda: Seal.from_json(shown.get("seal", shown.get(DOCUMENT))), about=name)
        if held is not None and held != seal:
            entered.refuted.append(f"{about}: its receipt is about another file.")
        if entered.states[-1].origin != log:
            entered.refuted.append(f"{about}: its receipt is of another log than the bundle names.")
    docket.refuted += entered.refuted
    docket.cannot_tell += entered.cannot_tell
    docket.not_proved += entered.not_proved
    if not entered.refuted:
        docket.proved += entered.proved
        docket.states += entered.states


def _tell_what_is_not_covered(docket: Docket, bundle: Bundle, names: frozenset[str]) -> None:
    covered = {BUNDLE_FILE, RECEIPT_FILE, KEY_FILE}
    for file in bundle.files:
        covered |= {file.name, *([file.receipt] if file.receipt else [])}
    if more := sorted(names - covered):
        docket.not_proved.append(f"Anything about what else is in the folder: {_first(more)}.")
    if unlogged := [file.name for file in bundle.files if file.receipt is None and file.role is not Role.RESULT]:
        docket.not_proved.append(f"That {_first(unlogged)} existed before the finding: no receipt of its own.")


def _first(names: list[str]) -> str:
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")


def _recompute(docket: Docket, bundle: Bundle, folder: Folder, recompute: Recompute | None) -> None:
    if recompute is None or docket.refuted:
        docket.not_proved.append(NOT_RECOMPUTED)
        return
    same, because = recompute(bundle, folder)
    said = {True: docket.proved, False: docket.refuted, None: docket.not_proved}[same]
    said.append(because)
