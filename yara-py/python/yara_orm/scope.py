"""Where names in a query are looked up: a model's members, and the query's annotations."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from . import _engine
from .exceptions import FieldError
from .expressions import Expr, Order, RelationSet, wrap
from .paths import RelatedRows, RelationPath, member
from .values import Value

if TYPE_CHECKING:
    from .models import Model


def _uncalled(value: Any) -> str:
    """The message about a function or a class, where an expression is wanted that it gives."""
    name = getattr(value, "__name__", None) or repr(value)
    if hasattr(value, "_meta"):
        return f"an expression is one of columns, such as {name}.id, and {name} is a model"
    given = "class" if isinstance(value, type) else "function"
    return f"{name} is a {given}, and what it gives is an expression: call it, {name}(…)"


class Scope:
    """A model, and the expressions that a query has given names to."""

    __slots__ = ("annotations", "model")

    def __init__(self, model: type[Model], annotations: dict[str, Expr[Any]] | None = None) -> None:
        self.model = model
        self.annotations = annotations or {}

    @property
    def names(self) -> list[tuple[str, _engine.Node]]:
        """The annotations, as the engine takes them."""
        return [(name, expression._node) for name, expression in self.annotations.items()]

    # Values.
    def settled(self, value: Any) -> Expr[Any]:
        """An expression, a condition by text or a relation, as an expression of this query."""
        if isinstance(value, RelationPath):
            return wrap(value.__yara_operand__())
        if hasattr(value, "__yara_q__"):
            return self.condition(value)
        if isinstance(value, RelationSet):
            raise FieldError(f"{value!r} has any number of rows; ask .any(), .count() and so on")
        if isinstance(value, Value):
            return value.resolve(self)
        select = getattr(type(value), "__yara_select__", None)
        if select is not None:
            return wrap(_engine.scalar(select(value)))
        if callable(value):
            raise FieldError(_uncalled(value))
        return wrap(_engine.literal(value))

    def expression(self, name: str) -> Expr[Any]:
        """What a text names: an annotation, a field, a path."""
        meta = self.model._meta
        table = meta.ready()
        known = self.annotations.get(name)
        if known is not None:
            return wrap(known._node)
        if name in meta.fields_map:
            return wrap(meta.column(name)._node)
        return wrap(_engine.named_column(table, self.names, name))

    def named(self, value: Any) -> Expr[Any]:
        """What a text or an expression means here."""
        return self.expression(value) if isinstance(value, str) else self.settled(value)

    def place(self, name: str) -> tuple[Any, list[str]]:
        """What a text leads to, and what is left of it where it leads to many rows."""
        parts = name.split("__")
        if name in self.annotations:
            return self.annotations[name], []
        found = self._member((), self.model, parts[0])
        for at, part in enumerate(parts[1:], 1):
            if isinstance(found, RelatedRows):
                return found, parts[at:]
            if not isinstance(found, RelationPath):
                return self.expression(name), []
            found = self._member(found._path, found._model, part)
        return found, []

    def _member(self, path: tuple[str, ...], model: type[Model], name: str) -> Any:
        try:
            return member(self.model, path, model, name)
        except AttributeError as error:
            raise FieldError(str(error)) from None

    # Conditions.
    def conditions(self, conditions: Iterable[Any], lookups: dict[str, Any]) -> Expr[bool] | None:
        """All of these at once; `None` where there are none."""
        parts = [part for each in conditions if (part := self._part(each)) is not None]
        parts.extend(self._lookup(name, value) for name, value in lookups.items())
        if not parts:
            return None
        return wrap((parts[0] if len(parts) == 1 else _engine.Condition.all(parts)).build())

    def condition(self, q: Any) -> Expr[bool]:
        """A `Q` as a condition of this query."""
        found = self._tree(q)
        return wrap((_engine.Condition.all([]) if found is None else found).build())

    def _tree(self, q: Any) -> _engine.Condition | None:
        """The condition of a `Q`; `None` for an empty one, which says nothing wherever it stands:
        code begins with one to add others by `&` or by `|`."""
        parts = []
        for child in q.children:
            part = self._lookup(*child) if isinstance(child, tuple) else self._part(child)
            if part is not None:
                parts.append(part)
        if not parts:
            return None
        either = q.join_type == "OR"
        found = _engine.Condition.any(parts) if either else _engine.Condition.all(parts)
        return found.complement() if q.negated else found

    def _part(self, condition: Any) -> _engine.Condition | None:
        if hasattr(condition, "__yara_q__"):
            return self._tree(condition)
        if not isinstance(condition, Value):
            raise FieldError(
                f"a condition is an expression such as Book.views > 1, or a Q, not {condition!r}"
            )
        return _engine.Condition.node(condition.resolve(self)._node)

    def _lookup(self, name: str, value: Any) -> _engine.Condition:
        table = self.model._meta.ready()
        return _engine.Condition.lookup(table, self.names, name, self._given(value))

    def _given(self, value: Any) -> Any:
        """A value of a lookup: expressions as nodes, queries as selects."""
        if isinstance(value, RelationPath):
            return value.__yara_operand__()
        select = getattr(type(value), "__yara_select__", None)
        if select is not None:
            return select(value)
        if isinstance(value, Value) or hasattr(value, "__yara_q__"):
            return self.settled(value)._node
        if isinstance(value, (list, tuple)) and any(isinstance(each, Value) for each in value):
            return [self._given(each) for each in value]
        return value

    # Orders.
    def orders(self, order: Iterable[Any]) -> list[tuple[_engine.Node, bool, str | None]]:
        """What texts and expressions sort by, as the engine takes them."""
        return [self._ordering(by) for by in order]

    def _ordering(self, by: Any) -> tuple[_engine.Node, bool, str | None]:
        if isinstance(by, str):
            # The short way of what most queries are sorted by.
            meta, name = self.model._meta, by.removeprefix("-")
            if name in meta.fields_map and name not in self.annotations:
                return meta.column(name)._node, by.startswith("-"), None
        found = self.order(by)
        return found.expression._node, found.descending, found.nulls

    def order(self, by: Any) -> Order:
        """What a text or an expression sorts by."""
        if isinstance(by, Order):
            return Order(self.named(by.expression), by.descending, by.nulls)
        if isinstance(by, str):
            if by == "?":
                return Order(wrap(_engine.call("random", [])))
            return Order(self.expression(by.removeprefix("-")), by.startswith("-"))
        if by is None or isinstance(by, (int, float, Decimal, bytes, list, tuple, set, dict)):
            # The same for every row.
            raise FieldError(
                f"order_by takes names and expressions, order_by('-views', Book.title), not {by!r}"
            )
        return Order(self.settled(by))
