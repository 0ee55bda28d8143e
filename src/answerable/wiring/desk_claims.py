"""The claims that an allegation at the desk comes to, worked out in a folder beside the record until they are put.

    allegations/ALLEGATION/claims/01-calls-ignored.toml
    allegations/ALLEGATION/evidence/letter.pdf

It is the layout of claims that `answerable examine --claim` takes, so that each file is what anybody could put.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from answerable.errors import AnswerableError, InputError, StorageError
from answerable.model.claim import COMPARED, ClaimKind
from answerable.proof.verifier import is_plain_path
from answerable.stores.durable_files import replace_file
from answerable.watch.beside_calls import Allegation
from answerable.wiring.claim_form import begun, fields_of, table_in, tables_of, with_document, with_file, without
from answerable.wiring.claims import check_claim, claim_in, register_claim
from answerable.wiring.desk_export import OTHERS
from answerable.wiring.desk_log_reading import READING
from answerable.wiring.files import read_small
from answerable.wiring.recording import OpenRecord
from answerable.wiring.registering import seal_into

CLAIMS, EVIDENCE = "claims", "evidence"
WATCH_LOG: Final = "desk-watch.csv"
"""The desk's own heartbeats and alarms, put in when a claim is put to the record."""

OUR_OWN: Final = frozenset({WATCH_LOG, OTHERS, READING})
"""What is laid among the documents when a claim is put; nobody's document has such a name."""

LONGEST_NAME: Final = 80
MOST_CLAIMS: Final = 40
_NUMBERED = re.compile(r"[0-9]{2}-([a-z0-9][a-z0-9-]{0,62})\.toml")


class DocumentAtDesk(msgspec.Struct, frozen=True, kw_only=True):
    """A document that a claim rests on, as its table says it."""

    id: str
    kind: str
    file: str
    sender: str


class ClaimAtDesk(msgspec.Struct, frozen=True, kw_only=True):
    """A claim as far as it was worked out. `wrong`: why it cannot be put yet, in words; "" where it can be.

    `fields` are those of its form (`answerable.wiring.claim_form`), `text` is the file.
    """

    id: str
    kind: str
    text: str
    wrong: str
    fields: dict[str, str]
    documents: tuple[DocumentAtDesk, ...] = ()
    passages: tuple[tuple[str, str], ...] = ()
    """Quotation and test."""
    list_file: str = ""
    watch_file: str = ""
    registration: str = ""

    @property
    def compared(self) -> bool:
        """Whether it compares calls, and is registered before anybody looks."""
        return self.kind in COMPARED


def claims_of(case: Path) -> tuple[ClaimAtDesk, ...]:
    """Every claim of an allegation's folder, in order. Raises StorageError."""
    return tuple(_read(path) for path in claim_files_in(case))


def claim_of(case: Path, id: str) -> ClaimAtDesk | None:  # noqa: A002
    """One claim of an allegation's folder; None where it is not there any more. Raises StorageError."""
    path = _find(case, id)
    return None if path is None else _read(path)


def begin_claim(case: Path, allegation: Allegation, kind: str) -> str:
    """Begin a claim of a kind with what the allegation says; its id. Raises InputError, StorageError."""
    try:
        wanted = ClaimKind(kind)
    except ValueError:
        raise InputError(f"{kind!r} is not a kind of claim.", hint=", ".join(ClaimKind)) from None
    there = claim_files_in(case)
    if len(there) >= MOST_CLAIMS:
        raise InputError(f"An allegation comes to at most {MOST_CLAIMS} claims here.")
    id_ = free_name(kind.replace("_", "-"), taken={_id(path) for path in there})
    text = begun(
        wanted,
        id=id_,
        said=" ".join((allegation.text or "What is alleged was withheld or erased.").split()),
        by=allegation.by or "withheld or erased",
        calls=allegation.calls,
        monitoring=f"../{EVIDENCE}/{WATCH_LOG}",
    )
    if wanted is ClaimKind.MONITORING_LAPSE:
        _keep(case, WATCH_LOG, b"number,at,event,about\n")
    number = max((int(path.name[:2]) for path in there), default=0) + 1
    _write(case / CLAIMS / f"{number:02d}-{id_}.toml", text)
    return id_


