"""Indexes and constraints of a model, for `Meta.indexes` and `Meta.constraints`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .exceptions import ConfigurationError


class Index:
    """An index over fields, `Index(fields=("author", "-created"))`, the greatest first where `-`
    stands before a name; or over expressions, given as such or as functions of the model, with a
    name: `Index(lambda book: book.title.lower(), name="by_title")`.

    `condition` says which rows it is of: a `Q`, a function of the model, or SQL text. `unique` lets
    no two rows have the same values. `using` (`"gin"`), `opclass` (one for all parts, or one for
    each) and `include` are refused on databases that have no such thing.
    """

    def __init__(
        self,
        *expressions: Any,
        fields: Iterable[str] | None = None,
        name: str | None = None,
        condition: Any = None,
        unique: bool = False,
        using: str | None = None,
        include: Iterable[str] | None = None,
        opclass: str | Sequence[str | None] | None = None,
    ) -> None:
        self.fields = _names("Index", "fields", fields or ())
        self.expressions = expressions
        self.name = name
        self.condition = condition
        self.unique = unique
        self.using = using
        self.include = _names("Index", "include", include or ())
        for expression in expressions:
            if isinstance(expression, (str, list, tuple)):
                # What stands before the options is computed, and a text would be a constant.
                names = [expression] if isinstance(expression, str) else list(expression)
                raise ConfigurationError(
                    f"Index: fields are an option: Index(fields={names!r}), and not "
                    f"Index({expression!r})"
                )
        parts = len(self.fields) + len(expressions)
        if not parts:
            raise ConfigurationError("an index needs fields: Index(fields=('title',))")
        if expressions and not name:
            raise ConfigurationError(
                "an index over expressions needs a name: Index(Lower('title'), name='by_title')"
            )
        classes = [opclass] * parts if opclass is None or isinstance(opclass, str) else opclass
        if len(classes) != parts:
            raise ConfigurationError(
                f"{self!r} has {parts} parts, and opclass names {len(classes)} classes"
            )
        self.opclass: tuple[str | None, ...] = tuple(classes)

    @property
    def is_plain(self) -> bool:
        """Whether it is of fields, and nothing more is said."""
        return not (
            self.expressions
            or self.condition is not None
            or self.using
            or self.include
            or any(self.opclass)
            or any(field.startswith("-") for field in self.fields)
        )

    def __repr__(self) -> str:
        return f"Index(fields={self.fields!r}, name={self.name!r})"


class FullTextIndex(Index):
    """An index for `fulltext` searches in these texts, `FullTextIndex("title", "body")`, in a
    language: `simple` takes words as they are, `english` ignores endings. SQLite searches no texts
    without one; PostgreSQL reads all rows then."""

    def __init__(self, *fields: str, language: str = "simple", name: str | None = None) -> None:
        super().__init__(fields=fields, name=name)
        if not isinstance(language, str) or not language:
            raise ConfigurationError(
                f"a language has a name, such as 'simple', unlike {language!r}"
            )
        self.language = language


class UniqueConstraint:
    """No two rows have the same values of these fields; with a `condition`, no two of the rows for
    which it is true."""

    def __init__(
        self, *, fields: Iterable[str], name: str | None = None, condition: Any = None
    ) -> None:
        self.fields = _names("UniqueConstraint", "fields", fields)
        self.name = name
        self.condition = condition
        if not self.fields:
            raise ConfigurationError("a unique constraint needs fields")

    def __repr__(self) -> str:
        return f"UniqueConstraint(fields={self.fields!r}, name={self.name!r})"


class CheckConstraint:
    """A condition that holds for every row: `CheckConstraint(check=Q(views__gte=0), name="…")`.

    The condition is a `Q`, a function that gives a typed expression, `lambda: Book.views >= 0`, or
    SQL text.
    """

    def __init__(self, *, check: Any, name: str) -> None:
        self.check = check
        self.name = name
        if not isinstance(name, str) or not name:
            raise ConfigurationError(f"a check needs a name, not {name!r}")

    def __repr__(self) -> str:
        return f"CheckConstraint(name={self.name!r})"


def _names(kind: str, option: str, given: Iterable[str]) -> tuple[str, ...]:
    """Names of members; a text would be taken letter by letter."""
    if isinstance(given, str):
        raise ConfigurationError(f"{kind}: {option} is a list of names: {option}=[{given!r}]")
    names = tuple(given)
    for name in names:
        if not isinstance(name, str):
            raise ConfigurationError(
                f"{kind}: {option} has the names of fields, and {name!r} is none; expressions "
                "stand before the options: Index(Lower('title'), name='by_title')"
            )
    return names
