"""Indexes and constraints of a model, for `Meta.indexes` and `Meta.constraints`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .exceptions import ConfigurationError


class Index:
    """An index over fields: `Index(fields=("author", "created"), name="by_author")`; or over
    expressions, given as such or as functions of the model:
    `Index(lambda book: book.title.lower(), name="by_title")`."""

    def __init__(
        self,
        *expressions: Any,
        fields: Iterable[str] | None = None,
        name: str | None = None,
        condition: Any = None,
        unique: bool = False,
        using: str | None = None,
        include: Iterable[str] = (),
        opclass: str | Sequence[str] | None = None,
    ) -> None:
        self.fields: tuple[str, ...] = tuple(fields or ())
        self.expressions = expressions
        self.name = name
        self.condition = condition
        self.unique = unique
        self.using = using
        self.include = tuple(include)
        self.opclass = opclass
        if not self.fields and not expressions:
            raise ConfigurationError("an index needs fields: Index(fields=('title',))")

    def __repr__(self) -> str:
        return f"Index(fields={self.fields!r}, name={self.name!r})"


class UniqueConstraint:
    """No two rows have the same values of these fields."""

    def __init__(
        self, *, fields: Iterable[str], name: str | None = None, condition: Any = None
    ) -> None:
        self.fields = tuple(fields)
        self.name = name
        self.condition = condition
        if not self.fields:
            raise ConfigurationError("a unique constraint needs fields")

    def __repr__(self) -> str:
        return f"UniqueConstraint(fields={self.fields!r}, name={self.name!r})"


class CheckConstraint:
    """A condition that holds for every row: `CheckConstraint(check=Q(views__gte=0), name="…")`.

    The condition is a `Q`, or a function that gives a typed expression: `lambda: Book.views >= 0`.
    """

    def __init__(self, *, check: Any, name: str) -> None:
        self.check = check
        self.name = name

    def __repr__(self) -> str:
        return f"CheckConstraint(name={self.name!r})"
