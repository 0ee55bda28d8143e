"""Signed notes: the published examples, and every form that must be refused."""

from __future__ import annotations

import pytest

from answerable.errors import MalformedError, SignatureError, UntrustedError
from answerable.proof import KeyKind, Note, SigningKey, VerifierKey, open_note, parse_signatures, signature_lines

# The example of C2SP signed-note.
C2SP_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
C2SP_NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
""".encode()
# The example of golang.org/x/mod/sumdb/note, with its private key.
GO_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"  # noqa: S105
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

LOG = SigningKey("log.example/a", bytes(range(32)))
WITNESS = SigningKey("witness.example/w", bytes(range(1, 33)), KeyKind.WITNESS)
TEXT = "first\n\nthird after an empty line\n"


def note(*signatures: str, text: str = TEXT) -> bytes:
    return f"{text}\n{''.join(signatures)}".encode()


def line(key: SigningKey = LOG, text: str = TEXT, time_s: int | None = None) -> str:
    return key.sign(text, time_s=time_s).line() + "\n"


def test_the_example_of_the_specification_opens() -> None:
    assert open_note(C2SP_NOTE, [VerifierKey.parse(C2SP_KEY)]).text == "This is an example message.\n"


def test_the_example_of_go_is_signed_to_the_same_bytes() -> None:
    key = SigningKey.parse(GO_SECRET)
    assert str(key.verifier) == GO_KEY
    assert key.secret_text() == GO_SECRET
    assert key.sign(GO_TEXT).line() + "\n" == GO_LINE


def test_the_text_ends_at_the_last_blank_line() -> None:
    opened = open_note(note(line()), [LOG.verifier])
    assert opened.text == TEXT
    assert [each.key for each in opened.verified] == [LOG.verifier]


def test_a_witness_signs_a_time_that_is_given_back() -> None:
    opened = open_note(note(line(), line(WITNESS, time_s=1_679_315_147)), [LOG.verifier, WITNESS.verifier])
    assert {each.key.name: each.time_s for each in opened.verified} == {LOG.name: None, WITNESS.name: 1_679_315_147}


def test_signatures_by_unknown_keys_are_passed_over() -> None:
    stranger = SigningKey("log.example/a", bytes(32))  # same name, other key
    assert len(open_note(note(line(stranger), line()), [LOG.verifier]).verified) == 1


def test_a_known_key_that_fails_rejects_the_whole_note() -> None:
    wrong = LOG.sign("another text\n").line() + "\n"
    with pytest.raises(SignatureError) as caught:
        open_note(note(line(WITNESS, time_s=1), wrong), [LOG.verifier, WITNESS.verifier])
    assert not isinstance(caught.value, UntrustedError)


def test_a_second_signature_of_the_same_key_must_hold_too() -> None:
    wrong = LOG.sign("another text\n").line() + "\n"
    with pytest.raises(SignatureError):
        open_note(note(line(), wrong), [LOG.verifier])


def test_a_changed_time_of_a_witness_is_refused() -> None:
    signature = WITNESS.sign(TEXT, time_s=10)
    forged = type(signature)(signature.name, signature.key_id, bytes(7) + b"\x0b" + signature.body[8:])
    with pytest.raises(SignatureError):
        open_note(note(forged.line() + "\n"), [WITNESS.verifier])


@pytest.mark.parametrize("body", [b"x", bytes(63), bytes(64), bytes(65), bytes(72)])
def test_a_signature_of_another_length_or_of_zeros_is_refused(body: bytes) -> None:
    for key in (LOG.verifier, WITNESS.verifier):
        forged = type(LOG.sign(TEXT))(key.name, key.key_id, body)
        with pytest.raises(SignatureError):
            open_note(note(forged.line() + "\n"), [key])


def test_a_note_that_no_known_key_signed_is_not_opened() -> None:
    with pytest.raises(UntrustedError, match="none of the keys") as caught:
        open_note(note(line()), [VerifierKey.parse(C2SP_KEY)])
    assert f"{LOG.name}+{LOG.verifier.key_id.hex()}" in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"text\n",
        b"text\n\n",
        note(line())[:-1],
        note(line(), "\n"),
        note(line(), "no signature line\n"),
        note(line()).replace("— ".encode(), b"- "),
        note(line().replace("— ", "—  ")),
        note(line().replace("— ", "—\u00a0")),
        note(line(), text="bell\a\n"),
        note(line(), text="return\r\n"),
        note(line(), text="tab\t\n"),
        note(line()).replace(b"first", b"f\xffrst"),
        note(line().replace("log.example/a", "log.example+a")),
        note(line().replace("log.example/a", "log.example\u2003a")),
        note(line().replace(" ", "  ")),
        note(line().replace("=\n", "\n")),
        note(line().replace("=\n", "==\n")),
        note(line().replace("=\n", "= \n")),
        note("— log.example/a AAAAAA==\n"),
        note("— log.example/a \n"),
        note(*[line()] * 101),
    ],
)
def test_every_other_form_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        open_note(data, [LOG.verifier])


def test_base64_with_loose_bits_is_refused() -> None:
    loose = line()[:-3] + chr(ord(line()[-3]) + 1) + "=\n"
    with pytest.raises(MalformedError, match="base64"):
        open_note(note(loose), [LOG.verifier])


def test_a_note_gives_back_its_bytes() -> None:
    data = note(line(), line(WITNESS, time_s=1))
    assert Note.parse(data).encode() == data
    assert parse_signatures(signature_lines(Note.parse(data).signatures)) == Note.parse(data).signatures


def test_a_hundred_signatures_are_read() -> None:
    assert len(Note.parse(note(*[line()] * 100)).signatures) == 100
    assert len(open_note(note(*[line()] * 100), [LOG.verifier]).verified) == 1


@pytest.mark.parametrize("start", range(0, len(GO_KEY) + 1, 5))
def test_no_part_of_a_key_is_a_key(start: int) -> None:
    for end in range(start + 1, len(GO_KEY) + 1):
        if (start, end) != (0, len(GO_KEY)):
            with pytest.raises(MalformedError):
                VerifierKey.parse(GO_KEY[start:end])


@pytest.mark.parametrize(
    "text",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        GO_KEY.upper(),
        GO_KEY.replace("c74f20a3", "C74F20A3"),
        GO_KEY + "\n",
        " " + GO_KEY,
        "",
        "++",
    ],
)
def test_keys_with_another_length_kind_id_or_spelling_are_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        VerifierKey.parse(text)


def test_a_key_is_generated_with_a_kind_and_reads_back() -> None:
    for kind in KeyKind:
        key = SigningKey.generate("somebody.example/1", kind=kind)
        assert SigningKey.parse(key.secret_text()) == key
        assert VerifierKey.parse(str(key.verifier)) == key.verifier
        assert key.verifier.kind is kind


def test_the_same_key_has_another_id_as_a_witness() -> None:
    as_witness = SigningKey(LOG.name, LOG.seed, KeyKind.WITNESS).verifier
    assert as_witness.public_key == LOG.verifier.public_key
    assert as_witness.key_id != LOG.verifier.key_id


def test_a_secret_is_never_shown_by_accident() -> None:
    key = SigningKey.parse(GO_SECRET)
    assert GO_SECRET[-20:] not in f"{key} {key!r} {[key]}"
    with pytest.raises(MalformedError) as caught:
        SigningKey.parse(GO_SECRET[:-4] + "AAAA")
    assert GO_SECRET[35:50] not in str(caught.value)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u2028b", "a\tb"])
def test_a_name_has_no_spaces_and_no_plus(name: str) -> None:
    with pytest.raises(MalformedError):
        SigningKey.generate(name)


def test_a_witness_needs_a_time_and_a_log_takes_none() -> None:
    with pytest.raises(ValueError, match="witness signs with the time"):
        WITNESS.sign(TEXT)
    with pytest.raises(ValueError, match="witness signs with the time"):
        LOG.sign(TEXT, time_s=1)
