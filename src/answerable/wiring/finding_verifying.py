"""A finding's folder held against its own proofs: steps, replies, letter, signature, pages, superseding; the bundle.

Refuted is what contradicts itself, or a key that is trusted. That the signer is who the key's name says, and that what
they state is true, is never proved by a file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from answerable import __version__
from answerable.answer.finding_life import Life, replayed
from answerable.errors import AnswerableError, FindingError, MalformedError, SignatureError, UntrustedError
from answerable.model.finding_life import ClaimFound, Replied, Signed
from answerable.proof import TrustPolicy, VerifierKey
from answerable.proof.note import open_note
from answerable.proof.sealing import Seal, seal_of
from answerable.proof.spelling import Json
from answerable.proof.verifier import (
    BUNDLE_FILE,
    Bundle,
    Docket,
    Judgement,
    Kind,
    is_plain_path,
    judge_bundle,
    judge_receipt_of,
)
from answerable.proof.verifier.verdict import NOT_TRUE
from answerable.report.dossier import render_dossier
from answerable.report.finding_words import required_lines, signer_line, standing_sentence
from answerable.report.letter import lacking
from answerable.wiring.disk_folder import DiskFolder
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
from answerable.wiring.finding_pages import contents_of
from answerable.wiring.finding_publication import DRAFT, PUBLICATION, PUBLICATION_RECEIPT, Publication
from answerable.wiring.finding_signature import signed_text
from answerable.wiring.findings_in_log import NOT_LATEST
from answerable.wiring.importing import Progress
from answerable.wiring.log_verbs import RECEIPT_SUFFIX
from answerable.wiring.recomputing import recomputing

STEP_FILES: Final = f"{DOSSIER}/{STEPS}/"
NOT_ASKED: Final = "That everybody concerned was asked, and that nobody replied whose reply is not here."


def judge_finding(root: Path, *, trust: TrustPolicy, progress: Progress, again: bool = True) -> Judgement:
    """Judge the folder of a finding, published or not. `again`: compute the finding of a bundle again, too."""
    return _Case(root, trust=trust, progress=progress, again=again).judged()


class _Case:
    """One folder, and what was found of it so far."""

    def __init__(self, root: Path, *, trust: TrustPolicy, progress: Progress, again: bool) -> None:
        self._root, self._trust, self._progress, self._again = root, trust, progress, again
        self._folder = DiskFolder(root, progress)
        self._names = self._folder.names()
        self._docket = Docket(Kind.FINDING)
        self._publication: Publication | None = None

    def judged(self) -> Judgement:
        docket = self._docket
        life = self._life(STEP_FILES)
        if PUBLICATION in self._names:
            self._publication = docket.check(
                lambda: Publication.parse(self._folder.read(PUBLICATION)), about=PUBLICATION
            )
        if life is not None:
            self._judge_signature(life)
            self._judge_superseding(life)
            self._judge_replies(life)
            self._judge_result(life)
            self._judge_steps(life)
            docket.shows = _shows(life)
        if self._publication is not None:
            self._judge_publication(self._publication, life)
        self._judge_bundle()
        docket.not_proved.append(NOT_TRUE)
        docket.proved.sort(key=_is_detail)
        return docket.closed()

    def _life(self, below: str) -> Life | None:
        """The life that the steps tell; every step must follow on the one before, and be allowed there."""
        names = sorted(name for name in self._names if name.startswith(below) and name.endswith(".json"))
        try:
            life = replayed(self._folder.read(name) for name in names)
        except FindingError as fault:
            self._docket.refuted.append(f"{below}: {fault.message}")
            return None
        expected = [f"{below}{step_name(step)}" for step in life.steps]
        if names != expected:
            self._docket.refuted.append(f"{below}: the files are not named as their steps.")
            return None
        if below == STEP_FILES:
            self._docket.proved.append(
                f"{_steps(len(life.steps))} of {life.finding} follow on each other, none is left out, and each was "
                "allowed where it was taken."
            )
        return life

    # What was proposed

    def _judge_result(self, life: Life) -> None:
        proposed = life.proposed
        for name, expected in (
            ("manifest.json", proposed.result_sha256),
            ("finding.json", proposed.finding_sha256),
            (BUNDLE_FILE, proposed.bundle_sha256),
        ):
            if expected is not None:
                self._is_file(name, expected, what="the file that was proposed")
        same = not self._docket.refuted and "finding.json" in self._names
        if same and _claims(self._folder.read("finding.json")) != proposed.claims:
            self._docket.refuted.append("finding.json: its findings are not those that were proposed.")
        if proposed.bundle_sha256 is None and not self._docket.refuted and "manifest.json" in self._names:
            for name, expected in _listed(self._folder.read("manifest.json")):
                self._is_file(name, expected, what="the file of the result")
            self._docket.not_proved.append("That the finding follows from the files: this result is no bundle.")

    def _is_file(self, name: str, expected: str, *, what: str) -> bool:
        if name not in self._names:
            if name in self._withheld:
                self._docket.not_proved.append(f"What {name} says: it was left out ({self._withheld[name]}).")
            else:
                self._docket.cannot_tell.append(f"{name}: the file is missing.")
            return False
        if seal_of(self._folder.pieces(name)).sha256 != expected:
            self._docket.refuted.append(f"{name}: this is not {what}.")
            return False
        self._docket.proved.append(f"{name} is {what}.")
        return True

    @property
    def _withheld(self) -> dict[str, str]:
        return {} if self._publication is None else self._publication.withheld

    def _judge_steps(self, life: Life) -> None:
        """Each step's receipt, where the finding is kept in a log."""
        if life.proposed.log is None:
            self._docket.not_proved.append("When each step was taken: no log holds them.")
            return
        for step in life.steps:
            name = f"{STEP_FILES}{step_name(step)}"
            self._judge_receipt(
                life.proposed.log, name=f"{name.removesuffix('.json')}{RECEIPT_SUFFIX}", about=name,
                seal=seal_of([self._folder.read(name)]),
            )  # fmt: skip

    def _judge_receipt(self, log: str, *, name: str, about: str, seal: Seal) -> None:
        judge_receipt_of(
            self._docket, self._folder, self._names, self._trust, name=name, about=about, seal=seal, log=log
        )

    # Those concerned

    def _judge_replies(self, life: Life) -> None:
        for reply in (step for step in life.steps if isinstance(step, Replied)):
            self._judge_reply(life, reply)
        for question in life.questions:
            if not question.replies:
                self._docket.proved.append(f"{question.asked.who} was asked for a reply, and none was entered.")
        if life.questions:
            self._docket.not_proved.append(NOT_ASKED)

    def _judge_reply(self, life: Life, reply: Replied) -> None:
        name = f"{DOSSIER}/{REPLIES}/{reply.document.file}"
        if not is_plain_path(name):
            self._docket.refuted.append(f"{reply.document.file!r} cannot be the name of a reply.")
        elif not reply.document.published and name not in self._names:
            self._docket.not_proved.append(
                f"What {reply.who} replied: the document was given in confidence (SHA-256 {reply.document.sha256})."
            )
        elif self._is_file(name, reply.document.sha256, what=f"the reply of {reply.who}") and life.proposed.log:
            seal = seal_of(self._folder.pieces(name))
            self._judge_receipt(life.proposed.log, name=f"{name}{RECEIPT_SUFFIX}", about=name, seal=seal)

    # Who answers for it

    def _judge_signature(self, life: Life) -> None:
        signed, docket = life.signed, self._docket
        if signed is None:
            docket.not_proved.append("That anybody answers for it: nobody has signed.")
            return
        for name in (f"{DOSSIER}/{SIGNATURE}", f"{DOSSIER}/{LETTER}"):
            if name not in self._names:
                docket.cannot_tell.append(f"{name}: the file is missing.")
                return
        self._judge_letter(life, signed)
        note = self._folder.read(f"{DOSSIER}/{SIGNATURE}")
        key = docket.check(lambda: VerifierKey.parse(signed.key), about="The signer's key")
        if key is None or not self._signed_by(key, note, life, signed):
            return
        if key not in [party.key for party in self._trust.logs]:
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

    def _judge_letter(self, life: Life, signed: Signed) -> None:
        content = self._folder.read(f"{DOSSIER}/{LETTER}")
        if sha256(content) != signed.letter_sha256:
            self._docket.refuted.append(f"{DOSSIER}/{LETTER}: this is not the letter that was signed.")
            return
        before = msgspec.structs.replace(life, steps=life.steps[: signed.number], digests=life.digests[: signed.number])
        lines = required_lines(before, signer=signed.signer, at_us=signed.at_us)
        if missing := lacking(content.decode("utf-8", "replace"), lines):
            self._docket.refuted.append(f"{DOSSIER}/{LETTER}: it does not say: {missing[0]}")
            return
        self._docket.proved.append(
            f"{DOSSIER}/{LETTER} is the letter that was signed; it says each finding and each reply as they stand here."
        )

    def _signed_by(self, key: VerifierKey, note: bytes, life: Life, signed: Signed) -> bool:
        """Whether the note is this key's, over just this letter, this result and these steps."""
        about = f"{DOSSIER}/{SIGNATURE}"
        try:
            opened = open_note(note, [key])
        except UntrustedError:
            self._docket.refuted.append(f"{about}: it is not signed by the key that its step names.")
        except (SignatureError, MalformedError) as fault:
            self._docket.refuted.append(f"{about}: {fault.message}.")
        else:
            if opened.text == signed_text(life, signed):
                return True
            self._docket.refuted.append(f"{about}: what was signed is another letter, result or step than lies here.")
        return False

    # What took whose place

    def _judge_superseding(self, life: Life) -> None:
        earlier = life.proposed.supersedes
        if earlier is not None:
            below = f"{DOSSIER}/{EARLIER}/{STEPS}/"
            there = self._life(below) if any(name.startswith(below) for name in self._names) else None
            if there is not None and (there.finding != earlier.finding or earlier.step_sha256 not in there.digests):
                self._docket.refuted.append(
                    f"{below}: these are not the steps of {earlier.finding} that it supersedes."
                )
            elif there is not None:
                self._docket.proved.append(f"It supersedes {earlier.finding}, whose steps are kept with it unchanged.")
            else:
                self._docket.not_proved.append(f"What {earlier.finding} said, which it supersedes: it is not here.")
        if life.superseded is not None:
            self._docket.proved.append(standing_sentence(life))
        else:
            self._docket.not_proved.append(NOT_LATEST)

    # What was published

    def _judge_publication(self, publication: Publication, life: Life | None) -> None:
        docket, missing = self._docket, publication.files.keys() - self._names
        for name, seal in publication.files.items():
            if name in missing:
                docket.cannot_tell.append(f"{name}: the file is missing.")
            elif seal_of(self._folder.pieces(name)) != seal:
                docket.refuted.append(f"{name}: this is not the file that was published.")
        if life is None:
            return
        stands = DRAFT if life.signed is None else life.standing.value
        if (publication.finding, publication.status) not in ((life.finding, stands), (life.finding, DRAFT)):
            docket.refuted.append(f"{PUBLICATION}: it says {publication.status}, the steps say {stands}.")
        if publication.status == DRAFT:
            docket.cannot_tell.append("Whether this becomes a finding: it is a draft, and nobody has signed.")
        elif life.proposed.log is not None:
            seal = seal_of([self._folder.read(PUBLICATION)])
            self._judge_receipt(life.proposed.log, name=PUBLICATION_RECEIPT, about=PUBLICATION, seal=seal)
        if missing or docket.refuted:
            docket.not_proved.append("That the pages say what was signed: they were not made again here.")
        else:
            self._judge_pages(publication)
        if more := sorted(self._names - publication.files.keys() - {PUBLICATION, PUBLICATION_RECEIPT}):
            few = ", ".join(more[:3]) + (" …" if len(more) > 3 else "")
            docket.not_proved.append(f"Anything about what else is in the folder: {few}.")

    def _judge_pages(self, publication: Publication) -> None:
        """The pages are made again from what is here, and compared byte for byte."""
        draft = publication.status == DRAFT
        try:
            pages = render_dossier(contents_of(self._root, withheld=publication.withheld, draft=draft))
        except AnswerableError as fault:
            self._docket.not_proved.append(
                f"That the pages say what was signed: making them stopped ({fault.message})."
            )
            return
        other = [name for name in pages if name not in self._names or self._folder.read(name) != pages[name]]
        if not other:
            self._docket.proved.append(
                f"The {len(pages)} pages were made again from what is here, and are the same byte for byte."
            )
        elif publication.program == f"answerable {__version__}":
            self._docket.refuted.append(f"{other[0]}: made again from what is here, the page is another one.")
        else:
            self._docket.not_proved.append(
                f"That the pages say what was signed: they were made by {publication.program}, another version."
            )

    def _judge_bundle(self) -> None:
        if BUNDLE_FILE not in self._names:
            return
        inner = judge_bundle(
            _BundlePart(self._root, self._progress, hidden=self._hidden()),
            trust=self._trust,
            recompute=recomputing(self._root, self._progress, withheld=self._withheld) if self._again else None,
            withheld=self._withheld,
        )
        self._docket.refuted += inner.refuted
        self._docket.cannot_tell += inner.cannot_tell
        self._docket.proved += inner.proved
        self._docket.not_proved += inner.not_proved
        self._docket.states += inner.states

    def _hidden(self) -> frozenset[str]:
        """What the bundle need not know of: the dossier, and what a publication seals beside the bundle."""
        own = {name for name in self._names if name.startswith(f"{DOSSIER}/")} | {PUBLICATION, PUBLICATION_RECEIPT}
        if self._publication is not None:
            own |= self._publication.files.keys()
        try:
            bundle = Bundle.parse(self._folder.read(BUNDLE_FILE))
        except MalformedError:
            return frozenset(own - {BUNDLE_FILE})
        needed = {BUNDLE_FILE, "bundle.tlog-proof", "log.vkey"}
        for one in bundle.files:
            needed |= {one.name, *([one.receipt] if one.receipt else [])}
        return frozenset(own - needed)


class _BundlePart(DiskFolder):
    """The same folder without some of its files."""

    def __init__(self, root: Path, progress: Progress, *, hidden: frozenset[str]) -> None:
        super().__init__(root, progress)
        self._unseen = hidden

    def names(self) -> frozenset[str]:
        """Every regular file that is not hidden."""
        return super().names() - self._unseen


def _steps(count: int) -> str:
    return "The one step" if count == 1 else f"The {count} steps"


def _is_detail(sentence: str) -> bool:
    """What is said of single files and receipts stands below what is said of the whole."""
    return sentence.startswith(("The entry of ", "The log ")) or sentence.endswith(" is the file that was sealed.")


def _claims(content: bytes) -> tuple[ClaimFound, ...] | None:
    try:
        return tuple(
            ClaimFound(id=one["id"], finding=one["finding"], cannot_be_determined=one["cannot_be_determined"])
            for one in json.loads(content)["claims"]
        )
    except (ValueError, KeyError, TypeError):
        return None


def _listed(content: bytes) -> Iterator[tuple[str, str]]:
    try:
        files: list[dict[str, Any]] = json.loads(content)["files"]
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
