"""How every page of ours is filled in: all text escaped, nothing undefined, nothing invisible."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from answerable.report import spelling


def template_environment(package: str) -> Environment:
    """The templates of `package` (its folder `templates`).

    Every text is escaped, and control and direction-changing characters in it become visible.
    """
    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_said_safely,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _said_safely(value: object) -> object:
    return spelling.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
