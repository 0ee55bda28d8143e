"""Selective disclosure: the examples of RFC 9901, recursion, and what must be refused."""

from __future__ import annotations

import base64
import json

import pytest

from answerable.errors import DisclosureError, MalformedError
from answerable.proof import Disclosure, commit, digest_of, reveal
from answerable.proof.disclosure import commit_written
from answerable.proof.spelling import Json

SALT = bytes(range(16))


def raw(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("content", "disclosure", "digest"),
    [
        (
            '["_26bc4LT-ac6q2KI6cBW5es", "family_name", "Möbius"]',
            "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0",
            "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0",
        ),
        (
            '["lklxF5jMYlGTPUovMNIvCA", "FR"]',
            "WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0",
            "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs",
        ),
        (
            '["2GLC42sKQveCfGfryNRN9w", "given_name", "John"]',
            "WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgImdpdmVuX25hbWUiLCAiSm9obiJd",
            "jsu9yVulwQQlhFlM_3JlzMaSFzglhQG0DpfayQwLUK4",
        ),
    ],
)
def test_the_examples_of_rfc_9901_have_its_digests(content: str, disclosure: str, digest: str) -> None:
    assert raw(content) == disclosure
    assert digest_of(disclosure) == digest


def test_a_member_and_an_element_of_rfc_9901_are_opened() -> None:
    entry: Json = {
        "_sd_alg": "sha-256",
        "_sd": ["X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0", "jsu9yVulwQQlhFlM_3JlzMaSFzglhQG0DpfayQwLUK4"],
        "nationalities": ["DE", {"...": "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs"}, "US"],
    }
    opened = reveal(entry, [raw('["_26bc4LT-ac6q2KI6cBW5es", "family_name", "Möbius"]')])
    assert opened.value == {"family_name": "Möbius", "nationalities": ["DE", "US"]}
    assert opened.closed == 2
    opened = reveal(entry, [raw('["lklxF5jMYlGTPUovMNIvCA", "FR"]')])
    assert opened.value == {"nationalities": ["DE", "FR", "US"]}


def test_what_is_committed_opens_and_nothing_of_it_is_in_the_entry() -> None:
    place = commit("12 Alder Street", "place", SALT)
    entry: Json = {"type": "call", "_sd": [place.digest]}
    assert "Alder" not in json.dumps(entry)
    assert reveal(entry, [place.text]).value == {"type": "call", "place": "12 Alder Street"}
    assert reveal(entry, []).value == {"type": "call"}
    assert (reveal(entry, []).closed, reveal(entry, [place.text]).closed) == (1, 0)


def nested() -> tuple[Json, Disclosure, Disclosure, Disclosure]:
    """One digest in the entry; under it two fields, each with its own."""
    place = commit("12 Alder Street", "place", SALT)
    phone = commit({"number": 5550100}, "phone", SALT[::-1])
    private = commit({"_sd": [phone.digest, place.digest]}, "private", bytes(16))
    return {"id": "1", "_sd": [private.digest]}, private, place, phone


def test_one_digest_can_hold_many_and_each_opens_alone() -> None:
    entry, private, place, phone = nested()
    assert reveal(entry, [private.text, place.text]).value == {"id": "1", "private": {"place": "12 Alder Street"}}
    assert reveal(entry, [private.text, place.text]).closed == 1
    both = reveal(entry, [phone.text, place.text, private.text]).value
    assert both == {"id": "1", "private": {"place": "12 Alder Street", "phone": {"number": 5550100}}}


def test_a_field_without_the_one_above_it_belongs_to_nothing() -> None:
    entry, _, place, _ = nested()
    with pytest.raises(DisclosureError, match="belong to nothing"):
        reveal(entry, [place.text])


@pytest.mark.parametrize(("levels", "allowed"), [(63, True), (64, False), (2000, False)])
def test_disclosures_within_disclosures_have_a_depth(levels: int, allowed: bool) -> None:
    below: Json = {}
    texts = []
    for _ in range(levels):
        text, digest = commit(below, "in", SALT)
        below = {"_sd": [digest]}
        texts.append(text)
    if allowed:
        assert reveal(below, texts).closed == 0
    else:
        with pytest.raises(MalformedError, match="64 levels"):
            reveal(below, texts)


