"""From weights to identifications: one call for at most one entry, and "not in the record" for each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from answerable.answer.listed.weights import Common, Pair, absent_bits, weigh
from answerable.model.listed import Candidate, Found, Identification, ListedCall

SURE = 0.9
"""From this probability on an entry is identified, or not found; between, a person looks."""

SHOWN = 5
"""At most so many candidates are named."""

ReadReceipt = Callable[[str], str | None]
"""The call number that a verified receipt is for; None where it cannot be verified here."""


def identify(
    entries: Sequence[ListedCall],
    pairs: Iterable[Pair],
    *,
    common: Mapping[str, Common] | None = None,
    numbers: frozenset[str] = frozenset(),
    read_receipt: ReadReceipt | None = None,
) -> tuple[Identification, ...]:
    """What became of each entry, in the order of the list.

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
    shares = common or {}
    weighed = {one.id: _candidates(one, near[one.id], shares.get(one.id)) for one in open_entries}
    chosen = _assigned(open_entries, weighed, {one.id: len(near[one.id]) for one in open_entries})
    for one in open_entries:
        became[one.id] = _decided(one, weighed[one.id], len(near[one.id]), chosen.get(one.id))
    unproved = (
        "was not read: no key of a log was given" if read_receipt is None else "proves nothing under the keys given"
    )
    return tuple(
        became[one.id] if not one.receipt or proved[one.id] else _remarked(became[one.id], f"its receipt {unproved}")
        for one in entries
    )


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


def _candidates(entry: ListedCall, pairs: Sequence[Pair], common: Common | None) -> list[Candidate]:
    """Every call near an entry with its weights and probability, best first."""
    weights = weigh(entry, pairs, common=common)
    sums = {one.call: sum(weight.bits for weight in weights[one.call]) for one in pairs}
    whole = sum(2.0**bits for bits in sums.values()) + 2.0 ** absent_bits(len(pairs))
    found = [
        Candidate(
            call=one.call,
            received_us=one.received_us,
            weights=weights[one.call],
            bits=round(sums[one.call], 1),
            probability=int(1000 * 2.0 ** sums[one.call] / whole),
        )
        for one in pairs
    ]
    return sorted(found, key=lambda one: (-one.bits, one.received_us, one.call))


def _assigned(
    entries: Sequence[ListedCall], weighed: dict[str, list[Candidate]], nearby: dict[str, int]
) -> dict[str, Candidate]:
    """The candidate of each entry such that no call serves two, with the largest sum of weights over the whole list.

    Only candidates that are likelier than "not in the record" can be in it: each entry has its own column for that.
    """
    worthy = {one.id: [c for c in weighed[one.id] if c.bits > absent_bits(nearby[one.id])] for one in entries}
    calls = sorted({c.call for listed in worthy.values() for c in listed})
    if not calls:
        return {}
    # loaded only where something is to be assigned: every examination imports this module
    import numpy as np  # noqa: PLC0415
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415

    column = {call: at for at, call in enumerate(calls)}
    gain = np.full((len(entries), len(calls) + len(entries)), -1e6)
    for row, one in enumerate(entries):
        gain[row, len(calls) + row] = absent_bits(nearby[one.id])
        for candidate in worthy[one.id]:
            gain[row, column[candidate.call]] = candidate.bits
    chosen = zip(*linear_sum_assignment(gain, maximize=True), strict=True)
    by_call = {one.id: {c.call: c for c in worthy[one.id]} for one in entries}
    return {entries[row].id: by_call[entries[row].id][calls[at]] for row, at in chosen if at < len(calls)}


def _decided(entry: ListedCall, found: Sequence[Candidate], nearby: int, chosen: Candidate | None) -> Identification:
    absent = absent_bits(nearby)
    whole = sum(2.0**one.bits for one in found) + 2.0**absent
    missing = 2.0**absent / whole
    if chosen is not None and chosen.probability >= 1000 * SURE:
        state, how = Found.IDENTIFIED, "; ".join(f"{one.what}: {one.bits:+.1f}" for one in chosen.weights)
    elif missing >= SURE or not found:
        state, how = Found.NOT_FOUND, f"none of {nearby:,} calls near that time is like it"
    else:
        state, how = Found.POSSIBLE, "several calls, or none, may be meant; a person must look"
    return Identification(
        entry=entry.id,
        state=state,
        call=chosen.call if chosen is not None and state is Found.IDENTIFIED else None,
        how=how,
        nearby=nearby,
        absent_bits=round(absent, 1),
        absent_probability=int(1000 * missing),
        candidates=tuple(found[:SHOWN]),
    )
