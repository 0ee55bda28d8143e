"""What is installed is locked: every list names each package with one version and its digests."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LISTS = sorted((ROOT / "requirements").glob("*.txt"))
PINNED = re.compile(r"[a-z0-9._-]+(?:\[[a-z0-9,._-]+\])?==[^\s;]+(?: ; .+)? \\", re.IGNORECASE)
DIGEST = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")


def unlocked(text: str) -> list[str]:
    """The packages of a list that lack a version or a digest."""
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    following = [*lines[1:], ""]
    return [
        line
        for line, after in zip(lines, following, strict=True)
        if DIGEST.fullmatch(line) is None and (PINNED.fullmatch(line) is None or DIGEST.fullmatch(after) is None)
    ]


@pytest.mark.parametrize("file", LISTS, ids=lambda file: file.name)
def test_every_package_of_a_list_has_one_version_and_its_digests(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert "==" in text
    assert unlocked(text) == []


def test_a_list_that_leaves_one_open_is_found_out() -> None:
    """The control."""
    digest = f"    --hash=sha256:{'0' * 64}\n"
    assert unlocked(f"a==1 \\\n{digest}") == []
    for loose in ("b>=1 \\\n" + digest, "b==1\n", "b\n"):
        assert unlocked(f"a==1 \\\n{digest}{loose}"), loose


def test_each_list_is_compiled_from_what_is_asked_for() -> None:
    dev = (ROOT / "dev").read_text(encoding="utf-8")
    (names,) = re.findall(r"for name in (\(.+?\)):\n        code", dev)
    assert sorted(re.findall(r'"(\w+)"', names)) == [file.stem for file in LISTS]
    assert sorted(file.stem for file in (ROOT / "requirements").glob("*.in")) == [file.stem for file in LISTS]
