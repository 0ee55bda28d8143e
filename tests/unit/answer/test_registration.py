"""What is compared is registered before: one digest, nothing left out, and a claim that says otherwise is refused."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from answerable.answer.intake.claim_file import read_claim
from answerable.answer.intake.claim_template import claim_template
from answerable.answer.registration import content_of, held_to, seed_of, written
from answerable.errors import ClaimError
from answerable.model.canonical import digest
from answerable.model.claim import COMPARED, Claim, ClaimKind

CLAIM = """
answerable-claim = 1
[claim]
id = "gate"
kind = "pattern"
text = "They come late."
alleged-by = "Counsel"
[scope]
from = 2018-06-01T00:00:00-07:00
to = 2018-07-01T00:00:00-07:00
where = "requester == 'federal_agency'"
"""
POLICIES = [("2018-01-01", "a" * 64)]


def read(text: str = CLAIM, files: dict[str, bytes] | None = None) -> Claim:
    return read_claim(text.encode(), file="claim.toml", read_file=(files or {}).__getitem__)


def registered(text: str = CLAIM, *, as_text: str | None = None, **changed: object) -> Claim:
    """The claim with a registration of `text` (the same, unless another is given) named in it."""
    whole = json.loads(written(content_of(read(as_text or text), POLICIES))) | changed
    named = text + ("" if "[comparison]" in text else "[comparison]\n") + 'registration = "r.json"\n'
    return read(named, {"r.json": json.dumps(whole).encode()})


def test_what_is_registered_is_what_the_claim_says() -> None:
    content = content_of(read(), POLICIES)
    assert content["claimant"] == "requester == 'federal_agency'"
    assert (content["from"], content["to"]) == ("2018-06-01T07:00:00Z", "2018-07-01T07:00:00Z")
    assert (content["alpha"], content["smallest_ratio"], content["others"]) == ("0.05", "2", "requester")
    assert content["policies"] == [{"version": "2018-01-01", "sha256": "a" * 64}]
    assert json.loads(written(content))["digest"] == digest(content)


def test_a_claim_is_held_to_its_registration() -> None:
    found = held_to(registered(), POLICIES)
    assert found is not None
    assert found.digest == digest(content_of(read(), POLICIES))
    assert found.sealed_at_us is None
    assert held_to(read(), POLICIES) is None


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ("to = 2018-07-01", "to = 2018-08-01", "to"),
        ("federal_agency", "state_agency", "claimant"),
        ('"pattern"', '"slower_response"', "kind"),
    ],
)
def test_whatever_was_changed_since_is_named_and_refused(before: str, after: str, named: str) -> None:
    with pytest.raises(ClaimError, match=rf"not what was registered; changed since: {named}"):
        held_to(registered(CLAIM.replace(before, after), as_text=CLAIM), POLICIES)


@pytest.mark.parametrize("key", ["alpha = 0.1", "smallest-odds-ratio = 4.0", 'others = "place"'])
def test_terms_are_registered_too(key: str) -> None:
    with pytest.raises(ClaimError, match="changed since"):
        held_to(registered(f"{CLAIM}[comparison]\n{key}\n", as_text=CLAIM), POLICIES)


def test_another_policy_is_another_comparison() -> None:
    with pytest.raises(ClaimError, match="changed since: policies"):
        held_to(registered(), [("2018-01-01", "b" * 64)])


def test_a_registration_whose_content_was_changed_does_not_have_its_digest() -> None:
    content = dict(content_of(read(), POLICIES)) | {"alpha": "0.1"}
    with pytest.raises(ClaimError, match="the digest is not that of the content"):
        registered(content=content)


def test_the_words_around_a_claim_are_no_part_of_it_and_its_seed_follows_the_rest() -> None:
    other_words = read(CLAIM.replace("They come late.", "Nobody comes."))
    assert content_of(other_words, POLICIES) == content_of(read(), POLICIES)
    assert seed_of(content_of(read(), POLICIES)) != seed_of(content_of(read(), []))


@pytest.mark.parametrize("text", [b"{", b"{}", b'{"content": {}, "digest": "x", "sealed_at": null}'])
def test_a_file_that_is_no_registration_is_refused(text: bytes) -> None:
    with pytest.raises(ClaimError, match=r"r\.json"):
        read(CLAIM + '[comparison]\nregistration = "r.json"\n', {"r.json": text})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (CLAIM.replace("where = \"requester == 'federal_agency'\"", ""), "none is left to compare"),
        (CLAIM + '[comparison]\nothers = "priority"\n', "a fact with named values"),
        (CLAIM + "[comparison]\nalpha = 0.5\n", "alpha"),
        (CLAIM + "[comparison]\nsmallest-odds-ratio = 1\n", "smallest-odds-ratio"),
        (CLAIM.replace("pattern", "calls_ignored") + "[comparison]\n", "belongs to claims of the kinds"),
        (CLAIM.replace("pattern", "listed_calls"), "needs \\[list\\]"),
        (CLAIM + '[list]\nfile = "x"\n', "belongs to claims of kind listed_calls"),
        (
            CLAIM.replace("pattern", "monitoring_lapse").replace("to = 2018-07-01T00:00:00-07:00", ""),
            "needs `from` and `to`",
        ),
        (CLAIM + '[monitoring]\nfile = "x"\n', "monitoring"),
        (
            CLAIM.replace("pattern", "monitoring_lapse")
            + '[monitoring]\nfile = "log.csv"\nheartbeat-every = "often"\nacknowledge-within = "1 min"\n',
            "'often' is not a duration",
        ),
    ],
)
def test_a_claim_that_compares_lists_or_watches_wrongly_is_refused(text: str, said: str) -> None:
    with pytest.raises(ClaimError, match=said):
        read(text)


LOG = "number,at,event,about\n"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("1,2018-06-19T14:00:00Z,ring,x\n", "'ring' is not an event"),
        ("1,2018-06-19T14:00:00Z,alarm,\n", "name what they are about"),
        ("x,2018-06-19T14:00:00Z,heartbeat,\n", "not a whole number"),
        ("1,2018-06-19T14:00:00Z,heartbeat,\n1,2018-06-19T14:01:00Z,heartbeat,\n", "two rows have the number 1"),
        ("1,2018-06-19T14:00:00Z,heartbeat,\n2,2018-06-19T13:00:00Z,heartbeat,\n", "number 2 is earlier"),
    ],
)
def test_a_log_of_a_watch_that_cannot_be_used_is_refused(rows: str, said: str) -> None:
    watched = CLAIM.replace("pattern", "monitoring_lapse")
    tables = '[monitoring]\nfile = "log.csv"\nheartbeat-every = "5 min"\nacknowledge-within = "1 min"\n'
    with pytest.raises(ClaimError, match=said):
        read(watched + tables, {"log.csv": (LOG + rows).encode()})


READ_FILE: Callable[[str], bytes] = {"list.csv": b"id,about\na,2018-06-19T14:00:00Z\n"}.__getitem__


@pytest.mark.parametrize("kind", ClaimKind)
def test_every_template_can_be_read_as_it_stands(kind: ClaimKind) -> None:
    claim = read_claim(claim_template(kind).encode(), file="claim.toml", read_file=READ_FILE)
    assert claim.kind is kind
    assert (claim.terms is not None) == (kind in COMPARED)
    assert bool(claim.listed) == (kind is ClaimKind.LISTED_CALLS)
