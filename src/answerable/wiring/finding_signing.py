"""Signing: the one act for which a person answers. Everything that could forbid it is looked at first."""

from __future__ import annotations

from pathlib import Path

from answerable.answer.finding_life import after
from answerable.answer.finding_signer import compared
from answerable.answer.intake.decisions_file import read_decisions
from answerable.config import read_settings
from answerable.engines.complained_calls import complained_calls
from answerable.errors import FindingError
from answerable.model.claim import ClaimKind
from answerable.model.decision import Decision
from answerable.model.finding_life import Signed, Signer
from answerable.proof.note import Note, SigningKey
from answerable.proof.sealing import seal_of
from answerable.proof.verifier.bundle import BUNDLE_FILE, Bundle, Role
from answerable.report.finding_words import required_lines
from answerable.report.letter import blanks_left, lacking
from answerable.stores.durable_files import replace_file
from answerable.wiring.files import read_small
from answerable.wiring.finding_acts import FindingTold, told
from answerable.wiring.finding_folder import SIGNER_KEY, Dossier, add_step, one_line, open_dossier, sha256
from answerable.wiring.finding_signature import signed_text
from answerable.wiring.recording import OpenRecord, now_us
from answerable.wiring.result_folder import ResultFolder, open_result

LISTS_ITS_CALLS = (
    ClaimKind.CALLS_IGNORED, ClaimKind.LISTED_CALLS, ClaimKind.REQUEST_DENIED, ClaimKind.SLOWER_RESPONSE,
    ClaimKind.PATTERN,
)  # fmt: skip
"""Claims whose calls in scope a result names one by one. Of any other every decision supplied counts as in scope."""


def sign_finding(
    result: Path, *, signer: Signer, key: SigningKey, states_decided_none: bool = False,
    record: OpenRecord | None = None, at_us: int | None = None,
) -> FindingTold:  # fmt: skip
    """Sign the letter, and with it the finding and everything before. Raises FindingError where that may not be:

    nobody was asked, time to reply is left, the signer decided a call in scope or cannot be held against the deciders,
    the letter has blanks or does not say what it must.
    """
    dossier = open_dossier(result)
    life = dossier.life
    opened = open_result(result)
    if opened.manifest_sha256 != life.proposed.result_sha256:
        raise FindingError(f"{result}: this is not the result that was proposed; its manifest.json was changed.")
    now = now_us() if at_us is None else at_us
    letter = _letter(dossier)
    signer = _spelled(signer)
    held = compared(signer, _decisions(opened), scope=_scope(opened))
    step = Signed(
        finding=life.finding,
        number=len(life.steps) + 1,
        at_us=now,
        previous=life.head,
        signer=signer,
        key=str(key.verifier),
        letter_sha256=sha256(letter),
        deciders_compared=held.deciders,
        not_on_record=held.not_on_record,
        states_decided_none=states_decided_none,
    )
    after(life, step)  # refused before the letter is looked at, if it may not be
    _check_letter(dossier, letter.decode(), step)
    text = signed_text(life, step)
    note = Note(text, (key.sign(text),))
    replace_file(dossier.folder / SIGNER_KEY, f"{key.verifier}\n".encode())
    replace_file(dossier.signature, note.encode())
    signed, entry = add_step(result, life, step, record=record)
    return told(signed, entry)


def _letter(dossier: Dossier) -> bytes:
    content = read_small(dossier.letter, what="the letter")
    try:
        content.decode()
    except UnicodeDecodeError as fault:
        raise FindingError(f"{dossier.letter} is not UTF-8 (byte {fault.start}); save it as UTF-8.") from fault
    return content


def _spelled(signer: Signer) -> Signer:
    named = {name: one_line(getattr(signer, name), what=f"the signer's {name}") for name in signer.__struct_fields__}
    return Signer(**named)


def _check_letter(dossier: Dossier, letter: str, step: Signed) -> None:
    """Raises FindingError where the letter still has blanks, or lacks a line that it must have."""
    if left := blanks_left(letter):
        places = ", ".join(f"{blank} (line {number})" for number, blank in left)
        raise FindingError(f"{dossier.letter} still has blanks: {places}.", hint="Fill them in, then sign.")
    if missing := lacking(letter, required_lines(dossier.life, signer=step.signer, at_us=step.at_us)):
        raise FindingError(
            f"{dossier.letter} does not say, word for word:\n" + "\n".join(f"    {line}" for line in missing),
            hint="Put each of these lines into the letter, then sign.",
        )


def _decisions(opened: ResultFolder) -> tuple[Decision, ...] | None:
    """The decisions that the examination was given, as its bundle seals them; None where there are none."""
    path = opened.path / BUNDLE_FILE
    if not path.is_file():
        return None
    bundle = Bundle.parse(read_small(path, what="a bundle"))
    for one in bundle.files:
        if one.role is Role.DECISIONS:
            content = read_small(opened.path / one.name, what="a list of decisions")
            if seal_of([content]) != one.seal:
                raise FindingError(f"{opened.path / one.name} is not the file that was sealed.")
            return read_decisions(content, file=one.name)
    return None


def _scope(opened: ResultFolder) -> frozenset[str] | None:
    claims = opened.document("finding.json")["claims"]
    if any(claim["kind"] not in LISTS_ITS_CALLS for claim in claims):
        return None
    named = {call["call"] for claim in claims for call in claim["calls"]}
    return frozenset(named | complained_calls(opened.sealed("calls.parquet"), settings=read_settings()))
