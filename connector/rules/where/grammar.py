"""Reads a condition into a tree, by precedence: or, and, not, comparison, + -, * /, minus."""

from __future__ import annotations

from connector.rules.where.nodes import (
    Binary,
    Call,
    Field,
    Holds,
    IsNull,
    Like,
    Literal,
    Node,
    Null,
    OneOf,
    Unary,
)
from connector.rules.where.words import ConditionError, Word, words

DEEPEST = 40
"""Brackets and signs inside one another."""

COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")


def parse(text: str) -> Node:
    """Return the condition's tree; ConditionError at the first word that does not fit."""
    reader = _Reader(words(text))
    if reader.ended():
        raise ConditionError("empty", 0)
    node = reader.any_of()
    if not reader.ended():
        raise reader.unexpected()
    return node


class _Reader:
    """One pass over the words; `word` is the next one."""

    def __init__(self, found: list[Word]) -> None:
        self._words = found
        self._place = 0
        self._depth = 0

    @property
    def word(self) -> Word:
        return self._words[self._place]

    def ended(self) -> bool:
        return self.word.kind == "end"

    def unexpected(self) -> ConditionError:
        if self.ended():
            return ConditionError("cut_short", self.word.at)
        return ConditionError("unexpected", self.word.at, word=self.word.text)

    def any_of(self) -> Node:
        node = self._all_of()
        while sign := self._taken("or"):
            node = Binary(sign.at, "or", node, self._all_of())
        return node

    def _all_of(self) -> Node:
        node = self._not()
        while sign := self._taken("and"):
            node = Binary(sign.at, "and", node, self._not())
        return node

    def _not(self) -> Node:
        sign = self._taken("not")
        if sign is None:
            return self._comparison()
        self._enter()
        node = Unary(sign.at, "not", self._not())
        self._depth -= 1
        return node

    def _comparison(self) -> Node:
        left = self._sum()
        if sign := self._taken(*COMPARISONS):
            return Binary(sign.at, sign.text, left, self._sum())
        if sign := self._taken("is"):
            negated = self._taken("not")
            self._expect("null")
            return self._negated(negated, IsNull(sign.at, left))
        negated = self._taken("not")
        if sign := self._taken("in"):
            return self._negated(negated, self._in(sign, left))
        if sign := self._taken("between"):
            return self._negated(negated, self._between(sign, left))
        if sign := self._taken("like"):
            return self._negated(negated, self._like(sign, left))
        if negated:
            raise self.unexpected()
        return left

    def _negated(self, sign: Word | None, node: Node) -> Node:
        return Unary(sign.at, "not", node) if sign else node

    def _in(self, sign: Word, left: Node) -> Node:
        if self.word.kind == "name":
            whole = self._advance()
            return Holds(sign.at, left, Field(whole.at, whole.text))
        self._expect("(")
        choices = [self._sum()]
        while self._taken(","):
            choices.append(self._sum())
        self._expect(")")
        return OneOf(sign.at, left, tuple(choices))

    def _between(self, sign: Word, left: Node) -> Node:
        low = self._sum()
        self._expect("and")
        high = self._sum()
        return Binary(sign.at, "and", Binary(sign.at, ">=", left, low), Binary(sign.at, "<=", left, high))

    def _like(self, sign: Word, left: Node) -> Node:
        if self.word.kind != "text":
            raise ConditionError("like_pattern", self.word.at)
        return Like(sign.at, left, self._advance().text)

    def _sum(self) -> Node:
        node = self._product()
        while sign := self._taken("+", "-"):
            node = Binary(sign.at, sign.text, node, self._product())
        return node

    def _product(self) -> Node:
        node = self._single()
        while sign := self._taken("*", "/"):
            node = Binary(sign.at, sign.text, node, self._single())
        return node

    def _single(self) -> Node:
        self._enter()
        node = self._value()
        self._depth -= 1
        return node

    def _value(self) -> Node:
        if sign := self._taken("-"):
            return Unary(sign.at, "-", self._single())
        if self._taken("("):
            node = self.any_of()
            self._expect(")")
            return node
        if word := self._taken("true", "false"):
            return Literal(word.at, word.text == "true")
        if word := self._taken("null"):
            return Null(word.at)
        if self.word.kind not in ("number", "text", "name"):
            raise self.unexpected()
        word = self._advance()
        if word.kind == "number":
            return Literal(word.at, float(word.text))
        if word.kind == "text":
            return Literal(word.at, word.text)
        return self._call(word) if self._taken("(") else Field(word.at, word.text)

    def _call(self, name: Word) -> Node:
        arguments: list[Node] = []
        if not self._taken(")"):
            arguments.append(self._sum())
            while self._taken(","):
                arguments.append(self._sum())
            self._expect(")")
        return Call(name.at, name.text.lower(), tuple(arguments))

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ConditionError("too_deep", self.word.at, most=DEEPEST)

    def _advance(self) -> Word:
        self._place += 1
        return self._words[self._place - 1]

    def _taken(self, *signs: str) -> Word | None:
        """Pass one of the signs, if it comes next."""
        if self.word.kind == "sign" and self.word.text in signs:
            return self._advance()
        return None

    def _expect(self, sign: str) -> None:
        if self._taken(sign) is None:
            if self.ended():
                raise ConditionError("cut_short", self.word.at)
            raise ConditionError("expected", self.word.at, sign=sign, word=self.word.text)
