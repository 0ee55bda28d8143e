"""Selective disclosure: what opens to what, and the reason why anything else does not."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping

from tests.support.vectors import Case

ABOUT = (
    "Selective disclosure (RFC 9901 section 4 and 7.1), with whole numbers only. `entry` is the entry's JSON text,"
    " `disclosures` are texts. `verdict`: opens (then `shows` is what is seen and `closed` how many digests stay"
    " closed), malformed, or disclosure (a disclosure belongs to nothing, or something stands twice)."
)
NAME = '["_26bc4LT-ac6q2KI6cBW5es", "family_name", "Möbius"]'
GIVEN = '["2GLC42sKQveCfGfryNRN9w", "given_name", "John"]'
COUNTRY = '["lklxF5jMYlGTPUovMNIvCA", "FR"]'


def text_of(content: str | bytes) -> str:
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def digest_of(text: str) -> str:
    return text_of(hashlib.sha256(text.encode()).digest())


def opens(name: str, entry: str, texts: list[str], shows: Mapping[str, object], closed: int) -> Case:
    return {"name": name, "verdict": "opens", "entry": entry, "disclosures": texts, "shows": shows, "closed": closed}


def bad(name: str, because: str, entry: str, texts: list[str], *, verdict: str = "malformed") -> Case:
    return {"name": name, "verdict": verdict, "because": because, "entry": entry, "disclosures": texts}


def committing(*texts: str, **members: object) -> str:
    return json.dumps({"_sd": [digest_of(text) for text in texts], **members})


def cases() -> list[Case]:
    return [*good(), *nested(), *contents(), *spellings(), *entries(), *strangers()]


def good() -> Iterator[Case]:
    name, given, country = text_of(NAME), text_of(GIVEN), text_of(COUNTRY)
    assert digest_of(name) == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"  # as RFC 9901 publishes them
    assert digest_of(given) == "jsu9yVulwQQlhFlM_3JlzMaSFzglhQG0DpfayQwLUK4"
    assert digest_of(country) == "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs"
    entry = json.dumps(
        {"_sd_alg": "sha-256", "_sd": [digest_of(name), digest_of(given)], "from": ["DE", {"...": digest_of(country)}]}
    )
    yield opens("RFC 9901: nothing shown", entry, [], {"from": ["DE"]}, 3)
    yield opens("RFC 9901: a member", entry, [name], {"family_name": "Möbius", "from": ["DE"]}, 2)
    yield opens("RFC 9901: an element", entry, [country], {"from": ["DE", "FR"]}, 2)
    everything = {"family_name": "Möbius", "given_name": "John", "from": ["DE", "FR"]}
    yield opens("RFC 9901: everything, in any order", entry, [country, given, name], everything, 0)
    values = {
        "null": "null", "true": "true", "false": "false", "zero": "0", "a negative number": "-5",
        "the largest number": "9007199254740991", "the smallest number": "-9007199254740991", "an empty text": '""',
        "an empty list": "[]", "an empty object": "{}", "escapes": '"\\u00e9\\n\\"\\\\\\/\\ud83d\\ude00"',
        "letters beyond ASCII": '"Ω — 😀"', "a list of lists": '[[1], [[2]], {"a": [null]}]',
        "an object in a list": '[{"b": 1, "a": 2}]', "a name with a dot": '{"a.b": 1}', "an empty name": '{"": 1}',
        "a name like a method": '{"__proto__": 1, "constructor": 2, "toString": 3}',
    }  # fmt: skip
    for what, value in values.items():
        text = text_of(f'["s", "value", {value}]')
        yield opens(f"the value: {what}", committing(text, id="1"), [text], {"id": "1", "value": json.loads(value)}, 0)
    spaced = text_of('\n [ "s" ,\t"value" , [ 1 , 2 ] ]\r\n')
    yield opens("white space in a disclosure", committing(spaced), [spaced], {"value": [1, 2]}, 0)
    empty_salt = text_of('["", "value", 1]')
    yield opens("an empty salt", committing(empty_salt), [empty_salt], {"value": 1}, 0)
    method = text_of('["s", "__proto__", {"a": 1}]')
    yield opens("a member named like a method", committing(method), [method], {"__proto__": {"a": 1}}, 0)
    yield opens("an entry without digests", '{"a": 1}', [], {"a": 1}, 0)
    yield opens("an empty entry", "{}", [], {}, 0)
    yield opens("an empty list of digests", '{"_sd": [], "a": [{}]}', [], {"a": [{}]}, 0)
    yield opens("decoys stay closed", '{"_sd": ["x", "not a digest", ""]}', [], {}, 3)
    deep = "[" * 63 + "]" * 63
    yield opens("an entry 64 levels deep", '{"a": ' + deep + "}", [], {"a": json.loads(deep)}, 0)


def chain(levels: int) -> tuple[str, list[str]]:
    """Objects that each hold the digest of the next."""
    inner, texts = "{}", list[str]()
    for _ in range(levels):
        text = text_of(f'["s", "in", {inner}]')
        inner = json.dumps({"_sd": [digest_of(text)]})
        texts.append(text)
    return inner, texts


def nested() -> Iterator[Case]:
    place, phone = text_of('["a", "place", "12 Alder Street"]'), text_of('["b", "phone", 5550100]')
    private = text_of(json.dumps(["c", "private", {"_sd": [digest_of(place), digest_of(phone)]}]))
    entry = committing(private, type="call")
    yield opens("one digest for many, nothing shown", entry, [], {"type": "call"}, 1)
    yield opens("one digest for many, the outer shown", entry, [private], {"type": "call", "private": {}}, 2)
    one = {"type": "call", "private": {"place": "12 Alder Street"}}
    yield opens("one digest for many, one shown", entry, [place, private], one, 1)
    both = {"type": "call", "private": {"place": "12 Alder Street", "phone": 5550100}}
    yield opens("one digest for many, all shown", entry, [phone, private, place], both, 0)
    yield bad(
        "an inner one without the outer", "it belongs to nothing that is shown", entry, [place], verdict="disclosure"
    )
    element = text_of('["d", ["x"]]')
    listed = text_of(json.dumps(["e", "units", [{"...": digest_of(element)}, "y"]]))
    yield opens("a list within a disclosure", committing(listed), [listed, element], {"units": [["x"], "y"]}, 0)
    shown: Mapping[str, object] = {}
    for _ in range(63):
        shown = {"in": shown}
    yield opens("disclosures 64 levels deep", *chain(63), shown, 0)
    yield bad("disclosures 65 levels deep", "64 levels are the most", *chain(64))
    yield bad("disclosures 500 levels deep", "64 levels are the most", *chain(500))


def contents() -> Iterator[Case]:
    given = {
        "the name _sd": ('["s", "_sd", 1]', "the name is reserved"),
        "the name ...": ('["s", "...", 1]', "the name is reserved"),
        "a number for a name": ('["s", 1, 1]', "a name is a text"),
        "null for a name": ('["s", null, 1]', "a name is a text"),
        "a number for a salt": ('[1, "name", 1]', "a salt is a text"),
        "a salt alone": ('["s"]', "two or three parts"),
        "four parts": ('["s", "name", 1, 2]', "two or three parts"),
        "no parts": ("[]", "two or three parts"),
        "an object": ('{"s": 1}', "a disclosure is a list"),
        "a text": ('"s"', "a disclosure is a list"),
        "nothing": ("", "not JSON"),
        "a number with a point": ('["s", "name", 1.5]', "whole numbers only"),
        "a whole number with a point": ('["s", "name", 1.0]', "whole numbers only"),
        "an exponent": ('["s", "name", 1e3]', "whole numbers only"),
        "a plus": ('["s", "name", +1]', "not JSON"),
        "a leading zero": ('["s", "name", 01]', "not JSON"),
        "a hexadecimal number": ('["s", "name", 0x1]', "not JSON"),
        "NaN": ('["s", "name", NaN]', "not JSON"),
        "Infinity": ('["s", "name", -Infinity]', "not JSON"),
        "a number too large": ('["s", "name", 9007199254740992]', "not carried exactly"),
        "a number too small": ('["s", "name", -9007199254740992]', "not carried exactly"),
        "a number of 400 digits": ('["s", "name", ' + "9" * 400 + "]", "not carried exactly"),
        "a key twice": ('["s", "name", {"a": 1, "a": 1}]', "each key once"),
        "a key twice, once escaped": ('["s", "name", {"a": 1, "\\u0061": 1}]', "each key once"),
        "half a character": ('["s", "name", "\\ud800"]', "a lone surrogate"),
        "halves the wrong way round": ('["s", "name", "\\udc00\\ud800"]', "a lone surrogate"),
        "half a character in a key": ('["s", "name", {"\\udfff": 1}]', "a lone surrogate"),
        "more after the end": ('["s", "name", 1] x', "not JSON"),
        "a comma at the end": ('["s", "name", 1,]', "not JSON"),
        "single quotes": ("['s', 'name', 1]", "not JSON"),
        "a comment": ('["s", "name", 1 /* one */]', "not JSON"),
        "a raw newline in a text": ('["s", "name", "a\nb"]', "not JSON"),
        "a raw tab in a text": ('["s", "name", "a\tb"]', "not JSON"),
        "an unknown escape": ('["s", "name", "\\x41"]', "not JSON"),
        "a short escape": ('["s", "name", "\\u41"]', "not JSON"),
        "another white space": ('["s",\u00a0"name", 1]', "not JSON"),
        "a byte order mark": ('\ufeff["s", "name", 1]', "not JSON"),
        "a capital True": ('["s", "name", True]', "not JSON"),
        "an open list": ('["s", "name", [1]', "not JSON"),
        "65 levels": ('["s", "name", ' + "[" * 64 + "]" * 64 + "]", "64 levels are the most"),
        "10,000 levels": ('["s", "name", ' + "[" * 10_000 + "]" * 10_000 + "]", "64 levels are the most"),
        "... outside a list": ('["s", "name", {"...": "x"}]', "only an element of a list may have it"),
        "_sd that is a text": ('["s", "name", {"_sd": "x"}]', "_sd is a list"),
        "_sd with a number": ('["s", "name", {"_sd": [1]}]', "a digest is a text"),
        "_sd with null": ('["s", "name", {"_sd": [null]}]', "a digest is a text"),
        "a digest in a list that is a number": ('["s", "name", [{"...": 1}]]', "a digest is a text"),
        "a digest in a list with company": ('["s", "name", [{"...": "x", "y": 1}]]', "it has no other members"),
        "the name of an open member": ('["s", "type", 1]', "the name is taken"),
        "an element for a member": ('["s", 1]', "a member has a name"),
    }
    for name, (content, because) in given.items():
        text = text_of(content)
        yield bad(f"a disclosure of {name}", because, committing(text, type="call"), [text])
    member = text_of('["s", "name", 1]')
    entry = json.dumps({"a": [{"...": digest_of(member)}]})
    yield bad("a member for an element", "an element has no name", entry, [member])
    twice = [text_of('["s", "a", 1]'), text_of('["t", "a", 1]')]
    yield bad("two members of one name", "the name is taken", committing(*twice), twice)


def spellings() -> Iterator[Case]:
    good_text = text_of('["s", "ab", 1]')
    given = {
        "padding": (text_of('["s", 1]') + "=", "base64url has no padding"),
        "loose bits": (text_of('["s", 10]')[:-1] + chr(ord(text_of('["s", 10]')[-1]) + 1), "the loose bits are zero"),
        "the other alphabet": (text_of('["?>?", 1]').replace("_", "/"), "base64url has - and _"),
        "a space inside": (good_text[:4] + " " + good_text[4:], "not base64url"),
        "a newline at the end": (good_text + "\n", "not base64url"),
        "a letter beyond ASCII": (good_text + "é", "not base64url"),
        "one letter": ("A", "not base64url"),
        "bytes that are not UTF-8": (text_of(b'["s", "\xff"]'), "not UTF-8"),
        "an encoded surrogate": (text_of('["s", "\ud800"]'), "not UTF-8"),
    }
    assert "_" in text_of('["?>?", 1]')
    for name, (text, because) in given.items():
        yield bad(f"a disclosure with {name}", because, committing(text), [text])


def entries() -> Iterator[Case]:
    given = {
        "a list": ("[]", "an entry is an object"),
        "a text": ('"x"', "an entry is an object"),
        "null": ("null", "an entry is an object"),
        "no JSON": ("{", "not JSON"),
        "nothing": ("", "not JSON"),
        "a number with a point": ('{"a": 1.0}', "whole numbers only"),
        "a key twice": ('{"a": 1, "a": 2}', "each key once"),
        "65 levels": ('{"a": ' + "[" * 64 + "]" * 64 + "}", "64 levels are the most"),
        "another hash": ('{"_sd_alg": "sha-512"}', "only sha-256 is spoken here"),
        "a number for the hash": ('{"_sd_alg": 256}', "only sha-256 is spoken here"),
        "null for the hash": ('{"_sd_alg": null}', "only sha-256 is spoken here"),
        "_sd that is an object": ('{"_sd": {}}', "_sd is a list"),
        "... at the top": ('{"...": "x"}', "only an element of a list may have it"),
    }
    for name, (entry, because) in given.items():
        yield bad(f"an entry of {name}", because, entry, [])


def strangers() -> Iterator[Case]:
    shown, other = text_of('["s", "a", 1]'), text_of('["s", "a", 2]')
    entry = committing(shown)
    yield bad("a disclosure of another value", "its digest is not in the entry", entry, [other], verdict="disclosure")
    yield bad(
        "a disclosure that belongs to nothing", "its digest is not in the entry", "{}", [shown], verdict="disclosure"
    )
    yield bad(
        "one that belongs and one that does not",
        "its digest is not in the entry",
        entry,
        [shown, other],
        verdict="disclosure",
    )
    yield bad("a disclosure twice", "it stands twice", entry, [shown, shown], verdict="disclosure")
    digest = digest_of(shown)
    twice = json.dumps({"_sd": [digest, digest]})
    yield bad("a digest twice in one list", "it stands twice", twice, [shown], verdict="disclosure")
    yield bad("a digest twice, nothing shown", "it stands twice", twice, [], verdict="disclosure")
    apart = json.dumps({"_sd": [digest], "in": {"_sd": [digest]}})
    yield bad("a digest twice, far apart", "it stands twice", apart, [shown], verdict="disclosure")
    mixed = json.dumps({"_sd": [digest], "in": [{"...": digest}]})
    yield bad("a digest as member and as element", "it stands twice", mixed, [], verdict="disclosure")
    respelled = text_of('["s","a",1]')
    yield bad("the same value spelled otherwise", "its digest is another", entry, [respelled], verdict="disclosure")
