"""Buttons: for each command what it is called, which key it has, and where it leads.

Responding is one press. Whatever refuses, ends or needs words leads to a form of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from answerable.watch.moves import ONLY_CALLS, ONLY_REQUESTS, POSSIBLE
from answerable.watch.people import Role
from answerable.watch.roles import MAY_DO
from answerable.watch.states import UNDER_WAY, State
from answerable.watch.views import Question, Row, SubjectView
from answerable.web.pages.command_forms import COMMANDS


class Act(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A button: sent as a form (`action`), or leading to one (`href`). `act` is what a single key asks for."""

    label: str
    act: str = ""
    key: str = ""
    action: str = ""
    href: str = ""
    name: str = ""
    value: str = ""
    style: str = ""
    unseen: str = ""


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """How a command looks as a button. `form`: it needs more than one press, and leads to the page of that name."""

    label: str
    act: str = ""
    key: str = ""
    style: str = "slim"
    form: str = ""


KINDS: dict[str, Kind] = {
    "decide-respond": Kind(label="Respond", act="respond", key="R", style="primary slim"),
    "accept-request": Kind(label="Accept", act="respond", key="R", style="primary slim"),
    "acknowledge-request": Kind(label="Acknowledge", act="acknowledge", key="A"),
    "answer": Kind(label="Telephone answered", act="acknowledge", key="A"),
    "enter": Kind(label="Entered"),
    "record-unit": Kind(label="Unit…", form="unit"),
    "commit-units": Kind(label="Commit units…", form="commit"),
    "callback": Kind(label="Called the caller…", form="callback"),
    "ask-information": Kind(label="Ask the requester…", form="ask"),
    "give-information": Kind(label="Give information…", form="inform"),
    "report-condition-met": Kind(label="Condition met…", form="condition"),
    "review": Kind(label="Review…", form="review"),
    "reopen": Kind(label="Reopen…", form="reopen"),
    "notify-delay": Kind(label="Caller was told…", form="delay"),
    "prioritize": Kind(label="Priority…", form="priority"),
    "hold": Kind(label="Hold…", form="hold"),
    "release": Kind(label="Release"),
    "transfer": Kind(label="Transfer…", form="transfer"),
    "accept-referral": Kind(label="Other agency accepted…", form="referral"),
    "confirm-request": Kind(label="Confirm: this is what was asked", style="primary"),
    "dispute-request": Kind(label="Dispute…", form="dispute"),
    "read-notice": Kind(label="I have read the notice", style="primary"),
    "appeal": Kind(label="Appeal…", form="appeal"),
    "write-response": Kind(label="Write the response…", form="response"),
    "withdraw": Kind(label="Withdrawn…", form="withdraw"),
    "correct": Kind(label="Correct…", form="correct"),
    "merge": Kind(label="Merge…", form="merge"),
    "link": Kind(label="Link…", form="link"),
    "close": Kind(label="Close…", form="close", style="quiet slim"),
    "decline": Kind(label="Decline…", act="decline", key="D", form="decline", style="quiet slim"),
}
"""In the order in which they are shown; refusing and closing come last."""

ON_THE_BOARD = (
    "decide-respond", "accept-request", "acknowledge-request", "answer", "record-unit", "callback", "review", "decline",
)  # fmt: skip
"""What may stand in a row (`board_acts`). The rest is on the call's own page."""

LETTERS = {"yes": "Y", "no": "N"}


def may_give(tag: str, role: Role) -> bool:
    """Whether a role may give the command of this tag at all."""
    return COMMANDS[tag] in MAY_DO[role]


def acts_of(row: Row, *, role: Role, only: Iterable[str] | None = None) -> tuple[Act, ...]:
    """The buttons of a call or request for somebody in this role."""
    wanted = KINDS if only is None else [tag for tag in KINDS if tag in set(only)]
    offered = [tag for tag in wanted if tag in row.decide and may_give(tag, role)]
    if "accept-request" in offered and "decide-respond" in offered:
        offered.remove("decide-respond")
    return tuple(_act(tag, row) for tag in offered)


