"""What texts can be asked. Characters are those of Unicode, and are counted from 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar, overload

from .. import _engine
from .. import expressions as _e
from ..values import Value

if TYPE_CHECKING:
    from ..expressions import Expr

    _Text: TypeAlias = "TextMethods[str] | TextMethods[str | None]"

T = TypeVar("T")


class TextMethods(Value[T], Generic[T]):
    """Of texts. What is made of NULL is NULL."""

    __slots__ = ()

    # Conditions. Case counts, unless a name begins with `i`.
    def like(self: _Text, pattern: str) -> Expr[bool]:
        r"""Matches a pattern: `%` is any text, `_` one character, `\` takes their meaning away."""
        return _match(self, "like", pattern, False)

    def ilike(self: _Text, pattern: str) -> Expr[bool]:
        """Matches a pattern; case does not count."""
        return _match(self, "like", pattern, True)

    def icontains(self: _Text, text: str | Value[str]) -> Expr[bool]:
        """Contains the text; case does not count."""
        return _match(self, "contains", text, True)

    def startswith(self: _Text, text: str | Value[str]) -> Expr[bool]:
        """Begins with the text; case counts."""
        return _match(self, "startswith", text, False)

    def istartswith(self: _Text, text: str | Value[str]) -> Expr[bool]:
        """Begins with the text; case does not count."""
        return _match(self, "startswith", text, True)

    def endswith(self: _Text, text: str | Value[str]) -> Expr[bool]:
        """Ends with the text; case counts."""
        return _match(self, "endswith", text, False)

    def iendswith(self: _Text, text: str | Value[str]) -> Expr[bool]:
        """Ends with the text; case does not count."""
        return _match(self, "endswith", text, True)

    def iexact(self: _Text, text: str | Value[str]) -> Expr[bool]:
        """Is the text; case does not count."""
        return _match(self, "exact", text, True)

    def regex(self: _Text, pattern: str | Value[str]) -> Expr[bool]:
        """A regular expression matches somewhere in the text; case counts."""
        return _e.function("regex", self, pattern)

    def iregex(self: _Text, pattern: str | Value[str]) -> Expr[bool]:
        """A regular expression matches somewhere in the text; case does not count."""
        return _e.function("iregex", self, pattern)

    def search(
        self: _Text,
        query: str | Value[str],
        language: str = "simple",
    ) -> Expr[bool]:
        """Full-text search in one text, see `fulltext`."""
        from ..search import fulltext

        return fulltext(self, query=query, language=language).matches()

    # Other texts.
    def lower(self: _Text) -> Expr[T]:
        """In lower case."""
        return _e.function("lower", self)

    def upper(self: _Text) -> Expr[T]:
        """In upper case."""
        return _e.function("upper", self)

    def trim(self: _Text, characters: str | Value[str] | None = None) -> Expr[T]:
        """Without spaces, or these characters, at either end."""
        return _e.function("trim", self, *_given(characters))

    def ltrim(self: _Text, characters: str | Value[str] | None = None) -> Expr[T]:
        """Without spaces, or these characters, at the start."""
        return _e.function("trim_start", self, *_given(characters))

    def rtrim(self: _Text, characters: str | Value[str] | None = None) -> Expr[T]:
        """Without spaces, or these characters, at the end."""
        return _e.function("trim_end", self, *_given(characters))

    def substr(
        self: _Text, start: int | Value[int], length: int | Value[int] | None = None
    ) -> Expr[T]:
        """A part: from the character `start`, counted from 1, so many characters or all."""
        return _e.function("substring", self, *map(_number, (start, *_given(length))))

    def replace(self: _Text, old: str | Value[str], new: str | Value[str]) -> Expr[T]:
        """With every `old` replaced."""
        return _e.function("replace", self, old, new)

    def lpad(self: _Text, length: int | Value[int], fill: str | Value[str] = " ") -> Expr[T]:
        """Filled up at the start, or cut at the end, to so many characters."""
        return _e.function("pad_left", self, _number(length), fill)

    def rpad(self: _Text, length: int | Value[int], fill: str | Value[str] = " ") -> Expr[T]:
        """Filled up, or cut, at the end to so many characters."""
        return _e.function("pad_right", self, _number(length), fill)

    def repeat(self: _Text, times: int | Value[int]) -> Expr[T]:
        """So many times."""
        return _e.function("repeat", self, _number(times))

    def reversed(self: _Text) -> Expr[T]:
        """Backwards, character by character."""
        return _e.function("reverse", self)

    def concat(self: _Text, *others: Any) -> Expr[T]:
        """With other texts behind it; NULL where one of them is."""
        found: Expr[Any] = self  # type: ignore[assignment]
        for other in others:
            found = found + other
        return found

    def regex_replace(
        self: _Text,
        pattern: str | Value[str],
        replacement: str | Value[str],
        *,
        all: bool = True,
        ignore_case: bool = False,
    ) -> Expr[T]:
        r"""With matches of a regular expression replaced, all or the first; `\1` is what the first
        group matched."""
        name = ("iregex" if ignore_case else "regex") + ("_replace" if all else "_replace_first")
        return _e.function(name, self, pattern, replacement)

    # Numbers.
    @overload
    def position(self: TextMethods[str], part: str | Value[str]) -> Expr[int]: ...
    @overload
    def position(self: TextMethods[str | None], part: str | Value[str]) -> Expr[int | None]: ...
    def position(self: TextMethods[Any], part: str | Value[str]) -> Expr[Any]:
        """Where `part` begins, counted from 1; 0 where it is not in the text."""
        return _e.function("position", self, part)


def _given(value: Any) -> tuple[Any, ...]:
    return () if value is None else (value,)


def _number(value: Any) -> Any:
    """A number of characters or of times, which have 32 bits."""
    return value if isinstance(value, Value) else Value(_engine.literal(value, "i32"))


def _match(left: Any, kind: str, text: Any, ignore_case: bool) -> Expr[bool]:
    return _e.deferrable(
        lambda it, other: _e.wrap(_engine.match_text(it._node, kind, other, ignore_case)),
        left,
        text,
    )
