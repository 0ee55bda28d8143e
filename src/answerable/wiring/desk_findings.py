"""A finding at the desk: from what an examination of the live record proposes to what a person signs.

The steps are those of `answerable finding`, on the same folder; each is an entry of the desk's own record.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec

from answerable.answer.finding_life import Life
from answerable.answer.intake.decisions_file import read_decisions
from answerable.errors import FindingError, InputError, ProofError
from answerable.model.finding_life import Signer
from answerable.model.times import iso
from answerable.proof.note import SigningKey
from answerable.report.letter import ADDRESSEE, PLACE_AND_DATE, blanks_left
from answerable.stores.durable_files import replace_file
from answerable.wiring.bundling import Given, bundle_result
from answerable.wiring.desk_claims import CLAIMS, EVIDENCE, plain_name
from answerable.wiring.desk_examined import RESULT
from answerable.wiring.desk_examining import FILES
from answerable.wiring.desk_export import CALLS, DECISIONS, FACTS_FILE, POLICIES, PROFILE
from answerable.wiring.desk_log_reading import READING
from answerable.wiring.files import read_small
from answerable.wiring.finding_acts import ask_for_reply, deadline_us, enter_reply, propose_finding
from answerable.wiring.finding_folder import has_dossier, open_dossier
from answerable.wiring.finding_signing import sign_finding
from answerable.wiring.recording import OpenRecord

LONGEST_REPLY = 48_000


class FindingAtDesk(msgspec.Struct, frozen=True, kw_only=True):
    """How far a finding has come: its life, its letter, the blanks that nobody has filled in, its signature."""

    life: Life
    letter: str
    blanks: tuple[str, ...]
    signature: str


def finding_of(examination: Path) -> FindingAtDesk | None:
    """The finding proposed from an examination; None where nobody has proposed it. Raises FindingError."""
    result = examination / RESULT
    if not has_dossier(result):
        return None
    dossier = open_dossier(result)
    letter = read_small(dossier.letter, what="the letter").decode()
    signature = read_small(dossier.signature, what="a signature").decode() if dossier.signature.is_file() else ""
    blanks = tuple(dict.fromkeys(blank for _, blank in blanks_left(letter)))
    return FindingAtDesk(life=dossier.life, letter=letter, blanks=blanks, signature=signature)


def propose(
    examination: Path, *, record: OpenRecord, at_us: int, supersedes: Path | None = None, because: str = ""
) -> None:
    """Seal what the examination rests on into a bundle, propose what the record supports, and draft the letter.

    `supersedes` is the examination whose finding this one replaces, `because` why. Raises FindingError, InputError.
    """
    files = examination / FILES
    given = Given(
        files=(files / CALLS,), policies=(files / POLICIES,), facts=files / FACTS_FILE, decisions=files / DECISIONS,
        claims=(examination / CLAIMS,), options=(("--source", str(files / PROFILE)), *_log_read(examination)),
    )  # fmt: skip
    earlier = None if supersedes is None else supersedes / RESULT
    if earlier is not None and not because.strip():
        raise InputError("Say why it takes the place of the earlier finding.")
    bundle_result(examination / RESULT, given, record=record)
    propose_finding(examination / RESULT, supersedes=earlier, because=because, record=record, at_us=at_us)


def _log_read(examination: Path) -> tuple[tuple[str, str], ...]:
    """What somebody outside read of the log, where the examination was made with it."""
    read = examination / EVIDENCE / READING
    return (("--log", str(read)),) if read.is_file() else ()


def ask(examination: Path, *, who: str, by: str, how: str, zone: str, record: OpenRecord, at_us: int) -> None:
    """Note that somebody concerned was asked for a reply, and until when: a time, or a day to its end in `zone`."""
    by = iso(deadline_us(by, timezone=zone))
    ask_for_reply(examination / RESULT, who=who, by=by, how=how, record=record, at_us=at_us)


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody who was asked replied: in words, or as the document that they sent. `received`: a time with offset,
    where it came earlier than now; in `confidence` only that it came is published."""

    who: str
    text: str = ""
    document: tuple[str, bytes] | None = None
    received: str = ""
    in_confidence: bool = False


def reply(examination: Path, said: Reply, *, record: OpenRecord, at_us: int) -> None:
    """Take in a reply. Raises FindingError, InputError."""
    if said.document is None and (not said.text.strip() or len(said.text) > LONGEST_REPLY):
        raise InputError(f"A reply is a document, or has words, and at most {LONGEST_REPLY:,} characters.")
    name, content = ("reply.txt", said.text.encode()) if said.document is None else said.document
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder, plain_name(name))
        document.write_bytes(content)
        enter_reply(
            examination / RESULT, who=said.who, document=document, received=said.received.strip() or None,
            published=not said.in_confidence, record=record, at_us=at_us,
        )  # fmt: skip


def write_letter(examination: Path, text: str) -> None:
    """Replace the letter's draft. Raises FindingError once it is signed."""
    dossier = open_dossier(examination / RESULT)
    if dossier.life.signed is not None:
        raise FindingError("The letter is signed; nothing in it changes any more.")
    replace_file(dossier.letter, text.strip().encode() + b"\n")


class Letterhead(msgspec.Struct, frozen=True, kw_only=True):
    """What a person fills into the letter's blanks beside who they are."""

    addressee: str
    place_and_date: str


def sign(
    examination: Path, *, person: str, signer: Signer, head: Letterhead, key: str, states_decided_none: bool,
    record: OpenRecord, at_us: int,
) -> None:  # fmt: skip
    """Fill in the letter's blanks and sign it, with a key that is used once and kept nowhere.

    `person` is the signer's id at the desk: who decided a call of the record does not sign. Raises FindingError,
    InputError.
    """
    content = read_small(examination / FILES / DECISIONS, what="a list of decisions")
    own = sorted({one.call for one in read_decisions(content, file=DECISIONS) if one.actor == person})
    if own:
        raise FindingError(f"You decided {', '.join(own[:3])}: who decided a call does not sign a finding on it.")
    try:
        used = SigningKey.parse(key.strip())
    except ProofError:
        raise InputError(
            "That is no signing key.", hint="`answerable finding key NAME --out FILE` makes one."
        ) from None
    letter = open_dossier(examination / RESULT).letter
    before = read_small(letter, what="the letter")
    write_letter(examination, _filled(before.decode(), signer, head))
    try:
        sign_finding(
            examination / RESULT, signer=signer, key=used, states_decided_none=states_decided_none, record=record,
            at_us=at_us,
        )  # fmt: skip
    except FindingError as fault:
        replace_file(letter, before)  # a draft stays a draft, and goes on to be renewed with every step
        raise FindingError(fault.message.replace(str(letter), "The letter"), hint=fault.hint) from fault


def _filled(letter: str, signer: Signer, head: Letterhead) -> str:
    for blank, said in (
        (ADDRESSEE, head.addressee), (PLACE_AND_DATE, head.place_and_date), ("[name]", signer.name),
        ("[office]", signer.office), ("[rank]", signer.rank), ("[body]", signer.body),
    ):  # fmt: skip
        if said.strip():
            letter = letter.replace(blank, " ".join(said.split()))
    return letter
