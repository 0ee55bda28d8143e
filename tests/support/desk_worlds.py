"""A desk's world taken apart, so that two can be compared in everything, also in the order of their lists."""

from __future__ import annotations

from typing import Any

from answerable.watch.world import World


def parts_of(world: World) -> dict[str, Any]:
    """Everything of a world; of a policy its text, since policies are compared by identity."""
    return {
        "watch": world.watch,
        "subjects": list(world.subjects.items()),
        "general": list(world.general.items()),
        "alarm_of": world.alarm_of,
        "feeds": list(world.feeds.items()),
        "people": world.people,
        "versions": [
            (one.id, one.text, one.policy.file, one.policy.text_sha256, one.state, one.by, one.at_us, one.approved_by,
             one.approved_us)
            for one in world.versions.values()
        ],
        "meaning": [policy.name for policy in world.meaning.versions.policies],
        "allegations": list(world.allegations.items()),
        "muted": world.muted,
        "unreadable": world.unreadable,
        "open": list(world.open),
        "recent": list(world.recent),
        "requests": list(world.requests),
        "merged": {id_: list(here) for id_, here in world.merged.items() if here},
        "rings": dict(zip(*world.waiting_rings(), strict=True)),
    }  # fmt: skip


def differences(one: World, other: World) -> list[str]:
    """The names of the parts in which two worlds differ."""
    mine, theirs = parts_of(one), parts_of(other)
    return [name for name, value in mine.items() if value != theirs[name]]
