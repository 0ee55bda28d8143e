"""The [columns] of a draft, and what hangs on them: intervals, flags, what is left aside."""

from __future__ import annotations

from collections.abc import Iterator

from answerable.model.call import CLOCK_POINTS
from answerable.sources.drafting.evidence import repeats
from answerable.sources.drafting.facts import Facts
from answerable.sources.drafting.looking import Looked
from answerable.sources.drafting.names import promised_points, says, suggested_point, words
from answerable.sources.drafting.paper import ANSWER, Paper, Unused, array, quoted, said
from answerable.sources.drafting.points import Points, is_instant
from answerable.sources.drafting.roles import Choice, Roles, Use
from answerable.sources.drafting.times import Kind, Times

_ROLE_ASKS = {
    "call_id": ("call_id", "Which column has the call's number?"),
    "disposition_raw": ("disposition_raw", "Which column says how a call ended?"),
    "origin_raw": ("origin_raw", "Does this column say who asked for help, or how the call came in?"),
    "type": (
        "type_initial",
        ("Which column has the type of call? (Rename the key to type_final if it is the last one.)"),
    ),
    "priority": (
        "priority_initial_raw",
        ("Which column has the priority? (Rename the key to priority_final_raw if it is the last one.)"),
    ),
    "place_text": ("place_text", "Which column says where help was needed?"),
    "district": ("district", "Which column has the district?"),
    "beat": ("beat", "Which column has the beat?"),
}  # fmt: skip
_MOST_CANDIDATES = 8


def write_columns(paper: Paper, points: Points, roles: Roles) -> None:
    """The table [columns]."""
    paper.table("columns")
    all_instants = all(is_instant(one.times) for one in points.named) and all(
        is_instant(one.times) for one in points.asked
    )
    marked = _marked(points)
    for named in points.named:
        key = f"{named.point}_at"
        if named.times in marked:
            paper.ask(
                key, f"Are the times of '{named.times.name}' really UTC, as the letter behind them says?",
                how="Write true or false, without quotes; false: they show the clock of [clock].",
                allowed=("true", "false"), evidence=named.evidence,
                value=_time_value(named.times, plain=True, utc=ANSWER),
            )  # fmt: skip
        else:
            paper.guess(key, _time_value(named.times, plain=all_instants), *named.evidence)
    for asked in points.asked:
        likely = f" Its name makes {asked.suggested}_at likely." if asked.suggested else ""
        paper.ask(
            f"(the key of {asked.times.name})",
            f"Which of a call's times is '{' + '.join(asked.times.both_names)}'?",
            how=f"Write the name of the clock point in place of the key, or delete the line.{likely}",
            allowed=[f"{point}_at" for point in CLOCK_POINTS], evidence=asked.evidence,
            as_key=_time_value(asked.times, plain=all_instants),
        )  # fmt: skip
    for use in roles.uses:
        paper.guess(use.canonical, _use_value(use), *use.evidence)
    for either in roles.either:
        paper.ask(
            f"(the key of {either.facts.name})", either.ask, how="Write it in place of the key, or delete the line.",
            allowed=either.allowed, evidence=either.evidence, as_key=quoted(either.facts.name),
        )  # fmt: skip
    for choice in roles.choices:
        _choice(paper, choice)


def _marked(points: Points) -> list[Times]:
    """Times with a Z beside others without one: no policy can be true of both."""
    every = [one.times for one in points.named if one.times.kind is Kind.INSTANT and not is_instant(one.times)]
    with_letter = [one for one in every if one.suffixes & {"Z", "UTC", "GMT"}]
    return with_letter if len(with_letter) < len(every) else []


def _time_value(times: Times, *, plain: bool, utc: str = "") -> str:
    parts = [f"column = {quoted(times.name)}"]
    if times.joined is not None:
        parts.append(f"with = {array((times.joined.facts.name,))}")
    if times.epoch is not None:
        parts.append(f"epoch = {quoted(times.epoch)}")
    elif utc or (is_instant(times) and not plain):
        parts.append(f"utc = {utc or 'true'}")
    return quoted(times.name) if len(parts) == 1 else "{ " + ", ".join(parts) + " }"


def _use_value(use: Use) -> str:
    if use.with_:
        return f"{{ column = {quoted(use.facts.name)}, with = {array(use.with_)} }}"
    if use.pattern:
        return f"{{ column = {quoted(use.facts.name)}, pattern = {quoted(use.pattern)} }}"
    return quoted(use.facts.name)


