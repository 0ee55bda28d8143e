"""The description of the interface (OpenAPI 3.1), made from the route table and the types that it takes and gives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from answerable import __version__
from answerable.web.access import Access, Kind
from answerable.web.bodies import JSON
from answerable.web.problems import MEDIA, Problem
from answerable.web.routes import Limit, Route

REF = "#/components/schemas/{name}"
_PLACE = re.compile(r"\{(\w+)(?::\w+)?\}")
_PROBLEM = {"schema": {"$ref": REF.format(name="Problem")}}


def description(routes: Iterable[Route], *, url: str) -> dict[str, Any]:
    """The whole document, of the routes that belong to the interface."""
    chosen = [route for route in routes if route.interface]
    types = {kind: None for route in chosen for kind in (route.takes, route.gives) if kind is not None}
    schemas, components = msgspec.json.schema_components([*types, Problem], ref_template=REF)
    named = dict(zip([*types, Problem], schemas, strict=True))
    for kind in types:
        _tag_may_be_left_out(kind, components)
    paths: dict[str, dict[str, Any]] = {}
    for route in chosen:
        paths.setdefault(_PLACE.sub(r"{\1}", route.path), {})[route.method.lower()] = _operation(route, named)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Answerable: the desk",
            "version": __version__,
            "description": "Calls for help, what was decided about them, and the proof. This is not 911.",
        },
        "servers": [{"url": url}],
        "paths": paths,
        "components": {
            "schemas": _portable(components),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "A device's token, with its scopes."},
                "session": {"type": "apiKey", "in": "cookie", "name": "__Host-answerable"},
            },
        },
    }


def _tag_may_be_left_out(kind: object, components: dict[str, Any]) -> None:
    """Where only one command can be sent, the field that says which need not be."""
    config = getattr(kind, "__struct_config__", None)
    if config is not None and config.tag_field is not None:
        schema = components[getattr(kind, "__name__", "")]
        schema["required"] = [one for one in schema["required"] if one != config.tag_field]


def _operation(route: Route, named: Mapping[type, Any]) -> dict[str, Any]:
    plain = {"type": "object" if route.media == JSON else "string"}
    content = {route.media: {"schema": _portable(named[route.gives]) if route.gives else plain}}
    told = {str(route.status): {"description": route.summary, "content": content}}
    for status, sentence in statuses(route).items():
        if status != route.status:
            alike = status < 300
            told[str(status)] = {"description": sentence, "content": content if alike else {MEDIA: _PROBLEM}}
    made: dict[str, Any] = {
        "summary": route.summary,
        "description": f"For: {route.access.sentence}.",
        "operationId": operation_id(route),
        "responses": told,
        "security": _security(route.access),
    }
    if parameters := _parameters(route):
        made["parameters"] = parameters
    if route.takes is not None:
        body = {JSON: {"schema": _portable(named[route.takes])}}
        made["requestBody"] = {"required": True, "content": body}
    return made


def statuses(route: Route) -> dict[int, str]:
    """Every status that a route can answer with beside its own, each with its sentence."""
    said = dict(route.answers)
    if route.access.kind is not Kind.PUBLIC:
        said |= {401: "Not logged in, or the token does not hold.", 403: "Not for this role or token."}
    else:
        said |= {401: "A token was sent, and does not hold."}
    if route.unsafe:
        said |= {403: "Not for this role or token, or sent from another site's page."}
    if route.limit is not Limit.NONE:
        said |= {429: "Too many tries from this address: wait for Retry-After."}
    return dict(sorted(said.items()))


def operation_id(route: Route) -> str:
    """A name for programs that are made from the description."""
    words = re.findall(r"[a-z0-9]+", _PLACE.sub(r"\1", route.path).lower())
    return "_".join([route.method.lower(), *words])


def _parameters(route: Route) -> list[dict[str, Any]]:
    places = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PLACE.findall(route.path)
    ]
    asked = [
        {"name": name, "in": "query", "required": False, "description": says, "schema": {"type": "string"}}
        for name, says in route.query.items()
    ]
    return places + asked


def _security(access: Access) -> list[dict[str, list[str]]]:
    if access.kind is Kind.PUBLIC:
        return []
    ways: list[dict[str, list[str]]] = []
    if access.scope is not None:
        ways.append({"token": []})
    if access.kind is not Kind.SCOPE:
        ways.append({"session": []})
    return ways


def _portable(schema: Any) -> Any:
    r"""Patterns in the spelling of JSON Schema: there `^` and `$` mean what `\A` and `\Z` mean in Python."""
    if isinstance(schema, dict):
        return {
            name: one.replace(r"\A", "^").replace(r"\Z", "$")
            if name == "pattern" and isinstance(one, str)
            else _portable(one)
            for name, one in schema.items()
        }
    return [_portable(one) for one in schema] if isinstance(schema, list) else schema
