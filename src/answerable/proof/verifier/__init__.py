"""Judges files that claim to prove something: what is proved, what is refuted, what cannot be told, what is not proved.

Pure like the rest of the room: files come in through `Folder`. `verifier.html` is the same judge for a browser.
"""

from __future__ import annotations

from answerable.proof.verifier.bundle import BUNDLE_FILE, Bundle, BundleFile, Recompute, Role, judge_bundle
from answerable.proof.verifier.judge import (
    judge_checkpoint,
    judge_disclosures,
    judge_promise,
    judge_receipt,
    judge_seal,
    read_seal,
)
from answerable.proof.verifier.log import judge_log
from answerable.proof.verifier.verdict import Folder, Judgement, Kind, Verdict, forks, kind_of

__all__ = [
    "BUNDLE_FILE",
    "Bundle",
    "BundleFile",
    "Folder",
    "Judgement",
    "Kind",
    "Recompute",
    "Role",
    "Verdict",
    "forks",
    "judge_bundle",
    "judge_checkpoint",
    "judge_disclosures",
    "judge_log",
    "judge_promise",
    "judge_receipt",
    "judge_seal",
    "kind_of",
    "read_seal",
]
