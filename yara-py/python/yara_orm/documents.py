"""JSON documents in queries: `Page.data["size"]["w"] > 10`."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from . import _engine
from .expressions import Col, Expr, deferrable, of_kind, wrap

if TYPE_CHECKING:
    from .values import Value

T = TypeVar("T")


class Document(Expr[T], Generic[T]):
    """A JSON document, or what stands at a path in one.

    A path goes by keys, and by indexes, which count from the end where they are below zero. What
    stands there is compared by JSON type: `Page.data["w"] == 5` is true of `5` and `5.0`, and not
    of `"5"`; `== None` is JSON's own `null`, and `.is_null()` that nothing is there.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        def __getitem__(self, step: str | int) -> Document[Any]: ...  # type: ignore[override]
        def __eq__(self, other: object) -> Expr[bool]: ...  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        def __ne__(self, other: object) -> Expr[bool]: ...  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        def __gt__(self, other: Any) -> Expr[bool]: ...
        def __lt__(self, other: Any) -> Expr[bool]: ...
        def __ge__(self, other: Any) -> Expr[bool]: ...
        def __le__(self, other: Any) -> Expr[bool]: ...
        def contains(self, part: Any) -> Expr[bool]:
            """A part of it is contained in it; of a text, a part of the text."""
            ...

        def contained_by(self, items: Any) -> Expr[bool]:
            """All that is in it is contained in another one."""
            ...

        def length(self) -> Expr[int | None]:  # type: ignore[override]
            """The number of elements of an array; NULL of anything else."""
            ...

    __hash__ = Expr.__hash__

    # What stands there, as a value of one type.
    def text(self) -> Expr[str | None]:
        """As text, whatever it is; strings without their quotes."""
        return deferrable(lambda it: _text(it._node), self)

    def string(self) -> Expr[str | None]:
        """The string; NULL of anything else."""
        return deferrable(lambda it: wrap(_engine.call("json_string", [it._node])), self)

    def number(self) -> Expr[Decimal | None]:
        """The number with all its digits; NULL of anything else."""
        return deferrable(lambda it: wrap(_engine.call("json_number", [it._node])), self)

    def boolean(self) -> Expr[bool | None]:
        """True or false; NULL of anything else."""
        return deferrable(lambda it: wrap(_engine.call("json_boolean", [it._node])), self)

    # Conditions.
    def is_json_null(self) -> Expr[bool]:
        """JSON's own `null` stands there, which is something."""
        return self.same_json(None)

    def same_json(self, other: Any) -> Expr[bool]:
        """The same value: numbers as numbers, objects whatever the order of their keys."""
        return deferrable(
            lambda it, value: wrap(_engine.json_pair("equals", it._node, value)), self, other
        )

    def has_key(self, key: str | Value[str]) -> Expr[bool]:
        """The object has the key, or the array the string."""
        return deferrable(
            lambda it, name: wrap(_engine.call("json_has_key", [it._node, name])), self, key
        )

    def has_any_keys(self, *keys: str) -> Expr[bool]:
        """It has one of the keys."""
        return self._with_keys("json_has_any_key", keys)

    def has_keys(self, *keys: str) -> Expr[bool]:
        """It has all of the keys."""
        return self._with_keys("json_has_all_keys", keys)

    def _with_keys(self, name: str, keys: Sequence[str]) -> Expr[bool]:
        listed = _engine.literal(list(keys), "array:text")
        return deferrable(lambda it: wrap(_engine.call(name, [it._node, listed])), self)

    # About it.
    def keys(self) -> Expr[list[str] | None]:
        """The keys of an object."""
        return deferrable(lambda it: wrap(_engine.call("json_keys", [it._node])), self)

    def json_type(self) -> Expr[str | None]:
        """`object array string number boolean` or `null`."""
        return deferrable(lambda it: wrap(_engine.call("json_type", [it._node])), self)

    # A changed document.
    def json_set(self, path: str | int | Sequence[str | int], value: Any) -> Document[T]:
        """With another value at a path; the last key is added where it is missing. Where the way
        there is missing, nothing changes."""
        found: Any = deferrable(
            lambda it, new: of_kind(_engine.json_set(it._node, path, new)), self, value
        )
        return found  # type: ignore[no-any-return]

    def json_remove(self, path: str | int | Sequence[str | int]) -> Document[T]:
        """Without what stands at a path."""
        found: Any = deferrable(lambda it: of_kind(_engine.json_remove(it._node, path)), self)
        return found  # type: ignore[no-any-return]

    def json_merge(self, other: Any) -> Document[T]:
        """With the keys of another object; where both have one, that of the other counts."""
        found: Any = deferrable(
            lambda it, value: of_kind(_engine.json_pair("merge", it._node, value)), self, other
        )
        return found  # type: ignore[no-any-return]


class DocumentCol(Document[T], Col[T], Generic[T]):
    """A column of JSON documents: `Page.data`."""

    __slots__ = ()


def _text(node: _engine.Node) -> Expr[str | None]:
    return wrap(_engine.call("json_text", [node]))
