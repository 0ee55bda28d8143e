"""The codes of a draft: every one that was seen, with its rows, to be explained by somebody who knows."""

from __future__ import annotations

from answerable.model.call import Disposition, Origin
from answerable.sources.drafting.evidence import waits_by
from answerable.sources.drafting.facts import Facts, looks_numeric, percent
from answerable.sources.drafting.looking import Looked
from answerable.sources.drafting.paper import ANSWER, Paper, bare, counted, quoted
from answerable.sources.drafting.points import Points
from answerable.sources.drafting.roles import Roles

MEANINGS = tuple(str(one) for one in Disposition if one not in (Disposition.NONE, Disposition.UNKNOWN_CODE))
ORIGINS = tuple(str(one) for one in Origin if one is not Origin.UNKNOWN)
_MOST_CODES = 200


def write_codes(paper: Paper, looked: Looked, points: Points, roles: Roles) -> None:
    """The tables [disposition], [origin], [priority] and [types]."""
    _disposition(paper, _listed(roles, "disposition_raw"))
    _disposition_of_one(paper, roles)
    _origin(paper, _listed(roles, "origin_raw"))
    _priority(paper, looked, points, roles)
    types = roles.of("type_final") or roles.of("type_initial") or next(
        (one.facts for one in roles.either if one.allowed[0].startswith("type_")), None
    )  # fmt: skip
    if types is not None:
        paper.table("types", "Types that ask for no response can be listed here, where the publisher says so:",
                    'INFO = { entry-kind = "information" }  (or broadcast, test)',
                    f"'{types.name}' has {types.distinct:,}: {types.commonest(12)}.")  # fmt: skip


def _listed(roles: Roles, canonical: str) -> Facts | None:
    """The column whose codes are listed: the one taken, or the likely one of a question."""
    chosen = next((one.likely for one in roles.choices if one.role == canonical), None)
    return roles.of(canonical) or chosen


def _rows(facts: Facts, rows: int) -> str:
    return f"{counted(rows, 'row')}, {percent(rows, facts.filled)}"


def _too_many(paper: Paper, facts: Facts) -> bool:
    if facts.distinct > _MOST_CODES:
        paper.comment(
            f"'{facts.name}' has {facts.counted}, too many to list. Import stops at the first and names them; with "
            "verified = true they are imported as unknown and counted."
        )
        return True
    return False


def _disposition(paper: Paper, facts: Facts | None) -> None:
    if facts is None:
        return
    paper.table("disposition")
    if _too_many(paper, facts):
        return
    paper.ask_each(
        "", f"What does each code of '{facts.name}' mean?",
        how='Write it in place of the mark. Add text = "…", and dispatched or arrived = "yes" or "no" only where the '
        "publisher's own list says so. A code with two meanings gets the one that decides less (not_dispatched, "
        "cancelled_unspecified, other). Delete the line of a code that nobody can explain; it is then imported as "
        "unknown, once verified = true.",
        allowed=MEANINGS,
        entries=[(value, f"{{ means = {ANSWER} }}", _rows(facts, rows)) for value, rows in facts.values],
    )  # fmt: skip


def _disposition_of_one(paper: Paper, roles: Roles) -> None:
    """The codes of every column that might be the one, to be uncommented when somebody knows which it is."""
    choice = next((one for one in roles.choices if one.role == "disposition_raw" and one.likely is None), None)
    if choice is None:
        return
    paper.table(
        "disposition",
        "When you have named the column that says how a call ended, take the # away before its codes and write for "
        f"each what it means in place of the mark, one of: {', '.join(MEANINGS)}.",
        'Add text = "…", and dispatched or arrived = "yes" or "no" only where the publisher\'s own list says so.',
    )  # fmt: skip
    for facts in choice.candidates:
        if facts.distinct <= _MOST_CODES:
            paper.comment("", f"Codes of '{facts.name}':")
            paper.listing(
                f"{bare(value)} = {{ means = \"…\" }}  # {_rows(facts, rows)}" for value, rows in facts.values
            )  # fmt: skip


def _origin(paper: Paper, facts: Facts | None) -> None:
    if facts is None:
        return
    paper.table("origin")
    if _too_many(paper, facts):
        return
    paper.ask_each(
        "", f"Who asks for help in an entry with each value of '{facts.name}'?",
        how="Write it in place of the mark; unknown where nobody can say.", allowed=(*ORIGINS, "unknown"),
        entries=[(value, ANSWER, _rows(facts, rows)) for value, rows in facts.values],
    )  # fmt: skip


def _priority(paper: Paper, looked: Looked, points: Points, roles: Roles) -> None:
    facts = priority_of(roles)
    if facts is None or _too_many(paper, facts):
        return
    paper.table("priority")
    paper.ask_each(
        "", f"How urgent is each value of '{facts.name}'?",
        how="Write its rank in place of the mark, without quotes: 1 is the most urgent, whichever way the publisher's "
        "numbers run. Delete the line of a value that is no priority.",
        evidence=(waits_by(looked, facts, points),),
        entries=[(value, f"{{ rank = {ANSWER} }}", _rows(facts, rows)) for value, rows in sorted(facts.values)],
    )  # fmt: skip


def priority_of(roles: Roles) -> Facts | None:
    """The column of priorities, the initial one first; None where there is none or a person must say which."""
    either = next((one.facts for one in roles.either if one.allowed[0].startswith("priority_")), None)
    return roles.of("priority_initial_raw") or roles.of("priority_final_raw") or either


def write_bind(paper: Paper, roles: Roles) -> None:
    """The table [bind]: facts that a policy asks for."""
    paper.table("bind")
    paper.ask(
        "kind", "Is every row a call for service, none a request from another agency?",
        how="Write call if so. Delete the line if some are requests, or nobody knows.", allowed=("call",),
        value=f"{{ constant = {ANSWER} }}",
    )  # fmt: skip
    facts = priority_of(roles)
    if facts is not None and facts.all_values_known and all(looks_numeric(value) for value, _ in facts.values):
        value = f"{{ column = {quoted(facts.name)}, whole-number = true }}"
        paper.guess("priority", value, f"'{facts.name}' is a number from 0 to 9 in every row that has one")
