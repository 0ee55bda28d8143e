"""The committed vectors: generated as they stand, and judged as they say, from the JSON alone."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

import pytest
from tests.support.vectors import FOLDER, Case, all_files

from answerable.errors import (
    ConsistencyError,
    DisclosureError,
    InclusionError,
    MalformedError,
    SignatureError,
    UntrustedError,
)
from answerable.proof import (
    TrustPolicy,
    VerifierKey,
    json_value,
    open_note,
    reveal,
    verify_consistency,
    verify_inclusion,
)
from answerable.proof.verifier import judge_receipt

ERRORS = {
    "malformed": MalformedError,
    "signature": SignatureError,
    "untrusted": UntrustedError,
    "disclosure": DisclosureError,
}


def committed(name: str) -> list[Case]:
    cases: list[Case] = json.loads((FOLDER / name).read_text(encoding="ascii"))["cases"]
    return cases


def names(cases: Sequence[Case]) -> list[str]:
    return [case["name"] for case in cases]


NOTES, PROOFS, DISCLOSURES = committed("notes.json"), committed("proofs.json"), committed("disclosures.json")
POLICIES, RECEIPTS = committed("policies.json"), committed("receipts.json")


def test_the_committed_vectors_are_the_generated_ones() -> None:
    generated = all_files()
    assert {path.name for path in FOLDER.glob("*.json")} == set(generated)
    for name, text in generated.items():
        assert (FOLDER / name).read_text(encoding="ascii") == text, (
            f"python -m tests.support.vectors writes {name} anew"
        )


@pytest.mark.parametrize(
    "cases", [NOTES, PROOFS, DISCLOSURES, RECEIPTS], ids=["notes", "proofs", "disclosures", "receipts"]
)
def test_there_are_more_than_a_hundred_with_good_ones_and_each_bad_one_has_its_reason(cases: list[Case]) -> None:
    bad = [case for case in cases if "because" in case]
    assert len(cases) > 100
    assert len(bad) >= 60
    assert len(cases) - len(bad) >= 20
    assert all(case["because"] for case in bad)


def raised(kind: str, error: BaseException) -> bool:
    return type(error) is ERRORS[kind]


@pytest.mark.parametrize("case", NOTES, ids=names(NOTES))
def test_a_note_has_its_verdict(case: dict[str, Any]) -> None:
    data, keys = base64.b64decode(case["note"]), [VerifierKey.parse(key) for key in case["keys"]]
    if case["verdict"] == "opens":
        opened = open_note(data, keys)
        assert opened.text == case["text"]
        found = [(str(each.key), each.time_s) for each in opened.verified]
        assert found == [(one["key"], one["time_s"] and int(one["time_s"])) for one in case["signers"]]
        return
    with pytest.raises((MalformedError, SignatureError)) as caught:
        open_note(data, keys)
    assert raised(case["verdict"], caught.value), caught.value


@pytest.mark.parametrize("case", PROOFS, ids=names(PROOFS))
def test_a_proof_holds_or_does_not(case: dict[str, Any]) -> None:
    proof = [bytes.fromhex(part) for part in case["proof"]]

    def verify() -> None:
        if case["kind"] == "inclusion":
            index, size, root = int(case["index"]), int(case["size"]), bytes.fromhex(case["root"])
            verify_inclusion(bytes.fromhex(case["leaf"]), index=index, size=size, proof=proof, root=root)
        else:
            verify_consistency(
                old_size=int(case["old_size"]),
                old_root=bytes.fromhex(case["old_root"]),
                new_size=int(case["new_size"]),
                new_root=bytes.fromhex(case["new_root"]),
                proof=proof,
            )

    if case["holds"]:
        verify()
    else:
        with pytest.raises((InclusionError, ConsistencyError)):
            verify()


@pytest.mark.parametrize("case", DISCLOSURES, ids=names(DISCLOSURES))
def test_disclosures_have_their_verdict(case: dict[str, Any]) -> None:
    if case["verdict"] == "opens":
        revealed = reveal(json_value(case["entry"], what="the entry"), case["disclosures"])
        assert revealed.value == case["shows"]
        assert revealed.closed == case["closed"]
        return
    with pytest.raises((MalformedError, DisclosureError)) as caught:
        reveal(json_value(case["entry"], what="the entry"), case["disclosures"])
    assert raised(case["verdict"], caught.value), caught.value


@pytest.mark.parametrize("case", POLICIES, ids=names(POLICIES))
def test_a_trust_policy_has_its_verdict_and_its_quorums(case: dict[str, Any]) -> None:
    data = base64.b64decode(case["policy"])
    if case["verdict"] == "malformed":
        with pytest.raises(MalformedError):
            TrustPolicy.parse(data)
        return
    trust = TrustPolicy.parse(data)
    for quorum in case["quorums"]:
        assert trust.is_met_by(dict.fromkeys(quorum["cosigned"], 0)) is quorum["enough"], quorum


@pytest.mark.parametrize("case", RECEIPTS, ids=names(RECEIPTS))
def test_a_receipt_has_its_verdict(case: dict[str, Any]) -> None:
    trust = TrustPolicy.parse(base64.b64decode(case["policy"]))
    entry = None if case["entry"] is None else base64.b64decode(case["entry"])
    judgement = judge_receipt(base64.b64decode(case["receipt"]), trust=trust, entry=entry)
    assert judgement.verdict.value == case["verdict"], judgement
