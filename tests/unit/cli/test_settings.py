"""Settings from the file, over it the environment, over both the command line; and what `doctor` says of them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from answerable import wiring
from answerable.config import FILE, KEYS, Settings, read_said, read_settings, read_smtp
from answerable.errors import SettingsError
from answerable.web import serving
from answerable.web.serving import Served


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, and no variable of ours."""
    for name in [name for name in os.environ if name.startswith("ANSWERABLE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(here: Path, text: str) -> None:
    (here / FILE).write_text(text, encoding="utf-8")


def test_without_a_file_and_variables_there_are_the_defaults(here: Path) -> None:
    assert read_settings() == Settings(memory="", threads=0)
    assert read_smtp() is None
    assert {one.by for one in read_said().values()} == {""}


def test_a_variable_stands_above_the_file(here: Path) -> None:
    write(here, 'memory = "1GB"\nthreads = 2\n')
    assert read_settings({}) == Settings(memory="1GB", threads=2)
    assert read_settings({"ANSWERABLE_THREADS": "4"}) == Settings(memory="1GB", threads=4)


def test_each_value_is_said_with_where_it_comes_from(here: Path) -> None:
    write(
        here,
        'memory = "1GB"\n\n[serve]\nzone = "UTC"\n\nalarm-to = [\n  "mailto:a@b.example",\n  "https://x.example"]\n',
    )
    said = read_said({"ANSWERABLE_ZONE": "America/Los_Angeles", "ANSWERABLE_ALARM_TO": ""})
    assert (said["memory"].text, said["memory"].by) == ("1GB", "answerable.toml, line 1")
    assert (said["serve.zone"].text, said["serve.zone"].by) == ("America/Los_Angeles", "ANSWERABLE_ZONE")
    assert said["serve.alarm-to"].values == ("mailto:a@b.example", "https://x.example")
    assert said["serve.alarm-to"].by == "answerable.toml, line 6"


def test_paths_are_read_from_the_files_own_folder(here: Path) -> None:
    (here / "etc").mkdir()
    write(
        here / "etc", '[serve]\npolicy = "policies"\n[smtp]\nhost = "m"\nfrom = "a@b"\npassword-file = "/run/secret"\n'
    )
    environ = {"ANSWERABLE_CONFIG": "etc/answerable.toml"}
    assert read_said(environ)["serve.policy"].text == "etc/policies"
    smtp = read_smtp(environ)
    assert smtp is not None
    assert smtp.password_file == Path("/run/secret")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("threads = 2\n[serve\n", r"answerable.toml: .*line 2"),
        ('\n[serve]\nlissten = "x"\n', r"answerable.toml, line 3: 'serve.lissten' is not a setting"),
        ('colour = "blue"\n', r"answerable.toml, line 1: 'colour' is not a setting"),
        ("[other]\nx = 1\n", r"answerable.toml, line 2: 'other.x' is not a setting|line 1: 'other' is not a setting"),
        ("serve = 3\n", r"line 1: \[serve\] is a table"),
        ("threads = 2\n" + "a." * 60 + "b = 1\n", "more than 50 parts, divided by dots .line 2"),
        ("threads = " + "[" * 5_000, "values inside values, too deep to read"),
        ("threads = " + "9" * 5_000, "Exceeds the limit"),
        ("memory = [1]\n", r"line 1: `memory` is \[1\]"),
        ("[serve]\nzone = true\n", r"line 2: `serve.zone` is True"),
        ('[serve]\nurl = "a\\u0007b"\n', r"line 2: `serve.url`"),
        ('threads = "many"\n', r"line 1: `threads` is 'many'; write a whole number"),
        ("threads = 999\n", r"line 1: `threads` is 999; at most 256"),
        ('memory = "a lot"\n', r"line 1: `memory` is 'a lot'; write a size"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(here: Path, text: str, words: str) -> None:
    write(here, text)
    with pytest.raises(SettingsError, match=words):
        read_settings({})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('host = "m"\n', "`smtp.from` is no address"),
        ('host = "m"\nfrom = "a@b"\nport = 99999\n', "line 4: `smtp.port` is '99999'"),
        ('host = "m"\nfrom = "a@b"\nsecurity = "some"\n', "line 4: `smtp.security` is 'some'; write one of"),
    ],
)
def test_a_mail_server_that_cannot_be_used_is_said_with_its_line(here: Path, text: str, words: str) -> None:
    write(here, f"[smtp]\n{text}")
    with pytest.raises(SettingsError, match=words):
        read_smtp({})


def test_a_variable_that_cannot_be_read_is_named(here: Path) -> None:
    with pytest.raises(SettingsError, match="ANSWERABLE_THREADS is 'many'"):
        read_settings({"ANSWERABLE_THREADS": "many"})


def test_a_file_that_is_named_must_be_there(here: Path) -> None:
    with pytest.raises(SettingsError, match=r"gone\.toml"):
        read_said({"ANSWERABLE_CONFIG": "gone.toml"})


def served(run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, *words: str) -> Served:
    seen = list[Any]()
    monkeypatch.setattr(serving, "serve_desk", lambda asked, **_: seen.append(asked))
    done = run("serve", "desk", *words)
    assert done.exit_code == 0, done.output
    return seen[0]  # type: ignore[no-any-return]


def test_a_desk_is_served_as_the_file_says_the_variable_above_it_and_the_command_line_above_both(
    here: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "policies").mkdir()
    write(
        here,
        '[serve]\nlisten = "127.0.0.1:9001"\nurl = "https://file.example"\nzone = "America/Denver"\n'
        'policy = "policies"\nalarm-to = ["https://a.example", "https://b.example"]\n',
    )
    from_file = served(run, monkeypatch)
    assert (from_file.port, from_file.url, from_file.zone) == (9001, "https://file.example", "America/Denver")
    assert from_file.policies == Path("policies")
    assert from_file.alarm_to == ("https://a.example", "https://b.example")
    monkeypatch.setenv("ANSWERABLE_URL", "https://variable.example")
    monkeypatch.setenv("ANSWERABLE_ALARM_TO", "https://c.example mailto:d@e.example")
    above = served(run, monkeypatch, "--listen", "127.0.0.1:9002")
    assert (above.port, above.url, above.zone) == (9002, "https://variable.example", "America/Denver")
    assert above.alarm_to == ("https://c.example", "mailto:d@e.example")
    assert served(run, monkeypatch, "--url", "https://line.example").url == "https://line.example"


def test_a_rehearsal_leaves_the_real_desks_policy_aside(
    here: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "policies").mkdir()
    write(here, '[serve]\npolicy = "policies"\nzone = "UTC"\n')
    asked = served(run, monkeypatch, "--demo")
    assert (asked.policies, asked.speed) == (None, 60.0)
    refused = run("serve", "desk", "--demo", "--policy", "policies")
    assert refused.exit_code == 2


def test_a_value_of_the_file_that_an_option_refuses_is_said_with_its_line(
    here: Path, run: Callable[..., Result]
) -> None:
    write(here, '[serve]\n\npolicy = "nowhere"\n')
    done = run("serve", "desk")
    assert done.exit_code == 2
    assert "answerable.toml, line 3" in done.stderr
    assert "nowhere" in done.stderr


def test_the_other_commands_do_not_read_the_desks_settings(here: Path, run: Callable[..., Result]) -> None:
    write(here, '[serve]\nlisten = "nonsense"\n')
    assert run("sources", "list").exit_code == 0
    assert run("--help").exit_code == 0


def test_doctor_says_what_came_from_where(
    here: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(here, 'memory = "1GB"\n')
    monkeypatch.setenv("ANSWERABLE_ZONE", "UTC")
    done = run("doctor")
    assert done.exit_code == 0, done.output
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["memory", "1GB", "answerable.toml,", "line", "1"] in lines
    assert ["serve.zone", "UTC", "ANSWERABLE_ZONE"] in lines
    assert ["smtp.port", "587", "default"] in lines
    assert "Nothing is wrong here." in done.stdout
    found = json.loads(run("doctor", "--json").stdout)
    assert [one["name"] for one in found["settings"]] == [key.name for key in KEYS]


def test_doctor_names_what_will_not_work_and_ends_with_1(here: Path, run: Callable[..., Result]) -> None:
    write(here, 'threads = "many"\n[serve]\nalarm-to = ["mailto:a@b.example"]\n')
    done = run("doctor")
    assert done.exit_code == 1
    assert "`threads` is 'many'" in done.stdout
    assert "no server takes mail" in done.stdout


def test_doctor_looks_at_a_record_beside_its_writer(here: Path, run: Callable[..., Result]) -> None:
    wiring.make_record(here / "desk", origin="alder.example/d/1", database=None, high_water=None, after=None)
    alone = json.loads(run("doctor", "desk", "--json").stdout)["record"]
    assert (alone["origin"], alone["entries"], alone["written_now"]) == ("alder.example/d/1", 1, False)
    with wiring.open_record(here / "desk"):
        beside = run("doctor", "desk")
    assert beside.exit_code == 0, beside.output
    assert "yes, by another program" in beside.stdout


def test_doctor_warns_of_a_key_that_others_can_read(here: Path, run: Callable[..., Result]) -> None:
    wiring.make_record(here / "desk", origin="alder.example/d/1", database=None, high_water=None, after=None)
    for key in (here / "desk" / "keys").iterdir():
        key.chmod(0o644)
    done = run("doctor", "desk")
    assert done.exit_code == 1
    assert "Settings" in done.stdout
    assert "may be read by other people" in done.stdout
