"""A whole log read for the versions of a policy it holds: every entry is hashed, and nothing is taken on trust."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.small_log import LOG_KEY, ORIGIN, OTHER_KEY, POLICY, TRUST, SmallLog, canonical

from answerable.errors import InclusionError, InputError, MalformedError, ProofError, SignatureError, UntrustedError
from answerable.model.log_reading import LogReading
from answerable.proof import TrustPolicy, decode_bundle, encode_bundle, entries_path, seal_of
from answerable.record.reading import read_versions

DAY_US = 86_400_000_000
WITNESSED = ("union", "press")


class Public:
    """The public files of a log, in memory. A fake of `record.following.Published`."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    def read(self, path: str) -> bytes | None:
        return self.files.get(path)


def entry(number: int, *, at_us: int, kind: str = "heartbeat", **more: Any) -> bytes:
    return canonical({"entry": "answerable/entry@1", "id": str(number), "recorded_at_us": at_us, "type": kind, **more})


def policy(number: int, *, at_us: int, text: bytes = POLICY, file: str = "one.toml") -> bytes:
    return entry(number, at_us=at_us, kind="policy", file=file, seal=seal_of([text]).as_json())


def log(*entries: bytes) -> dict[str, bytes]:
    return SmallLog(entries).files(*WITNESSED)


def read(files: dict[str, bytes], trust: TrustPolicy = TRUST) -> LogReading:
    return read_versions(Public(files), trust=trust)


SOME = log(
    entry(0, at_us=DAY_US, kind="open"),
    policy(1, at_us=2 * DAY_US),
    *(entry(n, at_us=3 * DAY_US) for n in range(2, 300)),
    policy(300, at_us=9 * DAY_US, text=b"another", file="two.toml"),
    entry(301, at_us=10 * DAY_US),
)


def test_every_version_is_found_with_its_place_its_time_and_the_hash_of_its_text() -> None:
    reading = read(SOME)
    assert [(one.index, one.entered_us, one.file) for one in reading.versions] == [
        (1, 2 * DAY_US, "one.toml"),
        (300, 9 * DAY_US, "two.toml"),
    ]
    assert reading.versions[0].sha256 == seal_of([POLICY]).sha256
    assert (reading.origin, reading.size) == (ORIGIN, 302)
    assert (reading.opened_us, reading.through_us) == (DAY_US, 10 * DAY_US)
    assert reading.keys == (str(LOG_KEY.verifier),)


def test_witnesses_are_those_whose_cosignatures_the_reader_believes() -> None:
    assert read(SOME).witnesses == WITNESSED
    assert read(SOME, TrustPolicy.of_log(LOG_KEY.verifier)).witnesses == ()


def test_a_log_without_the_quorum_or_under_another_key_is_not_believed() -> None:
    with pytest.raises(UntrustedError):
        read(SmallLog([entry(0, at_us=1)]).files("union"))
    with pytest.raises((UntrustedError, SignatureError)):
        read(SOME, TrustPolicy.of_log(OTHER_KEY.verifier))


def test_an_entry_changed_after_it_was_signed_is_found() -> None:
    files = dict(SOME)
    path = entries_path(0)
    entries = list(decode_bundle(files[path]))
    entries[1] = policy(1, at_us=2 * DAY_US, text=b"a kinder text")
    files[path] = encode_bundle(entries)
    with pytest.raises(InclusionError):
        read(files)


def test_of_entries_under_embargo_the_hashes_are_read_and_what_was_read_ends_before_them() -> None:
    reading = read(without(entries_path(1, 302 - 256)))
    assert (reading.size, reading.unread, reading.root) == (302, 302 - 256, read(SOME).root)
    assert reading.through_us == 3 * DAY_US
    assert [one.index for one in reading.versions] == [1], "the version of entry 300 was entered after what was read"


def test_a_log_of_which_no_entry_or_not_every_hash_is_public_cannot_be_read() -> None:
    with pytest.raises(InputError, match="No entry of this log is public yet"):
        read(without(entries_path(1, 302 - 256), entries_path(0)))
    with pytest.raises(InputError, match="is missing"):
        read(without(entries_path(1, 302 - 256), "tile/0/001.p/46"))


def test_a_hash_that_is_not_the_one_signed_is_found_in_what_was_not_read_too() -> None:
    files = without(entries_path(1, 302 - 256))
    tile = files["tile/0/001.p/46"]
    files["tile/0/001.p/46"] = tile[:-1] + bytes([tile[-1] ^ 1])
    with pytest.raises(InclusionError):
        read(files)


def without(*paths: str) -> dict[str, bytes]:
    assert set(paths) <= set(SOME)
    return {path: data for path, data in SOME.items() if path not in paths}


def desks(number: int, event: str, *, at_us: int, **more: Any) -> bytes:
    return entry(number, at_us=at_us, kind="policy", event=event, **more)


def test_of_a_desk_a_version_is_what_was_filed_or_approved_with_the_hash_of_its_own_text() -> None:
    text = POLICY.decode()
    reading = read(
        log(
            entry(0, at_us=DAY_US, kind="open"),
            desks(1, "policy.filed", at_us=2 * DAY_US, file="one.toml", text=text),
            desks(2, "policy.came_into_force", at_us=2 * DAY_US, policy="one"),
            desks(3, "policy.drafted", at_us=3 * DAY_US, file="two.toml", text="two"),
            desks(4, "policy.drafted", at_us=4 * DAY_US, file="three.toml", text="three"),
            desks(5, "policy.refused", at_us=5 * DAY_US, about="4"),
            desks(6, "policy.approved", at_us=6 * DAY_US, about="3"),
        )
    )
    assert [(one.index, one.entered_us, one.file, one.sha256) for one in reading.versions] == [
        (1, 2 * DAY_US, "one.toml", seal_of([POLICY]).sha256),
        (6, 6 * DAY_US, "two.toml", seal_of([b"two"]).sha256),
    ]


def test_an_approval_of_what_the_log_does_not_hold_is_a_version_whose_text_nobody_knows() -> None:
    (version,) = read(
        log(entry(0, at_us=1, kind="open"), desks(1, "policy.approved", at_us=2, about="elsewhere"))
    ).versions
    assert (version.index, version.file, version.sha256) == (1, "", "")


def test_an_entry_cannot_be_older_than_the_one_before_it() -> None:
    reading = read(log(entry(0, at_us=5 * DAY_US, kind="open"), policy(1, at_us=DAY_US)))
    assert reading.versions[0].entered_us == 5 * DAY_US
    assert reading.through_us == 5 * DAY_US


def test_a_version_without_a_seal_is_one_whose_text_nobody_knows() -> None:
    (version,) = read(log(entry(0, at_us=1, kind="open"), entry(1, at_us=2, kind="policy"))).versions
    assert (version.file, version.sha256) == ("", "")


def test_an_entry_that_is_none_and_a_folder_without_a_log_are_said() -> None:
    with pytest.raises(MalformedError, match="entry 1 cannot be read"):
        read(log(entry(0, at_us=1), b"no json"))
    with pytest.raises(InputError, match="no checkpoint"):
        read({})


def test_a_checkpoint_that_is_no_note_is_refused() -> None:
    with pytest.raises(ProofError):
        read({"checkpoint": b"hello\n"})
