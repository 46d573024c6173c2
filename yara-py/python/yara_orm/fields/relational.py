"""The fields that lead to other models."""

from __future__ import annotations

import enum
from collections.abc import AsyncIterator, Generator, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, Union, overload

from ..exceptions import ConfigurationError
from ..sources import Source
from .base import UNSET, _Unset, unknown_option

if TYPE_CHECKING:
    from ..connection import Connection
    from ..expressions import RelationSet
    from ..models import Model
    from ..runnable import Call

M = TypeVar("M", bound="Model")


class OnDelete(str, enum.Enum):
    """What happens to a row when the row that it refers to is deleted."""

    CASCADE = "CASCADE"
    RESTRICT = "RESTRICT"
    SET_NULL = "SET NULL"
    SET_DEFAULT = "SET DEFAULT"
    NO_ACTION = "NO ACTION"


CASCADE = OnDelete.CASCADE
RESTRICT = OnDelete.RESTRICT
SET_NULL = OnDelete.SET_NULL
SET_DEFAULT = OnDelete.SET_DEFAULT
NO_ACTION = OnDelete.NO_ACTION

Target = Union["type[Model]", str]


def _on_delete(given: OnDelete | str) -> OnDelete:
    try:
        return OnDelete(given)
    except ValueError:
        known = ", ".join(f"OnDelete.{each.name}" for each in OnDelete)
        raise ConfigurationError(f"on_delete is one of {known}, not {given!r}") from None


class RelationField:
    """What a declared relation has in common: where it leads, and what the far side calls it."""

    name: str
    model: type[Model]

    def __init__(self, to: Target, related_name: str | None | Literal[False]) -> None:
        if not isinstance(to, (str, type)):
            raise ConfigurationError(
                f"a relation leads to a model, or names one: 'Author', 'app.Author' or 'self'; not to "
                f"{to!r}"
            )
        if isinstance(to, str) and not to.rsplit(".", 1)[-1].isidentifier():
            raise ConfigurationError(
                f"{to!r} names no model; write 'Author', 'app.Author' or 'self'"
            )
        self.to = to
        self.related_name = related_name

    @property
    def label(self) -> str:
        """Model and member, for messages."""
        model = getattr(self, "model", None)
        return f"{model.__name__}.{self.name}" if model is not None else type(self).__name__

    @property
    def target(self) -> type[Model]:
        """The model that it leads to."""
        from ..registry import resolve

        return resolve(self.to, self.model, self.label)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.label}>"


class ForeignKeyBase(RelationField):
    """A foreign key: a relation to one row, and the columns that hold that row's key."""

    unique = False
    #: Of one in a migration: the key that it refers to, which is told without a model.
    reference: Any = None

    def __init__(
        self,
        to: Target,
        related_name: str | None | Literal[False] = None,
        on_delete: OnDelete | str = OnDelete.CASCADE,
        *,
        null: bool = False,
        pk: bool = False,
        primary_key: bool | None = None,
        unique: bool = False,
        index: bool = True,
        db_index: bool | None = None,
        db_constraint: bool = True,
        to_field: str | None = None,
        source_field: str | None = None,
        db_column: str | None = None,
        default: Any = UNSET,
        description: str | None = None,
        **unknown: Any,
    ) -> None:
        super().__init__(to, related_name)
        if unknown:
            raise ConfigurationError(unknown_option(type(self), unknown))
        self.on_delete = _on_delete(on_delete)
        self.null = null
        self.pk = pk if primary_key is None else primary_key
        self.unique = self.unique or unique
        self.index = index if db_index is None else db_index
        self.db_constraint = db_constraint
        self.to_field = to_field
        self.source_field = source_field or db_column
        self.default = UNSET if default is None else default
        self.description = description
        if self.on_delete is OnDelete.SET_NULL and not null:
            raise ConfigurationError("on_delete=SET_NULL needs null=True")
        if self.on_delete is OnDelete.SET_DEFAULT and isinstance(default, _Unset):
            raise ConfigurationError("on_delete=SET_DEFAULT needs a default")

    @property
    def required(self) -> bool:
        """Whether an instance must be given a related row before it is saved."""
        return not self.null and isinstance(self.default, _Unset)


