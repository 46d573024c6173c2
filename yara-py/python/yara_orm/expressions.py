"""Expressions: what a query filters, sorts and computes by.

`Book.title` is a column, `Book.views + 1` an expression, `Book.views > 10` a condition. All of them
are one kind of thing here, and are legal wherever an expression is. Each holds a node of the
engine's query tree; nothing here knows SQL.
"""

from __future__ import annotations

import datetime as dt
import typing
import uuid
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeAlias, TypeVar, overload

from . import _engine
from .exceptions import FieldError
from .methods.choice import ChoiceMethods
from .methods.moment import MomentMethods
from .methods.number import NumberMethods
from .methods.parts import PartMethods
from .methods.text import TextMethods
from .shown import HIDDEN, named, shown
from .values import Value

if TYPE_CHECKING:
    from .models import Model
    from .q import Q
    from .queryset import QuerySet, Rows
    from .ranges import Interval

T = TypeVar("T")
U = TypeVar("U")
N = TypeVar("N", int, float, Decimal)
M = TypeVar("M", bound="Model")

KINDS: dict[type[Any], str] = {
    bool: "bool",
    int: "i64",
    float: "f64",
    Decimal: "numeric",
    str: "text",
    bytes: "bytes",
    dt.datetime: "timestamptz",
    dt.date: "date",
    dt.time: "time",
    dt.timedelta: "interval",
    uuid.UUID: "uuid",
    dict: "json",
}


def wrap(node: _engine.Node) -> Expr[Any]:
    """A node as an expression."""
    expression: Expr[Any] = Expr.__new__(Expr)
    expression._node = node
    return expression


#: How Python spells what SQL does otherwise.
_SPELLED = {"=": "==", "<>": "!="}


