"""A profile file with a fault is refused with the key's path and what to write there."""

from __future__ import annotations

import pytest
from tests.support.sources import BLANKS, TOWN

from answerable.errors import SourceError
from answerable.model.call import Disposition
from answerable.sources import find_profile, profiles, read_profile


def refused(text: str) -> str:
    with pytest.raises(SourceError) as caught:
        read_profile(text.encode(), file="town.toml")
    return str(caught.value)


def test_a_whole_profile_is_read_with_its_seal() -> None:
    profile = read_profile((TOWN + BLANKS).encode(), file="town.toml")
    assert (profile.id, profile.verified, len(profile.sha256)) == ("town", True, 64)
    assert profile.definition.disposition["HND"].means is Disposition.HANDLED
    assert profile.definition.records.callbacks is False


@pytest.mark.parametrize(
    ("old", "new", "path", "advice"),
    [
        ("timezone ", "timezon ", "clock.timezon", "did you mean 'timezone'?"),
        ('timezone    = "America/Los_Angeles"', "", "clock.timezone", "this key is missing"),
        ("America/Los_Angeles", "America/Los_Angels", "clock.timezone", "is no time zone"),
        ('"%Y-%m-%d %H:%M"', '"%Y-%m-%d %H:%M%z"', "clock.formats", "write utc = true"),
        ('"%Y-%m-%d %H:%M"', '"%Y-%m-%d %H:%M %Z"', "clock.formats", "has %Z"),
        ('= "Number"', '= { column = "Number", epoch = "s" }', "columns.call_id", "times only"),
        ('= "Arrived"', '= { column = "Arrived", epoch = "h" }', "columns.arrived_at.epoch", "not a value"),
        ('"%Y-%m-%d %H:%M"', '"%H:%M"', "clock.formats", "has no year"),
        ('"%Y-%m-%d"]', '"%m/%d/%Y", "%d/%m/%Y"]', "clock.formats", "03/04 would be both"),
        ('start-point = "received"', 'start-point = "queued"', "clock.start-point", "possible: arrived, closed"),
        ("received_at  ", "recieved_at  ", "columns.recieved_at", "did you mean 'received_at'?"),
        ('means = "handled"', 'means = "handeld"', "disposition.HND.means", "did you mean 'handled'?"),
        ('dispatched = "no"', 'despatched = "no"', "disposition.W.despatched", "did you mean 'dispatched'?"),
        ('means = "handled"', 'means = "none"', "disposition.HND.means", "leave the code out"),
        ('911 = "public_911"', '911 = "public911"', "origin.911", "did you mean 'public_911'?"),
        ("rank = 1", "rank = 0", "priority.0.rank", "from 1"),
        ('rule     = "all_calls"', 'rule     = "everything"', "inclusion.rule", "is not a value of it"),
        ('evidence = "made up so"', 'evidence = " "', "inclusion.evidence", "say in a sentence"),
        ("life_safety = {", "lifesafety = {", "bind.lifesafety", "did you mean 'life_safety'?"),
        ("Y = true", 'Y = "yes"', "bind.life_safety.values.Y", "'yes' is not a value of this fact"),
        ('constant = "call"', 'constant = "ticket"', "bind.kind.constant", "is not a value of this fact"),
        ('{ constant = "call" }', "{ }", "bind.kind", "either a constant or a column"),
        ("whole-number = true", "whole-number = false", "bind.priority", "either its values or whole-number"),
        ("Urgency = [", "Urgence = [", "header-drift.Urgence", "did you mean 'Urgency'?"),
        ("how_long  ", "howlong  ", "can-answer.how_long", "this key is missing"),
        ('ignored     = { answer = "yes"', 'ignored     = { answer = "maybe"', "can-answer.ignored.answer", "partly"),
        ("answerable-profile = 1", "answerable-profile = 2", "answerable-profile", "reads format 1"),
        ('id           = "town"', 'id           = "Town!"', "source.id", "small letters"),
        ("verified     = true", 'verified     = "no"', "source.verified", "Expected `bool`"),
    ],
)
def test_a_fault_names_the_key_and_what_to_write(old: str, new: str, path: str, advice: str) -> None:
    assert TOWN.count(old) >= 1
    message = refused(TOWN.replace(old, new, 1))
    assert f"profile key {path}:" in message
    assert advice in message
    assert message.startswith("town.toml: ")


def test_broken_toml_names_its_line() -> None:
    message = refused(TOWN.replace('id           = "town"', 'id           = "town'))
    assert "town.toml, line 5: this is not TOML" in message


def test_a_profile_in_another_encoding_names_its_line() -> None:
    with pytest.raises(SourceError, match=r"line 2: this is not TOML: this is not UTF-8"):
        read_profile(b"answerable-profile = 1\n# \xe9", file="town.toml")


def test_a_blank_can_mean_no_only_where_the_column_is_mapped_and_the_evidence_is_given() -> None:
    assert "blank-means-no.contact: [columns] does not map contact_at" in refused(
        TOWN + '[blank-means-no]\ncontact = "stamped"\n'
    )
    assert "blank-means-no.closed: say in a sentence" in refused(TOWN + '[blank-means-no]\nclosed = ""\n')
    assert "blank-means-no.arrived: there is no such name" in refused(TOWN + '[blank-means-no]\narrived = "x"\n')


def test_units_cannot_be_folded_without_a_call_number() -> None:
    text = TOWN.replace('call_id              = "Number"\n', "").replace(
        "[inclusion]", '[file]\ngrain = "unit_response"\n\n[inclusion]'
    )
    assert "profile key columns.call_id: rows a unit can only be folded" in refused(text)


def test_a_pattern_needs_exactly_one_group() -> None:
    pattern = "call_id              = { column = \"Number\", pattern = '%s' }"
    for wrong, said in (("[0-9]+", "exactly one group"), ("(", "no regular expression")):
        text = TOWN.replace('call_id              = "Number"', pattern % wrong)
        assert said in refused(text)


def test_every_built_in_profile_is_sound_and_answers_to_its_id() -> None:
    ids = [profile.id for profile in profiles()]
    assert ids == sorted(set(ids))
    assert {"alder-city", "portland-or", "san-diego-ca", "san-francisco-ca-fire", "seattle-wa"} <= set(ids)
    for profile in profiles():
        assert find_profile(profile.id) is profile


def test_an_unknown_profile_name_gets_the_nearest_one() -> None:
    with pytest.raises(SourceError, match="did you mean 'san-diego-ca'"):
        find_profile("san-diego")
    with pytest.raises(SourceError, match=r"nowhere\.toml: the profile cannot be read"):
        find_profile("nowhere.toml")
