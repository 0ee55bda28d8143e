"""What people do with a finding: propose it, ask, enter a reply, supersede. Signing and publishing are apart.

Nothing here knows the command line: a record that is open for writing comes in, and times do where they matter.
"""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import msgspec

from answerable import __version__
from answerable.answer.finding_life import Life
from answerable.errors import FindingError, InputError
from answerable.model.canonical import digest
from answerable.model.finding_life import (
    Asked,
    ClaimFound,
    Document,
    OtherFinding,
    Proposed,
    Replied,
    Superseded,
)
from answerable.model.times import from_us, parse_instant, to_us
from answerable.proof.sealing import seal_of
from answerable.proof.verifier import is_plain_path
from answerable.proof.verifier.bundle import BUNDLE_FILE
from answerable.record.entry import EntryType
from answerable.report.disk import sha256_of
from answerable.report.finding_document import FindingDocument, read_finding
from answerable.report.letter import draft_letter
from answerable.report.spelling import zone_of
from answerable.stores.durable_files import create_file, replace_file
from answerable.wiring.bundling import sealed_draft
from answerable.wiring.files import read_small
from answerable.wiring.finding_folder import (
    DOSSIER,
    EARLIER,
    LETTER,
    REPLIES,
    SIGNATURE,
    STEPS,
    Dossier,
    add_step,
    check_log,
    has_dossier,
    one_line,
    open_dossier,
    sha256,
    step_files,
)
from answerable.wiring.log_verbs import RECEIPT_SUFFIX, Recorded, recorded
from answerable.wiring.recording import OpenRecord, now_us
from answerable.wiring.result_folder import ResultFolder, open_result

RUNS_IN_A_BROWSER = frozenset({".htm", ".html", ".js", ".mjs", ".shtml", ".svg", ".xht", ".xhtml", ".xml", ".xsl"})
"""A reply of such a kind is kept as a text: what somebody sends must not run on the pages of whoever publishes it."""


class FindingTold(msgspec.Struct, frozen=True, kw_only=True):
    """A finding after a step: its life, its letter and whether the draft of it was renewed, and the step's entry."""

    result: Path
    life: Life
    letter: Path
    letter_renewed: bool
    entry: Recorded | None


def propose_finding(
    result: Path, *, supersedes: Path | None = None, because: str = "", record: OpenRecord | None = None,
    at_us: int | None = None,
) -> FindingTold:  # fmt: skip
    """Propose what a result shows, and draft its letter. Raises FindingError, InputError, RecordError, StorageError.

    `supersedes` is the result folder of the finding whose place this one takes, `because` the reason.
    """
    opened = open_result(result)
    if has_dossier(result):
        before = open_dossier(result).life
        raise FindingError(
            f"{result}: finding {before.finding} was proposed from this result already.",
            hint="A changed finding is proposed from another result folder, with --supersedes.",
        )
    content = opened.sealed("finding.json").read_bytes()
    found = read_finding(content, file="finding.json")
    if not found.claims:
        raise FindingError(f"{result}: no claim was put to this record.", hint="Examine it with --claim CLAIM.toml.")
    now = now_us() if at_us is None else at_us
    earlier = None if supersedes is None else _earlier(supersedes, because)
    step = _proposal(opened, found, finding_sha256=sha256(content), earlier=earlier, record=record, at_us=now)
    if supersedes is not None:
        _keep_earlier(supersedes, result)
    dossier, entry = add_step(result, None, step, record=record)
    replace_file(dossier.letter, draft_letter(found, dossier.life, at_us=now).encode())
    return told(dossier, entry, renewed=True)


