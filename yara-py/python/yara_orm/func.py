"""`func`: functions by name, those of the engine and any other of the database."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar, overload

from . import _engine, aggregates, database_defaults, functions, windows
from .documents import Document
from .expressions import Deferred, Expr, function, kind_of, wrap
from .functions import _plain
from .shown import shown

U = TypeVar("U")


class _Called(Protocol):
    """A function of the database; `kind` is the type of what it gives."""

    @overload
    def __call__(self, *arguments: Any, kind: type[U]) -> Expr[U]: ...
    @overload
    def __call__(self, *arguments: Any) -> Expr[Any]: ...


class Functions:
    """Functions by name. What the engine knows means the same on every database; any other name is
    a function of the database, in which a text is a text, and `kind` is the type of what it gives:
    `func.hex(Book.title, kind=str)`."""

    # Choices.
    coalesce = staticmethod(functions.Coalesce)
    nullif = staticmethod(functions.NullIf)
    greatest = staticmethod(functions.Greatest)
    least = staticmethod(functions.Least)
    # Moments.
    now = staticmethod(database_defaults.Now)
    today = staticmethod(functions.Today)
    random = staticmethod(functions.Random)
    # Aggregates.
    count = staticmethod(aggregates.Count)
    sum = staticmethod(aggregates.Sum)
    avg = staticmethod(aggregates.Avg)
    min = staticmethod(aggregates.Min)
    max = staticmethod(aggregates.Max)
    string_agg = staticmethod(aggregates.StringAgg)
    array_agg = staticmethod(aggregates.ArrayAgg)
    json_agg = staticmethod(aggregates.JsonAgg)
    bool_and = staticmethod(aggregates.BoolAnd)
    bool_or = staticmethod(aggregates.BoolOr)
    custom_aggregate = staticmethod(aggregates.custom_aggregate)
    # Windows.
    row_number = staticmethod(windows.RowNumber)
    rank = staticmethod(windows.Rank)
    dense_rank = staticmethod(windows.DenseRank)
    percent_rank = staticmethod(windows.PercentRank)
    cume_dist = staticmethod(windows.CumeDist)
    ntile = staticmethod(windows.Ntile)
    lag = staticmethod(windows.Lag)
    lead = staticmethod(windows.Lead)
    first_value = staticmethod(windows.FirstValue)
    last_value = staticmethod(windows.LastValue)
    nth_value = staticmethod(windows.NthValue)

    @staticmethod
    def json_object(entries: dict[str, Any] | None = None, **named: Any) -> Document[Any]:
        """A JSON object of columns, expressions and values."""
        given = {**(entries or {}), **named}
        return _built(list(given.items()), True)

    @staticmethod
    def json_array(*values: Any) -> Document[Any]:
        """A JSON array of columns, expressions and values."""
        return _built([(None, value) for value in values], False)

    def __getattr__(self, name: str) -> _Called:
        if name.startswith("_"):
            raise AttributeError(name)

        def build(*arguments: Any, kind: Any = None) -> Expr[Any]:
            if kind is None and _engine.is_known(name):
                return function(name, *arguments)
            result = None if kind is None else kind_of(kind)
            return Deferred(
                lambda scope: wrap(
                    _engine.custom(name, [_plain(scope, each) for each in arguments], result)
                ),
                f"{name}({', '.join(map(shown, arguments))})",
            )

        return build


def _built(entries: list[tuple[str | None, Any]], object: bool) -> Document[Any]:
    def build(scope: Any) -> Expr[Any]:
        given = [(key, _plain(scope, value)) for key, value in entries]
        return wrap(_engine.json_build(given, object))

    parts = [shown(value) if key is None else f"{key}: {shown(value)}" for key, value in entries]
    found: Any = Deferred(build, f"{'json_object' if object else 'json_array'}({', '.join(parts)})")
    return found  # type: ignore[no-any-return]


func = Functions()
