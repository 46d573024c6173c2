"""Choosing what a query reads, with the types of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, TypeVar, overload

from .values import Value

if TYPE_CHECKING:
    from .rows import Rows

A = TypeVar("A")
A1 = TypeVar("A1")
A2 = TypeVar("A2")
A3 = TypeVar("A3")
A4 = TypeVar("A4")
A5 = TypeVar("A5")
A6 = TypeVar("A6")
A7 = TypeVar("A7")
A8 = TypeVar("A8")


Cell: TypeAlias = "Value[A] | type[A]"
"""An expression, or the whole row of a model."""


class Selecting:
    """What columns are chosen from: a query, or rows with a name."""

    __slots__ = ()

    if TYPE_CHECKING:

        def _projected(self, fields: tuple[Any, ...], flat: bool, whole: bool) -> Rows[Any]: ...
        @property
        def values_list(self) -> ValuesList:
            """Rows as tuples; with `flat` the values of one column. A relation is the key of its
            row."""
            ...

        @property
        def select(self) -> SelectList:
            """Rows as tuples of columns, expressions and whole rows: a model, an alias or a relation
            to one row becomes an instance, or `None` where there is no row."""
            ...

    else:

        def values_list(self, *fields, flat=False):
            """Rows as tuples; with `flat` the values of one column. A relation is the key of its
            row."""
            return self._projected(fields, flat, False)

        def select(self, *columns, flat=False):
            """Rows as tuples of columns, expressions and whole rows: a model, an alias or a relation
            to one row becomes an instance, or `None` where there is no row."""
            return self._projected(columns, flat, True)


class ValuesList(Protocol):
    """`values_list`, with the types of the columns."""

    @overload
    def __call__(self, a: Value[A1], /, *, flat: Literal[True]) -> Rows[A1]: ...
    @overload
    def __call__(self, a: Value[A1], /) -> Rows[tuple[A1]]: ...
    @overload
    def __call__(self, a: Value[A1], b: Value[A2], /) -> Rows[tuple[A1, A2]]: ...
    @overload
    def __call__(self, a: Value[A1], b: Value[A2], c: Value[A3], /) -> Rows[tuple[A1, A2, A3]]: ...
    @overload
    def __call__(
        self, a: Value[A1], b: Value[A2], c: Value[A3], d: Value[A4], /
    ) -> Rows[tuple[A1, A2, A3, A4]]: ...
    @overload
    def __call__(
        self, a: Value[A1], b: Value[A2], c: Value[A3], d: Value[A4], e: Value[A5], /
    ) -> Rows[tuple[A1, A2, A3, A4, A5]]: ...
    @overload
    def __call__(
        self, a: Value[A1], b: Value[A2], c: Value[A3], d: Value[A4], e: Value[A5], f: Value[A6], /
    ) -> Rows[tuple[A1, A2, A3, A4, A5, A6]]: ...
    @overload
    def __call__(
        self,
        a: Value[A1],
        b: Value[A2],
        c: Value[A3],
        d: Value[A4],
        e: Value[A5],
        f: Value[A6],
        g: Value[A7],
        /,
    ) -> Rows[tuple[A1, A2, A3, A4, A5, A6, A7]]: ...
    @overload
    def __call__(
        self,
        a: Value[A1],
        b: Value[A2],
        c: Value[A3],
        d: Value[A4],
        e: Value[A5],
        f: Value[A6],
        g: Value[A7],
        h: Value[A8],
        /,
    ) -> Rows[tuple[A1, A2, A3, A4, A5, A6, A7, A8]]: ...
    @overload
    def __call__(
        self,
        a: Value[Any],
        b: Value[Any],
        c: Value[Any],
        d: Value[Any],
        e: Value[Any],
        f: Value[Any],
        g: Value[Any],
        h: Value[Any],
        i: Value[Any] | str,
        /,
        *more: Value[Any] | str,
    ) -> Rows[tuple[Any, ...]]: ...
    @overload
    def __call__(self, field: str, /, *, flat: Literal[True]) -> Rows[Any]: ...
    @overload
    def __call__(
        self, field: str, /, *more: str | Value[Any], flat: bool = False
    ) -> Rows[tuple[Any, ...]]: ...
    @overload
    def __call__(self, *, flat: bool = False) -> Rows[tuple[Any, ...]]: ...


class SelectList(Protocol):
    """`select`, with the types of the columns and of whole rows."""

    @overload
    def __call__(self, a: Cell[A1], /, *, flat: Literal[True]) -> Rows[A1]: ...
    @overload
    def __call__(self, a: Cell[A1], /) -> Rows[tuple[A1]]: ...
    @overload
    def __call__(self, a: Cell[A1], b: Cell[A2], /) -> Rows[tuple[A1, A2]]: ...
    @overload
    def __call__(self, a: Cell[A1], b: Cell[A2], c: Cell[A3], /) -> Rows[tuple[A1, A2, A3]]: ...
    @overload
    def __call__(
        self, a: Cell[A1], b: Cell[A2], c: Cell[A3], d: Cell[A4], /
    ) -> Rows[tuple[A1, A2, A3, A4]]: ...
    @overload
    def __call__(
        self, a: Cell[A1], b: Cell[A2], c: Cell[A3], d: Cell[A4], e: Cell[A5], /
    ) -> Rows[tuple[A1, A2, A3, A4, A5]]: ...
    @overload
    def __call__(
        self, a: Cell[A1], b: Cell[A2], c: Cell[A3], d: Cell[A4], e: Cell[A5], f: Cell[A6], /
    ) -> Rows[tuple[A1, A2, A3, A4, A5, A6]]: ...
    @overload
    def __call__(
        self,
        a: Cell[A1],
        b: Cell[A2],
        c: Cell[A3],
        d: Cell[A4],
        e: Cell[A5],
        f: Cell[A6],
        g: Cell[A7],
        /,
    ) -> Rows[tuple[A1, A2, A3, A4, A5, A6, A7]]: ...
    @overload
    def __call__(
        self,
        a: Cell[A1],
        b: Cell[A2],
        c: Cell[A3],
        d: Cell[A4],
        e: Cell[A5],
        f: Cell[A6],
        g: Cell[A7],
        h: Cell[A8],
        /,
    ) -> Rows[tuple[A1, A2, A3, A4, A5, A6, A7, A8]]: ...
    @overload
    def __call__(
        self,
        a: Cell[Any],
        b: Cell[Any],
        c: Cell[Any],
        d: Cell[Any],
        e: Cell[Any],
        f: Cell[Any],
        g: Cell[Any],
        h: Cell[Any],
        i: Cell[Any] | str,
        /,
        *more: Cell[Any] | str,
    ) -> Rows[tuple[Any, ...]]: ...
    @overload
    def __call__(self, field: str, /, *, flat: Literal[True]) -> Rows[Any]: ...
    @overload
    def __call__(
        self, field: str, /, *more: str | Cell[Any], flat: bool = False
    ) -> Rows[tuple[Any, ...]]: ...
    @overload
    def __call__(self, *, flat: bool = False) -> Rows[tuple[Any, ...]]: ...
