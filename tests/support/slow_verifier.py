"""A second verifier, written from the specifications alone, naively, and without a line in common with the program.

Everything is a function of bytes to one of `proved`, `refuted`, `cannot_tell`, or a plain value; reasons do not matter.
"""

from __future__ import annotations

import base64
import hashlib
import string
from collections.abc import Iterable, Mapping
from typing import Any

from tests.support import slow_ed25519, slow_tree

WHITE_SPACE = {chr(code) for code in (*range(9, 14), 32, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B))} | set(
    "\u2028\u2029\u202f\u205f\u3000"
)
PLAIN = string.ascii_uppercase + string.ascii_lowercase + string.digits


class BadError(Exception):
    """Not of the form, or contradicted."""


class UntrustedError(Exception):
    """Nothing contradicts, nobody vouches."""


def need(true: bool) -> None:
    if not true:
        raise BadError


def text_of(data: bytes) -> str:
    try:
        return str(data, "utf-8", "strict")
    except UnicodeError:
        raise BadError from None


def bits_of(text: str, alphabet: str) -> bytes:
    """Base64 letter by letter, six bits each; the bits left over must be zero."""
    bits = ""
    for letter in text:
        need(letter in alphabet)
        bits += f"{alphabet.index(letter):06b}"
    whole = len(bits) // 8 * 8
    need(len(bits) - whole < 6 and "1" not in bits[whole:])
    return bytes(int(bits[at : at + 8], 2) for at in range(0, whole, 8))


def b64(text: str) -> bytes:
    need(len(text) % 4 == 0)
    for padding in ("==", "="):
        if text.endswith(padding):
            data = bits_of(text[: -len(padding)], PLAIN + "+/")
            need(len(data) % 3 == 3 - len(padding))
            return data
    return bits_of(text, PLAIN + "+/")


def whole_number(text: str) -> int:
    need(text != "" and all(letter in "0123456789" for letter in text) and (text == "0" or text[0] != "0"))
    need(len(text) < 20)
    found = 0
    for letter in text:
        found = found * 10 + "0123456789".index(letter)
    need(found < 2**63)
    return found


def hash_of(text: str) -> bytes:
    data = b64(text)
    need(len(data) == 32)
    return data


# ---- notes


def key_of(vkey: str) -> tuple[str, bytes, int, bytes]:
    """Name, id, kind, public key."""
    name, key_id, encoded = vkey.split("+", 2)
    data = base64.b64decode(encoded)
    return name, bytes.fromhex(key_id), data[0], data[1:]


def opened(data: bytes, vkeys: Iterable[str]) -> tuple[str, dict[str, int]]:
    """The text, and the keys that signed it with their times (0 for a log)."""
    whole = text_of(data)
    for letter in whole:
        need(letter == "\n" or ord(letter) >= 32)
    lines = whole.split("\n")
    need(len(lines) > 1 and lines.pop() == "")
    below: list[str] = []
    while lines and lines[-1] != "":
        below.insert(0, lines.pop())
    need(len(lines) > 1 and 1 <= len(below) <= 100)
    text = "\n".join(lines[:-1]) + "\n"
    parsed = []
    for line in below:
        words = line.split(" ")
        need(len(words) == 3 and words[0] == "\u2014" and words[1] != "")
        need(not any(letter in WHITE_SPACE or letter == "+" for letter in words[1]))
        signature = b64(words[2])
        need(len(signature) > 4)
        parsed.append((words[1], signature))
    found: dict[str, int] = {}
    for name, signature in parsed:
        for vkey in vkeys:
            own_name, key_id, kind, public = key_of(vkey)
            if (own_name, key_id) == (name, signature[:4]):
                time, body, head = 0, signature[4:], b""
                if kind == 4:
                    need(len(body) == 72)
                    time, body = int.from_bytes(body[:8], "big"), body[8:]
                    head = b"cosignature/v1\ntime " + str(time).encode() + b"\n"
                need(len(body) == 64 and time < 2**63)
                need(slow_ed25519.holds(public, head + text.encode(), body))
                found.setdefault(vkey, time)
    if not found:
        raise UntrustedError
    return text, found


def checkpoint_of(text: str) -> tuple[str, int, bytes]:
    lines = text.split("\n")
    need(len(lines) >= 4 and lines[-1] == "" and "" not in lines[:-1])
    return lines[0], whole_number(lines[1]), hash_of(lines[2])


def stated(note: bytes) -> tuple[str, int, bytes]:
    """What a checkpoint says, whoever signed it."""
    try:
        text, _ = opened(note, [])
    except UntrustedError:
        text = text_of(note).rpartition("\n\n")[0] + "\n"
    return checkpoint_of(text)


def vouched(note: bytes, log: str, witnesses: Iterable[str], quorum: int) -> tuple[str, int, bytes]:
    """A checkpoint signed by the log and by at least `quorum` of the witnesses."""
    witnesses = tuple(witnesses)
    text, found = opened(note, [log, *witnesses])
    checkpoint = checkpoint_of(text)
    if log not in found or key_of(log)[0] != checkpoint[0] or len(set(found) & set(witnesses)) < quorum:
        raise UntrustedError
    return checkpoint


