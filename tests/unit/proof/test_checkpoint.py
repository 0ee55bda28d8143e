"""Checkpoints: the example of C2SP tlog-checkpoint, and one spelling for each value."""

from __future__ import annotations

import base64

import pytest

from answerable.errors import MalformedError, SignatureError, UntrustedError
from answerable.proof import Checkpoint, KeyKind, Note, SigningKey, open_checkpoint

EXAMPLE = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
LOG = SigningKey("example.com/behind-the-sofa", bytes(range(32)))
OTHER_LOG = SigningKey("example.com/other", bytes(range(2, 34)))
WITNESS = SigningKey("witness.example/w", bytes(range(1, 33)), KeyKind.WITNESS)


def signed(text: str, *keys: SigningKey) -> bytes:
    signatures = tuple(key.sign(text, time_s=7 if key.kind is KeyKind.WITNESS else None) for key in keys)
    return Note(text, signatures).encode()


def test_the_example_of_the_specification_is_read() -> None:
    checkpoint = Checkpoint.parse(EXAMPLE)
    assert checkpoint.origin == "example.com/behind-the-sofa"
    assert checkpoint.size == 20_852_163
    assert base64.b64encode(checkpoint.root) == b"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
    assert checkpoint.text() == EXAMPLE


def test_gos_tree_head_is_read() -> None:
    text = "go.sum database tree\n123456789012\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n"
    assert Checkpoint.parse(text).size == 123_456_789_012


def test_extension_lines_are_kept() -> None:
    checkpoint = Checkpoint.parse(EXAMPLE + "one\ntwo two\n")
    assert checkpoint.extensions == ("one", "two two")
    assert checkpoint.text() == EXAMPLE + "one\ntwo two\n"


@pytest.mark.parametrize(
    "size",
    ["+7", "007", "1_0", " 7", "7 ", "", "-7", "-0", "7.0", "7e0", "0x7", "٧", "9223372036854775808", "1" * 40, "7\r"],
)
def test_a_size_has_one_spelling(size: str) -> None:
    with pytest.raises(MalformedError, match="size"):
        Checkpoint.parse(EXAMPLE.replace("20852163", size))


@pytest.mark.parametrize("size", [0, 1, 2**63 - 1])
def test_sizes_up_to_the_largest_are_read(size: int) -> None:
    assert Checkpoint.parse(EXAMPLE.replace("20852163", str(size))).size == size


@pytest.mark.parametrize(
    "text",
    [
        "",
        EXAMPLE[:-1],
        EXAMPLE + "\n",
        EXAMPLE + "one\n\ntwo\n",
        "\n" + EXAMPLE.partition("\n")[2],
        EXAMPLE.rpartition("CsU")[0],
        EXAMPLE.replace("q2I=", "q2J="),
        EXAMPLE.replace("q2I=", "q2I"),
        EXAMPLE.replace("CsUY", ""),
        EXAMPLE.replace("/X", "_X"),
    ],
)
def test_every_other_form_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        Checkpoint.parse(text)


@pytest.mark.parametrize(
    "fields",
    [
        {"origin": ""},
        {"origin": "a\nb"},
        {"size": -1},
        {"size": 2**63},
        {"root": bytes(31)},
        {"extensions": ("",)},
        {"extensions": ("a\nb",)},
    ],
)
def test_a_checkpoint_that_could_not_be_read_back_cannot_be_made(fields: dict[str, object]) -> None:
    with pytest.raises(MalformedError):
        Checkpoint(**{"origin": "a", "size": 1, "root": bytes(32), **fields})  # type: ignore[arg-type]


def test_it_opens_with_the_key_of_its_log_and_lists_its_witnesses() -> None:
    opened = open_checkpoint(signed(EXAMPLE, LOG, WITNESS), [LOG.verifier, WITNESS.verifier])
    assert opened.log == LOG.verifier
    assert [(each.key.name, each.time_s) for each in opened.witnesses] == [("witness.example/w", 7)]


@pytest.mark.parametrize("keys", [(WITNESS,), (OTHER_LOG,), (OTHER_LOG, WITNESS)])
def test_without_its_own_logs_signature_it_proves_nothing(keys: tuple[SigningKey, ...]) -> None:
    with pytest.raises(UntrustedError, match="no key that you trust for the log"):
        open_checkpoint(signed(EXAMPLE, *keys), [LOG.verifier, OTHER_LOG.verifier, WITNESS.verifier])


def test_a_witness_does_not_speak_for_the_log_even_under_its_name() -> None:
    as_witness = SigningKey(LOG.name, LOG.seed, KeyKind.WITNESS)
    with pytest.raises(UntrustedError, match="no key that you trust for the log"):
        open_checkpoint(signed(EXAMPLE, as_witness), [as_witness.verifier])


def test_a_changed_size_is_refused() -> None:
    data = signed(EXAMPLE, LOG).replace(b"20852163", b"20852164")
    with pytest.raises(SignatureError):
        open_checkpoint(data, [LOG.verifier])