def _choice(paper: Paper, choice: Choice) -> None:
    key, ask = _ROLE_ASKS[choice.role]
    seen = [f"{said(one.name)}: {one.counted}, {one.commonest(3)}" for one in choice.candidates[:_MOST_CANDIDATES]]
    if choice.why:
        seen.insert(0, choice.why)
    how = "Write the name of the column, or delete the line if there is none."
    if choice.role == "disposition_raw":
        how += " Its codes are to be explained below, under [disposition]."
    paper.ask(key, ask, how=how, allowed=[one.name for one in choice.candidates], evidence=seen)


def write_intervals(paper: Paper, looked: Looked, points: Points, roles: Roles) -> None:
    """The table [intervals]: columns that say how long something took, where no time says the same."""
    taken = {one.point for one in points.named}
    starts = [one.point for one in points.named if one.times.kind is not Kind.CLOCK]
    entries: list[tuple[str, Facts]] = []
    for facts in roles.intervals:
        point = _ends_at(facts)
        if (same := repeats(looked, facts, points)) is not None:
            roles.aside.append((facts, same))
        elif (
            point is None
            or point in taken
            or any(point == other for other, _ in entries)
            or not (starts or points.asked)
        ):
            roles.aside.append((facts, "it is how long something took; [intervals] can make a clock point of it"))
        else:
            entries.append((point, facts))
    if not entries:
        return
    paper.table("intervals")
    for point, facts in entries:
        unit = _unit(facts)
        rest = f", unit = {quoted(unit)} }}" if unit else ', unit = "s" }'
        seen = [
            f"values {facts.commonest(3)}",
            *([] if unit else ["its name does not say its unit: s is written here, min is the other"]),
        ]
        paper.ask(
            point, f"After which clock point does '{facts.name}' count to {point}?",
            how="Write it, or delete the line." + ("" if unit else " Say the unit too: s or min."),
            allowed=starts or [p for p in CLOCK_POINTS if p not in taken], evidence=seen,
            value=f"{{ column = {quoted(facts.name)}, after = {ANSWER}{rest}",
        )  # fmt: skip


def _ends_at(facts: Facts) -> str | None:
    if says(facts.name, ("travel", "response", "resp")):
        return "arrived"
    if says(facts.name, ("queue",)):
        return "dispatched"
    promised = promised_points(facts.name)
    if len(promised) == 1:
        return promised[0]
    return suggested_point(facts.name) if suggested_point(facts.name) == "closed" else None


def _unit(facts: Facts) -> str | None:
    spoken = set(words(facts.name))
    if spoken & {"sec", "secs", "second", "seconds"}:
        return "s"
    return "min" if spoken & {"min", "mins", "minute", "minutes"} else None


def write_flags(paper: Paper, roles: Roles) -> None:
    """The table [flags]."""
    if not roles.flags:
        return
    paper.table("flags")
    for one in roles.flags:
        seen = f"the name and values of '{one.facts.name}': {one.facts.commonest()}"
        value = f"column = {quoted(one.facts.name)}"
        if one.yes or one.no:
            unclear = f"; what {', '.join(map(said, one.unclear))} says stays unknown" if one.unclear else ""
            paper.guess(one.flag, f"{{ {value}, yes = {array(one.yes)}, no = {array(one.no)} }}", seen + unclear)
        else:
            paper.ask(
                one.flag, f"Does '1' in '{one.facts.name}' mean yes, and '0' no?",
                how="Write 1 in place of the mark if so; delete the line if not.", allowed=("1",), evidence=(seen,),
                value=f"{{ {value}, yes = [{ANSWER}], no = [\"0\"] }}",
            )  # fmt: skip


def unused(points: Points, roles: Roles, *, empty: tuple[str, ...], unnamed: tuple[str, ...]) -> Iterator[Unused]:
    """Every column that the draft does not use, with the reason."""
    asked = {one.name for choice in roles.choices for one in choice.candidates}
    # what a question names as a possible answer is not yet unused
    yield from (Unused(column=name, why=why) for times, why in points.aside for name in times.both_names)
    for facts, why in roles.aside:
        if facts.name not in asked:
            yield Unused(column=facts.name, why=why)
    yield from (Unused(column=name, why="no row that was looked at has a value in it") for name in empty)
    yield from (
        Unused(column=name, why="a profile cannot name it: it has no name, or another column has the same")
        for name in unnamed
    )