# ---- JSON, letter by letter


def json_of(text: str) -> Any:
    value, at = value_at(text, skip(text, 0), 64)
    need(skip(text, at) == len(text))
    return value


def skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def value_at(text: str, at: int, left: int) -> tuple[Any, int]:
    need(at < len(text))
    for word, meant in {"true": True, "false": False, "null": None}.items():
        if text[at : at + len(word)] == word:
            return meant, at + len(word)
    if text[at] == '"':
        return string_at(text, at + 1)
    if text[at] in "[{":
        need(left > 0)
        return several_at(text, skip(text, at + 1), left, "]" if text[at] == "[" else "}")
    end = at + 1 if text[at] == "-" else at
    first = end
    while end < len(text) and text[end] in "0123456789":
        end += 1
    need(end > first and (text[first] != "0" or end == first + 1) and text[end : end + 1] not in (".", "e", "E"))
    need(end - first < 17 and abs(int(text[at:end])) < 2**53)
    return int(text[at:end]), end


def several_at(text: str, at: int, left: int, close: str) -> tuple[Any, int]:
    items: list[Any] = []
    pairs: dict[str, Any] = {}
    while text[at : at + 1] != close or items or pairs:
        if close == "}":
            need(text[at : at + 1] == '"')
            key, at = string_at(text, at + 1)
            at = skip(text, at)
            need(text[at : at + 1] == ":" and key not in pairs)
            pairs[key], at = value_at(text, skip(text, at + 1), left - 1)
        else:
            item, at = value_at(text, at, left - 1)
            items.append(item)
        at = skip(text, at)
        need(text[at : at + 1] in (",", close) and at < len(text))
        if text[at] == close:
            break
        at = skip(text, at + 1)
    return (pairs if close == "}" else items), at + 1


def string_at(text: str, at: int) -> tuple[str, int]:
    units: list[int] = []  # of UTF-16, so that halves can be seen
    while True:
        need(at < len(text) and ord(text[at]) >= 32)
        if text[at] == '"':
            break
        if text[at] == "\\":
            escape = text[at + 1 : at + 2]
            if escape == "u":
                digits = text[at + 2 : at + 6]
                need(len(digits) == 4 and all(digit in string.hexdigits for digit in digits))
                units.append(int(digits, 16))
                at += 6
                continue
            need(escape != "" and escape in '"\\/bfnrt')
            units.append(ord(dict(zip('"\\/bfnrt', '"\\/\b\f\n\r\t', strict=True))[escape]))
            at += 2
            continue
        pair = text[at].encode("utf-16-be", "surrogatepass")
        units += [int.from_bytes(pair[half : half + 2], "big") for half in range(0, len(pair), 2)]
        at += 1
    try:
        return b"".join(unit.to_bytes(2, "big") for unit in units).decode("utf-16-be"), at + 1
    except UnicodeError:
        raise BadError from None


# ---- disclosures


def digest_of(disclosure: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(disclosure.encode()).digest()).decode().replace("=", "")


def revealed(entry: Any, disclosures: Iterable[str]) -> dict[str, Any]:
    """Open again and again, one digest a time, until nothing changes (RFC 9901 section 7.1)."""
    need(isinstance(entry, dict) and entry.get("_sd_alg", "sha-256") == "sha-256")
    parts: dict[str, list[Any]] = {}
    for text in disclosures:
        part = json_of(text_of(bits_of(text, PLAIN + "-_")))
        need(isinstance(part, list) and len(part) in (2, 3) and isinstance(part[0], str))
        need(len(part) == 2 or (isinstance(part[1], str) and part[1] not in ("_sd", "...")))
        need(digest_of(text) not in parts)
        parts[digest_of(text)] = part
    seen: list[str] = []
    used: list[str] = []

    def part_for(digest: Any, length: int) -> list[Any] | None:
        need(isinstance(digest, str) and digest not in seen)
        seen.append(digest)
        if digest not in parts:
            return None
        used.append(digest)
        need(len(parts[digest]) == length)
        return parts[digest]

    def walk(value: Any, left: int) -> Any:
        if isinstance(value, list):
            need(left > 0)
            found = []
            for item in value:
                if isinstance(item, dict) and "..." in item:
                    need(list(item) == ["..."])
                    part = part_for(item["..."], 2)
                    found += [] if part is None else [walk(part[1], left - 1)]
                else:
                    found.append(walk(item, left - 1))
            return found
        if isinstance(value, dict):
            need(left > 0 and "..." not in value and isinstance(value.get("_sd", []), list))
            members = {key: walk(item, left - 1) for key, item in value.items() if key != "_sd"}
            for digest in value.get("_sd", []):
                part = part_for(digest, 3)
                if part is not None:
                    need(part[1] not in members)
                    members[part[1]] = walk(part[2], left - 1)
            return members
        return value

    shown = walk({key: item for key, item in entry.items() if key != "_sd_alg"}, 64)
    need(len(used) == len(parts))
    return shown  # type: ignore[no-any-return]


