"""Whether a person may sign a finding: nobody who decided a call in scope does."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence

import msgspec

from answerable.errors import FindingError
from answerable.model.decision import Decision
from answerable.model.finding_life import Signer

_WORD = re.compile(r"\w+")
_SAYS_NOTHING = frozenset({"of", "for", "the", "and"})


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """What came of holding a signer against the deciders: how many were named, and why that does not settle it."""

    deciders: int
    not_on_record: tuple[str, ...]


def compared(signer: Signer, decisions: Sequence[Decision] | None, *, scope: Collection[str] | None) -> Compared:
    """Hold a signer against who decided the calls in `scope` (None: every call that was decided on).

    `decisions` None: none were supplied. Raises FindingError where the signer, or their office, decided one of them.
    """
    if decisions is None:
        why = "no decisions were supplied with this result, so who decided its calls is not on record"
        return Compared(deciders=0, not_on_record=(why,))
    taken = [one for one in decisions if scope is None or one.call in scope]
    if own := sorted({one.call for one in taken if one.actor and _is(signer, one.actor)}):
        raise FindingError(
            f"{signer.name}, {signer.office}, decided {_few(own)}: who decided a call does not sign a finding on it.",
            hint="Have somebody sign who decided none of the calls.",
        )
    deciders = {_words(one.actor) for one in taken if one.actor}
    return Compared(deciders=len(deciders), not_on_record=tuple(_not_on_record(signer, taken, scope=scope)))


def _not_on_record(signer: Signer, taken: Sequence[Decision], *, scope: Collection[str] | None) -> Iterator[str]:
    if scope is None:
        yield "a claim here is about calls that the result does not list, so who decided each of them is not known"
    calls = {one.call for one in taken} if scope is None else set(scope)
    if unnamed := sorted(calls - {one.call for one in taken if one.actor}):
        yield f"no decider is on record for {len(unnamed):,} of the calls ({_few(unnamed)})"
    if alike := sorted({one.call for one in taken if one.rank and _words(one.rank) == _words(signer.rank)}):
        yield f"somebody of the rank {signer.rank} decided {_few(alike)}"


def _is(signer: Signer, actor: str) -> bool:
    """The same name or office, however it is written: `Deputy Chief, Operations`, `deputy chief for operations`."""
    return _words(actor) in (_words(signer.name), _words(signer.office))


def _words(text: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKC", text).casefold().replace("_", " ")
    return frozenset(_WORD.findall(plain)) - _SAYS_NOTHING


def _few(calls: Sequence[str]) -> str:
    return ", ".join(calls[:5]) + (f" and {len(calls) - 5:,} more" if len(calls) > 5 else "")
