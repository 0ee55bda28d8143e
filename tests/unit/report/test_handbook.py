"""The handbook says what the policy says: every rule, limit and question, and nothing that was not decided."""

from __future__ import annotations

import html
import json
import re
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.support.policy_packs import ALDER, STARTER, changed

from answerable.cli import app
from answerable.model.times import duration_text
from answerable.policy import Policy, Problem, Severity, check_policy, load_policy
from answerable.report.handbook import PROVED, Dates, proofs, render_handbook

DATES = Dates(
    issued_at=datetime.fromisoformat("2017-12-15T09:00:00-08:00"),
    effective_from=datetime.fromisoformat("2018-01-01T00:00:00-08:00"),
    effective_to=None,
)


def loaded(text: str) -> Policy:
    return load_policy(text.encode(), file="policy.toml")


def page_of(text: str) -> str:
    policy = loaded(text)
    return render_handbook(policy, dates=DATES, problems=check_policy(policy), program="answerable test")


def words_of(page: str) -> str:
    """What a reader reads: no tags, one space between words. The card stands at the end."""
    body = page.partition("<body>")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.fixture(scope="module")
def alder() -> str:
    return words_of(page_of(ALDER))


def test_every_rule_stands_in_its_order_with_its_sentence_on_the_page_and_on_the_card(alder: str) -> None:
    sentences = [rule.text for rule in loaded(ALDER).duties]
    assert all(alder.count(sentence) == 2 for sentence in sentences)
    places = [alder.index(sentence) for sentence in sentences]
    assert places == sorted(places)


def test_who_may_decline_and_by_when_is_said(alder: str) -> None:
    assert "May be declined by deputy chief or above To be decided within 1 h A refusal is reviewed every 24 h" in alder
    assert "May be declined by deputy chief or above, within 1 h; review every 24 h." in alder
    assert "watch commander other-agency" in alder
    assert "sergeant nothing dispatcher nothing" in alder


def test_what_reopens_a_refusal_is_said(alder: str) -> None:
    reopening = "life safety or officer assaulted or safe exit needed or (alternatives exhausted and own service used)"
    assert f"A refusal ends when {reopening}" in alder
    assert f"agency-resources : {reopening} ; looked at again every 24 h." in alder
    assert "other-agency : whenever another rule with another duty comes to apply." in alder


def test_a_policy_that_lets_nothing_be_declined_says_so() -> None:
    words = words_of(page_of(STARTER))
    assert "Who may say no Nobody. No rule of this policy lets a call be declined, by whomever." in words
    assert "Nobody may decline. No clock closes a call." in words
    assert "What reopens a refusal" not in words


def test_every_limit_stands_in_the_table_of_its_kind() -> None:
    page = page_of(ALDER)
    table = page[page.index('<section id="clocks"') : page.index('<section id="declining"')]
    for clock in loaded(ALDER).clocks:
        for within_s in clock.within_s.values():
            assert f'<td class="num">{duration_text(within_s)}</td>' in table
    assert "the call is answered within" not in table
    assert "Called when it runs out" not in table


def test_a_clock_that_calls_somebody_says_whom_and_one_that_decides_no_outcome_says_so() -> None:
    text = changed(
        ALDER,
        'when = "priority == 2"\ndispatch-within = "15 min"',
        'when = "priority == 2"\ndispatch-within = "15 min"\ntell-caller-within = "10 min"\nescalate-to = "sergeant"',
    )
    words = words_of(page_of(text))
    assert "priority is 2 15 min – 10 min sergeant" in words
    assert (
        'The limits for "the caller is told of a delay" are shown and counted down; missing one changes no outcome'
        in words
    )


def test_every_question_is_asked_in_the_policys_own_words(alder: str) -> None:
    policy = loaded(ALDER)
    for fact in policy.declared:
        assert alder.count(policy.facts[fact].ask) == 2
    assert "Which priority was given? 0 is the most urgent. priority 0 to 9 p0-1 , p2 , p3-5" in alder


def test_examples_show_what_the_policy_gives_and_not_what_they_expect() -> None:
    expects_less = re.sub(r"^expect = .*$", "expect = { duty = 'must-respond' }", STARTER, flags=re.MULTILINE)
    words = words_of(page_of(expects_less))
    assert "Known: life safety: yes . must respond Rule respond. Within 5 min somebody is sent." in words
    assert "Known: nothing. must respond" in words
    assert "Still to be asked: priority class, life safety." in words


def test_a_promise_is_called_proved_only_where_the_check_proved_it() -> None:
    policy = loaded(ALDER)
    first, second, _ = policy.promises
    problems = [
        Problem(severity=Severity.WARNING, code=code, message="", line=one.spot.line, column=one.spot.column, rule=None)
        for code, one in (("undecided", first), ("promise-empty", second))
    ]
    assert proofs(policy, problems) == ["not proved: too large to search", "about no possible call", PROVED]
    words = words_of(render_handbook(policy, dates=DATES, problems=problems, program="test"))
    assert words.count(PROVED) == 2  # the promise, and the word explained
    assert "Promised, and proved" not in words


def test_the_dates_are_said_with_the_offset_they_were_written_with(alder: str) -> None:
    assert "on 15 December 2017, 09:00 (UTC-08:00)" in alder
    assert "from 1 January 2018, 00:00 (UTC-08:00) until superseded" in alder


def test_text_of_a_policy_stays_text() -> None:
    hostile = "<img src=x onerror=alert(1)> \u202eesrever"
    text = changed(ALDER, 'text = "Where anybody', f'text = "{hostile} Where anybody')
    with pytest.raises(Exception, match="cannot be printed"):
        loaded(text)
    page = page_of(text.replace("\u202e", ""))
    assert "<img" not in page
    assert "<script" not in page


def handbook(tmp_path: Path, text: str, *words: str) -> Result:
    (tmp_path / "policy.toml").write_text(text, encoding="utf-8")
    return CliRunner().invoke(
        app, ["policy", "handbook", str(tmp_path / "policy.toml"), "--out", str(tmp_path / "page.html"), *words]
    )


def test_the_command_writes_the_page_and_says_what_was_proved(tmp_path: Path) -> None:
    done = handbook(tmp_path, ALDER)
    assert done.exit_code == 0, done.output
    assert "alder-city/response 2018-01-01: 7 rules, 3 of 3 promises proved" in " ".join(done.stdout.split())
    first = (tmp_path / "page.html").read_bytes()
    found = json.loads(handbook(tmp_path, ALDER, "--json").stdout)
    assert (found["promises"], found["proved"], found["rules"]) == (3, 3, 7)
    assert (tmp_path / "page.html").read_bytes() == first
    assert loaded(ALDER).text_sha256 in first.decode()


def test_a_policy_with_errors_has_no_handbook(tmp_path: Path) -> None:
    broken = changed(ALDER, 'over = ["agency-resources", "agency-resources-revisit", "other-agency"]', "")
    done = handbook(tmp_path, broken)
    assert done.exit_code == 2
    assert "A policy with errors governs nothing" in done.stderr
    assert not (tmp_path / "page.html").exists()


def test_the_policy_itself_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text(ALDER, encoding="utf-8")
    file = str(tmp_path / "policy.toml")
    done = CliRunner().invoke(app, ["policy", "handbook", file, "--out", file])
    assert done.exit_code == 2
    assert "does not end in .html" in done.stderr
