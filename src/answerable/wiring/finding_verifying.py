"""A finding's folder held against its own proofs: its life, what was published, the pages, the bundle.

Refuted is what contradicts itself, or a key that is trusted. That the signer is who the key's name says, and that what
they state is true, is never proved by a file.
"""

from __future__ import annotations

from pathlib import Path

from answerable import __version__
from answerable.answer.finding_life import Life
from answerable.errors import AnswerableError, MalformedError
from answerable.model.finding_life import Replied
from answerable.proof import TrustPolicy
from answerable.proof.sealing import seal_of
from answerable.proof.verifier import BUNDLE_FILE, Bundle, Judgement, judge_bundle
from answerable.proof.verifier.bundle import KEY_FILE, RECEIPT_FILE
from answerable.proof.verifier.verdict import NOT_TRUE
from answerable.report.dossier import render_dossier
from answerable.wiring.disk_folder import DiskFolder
from answerable.wiring.finding_case import Case
from answerable.wiring.finding_folder import DOSSIER, EARLIER, LETTER, REPLIES, SIGNATURE, SIGNER_KEY, step_name
from answerable.wiring.finding_life_verifying import STEP_FILES, judge_life, listed_files, read_life
from answerable.wiring.finding_pages import contents_of
from answerable.wiring.finding_publication import DRAFT, PUBLICATION, PUBLICATION_RECEIPT, Publication
from answerable.wiring.importing import Progress
from answerable.wiring.log_verbs import RECEIPT_SUFFIX
from answerable.wiring.recomputing import recomputing


def judge_finding(root: Path, *, trust: TrustPolicy, progress: Progress, again: bool = True) -> Judgement:
    """Judge the folder of a finding, published or not. `again`: compute the finding of a bundle again, too."""
    case = Case.of(root, trust=trust, progress=progress)
    life, publication = read_life(case), _publication(case)
    if publication is not None:
        case.keep_back(publication.withheld)
    if life is not None:
        judge_life(case, life)
    pages = frozenset[str]() if publication is None else _judge_publication(case, publication, life)
    bundle = _judge_bundle(case, again=again)
    _tell_what_is_not_covered(case, pages | bundle | _of_result(case) | (frozenset() if life is None else _of(life)))
    case.docket.not_proved.append(NOT_TRUE)
    case.docket.proved.sort(key=_is_detail)
    return case.docket.closed()


def _publication(case: Case) -> Publication | None:
    if PUBLICATION not in case.names:
        return None
    return case.docket.check(lambda: Publication.parse(case.folder.read(PUBLICATION)), about=PUBLICATION)


def _judge_publication(case: Case, publication: Publication, life: Life | None) -> frozenset[str]:
    """Every file against its seal, the publication against the life; gives the names of the pages that were judged."""
    docket, missing = case.docket, publication.files.keys() - case.names
    for name, seal in publication.files.items():
        if name in missing:
            docket.cannot_tell.append(f"{name}: the file is missing.")
        elif seal_of(case.folder.pieces(name)) != seal:
            docket.refuted.append(f"{name}: this is not the file that was published.")
    if life is None:
        return frozenset()
    stands = DRAFT if life.signed is None else life.standing.value
    if (publication.finding, publication.status) not in ((life.finding, stands), (life.finding, DRAFT)):
        docket.refuted.append(f"{PUBLICATION}: it says {publication.status}, the steps say {stands}.")
    if publication.status == DRAFT:
        docket.cannot_tell.append("Whether this becomes a finding: it is a draft, and nobody has signed.")
    elif life.proposed.log is not None:
        seal = seal_of([case.folder.read(PUBLICATION)])
        case.judge_receipt(life.proposed.log, name=PUBLICATION_RECEIPT, about=PUBLICATION, seal=seal)
    if missing or docket.refuted:
        docket.not_proved.append("That the pages say what was signed: they were not made again here.")
        return frozenset()
    return _judge_pages(case, publication)


