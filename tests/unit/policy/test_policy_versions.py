"""Which version is in force when, and which sets of versions cannot be."""

from __future__ import annotations

import pytest
from tests.support.policy_packs import STARTER, changed

from answerable.errors import PolicyError
from answerable.model.times import parse_instant
from answerable.policy import Policy, VersionSet, free_version, load_policy


def version(name: str, start: str, end: str | None = None, *, supersedes: str = "", policy: str = "a/b") -> Policy:
    text = changed(STARTER, '"starter/response"', f'"{policy}"')
    text = changed(
        text, 'version = "1"', f'version = "{name}"' + (f'\nsupersedes = "{supersedes}"' if supersedes else "")
    )
    until = f", to = {end}T00:00:00Z" if end else ""
    text = changed(text, "{ from = 2000-01-01T00:00:00Z }", f"{{ from = {start}T00:00:00Z{until} }}")
    return load_policy(text.encode(), file=f"{name}.toml")


def in_force(versions: VersionSet, day: str) -> str | None:
    found = versions.in_force(parse_instant(f"{day}T00:00:00Z"))
    return None if found is None else found.version


def test_a_version_is_in_force_from_its_first_instant_until_the_next_begins() -> None:
    versions = VersionSet([version("2", "2019-01-01"), version("1", "2018-01-01")])
    assert [policy.version for policy in versions.policies] == ["1", "2"]
    assert in_force(versions, "2017-12-31") is None
    assert in_force(versions, "2018-01-01") == "1"
    assert versions.in_force(parse_instant("2018-12-31T23:59:59.999999Z")) is versions.policies[0]
    assert in_force(versions, "2019-01-01") == "2"
    assert in_force(versions, "2030-01-01") == "2"


def test_an_end_is_exclusive_and_may_leave_a_time_without_any() -> None:
    versions = VersionSet([version("1", "2018-01-01", "2018-06-01"), version("2", "2018-07-01")])
    assert versions.in_force(parse_instant("2018-05-31T23:59:59.999999Z")) is not None
    assert in_force(versions, "2018-06-01") is None
    assert in_force(versions, "2018-07-01") == "2"


def test_a_version_may_cut_short_the_one_it_names() -> None:
    old, new = version("1", "2018-01-01", "2020-01-01"), version("2", "2019-01-01", "2019-06-01", supersedes="1")
    versions = VersionSet([old, new])
    assert in_force(versions, "2019-01-01") == "2"
    assert in_force(versions, "2019-07-01") is None  # what was superseded does not come back


def test_an_overlap_that_nobody_declared_is_refused() -> None:
    with pytest.raises(PolicyError) as caught:
        VersionSet([version("1", "2018-01-01", "2020-01-01"), version("2", "2019-01-01")])
    assert caught.value.file == "2.toml"
    assert "begins at 2019-01-01T00:00:00Z, while 1 is in force until 2020-01-01T00:00:00Z" in caught.value.message
    assert caught.value.hint is not None
    assert "supersedes = '1'" in caught.value.hint


def test_two_versions_that_begin_together_are_refused() -> None:
    with pytest.raises(PolicyError, match="begin at the same instant"):
        VersionSet([version("1", "2018-01-01"), version("2", "2018-01-01")])


def test_two_policies_at_once_are_refused() -> None:
    with pytest.raises(PolicyError) as caught:
        VersionSet([version("1", "2018-01-01"), version("1", "2019-01-01", policy="c/d")])
    assert "two policies are in force at 2019-01-01T00:00:00Z: a/b 1 (without an end) and c/d 1" in caught.value.message


def test_one_policy_may_follow_another_that_has_ended() -> None:
    versions = VersionSet([version("1", "2018-01-01", "2019-01-01"), version("1", "2019-01-01", policy="c/d")])
    assert [policy.id for policy in versions.policies] == ["a/b", "c/d"]


def test_the_same_file_twice_counts_once() -> None:
    assert len(VersionSet([version("1", "2018-01-01"), version("1", "2018-01-01")]).policies) == 1


def test_one_version_with_two_texts_is_refused() -> None:
    with pytest.raises(PolicyError, match="with another text"):
        VersionSet([version("1", "2018-01-01"), version("1", "2019-01-01")])


def test_without_versions_none_is_in_force() -> None:
    assert VersionSet([]).in_force(0) is None


@pytest.mark.parametrize(
    ("version", "taken", "free"),
    [
        ("2018-01-01", {"2018-01-01"}, "2018-01-01.2"),
        ("2018-01-01", {"2018-01-01", "2018-01-01.2"}, "2018-01-01.3"),
        ("3", {"3", "4"}, "5"),
        ("v9", {"v9"}, "v10"),
        ("draft", {"draft"}, "draft.2"),
        ("new", {"old"}, "new"),
    ],
)
def test_the_next_version_that_is_free_is_like_the_one_that_is_taken(version: str, taken: set[str], free: str) -> None:
    assert free_version(version, taken=taken) == free
