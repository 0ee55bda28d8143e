"""The life of a finding held against its own proofs: steps, letter, signature, replies, and what took whose place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from answerable.answer.finding_life import Life, replayed
from answerable.errors import FindingError, MalformedError, SignatureError, UntrustedError
from answerable.model.finding_life import ClaimFound, Replied, Signed
from answerable.notation import json_values
from answerable.proof import VerifierKey
from answerable.proof.note import open_note
from answerable.proof.sealing import seal_of
from answerable.proof.spelling import Json
from answerable.proof.verifier import BUNDLE_FILE, is_plain_path
from answerable.report.finding_words import required_lines, signer_line, standing_sentence
from answerable.report.letter import lacking
from answerable.wiring.finding_case import Case
from answerable.wiring.finding_folder import (
    DOSSIER,
    EARLIER,
    LETTER,
    REPLIES,
    SIGNATURE,
    STEPS,
    sha256,
    step_name,
)
from answerable.wiring.finding_signature import signed_text
from answerable.wiring.findings_in_log import NOT_LATEST
from answerable.wiring.log_verbs import RECEIPT_SUFFIX

STEP_FILES: Final = f"{DOSSIER}/{STEPS}/"
NOT_ASKED: Final = "That everybody concerned was asked, and that nobody replied whose reply is not here."


def read_life(case: Case) -> Life | None:
    """The life that the steps tell, where they hold together."""
    return _life(case, STEP_FILES)


def judge_life(case: Case, life: Life) -> None:
    """Everything about a life but its publication: who signed what, who replied, what was proposed, and when."""
    _judge_signature(case, life)
    _judge_superseding(case, life)
    _judge_replies(case, life)
    _judge_result(case, life)
    _judge_steps(case, life)
    case.docket.shows = _shows(life)


def _life(case: Case, below: str) -> Life | None:
    """The life that the steps tell; every step must follow on the one before, and be allowed there."""
    names = sorted(name for name in case.names if name.startswith(below) and name.endswith(".json"))
    try:
        life = replayed(case.folder.read(name) for name in names)
    except FindingError as fault:
        case.docket.refuted.append(f"{below}: {fault.message}")
        return None
    expected = [f"{below}{step_name(step)}" for step in life.steps]
    if names != expected:
        case.docket.refuted.append(f"{below}: the files are not named as their steps.")
        return None
    if below == STEP_FILES:
        case.docket.proved.append(
            f"{_steps(len(life.steps))} of {life.finding} follow on each other, none is left out, and each was "
            "allowed where it was taken."
        )
    return life


def _judge_result(case: Case, life: Life) -> None:
    proposed = life.proposed
    for name, expected in (
        ("manifest.json", proposed.result_sha256),
        ("finding.json", proposed.finding_sha256),
        (BUNDLE_FILE, proposed.bundle_sha256),
    ):
        if expected is not None:
            case.is_file(name, expected, what="the file that was proposed")
    same = not case.docket.refuted and "finding.json" in case.names
    if same and _claims(case.folder.read("finding.json")) != proposed.claims:
        case.docket.refuted.append("finding.json: its findings are not those that were proposed.")
    if proposed.bundle_sha256 is None and not case.docket.refuted and "manifest.json" in case.names:
        for name, expected in listed_files(case.folder.read("manifest.json")):
            case.is_file(name, expected, what="the file of the result")
        case.docket.not_proved.append("That the finding follows from the files: this result is no bundle.")


def _judge_steps(case: Case, life: Life) -> None:
    """Each step's receipt, where the finding is kept in a log."""
    if life.proposed.log is None:
        case.docket.not_proved.append("When each step was taken: no log holds them.")
        return
    for step in life.steps:
        name = f"{STEP_FILES}{step_name(step)}"
        case.judge_receipt(
            life.proposed.log, name=f"{name.removesuffix('.json')}{RECEIPT_SUFFIX}", about=name,
            seal=seal_of([case.folder.read(name)]),
        )  # fmt: skip


def _judge_replies(case: Case, life: Life) -> None:
    for reply in (step for step in life.steps if isinstance(step, Replied)):
        _judge_reply(case, life, reply)
    for question in life.questions:
        if not question.replies:
            case.docket.proved.append(f"{question.asked.who} was asked for a reply, and none was entered.")
    if life.questions:
        case.docket.not_proved.append(NOT_ASKED)


def _judge_reply(case: Case, life: Life, reply: Replied) -> None:
    name = f"{DOSSIER}/{REPLIES}/{reply.document.file}"
    if not is_plain_path(name):
        case.docket.refuted.append(f"{reply.document.file!r} cannot be the name of a reply.")
    elif not reply.document.published and name not in case.names:
        case.docket.not_proved.append(
            f"What {reply.who} replied: the document was given in confidence (SHA-256 {reply.document.sha256})."
        )
    elif case.is_file(name, reply.document.sha256, what=f"the reply of {reply.who}") and life.proposed.log:
        seal = seal_of(case.folder.pieces(name))
        case.judge_receipt(life.proposed.log, name=f"{name}{RECEIPT_SUFFIX}", about=name, seal=seal)


