"""The policies that come with the program, and how to plant a fault in one."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

POLICIES = Path(__file__).resolve().parents[2] / "policies"
STORY = Path(str(files("answerable.demo"))) / "story" / "policies"
PACKS = {
    **{"-".join(file.relative_to(POLICIES).with_suffix("").parts): file for file in sorted(POLICIES.rglob("*.toml"))},
    **{file.stem: file for file in sorted(STORY.glob("*.toml"))},
}
"""Every policy that comes with the program, by a short name: those to start from, and the demo's own."""

ALDER = (files("answerable.demo") / "story" / "policies" / "alder-city-2018-01-01.toml").read_text(encoding="utf-8")
STARTER = (POLICIES / "starter" / "1.toml").read_text(encoding="utf-8")


def changed(text: str, old: str, new: str) -> str:
    """The text with the first `old` replaced; it must be there."""
    assert old in text, f"the policy no longer has {old!r}"
    return text.replace(old, new, 1)


def moved(text: str, block: str, *, before: str) -> str:
    """The text with the table that begins with `block` (up to the next blank line) moved in front of `before`."""
    start = text.index(block)
    end = text.index("\n\n", start) + 2
    cut, rest = text[start:end], text[:start] + text[end:]
    at = rest.index(before)
    return rest[:at] + cut + rest[at:]