def _judge_pages(case: Case, publication: Publication) -> frozenset[str]:
    """The pages are made again from what is here, and compared byte for byte; gives their names."""
    draft = publication.status == DRAFT
    try:
        pages = render_dossier(contents_of(case.root, withheld=publication.withheld, draft=draft))
    except AnswerableError as fault:
        case.docket.not_proved.append(f"That the pages say what was signed: making them stopped ({fault.message}).")
        return frozenset()
    other = [name for name in pages if name not in case.names or case.folder.read(name) != pages[name]]
    if not other:
        case.docket.proved.append(
            f"The {len(pages)} pages were made again from what is here, and are the same byte for byte."
        )
    elif publication.program == f"answerable {__version__}":
        case.docket.refuted.append(f"{other[0]}: made again from what is here, the page is another one.")
    else:
        case.docket.not_proved.append(
            f"That the pages say what was signed: they were made by {publication.program}, another version."
        )
    return frozenset(pages)


def _judge_bundle(case: Case, *, again: bool) -> frozenset[str]:
    """The bundle, where there is one; gives the names that it speaks of."""
    if BUNDLE_FILE not in case.names:
        return frozenset()
    own = _of_bundle(case)
    inner = judge_bundle(
        _BundlePart(case.root, case.progress, only=own),
        trust=case.trust,
        recompute=recomputing(case.root, case.progress, withheld=case.withheld) if again else None,
        withheld=case.withheld,
    )
    case.docket.refuted += inner.refuted
    case.docket.cannot_tell += inner.cannot_tell
    case.docket.proved += inner.proved
    case.docket.not_proved += inner.not_proved
    case.docket.states += inner.states
    return own


def _of_bundle(case: Case) -> frozenset[str]:
    own = {BUNDLE_FILE, RECEIPT_FILE, KEY_FILE}
    try:
        bundle = Bundle.parse(case.folder.read(BUNDLE_FILE))
    except MalformedError:
        return frozenset(own)  # refuted where the bundle is judged
    for one in bundle.files:
        own |= {one.name, *([one.receipt] if one.receipt else [])}
    return frozenset(own)


def _of_result(case: Case) -> frozenset[str]:
    """The manifest, and every file that it lists."""
    if "manifest.json" not in case.names:
        return frozenset()
    return frozenset({"manifest.json", *(name for name, _ in listed_files(case.folder.read("manifest.json")))})


def _of(life: Life) -> frozenset[str]:
    """Every file of a dossier that its life speaks of."""
    own = {f"{DOSSIER}/{name}" for name in (LETTER, SIGNATURE, SIGNER_KEY)}
    for step in life.steps:
        name = f"{STEP_FILES}{step_name(step)}"
        own |= {name, f"{name.removesuffix('.json')}{RECEIPT_SUFFIX}"}
        if isinstance(step, Replied):
            reply = f"{DOSSIER}/{REPLIES}/{step.document.file}"
            own |= {reply, f"{reply}{RECEIPT_SUFFIX}"}
    return frozenset(own)


def _tell_what_is_not_covered(case: Case, covered: frozenset[str]) -> None:
    earlier = f"{DOSSIER}/{EARLIER}/"
    own = covered | {PUBLICATION, PUBLICATION_RECEIPT}
    if more := sorted(name for name in case.names - own if not name.startswith(earlier)):
        few = ", ".join(more[:3]) + (" …" if len(more) > 3 else "")
        case.docket.not_proved.append(f"Anything about what else is in the folder: {few}.")


class _BundlePart(DiskFolder):
    """Some of the files of a folder."""

    def __init__(self, root: Path, progress: Progress, *, only: frozenset[str]) -> None:
        super().__init__(root, progress)
        self._only = only

    def names(self) -> frozenset[str]:
        """Those that are there."""
        return super().names() & self._only


def _is_detail(sentence: str) -> bool:
    """What is said of single files and receipts stands below what is said of the whole."""
    return sentence.startswith(("The entry of ", "The log ")) or sentence.endswith(" is the file that was sealed.")
