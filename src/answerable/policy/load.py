"""Strict reading of a policy file: what is accepted can be trusted, all else is refused with its place.

Reading goes on after a fault, so that a file's independent faults are told together.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from typing import Any, Final

from answerable.errors import PolicyError
from answerable.notation import MOST_PARTS, line_of_many_parts
from answerable.policy import keys
from answerable.policy.document import Policy
from answerable.policy.faults import EnoughError, Faults
from answerable.policy.load_head import read_about, read_facts, read_ranks
from answerable.policy.load_rules import demand_fallback, read_clocks, read_duties, read_examples, read_promises
from answerable.policy.locate import Map, TooDeepError
from answerable.policy.spelling import foreign_letter
from answerable.policy.table import Table

_TOO_DEEP: Final = "the file nests lists or tables too deep"


def load_policy(text: bytes, *, file: str) -> Policy:
    """The policy in the bytes of a file. `file` is its name in messages.

    Raises PolicyError with file, line, column and (inside a rule) the rule's id: the first fault, by line.
    """
    policy, faults = read_policy(text, file=file)
    if policy is None:
        raise faults[0]
    return policy


def read_policy(text: bytes, *, file: str) -> tuple[Policy | None, tuple[PolicyError, ...]]:
    """The policy, or else every independent fault of its file by line: at most `faults.MOST`, of TOML itself one.

    What is a mere consequence of a fault (a rule without the clock that was misspelt, say) is not told with it.
    """
    faults = Faults()
    try:
        policy = faults.kept(lambda: _policy(text, file, faults), otherwise=None)
    except EnoughError:
        policy = None
    return (None if faults.found else policy), faults.found


def _policy(text: bytes, file: str, faults: Faults) -> Policy | None:
    values, places = _toml(text, file)
    top = Table(values, path=(), places=places, file=file, faults=faults)
    top.only(keys.names(keys.TOP))
    number = top.whole("answerable-policy")
    if number is not None and number != keys.FORMAT:
        top.tell(f"this program reads answerable-policy = {keys.FORMAT}", key="answerable-policy")
    about = top.table("policy")
    ranks = read_ranks(top)
    head = read_about(about, ranks=ranks)
    facts, declared = read_facts(top)
    duties = read_duties(top, facts=facts, ranks=ranks)
    clocks = read_clocks(top, facts=facts, ranks=ranks)
    promises = read_promises(top, facts=facts)
    examples = read_examples(top, facts=facts, ranks=ranks, duties=duties)
    if not faults.found:
        demand_fallback(top, duties=duties, clocks=clocks)
    if head is None or ranks is None:
        return None
    return Policy(
        **head,
        ranks=tuple(ranks), facts=facts, declared=declared,
        duties=duties, clocks=clocks, promises=promises, examples=examples,
        text_sha256=hashlib.sha256(text).hexdigest(), file=file, spot=about.spot,
    )  # fmt: skip


def _toml(text: bytes, file: str) -> tuple[dict[str, Any], Map]:
    if len(text) > keys.MOST_BYTES:
        raise PolicyError(f"the file has {len(text)} bytes; a policy has at most {keys.MOST_BYTES}", file=file)
    try:
        source = text.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as fault:
        line = text.count(b"\n", 0, fault.start) + 1
        raise PolicyError("this is not UTF-8 text", file=file, line=line, hint="save the file as UTF-8") from None
    if (long := line_of_many_parts(source)) is not None:
        raise PolicyError(f"a name of more than {MOST_PARTS} parts, divided by dots", file=file, line=long)
    try:
        return tomllib.loads(source), Map(source)
    except tomllib.TOMLDecodeError as fault:
        raise _not_toml(str(fault), source, file) from None
    except (RecursionError, TooDeepError):
        raise PolicyError(_TOO_DEEP, file=file) from None
    except ValueError as fault:  # a number of thousands of digits
        raise PolicyError(f"this is not TOML: {fault}", file=file) from None


def _not_toml(message: str, source: str, file: str) -> PolicyError:
    found = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    line = int(found[1]) if found and found[1] else source.count("\n") + 1
    column = int(found[2]) if found and found[2] else None
    what = message[: found.start()] if found else message
    foreign = foreign_letter(_rest_of_line(source, line, column)[:1])
    hint = foreign or "a text stands in quotes, a table's name in square brackets"
    return PolicyError(f"this is not TOML: {what}", file=file, line=line, column=column, hint=hint)


def _rest_of_line(source: str, line: int, column: int | None) -> str:
    return source.split("\n")[line - 1][(column or 1) - 1 :]
