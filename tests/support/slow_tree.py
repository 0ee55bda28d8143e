"""RFC 6962 section 2.1 word by word: slow, recursive, and without a line in common with the program.

Lists of entries go in; nothing is cached, nothing is clever.
"""

from __future__ import annotations

from hashlib import sha256


def mth(entries: list[bytes]) -> bytes:
    """MTH({}), MTH({d(0)}) and MTH(D[n])."""
    n = len(entries)
    if n == 0:
        return sha256(b"").digest()
    if n == 1:
        return sha256(bytes([0]) + entries[0]).digest()
    k = largest_power_of_two_below(n)
    return sha256(bytes([1]) + mth(entries[:k]) + mth(entries[k:])).digest()


def path(m: int, entries: list[bytes]) -> list[bytes]:
    """PATH(m, D[n])."""
    n = len(entries)
    if n == 1:
        return []
    k = largest_power_of_two_below(n)
    if m < k:
        return [*path(m, entries[:k]), mth(entries[k:])]
    return [*path(m - k, entries[k:]), mth(entries[:k])]


def proof(m: int, entries: list[bytes]) -> list[bytes]:
    """PROOF(m, D[n])."""
    return subproof(m, entries, complete=True)


def subproof(m: int, entries: list[bytes], *, complete: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b)."""
    n = len(entries)
    if m == n:
        return [] if complete else [mth(entries)]
    k = largest_power_of_two_below(n)
    if m <= k:
        return [*subproof(m, entries[:k], complete=complete), mth(entries[k:])]
    return [*subproof(m - k, entries[k:], complete=False), mth(entries[:k])]


def root_by_inclusion(leaf: bytes, m: int, n: int, hashes: list[bytes]) -> bytes | None:
    """The root that PATH(m, D[n]) leads to from this leaf hash, or None where it has the wrong length."""
    if n == 1:
        return leaf if not hashes else None
    if not hashes:
        return None
    k = largest_power_of_two_below(n)
    *below, sibling = hashes
    if m < k:
        left = root_by_inclusion(leaf, m, k, below)
        return left and sha256(bytes([1]) + left + sibling).digest()
    right = root_by_inclusion(leaf, m - k, n - k, below)
    return right and sha256(bytes([1]) + sibling + right).digest()


def roots_by_consistency(m: int, n: int, hashes: list[bytes], known: bytes | None) -> tuple[bytes, bytes] | None:
    """The roots of m and of n entries that SUBPROOF(m, D[n], b) leads to; `known` is the old root while b is true."""
    if m == n:
        if known is not None:
            return (known, known) if not hashes else None
        return (hashes[0], hashes[0]) if len(hashes) == 1 else None
    if not hashes:
        return None
    k = largest_power_of_two_below(n)
    *below, sibling = hashes
    if m <= k:
        left = roots_by_consistency(m, k, below, known)
        return left and (left[0], sha256(bytes([1]) + left[1] + sibling).digest())
    right = roots_by_consistency(m - k, n - k, below, None)
    if right is None:
        return None
    old, new = right
    return sha256(bytes([1]) + sibling + old).digest(), sha256(bytes([1]) + sibling + new).digest()


def largest_power_of_two_below(n: int) -> int:
    k = 1
    while k * 2 < n:
        k = k * 2
    return k
