"""`publication.json`: what is in the folder of a published finding, each file by its seal, and what was kept back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Self

import msgspec

from answerable.errors import MalformedError
from answerable.model.canonical import canonical_bytes
from answerable.proof.sealing import Seal
from answerable.proof.spelling import Json
from answerable.proof.verifier import is_plain_path, members

PUBLICATION: Final = "publication.json"
PUBLICATION_RECEIPT: Final = "publication.tlog-proof"
SCHEMA: Final = "answerable/publication@1"
DRAFT: Final = "draft"
"""The status of pages that were made before anybody signed."""


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """A publication: `status` is the finding's standing, or DRAFT; `withheld` says of each file kept back why."""

    finding: str
    status: str
    program: str
    files: dict[str, Seal]
    withheld: dict[str, str]

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read `publication.json`. Raises MalformedError."""
        given = members(data, {"schema", "finding", "status", "program", "files", "withheld"}, schema=SCHEMA)
        texts = [given[name] for name in ("finding", "status", "program")]
        if not all(isinstance(text, str) for text in texts):
            raise MalformedError("`finding`, `status` and `program` are texts")
        finding, status, program = map(str, texts)
        return cls(
            finding=finding,
            status=status,
            program=program,
            files={name: Seal.from_json(seal) for name, seal in _named(given["files"], "seal")},
            withheld={name: str(why) for name, why in _named(given["withheld"], "why")},
        )

    def encode(self) -> bytes:
        """The bytes that `parse` reads: canonical JSON."""
        files: list[Json] = [{"name": name, "seal": seal.as_json()} for name, seal in sorted(self.files.items())]
        withheld: list[Json] = [{"name": name, "why": why} for name, why in sorted(self.withheld.items())]
        said: dict[str, Json] = {"finding": self.finding, "status": self.status, "program": self.program}
        return canonical_bytes({"schema": SCHEMA, **said, "files": files, "withheld": withheld})


def _named(value: Json, second: str) -> Iterator[tuple[str, Json]]:
    if not isinstance(value, list):
        raise MalformedError("`files` and `withheld` are lists")
    for one in value:
        if not isinstance(one, dict) or set(one) != {"name", second}:
            raise MalformedError(f"each has name and {second}, and nothing else")
        name = one["name"]
        if not isinstance(name, str) or not is_plain_path(name):
            raise MalformedError("the name of a file is a relative path that leads downwards")
        yield name, one[second]