def entry_of(*contents: str, **members: Json) -> tuple[Json, list[str]]:
    texts = [raw(content) for content in contents]
    return {"_sd": [digest_of(text) for text in texts], **members}, texts


@pytest.mark.parametrize(
    "content",
    [
        '["s", "_sd", 1]',
        '["s", "...", 1]',
        '["s", 1, 1]',
        '[1, "name", 1]',
        '["s"]',
        '["s", "name", 1, 2]',
        '{"s": 1}',
        '"s"',
        "[]",
        "",
        '["s", "name", 1.5]',
        '["s", "name", 1e3]',
        '["s", "name", NaN]',
        '["s", "name", 9007199254740992]',
        '["s", "name", {"a": 1, "a": 2}]',
        '["s", "name", "\\ud800"]',
        '["s", "name", 1] x',
        '["s", "name", ' + "[" * 70 + "]" * 70 + "]",
        '["s", "name", ' + "[" * 50_000 + "]" * 50_000 + "]",
        '["s", "name", {"...": "x"}]',
        '["s", "name", {"_sd": "x"}]',
        '["s", "name", {"_sd": [1]}]',
        '["s", "name", [{"...": 1}]]',
        '["s", "name", [{"...": "x", "y": 1}]]',
        '["s", "type", 1]',
        '["s", 1]',
    ],
)
def test_other_forms_are_refused_even_where_the_entry_committed_to_them(content: str) -> None:
    entry, texts = entry_of(content, type="call")
    with pytest.raises(MalformedError):
        reveal(entry, texts)


@pytest.mark.parametrize("text", ["WyJzIiwgMV0=", "WyJzIiwgMV1", "W yJz", "WyJz/w", "Ö", "\ud800", "gICA"])
def test_a_disclosure_that_is_not_base64url_of_utf_8_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        reveal({"_sd": []}, [text])


def test_a_disclosure_given_twice_is_refused() -> None:
    entry, texts = entry_of('["s", "a", 1]')
    with pytest.raises(DisclosureError, match="twice"):
        reveal(entry, texts * 2)


def test_a_digest_that_stands_twice_is_refused() -> None:
    entry, texts = entry_of('["s", "a", 1]')
    assert isinstance(entry, dict)
    for shown in ([], texts):
        with pytest.raises(DisclosureError, match="twice"):
            reveal({**entry, "inner": dict(entry)}, shown)


def test_two_disclosed_members_of_one_name_are_refused() -> None:
    entry, texts = entry_of('["s", "a", 1]', '["t", "a", 1]')
    with pytest.raises(MalformedError, match="name of another"):
        reveal(entry, texts)


def test_a_disclosure_of_something_else_is_refused() -> None:
    entry, _ = entry_of('["s", "a", 1]')
    with pytest.raises(DisclosureError, match="belong to nothing"):
        reveal(entry, [raw('["s", "a", 2]')])


def test_another_hash_is_refused() -> None:
    with pytest.raises(MalformedError, match="sha-256"):
        reveal({"_sd_alg": "sha-512"}, [])


@pytest.mark.parametrize("entry", [[], "text", None])
def test_an_entry_is_an_object(entry: Json) -> None:
    with pytest.raises(MalformedError):
        reveal(entry, [])


@pytest.mark.parametrize("value", ["12 Alder Street", 'a "b" \\ é\n', 5550100, None, ["a", {"b": 1}], {"_sd": ["x"]}])
@pytest.mark.parametrize("name", ["place", 'é"', None])
def test_a_value_that_is_written_already_is_committed_to_as_it_is_written(value: Json, name: str | None) -> None:
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    assert commit_written(written, name, SALT) == commit(value, name, SALT)
    parts = ["AAECAwQFBgcICQoLDA0ODw", *([] if name is None else [name]), value]
    text = raw(json.dumps(parts, ensure_ascii=False, separators=(",", ":")))
    assert commit(value, name, SALT) == (text, digest_of(text))


def test_a_commitment_needs_a_full_salt_and_a_name_that_is_free() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        commit(1, "a", b"short")
    with pytest.raises(ValueError, match="reserved"):
        commit(1, "_sd", SALT)


def test_the_same_value_with_another_salt_has_another_digest() -> None:
    assert commit("yes", "answer", SALT).digest != commit("yes", "answer", SALT[::-1]).digest
