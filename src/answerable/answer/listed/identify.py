"""From weights to identifications: one call for at most one entry, and "not in the record" for each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from answerable.answer.listed.learning import learned
from answerable.answer.listed.weights import Common, Pair, Seen, absent_bits, bits_of, seen, weigh
from answerable.model.listed import Candidate, Found, Identification, ListedCall, Memory

SURE = 0.9
"""From this probability on an entry is identified, or not found; between, a person looks."""

SHOWN = 5
"""At most so many candidates are named."""

ReadReceipt = Callable[[str], str | None]
"""The call number that a verified receipt is for; None where it cannot be verified here."""


class Identified(NamedTuple):
    """What became of each entry of a list, and how its people remember."""

    entries: tuple[Identification, ...]
    memory: Memory


def identify(
    entries: Sequence[ListedCall],
    pairs: Iterable[Pair],
    *,
    common: Mapping[str, Common] | None = None,
    numbers: frozenset[str] = frozenset(),
    read_receipt: ReadReceipt | None = None,
) -> Identified:
    """What became of each entry, in the order of the list, and how its people remember.

    `pairs`: every call within the window of an entry (`weights.window_s`); `common`: how common each entry's place is
    in the whole record; `numbers`: which of the call numbers named, by an entry or a receipt, are in the record. A
    receipt, then a number, identifies exactly. A receipt of a call that is not there says that it was entered, and is
    missing from what was supplied.
    """
    proved = {one.id: _proved(one, read_receipt) for one in entries}
    became = {one.id: found for one in entries if (found := _exact(one, numbers, proved[one.id])) is not None}
    taken = {one.call for one in became.values()}
    near: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        if pair.entry not in became and pair.call not in taken:
            near[pair.entry].append(pair)
    open_entries = [one for one in entries if one.id not in became]
    looked = {one.id: seen(one, near[one.id], common=(common or {}).get(one.id)) for one in open_entries}
    memory = learned(open_entries, looked)
    weighed = {one.id: _weighed(one, looked[one.id], memory) for one in open_entries}
    chosen = _assigned(open_entries, weighed)
    for one in open_entries:
        became[one.id] = _decided(one, weighed[one.id], chosen.get(one.id), memory)
    why = "was not read: no key of a log was given" if read_receipt is None else "proves nothing under the keys given"
    all_entries = tuple(
        became[one.id] if not one.receipt or proved[one.id] else _remarked(became[one.id], f"its receipt {why}")
        for one in entries
    )
    return Identified(entries=all_entries, memory=memory)


def _proved(entry: ListedCall, read_receipt: ReadReceipt | None) -> str | None:
    return read_receipt(entry.receipt) if entry.receipt and read_receipt is not None else None


def _exact(entry: ListedCall, numbers: frozenset[str], by_receipt: str | None) -> Identification | None:
    """What needs no weights: a receipt, or a number that is in the record."""
    if by_receipt is not None and by_receipt not in numbers:
        return _certain(
            entry, None, f"its receipt proves that {by_receipt} was entered, and that is not in what was supplied"
        )
    for number, how in ((by_receipt, "a receipt names it"), (entry.call, "the list names its number")):
        if number and number in numbers:
            return _certain(entry, number, how)
    return None


def _certain(entry: ListedCall, call: str | None, how: str) -> Identification:
    state, absent = (Found.NOT_FOUND, 1000) if call is None else (Found.IDENTIFIED, 0)
    return Identification(
        entry=entry.id, state=state, call=call, how=how, nearby=0, absent_bits=0.0, absent_probability=absent
    )


def _remarked(found: Identification, remark: str) -> Identification:
    return msgspec.structs.replace(found, how=f"{found.how}; {remark}")


class _Weighed(NamedTuple):
    """The calls near an entry, best first, with their bits; the weight of "not in the record"; the sum of all odds."""

    calls: list[tuple[float, Seen]]
    absent: float
    whole: float

    def probability(self, bits: float) -> float:
        return float(2.0**bits / self.whole)


def _weighed(entry: ListedCall, near: Sequence[Seen], memory: Memory) -> _Weighed:
    bits = bits_of(entry, near, memory)
    absent = absent_bits(len(near), memory)
    calls = sorted(zip(bits, near, strict=True), key=lambda one: (-one[0], one[1].received_us, one[1].call))
    return _Weighed(calls, absent, sum(2.0**one for one in bits) + 2.0**absent)


def _assigned(entries: Sequence[ListedCall], weighed: Mapping[str, _Weighed]) -> dict[str, str]:
    """The call of each entry such that no call serves two, with the largest sum of weights over the whole list.

    Only calls that are likelier than "not in the record" can be in it: each entry has its own column for that.
    """
    worthy = {
        one.id: {near.call: bits for bits, near in weighed[one.id].calls if bits > weighed[one.id].absent}
        for one in entries
    }
    calls = sorted({call for listed in worthy.values() for call in listed})
    if not calls:
        return {}
    # loaded only where something is to be assigned: every examination imports this module
    import numpy as np  # noqa: PLC0415
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415

    column = {call: at for at, call in enumerate(calls)}
    gain = np.full((len(entries), len(calls) + len(entries)), -1e6)
    for row, one in enumerate(entries):
        gain[row, len(calls) + row] = weighed[one.id].absent
        for call, bits in worthy[one.id].items():
            gain[row, column[call]] = bits
    chosen = zip(*linear_sum_assignment(gain, maximize=True), strict=True)
    return {entries[row].id: calls[at] for row, at in chosen if at < len(calls)}


def _decided(entry: ListedCall, found: _Weighed, chosen: str | None, memory: Memory) -> Identification:
    candidates = tuple(_candidate(entry, bits, one, found, memory) for bits, one in found.calls[:SHOWN])
    sure = next((bits for bits, one in found.calls if one.call == chosen and found.probability(bits) >= SURE), None)
    missing, nearby = found.probability(found.absent), len(found.calls)
    if chosen is not None and sure is not None:
        state, named = Found.IDENTIFIED, next(one for one in candidates if one.call == chosen)
        how = "; ".join(f"{one.what}: {one.bits:+.1f}" for one in named.weights)
    elif missing >= SURE or not nearby:
        state, how = Found.NOT_FOUND, f"none of {nearby:,} calls near that time is like it"
    else:
        state, how = Found.POSSIBLE, "several calls, or none, may be meant; a person must look"
    return Identification(
        entry=entry.id,
        state=state,
        call=chosen if state is Found.IDENTIFIED else None,
        how=how,
        nearby=nearby,
        absent_bits=round(found.absent, 1),
        absent_probability=int(1000 * missing),
        candidates=candidates,
    )


def _candidate(entry: ListedCall, bits: float, one: Seen, found: _Weighed, memory: Memory) -> Candidate:
    return Candidate(
        call=one.call,
        received_us=one.received_us,
        weights=weigh(entry, one, memory),
        bits=round(bits, 1),
        probability=int(1000 * found.probability(bits)),
    )
