"""A result becomes a bundle: what it rests on is sealed and entered into a record, and so is what was found."""

from __future__ import annotations

import hashlib
import shlex
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import msgspec

from answerable.engines.coded_record import coded_folder
from answerable.errors import InputError, StorageError
from answerable.model.canonical import Json, canonical_bytes
from answerable.model.source import SourceManifest
from answerable.proof.sealing import Seal, seal_of
from answerable.proof.verifier.bundle import BUNDLE_FILE, KEY_FILE, RECEIPT_FILE, Bundle, BundleFile, Role
from answerable.record.entry import Draft, EntryType
from answerable.record.evidence import as_read
from answerable.stores.durable_files import replace_file
from answerable.wiring.claims import claim_files, files_named
from answerable.wiring.disk_folder import pieces_of
from answerable.wiring.importing import imported_manifest
from answerable.wiring.joining import parts_given
from answerable.wiring.log_verbs import Recorded, recorded
from answerable.wiring.policies import policy_files
from answerable.wiring.recording import OpenRecord, now_us
from answerable.wiring.result_folder import ResultFolder, open_result

INPUTS = "inputs"
RECEIPTS = "receipts"
LARGEST_COPY_BYTES = 1 << 30
"""A larger file is named and sealed, and left where it is."""

NOTHING_MORE: Mapping[str, Json] = MappingProxyType({})
GO_WITH_CALLS = (".manifest.json", ".history.parquet")
LEFT_OUT = "too large to copy; get it from whoever published it"
KEPT_BACK = "it holds telephone numbers or notes; ask whoever kept it"
FILES = ("--source", "--log")
"""Options whose value may be a file."""
TYPES = {
    Role.SOURCE: EntryType.DATASET,
    Role.READING: EntryType.DATASET,
    Role.POLICY: EntryType.POLICY,
    Role.CLAIM: EntryType.ALLEGATION,
    Role.FACTS: EntryType.EVIDENCE,
    Role.DECISIONS: EntryType.EVIDENCE,
    Role.EVIDENCE: EntryType.EVIDENCE,
}


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What an examination was given, as it was given, and the options that read it."""

    files: tuple[Path, ...]
    policies: tuple[Path, ...]
    facts: Path | None = None
    decisions: Path | None = None
    claims: tuple[Path, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    """Further options of the command, such as `--source`, with their values."""


class Bundled(msgspec.Struct, frozen=True, kw_only=True):
    """The entry that seals the whole bundle, and how many files it names."""

    entry: Recorded
    files: int


class _Input(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was given, and its name in the bundle."""

    path: Path
    name: str
    role: Role
    left_out: str | None = None


def bundle_result(out: Path, given: Given, *, record: OpenRecord) -> Bundled:
    """Seal what `given` names and what lies in the result `out` into a bundle there, with receipts from `record`.

    The same files in the same record have the same entries. Raises InputError, RecordError and StorageError; without
    `bundle.json` the folder is no bundle.
    """
    result = open_result(out)
    (out / BUNDLE_FILE).unlink(missing_ok=True)
    inputs = list(_inputs(given, result))
    read = _read(result)
    files = [_taken_in(one, out=out, record=record, read=read) for one in inputs]
    names = [str(one["name"]) for one in result.manifest["files"]]
    for name in (*names, "manifest.json"):
        files.append(BundleFile(name=name, role=Role.RESULT, seal=seal_of(pieces_of(out / name))))
    bundle = Bundle(log=record.origin, recompute=_recompute(given, inputs), files=tuple(files))
    content = canonical_bytes(bundle.as_json())
    keys = [one.verifier for one in record.keyring.signing(now_us=now_us())]
    replace_file(out / KEY_FILE, f"{keys[0]}\n".encode())
    draft = sealed_draft(EntryType.FINDING, BUNDLE_FILE, seal_of([content]))
    entry = _entered(record, draft, receipt=out / RECEIPT_FILE)
    replace_file(out / BUNDLE_FILE, content)
    return Bundled(entry=entry, files=len(files))


def _inputs(given: Given, result: ResultFolder) -> Iterator[_Input]:
    """Every file that was given, with what a claim takes in; each under a name that no other has."""
    taken = set[str]()
    policies = [file for path in given.policies for file in policy_files(path)]
    sources = parts_given(given.files) or [
        file for path in given.files for file in (sorted(path.rglob("*")) if path.is_dir() else [path])
    ]
    single = [(Role.FACTS, given.facts), (Role.DECISIONS, given.decisions)]
    for role, folder, paths in (
        (Role.SOURCE, "", [path for path in sources if path.is_file()]),
        (Role.READING, "", list(_readings(given, sources))),
        *((role, "", [path]) for role, path in single if path is not None),
        (Role.POLICY, "policies/", policies),
        (Role.CLAIM, "claims/", claim_files(given.claims)),
    ):
        for path in paths:
            name = _free(f"{INPUTS}/{folder}", path.name, taken)
            yield _Input(path=path, name=name, role=role)
    for path, below in _coded(sources, result):
        yield _Input(path=path, name=_free(f"{INPUTS}/", below, taken), role=Role.READING)
    for path, below, left_out in _evidence(claim_files(given.claims)):
        name = f"{INPUTS}/{below}"
        if name not in taken:
            taken.add(name)
            yield _Input(path=path, name=name, role=Role.EVIDENCE, left_out=left_out)