class _ToOne(ForeignKeyBase, Generic[M]):
    """Read from an instance: the related row, or something to await."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: type[Any]) -> type[M]: ...
        @overload
        def __get__(self, instance: object, owner: type[Any]) -> M: ...
        def __get__(self, instance: Any, owner: type[Any]) -> Any: ...
        def __set__(self, instance: object, value: M) -> None: ...

    else:

        def __get__(self, instance, owner):
            from .. import relations

            return relations.to_one(self, instance, owner)


class _ToOneOrNone(ForeignKeyBase, Generic[M]):
    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: type[Any]) -> type[M]: ...
        @overload
        def __get__(self, instance: object, owner: type[Any]) -> M | None: ...
        def __get__(self, instance: Any, owner: type[Any]) -> Any: ...
        def __set__(self, instance: object, value: M | None) -> None: ...

    else:
        __get__ = _ToOne.__get__


class ForeignKeyRelation(_ToOne[M]):
    """`author: ForeignKeyRelation[Author] = ForeignKeyField("models.Author")`"""


class ForeignKeyNullableRelation(_ToOneOrNone[M]):
    """`editor: ForeignKeyNullableRelation[Author] = ForeignKeyField("models.Author", null=True)`"""


class OneToOneRelation(_ToOne[M]):
    """`profile: OneToOneRelation[Profile] = OneToOneField("models.Profile")`"""

    unique = True


class OneToOneNullableRelation(_ToOneOrNone[M]):
    """`profile: OneToOneNullableRelation[Profile] = OneToOneField("models.Profile", null=True)`"""

    unique = True


class ManyToManyBase(RelationField):
    """A relation through a table between the two models."""

    def __init__(
        self,
        to: Target,
        through: type[Model] | str | None = None,
        forward_key: str | None = None,
        backward_key: str = "",
        related_name: str | None | Literal[False] = None,
        on_delete: OnDelete | str = OnDelete.CASCADE,
        *,
        db_constraint: bool = True,
        description: str | None = None,
        unique: bool = True,
        create_unique_index: bool | None = None,
        **unknown: Any,
    ) -> None:
        super().__init__(to, related_name)
        if unknown:
            raise ConfigurationError(unknown_option(type(self), unknown))
        self.through = through
        self.forward_key = forward_key
        self.backward_key = backward_key or None
        self.is_unique = unique and create_unique_index is not False
        self.on_delete = _on_delete(on_delete)
        self.db_constraint = db_constraint
        self.description = description


class _ToMany(Source[M]):
    """The related rows of an instance: awaitable, iterable once loaded, and a place to begin a
    query."""

    __slots__ = ()

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: type[Any]) -> RelationSet[M]: ...
        @overload
        def __get__(self: _Related, instance: object, owner: type[Any]) -> _Related: ...
        def __get__(self, instance: Any, owner: type[Any]) -> Any: ...

        def create(self, using_db: Connection | None = None, **values: Any) -> Call[M]:
            """A new row that is related to the instance."""
            ...

        def __await__(self) -> Generator[Any, None, list[M]]: ...
        def __aiter__(self) -> AsyncIterator[M]: ...
        def __iter__(self) -> Iterator[M]: ...
        def __len__(self) -> int: ...
        def __getitem__(self, at: int) -> M: ...
        def __contains__(self, row: object) -> bool: ...
        def __bool__(self) -> bool: ...


_Related = TypeVar("_Related", bound="_ToMany[Any]")


class ReverseRelation(_ToMany[M]):
    """`books: ReverseRelation["Book"]`, an annotation: the far side of a foreign key."""

    __slots__ = ()


class ManyToManyRelation(_ToMany[M]):
    """`tags: ManyToManyRelation["Tag"] = ManyToManyField("models.Tag")`"""

    __slots__ = ()

    if TYPE_CHECKING:

        def add(
            self,
            *rows: M,
            through_defaults: dict[str, Any] | None = None,
            using_db: Connection | None = None,
        ) -> Call[int]:
            """Relates rows to the instance; those that are related already stay so, once.

            `through_defaults` are values of the model between, for its own columns.
            """
            ...

        def remove(self, *rows: M, using_db: Connection | None = None) -> Call[int]:
            """Ends the relation of rows to the instance; the rows stay."""
            ...

        def clear(self, using_db: Connection | None = None) -> Call[int]:
            """Ends the relation of all rows to the instance."""
            ...

        def set(self, rows: Iterable[M], using_db: Connection | None = None) -> Call[None]:
            """Relates exactly these rows: at once, or not at all."""
            ...


class BackwardOneToOneRelation(_ToOneOrNone[M]):
    """`profile: BackwardOneToOneRelation["Profile"]`, an annotation: the far side of
    a one-to-one relation."""


class ManyToManyFieldInstance(ManyToManyBase):
    """A many-to-many relation as a model declares it."""

    def __get__(self, instance: Any, owner: type[Any]) -> Any:
        from .. import relations

        return relations.to_many(self.name, instance, owner)


class ReverseDescriptor:
    """The far side of a foreign key or many-to-many relation, put on the target's class."""

    def __init__(self, name: str, source: type[Model], field: RelationField) -> None:
        self.name = name
        self.source = source
        self.field = field

    @property
    def is_one(self) -> bool:
        """Whether there is at most one row on this side."""
        return isinstance(self.field, ForeignKeyBase) and self.field.unique

    def __get__(self, instance: Any, owner: type[Any]) -> Any:
        from .. import relations

        if self.is_one:
            return relations.reverse_one(self, instance, owner)
        return relations.to_many(self.name, instance, owner)

    def __repr__(self) -> str:
        return f"<reverse of {self.field.label}>"


