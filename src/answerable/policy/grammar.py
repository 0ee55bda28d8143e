"""From tokens to nodes: a recursive-descent reader that also checks every name, value and type.

    condition  = any ;
    any        = all, { "or", all } ;
    all        = negation, { "and", negation } ;
    negation   = "not", negation | primary ;
    primary    = "(", any, ")" | "true" | "known", "(", fact, ")" | fact, "in", "(", value, { ",", value }, ")"
               | operand, sign, operand, { sign, operand } | yes-no-fact ;
    operand    = fact | number | text ;

In each comparison of a chain one side is a fact and the other a value, so that every fact has a finite list of classes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Final, NoReturn

from answerable.model.vocabulary import FactType
from answerable.policy.expression import Always, And, Compare, Known, Member, Node, Not, Or, YesNo
from answerable.policy.spelling import nearest, quoted
from answerable.policy.tokens import DUTY, KEYWORDS, ConditionError, Sort, Token, tokens

DEEPEST: Final = 30
"""Brackets and negations a condition may nest."""

_COMPARISONS: Final = ("==", "!=", "<", "<=", ">", ">=")
_MIRRORED: Final = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_WHOLE: Final = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)
_FOREIGN: Final = {
    "false": "a fact that is no is written 'not fact'",
    "True": "write 'true'",
    "False": "a fact that is no is written 'not fact'",
    "None": "a missing fact is written 'not known(fact)'",
    "null": "a missing fact is written 'not known(fact)'",
    "AND": "write 'and'",
    "OR": "write 'or'",
    "NOT": "write 'not'",
    "IN": "write 'in'",
    "is": "write '==' to compare",
}


def parse(text: str, facts: Mapping[str, FactType]) -> Node:
    """The condition `text` over `facts`. Raises ConditionError at the first thing that is wrong.

    Include `duty` among the facts only where the text may speak of what the policy decides.
    """
    return _Reader(tokens(text), facts).whole()


class _Reader:
    def __init__(self, words: list[Token], facts: Mapping[str, FactType]) -> None:
        self._words, self._facts = words, facts
        self._at = self._depth = 0

    def whole(self) -> Node:
        if self._ended():
            self._fail("the condition is empty", hint="write 'true' for always")
        node = self._any()
        if not self._ended():
            self._unexpected("and, or, or the end")
        return node

    @property
    def _now(self) -> Token:
        return self._words[self._at]

    def _ended(self) -> bool:
        return self._now.sort is Sort.END

    def _take(self) -> Token:
        token = self._now
        self._at += 1
        return token

    def _fail(self, message: str, *, at: Token | None = None, hint: str | None = None) -> NoReturn:
        raise ConditionError(message, offset=(at or self._now).offset, hint=hint)

    def _unexpected(self, wanted: str) -> NoReturn:
        now, hint = self._now, None
        if now.is_sign("("):
            self._fail("there are no functions in this language, except known(fact)")
        if now.sort is Sort.NAME:
            hint = _FOREIGN.get(now.text)
        if now.is_word("not"):
            hint = "write 'not fact in (…)'"
        self._fail(f"expected {wanted}, found {now.shown()}", hint=hint)

    def _expect(self, sign: str) -> None:
        if not self._now.is_sign(sign):
            self._unexpected(quoted(sign))
        self._take()

    def _any(self) -> Node:
        return self._joined("or", self._all, Or)

    def _all(self) -> Node:
        return self._joined("and", self._negation, And)

    def _joined(self, word: str, part: Callable[[], Node], join: type[And | Or]) -> Node:
        parts = [part()]
        while self._now.is_word(word):
            self._take()
            parts.append(part())
        return parts[0] if len(parts) == 1 else join(parts=tuple(parts), offset=parts[0].offset)

    def _negation(self) -> Node:
        if not self._now.is_word("not"):
            return self._primary()
        token = self._deeper()
        part = self._negation()
        self._depth -= 1
        return Not(part=part, offset=token.offset)

    def _deeper(self) -> Token:
        self._depth += 1
        if self._depth > DEEPEST:
            self._fail(f"nested more than {DEEPEST} deep", hint="split it into several rules")
        return self._take()

    def _primary(self) -> Node:
        if self._now.is_sign("("):
            self._deeper()
            node = self._any()
            self._depth -= 1
            self._expect(")")
            return node
        if self._now.is_word("true"):
            return Always(offset=self._take().offset)
        if self._now.is_word("known"):
            return self._known()
        return self._statement()

    def _known(self) -> Node:
        offset = self._take().offset
        self._expect("(")
        fact = self._fact(self._operand())
        self._expect(")")
        return Known(fact=fact, offset=offset)

    def _statement(self) -> Node:
        first = self._operand()
        if self._now.is_sign(*_COMPARISONS):
            return self._chain(first)
        if self._now.is_word("in"):
            return self._member(first)
        if self._now.is_word("not"):
            self._unexpected("a comparison")
        return self._bare(first)

    def _operand(self) -> Token:
        now = self._now
        if now.is_word("true"):
            self._fail("nothing is compared with 'true'", hint="write the fact alone, or 'not' before it")
        if now.sort not in (Sort.NAME, Sort.NUMBER, Sort.TEXT) or (now.text in KEYWORDS and now.sort is Sort.NAME):
            self._unexpected("a fact or a value")
        return self._take()

    def _fact(self, token: Token) -> str:
        if token.sort is not Sort.NAME:
            self._fail(f"expected a fact, found {token.shown()}", at=token)
        if token.text not in self._facts:
            self._no_fact(token)
        return token.text

    def _no_fact(self, token: Token) -> NoReturn:
        if token.text == DUTY:
            self._fail("'duty' may stand only in promises", at=token, hint="a rule looks at facts; it decides the duty")
        if self._now.is_sign("(") or token.text.startswith("__"):
            self._fail(
                f"{quoted(token.text)} is not a fact, and there are no functions in this language except known(fact)",
                at=token,
            )
        hint = _FOREIGN.get(token.text) or nearest(token.text, [*self._facts, *sorted(KEYWORDS)])
        self._fail(f"there is no fact {quoted(token.text)}", at=token, hint=hint)

    def _bare(self, token: Token) -> Node:
        if token.sort is not Sort.NAME:
            self._fail(f"{token.shown()} alone says nothing", at=token, hint="compare a fact with it")
        fact = self._fact(token)
        if not self._facts[fact].yes_no:
            what = "a number" if self._facts[fact].first is not None else "one of several values"
            self._fail(f"{fact} is {what}, not yes or no", at=token, hint=f"compare it: {fact} == {self._sample(fact)}")
        return YesNo(fact=fact, offset=token.offset)

    def _sample(self, fact: str) -> str:
        kind = self._facts[fact]
        return f"'{kind.one_of[0]}'" if kind.one_of else str(kind.first)

    def _chain(self, first: Token) -> Node:
        operands, signs = [first], []
        while self._now.is_sign(*_COMPARISONS):
            signs.append(self._take())
            operands.append(self._operand())
        parts = tuple(self._compare(pair, sign) for pair, sign in zip(pairwise(operands), signs, strict=True))
        return parts[0] if len(parts) == 1 else And(parts=parts, offset=first.offset)

    def _compare(self, pair: tuple[Token, Token], sign: Token) -> Node:
        left, right = pair
        if (left.sort is Sort.NAME) == (right.sort is Sort.NAME):
            self._refuse_pair(left, right)
        fact_first = left.sort is Sort.NAME
        fact = self._fact(left if fact_first else right)
        value = self._value(fact, right if fact_first else left)
        kind = self._facts[fact]
        if sign.text not in ("==", "!=") and kind.one_of and not kind.ordered:
            self._fail(
                f"the values of {fact} have no order",
                at=sign,
                hint=f"use == or in (…), or declare {fact} ordered = true",
            )
        order = kind.one_of if kind.ordered and sign.text not in ("==", "!=") else ()
        said = sign.text if fact_first else _MIRRORED[sign.text]
        return Compare(fact=fact, sign=said, value=value, order=order, offset=left.offset)

    def _refuse_pair(self, left: Token, right: Token) -> NoReturn:
        if left.sort is not Sort.NAME:
            self._fail("two values are compared with each other", at=left, hint="compare a fact with a value")
        self._fact(left)
        if right.text in _FOREIGN:
            self._fail("a yes-no fact is not compared", at=right, hint=f"write '{left.text}' or 'not {left.text}'")
        if right.text in self._facts:
            self._fail("two facts are compared with each other", at=right, hint="compare a fact with a value")
        self._fail(
            f"there is no fact {quoted(right.text)}", at=right, hint=f"write a text in single quotes: '{right.text}'"
        )

    def _member(self, first: Token) -> Node:
        fact = self._fact(first)
        self._take()
        self._expect("(")
        values = [self._value(fact, self._operand())]
        while self._now.is_sign(","):
            self._take()
            values.append(self._value(fact, self._operand()))
        self._expect(")")
        return Member(fact=fact, values=tuple(dict.fromkeys(values)), offset=first.offset)

    def _value(self, fact: str, token: Token) -> int | str:
        kind = self._facts[fact]
        if kind.yes_no:
            self._fail(f"{fact} is yes or no and is not compared", at=token, hint=f"write '{fact}' or 'not {fact}'")
        if token.sort is Sort.NAME:
            self._fail(f"expected a value, found {token.shown()}", at=token, hint="write a text in single quotes")
        return self._listed(fact, token) if kind.one_of else self._number(fact, token)

    def _listed(self, fact: str, token: Token) -> str:
        kind = self._facts[fact]
        if token.sort is not Sort.TEXT:
            self._fail(
                f"{fact} is a text, {token.text} is a number", at=token, hint=f"write it as {self._sample(fact)}"
            )
        if token.text not in kind.one_of:
            self._fail(f"{fact} is never {quoted(token.text)}", at=token, hint=nearest(token.text, kind.one_of))
        return token.text

    def _number(self, fact: str, token: Token) -> int:
        kind = self._facts[fact]
        if token.sort is not Sort.NUMBER:
            self._fail(
                f"{fact} is a number, {token.shown()} is a text", at=token, hint=f"write it as {self._sample(fact)}"
            )
        if _WHOLE.fullmatch(token.text) is None:
            self._fail(f"{token.shown()} is not a whole number", at=token, hint="write digits only: 3")
        if not kind.admits(int(token.text)):
            self._fail(f"{fact} goes from {kind.first} to {kind.last}; it is never {token.text}", at=token)
        return int(token.text)
