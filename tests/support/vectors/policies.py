"""Trust policies: which are read, and which witnesses make their quorum."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from tests.support.small_log import LOG_KEY, WITNESS_KEYS
from tests.support.vectors import Case

ABOUT = (
    "Trust policies (C2SP tlog-policy). `policy` is base64 of the bytes. `verdict`: reads (then each of `quorums` says"
    " whether the witnesses `cosigned`, by their names in the policy, make the quorum) or malformed."
)
UNION, PRESS, OMBUD = (str(key.verifier) for key in WITNESS_KEYS.values())
LOG = str(LOG_KEY.verifier)
HEAD = f"log {LOG}\nwitness A {UNION}\nwitness B {PRESS}\nwitness C {OMBUD}\n"


def case(name: str, text: str | bytes, **more: object) -> Case:
    data = text.encode() if isinstance(text, str) else text
    return {"name": name, "verdict": "reads", "policy": base64.b64encode(data).decode(), **more}


def bad(name: str, because: str, text: str | bytes) -> Case:
    return {**case(name, text), "verdict": "malformed", "because": because}


def quorums(**expected: bool) -> list[dict[str, object]]:
    """`AB=True`: A and B together make the quorum; `nobody` for none."""
    return [
        {"cosigned": [] if names == "nobody" else list(names), "enough": enough} for names, enough in expected.items()
    ]


def cases() -> list[Case]:
    return [*good(), *refused()]


def good() -> Iterator[Case]:
    yield case("no witness is needed", HEAD + "quorum none\n", quorums=quorums(nobody=True, A=True))
    yield case("one witness", HEAD + "quorum A\n", quorums=quorums(nobody=False, A=True, B=False, BC=False, AB=True))
    two = quorums(nobody=False, A=False, C=False, AB=True, AC=True, BC=True, ABC=True)
    yield case("two of three", HEAD + "group g 2 A B C\nquorum g\n", quorums=two)
    yield case("any", HEAD + "group g any A B\nquorum g\n", quorums=quorums(A=True, B=True, C=False))
    yield case("all", HEAD + "group g all A B\nquorum g\n", quorums=quorums(A=False, AB=True, BC=False))
    nested = HEAD + "group g any A B\ngroup h all g C\nquorum h\n"
    yield case("groups of groups", nested, quorums=quorums(A=False, AB=False, C=False, AC=True, BC=True))
    loose = HEAD + "group g all A B\ngroup h any g C\nquorum h\n"
    yield case("a group or a witness", loose, quorums=quorums(A=False, AB=True, C=True))
    yield case(
        "a quorum that is not the last group",
        HEAD + "group g any A\ngroup h any B\nquorum g\n",
        quorums=quorums(A=True, B=False),
    )
    yield case("no log", HEAD.partition("\n")[2] + "quorum A\n", quorums=quorums(A=True))
    yield case("only a quorum", "quorum none\n", quorums=quorums(nobody=True))
    yield case(
        "addresses",
        f"log {LOG} https://log.example/\nwitness A {UNION} https://w.example/ü\nquorum A\n",
        quorums=quorums(A=True),
    )
    spaced = f"\n# comment\n  \t \n\t#\n log\t{LOG}  \nwitness  A\t{UNION}\n\tquorum A \t\n"
    yield case("white space, comments and empty lines", spaced, quorums=quorums(A=True, nobody=False))
    yield case("a comment that is not UTF-8", b"# \xff\xfe\nquorum none\n", quorums=quorums(nobody=True))
    yield case("no newline at the end", HEAD + "quorum A", quorums=quorums(A=True))
    yield case(
        "a witness after the quorum",
        f"witness A {UNION}\nquorum A\nwitness B {PRESS}\n",
        quorums=quorums(A=True, B=False),
    )
    yield case(
        "a log and a witness of one name",
        f"log {LOG}\nwitness log {UNION}\nquorum log\n",
        quorums=quorums(nobody=False),
    )
    yield case("a name with signs", f"witness A#\"'= {UNION}\nquorum A#\"'=\n", quorums=quorums(nobody=False))
    yield case(
        "a name in other letters", f"witness \u212a {UNION}\nwitness K {PRESS}\nquorum K\n", quorums=quorums(K=True)
    )
    yield case(
        "a name that is not UTF-8",
        b"witness \xff " + UNION.encode() + b"\nquorum \xff\n",
        quorums=quorums(nobody=False),
    )
    yield case(
        "a no-break space belongs to a name", f"witness A\u00a0B {UNION}\nquorum A\u00a0B\n", quorums=quorums(A=False)
    )
    yield case(
        "names like methods",
        f"witness __proto__ {UNION}\nwitness constructor {PRESS}\n"
        "group toString all __proto__ constructor\nquorum toString\n",
        quorums=quorums(nobody=False),
    )
    many = "".join(f"group g{number} 1 {'A' if not number else f'g{number - 1}'}\n" for number in range(2000))
    yield case("2,000 groups within each other", f"{HEAD}{many}quorum g1999\n", quorums=quorums(A=True, B=False))


def refused() -> Iterator[Case]:
    given: dict[str, tuple[str | bytes, str]] = {
        "nothing": ("", "there is no quorum"),
        "no quorum": (HEAD, "there is no quorum"),
        "two quorums": (HEAD + "quorum none\nquorum none\n", "one quorum"),
        "a quorum of nobody": (HEAD + "quorum D\n", "the name is not defined"),
        "a quorum in other letters": (HEAD + "quorum a\n", "the name is not defined"),
        "a quorum that is only looked alike": (
            f"witness \u212a {UNION}\nquorum K\n",
            "names are compared byte by byte",
        ),
        "a quorum without a name": (HEAD + "quorum\n", "no line of a policy"),
        "a quorum of two names": (HEAD + "quorum A B\n", "no line of a policy"),
        "a member that nobody defined": (HEAD + "group g any D\nquorum g\n", "the name is not defined"),
        "a group within itself": (HEAD + "group g any g\nquorum g\n", "the name is not defined yet"),
        "a quorum before its group": (HEAD + "quorum g\ngroup g any A\n", "the name is not defined yet"),
        "none as a member": (HEAD + "group g any none\nquorum g\n", "the name is not defined"),
        "none as a group": (HEAD + "group none any A\nquorum none\n", "the name is taken"),
        "none as a witness": (f"witness none {UNION}\nquorum none\n", "the name is taken"),
        "a group named like a witness": (HEAD + "group A any B\nquorum A\n", "the name is taken"),
        "two witnesses of one name": (f"witness A {UNION}\nwitness A {PRESS}\nquorum A\n", "the name is taken"),
        "one witness twice": (f"witness A {UNION}\nwitness B {UNION}\nquorum A\n", "the key stands twice"),
        "one log twice": (f"log {LOG}\nlog {LOG}\nquorum none\n", "the key stands twice"),
        "nought of one": (HEAD + "group g 0 A\nquorum g\n", "the threshold is not possible"),
        "two of one": (HEAD + "group g 2 A\nquorum g\n", "the threshold is not possible"),
        "a threshold of 2**64": (HEAD + "group g 18446744073709551616 A\nquorum g\n", "the threshold is not possible"),
        "a leading zero": (HEAD + "group g 01 A\nquorum g\n", "a number has one spelling"),
        "a plus": (HEAD + "group g +1 A\nquorum g\n", "a number has one spelling"),
        "some": (HEAD + "group g some A\nquorum g\n", "a number, any or all"),
        "All": (HEAD + "group g All A\nquorum g\n", "a number, any or all"),
        "no members": (HEAD + "group g any\nquorum none\n", "no line of a policy"),
        "a member twice": (HEAD + "group g 1 A A\nquorum g\n", "a name is a member once"),
        "a member of two groups": (HEAD + "group g any A\ngroup h any A\nquorum h\n", "a name is a member once"),
        "a witness for a log": (f"log {UNION}\nquorum none\n", "the key is of another kind"),
        "a log for a witness": (f"witness A {LOG}\nquorum A\n", "the key is of another kind"),
        "two addresses": (f"log {LOG} one two\nquorum none\n", "no line of a policy"),
        "a witness without a key": ("witness A\nquorum A\n", "no line of a policy"),
        "a log without a key": ("log\nquorum none\n", "no line of a policy"),
        "a key of another kind": ("log a+00000000+AAAA\nquorum none\n", "the kind is not spoken here"),
        "another id": (f"log {LOG.replace('+', '+0', 1)}\nquorum none\n", "the id is not that of the key"),
        "an id in capitals": (f"witness A {UNION.replace('+bd7c0753+', '+BD7C0753+')}\nquorum A\n", "one spelling"),
        "a key without padding": (f"log {LOG}=\nquorum none\n", "not base64"),
        "a key of 31 bytes": (
            f"log a+00000000+{base64.b64encode(bytes([1]) + bytes(31)).decode()}\nquorum none\n",
            "length",
        ),
        "a key's name that is not UTF-8": (b"log a\xff" + LOG.encode() + b"\nquorum none\n", "not UTF-8"),
        "a key's name with a no-break space": (f"log a\u00a0b{LOG}\nquorum none\n", "names have no spaces"),
        "a comment after a line": (HEAD + "quorum none # why\n", "no line of a policy"),
        "another word": ("logs none\nquorum none\n", "no line of a policy"),
        "a capital letter": (HEAD + "Quorum none\n", "no line of a policy"),
        "a carriage return": ("quorum none\r\n", "U+000D is a control character"),
        "a nought byte": ("quorum none\x00\n", "U+0000 is a control character"),
        "a delete": ("quorum none\x7f\n", "U+007F is a control character"),
        "a form feed": ("quorum\x0cnone\n", "U+000C is a control character"),
        "a byte order mark": ("\ufeffquorum none\n", "no line of a policy"),
    }
    for name, (text, because) in given.items():
        yield bad(name, because, text)
