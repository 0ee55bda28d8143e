"""A decision receipt: whoever has the policy works it out again, and sees every difference by name."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from tests.support.policy_packs import ALDER, changed

from answerable.errors import PolicyError
from answerable.model.vocabulary import FactValue
from answerable.policy import Cells, decision_receipt, differences, load_policy, meaning_sha256

POLICY = load_policy(ALDER.encode(), file="alder.toml")
CALL: dict[str, FactValue | None] = {"kind": "call", "priority": 2, "life_safety": False}


def receipt() -> dict[str, Any]:
    """As it comes back from a file."""
    found = json.loads(json.dumps(decision_receipt(POLICY, CALL)))
    assert isinstance(found, dict)
    return found


def test_a_receipt_names_the_version_its_seals_the_facts_the_cell_and_the_decision() -> None:
    found = receipt()
    assert [*found] == ["answerable-decision", "policy", "facts", "cell", "decision", "because"]
    assert found["policy"] == {
        "id": "alder-city/response", "version": "2018-01-01",
        "text_sha256": POLICY.text_sha256, "meaning_sha256": meaning_sha256(POLICY),
    }  # fmt: skip
    assert found["facts"] == CALL
    assert found["cell"] == Cells(POLICY).encode(CALL)
    assert found["decision"]["limits"]["dispatch_within"] == {"within_s": 900, "clock": "p2"}


def test_a_receipt_comes_out_the_same_under_its_own_policy() -> None:
    assert differences(receipt(), POLICY) == ()


@pytest.mark.parametrize(
    ("key", "value", "place"),
    [
        (("cell",), 7, "cell"),
        (("decision", "duty"), "may-decline", "decision.duty"),
        (("decision", "limits", "dispatch_within", "within_s"), 901, "decision.limits.dispatch_within.within_s"),
        (("decision", "open"), [], "decision.open"),
        (("policy", "version"), "2019", "policy.version"),
        (("policy", "text_sha256"), "0" * 64, "policy.text_sha256"),
        (("because", "rules", 0, "clauses", 0, "truth"), True, "because.rules[0].clauses[0].truth"),
        (("facts", "priority"), 1, "decision.limits.dispatch_within.within_s"),
    ],
)  # fmt: skip
def test_whatever_was_altered_is_named(key: tuple[str | int, ...], value: object, place: str) -> None:
    altered: Any = copy.deepcopy(receipt())
    at = altered
    for part in key[:-1]:
        at = at[part]
    assert at[key[-1]] != value
    at[key[-1]] = value
    assert any(one.startswith(f"{place}: the receipt says ") for one in differences(altered, POLICY))


def test_a_key_that_was_added_is_named() -> None:
    assert differences(receipt() | {"note": "trust me"}, POLICY) == (
        'note: the receipt says "trust me", the policy gives nothing',
    )


def test_yes_is_not_one() -> None:
    altered = receipt()
    altered["because"]["rules"][0]["clauses"][0]["depth"] = False
    assert len(differences(altered, POLICY)) == 1


def test_a_comment_in_the_policy_changes_the_seal_of_the_text_alone() -> None:
    commented = load_policy(("# reviewed\n" + ALDER).encode(), file="alder.toml")
    (found,) = differences(receipt(), commented)
    assert found.startswith("policy.text_sha256: ")


def test_another_version_differs_where_it_decides_otherwise() -> None:
    later = load_policy(changed(ALDER, '"15 min"', '"20 min"').encode(), file="alder.toml")
    told = differences(receipt(), later)
    assert any(one.startswith("policy.meaning_sha256: ") for one in told)
    assert "decision.limits.dispatch_within.within_s: the receipt says 900, the policy gives 1200" in told


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ([], "not a decision receipt"),
        ("x", "not a decision receipt"),
        ({"answerable-decision": 2}, "not a decision receipt"),
        ({"answerable-decision": 1}, "has no 'policy'"),
        ({**decision_receipt(POLICY, CALL), "facts": []}, "'facts' is not an object"),
        ({**decision_receipt(POLICY, CALL), "facts": {"kin": "call"}}, "'kin'"),
        ({**decision_receipt(POLICY, CALL), "facts": {"priority": 99}}, "'priority'"),
        ({**decision_receipt(POLICY, CALL), "facts": {"priority": [1]}}, "'priority'"),
    ],
    ids=range(8),
)  # fmt: skip
def test_what_is_no_receipt_is_refused(wrong: object, message: str) -> None:
    with pytest.raises(PolicyError, match="receipt") as caught:
        differences(wrong, POLICY)
    assert message in caught.value.message
