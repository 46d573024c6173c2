"""Where names in a query are looked up: a model's members, and the query's annotations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from . import _engine
from .exceptions import FieldError
from .expressions import Expr, Order, RelationSet, Value, wrap
from .paths import RelationPath

if TYPE_CHECKING:
    from .models import Model


class Scope:
    """A model, and the expressions that a query has given names to."""

    __slots__ = ("annotations", "model")

    def __init__(self, model: type[Model], annotations: dict[str, Expr[Any]] | None = None) -> None:
        self.model = model
        self.annotations = annotations or {}

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
        return wrap(_engine.literal(value))

    def expression(self, name: str) -> Expr[Any]:
        """What a text names: an annotation, a field, a path."""
        from .lookups import expression

        return expression(self, name)

    def named(self, value: Any) -> Expr[Any]:
        """What a text or an expression means here."""
        return self.expression(value) if isinstance(value, str) else self.settled(value)

    def conditions(self, conditions: Iterable[Any], lookups: dict[str, Any]) -> Expr[bool] | None:
        """All of these at once; `None` where there are none."""
        from .lookups import conditions as by_text

        parts = [self.settled(condition)._node for condition in conditions]
        if lookups:
            parts.extend(by_text(self, lookups))
        if not parts:
            return None
        return wrap(parts[0] if len(parts) == 1 else _engine.all_of(parts))

    def condition(self, q: Any) -> Expr[bool]:
        """A `Q` as a condition of this query."""
        lookups = [child for child in q.children if isinstance(child, tuple)]
        others = [child for child in q.children if not isinstance(child, tuple)]
        if q.join_type == "OR":
            parts = [self.settled(other)._node for other in others]
            for name, value in lookups:
                part = self.conditions((), {name: value})
                parts.extend([] if part is None else [part._node])
            found = wrap(_engine.any_of(parts)) if parts else wrap(_engine.all_of([]))
        else:
            every = self.conditions(others, dict(lookups))
            found = every if every is not None else wrap(_engine.all_of([]))
        return ~found if q.negated else found

    def order(self, by: Any) -> Order:
        """What a text or an expression sorts by."""
        if isinstance(by, Order):
            return Order(self.named(by.expression), by.descending, by.nulls)
        if isinstance(by, str):
            if by == "?":
                return Order(wrap(_engine.call("random", [])))
            return Order(self.expression(by.lstrip("-+")), by.startswith("-"))
        return Order(self.settled(by))