def _proposal(
    opened: ResultFolder, found: FindingDocument, *, finding_sha256: str, earlier: OtherFinding | None,
    record: OpenRecord | None, at_us: int,
) -> Proposed:  # fmt: skip
    bundle = opened.path / BUNDLE_FILE
    seed = digest(
        {"result": opened.manifest_sha256, "at_us": at_us, "supersedes": earlier.finding if earlier else None}
    )
    return Proposed(
        finding=f"finding-{from_us(at_us):%Y-%m-%d}-{seed[:8]}",
        number=1,
        at_us=at_us,
        previous=None,
        program=f"answerable {__version__}",
        timezone=zone_of(found.source.timezone).key,
        result_sha256=opened.manifest_sha256,
        finding_sha256=finding_sha256,
        bundle_sha256=sha256_of(bundle) if bundle.is_file() else None,
        log=None if record is None else record.origin,
        claims=tuple(
            ClaimFound(id=one.id, finding=str(one.finding), cannot_be_determined=one.cannot_be_determined)
            for one in found.claims
        ),
        supersedes=earlier,
    )


def _earlier(folder: Path, because: str) -> OtherFinding:
    earlier = open_dossier(folder).life
    if earlier.superseded:
        raise FindingError(
            f"Finding {earlier.finding} was superseded by {earlier.superseded.by.finding} already.",
            hint="Name the finding that stands now.",
        )
    why = one_line(because, what="why it supersedes the earlier finding (--because)")
    return OtherFinding(finding=earlier.finding, step_sha256=earlier.head, because=why)


def _keep_earlier(supersedes: Path, result: Path) -> None:
    """Copies of the earlier finding's steps, letter and signature: what is superseded can be held against them."""
    kept, own = supersedes / DOSSIER, result / DOSSIER / EARLIER
    for path in (*step_files(kept / STEPS), kept / LETTER, kept / SIGNATURE):
        if path.is_file():
            create_file(own / path.relative_to(kept), read_small(path, what="an earlier finding"))


def ask_for_reply(
    result: Path, *, who: str, by: str, how: str = "", record: OpenRecord | None = None, at_us: int | None = None
) -> FindingTold:
    """Note that somebody concerned was asked for a reply, and until when they have. Raises FindingError, InputError.

    `by` is a day, to its end in the source's time zone, or a time with offset.
    """
    dossier = open_dossier(result)
    now = now_us() if at_us is None else at_us
    step = Asked(
        finding=dossier.life.finding,
        number=len(dossier.life.steps) + 1,
        at_us=now,
        previous=dossier.life.head,
        who=one_line(who, what="who was asked (--who)"),
        how=one_line(how, what="how they were asked (--how)", may_be_empty=True),
        reply_by_us=deadline_us(by, timezone=dossier.life.proposed.timezone),
    )
    return _with_letter(dossier, step, record=record, at_us=now)


def deadline_us(by: str, *, timezone: str) -> int:
    """The instant up to which there is time: the end of a local day, or a time with offset. Raises InputError."""
    try:
        day = date.fromisoformat(by)
    except ValueError:
        try:
            return parse_instant(by)
        except ValueError as fault:
            raise InputError(f"--by: {by!r} is neither a day such as 2018-08-20 nor a time with offset") from fault
    return to_us(datetime.combine(day, time(23, 59, 59), tzinfo=zone_of(timezone)))


def enter_reply(
    result: Path, *, who: str, document: Path, received: str | None = None, published: bool = True,
    record: OpenRecord | None = None, at_us: int | None = None,
) -> FindingTold:  # fmt: skip
    """Take in a reply of somebody who was asked, with its digest. Raises FindingError, InputError.

    `received`: when it came in, a time with offset (now, where absent). `published` False keeps the document itself out
    of what is published.
    """
    dossier = open_dossier(result)
    life = dossier.life
    now = now_us() if at_us is None else at_us
    content = read_small(document, what="a reply")
    name = _reply_name(dossier, document.name, content)
    step = Replied(
        finding=life.finding,
        number=len(life.steps) + 1,
        at_us=now,
        previous=life.head,
        who=one_line(who, what="who replied (--who)"),
        received_us=now if received is None else _instant(received, option="--received"),
        document=Document(file=name, sha256=sha256(content), size_bytes=len(content), published=published),
    )
    check_log(life, record)
    create_file(dossier.folder / REPLIES / name, content)
    if record is not None:
        draft = sealed_draft(EntryType.EVIDENCE, name, seal_of([content]), {"finding": life.finding})
        receipt = dossier.folder / REPLIES / f"{name}{RECEIPT_SUFFIX}"
        recorded(record, draft.id, record.writing.append(draft), receipt=receipt)
    return _with_letter(dossier, step, record=record, at_us=now)


