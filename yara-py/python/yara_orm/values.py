"""What every expression is: something that gives a value for each row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from . import _engine
from .pickling import Unpicklable

if TYPE_CHECKING:
    from .expressions import Expr

T_co = TypeVar("T_co", covariant=True)


class Value(Unpicklable, Generic[T_co]):
    """Anything that gives a value for each row; made of a plain one it is that value.

    It is what the library accepts: a `Value[int]` is a `Value[int | None]`, so columns that may be
    NULL mix with those that may not.
    """

    __slots__ = ("_node",)

    _node: _engine.Node

    def __init__(self, value: T_co) -> None:
        self._node = value if isinstance(value, _engine.Node) else _engine.literal(value)

    def resolve(self, scope: Any) -> Expr[Any]:
        """The expression for a query; itself, where nothing in it waits for one."""
        from .expressions import wrap

        return wrap(self._node)

    def _shown(self) -> str:
        """The expression for messages, without values."""
        return repr(self._node)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._shown()}>"
