"""Conditions by text: `Q(author__name="Ada") | Q(views__gt=10)`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .exceptions import FieldError
from .expressions import Deferred, Expr
from .shown import shown
from .values import Value

if TYPE_CHECKING:
    from .expressions import Condition


class Q:
    """A condition made of lookups and typed conditions, all of which must hold; with
    `join_type="OR"` one of them."""

    AND = "AND"
    OR = "OR"

    __slots__ = ("children", "join_type", "negated")
    __yara_q__ = True

    def __init__(self, *args: Condition, join_type: str = "AND", **lookups: Any) -> None:
        if join_type not in (Q.AND, Q.OR):
            raise FieldError(f"join_type is 'AND' or 'OR', not {join_type!r}")
        for each in args:
            if not isinstance(each, (Q, Value)):
                raise FieldError(f"a condition is a Q or an expression, not {each!r}")
        self.children: tuple[Any, ...] = (*args, *lookups.items())
        self.join_type = join_type
        self.negated = False

    def __and__(self, other: Condition) -> Q:
        joined: Q = _joined(Q.AND, self, other)
        return joined

    def __rand__(self, other: Condition) -> Q:
        joined: Q = _joined(Q.AND, other, self)
        return joined

    def __or__(self, other: Condition) -> Q:
        joined: Q = _joined(Q.OR, self, other)
        return joined

    def __ror__(self, other: Condition) -> Q:
        joined: Q = _joined(Q.OR, other, self)
        return joined

    def __invert__(self) -> Q:
        negated = Q(self)
        negated.negated = True
        return negated

    def __bool__(self) -> bool:
        """Whether it says anything: an empty `Q` does not."""
        return any(not isinstance(child, Q) or bool(child) for child in self.children)

    def negate(self) -> None:
        """Turns it into its complement, in place."""
        self.negated = not self.negated

    def resolve(self, scope: Any) -> Expr[bool]:
        """The condition for a query."""
        found: Expr[bool] = scope.condition(self)
        return found

    def _shown(self) -> str:
        """The condition for messages, without values."""
        parts = [
            f"{child[0]}={shown(child[1])}" if isinstance(child, tuple) else shown(child)
            for child in self.children
        ]
        if self.join_type == Q.OR:
            parts.append("join_type='OR'")
        return f"{'~' if self.negated else ''}Q({', '.join(parts)})"

    def __repr__(self) -> str:
        return self._shown()


def _joined(how: str, left: Any, right: Any) -> Any:
    if not isinstance(right, (Q, Value)) or not isinstance(left, (Q, Value)):
        return NotImplemented
    return Q(left, right, join_type=how)


class F(Deferred):
    """A field by its name, as expressions of old code have it; `Book.views` says the same."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(lambda scope: scope.expression(name), f"F({name!r})")

    def __reduce__(self) -> Any:
        return F, (self.name,)


__all__ = ["F", "Q"]