def change_claim(case: Path, id: str, change: Callable[[str], str]) -> None:  # noqa: A002
    """Replace the text of a claim by what `change` makes of it. Raises InputError, StorageError."""
    path = _path(case, id)
    text = change(read_small(path, what="a claim").decode())
    claim = tables_of(text).get("claim")
    if not isinstance(claim, dict) or claim.get("id") != id:
        raise InputError(f"The id of this claim is {id!r}, and stays.")
    _write(path, text)


def remove_claim(case: Path, id: str) -> None:  # noqa: A002
    """Take a claim away. What it was answered with before stays where it is."""
    path = _path(case, id)
    for one in (path, *_registrations(path)):
        one.unlink(missing_ok=True)
    _tidy(case)


def add_document(
    case: Path, id: str, fields: Mapping[str, str], *, name: str, content: bytes, zone: ZoneInfo,  # noqa: A002
) -> None:  # fmt: skip
    """Take in a document with what is said of it. Raises InputError: then the document is not kept either."""
    taken = {one.id for one in _read(_path(case, id)).documents}
    document = free_name(_slug(Path(name).stem), taken=taken)
    file = _put(case, name, content)
    try:
        change_claim(
            case, id, lambda text: with_document(text, fields, id=document, file=f"../{EVIDENCE}/{file}", zone=zone)
        )
    except AnswerableError:
        _tidy(case)
        raise


def set_list(case: Path, id: str, files: Sequence[tuple[str, bytes]]) -> None:  # noqa: A002
    """The complainant's list, and the receipts that it names, each under the name by which the list names it."""
    (name, content), *receipts = files
    file = _put(case, name, content)
    for receipt, text in receipts:
        _keep(case, receipt, text)
    change_claim(case, id, lambda text: with_file(text, "list", f"../{EVIDENCE}/{file}"))
    _tidy(case, keep={name for name, _ in receipts})


def set_watch_log(case: Path, id: str, name: str, content: bytes) -> None:  # noqa: A002
    """Another watch's log in place of the desk's own."""
    file = _put(case, name, content)
    change_claim(case, id, lambda text: with_file(text, "monitoring", f"../{EVIDENCE}/{file}"))


def drop(case: Path, id: str, table: str, number: int) -> None:  # noqa: A002
    """Take a document or a passage out of a claim."""
    change_claim(case, id, lambda text: without(text, table, number))
    _tidy(case)


def register(case: Path, id: str, *, policies: Iterable[str], record: OpenRecord) -> None:  # noqa: A002
    """Enter what will be compared, before anybody looks, and name the registration in the claim.

    Raises ClaimError where it compares nothing or is registered already, InputError, RecordError.
    """
    path = _path(case, id)
    out = path.with_suffix(".registered.json")
    with _in_a_folder(policies) as folder:
        seal, _ = seal_into(record, out, closed=False)
        register_claim(path, policies=[folder], out=out, seal=seal)
    change_claim(case, id, lambda text: with_file(text, "comparison", out.name))


def why_not_as_registered(case: Path, id: str, *, policies: Iterable[str]) -> str:  # noqa: A002
    """What of a registered claim is not as it was registered, in words; "" where it is, or was not registered."""
    path = _path(case, id)
    with _in_a_folder(policies) as folder:
        return _fault(lambda: check_claim(path, policies=[folder]), path)


