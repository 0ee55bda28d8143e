"""What is registered before anybody looks: who is compared, with whom, when, by which policy, and what would matter."""

from __future__ import annotations

import json
from collections.abc import Sequence

from answerable.answer.compare.calls import FEWEST_COMPARATORS, WINDOWS_US
from answerable.errors import ClaimError
from answerable.model.canonical import Json, canonical_bytes, digest
from answerable.model.claim import COMPARED, Claim
from answerable.model.comparison import RegisteredTerms, Registration, Terms
from answerable.model.times import iso

SCHEMA = "answerable/registration@1"
_HOUR_US = 3_600_000_000
STRATA = (
    "same local day, priority, district and type group; within "
    f"{WINDOWS_US[0] // _HOUR_US} h, with fewer than {FEWEST_COMPARATORS} within {WINDOWS_US[1] // _HOUR_US} h, then "
    "with neighbouring districts; one call an incident; no officer-initiated entry, duplicate or call of the claimant"
)
OUTCOMES = ("time from receipt to the first dispatch (slower)", "late or unheard under the policy then in force (more)")


def content_of(claim: Claim, policies: Sequence[tuple[str, str]]) -> dict[str, Json]:
    """The content that is hashed. `policies` are (version, SHA-256 of its file), in any order."""
    terms = claim.terms or Terms()
    return {
        "schema": SCHEMA,
        "claim": claim.id,
        "kind": claim.kind.value,
        "claimant": claim.scope.where,
        "calls": list(claim.scope.calls),
        "from": None if claim.scope.from_us is None else iso(claim.scope.from_us),
        "to": None if claim.scope.to_us is None else iso(claim.scope.to_us),
        "policies": [{"version": version, "sha256": sha256} for version, sha256 in sorted(policies)],
        "strata": STRATA,
        "outcomes": list(OUTCOMES),
        "alpha": terms.alpha,
        "smallest_ratio": terms.smallest_ratio,
        "others": terms.others,
        "neighbours": {district: list(near) for district, near in terms.neighbours.items()},
    }


def written(content: dict[str, Json], *, sealed_at_us: int | None = None) -> bytes:
    """The registration file: the content, its digest, and when a log took it in."""
    sealed_at = None if sealed_at_us is None else iso(sealed_at_us)
    whole = {"content": content, "digest": digest(content), "sealed_at": sealed_at}
    return (json.dumps(whole, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def held_to(claim: Claim, policies: Sequence[tuple[str, str]]) -> Registration | None:
    """The registration of a claim, where it has one that says the same. Raises ClaimError where it says otherwise."""
    if claim.registered is None or claim.kind not in COMPARED:
        return None
    now = content_of(claim, policies)
    if canonical_bytes(now).decode() != claim.registered.content:
        before = json.loads(claim.registered.content)
        changed = sorted(key for key in {*now, *before} if now.get(key) != before.get(key))
        raise ClaimError(
            f"claim {claim.id}: it is not what was registered; changed since: {', '.join(changed)}",
            hint="Put back what was registered, or take `registration` out: then the result is a screening only.",
        )
    return Registration(digest=claim.registered.digest, sealed_at_us=claim.registered.sealed_at_us)


def registered_terms(content: Json, *, said_digest: str, sealed_at_us: int | None, file: str) -> RegisteredTerms:
    """A registration as read from its file. Raises ClaimError where the digest is not that of the content."""
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise ClaimError(f"{file}: not a registration of the kind {SCHEMA}")
    if digest(content) != said_digest:
        raise ClaimError(f"{file}: the digest is not that of the content: one of them was changed")
    return RegisteredTerms(content=canonical_bytes(content).decode(), digest=said_digest, sealed_at_us=sealed_at_us)


def seed_of(content: dict[str, Json]) -> int:
    """The seed of every draw: fixed by what is registered, so that nobody can try seeds."""
    return int(digest(content)[:12], 16)
