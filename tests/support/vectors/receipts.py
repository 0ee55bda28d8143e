"""Receipts against trust policies: what is proved, refuted, or cannot be told."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import replace

from tests.support.small_log import (
    LOG_KEY,
    ORIGIN,
    OTHER_KEY,
    TRUST_TEXT,
    WITNESS_KEYS,
    SmallLog,
    canonical,
    signed,
)
from tests.support.vectors import Case
from tests.support.vectors.disclosures import digest_of, text_of

from answerable.proof import Checkpoint, Receipt, SigningKey, encode_bundle

ABOUT = (
    "Receipts (C2SP tlog-proof) whose `extra` is a bundle of the entry and disclosures. `receipt` and `policy` are"
    " base64; `entry` is base64 of an entry given beside the receipt, or null. `verdict`: proved, refuted (something"
    " contradicts itself or a trusted key) or cannot_tell (nothing does, but something needed is not there)."
)
ALONE = f"log {LOG_KEY.verifier}\nquorum none\n"
PLACE = text_of('["a","place","12 Alder Street"]')
PHONE = text_of('["b","phone",5550100]')
PRIVATE = text_of(canonical(["c", "private", {"_sd": [digest_of(PHONE), digest_of(PLACE)]}]))
ENTRIES = [canonical({"id": str(number), "type": "call"}) for number in range(20)]
ENTRIES[11] = canonical({"_sd": [digest_of(PRIVATE)], "id": "11", "type": "call"})
ENTRIES[12] = b"not JSON \x00\xff"
LOG = SmallLog(ENTRIES)
TWO = ("union", "press")
PLAIN = LOG.receipt(7, *TWO)
TEXT = PLAIN.text()


def case(
    name: str,
    verdict: str,
    receipt: Receipt | str | bytes,
    because: str = "",
    *,
    policy: str = TRUST_TEXT,
    entry: bytes | None = None,
) -> Case:
    data = receipt.text() if isinstance(receipt, Receipt) else receipt
    raw = data.encode() if isinstance(data, str) else data
    found: Case = {
        "name": name,
        "verdict": verdict,
        "receipt": base64.b64encode(raw).decode(),
        "policy": base64.b64encode(policy.encode()).decode(),
        "entry": None if entry is None else base64.b64encode(entry).decode(),
    }
    return found if verdict == "proved" else {**found, "because": because}


def cases() -> list[Case]:
    return [*proved(), *missing(), *untrusted(), *inclusion(), *signatures(), *shown(), *spelled()]


def proved() -> Iterator[Case]:
    for index in (0, 1, 7, 12, 16, 19):
        yield case(f"entry {index} of 20", "proved", LOG.receipt(index, *TWO))
    yield case("three witnesses", "proved", LOG.receipt(3, "union", "press", "ombud"))
    yield case("a log alone, where no witness is asked for", "proved", LOG.receipt(3), policy=ALONE)
    yield case("witnesses that are not asked for", "proved", PLAIN, policy=ALONE)
    for size in (1, 2, 8, 17):
        yield case(f"the last of {size}", "proved", SmallLog(ENTRIES[:size]).receipt(size - 1, *TWO))
    yield case("the entry beside the receipt", "proved", LOG.receipt(7, *TWO, bare=True), entry=ENTRIES[7])
    yield case("the entry in and beside the receipt", "proved", PLAIN, entry=ENTRIES[7])
    foreign = replace(PLAIN, extra=b"\xff\xff what another program carries")
    yield case("another program's extra, the entry beside it", "proved", foreign, entry=ENTRIES[7])
    yield case("an empty extra, the entry beside it", "proved", replace(PLAIN, extra=b""), entry=ENTRIES[7])
    for name, texts in {"one": [PRIVATE], "two": [PRIVATE, PLACE], "all": [PHONE, PLACE, PRIVATE]}.items():
        yield case(f"disclosures: {name}", "proved", LOG.receipt(11, *TWO, shows=texts))
    extended = signed(Checkpoint(ORIGIN, 20, LOG_ROOT, ("an extension line",)), *TWO)
    yield case("a checkpoint with an extension line", "proved", replace(PLAIN, checkpoint=extended))
    empty = SmallLog([b""])
    yield case("an empty entry", "proved", empty.receipt(0, *TWO))
    yield case("an entry of 65,535 bytes", "proved", SmallLog([b"x" * 65_535]).receipt(0, *TWO))


LOG_ROOT = Checkpoint.parse(LOG.checkpoint().decode().rpartition("\n\n")[0] + "\n").root


def missing() -> Iterator[Case]:
    no_entry = "the entry is not here"
    yield case("without its entry", "cannot_tell", LOG.receipt(7, *TWO, bare=True), no_entry)
    yield case("without its entry, and false", "cannot_tell", replace(LOG.receipt(7, bare=True), index=6), no_entry)
    for name, extra in {
        "empty": b"",
        "cut short": encode_bundle([ENTRIES[7]])[:-1],
        "that is one byte": b"\x00",
        "with a disclosure that is not UTF-8": encode_bundle([ENTRIES[7], b"\xff"]),
    }.items():
        yield case(f"an extra {name}", "cannot_tell", replace(PLAIN, extra=extra), "nobody vouches for the extra line")


def untrusted() -> Iterator[Case]:
    few = "too few witnesses"
    for names in ((), ("union",), ("ombud",)):
        yield case(f"witnesses: {', '.join(names) or 'nobody'}", "cannot_tell", LOG.receipt(7, *names), few)
    yield case("one witness twice", "cannot_tell", LOG.receipt(7, "union", "union"), few)
    unknown = f"log {OTHER_KEY.verifier}\nquorum none\n"
    yield case("another key of the same name", "cannot_tell", PLAIN, "no known key of the log", policy=unknown)
    yield case("nobody is trusted", "cannot_tell", PLAIN, "no known key", policy="quorum none\n")
    witnesses = TRUST_TEXT.replace("log ", "# log ")
    yield case("witnesses without a log", "cannot_tell", PLAIN, "witnesses do not speak for the log", policy=witnesses)
    elsewhere = SigningKey("log.example/elsewhere", hashlib.sha256(b"elsewhere").digest())
    both = f"log {LOG_KEY.verifier}\nlog {elsewhere.verifier}\nquorum none\n"
    foreign = replace(PLAIN, checkpoint=LOG.checkpoint(key=elsewhere))
    yield case(
        "a trusted log that signs for another", "cannot_tell", foreign, "a key speaks for its own log", policy=both
    )
    only = SmallLog(ENTRIES).receipt(7, *TWO, key=OTHER_KEY)
    yield case("witnesses who cosigned, and a log nobody knows", "cannot_tell", only, "no known key of the log")


def inclusion() -> Iterator[Case]:
    yield case("another index", "refuted", replace(PLAIN, index=6), "that is another entry's place")
    yield case("an index beyond the log", "refuted", replace(PLAIN, index=20), "the log is not that long")
    yield case("a large index", "refuted", replace(PLAIN, index=2**63 - 1), "the log is not that long")
    yield case("another entry", "refuted", replace(PLAIN, extra=encode_bundle([ENTRIES[8]])), "the proof is of another")
    spaced = ENTRIES[7].replace(b":", b": ")
    yield case(
        "the same JSON spelled otherwise", "refuted", replace(PLAIN, extra=encode_bundle([spaced])), "other bytes"
    )
    yield case(
        "another entry beside a bare receipt", "refuted", LOG.receipt(7, *TWO, bare=True), "other bytes", entry=spaced
    )
    yield case("another entry beside a full receipt", "refuted", PLAIN, "the two differ", entry=ENTRIES[8])
    yield case(
        "another entry, and nobody is trusted",
        "refuted",
        replace(PLAIN, index=6),
        "it needs no key",
        policy="quorum none\n",
    )
    carries = replace(PLAIN, extra=encode_bundle([ENTRIES[8]]))
    yield case("another entry in the receipt, the right one beside it", "refuted", carries, "differ", entry=ENTRIES[7])
    for at in range(len(PLAIN.proof)):
        part = PLAIN.proof[at]
        proof = (*PLAIN.proof[:at], bytes([part[0] ^ 1]) + part[1:], *PLAIN.proof[at + 1 :])
        yield case(f"hash {at} changed", "refuted", replace(PLAIN, proof=proof), "the proof leads elsewhere")
    yield case("no proof", "refuted", replace(PLAIN, proof=()), "the proof is too short")
    yield case("a hash more", "refuted", replace(PLAIN, proof=(*PLAIN.proof, bytes(32))), "the proof is too long")
    yield case(
        "the proof turned round", "refuted", replace(PLAIN, proof=PLAIN.proof[::-1]), "the proof leads elsewhere"
    )
    older = SmallLog(ENTRIES[:10]).checkpoint(*TWO)
    yield case(
        "an older checkpoint of the log", "refuted", replace(PLAIN, checkpoint=older), "the proof is for another size"
    )
    rewritten = SmallLog([*ENTRIES[:7], b"rewritten", *ENTRIES[8:]]).checkpoint(*TWO)
    yield case("a log that was rewritten", "refuted", replace(PLAIN, checkpoint=rewritten), "the proof leads elsewhere")
    whole = signed(Checkpoint(ORIGIN, 0, hashlib.sha256(b"").digest()), *TWO)
    yield case("an empty log", "refuted", replace(PLAIN, checkpoint=whole), "the log is not that long")


def signatures() -> Iterator[Case]:
    note = PLAIN.checkpoint
    changed = {
        "another size": note.replace(b"\n20\n", b"\n24\n"),
        "an extension line more": note.replace(b"\n\n", b"\nmore\n\n", 1),
        "another name of the log, trusted too": note.replace(
            ORIGIN.encode() + b"\n20", b"log.example/alder/2018h2\n20"
        ),
    }
    for name, data in changed.items():
        yield case(name, "refuted", replace(PLAIN, checkpoint=data), "the signed text was changed")
    lines = note.decode().split("\n")
    for at, who in ((4, "the log"), (5, "the first witness"), (6, "the second witness")):
        assert lines[at].startswith("— ")
        head, encoded = lines[at].rsplit(" ", 1)
        body = bytearray(base64.b64decode(encoded))
        body[-40] ^= 16
        forged = "\n".join([*lines[:at], f"{head} {base64.b64encode(body).decode()}", *lines[at + 1 :]])
        yield case(
            f"the signature of {who} changed",
            "refuted",
            replace(PLAIN, checkpoint=forged.encode()),
            "a known key fails",
        )
        policy = TRUST_TEXT.replace("group people 2", "group people 1")
        because = "a known key fails, however few are needed"
        yield case(
            f"the signature of {who} changed, one witness asked for",
            "refuted",
            replace(PLAIN, checkpoint=forged.encode()),
            because,
            policy=policy,
        )
    without_log = "\n".join(lines[:4] + lines[5:])
    yield case(
        "the log's signature taken out",
        "cannot_tell",
        replace(PLAIN, checkpoint=without_log.encode()),
        "no known key of the log",
    )
    third = WITNESS_KEYS["ombud"].sign("another\n", time_s=1).line()
    forged = note.decode() + third + "\n"
    yield case("a third witness who fails", "refuted", replace(PLAIN, checkpoint=forged.encode()), "a known key fails")


def shown() -> Iterator[Case]:
    def receipt(*texts: str, index: int = 11) -> Receipt:
        return LOG.receipt(index, *TWO, shows=texts)

    belongs = "a disclosure belongs to nothing"
    yield case("an inner value without the outer", "refuted", receipt(PLACE), belongs)
    yield case("another value", "refuted", receipt(PRIVATE, PLACE.replace("WyJh", "WyJi")), belongs)
    yield case("another value for the whole", "refuted", receipt(text_of('["c","private",{}]')), belongs)
    yield case("values of another entry", "refuted", receipt(PRIVATE, index=7), belongs)
    yield case("a value twice", "refuted", receipt(PRIVATE, PRIVATE), "it stands twice")
    yield case("a value that is not base64url", "refuted", receipt(PRIVATE + "="), "one spelling")
    yield case("an empty value", "refuted", receipt(""), "a disclosure is a list")
    yield case("values of an entry that is not JSON", "refuted", receipt(PRIVATE, index=12), "the entry is not JSON")
    twice, broken = SmallLog([canonical({"_sd": ["x", "x"], "id": "1"})]), SmallLog([b'{"id": 1.5}'])
    yield case("an entry with a digest twice, nothing shown", "proved", twice.receipt(0, *TWO))
    yield case("an entry of JSON that is not read here, nothing shown", "proved", broken.receipt(0, *TWO))
    yield case("an entry with a digest twice", "refuted", twice.receipt(0, *TWO, shows=[PLACE]), "it stands twice")
    yield case(
        "values of JSON that is not read", "refuted", broken.receipt(0, *TWO, shows=[PLACE]), "whole numbers only"
    )
    yield case("values and a missing quorum", "cannot_tell", LOG.receipt(11, shows=[PRIVATE]), "too few witnesses")


def spelled() -> Iterator[Case]:
    head, _, tail = TEXT.partition("\n\n")
    extra = next(line for line in head.split("\n") if line.startswith("extra"))
    first = next(line for line in head.split("\n") if len(line) == 44)
    given: dict[str, tuple[str | bytes, str]] = {
        "another version": (TEXT.replace("@v1", "@v2", 1), "the first line is another"),
        "only its first line": ("c2sp.org/tlog-proof@v1\n", "there is no index"),
        "the first line alone": ("c2sp.org/tlog-proof@v1", "there is no index"),
        "two extra lines": (TEXT.replace(extra, f"{extra}\n{extra}"), "the extra line stands once"),
        "the extra line after the index": (TEXT.replace(f"{extra}\nindex 7", f"index 7\n{extra}"), "another order"),
        "two spaces after extra": (TEXT.replace("extra ", "extra  "), "one space"),
        "extra without padding": (TEXT.replace(extra, "extra YWI"), "not base64"),
        "extra with loose bits": (TEXT.replace(extra, "extra YWJ="), "not base64"),
        "an empty extra without its space": (TEXT.replace(extra, "extra"), "no line of a receipt"),
        "a leading zero": (TEXT.replace("index 7", "index 07"), "a number has one spelling"),
        "a plus": (TEXT.replace("index 7", "index +7"), "a number has one spelling"),
        "a minus": (TEXT.replace("index 7", "index -7"), "a number has one spelling"),
        "an underscore": (TEXT.replace("index 7", "index 0_7"), "a number has one spelling"),
        "a digit of another script": (TEXT.replace("index 7", "index ٧"), "a number has one spelling"),
        "a space after the index": (TEXT.replace("index 7", "index 7 "), "a number has one spelling"),
        "an index of 2**63": (TEXT.replace("index 7", f"index {2**63}"), "a number lies below 2**63"),
        "an index of 30 digits": (TEXT.replace("index 7", "index " + "7" * 30), "a number lies below 2**63"),
        "an index in hexadecimal": (TEXT.replace("index 7", "index 0x7"), "a number has one spelling"),
        "no number": (TEXT.replace("index 7", "index "), "a number has one spelling"),
        "no index": (TEXT.replace("index 7\n", ""), "there is no index"),
        "two indexes": (TEXT.replace("index 7", "index 7\nindex 7"), "the index stands once"),
        "a blank line before the proof": (TEXT.replace("index 7\n", "index 7\n\n"), "the blank line ends the proof"),
        "a capital letter": (TEXT.replace("index 7", "Index 7"), "there is no index"),
        "64 hashes": (TEXT.replace(first, "\n".join([first] * 60)), "63 hashes are the most"),
        "a hash of 31 bytes": (TEXT.replace(first, base64.b64encode(bytes(31)).decode()), "a hash has 32 bytes"),
        "a hash of 33 bytes": (TEXT.replace(first, base64.b64encode(bytes(33)).decode()), "a hash has 32 bytes"),
        "a hash in hexadecimal": (TEXT.replace(first, "00" * 32), "a hash has 32 bytes"),
        "a hash without padding": (TEXT.replace(first, first.rstrip("=")), "not base64"),
        "a space after a hash": (TEXT.replace(first, first + " "), "not base64"),
        "carriage returns": (TEXT.replace("\n", "\r\n"), "U+000D is a control character"),
        "no blank line": (head + "\n" + tail, "there is no blank line"),
        "no checkpoint": (head + "\n\n", "there is no checkpoint"),
        "two blank lines": (head + "\n\n\n" + tail, "the checkpoint has no name"),
        "no newline at the end": (TEXT[:-1], "the last line has no newline"),
        "more after the end": (TEXT + "more\n", "a line below is no signature"),
        "bytes that are not UTF-8": (TEXT.encode().replace(b"index", b"index\xff"), "not UTF-8"),
        "a size with a leading zero": (TEXT.replace("\n20\n", "\n020\n"), "a number has one spelling"),
        "a size with a plus": (TEXT.replace("\n20\n", "\n+20\n"), "a number has one spelling"),
        "a size with an underscore": (TEXT.replace("\n20\n", "\n2_0\n"), "a number has one spelling"),
        "a size with a space": (TEXT.replace("\n20\n", "\n 20\n"), "a number has one spelling"),
        "a root of 31 bytes": (
            TEXT.replace(base64.b64encode(LOG_ROOT).decode(), base64.b64encode(LOG_ROOT[:31]).decode()),
            "a hash has 32 bytes",
        ),
        "an empty extension line": (TEXT.replace("\n\n— ", "\n\n\n— ", 1), "an extension line is not empty"),
        "a checkpoint of two lines": (TEXT.replace("\n20\n", "\n"), "a checkpoint has three lines"),
    }
    for name, (data, because) in given.items():
        yield case(f"spelled: {name}", "refuted", data, because)