@contextmanager
def _in_a_folder(policies: Iterable[str]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(policies):
            Path(folder, f"{number}.toml").write_text(text, encoding="utf-8")
        yield Path(folder)


def copy_case(case: Path, out: Path) -> None:
    """The claims and documents as they are now, in a folder of their own. Raises StorageError."""
    try:
        for name in (CLAIMS, EVIDENCE):
            (out / name).mkdir(parents=True, exist_ok=True)
            for path in sorted((case / name).iterdir()) if (case / name).is_dir() else ():
                shutil.copyfile(path, out / name / path.name)
    except OSError as fault:
        raise StorageError(f"{fault.filename}: {fault.strerror}") from fault


def claim_files_in(case: Path) -> tuple[Path, ...]:
    """The claim files of a folder, in order."""
    held = case / CLAIMS
    found = held.iterdir() if held.is_dir() else ()
    return tuple(sorted(path for path in found if _NUMBERED.fullmatch(path.name)))


def _id(path: Path) -> str:
    return path.stem[3:]


def _path(case: Path, id: str) -> Path:  # noqa: A002
    found = _find(case, id)
    if found is None:
        raise InputError("There is no such claim any more.")
    return found


def _find(case: Path, id: str) -> Path | None:  # noqa: A002
    return next((path for path in claim_files_in(case) if _id(path) == id), None)


def _read(path: Path) -> ClaimAtDesk:
    data = read_small(path, what="a claim")
    held = tables_of(text := data.decode())
    claim, compared = table_in(held, "claim"), table_in(held, "comparison")
    return ClaimAtDesk(
        id=_id(path),
        kind=str(claim.get("kind", "")),
        text=text,
        wrong=_fault(lambda: claim_in(data, path=path, tables=held), path),
        fields=fields_of(held),
        documents=tuple(
            DocumentAtDesk(**{name: str(one.get(name, "")) for name in ("id", "kind", "file", "sender")})
            for one in _tables(held, "evidence")
        ),
        passages=tuple((str(one.get("quote", "")), str(one.get("test", ""))) for one in _tables(held, "passage")),
        list_file=str(table_in(held, "list").get("file", "")),
        watch_file=str(table_in(held, "monitoring").get("file", "")),
        registration=str(compared.get("registration", "")),
    )


def _tables(held: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = held.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _fault(reading: Callable[[], object], path: Path) -> str:
    try:
        reading()
    except AnswerableError as fault:
        said = " ".join(filter(None, (fault.message, fault.hint)))
        return said.replace(f"{path.name}: ", "").replace(path.name, "the claim")
    return ""


def _put(case: Path, name: str, content: bytes) -> str:
    """Keep a document under a plain name under which nothing else lies; the name."""
    plain = plain_name(name)
    number, free = 1, plain
    while free in OUR_OWN or (
        (case / EVIDENCE / free).is_file() and read_small(case / EVIDENCE / free, what="a document") != content
    ):
        number += 1
        free = f"{number}-{plain}"
    _keep(case, free, content)
    return free


def _keep(case: Path, name: str, content: bytes) -> None:
    if plain_name(name) != name:
        raise InputError(f"{name!r} cannot be the name of a document here.", hint="Letters, digits and . _ - will do.")
    path = case / EVIDENCE / name
    _folder(path.parent)
    replace_file(path, content, mode=0o600)


def plain_name(name: str) -> str:
    """A file's name as its sender gives it, without what leads anywhere or is read differently by a system."""
    said = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(sign if is_plain_path(sign) or sign == "." else "_" for sign in said).lstrip("._-")
    return plain[-LONGEST_NAME:] or "document"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:40] or "document"


def free_name(wanted: str, *, taken: Collection[str]) -> str:
    """`wanted`, or with a number behind it where it is taken."""
    number, found = 1, wanted
    while found in taken:
        number += 1
        found = f"{wanted}-{number}"
    return found


def _write(path: Path, text: str) -> None:
    _folder(path.parent)
    replace_file(path, text.encode(), mode=0o600)


def _folder(path: Path) -> None:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as fault:
        raise StorageError(f"{path}: {fault.strerror}") from fault


def _registrations(path: Path) -> Iterable[Path]:
    return path.parent.glob(f"{path.stem}.registered.json*")


def _tidy(case: Path, *, keep: Iterable[str] = ()) -> None:
    """Documents that no claim names any more go; the receipts of a list are named by the list alone."""
    texts = [read_small(path, what="a claim").decode() for path in claim_files_in(case)]
    for claim in claims_of(case):
        listed = case / EVIDENCE / Path(claim.list_file).name
        if claim.list_file and listed.is_file():
            texts.append(read_small(listed, what="a list").decode("utf-8", "replace"))
    for path in (case / EVIDENCE).iterdir() if (case / EVIDENCE).is_dir() else ():
        if path.name not in keep and not any(path.name in text for text in texts):
            path.unlink(missing_ok=True)
