"""The wheel, built and installed apart from the checkout, plays the whole demo from an empty folder."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path
from typing import Any

import pytest

from answerable.model.finding import Finding

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCES = REPOSITORY / "src"

pytestmark = pytest.mark.skipif(importlib.util.find_spec("hatchling") is None, reason="hatchling is not installed")


def ran(*command: object, at: Path, **env: str) -> str:
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=at, env={**os.environ, **env}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    ran(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, at=REPOSITORY)
    (built,) = folder.glob("answerable-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel alone, installed without its dependencies into a folder."""
    target = tmp_path_factory.mktemp("installed")
    if importlib.util.find_spec("pip") is not None:
        pip = (sys.executable, "-m", "pip", "install", "--no-index", "--quiet", "--disable-pip-version-check")
        ran(*pip, "--no-deps", "--target", target, wheel, at=target)
    elif uv := shutil.which("uv"):
        to = ("--no-deps", "--offline", "--python", sys.executable, "--target", target)
        ran(uv, "pip", "install", "--quiet", *to, wheel, at=target)
    else:
        pytest.skip("neither pip nor uv is here to install a wheel with")
    return target


def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        assert archive.testzip() is None
        return set(archive.namelist())


def test_every_file_of_the_package_is_in_the_wheel(wheel: Path) -> None:
    wanted = {
        str(path.relative_to(SOURCES))
        for path in (SOURCES / "answerable").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    found = {name for name in contents(wheel) if ".dist-info/" not in name}
    assert found == wanted


@pytest.mark.parametrize(
    ("folder", "ending", "at_least"),
    [
        ("answerable/sources/profiles/", ".toml", 3),
        ("answerable/engines/sql/", ".sql", 5),
        ("answerable/report/templates/", "", 1),
        ("answerable/report/static/", "", 1),
        ("answerable/demo/story/claims/", ".toml", 10),
        ("answerable/demo/story/evidence/", ".txt", 7),
        ("answerable/demo/story/policies/", ".toml", 2),
        ("answerable/proof/verifier/", ".html", 1),
        ("answerable/py.typed", "", 1),
    ],
)
def test_what_is_no_python_is_in_the_wheel(folder: str, ending: str, at_least: int, wheel: Path) -> None:
    assert sum(name.startswith(folder) and name.endswith(ending) for name in contents(wheel)) >= at_least


def test_nothing_else_is_in_the_wheel(wheel: Path) -> None:
    assert {name.split("/")[0].split("-")[0] for name in contents(wheel)} == {"answerable"}


def test_the_wheel_says_what_it_is_and_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (one for one in archive.namelist() if one.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(archive.read(name).decode())
        names = archive.namelist()
    assert (metadata["Name"], metadata["License-Expression"]) == ("answerable", "Apache-2.0")
    needs = {re.split("[<>=; ]", line)[0] for line in metadata.get_all("Requires-Dist", [])}
    assert {"click", "duckdb", "jinja2", "msgspec", "rich", "vl-convert-python"} <= needs
    assert any(one.endswith("licenses/LICENSE") for one in names)
    assert any(one.endswith("entry_points.txt") for one in names)


def test_the_same_sources_build_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    ran(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, at=REPOSITORY)
    assert (tmp_path / wheel.name).read_bytes() == wheel.read_bytes()


@pytest.fixture(scope="module")
def demo(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    empty = tmp_path_factory.mktemp("empty")
    said = ran(sys.executable, "-m", "answerable", "demo", "--json", at=empty, PYTHONPATH=str(installed))
    return json.loads(said), empty


def test_the_program_that_runs_is_the_one_of_the_wheel(installed: Path, tmp_path: Path) -> None:
    where = "import answerable, answerable.wiring as w; print(answerable.__file__); print(w.__file__)"
    told = ran(sys.executable, "-c", where, at=tmp_path, PYTHONPATH=str(installed)).split()
    assert all(Path(path).is_relative_to(installed) for path in told), told


def test_the_demo_of_the_wheel_tells_the_story(demo: tuple[dict[str, Any], Path]) -> None:
    said, empty = demo
    assert {claim["finding"] for claim in said["claims"]} == {*Finding, "partly"}
    assert len(said["ignored"]) == 4
    assert {path.name for path in empty.iterdir()} == {"answerable-demo"}
    report = empty / "answerable-demo" / "report"
    assert "<svg" in (report / "report.html").read_text(encoding="utf-8")
    assert (report / "manifest.json").exists()


def test_the_wheel_knows_its_sources_and_its_version(installed: Path, tmp_path: Path) -> None:
    listed = ran(
        sys.executable, "-m", "answerable", "sources", "list", "--json", at=tmp_path, PYTHONPATH=str(installed)
    )
    assert {"san-diego-ca", "san-francisco-ca-fire", "alder-city"} <= {
        profile.get("name", profile.get("id")) for profile in json.loads(listed)["profiles"]
    }
    version = ran(sys.executable, "-m", "answerable", "--version", at=tmp_path, PYTHONPATH=str(installed))
    assert version.startswith("answerable ")
