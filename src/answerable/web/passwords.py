"""Passwords (argon2id) and one-time codes (RFC 6238): the only slow hashing there is, and only at log-in."""

from __future__ import annotations

import threading
from functools import cached_property

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST_LETTERS = 12
MOST_LETTERS = 256
STEP_S = 30
AT_ONCE = 2
"""Hashes computed at the same time: each takes 64 MiB and a core."""

ISSUER = "Answerable"


class Passwords:
    """Argon2id with the parameters of RFC 9106 (low memory). Any thread may call; two work at a time."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turn = threading.Semaphore(AT_ONCE)

    def hash(self, password: str) -> str:
        """What is kept of a password."""
        with self._turn:
            return self._hasher.hash(password)

    def holds(self, kept: str | None, password: str) -> bool:
        """Whether `password` is the one that is kept. Where none is, it takes the same time to say no."""
        with self._turn:
            try:
                self._hasher.verify(kept or self._nobodys, password)
            except (VerificationError, InvalidHashError):
                return False
            return kept is not None

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash("the password of a name that nobody has")


def new_totp_secret() -> str:
    """A new secret for a second factor, in base32."""
    return pyotp.random_base32()


def totp_address(secret: str, *, name: str) -> str:
    """The `otpauth:` address that a QR code shows to an authenticator."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def step_of(secret: str, code: str, *, now_s: int) -> int | None:
    """The time step whose code this is, of now or the step before or after; None where it is none of them."""
    if not (code.isascii() and code.isdigit() and len(code) == 6):
        return None
    totp = pyotp.TOTP(secret)
    now = now_s // STEP_S
    return next((step for step in (now, now - 1, now + 1) if totp.generate_otp(step) == code), None)


def too_weak(password: str, *, name: str) -> str | None:
    """Why a password is not taken, in words. Length alone is asked for (NIST SP 800-63B section 3.1.1)."""
    if len(password) < LEAST_LETTERS:
        return f"A password has at least {LEAST_LETTERS} letters; four words in a row are a good one."
    if len(password) > MOST_LETTERS:
        return f"A password has at most {MOST_LETTERS} letters."
    if name and name.lower() in password.lower():
        return "The password contains the name."
    return None