class Expr(
    TextMethods[T], NumberMethods[T], MomentMethods[T], PartMethods[T], ChoiceMethods[T], Generic[T]
):
    """What the library gives back: comparisons are checked against the type."""

    __slots__ = ()

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def __eq__(
            self: Expr[Decimal] | Expr[Decimal | None], other: int | Value[int | None]
        ) -> Expr[bool]: ...
        @overload
        def __eq__(self, other: T | Value[T | None] | None) -> Expr[bool]: ...
        def __eq__(self, other: object) -> Expr[bool]: ...  # pyright: ignore[reportIncompatibleMethodOverride]
        @overload  # type: ignore[override]
        def __ne__(
            self: Expr[Decimal] | Expr[Decimal | None], other: int | Value[int | None]
        ) -> Expr[bool]: ...
        @overload
        def __ne__(self, other: T | Value[T | None] | None) -> Expr[bool]: ...
        def __ne__(self, other: object) -> Expr[bool]: ...  # pyright: ignore[reportIncompatibleMethodOverride]
        @overload
        def __gt__(
            self: Expr[Decimal] | Expr[Decimal | None], other: int | Value[int | None]
        ) -> Expr[bool]: ...
        @overload
        def __gt__(self, other: T | Value[T | None]) -> Expr[bool]: ...
        def __gt__(self, other: Any) -> Expr[bool]: ...
        @overload
        def __lt__(
            self: Expr[Decimal] | Expr[Decimal | None], other: int | Value[int | None]
        ) -> Expr[bool]: ...
        @overload
        def __lt__(self, other: T | Value[T | None]) -> Expr[bool]: ...
        def __lt__(self, other: Any) -> Expr[bool]: ...
        @overload
        def __ge__(
            self: Expr[Decimal] | Expr[Decimal | None], other: int | Value[int | None]
        ) -> Expr[bool]: ...
        @overload
        def __ge__(self, other: T | Value[T | None]) -> Expr[bool]: ...
        def __ge__(self, other: Any) -> Expr[bool]: ...
        @overload
        def __le__(
            self: Expr[Decimal] | Expr[Decimal | None], other: int | Value[int | None]
        ) -> Expr[bool]: ...
        @overload
        def __le__(self, other: T | Value[T | None]) -> Expr[bool]: ...
        def __le__(self, other: Any) -> Expr[bool]: ...
        def __and__(
            self: Expr[bool] | Expr[bool | None], other: Value[bool | None] | Q
        ) -> Expr[bool]: ...
        def __or__(
            self: Expr[bool] | Expr[bool | None], other: Value[bool | None] | Q
        ) -> Expr[bool]: ...
        def __invert__(self: Expr[bool] | Expr[bool | None]) -> Expr[bool]: ...

        # What cannot be NULL gives what cannot be NULL.
        @overload
        def __add__(self: Expr[int], other: int | Value[int]) -> Expr[int]: ...  # pyright: ignore[reportOverlappingOverload]
        @overload
        def __add__(self: Expr[float], other: float | Value[float]) -> Expr[float]: ...
        @overload
        def __add__(
            self: Expr[Decimal], other: int | Decimal | Value[int | Decimal]
        ) -> Expr[Decimal]: ...
        @overload
        def __add__(self: Expr[str], other: str | Value[str]) -> Expr[str]: ...  # pyright: ignore[reportOverlappingOverload]
        @overload
        def __add__(
            self: Expr[dt.datetime], other: dt.timedelta | Interval
        ) -> Expr[dt.datetime]: ...
        @overload
        def __add__(  # type: ignore[overload-overlap]
            self: Expr[int] | Expr[int | None], other: int | Value[int | None]
        ) -> Expr[int | None]: ...
        @overload
        def __add__(
            self: Expr[str] | Expr[str | None], other: str | Value[str | None]
        ) -> Expr[str | None]: ...
        def __add__(self: Expr[Any], other: Any) -> Expr[Any]: ...
        @overload
        def __radd__(self: Expr[int], other: int) -> Expr[int]: ...
        @overload
        def __radd__(self: Expr[str], other: str) -> Expr[str]: ...
        def __radd__(self: Expr[Any], other: Any) -> Expr[Any]: ...
        @overload
        def __sub__(self: Expr[int], other: int | Value[int]) -> Expr[int]: ...  # pyright: ignore[reportOverlappingOverload]
        @overload
        def __sub__(self: Expr[float], other: float | Value[float]) -> Expr[float]: ...
        @overload
        def __sub__(
            self: Expr[Decimal], other: int | Decimal | Value[int | Decimal]
        ) -> Expr[Decimal]: ...
        @overload
        def __sub__(
            self: Expr[dt.datetime], other: dt.timedelta | Interval
        ) -> Expr[dt.datetime]: ...
        @overload
        def __sub__(
            self: Expr[int] | Expr[int | None], other: int | Value[int | None]
        ) -> Expr[int | None]: ...
        def __sub__(self: Expr[Any], other: Any) -> Expr[Any]: ...
        @overload
        def __mul__(self: Expr[int], other: int | Value[int]) -> Expr[int]: ...  # pyright: ignore[reportOverlappingOverload]
        @overload
        def __mul__(self: Expr[float], other: float | Value[float]) -> Expr[float]: ...
        @overload
        def __mul__(
            self: Expr[Decimal], other: int | Decimal | Value[int | Decimal]
        ) -> Expr[Decimal]: ...
        @overload
        def __mul__(
            self: Expr[int] | Expr[int | None], other: int | Value[int | None]
        ) -> Expr[int | None]: ...
        def __mul__(self: Expr[Any], other: Any) -> Expr[Any]: ...
        def __rsub__(self: Expr[N], other: N) -> Expr[N]: ...
        def __rmul__(self: Expr[N], other: N) -> Expr[N]: ...
        def __truediv__(self, other: Any) -> Expr[Any]: ...
        def __rtruediv__(self, other: Any) -> Expr[Any]: ...
        def __mod__(self, other: Any) -> Expr[Any]: ...
        def __neg__(self) -> Expr[T]: ...

    else:

        def __eq__(self, other):
            return _compare(self, "=", other)

        def __ne__(self, other):
            return _compare(self, "<>", other)

        def __lt__(self, other):
            return _compare(self, "<", other)

        def __le__(self, other):
            return _compare(self, "<=", other)

        def __gt__(self, other):
            return _compare(self, ">", other)

        def __ge__(self, other):
            return _compare(self, ">=", other)

        def __and__(self, other):
            return _logic("all_of", self, other)

        def __rand__(self, other):
            return _logic("all_of", other, self)

        def __or__(self, other):
            return _logic("any_of", self, other)

        def __ror__(self, other):
            return _logic("any_of", other, self)

        def __invert__(self):
            return wrap(self._node.complement())

        def __add__(self, other):
            return _compute(self, "+", other, False)

        def __radd__(self, other):
            return _compute(self, "+", other, True)

        def __sub__(self, other):
            return _compute(self, "-", other, False)

        def __rsub__(self, other):
            return _compute(self, "-", other, True)

        def __mul__(self, other):
            return _compute(self, "*", other, False)

        def __rmul__(self, other):
            return _compute(self, "*", other, True)

        def __truediv__(self, other):
            return _compute(self, "/", other, False)

        def __rtruediv__(self, other):
            return _compute(self, "/", other, True)

        def __mod__(self, other):
            return _compute(self, "%", other, False)

        def __neg__(self):
            return wrap(self._node.negate())

    def __hash__(self) -> int:
        return id(self)

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "an expression of a query is neither true nor false; combine conditions with & | ~, "
            "and write `(1 < x) & (x < 5)` for `1 < x < 5`"
        )

    def in_(self, values: Iterable[T] | Value[T | None] | Rows[T] | QuerySet[Any]) -> Expr[bool]:
        """One of these values, or of those that a query gives."""
        return _one_of(self, values)

    def not_in(self, values: Iterable[T] | Value[T | None] | Rows[T] | QuerySet[Any]) -> Expr[bool]:
        """None of these values."""
        return ~_one_of(self, values)

    def is_null(self) -> Expr[bool]:
        """Is NULL."""
        return wrap(self._node.is_null(False))

    def is_not_null(self) -> Expr[bool]:
        """Is not NULL."""
        return wrap(self._node.is_null(True))

    def between(self, low: T | Value[T], high: T | Value[T]) -> Expr[bool]:
        """Between two bounds, both included."""
        return deferrable(lambda it, lo, hi: wrap(it._node.between(lo, hi)), self, low, high)

    def cast(self, to: type[U]) -> Expr[U]:
        """As a value of another type."""
        kind = kind_of(to)
        return deferrable(lambda it: wrap(it._node.cast(kind)), self)

    def asc(self) -> Order:
        """Sorted from the least."""
        return Order(self)

    def desc(self) -> Order:
        """Sorted from the greatest."""
        return Order(self, descending=True)