def _reply_name(dossier: Dossier, name: str, content: bytes) -> str:
    """A plain name under which nothing else lies: two replies may be called `reply.pdf`."""
    name = "".join(sign if is_plain_path(sign) or sign == "." else "_" for sign in name).lstrip(".") or "reply"
    if Path(name).suffix.lower() in RUNS_IN_A_BROWSER:
        name += ".txt"
    taken = {step.document.file for step in dossier.life.steps if isinstance(step, Replied)}
    number, free = 1, name
    while free in taken or _holds_other(dossier.folder / REPLIES / free, content):
        number += 1
        free = f"{number}-{name}"
    return free


def _holds_other(path: Path, content: bytes) -> bool:
    """Whether something else lies there; what a stopped try left behind is used again."""
    return path.exists() and read_small(path, what="a reply") != content


def _instant(text: str, *, option: str) -> int:
    try:
        return parse_instant(text)
    except ValueError as fault:
        raise InputError(f"{option}: {fault}") from fault


def _with_letter(dossier: Dossier, step: Asked | Replied, *, record: OpenRecord | None, at_us: int) -> FindingTold:
    """Take the step; a letter that nobody has edited yet is drafted anew with it."""
    found = read_finding(open_result(dossier.result).sealed("finding.json").read_bytes(), file="finding.json")
    untouched = dossier.life.signed is None and _is_a_draft(dossier, found)
    grown, entry = add_step(dossier.result, dossier.life, step, record=record)
    if untouched:
        replace_file(grown.letter, draft_letter(found, grown.life, at_us=at_us).encode())
    return told(grown, entry, renewed=untouched)


def _is_a_draft(dossier: Dossier, found: FindingDocument) -> bool:
    """Whether the letter is still word for word what the program drafted after the last step."""
    if not dossier.letter.is_file():
        return True
    last = dossier.life.steps[-1]
    draft = draft_letter(found, dossier.life, at_us=last.at_us).encode()
    return read_small(dossier.letter, what="a letter") == draft


def supersede_finding(
    result: Path, *, by: Path, record: OpenRecord | None = None, at_us: int | None = None
) -> FindingTold:
    """Mark a finding as superseded by the one of the result `by`, which must name it. Raises FindingError."""
    dossier, other = open_dossier(result), open_dossier(by).life
    named = other.proposed.supersedes
    if named is None or named.finding != dossier.life.finding or named.step_sha256 not in dossier.life.digests:
        raise FindingError(
            f"Finding {other.finding} was not proposed in place of {dossier.life.finding}.",
            hint=f"Propose it so: `answerable finding propose {by} --supersedes {result} --because WHY`",
        )
    step = Superseded(
        finding=dossier.life.finding,
        number=len(dossier.life.steps) + 1,
        at_us=now_us() if at_us is None else at_us,
        previous=dossier.life.head,
        by=OtherFinding(finding=other.finding, step_sha256=other.head, because=named.because),
        by_signed=other.signed is not None,
    )
    superseded, entry = add_step(result, dossier.life, step, record=record)
    return told(superseded, entry)


def show_finding(result: Path) -> FindingTold:
    """Where a finding stands. Raises FindingError."""
    return told(open_dossier(result), None)


def told(dossier: Dossier, entry: Recorded | None, *, renewed: bool = False) -> FindingTold:
    """What every step gives back."""
    return FindingTold(
        result=dossier.result, life=dossier.life, letter=dossier.letter, letter_renewed=renewed, entry=entry
    )
