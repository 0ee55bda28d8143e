"""A claim file to fill in: every key of its kind with what it is for, such that it can be read as it stands."""

from __future__ import annotations

from answerable.model.claim import COMPARED, ClaimKind

_HEAD = """# What each key means: docs/formats/claim.md. Lines that begin with # are remarks, or keys you may add.
answerable-claim = 1

[claim]
id         = "{id}"          # small letters, digits and hyphens
kind       = "{kind}"
text       = "What is alleged, in one sentence."
alleged-by = "Who says so"
{more}
[scope]                       # the calls it is about
from  = 2018-06-01T00:00:00-07:00   # received at this time or later; times need their offset
to    = 2018-07-01T00:00:00-07:00   # and before this one
{scope}
"""
_WHERE = "where = \"kind == 'call' and requester == 'federal_agency'\"   # whose calls they are"
_COUNT = """
# [independent-count]         # without a count from another hand nothing over a scope can be called unfounded
# calls       = 335
# source      = "The telephone switch's list"
# custodian   = "Who keeps that record and attests the count"
# attested-at = 2018-08-06T11:00:00-07:00
"""
_COMPARISON = """
[comparison]                  # fixed before anybody looks: answerable claim register
alpha               = 0.05    # the chance of a false alarm allowed, over everything registered
smallest-odds-ratio = 2.0     # the smallest difference that would matter
others              = "requester"   # the fact whose other values are compared in the same way
# neighbours   = { "HARBOR" = ["CENTRAL"] }     # where to look when fewer than five calls are comparable
# registration = "claim.registered.json"        # written by `answerable claim register`
"""
_PASSAGE = """
[[passage]]                   # one table a sentence
quote = "A sentence, word for word."
test  = "not_in_the_record"   # or every_call, some_call, no_call, some_decision,
                              # some_version_permits, no_version_permits
"""
_LIST = """
[list]                        # the complainant's own list
file = "list.csv"             # columns: docs/formats/call-list.md
"""


def claim_template(kind: ClaimKind) -> str:
    """The text of a claim file of this kind."""
    more = 'given      = { kind = "call" }   # the facts of the calls the policy is said to be about\n'
    text = _HEAD.format(
        id=kind.value.replace("_", "-"),
        kind=kind.value,
        more=more if kind is ClaimKind.POLICY_EXISTS else "",
        scope="" if kind is ClaimKind.LISTED_CALLS else _WHERE,
    )
    if kind in COMPARED:
        text += _COMPARISON
    if kind is ClaimKind.STATEMENT:
        text += _PASSAGE
    if kind is ClaimKind.LISTED_CALLS:
        text += _LIST
    return text + _COUNT