def _readings(given: Given, sources: Sequence[Path]) -> Iterator[Path]:
    """What the sources were read with: a profile of the user's own; what calls imported earlier need beside them; what
    was read of a log."""
    yield from (Path(value) for option, value in given.options if option in FILES and Path(value).is_file())
    for path in sources:
        if path.is_file() and imported_manifest(path) is not None:
            yield from filter(Path.exists, (path.with_suffix(suffix) for suffix in GO_WITH_CALLS))


def _coded(sources: Sequence[Path], result: ResultFolder) -> Iterator[tuple[Path, str]]:
    """The files of the coded record that the result was read from, with their place beside the calls."""
    sealed = result.manifest["source"].get("coded_sha256", {})
    for path in sources if sealed else ():
        folder = coded_folder(path)
        for name in ("coded.json", *sealed):
            if (folder / name).is_file():
                yield folder / name, f"{folder.name}/{name}"


def _free(folder: str, name: str, taken: set[str]) -> str:
    number, found = 1, f"{folder}{name}"
    while found in taken:
        number += 1
        found = f"{folder}{number}-{name}"
    taken.add(found)
    return found


def _evidence(claims: Sequence[Path]) -> Iterator[tuple[Path, str, str | None]]:
    """What claims take in, where it lies below `inputs`, so that a copied claim finds it, and why it is not copied."""
    for claim in claims:
        own = claim.resolve().parent
        for name, private in files_named(claim).items():
            path = (own / name).resolve()
            for root, below in ((own, "claims"), (own.parent / "evidence", "evidence")):
                if path.is_relative_to(root) and path.is_file():
                    yield path, f"{below}/{path.relative_to(root).as_posix()}", KEPT_BACK if private else None
                    break


def _read(result: ResultFolder) -> dict[str, Json]:
    """What the examination read in its sources, for the entry of each."""
    try:
        return as_read(msgspec.convert(result.document("source.json"), SourceManifest))
    except msgspec.ValidationError as fault:
        raise InputError(f"{result.path}: source.json: {fault}", hint="Examine the publisher's file again.") from fault


def _taken_in(one: _Input, *, out: Path, record: OpenRecord, read: dict[str, Json]) -> BundleFile:
    """Copy a file into the bundle, enter its seal, and write the receipt; of a source also what was `read` in it."""
    target = out / one.name
    left_out = one.left_out
    try:
        if one.path.stat().st_size > LARGEST_COPY_BYTES:
            left_out = LEFT_OUT
        elif left_out is None:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(one.path, target)
    except OSError as fault:
        raise StorageError(f"{fault.filename}: {fault.strerror}") from fault
    # the copy is sealed, not the original, which may change meanwhile
    seal = seal_of(pieces_of(one.path if left_out else target))
    receipt = f"{RECEIPTS}/{one.name.removeprefix(f'{INPUTS}/')}.tlog-proof"
    draft = sealed_draft(TYPES[one.role], one.path.name, seal, read if one.role is Role.SOURCE else {})
    _entered(record, draft, receipt=out / receipt)
    return BundleFile(name=one.name, role=one.role, seal=seal, receipt=receipt, left_out=left_out)


def _entered(record: OpenRecord, draft: Draft, *, receipt: Path) -> Recorded:
    """Enter a seal; the same file under the same name, read in the same way, is entered once."""
    return recorded(record, draft.id, record.writing.append(draft), receipt=receipt)


def sealed_draft(kind: EntryType, name: str, seal: Seal, more: Mapping[str, Json] = NOTHING_MORE) -> Draft:
    """The entry of a file's seal with what `more` is said of it; its id follows from all of that and its type."""
    public: dict[str, Json] = {"file": name, "seal": seal.as_json(), **more}
    digest = hashlib.sha256(canonical_bytes({"type": kind.value, **public})).hexdigest()
    return Draft(id=f"{kind.value}-{digest[:32]}", type=kind, public=public)


def _recompute(given: Given, inputs: Iterable[_Input]) -> str:
    """The command, to be given in the bundle's folder."""
    names: dict[Role, list[str]] = {role: [] for role in Role}
    taken = tuple(inputs)
    for one in taken:
        names[one.role].append(one.name)
    words = ["answerable", "examine", *names[Role.SOURCE]]
    named = {one.path: one.name for one in taken if one.role is Role.READING}
    for option, value in given.options:
        words += [option, named.get(Path(value), value)]
    words += ["--policy", f"{INPUTS}/policies"]
    for option, role in (("--facts", Role.FACTS), ("--decisions", Role.DECISIONS), ("--claim", Role.CLAIM)):
        words += [word for name in names[role] for word in (option, name)]
    return shlex.join([*words, "--out", "recomputed"])