def board_acts(row: Row, *, role: Role) -> tuple[Act, ...]:
    """The buttons in a row: what is next, and nothing twice. A unit is the next thing once somebody is to be sent; a
    callback is next where a caller hung up."""
    sent = row.state in UNDER_WAY or row.state in {State.ACCEPTED, State.ACCEPTED_PROVISIONALLY}
    left_out = {"decide-respond", "accept-request"} if sent else {"record-unit"}
    if row.state is not State.ABANDONED:
        left_out.add("callback")
    if row.due is None or row.due.what != "answer":
        left_out.add("answer")
    return acts_of(row, role=role, only=[tag for tag in ON_THE_BOARD if tag not in left_out])


def page_acts(view: SubjectView, *, role: Role) -> tuple[tuple[Act, ...], tuple[Act, ...]]:
    """The buttons of a call's own page: what is next for somebody in this role, and whatever else is possible."""
    row = view.row
    first = board_acts(row, role=role)
    begun_as_request = bool(view.timeline) and view.timeline[0].event.startswith("assistance.")
    wrong_kind = ONLY_CALLS if begun_as_request else ONLY_REQUESTS
    possible = [
        tag for tag in KINDS
        if row.state in POSSIBLE.get(COMMANDS[tag], ()) and COMMANDS[tag] not in wrong_kind and _makes_sense(tag, view)
    ]  # fmt: skip
    every = acts_of(msgspec.structs.replace(row, decide=tuple(possible)), role=role)
    asked_of = {"confirm-request", "dispute-request", "read-notice", "appeal"} if role is Role.REQUESTER else set()
    first += tuple(one for one in every if one not in first and _tag_of(one) in asked_of)
    return first, tuple(one for one in every if one not in first)


def _makes_sense(tag: str, view: SubjectView) -> bool:
    """Whether a command that is possible has something to be about."""
    denial = view.denial
    if tag == "confirm-request":
        return view.read_back is not None and view.confirmed is not True
    if tag == "dispute-request":
        return view.read_back is not None and view.confirmed is not False
    if tag == "read-notice":
        return denial is not None and denial.notice_read_us is None
    return tag != "report-condition-met" or (denial is not None and bool(denial.conditions))


def _tag_of(act: Act) -> str:
    """The tag of the command that a button gives or leads to."""
    if act.action:
        return act.action.rpartition("/")[2]
    slug = act.href.rpartition("/")[2]
    return next((tag for tag, kind in KINDS.items() if kind.form == slug), "")


def _act(tag: str, row: Row) -> Act:
    kind = KINDS[tag]
    unseen = f"{kind.label.rstrip('…')} {row.number or 'this call'}"
    if kind.form:
        return Act(
            label=kind.label,
            act=kind.act,
            key=kind.key,
            href=f"/c/{row.id}/{kind.form}",
            style=kind.style,
            unseen=unseen,
        )
    return Act(
        label=kind.label, act=kind.act, key=kind.key, action=f"/c/{row.id}/do/{tag}", style=kind.style, unseen=unseen
    )


def answers_to(question: Question, row: Row, *, first: bool) -> tuple[Act, ...]:
    """The answers to an open question. A number is asked on the call's own page, where nobody mistypes it."""
    action = f"/c/{row.id}/fact/{question.fact}"
    if not question.choices:
        return (Act(label="Answer…", href=f"/c/{row.id}#facts", style="slim", unseen=f"Answer: {question.ask}"),)
    return tuple(
        Act(
            label=choice.text[:1].upper() + choice.text[1:],
            act=choice.code if first and choice.code in LETTERS else "",
            key=LETTERS.get(choice.code, "") if first else "",
            action=action,
            name="value",
            value=choice.code,
            style="slim",
            unseen=f"{choice.text}: {question.ask} ({row.number or 'this call'})",
        )
        for choice in question.choices
    )