class Col(Expr[T]):
    """A column of a model, or at the end of a path: `Book.title`, `Book.author.name`."""

    __slots__ = ("name",)

    name: str

    def set(self, value: T | Value[T]) -> Assignment:
        """A new value for `update`: `.update(Book.views.set(Book.views + 1))`."""
        if self._node.own_field is None:
            raise FieldError(f"`{self.name}` is a column of another model: update that one")
        return Assignment(self._node.own_field, value)


def of_kind(node: _engine.Node) -> Expr[Any]:
    """An expression; a document, where it is one."""
    if node.kind != "JSON":
        return wrap(node)
    from .documents import Document

    document: Document[Any] = Document.__new__(Document)
    document._node = node
    return document


def _document(expression: Expr[Any]) -> Any:
    if expression._node.kind != "JSON":
        raise FieldError(f"{expression!r} is no JSON document")
    return of_kind(expression._node)


def column_of(node: _engine.Node, name: str) -> Col[Any]:
    """A column that the metaclass answers with."""
    kind: type[Col[Any]] = Col
    if node.kind == "JSON":
        from .documents import DocumentCol as kind
    column: Col[Any] = kind.__new__(kind)
    column._node = node
    column.name = name
    return column


class Assignment:
    """A column and its new value."""

    __slots__ = ("field", "value")

    def __init__(self, field: str, value: Any) -> None:
        self.field = field
        self.value = value

    def __repr__(self) -> str:
        return f"<Assignment {self.field}={shown(self.value)}>"


class Order:
    """An expression to sort by."""

    __slots__ = ("descending", "expression", "nulls")

    def __init__(
        self, expression: Value[Any], descending: bool = False, nulls: str | None = None
    ) -> None:
        self.expression = expression
        self.descending = descending
        self.nulls = nulls

    def __repr__(self) -> str:
        after = " descending" if self.descending else ""
        nulls = f", nulls {self.nulls}" if self.nulls else ""
        return f"<Order {named(self.expression)}{after}{nulls}>"

    def nulls_first(self) -> Order:
        """NULL before all."""
        return Order(self.expression, self.descending, "first")

    def nulls_last(self) -> Order:
        """NULL after all."""
        return Order(self.expression, self.descending, "last")