# ---- receipts and bundles


def bundle_items(data: bytes) -> list[bytes]:
    items = []
    while data:
        need(len(data) >= 2)
        length = data[0] * 256 + data[1]
        need(len(data) >= 2 + length)
        items.append(data[2 : 2 + length])
        data = data[2 + length :]
    return items


def receipt_parts(data: bytes) -> tuple[int, list[bytes], bytes, bytes | None]:
    whole = text_of(data)
    need("\n\n" in whole)
    split = whole.index("\n\n")
    lines = whole[:split].split("\n")
    need(lines[0] == "c2sp.org/tlog-proof@v1")
    del lines[0]
    extra = None
    if lines and lines[0][:6] == "extra ":
        extra = b64(lines[0][6:])
        del lines[0]
    need(bool(lines) and lines[0][:6] == "index ")
    index = whole_number(lines[0][6:])
    need(len(lines) <= 64)
    return index, [hash_of(line) for line in lines[1:]], whole[split + 2 :].encode(), extra


def receipt_verdict(data: bytes, log: str, witnesses: Iterable[str], quorum: int) -> tuple[str, dict[str, Any] | None]:
    """The verdict, and what the entry shows where it is proved."""
    try:
        index, proof, note, extra = receipt_parts(data)
        _, size, root = stated(note)
    except BadError:
        return "refuted", None
    try:
        items = bundle_items(extra or b"")
        disclosures = [text_of(item) for item in items[1:]]
        need(bool(items))
    except BadError:
        return "cannot_tell", None
    entry = items[0]
    try:
        leaf = hashlib.sha256(b"\x00" + entry).digest()
        need(index < size and slow_tree.root_by_inclusion(leaf, index, size, proof) == root)
        shown: dict[str, Any] | None = {}
        try:
            shown = revealed(json_of(text_of(entry)), disclosures)
        except BadError:
            need(not disclosures)
        vouched(note, log, witnesses, quorum)
    except BadError:
        return "refuted", None
    except UntrustedError:
        return "cannot_tell", None
    return "proved", shown


def seal_of(data: bytes) -> dict[str, Any]:
    leaves = [data[at : at + 2**20] for at in range(0, len(data), 2**20)]
    return {
        "size_bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "chunks_root": slow_tree.mth(leaves).hex(),
    }


def is_seal(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and sorted(value) == ["chunks_root", "sha256", "size_bytes"]
        and type(value["size_bytes"]) is int
        and value["size_bytes"] >= 0
        and all(
            isinstance(value[key], str) and len(value[key]) == 64 and set(value[key]) <= set("0123456789abcdef")
            for key in ("sha256", "chunks_root")
        )
    )


def is_path(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    odd = set('\\:*?"<>|') | {chr(code) for code in (*range(32), 127)}
    return all(part not in ("", ".", "..") and not set(part) & odd for part in value.split("/"))


def bundle_verdict(files: Mapping[str, bytes], log: str, witnesses: Iterable[str], quorum: int) -> str:
    witnesses = tuple(witnesses)
    data = files["bundle.json"]
    try:
        given = json_of(text_of(data))
        need(isinstance(given, dict) and sorted(given) == ["files", "log", "recompute", "schema"])
        need(given["schema"] == "answerable/bundle@1" and isinstance(given["files"], list))
        need(isinstance(given["log"], str) and isinstance(given["recompute"], str))
        for file in given["files"]:
            need(isinstance(file, dict) and sorted(file) == ["left_out", "name", "receipt", "role", "seal"])
            need(is_path(file["name"]) and is_seal(file["seal"]))
            need(file["role"] in ("source", "facts", "decisions", "policy", "claim", "evidence", "result"))
            need(file["receipt"] is None or is_path(file["receipt"]))
            need(file["left_out"] is None or isinstance(file["left_out"], str))
        names = [file["name"] for file in given["files"]]
        need(len(names) == len(set(names)))
    except BadError:
        return "refuted"
    verdicts = []
    wanted = [("bundle.tlog-proof", seal_of(data))]
    for file in given["files"]:
        if file["name"] in files:
            verdicts.append("proved" if seal_of(files[file["name"]]) == file["seal"] else "refuted")
        elif file["left_out"] is None:
            verdicts.append("cannot_tell")
        if file["receipt"] is not None:
            wanted.append((file["receipt"], file["seal"]))
    for name, seal in wanted:
        if name not in files:
            verdicts.append("cannot_tell")
            continue
        verdict, shown = receipt_verdict(files[name], log, witnesses, quorum)
        if verdict == "proved":
            held = (shown or {}).get("seal", (shown or {}).get("document"))
            _, _, note, _ = receipt_parts(files[name])
            verdict = "proved" if is_seal(held) and held == seal and stated(note)[0] == given["log"] else "refuted"
        verdicts.append(verdict)
    return "refuted" if "refuted" in verdicts else "cannot_tell" if "cannot_tell" in verdicts else "proved"
