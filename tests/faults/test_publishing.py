"""Publishing stopped at any moment: whoever reads finds a whole log, and nothing public ever changes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support.fault_runs import runs

from answerable import wiring
from answerable.errors import AnswerableError, ForkedLogError, InputError
from answerable.proof.verifier import Verdict
from answerable.stores import durable_files

NO_TRUST = wiring.read_trust(None, ())


class Stopped(BaseException):
    """The machine went off."""


def desk(tmp_path: Path, name: str = "desk") -> Path:
    folder = tmp_path / name
    wiring.make_record(folder, origin="alder.example/desk/2018h1", database=None, high_water=None, after=None)
    return folder


def grow(folder: Path, first: int, count: int) -> None:
    lines = [json.dumps({"id": f"call-{number}", "type": "call"}) for number in range(first, first + count)]
    wiring.append_lines(folder, ["\n".join(lines).encode()], name="calls", receipts=None)


def publish(folder: Path, out: Path) -> wiring.Published:
    return wiring.publish_record(folder, out=out, embargo_s=-1, trust=NO_TRUST)


def whole(out: Path, key: str) -> bool:
    """Whether the public folder proves itself: every tile there, every entry, and all lead to the signed root."""
    judged = wiring.verify_paths([out], trust=wiring.read_trust(None, [key]))
    return judged.verdict is Verdict.PROVED


def public_files(out: Path) -> dict[str, bytes]:
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("where", ["fsync", "link", "replace"])
def test_stopped_at_any_step_the_published_log_is_whole_and_can_be_published_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, record_property: Callable[[str, object], None]
) -> None:
    folder = desk(tmp_path)
    grow(folder, 0, 300)
    public = tmp_path / "public"
    publish(folder, public)
    key = str(public / "log.vkey")
    stops = 0
    for step in range(runs(6, full=40)):
        grow(folder, 1_000 * (step + 1), 270)
        with monkeypatch.context() as patch:
            stopping(patch, where, step)
            try:
                publish(folder, public)
            except Stopped:
                stops += 1
        assert whole(public, key)
        before = public_files(public)
        publish(folder, public)
        assert whole(public, key)
        changed = {name for name, content in public_files(public).items() if before.get(name, content) != content}
        assert changed <= {"checkpoint"}
    assert stops > 0
    record_property("counted", f"{stops} stops at {where}, the published log was whole each time")


def stopping(patch: pytest.MonkeyPatch, where: str, step: int) -> None:
    """The machine goes off at one call of a function of the disk."""
    owner: Any = Path if where == "replace" else os
    real = getattr(owner, where)
    left = [step]

    def stopped(*arguments: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise Stopped
        return real(*arguments, **named)

    patch.setattr(owner, where, stopped)


def test_published_again_elsewhere_every_file_is_equal_byte_for_byte(tmp_path: Path) -> None:
    folder = desk(tmp_path)
    grow(folder, 0, 700)
    for name in ("one", "two"):
        publish(folder, tmp_path / name)
    assert public_files(tmp_path / "one") == public_files(tmp_path / "two")


def test_what_grew_in_steps_has_all_the_files_of_what_was_published_at_once(tmp_path: Path) -> None:
    folder = desk(tmp_path)
    for step in range(3):
        grow(folder, step * 300, 300)
        publish(folder, tmp_path / "steps")
    publish(folder, tmp_path / "once")
    steps, once = public_files(tmp_path / "steps"), public_files(tmp_path / "once")
    assert {name: steps.get(name) for name in once} == once


def test_the_checkpoint_is_written_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = desk(tmp_path)
    grow(folder, 0, 300)
    written = list[str]()
    real = durable_files._written_beside

    def watched(path: Path, content: bytes, *, mode: int) -> Path:
        written.append(path.name)
        return real(path, content, mode=mode)

    monkeypatch.setattr(durable_files, "_written_beside", watched)
    publish(folder, tmp_path / "public")
    assert written[-1] == "checkpoint"
    assert len(written) > 5


def test_a_tile_that_is_public_is_never_given_other_bytes(tmp_path: Path) -> None:
    folder = desk(tmp_path)
    grow(folder, 0, 300)
    public = tmp_path / "public"
    publish(folder, public)
    (public / "tile" / "entries" / "000").write_bytes(b"forged")
    grow(folder, 1_000, 1)
    before = (public / "checkpoint").read_bytes()
    with pytest.raises(ForkedLogError, match="other content"):
        publish(folder, public)
    assert (public / "checkpoint").read_bytes() == before
    assert (public / "tile" / "entries" / "000").read_bytes() == b"forged"


def test_a_record_that_is_not_the_continuation_is_not_published_over_it(tmp_path: Path) -> None:
    public = tmp_path / "public"
    folder = desk(tmp_path)
    grow(folder, 0, 10)
    publish(folder, public)
    other = desk(tmp_path, "other")
    grow(other, 50, 30)
    with pytest.raises(ForkedLogError, match="not where this record begins"):
        publish(other, public)


def test_another_log_is_not_published_into_the_same_folder(tmp_path: Path) -> None:
    publish(desk(tmp_path), tmp_path / "public")
    other = tmp_path / "other"
    wiring.make_record(other, origin="alder.example/desk/2018h2", database=None, high_water=None, after=None)
    with pytest.raises(InputError, match="another log"):
        publish(other, tmp_path / "public")


def test_a_folder_with_a_checkpoint_that_cannot_be_read_is_left_alone(tmp_path: Path) -> None:
    public = tmp_path / "public"
    public.mkdir()
    (public / "checkpoint").write_bytes(b"somebody's notes")
    with pytest.raises(AnswerableError):
        publish(desk(tmp_path), public)
    assert public_files(public) == {"checkpoint": b"somebody's notes"}
