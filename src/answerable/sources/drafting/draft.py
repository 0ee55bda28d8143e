"""From a file that nobody has described to a draft of its profile. It guesses nothing silently: what the rows show is
written with the evidence beside it, and what they cannot show is a numbered question that stops every use of the draft.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import msgspec

from answerable.config import Settings
from answerable.errors import SourceError
from answerable.model.call import Inclusion
from answerable.model.vocabulary import FACTS
from answerable.sources.drafting.answers_tables import write_blanks, write_can_answer
from answerable.sources.drafting.clock_table import same_order, write_clock
from answerable.sources.drafting.codes_tables import write_bind, write_codes
from answerable.sources.drafting.column_roles import roles_of
from answerable.sources.drafting.columns_table import unused, write_columns, write_flags, write_intervals
from answerable.sources.drafting.evidence import is_weekday
from answerable.sources.drafting.facts import Table, facts_of
from answerable.sources.drafting.finding_times import times_of
from answerable.sources.drafting.looking import Looked, looked_at
from answerable.sources.drafting.paper import ANSWER, Draft, Paper, Unused, array, counted, quoted, said
from answerable.sources.drafting.points import Points, points_of
from answerable.sources.drafting.roles import FEWEST_ROWS, Roles
from answerable.sources.drafting.sampling import WHOLE_LINES
from answerable.sources.drafting.times import Times
from answerable.sources.profiling.profile import FORMAT, Grain
from answerable.sources.profiling.recognising import recognise
from answerable.sources.profiling.recognition import Fit

Progress: TypeAlias = Callable[[str, int, int | None], None]
STEPS = ("holding it against the known profiles", "reading", "looking at each column")
"""The steps that a progress callback hears of, in order."""
_PRECISIONS = ("exact", "block", "intersection", "beat", "blurred", "none")


def draft_profile(
    given: Path | Sequence[Path], *, encoding: str | None = None, sheet: str | None = None,
    settings: Settings | None = None, whole_lines: int = WHOLE_LINES, progress: Progress | None = None,
) -> Draft:  # fmt: skip
    """Draft the profile of what was given; of a file that a built-in profile fits only say which.

    A text of up to `whole_lines` lines is looked at whole, of a longer one its beginning and blocks spread over it.
    Raises SourceError where there is nothing to describe: no rows, no names of columns, no times.
    """
    tell = progress or (lambda _step, _done, _total: None)
    tell(STEPS[0], 0, len(STEPS))
    recognition = recognise(given, encoding=encoding, sheet=sheet)
    if recognition.profile is not None:
        return Draft(
            file=recognition.file, known=recognition.profile, advice=recognition.advice,
            encoding=recognition.encoding, columns=recognition.columns,
        )  # fmt: skip
    tell(STEPS[1], 1, len(STEPS))
    with looked_at(given, encoding=encoding, sheet=sheet, settings=settings, whole_lines=whole_lines) as looked:
        tell(STEPS[2], 2, len(STEPS))
        draft = _Drafting(looked).draft()
    fitting = any(one.fit is not Fit.NONE for one in recognition.nearest)
    return msgspec.structs.replace(draft, notes=(recognition.advice, *draft.notes)) if fitting else draft


class _Drafting:
    """One draft on its way: what was found, and the sheet that it is written on."""

    def __init__(self, looked: Looked) -> None:
        self._looked = looked
        self._table: Table = facts_of(looked)
        times = times_of(looked, self._table.columns)
        self._points: Points = points_of(looked, times)
        same_order(self._points)
        _refuse_no_times(looked, self._points)
        self._roles: Roles = self._roles_beside(times)
        self._paper = Paper()

    def _roles_beside(self, times: Sequence[Times]) -> Roles:
        """The roles of the columns without times, and of whole numbers that only looked like times."""
        numbers = [one for one, why in self._points.aside if "its name is that of a number" in why]
        self._points.aside = [(one, why) for one, why in self._points.aside if one not in numbers]
        taken = {name for one in times if one not in numbers for name in one.both_names}
        others = [facts for facts in self._table.columns if facts.name not in taken]
        return roles_of(self._looked, others, weekday=lambda facts: is_weekday(self._looked, facts, times))

    def draft(self) -> Draft:
        looked, paper = self._looked, self._paper
        self._head()
        self._source()
        self._inclusion()
        write_clock(paper, looked, self._points)
        write_columns(paper, self._points, self._roles)
        self._file()
        write_intervals(paper, looked, self._points, self._roles)
        write_flags(paper, self._roles)
        write_codes(paper, looked, self._points, self._roles)
        write_bind(paper, self._roles)
        write_blanks(paper, looked, self._points, self._roles)
        self._place()
        write_can_answer(paper, looked, self._points, self._roles)
        aside = tuple(unused(self._points, self._roles, empty=self._table.blank_columns, unnamed=self._table.unnamed))
        self._left(aside)
        return Draft(
            file=looked.gathered.shown, encoding=looked.gathered.encoding, columns=looked.header, rows=looked.rows,
            sample=looked.said, notes=looked.notes, guesses=tuple(paper.guesses), questions=tuple(paper.questions),
            unused=aside, text=paper.text,
        )  # fmt: skip

    def _head(self) -> None:
        paper = self._paper
        paper.comment(
            f"A draft of a source profile for {said(self._looked.gathered.shown)}, made from its rows "
            f"({self._looked.said}).",
            'Nothing is read by it yet. Write an answer wherever "?1", "?2", … stands, keeping the quotes unless the '
            "question says otherwise. Look at each guess too, and correct it where it is wrong.",
            "Each key is explained in docs/formats/source-profile.md.",
            "",
        )
        paper.plain("answerable-profile", str(FORMAT))
        paper.ask(
            "removals", "Which calls does the publisher take out before publication (such as sensitive ones)?",
            how="Write a sentence, or removals = [] if none are known to be taken out.", value=f"[{ANSWER}]",
        )  # fmt: skip

    def _source(self) -> None:
        paper = self._paper
        stem = Path(re.sub(r"\.(gz|zst|zip)$", "", self._looked.gathered.shown.split(" and ")[0])).stem
        paper.table("source")
        paper.guess("id", quoted(_slug(stem)), "the file's name; it is what --source and reports call it")
        paper.guess("title", quoted(f"Calls for service, {stem}"), "the file's name")
        paper.ask("publisher", "Who published the file?", how="Write the name, such as City of Springfield.")
        paper.ask("agency", "Whose calls are these?", how="Write the agency's name, such as Springfield Police.")
        paper.ask(
            "discipline", "Which service is it?", how="Write one word.", allowed=FACTS["discipline"].one_of
        )  # fmt: skip
        paper.comment("What is not known may stay so: licence and citation are shown, and decide nothing.")
        for key in ("licence", "citation"):
            paper.plain(key, quoted("not known"))
        paper.plain("version", quoted("1"))
        paper.comment(
            "true only after you have held imported calls against the rows; say in verified-how against which."
        )
        paper.plain("verified", "false")
        paper.plain("verified-how", quoted(f"Drafted from {self._looked.said}; not yet held against them."))

    def _inclusion(self) -> None:
        paper = self._paper
        paper.table("inclusion", "No row can show which calls never got into the file. With anything but all_calls it "
                    "cannot show that a call was ignored.")  # fmt: skip
        paper.ask(
            "rule", "Which calls get into the file at all?",
            how="Ask the publisher, or read the description of the data. unknown is an honest answer.",
            allowed=[str(rule) for rule in Inclusion],
        )  # fmt: skip
        paper.ask("evidence", "How is that known?", how="Write a sentence, such as: The publisher's page says so.")

    def _file(self) -> None:
        paper, looked = self._paper, self._looked
        paper.table("file")
        if looked.gathered.encoding not in ("utf-8", ""):
            first = next((note for note in looked.notes if "UTF" in note), "as it was stated")
            paper.guess("encoding", quoted(looked.gathered.encoding.split(", ")[0]), first)
        if looked.delimiter not in (None, ","):
            paper.guess("delimiter", quoted(looked.delimiter or ","), "it separates the header and the rows alike")
        self._grain()
        tokens = self._table.null_tokens
        if tokens:
            seen_tokens = (
                f"{said(token)} stands in {count:,} fields, as in '{column}'" for token, count, column in tokens
            )
            paper.guess("null-tokens", array(("", *(token for token, _, _ in tokens))), *seen_tokens)
        self._identity()

    def _grain(self) -> None:
        """A call where its number never repeats, a unit's part where units differ within it; else a question."""
        paper, roles = self._paper, self._roles
        asked = next((one.candidates for one in roles.choices if one.role == "call_id"), ())
        unique = roles.of("call_id") or next((one for one in asked if one.is_unique), None)
        if roles.of("unit") is not None:
            paper.guess("grain", quoted(Grain.UNIT_RESPONSE), roles.repeats)
        elif unique is not None and not roles.repeats and self._looked.rows >= FEWEST_ROWS:
            paper.guess("grain", quoted(Grain.CALL), f"'{unique.name}' (nearly) never repeats")
        else:
            few = f"{counted(self._looked.rows, 'row')} are too few to see it"
            seen = roles.repeats or (few if self._looked.rows < FEWEST_ROWS else "no column looks like a call's number")
            paper.ask(
                "grain", "Is a row a whole call, or one unit's part in a call?", how="Write which.",
                allowed=[str(grain) for grain in Grain], evidence=(seen,),
            )  # fmt: skip

    def _identity(self) -> None:
        roles = self._roles
        number, unit = roles.of("call_id"), roles.of("unit")
        if number is not None and unit is not None:
            self._paper.guess("identity", array((number.name, unit.name)), "together they (nearly) never repeat")
        elif number is not None and number.is_unique:
            self._paper.guess("identity", array((number.name,)), "it (nearly) never repeats")

    def _place(self) -> None:
        roles = self._roles
        names = [one for one in ("place_text", "lat") if roles.of(one)]
        if not names:
            return
        self._paper.table("place")
        seen = [f"'{facts.name}': {facts.commonest(3)}" for one in names if (facts := roles.of(one)) is not None]
        self._paper.ask(
            "precision", "How exact are the places?", how="Write the most exact that any column is.",
            allowed=_PRECISIONS, evidence=seen,
        )  # fmt: skip

    def _left(self, aside: Sequence[Unused]) -> None:
        if aside:
            self._paper.comment(
                "", "Columns that are not used. Their values are kept with every row, and decide nothing."
            )
            self._paper.comment(*(f"{said(one.column)}: {one.why}" for one in aside))


def _refuse_no_times(looked: Looked, points: Points) -> None:
    if points.named or points.asked:
        return
    left = "; ".join(f"'{times.name}': {why}" for times, why in points.aside[:5])
    raise SourceError(
        "none of its columns has times of calls" + (f" that could be used ({left})" if left else ""),
        file=looked.gathered.opened[0].readable.shown,
        hint=(
            "Have it exported with times that are all written alike, such as 2020-01-31 14:05:00."
            if left
            else f"Calls without a time cannot be examined. Its columns are: {', '.join(looked.header[:20])}"
            f"{' …' if len(looked.header) > 20 else ''}. Is this the file of calls, or a list of codes?"
        ),
    )  # fmt: skip


def _slug(stem: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-") or "my-city"
