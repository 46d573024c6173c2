"""What lists and JSON documents can be asked: conditions on them, and parts of them.

What stands at a path in a document is compared by JSON type: a number with numbers, a text with
texts; nothing that is of another type matches.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from .. import _engine
from .. import expressions as _e
from ..exceptions import FieldError
from ..values import Value

if TYPE_CHECKING:
    from ..expressions import Expr
    from ..ranges import Range

T = TypeVar("T")
U = TypeVar("U")


class PartMethods(Value[T], Generic[T]):
    """Of lists, which count from 0; some of texts and documents, too."""

    __slots__ = ()

    if TYPE_CHECKING:
        __iter__: None
    else:
        # It has items, and no end.
        __iter__ = None

    @overload
    def __getitem__(self: PartMethods[list[U]], at: int | Value[int]) -> Expr[U | None]: ...
    @overload
    def __getitem__(self: PartMethods[list[U] | None], at: int | Value[int]) -> Expr[U | None]: ...
    def __getitem__(self: Any, at: Any) -> Any:
        """An item of a list, or what stands at a key or an index of a JSON document; NULL where
        nothing does."""
        return _e.deferrable(lambda it, step: _e.of_kind(it._node.item(step)), self, at)

    @overload
    def contains(
        self: PartMethods[str] | PartMethods[str | None], part: str | Value[str]
    ) -> Expr[bool]: ...
    @overload
    def contains(
        self: PartMethods[list[U]] | PartMethods[list[U] | None], part: U | list[U] | Value[U]
    ) -> Expr[bool]: ...
    @overload
    def contains(
        self: PartMethods[Range[U]], part: U | Range[U] | Value[U] | Value[Range[U]]
    ) -> Expr[bool]: ...
    @overload
    def contains(
        self: PartMethods[Range[U] | None], part: U | Range[U] | Value[U] | Value[Range[U]]
    ) -> Expr[bool]: ...
    def contains(self: Any, part: Any) -> Expr[bool]:
        """A text contains another one, and case counts; a list an item, or all items of a list; a
        range a value, or another range; a document the keys and items of another one, and perhaps
        more."""
        return _e.deferrable(_contains, self, part)

    @overload
    def length(self: PartMethods[str]) -> Expr[int]: ...
    @overload
    def length(self: PartMethods[str | None]) -> Expr[int | None]: ...
    @overload
    def length(self: PartMethods[list[U]]) -> Expr[int]: ...
    @overload
    def length(self: PartMethods[list[U] | None]) -> Expr[int | None]: ...
    def length(self: Any) -> Expr[Any]:
        """The number of characters of a text, or of items of a list or a JSON array."""
        return _e.deferrable(_length, self)

    # Lists and ranges only.
    @overload
    def contained_by(
        self: PartMethods[list[U]], items: Iterable[U] | Value[list[U] | None]
    ) -> Expr[bool]: ...
    @overload
    def contained_by(
        self: PartMethods[list[U] | None], items: Iterable[U] | Value[list[U] | None]
    ) -> Expr[bool]: ...
    @overload
    def contained_by(
        self: PartMethods[Range[U]], items: Range[U] | Value[Range[U]]
    ) -> Expr[bool]: ...
    @overload
    def contained_by(
        self: PartMethods[Range[U] | None], items: Range[U] | Value[Range[U]]
    ) -> Expr[bool]: ...
    def contained_by(self: Any, items: Any) -> Expr[bool]:
        """All of its items are among these; of a range, all of it is in another one."""
        return _e.deferrable(_contained_by, self, items)

    @overload
    def overlap(
        self: PartMethods[list[U]], items: Iterable[U] | Value[list[U] | None]
    ) -> Expr[bool]: ...
    @overload
    def overlap(
        self: PartMethods[list[U] | None], items: Iterable[U] | Value[list[U] | None]
    ) -> Expr[bool]: ...
    @overload
    def overlap(self: PartMethods[Range[U]], items: Range[U] | Value[Range[U]]) -> Expr[bool]: ...
    @overload
    def overlap(
        self: PartMethods[Range[U] | None], items: Range[U] | Value[Range[U]]
    ) -> Expr[bool]: ...
    def overlap(self: Any, items: Any) -> Expr[bool]:
        """One of its items is among these; of a range, it has a value in common with another."""
        return _e.deferrable(_overlap, self, items)

    def append(self: PartMethods[list[U]] | PartMethods[list[U] | None], item: Any) -> Expr[T]:
        """With an item more at the end; NULL counts as an empty list."""
        return _with_item("array_append", self, item)

    def remove(self: PartMethods[list[U]] | PartMethods[list[U] | None], item: Any) -> Expr[T]:
        """Without the items that are equal to one; `None` equals NULL."""
        return _with_item("array_remove", self, item)

    def extend(
        self: PartMethods[list[U]] | PartMethods[list[U] | None], items: Iterable[Any] | Value[Any]
    ) -> Expr[T]:
        """With other items behind its own; NULL counts as an empty list."""
        return _with_list("array_concat", self, items)


def _list(items: Any) -> Any:
    if isinstance(items, (str, bytes)):
        raise FieldError(f"a list of items is wanted, not {items!r}")
    return items if isinstance(items, _engine.Node) else list(items)


def _with_list(name: str, value: Any, items: Any) -> Expr[Any]:
    return _e.deferrable(
        lambda it, other: _e.wrap(_engine.call(name, [it._node, it._node.same_kind(_list(other))])),
        value,
        items,
    )


def _with_item(name: str, value: Any, item: Any) -> Expr[Any]:
    return _e.deferrable(
        lambda it, other: _e.wrap(_engine.call(name, [it._node, it._node.item_value(other)])),
        value,
        item,
    )


def _contained_by(it: Any, other: Any) -> Expr[bool]:
    if it._node.kind == "range":
        return _e.wrap(it._node.ranged("contained_by", other))
    if it._node.kind == "array":
        items = it._node.same_kind(_list(other))
        return _e.wrap(_engine.call("array_contains", [items, it._node]))
    return _e.wrap(_engine.json_pair("contained_by", it._node, other))


def _overlap(it: Any, other: Any) -> Expr[bool]:
    if it._node.kind == "range":
        return _e.wrap(it._node.ranged("overlap", other))
    items = it._node.same_kind(_list(other))
    return _e.wrap(_engine.call("array_overlaps", [it._node, items]))


def _contains(it: Any, part: Any) -> Expr[bool]:
    kind = it._node.kind
    if kind == "range":
        return _e.wrap(it._node.ranged("contains", part))
    if kind == "array":
        is_list = part.kind == "array" if isinstance(part, _engine.Node) else _is_list(part)
        if is_list:
            return _e.wrap(_engine.call("array_contains", [it._node, it._node.same_kind(part)]))
        if part is None:
            return _e.wrap(_engine.call("array_has_null", [it._node]))
        return _e.wrap(_engine.call("array_has", [it._node, it._node.item_value(part)]))
    if kind == "JSON" and not (it._node.is_in_document and isinstance(part, str)):
        return _e.wrap(_engine.json_pair("contains", it._node, part))
    return _e.wrap(_engine.match_text(it._node, "contains", part, False))


def _is_list(part: Any) -> bool:
    return isinstance(part, (list, tuple, set, frozenset))


def _length(it: Any) -> Expr[Any]:
    name = {"array": "array_length", "JSON": "json_length"}.get(it._node.kind, "length")
    return _e.wrap(_engine.call(name, [it._node]))
