"""The profiles at hand: those that come with the program, and the user's own by path."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

from answerable.errors import SourceError
from answerable.sources.profiling.profile import Profile
from answerable.sources.profiling.profile_text import read_profile
from answerable.sources.profiling.spelling import nearest


@cache
def profiles() -> tuple[Profile, ...]:
    """Every built-in profile, by id."""
    folder = resources.files("answerable.sources") / "profiles"
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda e: e.name)
    found = (read_profile(entry.read_bytes(), file=f"profiles/{entry.name}") for entry in files)
    return tuple(sorted(found, key=lambda profile: profile.id))


def find_profile(name_or_path: str | Path) -> Profile:
    """The profile of that id, or of that TOML file. Raises SourceError naming the ids there are."""
    by_id = {profile.id: profile for profile in profiles()}
    text = str(name_or_path)
    if text in by_id:
        return by_id[text]
    path = Path(name_or_path)
    if path.suffix == ".toml" or path.is_file():
        try:
            return read_profile(path.read_bytes(), file=str(path))
        except OSError as error:
            raise SourceError(f"the profile cannot be read: {error.strerror}", file=str(path)) from None
    raise SourceError(
        f"there is no source profile {text!r}; {nearest(text, by_id)}",
        hint="Give the id of a built-in profile, or the path of a profile file ending in .toml.",
    )