def _judge_signature(case: Case, life: Life) -> None:
    signed, docket = life.signed, case.docket
    if signed is None:
        docket.not_proved.append("That anybody answers for it: nobody has signed.")
        return
    for name in (f"{DOSSIER}/{SIGNATURE}", f"{DOSSIER}/{LETTER}"):
        if name not in case.names:
            docket.cannot_tell.append(f"{name}: the file is missing.")
            return
    _judge_letter(case, life, signed)
    key = docket.check(lambda: VerifierKey.parse(signed.key), about="The signer's key")
    if key is None or not _signed_by(case, key, life, signed, about=f"{DOSSIER}/{SIGNATURE}"):
        return
    if key not in [party.key for party in case.trust.logs]:
        docket.cannot_tell.append(
            f"Whose signature it is: {signed.signer.name} signed with the key {key}, and you have not named it as "
            "one that you know (--key)."
        )
        return
    docket.proved.append(
        f"{signer_line(signed.signer)} A key that you know signed the letter, the finding and each step before."
    )
    docket.not_proved.append(
        f"That {signed.signer.name} decided none of the calls: that is their own statement"
        + ("." if signed.not_on_record else ", and no decider on record bears their name or office.")
    )


def _judge_letter(case: Case, life: Life, signed: Signed) -> None:
    content = case.folder.read(f"{DOSSIER}/{LETTER}")
    if sha256(content) != signed.letter_sha256:
        case.docket.refuted.append(f"{DOSSIER}/{LETTER}: this is not the letter that was signed.")
        return
    before = msgspec.structs.replace(life, steps=life.steps[: signed.number], digests=life.digests[: signed.number])
    lines = required_lines(before, signer=signed.signer, at_us=signed.at_us)
    if missing := lacking(content.decode("utf-8", "replace"), lines):
        case.docket.refuted.append(f"{DOSSIER}/{LETTER}: it does not say: {missing[0]}")
        return
    case.docket.proved.append(
        f"{DOSSIER}/{LETTER} is the letter that was signed; it says each finding and each reply as they stand here."
    )


def _signed_by(case: Case, key: VerifierKey, life: Life, signed: Signed, *, about: str) -> bool:
    """Whether the note in the file `about` is this key's, over just this letter, this result and these steps."""
    try:
        opened = open_note(case.folder.read(about), [key])
    except UntrustedError:
        case.docket.refuted.append(f"{about}: it is not signed by the key that its step names.")
    except (SignatureError, MalformedError) as fault:
        case.docket.refuted.append(f"{about}: {fault.message}.")
    else:
        if opened.text == signed_text(life, signed):
            return True
        case.docket.refuted.append(f"{about}: what was signed is another letter, result or step than lies here.")
    return False


def _judge_superseding(case: Case, life: Life) -> None:
    earlier = life.proposed.supersedes
    if earlier is not None:
        below = f"{DOSSIER}/{EARLIER}/{STEPS}/"
        there = _life(case, below) if any(name.startswith(below) for name in case.names) else None
        if there is not None and (there.finding != earlier.finding or earlier.step_sha256 not in there.digests):
            case.docket.refuted.append(f"{below}: these are not the steps of {earlier.finding} that it supersedes.")
        elif there is not None:
            _judge_earlier(case, there)
            case.docket.proved.append(f"It supersedes {earlier.finding}, whose steps are kept with it unchanged.")
        else:
            case.docket.not_proved.append(f"What {earlier.finding} said, which it supersedes: it is not here.")
    if life.superseded is not None:
        case.docket.proved.append(standing_sentence(life))
    else:
        case.docket.not_proved.append(NOT_LATEST)


def _judge_earlier(case: Case, earlier: Life) -> None:
    """The letter and the signature that were copied with the steps of the earlier finding, where it was signed."""
    below, signed = f"{DOSSIER}/{EARLIER}/", earlier.signed
    if signed is None:
        return
    case.is_file(f"{below}{LETTER}", signed.letter_sha256, what=f"the letter of {earlier.finding}")
    if f"{below}{SIGNATURE}" in case.names:
        key = case.docket.check(lambda: VerifierKey.parse(signed.key), about=f"The signer's key of {earlier.finding}")
        if key is not None and _signed_by(case, key, earlier, signed, about=f"{below}{SIGNATURE}"):
            case.docket.proved.append(f"{below}{SIGNATURE} is by the key that {earlier.finding} names.")


def _steps(count: int) -> str:
    return "The one step" if count == 1 else f"The {count} steps"


def _claims(content: bytes) -> tuple[ClaimFound, ...] | None:
    try:
        return tuple(
            ClaimFound(id=one["id"], finding=one["finding"], cannot_be_determined=one["cannot_be_determined"])
            for one in json_values(content)["claims"]
        )
    except (ValueError, KeyError, TypeError):
        return None


def listed_files(content: bytes) -> Iterator[tuple[str, str]]:
    """Name and SHA-256 of every file that a result's manifest lists; nothing where it is none."""
    try:
        files: list[dict[str, Any]] = json_values(content)["files"]
        listed = [(str(one["name"]), str(one["sha256"])) for one in files]
    except (ValueError, KeyError, TypeError):
        return
    yield from ((name, digest) for name, digest in listed if is_plain_path(name))


def _shows(life: Life) -> dict[str, Json]:
    earlier = life.proposed.supersedes
    return {
        "finding": life.finding,
        "standing": life.standing.value,
        "signed": life.signed is not None,
        "log": life.proposed.log,
        "supersedes": None if earlier is None else earlier.finding,
        "superseded_by": None if life.superseded is None else life.superseded.by.finding,
    }
