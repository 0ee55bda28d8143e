"""The canonical layout: one spelling of spaces, every comment kept, nothing else touched."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.policy_packs import ALDER, STARTER, changed
from tests.support.random_policy import RandomPolicy, policies

from answerable.errors import PolicyError
from answerable.policy import load_policy, meaning_sha256
from answerable.policy.layout import laid_out

HEAD, REST = STARTER.split("[policy]", 1)
SMALL = f"answerable-policy = 1\n\n[policy]{REST}"


def laid(text: str) -> str:
    return laid_out(text.encode(), file="x.toml").decode()


TABLE = [
    # as written, as laid out
    ('id   = "respond"', 'id = "respond"'),
    ('id="respond"', 'id = "respond"'),
    ('  id = "respond"   ', 'id = "respond"'),
    ('id = "respond"# why', 'id = "respond"  # why'),
    ('id = "respond"      # why', 'id = "respond"  # why'),
    ('id = "respond"\nsatisfied-by = ["unit","phone",]', 'id = "respond"\nsatisfied-by = ["unit", "phone"]'),
    ('id = "respond"\nsatisfied-by = [\n  "unit",\n]', 'id = "respond"\nsatisfied-by = ["unit"]'),
    ('id = "respond"\nsatisfied-by = [\n  "unit", # a car\n]', 'satisfied-by = [\n  "unit", # a car\n]'),
    ('id = "respond"\n\n\n\ncite = "A"', 'id = "respond"\n\ncite = "A"'),
    ('id = "respond"\n# alone\ncite = "A"', 'id = "respond"\n# alone\ncite = "A"'),
    ('"id" = "respond"', '"id" = "respond"'),
    ("id = 'respond'", "id = 'respond'"),
]


@pytest.mark.parametrize(("written", "expected"), TABLE, ids=range(len(TABLE)))
def test_one_spelling(written: str, expected: str) -> None:
    assert expected in laid(changed(SMALL, 'id = "respond"', written))


def test_one_blank_line_stands_before_a_header_and_the_comments_above_it() -> None:
    text = changed(SMALL, "[[promise]]", "# about promises\n# in two lines\n[[promise]]  # the first")
    text = changed(text, '\n\n[[clock]]\nid = "routine"', '\n[[clock]]\nid = "routine"')
    found = laid(text)
    assert '"4 h"\n\n# about promises\n# in two lines\n[[promise]]  # the first\ntext' in found
    assert '"15 min"\n\n[[clock]]\nid = "routine"' in found
    assert "\n\n\n" not in found
    assert found.endswith("}\n")
    assert not found.endswith("\n\n")


def test_an_inline_table_and_a_table_under_its_own_header_both_stay_what_they_are() -> None:
    text = changed(SMALL, "given = { life_safety = true }", "given={life_safety=true}")
    assert "\ngiven = { life_safety = true }\n" in laid(text)
    own = changed(
        SMALL, "effective = { from = 2000-01-01T00:00:00Z }  # early, so that it can be tried on any file\n", ""
    )
    own = changed(own, "[[duty]]", "[policy.effective]\nfrom=2000-01-01T00:00:00Z\n[[duty]]")
    assert "\n\n[policy.effective]\nfrom = 2000-01-01T00:00:00Z\n\n[[duty]]\n" in laid(own)
    dotted = changed(SMALL, "effective = { from = 2000-01-01T00:00:00Z }", "effective . from=2000-01-01T00:00:00Z")
    assert "\neffective.from = 2000-01-01T00:00:00Z  # early" in laid(dotted)


def test_a_list_too_long_for_a_line_stands_one_to_a_line() -> None:
    ranks = ", ".join(f'"rank_number_{number}"' for number in range(12))
    found = laid(changed(SMALL, "[[duty]]", f"[ranks]\norder = [{ranks}]\n[[duty]]"))
    assert 'order = [\n  "rank_number_0",\n  "rank_number_1",\n' in found
    assert laid(found) == found


def test_line_ends_of_windows_become_plain_ones() -> None:
    assert laid(STARTER.replace("\n", "\r\n")) == laid(STARTER)


def test_what_cannot_be_loaded_is_not_laid_out() -> None:
    with pytest.raises(PolicyError, match="there is no key 'wehn'"):
        laid(changed(SMALL, 'when = "true"', 'wehn = "true"'))


@pytest.mark.parametrize("text", [ALDER, STARTER], ids=["alder", "starter"])
def test_what_a_policy_says_and_decides_stays_and_laying_out_twice_is_once(text: str) -> None:
    found = laid(text)
    assert tomllib.loads(found) == tomllib.loads(text)
    assert laid(found) == found
    assert [line.strip() for line in text.split("\n") if line.startswith("#")] == [
        line for line in found.split("\n") if line.startswith("#")
    ]


dressings = st.lists(st.sampled_from(["", "\n", "# a [comment] = 'x'\n", "  ", "\t"]), min_size=1, max_size=9)
ends = st.lists(st.sampled_from(["", "   ", " # why", "#\twhy not"]), min_size=1, max_size=7)


@settings(max_examples=60)
@given(policies, dressings, ends)
def test_any_dress_of_a_policy_comes_out_the_same_and_keeps_its_comments(
    random: RandomPolicy, before: list[str], behind: list[str]
) -> None:
    dressed = ""
    for number, line in enumerate(random.text().decode().splitlines()):
        wide = line.replace(" = ", "=" if number % 2 else "  =   ", 1)
        dressed += f"{before[number % len(before)]}{wide}{behind[number % len(behind)]}\n"
    found = laid(dressed)
    assert laid(found) == found
    assert tomllib.loads(found) == tomllib.loads(dressed) == tomllib.loads(random.text().decode())
    assert found.count("#") == dressed.count("#")
    assert sorted(_comments(found)) == sorted(_comments(dressed))
    seal = meaning_sha256(load_policy(random.text(), file="random.toml"))
    assert meaning_sha256(load_policy(found.encode(), file="random.toml")) == seal
    if not any("#" in part for part in (*before, *behind)):
        assert found.replace("\n\n", "\n") == laid(random.text().decode()).replace("\n\n", "\n")


def _comments(text: str) -> list[str]:
    return [line[line.index("#") :].strip() for line in text.splitlines() if "#" in line]
