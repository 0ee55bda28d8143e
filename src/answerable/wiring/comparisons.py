"""The comparisons of an examination's claims: candidates from the engine, the protocol, all adjusted together."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from threading import Thread

from answerable.answer.ports import ComparableCalls
from answerable.answer.registration import content_of, held_to, seed_of
from answerable.model.claim import COMPARED, Claim
from answerable.model.comparison import Comparison, Terms
from answerable.wiring.importing import Progress


def load_beside(claims: Sequence[Claim]) -> None:
    """Begin to load what comparing needs, if some claim compares, beside other work: numpy and scipy take as long as
    cutting the calls out of a record."""
    if any(claim.kind in COMPARED for claim in claims):
        Thread(target=import_module, args=("answerable.answer.compare.protocol",)).start()


def compare_claims(
    claims: Sequence[Claim], calls: ComparableCalls, *, policies: Sequence[tuple[str, str]], progress: Progress | None
) -> dict[str, Comparison]:
    """The comparison of each claim that compares, by its id. Raises ClaimError where one is not what was registered."""
    from answerable.answer.compare.gather import gather  # noqa: PLC0415  numpy and scipy only where they are needed
    from answerable.answer.compare.protocol import adjusted, compare  # noqa: PLC0415

    compared = [claim for claim in claims if claim.kind in COMPARED]
    found = []
    for at, claim in enumerate(compared):
        if progress is not None:
            progress("comparing", at, len(compared))
        found.append(
            compare(
                gather(claim, calls),
                terms=claim.terms or Terms(),
                seed=seed_of(content_of(claim, policies)),
                registration=held_to(claim, policies),
            )
        )
    return dict(zip((claim.id for claim in compared), adjusted(found), strict=True))
