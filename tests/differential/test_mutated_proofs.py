"""Mutated notes, proofs, receipts, disclosures and bundles: the program and the naive verifier are of one mind.

MUTATIONS says how many in all (2,000 here, 20,000 by `./dev nightly`); each batch has its own seed.
"""

from __future__ import annotations

import base64
import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from tests.support import slow_tree, slow_verifier
from tests.support.mutations import COUNT, mutated
from tests.support.small_log import LOG_KEY, TRUST, WITNESS_KEYS, MemoryFolder, SmallLog, bundle_files, canonical
from tests.support.vectors import FOLDER, Case
from tests.support.vectors.disclosures import text_of
from tests.support.vectors.proofs import reference_consistency

from answerable.errors import MalformedError, ProofError, UntrustedError
from answerable.proof import (
    Checkpoint,
    Note,
    commit,
    inclusion_proof,
    json_value,
    leaf_hash,
    open_note,
    reveal,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from answerable.proof.spelling import Json, utf8
from answerable.proof.verifier import judge_bundle, judge_receipt

BATCHES = range(5)
BATCH = max(1, COUNT // 25)
"""Inputs of each of five batches of each of five sorts."""

VKEYS = [str(LOG_KEY.verifier), *(str(key.verifier) for key in WITNESS_KEYS.values())]
KEYS = [LOG_KEY.verifier, *(key.verifier for key in WITNESS_KEYS.values())]


def committed(name: str) -> list[Case]:
    cases: list[Case] = json.loads((FOLDER / name).read_text(encoding="ascii"))["cases"]
    return cases


PLACE, PHONE = commit("12 Alder Street", "place", bytes(16)), commit(5550100, "phone", bytes(range(16)))
PRIVATE = commit({"_sd": [PHONE.digest, PLACE.digest]}, "private", bytes(range(1, 17)))


def shown_log() -> SmallLog:
    log = SmallLog([canonical({"id": str(number), "type": "call"}) for number in range(6)])
    log.append({"_sd": [PRIVATE.digest], "id": "6", "units": [1, 2, {"a": True}]})
    log.entries.append(b"not JSON")
    return log


LOG = shown_log()
SHOWS = [PRIVATE.text, PLACE.text]
RECEIPTS = [
    *(LOG.receipt(index, "union", "press") for index in range(8)),
    LOG.receipt(2, "union", "press", "ombud"),
    LOG.receipt(3, "ombud"),
    LOG.receipt(6, "union", "press", shows=SHOWS),
    LOG.receipt(6, "union", "ombud", shows=SHOWS[:1]),
]
NOTES = [receipt.checkpoint for receipt in RECEIPTS]


def chance_of(name: str, batch: int) -> random.Random:
    return random.Random(f"{name} {batch}")


def verdict_of(act: Callable[..., object], *given: Any, **named: Any) -> str:
    try:
        act(*given, **named)
    except UntrustedError:
        return "cannot_tell"
    except ProofError:
        return "refuted"
    return "proved"


def slow_verdict_of(act: Callable[..., object], *given: Any) -> str:
    try:
        act(*given)
    except slow_verifier.UntrustedError:
        return "cannot_tell"
    except slow_verifier.BadError:
        return "refuted"
    return "proved"


def resigned(text: str, chance: random.Random) -> bytes:
    """A changed text under signatures that hold, so that the form of the text is what decides."""
    keys = chance.sample([LOG_KEY, *WITNESS_KEYS.values()], k=chance.randrange(1, 4))
    lines = (key.sign(text, time_s=chance.choice((0, 7, 2**40)) if key is not LOG_KEY else None) for key in keys)
    return Note(text, tuple(lines)).encode()


def a_note(chance: random.Random) -> bytes:
    if chance.random() < 0.3:
        text = mutated(Note.parse(chance.choice(NOTES)).text.encode(), b"a\n0\n", chance).decode("utf-8", "replace")
        if "\n\n" not in text:
            return resigned(text, chance)
    return mutated(chance.choice(NOTES), chance.choice(NOTES), chance)


def more_than_one_verdict(found: Counter[str]) -> None:
    """A batch in which everything came out alike would show nothing."""
    assert len(found) > 1 or found.total() < 30, found


@pytest.mark.parametrize("batch", BATCHES)
def test_notes_and_checkpoints(batch: int) -> None:
    chance, found = chance_of("notes", batch), Counter[str]()
    for _ in range(BATCH):
        data = a_note(chance)

        def ours(data: bytes = data) -> tuple[str, dict[str, int]]:
            opened = open_note(data, KEYS)
            return opened.text, {str(each.key): each.time_s or 0 for each in opened.verified}

        verdict = verdict_of(ours)
        assert verdict == slow_verdict_of(slow_verifier.opened, data, VKEYS), data
        if verdict == "proved":
            text, keys = ours()
            assert (text, keys) == slow_verifier.opened(data, VKEYS)
            at = verdict_of(Checkpoint.parse, text)
            assert at == slow_verdict_of(slow_verifier.checkpoint_of, text), data
            verdict += f" {at}"
        found[verdict] += 1
    more_than_one_verdict(found)


def changed_hashes(proof: Sequence[bytes], chance: random.Random) -> list[bytes]:
    found = list(proof)
    match chance.randrange(7):
        case 0 if found:
            del found[chance.randrange(len(found))]
        case 1:
            found.insert(chance.randrange(len(found) + 1), chance.randbytes(32))
        case 2 if found:
            found[chance.randrange(len(found))] = chance.randbytes(chance.choice((32, 32, 31, 33, 0)))
        case 3:
            chance.shuffle(found)
        case _:
            pass
    return found


@pytest.mark.parametrize("batch", BATCHES)
def test_proofs_of_inclusion_and_consistency(batch: int) -> None:
    chance, found = chance_of("proofs", batch), Counter[bool]()
    entries = [f"entry {number}".encode() for number in range(40)]
    leaves = [leaf_hash(entry) for entry in entries]
    for _ in range(BATCH):
        size = chance.randrange(1, 41)
        index = chance.randrange(size)
        given, stated = (max(0, number + chance.choice((0, 0, 0, 0, -1, 1, 8))) for number in (index, size))
        if chance.random() < 0.5:
            hashes = inclusion_proof(index, size, lambda level, at: root_of(leaves[at << level : (at + 1) << level]))
            proof, leaf, root = changed_hashes(hashes, chance), leaves[index], root_of(leaves[:size])
            ours = verdict_of(verify_inclusion, leaf, index=given, size=stated, proof=proof, root=root)
            sound = given < stated and all(len(part) == 32 for part in proof)
            theirs = sound and slow_tree.root_by_inclusion(leaf, given, stated, proof) == root
        else:
            proof = changed_hashes(slow_tree.proof(index, entries[:size]) if index else [], chance)
            old_root, new_root = slow_tree.mth(entries[:index]), slow_tree.mth(entries[:size])
            stated_roots = {"old_root": old_root, "new_root": new_root}
            ours = verdict_of(verify_consistency, old_size=given, new_size=stated, proof=proof, **stated_roots)
            theirs = reference_consistency(given, old_root, stated, new_root, proof)
        assert (ours == "proved") is theirs, (index, size, given, stated, proof)
        found[theirs] += 1
    assert len(found) == 2


def a_disclosure_case(chance: random.Random, cases: list[Case]) -> tuple[bytes, list[str]]:
    """A changed entry, or an entry that commits to a changed disclosure."""
    case = chance.choice(cases)
    entry, texts = case["entry"].encode(), list(case["disclosures"])
    if texts and chance.random() < 0.6:
        content = base64.urlsafe_b64decode(texts[0] + "==")
        text = text_of(mutated(content, b'["s","name",{"a":[1,2]}]', chance))
        return json.dumps({"_sd": [slow_verifier.digest_of(text)], "type": 1}).encode(), [text]
    if texts and chance.random() < 0.3:
        texts[0] = mutated(texts[0].encode(), b"", chance).decode("latin-1")
    return (mutated(entry, b'{"a":1}', chance) if chance.random() < 0.7 else entry), texts


@pytest.mark.parametrize("batch", BATCHES)
def test_entries_and_disclosures(batch: int) -> None:
    chance, found = chance_of("disclosures", batch), Counter[str]()
    cases = [case for case in committed("disclosures.json") if case["verdict"] == "opens"]
    for _ in range(BATCH):
        data, texts = a_disclosure_case(chance, cases)

        def ours(data: bytes = data, texts: list[str] = texts) -> dict[str, Json]:
            return reveal(json_value(utf8(data, what="the entry"), what="the entry"), texts).value

        def theirs(data: bytes = data, texts: list[str] = texts) -> dict[str, Any]:
            return slow_verifier.revealed(slow_verifier.json_of(slow_verifier.text_of(data)), texts)

        verdict = verdict_of(ours)
        assert verdict == slow_verdict_of(theirs), (data, texts)
        if verdict == "proved":
            assert ours() == theirs()
        found[verdict] += 1
    more_than_one_verdict(found)


def a_receipt(chance: random.Random) -> bytes:
    receipt = chance.choice(RECEIPTS)
    data = receipt.text().encode()
    if receipt.extra is not None and chance.random() < 0.3:  # change what is carried, keeping the base64 whole
        extra = mutated(receipt.extra, b"", chance)
        return data.replace(base64.b64encode(receipt.extra), base64.b64encode(extra))
    return mutated(data, chance.choice(RECEIPTS).text().encode(), chance)


@pytest.mark.parametrize("batch", BATCHES)
def test_receipts(batch: int) -> None:
    chance, found = chance_of("receipts", batch), Counter[str]()
    for _ in range(BATCH):
        data = a_receipt(chance)
        judgement = judge_receipt(data, trust=TRUST)
        verdict, shown = slow_verifier.receipt_verdict(data, VKEYS[0], VKEYS[1:], 2)
        assert judgement.verdict.value == verdict, (data, judgement)
        if verdict == "proved":
            assert (judgement.shows or {}) == (shown or {})
        found[verdict] += 1
    more_than_one_verdict(found)


def a_bundle(chance: random.Random) -> dict[str, bytes]:
    files = dict(chance.choice(BUNDLES))
    name = chance.choice(sorted(files))
    match chance.randrange(8):
        case 0 if name != "bundle.json":
            del files[name]
        case 1:
            files["more"] = b"more"
        case 2:
            files[name] = files[chance.choice(sorted(files))]
        case _:
            files[name] = mutated(files[name], chance.choice(list(files.values())), chance)
    return files


BUNDLES = [bundle_files("union", "press"), bundle_files("press", "ombud"), bundle_files("press")]


@pytest.mark.parametrize("batch", BATCHES)
def test_bundles(batch: int) -> None:
    chance, found = chance_of("bundles", batch), Counter[str]()
    for _ in range(BATCH):
        files = a_bundle(chance)
        judgement = judge_bundle(MemoryFolder(files), trust=TRUST)
        assert judgement.verdict.value == slow_verifier.bundle_verdict(files, VKEYS[0], VKEYS[1:], 2), files
        found[judgement.verdict.value] += 1
    more_than_one_verdict(found)


def slow_revealed(entry: str, texts: list[str]) -> dict[str, Any]:
    return slow_verifier.revealed(slow_verifier.json_of(entry), texts)


def test_the_naive_verifier_gives_the_vectors_verdicts() -> None:
    """It is a reference only if it knows what the vectors know."""
    for case in committed("notes.json"):
        verdict = slow_verdict_of(slow_verifier.opened, base64.b64decode(case["note"]), case["keys"])
        assert verdict == {"opens": "proved", "untrusted": "cannot_tell"}.get(case["verdict"], "refuted"), case["name"]
    for case in committed("disclosures.json"):
        verdict = slow_verdict_of(slow_revealed, case["entry"], case["disclosures"])
        assert verdict == ("proved" if case["verdict"] == "opens" else "refuted"), case["name"]


def test_a_mutation_that_is_found_out_of_form_names_no_secret_and_is_no_crash() -> None:
    chance = chance_of("garbage", 0)
    for length in range(300):
        with pytest.raises(MalformedError):
            Note.parse(chance.randbytes(length))
