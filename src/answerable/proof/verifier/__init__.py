"""Judges files that claim to prove something: what is proved, what is refuted, what cannot be told, what is not proved.

Pure like the rest of the room: files come in through `Folder`. `verifier.html` is the same judge for a browser.
"""

from __future__ import annotations

from answerable.proof.verifier.bundle import (
    BUNDLE_FILE,
    Bundle,
    BundleFile,
    Recompute,
    Role,
    judge_bundle,
    judge_receipt_of,
)
from answerable.proof.verifier.judge import (
    is_plain_path,
    judge_checkpoint,
    judge_disclosures,
    judge_promise,
    judge_receipt,
    judge_seal,
    members,
    read_seal,
)
from answerable.proof.verifier.log import judge_log
from answerable.proof.verifier.verdict import Docket, Folder, Judgement, Kind, Verdict, forks, kind_of

__all__ = [
    "BUNDLE_FILE",
    "Bundle",
    "BundleFile",
    "Docket",
    "Folder",
    "Judgement",
    "Kind",
    "Recompute",
    "Role",
    "Verdict",
    "forks",
    "is_plain_path",
    "judge_bundle",
    "judge_checkpoint",
    "judge_disclosures",
    "judge_log",
    "judge_promise",
    "judge_receipt",
    "judge_receipt_of",
    "judge_seal",
    "kind_of",
    "members",
    "read_seal",
]