if TYPE_CHECKING:

    @overload
    def ForeignKeyField(
        to: type[M],
        related_name: Any = ...,
        on_delete: OnDelete = ...,
        *,
        null: Literal[False] = False,
        **options: Any,
    ) -> ForeignKeyRelation[M]: ...
    @overload
    def ForeignKeyField(
        to: type[M],
        related_name: Any = ...,
        on_delete: OnDelete = ...,
        *,
        null: Literal[True],
        **options: Any,
    ) -> ForeignKeyNullableRelation[M]: ...
    @overload
    def ForeignKeyField(
        to: str,
        related_name: Any = ...,
        on_delete: OnDelete = ...,
        *,
        null: Literal[False] = False,
        **options: Any,
    ) -> ForeignKeyRelation[Any]: ...
    @overload
    def ForeignKeyField(
        to: str,
        related_name: Any = ...,
        on_delete: OnDelete = ...,
        *,
        null: Literal[True],
        **options: Any,
    ) -> ForeignKeyNullableRelation[Any]: ...
    def ForeignKeyField(to: Any, *args: Any, **options: Any) -> Any:
        """A foreign key to `to`: a model, or the name of one.

        `related_name` names the far side, `on_delete` says what becomes of this row, `to_field`
        refers to another field than the primary key, `source_field` names the column.
        """
        ...

    @overload
    def OneToOneField(
        to: type[M],
        related_name: Any = ...,
        on_delete: OnDelete = ...,
        *,
        null: Literal[False] = False,
        **options: Any,
    ) -> OneToOneRelation[M]: ...
    @overload
    def OneToOneField(
        to: type[M],
        related_name: Any = ...,
        on_delete: OnDelete = ...,
        *,
        null: Literal[True],
        **options: Any,
    ) -> OneToOneNullableRelation[M]: ...
    @overload
    def OneToOneField(
        to: str,
        related_name: Any = ...,
        on_delete: OnDelete = ...,
        *,
        null: Literal[False] = False,
        **options: Any,
    ) -> OneToOneRelation[Any]: ...
    @overload
    def OneToOneField(
        to: str,
        related_name: Any = ...,
        on_delete: OnDelete = ...,
        *,
        null: Literal[True],
        **options: Any,
    ) -> OneToOneNullableRelation[Any]: ...
    def OneToOneField(to: Any, *args: Any, **options: Any) -> Any:
        """A foreign key that no two rows share."""
        ...

    @overload
    def ManyToManyField(to: type[M], *args: Any, **options: Any) -> ManyToManyRelation[M]: ...
    @overload
    def ManyToManyField(to: str, *args: Any, **options: Any) -> ManyToManyRelation[Any]: ...
    def ManyToManyField(to: Any, *args: Any, **options: Any) -> Any:
        """A relation to any number of rows on both sides, through a table between: `through` names
        it, or is a model with further columns; `related_name` names the far side."""
        ...

else:

    def ForeignKeyField(to, *args, null=False, **options):
        """A foreign key to `to`: a model, or the name of one.

        `related_name` names the far side, `on_delete` says what becomes of this row, `to_field`
        refers to another field than the primary key, `source_field` names the column.
        """
        kind = ForeignKeyNullableRelation if null else ForeignKeyRelation
        return kind(to, *args, null=null, **options)

    def OneToOneField(to, *args, null=False, **options):
        """A foreign key that no two rows share."""
        kind = OneToOneNullableRelation if null else OneToOneRelation
        return kind(to, *args, null=null, **options)

    ManyToManyField = ManyToManyFieldInstance