class Deferred(Expr[Any]):
    """An expression that names members by text, and so waits for the query that it is used in.
    `text` shows it in messages, without values."""

    __slots__ = ("_build", "_text")

    _build: Callable[[Any], Expr[Any]]
    _text: str

    def __init__(self, build: Callable[[Any], Expr[Any]], text: str = HIDDEN) -> None:
        self._build = build
        self._text = text

    def resolve(self, scope: Any) -> Expr[Any]:
        return self._build(scope)

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            if name == "_node":
                raise FieldError("an expression that names fields by text has no query yet")
            from .documents import Document

            if name.startswith("_") or not hasattr(Document, name):
                raise AttributeError(f"an expression has no {name!r}")
            # A document, as the field will turn out to be.
            return lambda *arguments: Deferred(
                lambda scope: getattr(_document(self.resolve(scope)), name)(*arguments).resolve(
                    scope
                ),
                f"{self._shown()}.{name}({', '.join(map(shown, arguments))})",
            )

        def __invert__(self):
            return Deferred(lambda scope: ~self.resolve(scope), f"~({self._shown()})")

        def __neg__(self):
            return Deferred(lambda scope: -self.resolve(scope), f"-({self._shown()})")

        def is_null(self):
            text = f"({self._shown()}).is_null()"
            return Deferred(lambda scope: self.resolve(scope).is_null(), text)

        def is_not_null(self):
            text = f"({self._shown()}).is_not_null()"
            return Deferred(lambda scope: self.resolve(scope).is_not_null(), text)

    def _shown(self) -> str:
        return self._text

    def __repr__(self) -> str:
        # A class of its own is shown as what makes one.
        return f"<Deferred {self._text}>" if type(self) is Deferred else self._text


class RelationSet(Value[Any], Generic[M]):
    """A relation to many rows, on the class: `Author.books`. It asks about rows, and joins none."""

    __slots__ = ("_origin", "_owner", "_path", "_target")

    if TYPE_CHECKING:

        def any(self, *conditions: Condition, **lookups: Any) -> Expr[bool]:
            """At least one related row matches."""
            ...

        def all(self, *conditions: Condition, **lookups: Any) -> Expr[bool]:
            """Every related row matches; true where there are none."""
            ...

        def none(self, *conditions: Condition, **lookups: Any) -> Expr[bool]:
            """No related row matches."""
            ...

        def count(self, *conditions: Condition, **lookups: Any) -> Expr[int]:
            """How many related rows match."""
            ...

        @overload
        def sum(
            self, column: Value[int | None], *conditions: Condition, **lookups: Any
        ) -> Expr[int | None]: ...
        @overload
        def sum(
            self, column: Value[U | None], *conditions: Condition, **lookups: Any
        ) -> Expr[U | None]: ...
        def sum(self, column: Any, *conditions: Condition, **lookups: Any) -> Expr[Any]:
            """The sum over related rows that match."""
            ...

        def avg(self, column: Value[Any], *conditions: Condition, **lookups: Any) -> Expr[Any]:
            """The mean over related rows that match."""
            ...

        def min(
            self, column: Value[U | None], *conditions: Condition, **lookups: Any
        ) -> Expr[U | None]:
            """The least value among related rows that match."""
            ...

        def max(
            self, column: Value[U | None], *conditions: Condition, **lookups: Any
        ) -> Expr[U | None]:
            """The greatest value among related rows that match."""
            ...

        def aggregate(self, aggregate: Value[U], *conditions: Condition, **lookups: Any) -> Expr[U]:
            """Any aggregate over related rows that match, such as
            `StringAgg(Book.title, order_by=Book.id)`."""
            ...

        @property
        def cols(self) -> type[M]:
            """The related model, to name its columns in a condition."""
            ...


def kind_of(python_type: Any) -> str:
    """The engine's kind of a Python type, which may be a list of a type."""
    if typing.get_origin(python_type) is list:
        return f"array:{kind_of(*typing.get_args(python_type))}"
    try:
        return KINDS[python_type]
    except (KeyError, TypeError):
        known = ", ".join(known.__name__ for known in KINDS)
        raise FieldError(
            f"a value in a query cannot be a {python_type!r}; it can be {known}, or a list of one"
        ) from None


