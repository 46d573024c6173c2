"""What makes a class a model: its fields are gathered, checked and described."""

from __future__ import annotations

import copy
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any, overload

from . import registry
from .exceptions import ConfigurationError, DoesNotExist, MultipleObjectsReturned
from .fields.base import Field
from .fields.data import IntField
from .fields.relational import ForeignKeyBase, RelationField
from .interop import DataclassFields
from .meta import Meta

if TYPE_CHECKING:
    from .expressions import Expr
    from .models import Model
    from .values import Value


class ModelMeta(type):
    """Answers `Book.title` with a column.

    Fields are taken off the class, so that on instances their names are plain attributes, read on
    the interpreter's fastest path; the class finds them here.
    """

    _meta: Meta

    def __new__(
        mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any
    ) -> Any:
        declared = _inherited(bases)
        is_root = not any(isinstance(base, ModelMeta) for base in bases)
        if not is_root:
            declared.update(_annotated(namespace))
        for member, value in list(namespace.items()):
            if isinstance(value, (Field, RelationField)):
                declared[member] = value
                if isinstance(value, Field):
                    del namespace[member]
            elif member in declared and not member.startswith("__"):
                del declared[member]
        own = namespace.get("Meta")
        above = [base._meta for base in bases if isinstance(base, ModelMeta)]
        meta = Meta(name, own, declared, above)
        cls: Any = super().__new__(mcs, name, bases, namespace, **options)
        _claim(cls, declared)
        cls._meta = meta
        meta.model = cls
        for kind in (DoesNotExist, MultipleObjectsReturned):
            models = [base for base in bases if isinstance(base, ModelMeta)]
            bases_of = tuple(
                dict.fromkeys(getattr(base, kind.__name__, kind) for base in models)
            ) or (kind,)
            error = type(kind.__name__, bases_of, {"__module__": cls.__module__})
            error.__qualname__ = f"{cls.__qualname__}.{kind.__name__}"
            type.__setattr__(cls, kind.__name__, error)
        cls._passed_over = is_root or _may_be_passed_over(cls)
        if is_root or name == "TypedModel":
            meta.abstract = True
        if not meta.abstract:
            _give_key(meta)
            registry.register(cls)
        # Of each class itself: orjson looks for it nowhere else.
        type.__setattr__(cls, "__dataclass_fields__", DataclassFields())
        return cls

    if TYPE_CHECKING:
        # `Book.author` is `type[Author]` to a checker, and comparable with a row.
        @overload  # type: ignore[override]
        def __eq__(cls, other: type[Any]) -> bool: ...
        @overload
        def __eq__(cls, other: Model | Value[Any] | None) -> Expr[bool]: ...
        def __eq__(cls, other: object) -> Any: ...
        @overload  # type: ignore[override]
        def __ne__(cls, other: type[Any]) -> bool: ...
        @overload
        def __ne__(cls, other: Model | Value[Any] | None) -> Expr[bool]: ...
        def __ne__(cls, other: object) -> Any: ...
        def __hash__(cls) -> int: ...
        def is_null(cls) -> Expr[bool]:
            """Leads to no row."""
            ...

        def is_not_null(cls) -> Expr[bool]:
            """Leads to a row."""
            ...

        def in_(cls, rows: Any) -> Expr[bool]:
            """Is one of these rows, or has one of these keys."""
            ...

        def not_in(cls, rows: Any) -> Expr[bool]:
            """Is none of these rows."""
            ...

    else:

        def __getattr__(cls, name):
            if name.startswith("_"):
                raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")
            meta = cls._meta
            if meta.abstract:
                raise AttributeError(f"{cls.__name__} is abstract: it has no column {name!r}")
            known = meta._columns.get(name)
            if known is not None:
                return known
            meta.ready()
            far = meta.reverse.get(name)
            return meta.column(name) if far is None else far.__get__(None, cls)


def _may_be_passed_over(cls: Any) -> bool:
    """Whether members of rows are set by `Model.__setattr__` and nothing else, so that the garbage
    collector may pass over rows of plain values until they are given more: no class sets them in
    its own way, and none has slots."""
    root = next(base for base in reversed(cls.__mro__) if isinstance(base, ModelMeta))
    return not any(
        name == "__setattr__" or isinstance(member, MemberDescriptorType)
        for base in cls.__mro__
        if base is not root and base is not object
        for name, member in vars(base).items()
    )


def _inherited(bases: tuple[type, ...]) -> dict[str, Any]:
    """Copies of the members of models below, and of classes that are none, which belong to each
    model anew."""
    declared: dict[str, Any] = {}
    for base in reversed(bases):
        meta = getattr(base, "_meta", None)
        if isinstance(meta, Meta):
            declared.update({name: copy.copy(member) for name, member in meta.declared.items()})
            if not meta.abstract and isinstance(declared.get("id"), _GivenKey):
                del declared["id"]
        else:
            declared.update(_mixed_in(base))
    return declared


def _mixed_in(base: type) -> dict[str, Any]:
    """Copies of the fields in a class that is no model."""
    found: dict[str, Any] = {}
    for each in reversed(base.__mro__):
        for name, member in vars(each).items():
            if isinstance(member, (Field, RelationField)):
                found[name] = copy.copy(member)
    return found


class _MixedInColumn:
    """Stands before a field in a class that is no model and keeps it: `Book.created` is a column
    all the same."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return owner.__getattr__(self.name)
        raise AttributeError(f"{type(instance).__name__!r} object has no attribute {self.name!r}")


def _annotated(namespace: dict[str, Any]) -> dict[str, Any]:
    """Fields in the style of annotations: `title: Column[str] = column(max_length=200)`."""
    annotations = namespace.get("__annotations__")
    if not annotations:
        return {}
    from .columns import field_of

    found: dict[str, Any] = {}
    for name, annotation in annotations.items():
        field = field_of(name, annotation, namespace)
        if field is not None:
            found[name] = field
            namespace.pop(name, None)
            if isinstance(field, RelationField):
                namespace[name] = field
    return found


def _claim(cls: Any, declared: dict[str, Any]) -> None:
    root = next(base for base in reversed(cls.__mro__) if isinstance(base, ModelMeta))
    for name, member in declared.items():
        if name.startswith("_") or "__" in name or name == "pk":
            raise ConfigurationError(f"{cls.__name__}.{name}: a field cannot have this name")
        if isinstance(member, Field) and hasattr(root, name):
            raise ConfigurationError(
                f"{cls.__name__}.{name}: every model has a method of this name; call the field "
                f"otherwise, and keep the column with db_column={name!r}"
            )
        member.model, member.name = cls, name
        if isinstance(member, RelationField):
            type.__setattr__(cls, name, member)
        elif any(name in vars(base) for base in cls.__mro__):
            type.__setattr__(cls, name, _MixedInColumn(name))


class _GivenKey(IntField[int]):
    """The `id` of a model that declares no key."""


def _give_key(meta: Meta) -> None:
    keys = [
        member
        for member in meta.declared.values()
        if isinstance(member, (Field, ForeignKeyBase)) and member.pk
    ]
    for part in keys if len(keys) > 1 else ():
        if isinstance(part, Field) and part.generated is None:
            # A database counts up a key of one column only.
            part.generated = False
    if keys:
        return
    if "id" in meta.declared:
        raise ConfigurationError(
            f"{meta.name} has no primary key: say pk=True at `id`, or at another field"
        )
    key: Field[Any] = _GivenKey(pk=True)
    key.model, key.name = meta.model, "id"
    meta.declared = {"id": key, **meta.declared}
