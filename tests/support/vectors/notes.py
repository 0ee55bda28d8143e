"""Signed notes: what opens, and the reason why anything else does not."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator

from tests.support.small_log import LOG_KEY, OTHER_KEY, WITNESS_KEYS
from tests.support.vectors import Case

from answerable.proof import KeyKind, Signature, SigningKey

ABOUT = (
    "Signed notes (C2SP signed-note, tlog-cosignature). `note` is base64 of the bytes, `keys` are the keys that are"
    " trusted. `verdict`: opens (then `text` and `signers` hold), malformed, signature (a known key fails), or"
    " untrusted (no known key signed)."
)
TEXT = "log.example/alder/2018h1\n7\nXdyacUqZRMMzX8mp5+iZXFgfqHOQ2DVXQ8lWZNmTuR0=\n"
WITNESS = WITNESS_KEYS["union"]
GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
"""The order L of Ed25519's group: a signature's second half must lie below it (RFC 8032 section 5.1.7)."""


def line(key: SigningKey = LOG_KEY, text: str = TEXT, time_s: int | None = None) -> str:
    return key.sign(text, time_s=time_s).line() + "\n"


def note(*lines: str, text: str = TEXT) -> bytes:
    return f"{text}\n{''.join(lines)}".encode()


def opens(
    name: str, data: bytes, *signers: tuple[SigningKey, int | None], text: str = TEXT, keys: list[str] | None = None
) -> Case:
    trusted = [str(key.verifier) for key, _ in signers] if keys is None else keys
    found = [{"key": str(key.verifier), "time_s": None if at is None else str(at)} for key, at in signers]
    return {
        "name": name,
        "verdict": "opens",
        "note": base64.b64encode(data).decode(),
        "keys": trusted,
        "text": text,
        "signers": found,
    }


def bad(name: str, verdict: str, because: str, data: bytes, *keys: SigningKey) -> Case:
    return {
        "name": name,
        "verdict": verdict,
        "because": because,
        "note": base64.b64encode(data).decode(),
        "keys": [str(key.verifier) for key in keys or (LOG_KEY, WITNESS)],
    }


def cases() -> list[Case]:
    return [*published(), *good(), *controls(), *spaces(), *not_utf8(), *shapes(), *encodings(), *failing(), *unknown()]


def published() -> Iterator[Case]:
    c2sp = (
        "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYN"
        "ZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
    )
    go = (
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    keys = {
        "the example of C2SP signed-note": (
            c2sp,
            "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        ),
        "the example of golang.org/x/mod": (go, "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
    }
    for name, (data, key) in keys.items():
        text = data.rpartition("\n\n")[0] + "\n"
        case = opens(name, data.encode(), text=text, keys=[key])
        yield case | {"signers": [{"key": key, "time_s": None}]}
        yield {
            "name": f"{name}, one letter of the text changed",
            "verdict": "signature",
            "because": "the signed text was changed",
            "note": base64.b64encode(data.replace("t", "T", 1).encode()).decode(),
            "keys": [key],
        }


def good() -> Iterator[Case]:
    log, witness = (LOG_KEY, None), (WITNESS, 1_679_315_147)
    cosigned = line(WITNESS, time_s=1_679_315_147)
    yield opens("one signature", note(line()), log)
    yield opens("a log and a witness", note(line(), cosigned), log, witness)
    yield opens("a witness first", note(cosigned, line()), witness, log)
    yield opens("a witness alone", note(cosigned), witness)
    for time_s in (0, 1, 2**53, 2**63 - 1):
        data = note(line(WITNESS, time_s=time_s))
        yield opens(f"a witness at the time {time_s}", data, (WITNESS, time_s))
    yield opens("an unknown key beside a known one", note(line(OTHER_KEY), line()), log)
    yield opens("an unknown witness beside a known log", note(line(), line(WITNESS_KEYS["press"], time_s=1)), log)
    forged = Signature(LOG_KEY.name, OTHER_KEY.verifier.key_id, bytes(64)).line() + "\n"
    yield opens("a known name with an unknown id that is false", note(line(), forged), log)
    renamed = Signature("log.example/other", LOG_KEY.verifier.key_id, bytes(64)).line() + "\n"
    yield opens("a known id under an unknown name that is false", note(line(), renamed), log)
    odd = "— somebody.example AAAAAAA=\n"
    yield opens("an unknown signature of one byte", note(line(), odd), log)
    yield opens("the same signature twice", note(line(), line()), log)
    strangers = [
        SigningKey(f"stranger.example/{number}", hashlib.sha256(bytes([number])).digest()) for number in range(99)
    ]
    yield opens("sixteen signatures", note(line(), *(line(key) for key in strangers[:15])), log)
    yield opens("a hundred signatures", note(*(line(key) for key in strangers), line()), log)
    as_witness = SigningKey(LOG_KEY.name, LOG_KEY.seed, KeyKind.WITNESS)
    both = note(line(), line(as_witness, time_s=5))
    yield opens("one key in two kinds has two ids", both, log, (as_witness, 5))
    texts = {
        "empty lines in the text": "one\n\n\ntwo\n",
        "a text of one empty line": "\n",
        "a text that ends in empty lines": "one\n\n\n",
        "a text that looks like signatures": f"one\n\n{line()}",
        "letters beyond ASCII": "Ognuno sta solo è — Ω 😀\n",
        "a byte order mark is part of the text": "\ufeffone\n",
        "other line separators are letters": "one\u2028two\u2029three\u0085four\n",
        "a delete character is a letter": "one\x7ftwo\n",
        "combining letters are not composed": "e\u0301 \u00e9\n",
    }
    for name, text in texts.items():
        yield opens(name, note(line(text=text), text=text), log, text=text)


def controls() -> Iterator[Case]:
    for code in range(32):
        if code != 10:
            text = TEXT + chr(code) + "\n"
            because = f"U+{code:04X} is a control character"
            yield bad(
                f"the control character {code} in the text", "malformed", because, note(line(text=text), text=text)
            )


def spaces() -> Iterator[Case]:
    rare = "".join(chr(code) for code in range(0x2000, 0x200B))
    for sign in f"\x85\xa0\u1680{rare}\u2028\u2029\u202f\u205f\u3000+":
        lines = f"— log{sign}example {base64.b64encode(bytes(68)).decode()}\n"
        what = "a plus" if sign == "+" else "a space"
        name = f"{what} (U+{ord(sign):04X}) in the name of a key"
        yield bad(name, "malformed", "names have no spaces and no plus", note(line(), lines))
    for sign in "\u200b\ufeff\u180e\u00ad":
        stranger = Signature(f"log{sign}example", bytes(4), bytes(64)).line() + "\n"
        yield opens(f"U+{ord(sign):04X} is no space", note(line(), stranger), (LOG_KEY, None))


def not_utf8() -> Iterator[Case]:
    wrong = {
        "a lone continuation byte": b"\x80",
        "a truncated letter": b"\xe2\x82",
        "an overlong slash": b"\xc0\xaf",
        "an encoded surrogate": b"\xed\xa0\x80",
        "a letter beyond U+10FFFF": b"\xf4\x90\x80\x80",
        "the byte FF": b"\xff",
    }
    for name, data in wrong.items():
        yield bad(f"{name} in the text", "malformed", "the note is not UTF-8", data + note(line()))


def shapes() -> Iterator[Case]:
    given = {
        "nothing": (b"", "there is no blank line"),
        "a newline": (b"\n", "there is no blank line"),
        "a text alone": (TEXT.encode(), "there is no blank line"),
        "a text and a blank line": (f"{TEXT}\n".encode(), "there is no signature"),
        "two blank lines at the end": (f"{TEXT}\n\n".encode(), "there is no signature"),
        "no newline at the end": (note(line())[:-1], "the last line has no newline"),
        "an empty line among the signatures": (note(line(), "\n"), "the last blank line ends the text"),
        "an empty line between two signatures": (note(line(), "\n", "x\n"), "a line below is no signature"),
        "a comment among the signatures": (note(line(), "# comment\n"), "a line below is no signature"),
        "a hyphen for the dash": (note(line().replace("—", "-")), "a signature begins with U+2014"),
        "an en dash for the dash": (note(line().replace("—", "–")), "a signature begins with U+2014"),
        "two spaces after the dash": (note(line().replace("— ", "—  ")), "one space stands between the parts"),
        "no space after the dash": (note(line().replace("— ", "—")), "one space stands between the parts"),
        "two spaces before the signature": (note(line().replace("2018h1 ", "2018h1  ")), "one space stands between"),
        "a space at the end of a line": (note(line().replace("\n", " \n")), "nothing follows the signature"),
        "a third word on a line": (note(line().replace("\n", " x\n")), "nothing follows the signature"),
        "a space before the dash": (note(" " + line()), "a signature begins with U+2014"),
        "no name": (note(line().replace(LOG_KEY.name, "")), "a name is not empty"),
        "no signature on the line": (note(f"— {LOG_KEY.name}\n"), "there is no signature"),
        "an empty signature": (note(f"— {LOG_KEY.name} \n"), "there is no signature"),
        "signatures without a text": (line().encode(), "there is no blank line"),
        "a blank line that holds a space": (f"{TEXT} \n{line()}".encode(), "there is no blank line"),
        "101 signatures": (note(*[line()] * 101), "100 signatures are the most"),
        "carriage returns": (note(line()).replace(b"\n", b"\r\n"), "U+000D is a control character"),
    }
    for name, (data, because) in given.items():
        yield bad(name, "malformed", because, data)


def encodings() -> Iterator[Case]:
    good = line()
    assert "+" in good or "/" in good
    encoded = good.split(" ")[2].strip()
    loose = encoded[:-2] + chr(ord(encoded[-2]) + 1) + "="
    id_only = base64.b64encode(LOG_KEY.verifier.key_id).decode()
    given = {
        "without padding": encoded.rstrip("="),
        "with more padding": encoded + "=",
        "with loose bits": loose,
        "in the URL alphabet": encoded.replace("+", "-").replace("/", "_"),
        "with a letter outside the alphabet": "*" + encoded[1:],
        "with padding inside": encoded[:4] + "====" + encoded[4:],
        "with a letter missing": encoded[1:],
        "that holds only the id": id_only,
        "that holds three bytes": "AAAA",
        "of one letter": "A",
        "in letters beyond ASCII": "Ａ" + encoded[1:],
    }
    for name, text in given.items():
        data = note(good.replace(encoded, text))
        yield bad(f"a signature {name}", "malformed", "that is not base64 of an id and a signature", data)


def failing() -> Iterator[Case]:
    signature, cosignature = LOG_KEY.sign(TEXT), WITNESS.sign(TEXT, time_s=1000)

    def with_body(body: bytes, of: Signature = signature) -> bytes:
        return note(Signature(of.name, of.key_id, body).line() + "\n")

    for at in range(0, 64, 4):
        flipped = bytearray(signature.body)
        flipped[at] ^= 1 << at % 8
        data = with_body(bytes(flipped))
        yield bad(f"bit {at % 8} of byte {at} flipped", "signature", "the signature was changed", data)
    for at in range(0, 72, 8):
        flipped = bytearray(cosignature.body)
        flipped[at] ^= 4
        because = "the time is signed too" if at < 8 else "the signature was changed"
        data = with_body(bytes(flipped), cosignature)
        yield bad(f"bit 2 of byte {at} of a cosignature flipped", "signature", because, data)
    late = 2**63
    message = f"cosignature/v1\ntime {late}\n{TEXT}".encode()
    body = late.to_bytes(8, "big") + SigningKey("x", WITNESS.seed).sign(message.decode()).body
    yield bad("a witness at the time 2**63", "signature", "a time lies below 2**63", with_body(body, cosignature))
    half, number = signature.body[:32], int.from_bytes(signature.body[32:], "little")
    unreduced = half + (number + GROUP_ORDER).to_bytes(32, "little")
    yield bad("the second half beyond the group's order", "signature", "RFC 8032 section 5.1.7", with_body(unreduced))
    for length in (1, 32, 63, 65, 72, 128):
        body = (signature.body * 2)[:length]
        yield bad(f"a signature of {length} bytes", "signature", "Ed25519 signatures have 64 bytes", with_body(body))
    for length in (1, 8, 64, 71, 73):
        body = (cosignature.body * 2)[:length]
        because = "a cosignature has a time of 8 bytes and a signature of 64"
        yield bad(f"a cosignature of {length} bytes", "signature", because, with_body(body, cosignature))
    yield bad("zeros", "signature", "no signature of this key", with_body(bytes(64)))
    other = LOG_KEY.sign("another text\n")
    yield bad("a signature of another text", "signature", "it signs another text", with_body(other.body))
    yield bad(
        "without the last newline signed",
        "signature",
        "the text includes its last newline",
        with_body(LOG_KEY.sign(TEXT[:-1]).body),
    )
    theirs = OTHER_KEY.sign(TEXT)
    yield bad("a signature of another key under this id", "signature", "another key made it", with_body(theirs.body))
    false = Signature(LOG_KEY.name, LOG_KEY.verifier.key_id, bytes(64)).line() + "\n"
    yield bad("a true and then a false one of the same key", "signature", "every one must hold", note(line(), false))
    yield bad("a false and then a true one of the same key", "signature", "every one must hold", note(false, line()))
    untimed = Signature(WITNESS.name, WITNESS.verifier.key_id, bytes(8) + SigningKey("x", WITNESS.seed).sign(TEXT).body)
    yield bad(
        "a witness who signed the text alone",
        "signature",
        "the message begins with cosignature/v1",
        note(untimed.line() + "\n"),
    )
    missigned = Signature(WITNESS.name, WITNESS.verifier.key_id, cosignature.body[:7] + b"\x00" + cosignature.body[8:])
    yield bad(
        "a log that signs and a witness that fails",
        "signature",
        "a known key fails",
        note(line(), missigned.line() + "\n"),
    )
    shifted = note(line()).replace(b"\n7\n", b"\n8\n")
    yield bad("another size in the text", "signature", "the signed text was changed", shifted)
    moved = f"{TEXT}\n{line()}\n{line()}".encode()
    yield bad("signatures moved into the text", "signature", "the text ends at the last blank line", moved)


def unknown() -> Iterator[Case]:
    press = WITNESS_KEYS["press"]
    yield bad("another key of the same name", "untrusted", "no known key signed", note(line(OTHER_KEY)))
    yield bad("nobody who is known", "untrusted", "no known key signed", note(line()), press)
    yield bad("an unknown witness", "untrusted", "no known key signed", note(line(press, time_s=1)))
    renamed = Signature("log.example/alder/2018H1", LOG_KEY.verifier.key_id, LOG_KEY.sign(TEXT).body).line() + "\n"
    yield bad("a known key under another name", "untrusted", "name and id both name the key", note(renamed))
    composed = Signature("e\u0301", press.verifier.key_id, bytes(64)).line() + "\n"
    yield bad("a name that only looks alike", "untrusted", "names are compared letter by letter", note(composed))
    false = Signature(press.name, press.verifier.key_id, bytes(64)).line() + "\n"
    yield bad("an unknown key that fails", "untrusted", "unknown keys are passed over", note(false))
    yield {**bad("no key is trusted", "untrusted", "no known key signed", note(line())), "keys": []}
