"""The examples of docs/formats/receipt.md and bundle.md are real: they are verified as a reader would."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.small_log import SOURCE

from answerable.proof import Receipt, TrustPolicy, VerifierKey
from answerable.proof.verifier import (
    Bundle,
    Role,
    Verdict,
    judge_disclosures,
    judge_promise,
    judge_receipt,
    judge_seal,
)

FORMATS = Path(__file__).resolve().parents[2] / "docs" / "formats"


def blocks(name: str, language: str) -> list[bytes]:
    text = (FORMATS / name).read_text(encoding="utf-8")
    found = re.findall(r"^```(\w*)\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    return [content.encode() for tongue, content in found if tongue == language]


RECEIPT, POLICY, PROMISE = blocks("receipt.md", "")
SEAL, DISCLOSURES = blocks("receipt.md", "json")


def test_the_receipt_is_proved_under_the_trust_policy() -> None:
    judgement = judge_receipt(RECEIPT, trust=TrustPolicy.parse(POLICY))
    assert judgement.verdict is Verdict.PROVED
    assert judgement.shows == {"at_ms": 1529413500000, "id": "18", "place": "12 Alder Street", "type": "call"}


def test_a_letter_changed_in_the_receipt_is_refuted() -> None:
    changed = RECEIPT.replace(b"index 18", b"index 19")
    assert judge_receipt(changed, trust=TrustPolicy.parse(POLICY)).verdict is Verdict.REFUTED


def test_the_promise_is_kept_by_the_receipt() -> None:
    text = (FORMATS / "receipt.md").read_text(encoding="utf-8")
    (key,) = re.findall(r"`(log\.example/alder/2018h1/promises\+\S+)`", text)
    trust = TrustPolicy.of_log(VerifierKey.parse(key))
    entry = Receipt.parse(RECEIPT).carried().entry
    assert entry is not None
    judgement = judge_promise(PROMISE, trust=trust, recorded=[entry])
    assert judgement.verdict is Verdict.PROVED
    assert "The promise was kept: the entry of the receipt is the one that was promised." in judgement.proved


def test_the_seal_and_the_disclosures_are_proved() -> None:
    assert judge_seal(SEAL, [SOURCE]).verdict is Verdict.PROVED
    judgement = judge_disclosures(DISCLOSURES)
    assert judgement.verdict is Verdict.PROVED
    assert (judgement.shows or {})["place"] == "12 Alder Street"


def test_the_bundle_json_is_read_and_the_page_names_every_key_and_role() -> None:
    (example,) = blocks("bundle.md", "json")
    bundle = Bundle.parse(example)
    text = (FORMATS / "bundle.md").read_text(encoding="utf-8")
    for key in (*bundle.as_json(), *bundle.files[0].as_json(), *bundle.files[0].seal.as_json(), *Role):
        assert f"`{key}`" in text, key
