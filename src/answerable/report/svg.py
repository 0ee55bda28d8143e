"""A Vega-Lite specification to inline SVG that follows the page: its colours, its font, its light or dark.

Colours in a specification are CSS variables (`var(--late)`), which Vega passes through unread; the browser fills them
in. Nothing is ever fetched: the data stand in the specification, and the renderer may not open any address.
"""

from __future__ import annotations

import re
from typing import Any, TypeAlias
from xml.etree import ElementTree as ET

import vl_convert
from markupsafe import Markup

Spec: TypeAlias = dict[str, Any]

_VEGA_LITE = "6.4"
_NUMBER = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")
_THEME: Spec = {
    "aria": False,  # the drawing as a whole has a name and a description; its parts are not read one by one
    "background": None,
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--ink-soft)",
        "titleColor": "var(--ink-soft)",
        "titleFontWeight": "normal",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "gridColor": "var(--rule)",
        "domainColor": "var(--rule-strong)",
        "tickColor": "var(--rule-strong)",
    },
}


def draw(spec: Spec, *, key: str, title: str, description: str, variant: str) -> Markup:
    """SVG with role, title and description. `key` makes its ids unique; `variant` (wide, narrow) is its class."""
    themed = {**spec, "config": {**_THEME, **spec.get("config", {})}}
    text = vl_convert.vegalite_to_svg(themed, vl_version=_VEGA_LITE, allowed_base_urls=[])
    root = ET.fromstring(_without_namespaces(text))  # noqa: S314  our own renderer wrote it
    for element in root.iter():
        _tidy(element, key)
    _drop_empty(root)
    _name(root, key=key, title=title, description=description, variant=variant)
    return Markup(ET.tostring(root, encoding="unicode"))  # noqa: S704  serialised by ElementTree, which escapes


def _without_namespaces(text: str) -> str:
    return re.sub(r' xmlns(:xlink)?="[^"]*"', "", text)


def _tidy(element: ET.Element, key: str) -> None:
    for name in [n for n in element.attrib if n.startswith("aria-") or n in ("role", "font-family", "pointer-events")]:
        del element.attrib[name]
    for name, value in element.attrib.items():
        if name == "id":
            value = f"{key}-{value}"  # noqa: PLW2901
        if value.startswith("url(#"):
            value = value.replace("url(#", f"url(#{key}-")  # noqa: PLW2901
        element.attrib[name] = _NUMBER.sub(lambda found: f"{float(found[0]):.2f}", value)


def _drop_empty(root: ET.Element) -> None:
    """Vega leaves an invisible path behind every group."""
    for parent in root.iter():
        for child in list(parent):
            if child.get("class") in ("background", "foreground") and "stroke" not in child.attrib:
                parent.remove(child)


def _name(root: ET.Element, *, key: str, title: str, description: str, variant: str) -> None:
    root.attrib.pop("version", None)
    root.set("class", f"chart {variant}")
    root.set("role", "img")
    root.set("aria-labelledby", f"{key}-t {key}-d")
    for position, (tag, suffix, text) in enumerate((("title", "t", title), ("desc", "d", description))):
        element = ET.Element(tag, {"id": f"{key}-{suffix}"})
        element.text = text
        root.insert(position, element)
