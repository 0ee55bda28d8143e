"""The source profile of a made-up city: what its generated files mean."""

from __future__ import annotations

from importlib import resources
from string import Template

from answerable.generated.cities import City
from answerable.generated.selecting import sentinel


def profile_toml(city: City) -> str:
    """The profile as TOML text (docs/formats/source-profile.md)."""
    text = (resources.files("answerable.generated") / "profile.toml").read_text(encoding="utf-8")
    return Template(text).substitute(
        id=city.id, title=city.title, agency=city.agency, discipline=city.discipline, timezone=city.timezone,
        time_format=city.time_format, sentinel=sentinel(city),
        groups=", ".join(f'{one.code} = "{one.group}"' for one in city.types),
    )  # fmt: skip
