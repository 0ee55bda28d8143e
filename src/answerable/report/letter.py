"""The letter of a finding: drafted by the program, edited by a person, signed by its digest, shown as HTML.

It is Markdown of four kinds of block and nothing else: `#` headings, `-` lists, `>` quotations, paragraphs. No text in
it can become markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from markupsafe import Markup, escape

from answerable.answer.finding_life import Life
from answerable.model.times import iso
from answerable.report import words
from answerable.report.finding_document import ClaimWritten, FindingDocument
from answerable.report.finding_words import DECIDED_NONE, claim_line, reply_line
from answerable.report.spelling import day, visible, zone_of

ADDRESSEE: Final = "[Addressee]"
PLACE_AND_DATE: Final = "[Place and date]"
SIGNER: Final = "Signed by [name], [office] ([rank]), [body]."
BLANKS: Final = (ADDRESSEE, PLACE_AND_DATE, "[name]", "[office]", "[rank]", "[body]")
"""What a person fills in; a letter that still has one is not signed."""
NOBODY_ASKED: Final = "Nobody has been asked for a reply yet."
_BLOCKS: Final = re.compile(r"\n[ \t]*\n+")
_ITEM: Final = re.compile(r"- +")


def draft_letter(found: FindingDocument, life: Life, *, at_us: int) -> str:
    """The letter to begin from, as far as the finding's life has come at `at_us`."""
    from answerable.report.page import environment  # noqa: PLC0415  loads jinja2

    zone = zone_of(life.proposed.timezone)
    source = found.source
    lines = {one.id: claim_line(one) for one in life.proposed.claims}
    text = (
        environment()
        .overlay(autoescape=False)
        .get_template("letter.md")
        .render(
            finding=life.finding,
            found=found,
            claims=[(claim, lines[claim.id], _shown(claim)) for claim in found.claims],
            replies=[reply_line(life, question, at_us=at_us) for question in life.questions],
            period="" if source.first_us is None or source.last_us is None
            else f"{day(source.first_us, zone)} to {day(source.last_us, zone)}",
            limits=list(dict.fromkeys((*(limit for claim in found.claims for limit in claim.limits), *found.limits))),
            supersedes=life.proposed.supersedes,
            proposed=life.proposed,
            proposed_at=iso(life.proposed.at_us),
            blanks={"addressee": ADDRESSEE, "place": PLACE_AND_DATE, "signer": SIGNER, "nobody": NOBODY_ASKED},
            decided_none=DECIDED_NONE,
            one_line=one_line,
        )
    )  # fmt: skip
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _shown(claim: ClaimWritten) -> str:
    return words.proposed_sentence(
        answer=claim.answer, status="signed", cannot_be_determined=claim.cannot_be_determined
    )


def one_line(text: str) -> str:
    """A text in one line of a letter, with nothing at its beginning that the letter reads as a sign."""
    plain = " ".join(visible(text).split())
    return plain.lstrip("#>- ") if plain[:1] in "#>-" else plain


def lacking(letter: str, lines: Iterable[str]) -> list[str]:
    """Those of `lines` that the letter does not say; how its lines are broken does not matter."""
    said = " ".join(" ".join(re.sub(r"^(?:> ?|- )", "", line) for line in letter.splitlines()).split())
    return [line for line in lines if " ".join(line.split()) not in said]


def blanks_left(letter: str) -> list[tuple[int, str]]:
    """Line (1-based) and text of every blank that nobody has filled in."""
    return [
        (number, blank) for number, line in enumerate(letter.splitlines(), start=1) for blank in BLANKS if blank in line
    ]


def letter_html(letter: str) -> Markup:
    """The letter as HTML, without its first heading, which is the page's own."""
    return Markup("\n").join(_html(block) for block in _blocks(letter))


def letter_title(letter: str) -> str:
    """The first heading, or `Letter`."""
    return next((line[2:].strip() for line in letter.splitlines() if line.startswith("# ")), "Letter")


def _blocks(letter: str) -> Iterator[Sequence[str]]:
    """Lines of one kind that stand together; the first heading is left out."""
    titled = False
    for block in _BLOCKS.split(letter.replace("\r\n", "\n").strip("\n")):
        lines: list[str] = []
        for line in block.split("\n"):
            if (lines and _kind(line) not in ("", _kind(lines[0]))) or (lines and _kind(line) == "#"):
                yield lines
                lines = []
            lines.append(line)
            if _kind(line) == "#":
                if titled or not line.startswith("# "):
                    yield lines
                titled, lines = titled or line.startswith("# "), []
        if lines:
            yield lines


def _kind(line: str) -> str:
    if line.startswith(">"):
        return ">"
    if re.match(r"#{1,3} ", line):
        return "#"
    return "-" if _ITEM.match(line) else ""


def _html(lines: Sequence[str]) -> Markup:
    text = visible("\n".join(lines))
    match _kind(lines[0]):
        case "#":
            level = max(lines[0].index(" "), 2)  # the first heading of rank 1 is the page's own
            return Markup("<h{0}>{1}</h{0}>").format(level, lines[0].lstrip("#").strip())
        case ">":
            said = escape(" ".join(line.lstrip(">").strip() for line in text.split("\n")))
            return Markup("<blockquote><p>{}</p></blockquote>").format(said)
        case "-":
            items = re.split(r"(?:^|\n)- +", text)[1:]
            return Markup("<ul>{}</ul>").format(
                Markup("").join(Markup("<li>{}</li>").format(" ".join(item.split())) for item in items)
            )
    return Markup("<p>{}</p>").format(" ".join(text.split()))
