"""What is known of a model: `Book._meta`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from . import _engine, registry
from .exceptions import ConfigurationError, FieldError
from .fields.base import Field
from .fields.relational import ForeignKeyBase, ManyToManyBase, RelationField, ReverseDescriptor
from .indexes import CheckConstraint, UniqueConstraint

if TYPE_CHECKING:
    from .models import Model
    from .scope import Scope

_OPTIONS = {
    "table",
    "table_description",
    "description",
    "abstract",
    "ordering",
    "unique_together",
    "indexes",
    "constraints",
    "manager",
    "default_connection",
    "fetch_db_defaults",
    "schema",
    "app",
}


class Meta:
    """A model's members and options, as declared and, once it is described, as the engine has
    them."""

    model: type[Model]
    table_handle: _engine.Table | None = None

    def __init__(
        self, name: str, module: str, options: type[Any] | None, declared: dict[str, Any]
    ) -> None:
        given = (
            {key: value for key, value in vars(options or type).items() if not key.startswith("_")}
            if options is not None
            else {}
        )
        for key in given:
            if key not in _OPTIONS:
                raise ConfigurationError(
                    f"{name}.Meta has no option {key!r}{registry.nearest(key, _OPTIONS)}"
                )
        self.name = name
        self.declared = declared
        self.declared_relations: dict[str, RelationField] = {
            key: value for key, value in declared.items() if isinstance(value, RelationField)
        }
        self.abstract: bool = given.get("abstract", False)
        self.db_table: str = given.get("table") or name.lower()
        self.schema: str | None = given.get("schema")
        self.app: str = given.get("app") or "models"
        self.table_description: str | None = given.get("table_description") or given.get(
            "description"
        )
        self.ordering: tuple[str, ...] = tuple(given.get("ordering") or ())
        self.unique_together = _groups(given.get("unique_together") or ())
        self.indexes: tuple[Any, ...] = tuple(given.get("indexes") or ())
        constraints = tuple(given.get("constraints") or ())
        self.unique_constraints = [c for c in constraints if isinstance(c, UniqueConstraint)]
        self.checks = [c for c in constraints if isinstance(c, CheckConstraint)]
        self.manager: Any = given.get("manager")
        self.default_connection: str | None = given.get("default_connection")
        self.fetch_db_defaults: bool = given.get("fetch_db_defaults", True)
        self.slot = _engine.Slot(name)
        self.receivers: dict[Any, list[Callable[..., Any]]] = {}
        self.fields_map: dict[str, Field[Any]] = {}
        self.foreign_keys: dict[str, tuple[str, ...]] = {}
        self.reverse: dict[str, ReverseDescriptor] = {}
        self.through: dict[str, tuple[type[Model] | None, str, str]] = {}
        self._columns: dict[str, Any] = {}
        self.shape: _engine.RowPlan | None = None
        self.pk_names: tuple[str, ...] = ()
        self.names: tuple[str, ...] = ()
        self.converters: dict[str, Callable[[Any], Any]] = {}
        self.defaults: list[tuple[str, Any]] = []
        self.checked: list[Field[Any]] = []
        self.mutable: tuple[str, ...] = ()
        self.auto_now: tuple[str, ...] = ()
        self.setters: dict[str, Callable[[Any, Any], None]] = {}

    # Names that tests and old code use.
    @property
    def table(self) -> str:
        """The table's name."""
        return self.db_table

    @property
    def pk_attr(self) -> str:
        """The member that is the primary key; the first, where there are several."""
        self.ready()
        return self.pk_names[0]

    @property
    def pk(self) -> Field[Any]:
        """The field that is the primary key."""
        self.ready()
        return self.fields_map[self.pk_names[0]]

    @property
    def db_fields(self) -> set[str]:
        """The names of the columns."""
        self.ready()
        return {field.column for field in self.fields_map.values()}

    @property
    def fields(self) -> set[str]:
        """The names of all members."""
        self.ready()
        return {*self.fields_map, *self.declared, *self.reverse}

    @property
    def fk_fields(self) -> set[str]:
        """The foreign keys."""
        return {
            name
            for name, field in self.declared_relations.items()
            if isinstance(field, ForeignKeyBase) and not field.unique
        }

    @property
    def o2o_fields(self) -> set[str]:
        """The one-to-one relations."""
        return {
            name
            for name, field in self.declared_relations.items()
            if isinstance(field, ForeignKeyBase) and field.unique
        }

    @property
    def m2m(self) -> set[str]:
        """The many-to-many relations."""
        return {
            name
            for name, field in self.declared_relations.items()
            if isinstance(field, ManyToManyBase)
        }

    m2m_fields = m2m

    @property
    def backward_fk_fields(self) -> set[str]:
        """The far sides of foreign keys."""
        self.ready()
        return {n for n, far in self.reverse.items() if isinstance(far.field, ForeignKeyBase)}

    def ready(self) -> _engine.Table:
        """The table, described if it has not been."""
        table = self.table_handle
        if table is None or registry._pending:
            if self.abstract:
                raise ConfigurationError(f"{self.name} is abstract: it has no table")
            registry.ensure(self.model)
            table = self.described_table
        return table

    @property
    def described_table(self) -> _engine.Table:
        """The table; errs where the model is not described."""
        if self.table_handle is None:
            raise ConfigurationError(f"{self.name} could not be described")
        return self.table_handle

    def described(self, table: Any) -> None:
        """Takes over the engine's description."""
        self.names = tuple(table.fields)
        self.pk_names = tuple(table.primary_key)
        self.fields_map = {name: self.fields_map[name] for name in self.names}
        for name, field in self.fields_map.items():
            if type(field).to_python_value is not Field.to_python_value:
                self.converters[name] = field.to_python_value
        self.checked = [
            field
            for field in self.fields_map.values()
            if field.validators or field.choices is not None
        ]
        self.mutable = tuple(name for name, field in self.fields_map.items() if field.mutable)
        self.auto_now = tuple(name for name, field in self.fields_map.items() if field.auto_now)
        from .relations import setters

        self.setters = setters(self)
        table_slot = self.slot
        self.table_handle = table
        table_slot.fill(table)

    def relation(self, name: str) -> RelationField | ReverseDescriptor | None:
        """The relation of a name, on either side."""
        return self.declared_relations.get(name) or self.reverse.get(name)

    def column(self, name: str) -> Any:
        """The column that `Book.title` is; raises `AttributeError` for other names."""
        known = self._columns.get(name)
        if known is not None and not registry._pending:
            return known
        table = self.ready()
        if name == "pk":
            name = self.single_key()
        if name not in self.fields_map:
            raise AttributeError(f"{self.unknown(name)}")
        from .expressions import column_of

        column = column_of(_engine.column(table, [], table, name), name)
        self._columns[name] = column
        return column

    def forget_columns(self) -> None:
        """Columns are answered anew, after the model has got a member more."""
        self._columns.clear()

    def single_key(self) -> str:
        """The primary key, which must be one column."""
        if len(self.pk_names) != 1:
            raise FieldError(
                f"the key of {self.name} has {len(self.pk_names)} columns: "
                f"{', '.join(self.pk_names)}; name them"
            )
        return self.pk_names[0]

    def unknown(self, name: str) -> FieldError:
        """The error for a name that no member has."""
        known = [*self.fields_map, *self.declared, *self.reverse]
        return FieldError(f"{self.name} has no field {name!r}{registry.nearest(name, known)}")

    def scope(self) -> Scope:
        """Where names in expressions are looked up."""
        from .scope import Scope

        return Scope(self.model)


def _groups(unique_together: Iterable[Any]) -> list[tuple[str, ...]]:
    """`("a", "b")` and `(("a", "b"), ("c", "d"))` both name groups."""
    members = tuple(unique_together)
    if members and all(isinstance(member, str) for member in members):
        return [members]
    return [tuple(group) for group in members]
