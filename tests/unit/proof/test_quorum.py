"""Trust policies (C2SP tlog-policy): the example of the specification, quorums, and every line that is refused."""

from __future__ import annotations

import pytest

from answerable.errors import MalformedError, SignatureError, UntrustedError
from answerable.proof import Checkpoint, KeyKind, Note, SigningKey, TrustPolicy

LOG = SigningKey("log.example/a", bytes([1] * 32))
OTHER_LOG = SigningKey("log.example/b", bytes([2] * 32))
NAMES = ["X1", "X2", "X3", "Y1", "Y2", "Y3"]
WITNESSES = {
    name: SigningKey(f"{name}.example", bytes([10 + at] * 32), KeyKind.WITNESS) for at, name in enumerate(NAMES)
}
VKEYS = {name: key.verifier for name, key in WITNESSES.items()}
HEAD = f"log {LOG.verifier} https://log.example/\n" + "".join(f"witness {n} {k}\n" for n, k in VKEYS.items())
EXAMPLE = f"""# as in the specification
{HEAD}
group X-witnesses 2 X1 X2 X3
\tgroup\tY-witnesses  any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


def policy(text: str) -> TrustPolicy:
    return TrustPolicy.parse(text.encode())


def checkpoint(*names: str, log: SigningKey = LOG, origin: str = LOG.name) -> bytes:
    text = Checkpoint(origin, 1, bytes(32)).text()
    return Note(text, (log.sign(text), *(WITNESSES[name].sign(text, time_s=100) for name in names))).encode()


@pytest.mark.parametrize(
    ("cosigned", "enough"),
    [
        ("", False),
        ("X1 X2", False),
        ("X1 X2 X3", False),
        ("Y1 Y2 Y3", False),
        ("X1 Y1 Y2", False),
        ("X1 X2 Y3", True),
        ("X2 X3 Y1 Y2", True),
        ("X1 X2 X3 Y1 Y2 Y3", True),
    ],
)
def test_the_quorum_of_the_specifications_example(cosigned: str, enough: bool) -> None:
    trust = policy(EXAMPLE)
    if enough:
        assert list(trust.check(checkpoint(*cosigned.split())).witnesses) == cosigned.split()
    else:
        with pytest.raises(UntrustedError, match="X-and-Y"):
            trust.check(checkpoint(*cosigned.split()))


@pytest.mark.parametrize(
    ("lines", "cosigned", "enough"),
    [
        ("quorum none\n", "", True),
        ("quorum X1\n", "", False),
        ("quorum X1\n", "X2", False),
        ("quorum X1\n", "X1", True),
        ("group g any X1 X2\nquorum g\n", "X2", True),
        ("group g all X1 X2\nquorum g\n", "X2", False),
        ("group g 2 X1 X2 X3\nquorum g", "X3 X1", True),
        ("group g 1 X1\ngroup h all g X2\nquorum g\n", "X1", True),
        ("group g 1 X1\ngroup h all g X2\nquorum h\n", "X1", False),
    ],
)
def test_quorums(lines: str, cosigned: str, enough: bool) -> None:
    assert policy(HEAD + lines).is_met_by(dict.fromkeys(cosigned.split(), 1)) is enough


def test_a_witness_that_signs_twice_counts_once() -> None:
    trust = policy(HEAD + "group g 2 X1 X2\nquorum g\n")
    with pytest.raises(UntrustedError):
        trust.check(checkpoint("X1", "X1"))


def test_a_false_cosignature_of_a_known_witness_rejects_even_where_others_suffice() -> None:
    trust = policy(HEAD + "group g any X1 X2\nquorum g\n")
    forged = checkpoint("X1", "X2").replace(b"X2.example", b"X3.example")
    assert trust.check(forged).checkpoint.size == 1  # a name and an id that do not belong together are nobody's
    text = Checkpoint(LOG.name, 1, bytes(32)).text()
    other = WITNESSES["X2"].sign("another\n", time_s=1)
    with pytest.raises(SignatureError, match="X2"):
        trust.check(Note(text, (LOG.sign(text), WITNESSES["X1"].sign(text, time_s=1), other)).encode())


def test_a_log_speaks_only_for_itself() -> None:
    trust = TrustPolicy.of_log(LOG.verifier, OTHER_LOG.verifier)
    with pytest.raises(UntrustedError):
        trust.check(checkpoint(log=OTHER_LOG))


def test_a_log_can_be_added_to_the_witnesses() -> None:
    trust = policy("".join(HEAD.partition("\n")[2]) + "quorum X1\n")
    assert trust.logs == ()
    assert trust.with_log(LOG.verifier).check(checkpoint("X1")).log == LOG.verifier


def test_what_the_file_says_is_kept_in_its_order() -> None:
    trust = policy(EXAMPLE)
    assert list(trust.witnesses) == NAMES
    assert trust.logs[0].url == "https://log.example/"
    assert trust.witnesses["X1"].url is None
    assert trust.groups["X-witnesses"].threshold == 2
    assert trust.groups["X-and-Y"].members == ("X-witnesses", "Y-witnesses")


X1 = VKEYS["X1"]


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("", "no quorum"),
        (HEAD, "no quorum"),
        (HEAD + "quorum none\nquorum none\n", "second quorum"),
        (HEAD + "quorum X9\n", "not defined"),
        (HEAD + "quorum\n", "no line of a trust policy"),
        (HEAD + "quorum X1 X2\n", "no line of a trust policy"),
        (HEAD + "group g any X9\nquorum g\n", "not defined"),
        (HEAD + "group g any g\nquorum g\n", "not defined"),
        (HEAD + "quorum g\ngroup g any X1\n", "not defined"),
        (HEAD + "group g any none\nquorum g\n", "not defined"),
        (HEAD + "group none any X1\nquorum none\n", "taken"),
        (HEAD + "group X1 any X2\nquorum X1\n", "taken"),
        (HEAD + "group g 0 X1\nquorum g\n", "not possible"),
        (HEAD + "group g 2 X1\nquorum g\n", "not possible"),
        (HEAD + "group g 01 X1\nquorum g\n", "decimal"),
        (HEAD + "group g some X1\nquorum g\n", "decimal"),
        (HEAD + "group g any\nquorum none\n", "no line of a trust policy"),
        (HEAD + "group g 1 X1 X1\nquorum g\n", "already"),
        (HEAD + "group g any X1\ngroup h any X1\nquorum h\n", "already"),
        (f"witness none {X1}\nquorum none\n", "taken"),
        (f"witness A {X1}\nwitness A {VKEYS['X2']}\nquorum none\n", "taken"),
        (f"witness A {X1}\nwitness B {X1}\nquorum none\n", "twice"),
        (f"log {LOG.verifier}\nlog {LOG.verifier}\nquorum none\n", "twice"),
        (f"log {X1}\nquorum none\n", "not the key of a log"),
        (f"witness A {LOG.verifier}\nquorum none\n", "not the key of a witness"),
        (f"witness A {X1} url more\nquorum none\n", "no line of a trust policy"),
        ("log a+00000000+AAAA\nquorum none\n", "kind"),
        ("logs none\n", "no line of a trust policy"),
        ("quorum none\r\n", "control character"),
        ("quorum none\x00\n", "control character"),
        ("quorum none # why\n", "no line of a trust policy"),
    ],
)
def test_every_other_line_is_refused(text: str, because: str) -> None:
    with pytest.raises(MalformedError, match=because):
        policy(text)


def test_the_line_is_named() -> None:
    with pytest.raises(MalformedError, match="line 8 of the trust policy"):
        policy(HEAD + "group g 2 X1\nquorum g\n")


def test_names_are_bytes_and_need_not_be_utf_8() -> None:
    trust = TrustPolicy.parse(b"witness \xff " + str(X1).encode() + b"\nquorum \xff\n")
    assert len(trust.witnesses) == 1
    with pytest.raises(MalformedError, match="not defined"):
        TrustPolicy.parse(b"witness \xff " + str(X1).encode() + b"\nquorum \xfe\n")