def operand(value: Any) -> Any:
    """A node, where the value is an expression, a model or a query; else the value itself."""
    if isinstance(value, Value):
        return value._node
    as_operand = getattr(type(value), "__yara_operand__", None)
    return value if as_operand is None else as_operand(value)


def deferrable(build: Callable[..., Expr[Any]], *values: Any, text: str | None = None) -> Expr[Any]:
    """`build` over an expression and over others or values; later, if one waits for a query, which
    is shown as `text` with the values in place of its braces."""
    if any(isinstance(value, Deferred) or hasattr(value, "__yara_q__") for value in values):
        told = [*map(shown, values)]
        said = f"expression of {', '.join(told)}" if text is None else text.format(*told)
        return Deferred(lambda scope: build(*_resolved(values, scope)), said)
    return build(values[0], *(operand(value) for value in values[1:]))


def _resolved(values: tuple[Any, ...], scope: Any) -> list[Any]:
    first, *rest = values
    found = first.resolve(scope) if isinstance(first, Value) else first
    return [found, *(operand(_settle(value, scope)) for value in rest)]


def _settle(value: Any, scope: Any) -> Any:
    if isinstance(value, Value) or hasattr(value, "__yara_q__"):
        return value.resolve(scope)
    return value


def _compare(left: Expr[Any], operator: str, right: Any) -> Expr[Any]:
    return deferrable(
        lambda it, other: wrap(it._node.compare(operator, other)),
        left,
        right,
        text=f"{{}} {_SPELLED.get(operator, operator)} {{}}",
    )


def _compute(left: Expr[Any], operator: str, right: Any, reflected: bool) -> Expr[Any]:
    return deferrable(
        lambda it, other: wrap(it._node.compute(operator, other, reflected)),
        left,
        right,
        text=f"{{1}} {operator} {{0}}" if reflected else f"{{}} {operator} {{}}",
    )


def _logic(how: str, left: Any, right: Any) -> Any:
    for one, other in ((left, right), (right, left)):
        if hasattr(one, "__yara_q__") and not one:
            return other
    if hasattr(right, "__yara_q__") or hasattr(left, "__yara_q__"):
        return Deferred(
            lambda scope: _join(how, _settle(left, scope), _settle(right, scope)),
            _joined(how, left, right),
        )
    if not isinstance(right, Value) or not isinstance(left, Value):
        return NotImplemented
    if isinstance(left, Deferred) or isinstance(right, Deferred):
        return Deferred(
            lambda scope: _join(how, left.resolve(scope), right.resolve(scope)),
            _joined(how, left, right),
        )
    return _join(how, left, right)


def _joined(how: str, left: Any, right: Any) -> str:
    sign = "&" if how == "all_of" else "|"
    return f"({shown(left)}) {sign} ({shown(right)})"


def _join(how: str, left: Any, right: Any) -> Expr[Any]:
    join = _engine.all_of if how == "all_of" else _engine.any_of
    return wrap(join([left._node, right._node]))


def _one_of(left: Expr[Any], values: Any) -> Expr[bool]:
    if isinstance(left, Deferred):
        given = shown(values) if hasattr(type(values), "__yara_select__") else f"[{HIDDEN}]"
        text = f"({left._shown()}).in_({given})"
        return Deferred(lambda scope: _one_of(left.resolve(scope), values), text)
    select = getattr(type(values), "__yara_select__", None)
    if select is not None:
        return wrap(left._node.in_select(select(values)))
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise FieldError(f"`in` takes a list of values or a query, not {values!r}")
    return wrap(left._node.in_list([operand(value) for value in values]))


def function(name: str, *arguments: Any) -> Expr[Any]:
    """A function of the engine over expressions and values."""
    if any(isinstance(argument, Deferred) for argument in arguments):
        return Deferred(
            lambda scope: function(name, *(_settle(argument, scope) for argument in arguments)),
            f"{name}({', '.join(map(shown, arguments))})",
        )
    return wrap(_engine.call(name, [operand(argument) for argument in arguments]))


if TYPE_CHECKING:
    Condition: TypeAlias = Value[bool | None] | Q
