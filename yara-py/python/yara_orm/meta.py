"""What is known of a model: `Book._meta`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from . import _engine, registry
from .exceptions import ConfigurationError, FieldError
from .fields.base import UNSET, Field
from .fields.generated import GeneratedField
from .fields.relational import ForeignKeyBase, ManyToManyBase, RelationField, ReverseDescriptor
from .indexes import CheckConstraint, Index, UniqueConstraint

if TYPE_CHECKING:
    from .connection import BaseDBAsyncClient
    from .models import Model
    from .queryset import QuerySet
    from .scope import Scope
    from .shapes import Decided

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


class _Described:
    """A member that a model's `Meta` has once the model is described, which it is when the member is
    first asked for. Then it is a plain attribute; `__getattr__` would make all members slow."""

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self._name = name

    def __get__(self, meta: Any, owner: type[Any]) -> Any:
        if meta is None:
            return self
        if "declared" not in meta.__dict__:
            raise AttributeError(f"{owner.__name__!r} object has no attribute {self._name!r}")
        if meta.abstract:
            fields = {k: v for k, v in meta.declared.items() if isinstance(v, Field)}
            keys = tuple(k for k, v in fields.items() if v.pk)
            return {"fields_map": fields, "names": tuple(fields), "pk_names": keys}[self._name]
        meta.ready()
        return meta.__dict__[self._name]


class Meta:
    """A model's members and options, as declared and, once it is described, as the engine has
    them."""

    model: type[Model]
    table_handle: _engine.Table | None = None
    if TYPE_CHECKING:
        #: The fields by name, those of foreign keys included.
        fields_map: dict[str, Field[Any]]
        #: Their names, in the order of the columns.
        names: tuple[str, ...]
        #: The fields that the primary key is made of.
        pk_names: tuple[str, ...]
    else:
        fields_map = _Described()
        names = _Described()
        pk_names = _Described()

    def __init__(
        self,
        name: str,
        options: type[Any] | None,
        declared: dict[str, Any],
        above: Iterable[Meta] = (),
    ) -> None:
        given = _given(options, above)
        self.given = given
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
        self.names_app = bool(given.get("app"))
        #: The connection of the app, where the configuration names one.
        self.app_connection: str | None = None
        self.table_description: str | None = given.get("table_description") or given.get(
            "description"
        )
        self.ordering = _ordering(name, given.get("ordering") or ())
        self.unique_together = _groups(f"{name}.Meta.unique_together", given.get("unique_together"))
        self.indexes = _indexes(name, given.get("indexes"))
        constraints = tuple(given.get("constraints") or ())
        for each in constraints:
            if not isinstance(each, (UniqueConstraint, CheckConstraint)):
                raise ConfigurationError(
                    f"{name}.Meta.constraints has UniqueConstraint and CheckConstraint, not {each!r}"
                )
        self.unique_constraints = [c for c in constraints if isinstance(c, UniqueConstraint)]
        self.checks = [c for c in constraints if isinstance(c, CheckConstraint)]
        self.manager: Any = given.get("manager")
        self.default_connection: str | None = given.get("default_connection")
        self.fetch_db_defaults: bool = given.get("fetch_db_defaults", True)
        self.slot = _engine.Slot(name)
        self.receivers: dict[Any, list[Callable[..., Any]]] = {}
        self.foreign_keys: dict[str, tuple[str, ...]] = {}
        self.reverse: dict[str, ReverseDescriptor] = {}
        self.through: dict[str, tuple[type[Model] | None, str, str]] = {}
        self._columns: dict[str, Any] = {}
        self.shape: _engine.RowPlan | None = None
        #: The same for rows of which not all is read, or with others that are read along.
        self.shapes: dict[Any, Decided] = {}
        self._every: QuerySet[Any] | None = None
        self.converters: dict[str, Callable[[Any], Any]] = {}
        # Gives new instances what they are made of.
        self.maker: _engine.Maker = _engine.Maker([], [])
        # Reads what an insert writes, once the fields are set that have the time of a write.
        self.reader: _engine.Reader = _engine.Reader([])
        self.stamped: list[Field[Any]] = []
        # The fields of whose values the program says more than their type.
        self.checked: dict[str, Field[Any]] = {}
        # Inserts of these fields, and the names of what they give back.
        self.inserters: dict[tuple[str, ...], tuple[list[str], _engine.Inserter]] = {}
        self.mutable: tuple[str, ...] = ()
        self.auto_now: tuple[str, ...] = ()
        self.computed: tuple[str, ...] = ()
        self.setters: dict[str, Callable[[Any, Any], None]] = {}

    def __repr__(self) -> str:
        return (
            f"<Meta of {self.name}: {'abstract' if self.abstract else f'table {self.db_table!r}'}>"
        )

    # Names that tests and old code use.
    @property
    def table(self) -> str:
        """The table's name."""
        return self.db_table

    @property
    def pk_attr(self) -> str:
        """The member that is the primary key; the first, where there are several."""
        return self.pk_names[0]

    @property
    def pk(self) -> Field[Any]:
        """The field that is the primary key."""
        return self.fields_map[self.pk_names[0]]

    @property
    def db_fields(self) -> set[str]:
        """The names of the columns."""
        return {field.column for field in self.fields_map.values()}

    @property
    def db_pk_column(self) -> str:
        """The column of the primary key; the first, where there are several."""
        return self.fields_map[self.pk_attr].column

    @property
    def fields_db_projection(self) -> dict[str, str]:
        """The columns, by the names of their fields."""
        return {name: field.column for name, field in self.fields_map.items()}

    @property
    def full_name(self) -> str:
        """The model with its app, as relations may name it."""
        return f"{self.app}.{self.name}"

    @property
    def db(self) -> BaseDBAsyncClient:
        """The connection that rows of the model are written on."""
        from . import router
        from .connection import BaseDBAsyncClient

        return BaseDBAsyncClient(router.connection_name(self, None, write=True))

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
        return {
            name
            for name, far in self.reverse.items()
            if isinstance(far.field, ForeignKeyBase) and not far.is_one
        }

    @property
    def backward_o2o_fields(self) -> set[str]:
        """The far sides of one-to-one relations."""
        self.ready()
        return {name for name, far in self.reverse.items() if far.is_one}

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
        self.checked = {name: field for name, field in self.fields_map.items() if field.is_checked}
        self.mutable = tuple(name for name, field in self.fields_map.items() if field.mutable)
        self.auto_now = tuple(name for name, field in self.fields_map.items() if field.auto_now)
        self.computed = tuple(
            name for name, field in self.fields_map.items() if isinstance(field, GeneratedField)
        )
        own = [field for name, field in self.fields_map.items() if name not in self.computed]
        self.stamped = [field for field in own if field.auto_now or field.auto_now_add]
        self.reader = _engine.Reader([_written(field) for field in own])
        from .relations import setters, settling_setter

        self.setters = setters(self)
        for name, field in self.fields_map.items():
            if field.settles:
                self.setters.setdefault(name, settling_setter(name, field))
        table_slot = self.slot
        self.table_handle = table
        self._every = None
        self.inserters.clear()
        self.forget_shapes()
        table_slot.fill(table)

    def every(self) -> QuerySet[Any]:
        """All rows: where queries begin. It is made once, because a query never changes."""
        query = self._every
        if query is None or registry._pending:
            from .queryset import QuerySet

            query = self._every = QuerySet(self.model)
        return query

    def whole(self) -> _engine.RowPlan:
        """Whole rows and nothing more, as instances; decided once."""
        shape = self.shape
        if shape is None:
            shape = self.shape = _engine.RowPlan.instances(self.model, list(self.names), [])
        return shape

    def forget_shapes(self) -> None:
        """Rows are made anew, after the zone that they are given in has changed."""
        self.shape = None
        self.shapes.clear()
        own = [field for name, field in self.fields_map.items() if name not in self.computed]
        self.maker = _engine.Maker([_made(field) for field in own], list(self.computed))

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
        self.inserters.clear()

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
        if self.relation(name) is not None:
            return FieldError(f"{self.name}.{name} is a relation to other rows, and no field")
        known = [*self.fields_map, *self.declared, *self.reverse]
        return FieldError(f"{self.name} has no field {name!r}{registry.nearest(name, known)}")

    def scope(self) -> Scope:
        """Where names in expressions are looked up."""
        from .scope import Scope

        return Scope(self.model)


def _given(options: type[Any] | None, above: Iterable[Meta]) -> dict[str, Any]:
    """What a model's `Meta` says, and what the classes say that it is derived from. A model without
    one has what the abstract models say that it is made of; one with a `Meta` keeps their manager.
    """
    given: dict[str, Any] = {}
    for meta in reversed(list(above)):
        for key, value in meta.given.items():
            if key == "manager" or (options is None and meta.abstract):
                given[key] = value
    for key in ("table", "abstract"):
        given.pop(key, None)
    for each in reversed(options.__mro__ if options is not None else ()):
        own = {key: value for key, value in vars(each).items() if not key.startswith("_")}
        if each is not options:
            own.pop("abstract", None)
        given.update(own if each is not object else {})
    return given


def _ordering(name: str, given: Iterable[Any]) -> tuple[str, ...]:
    """Names of members, with `-` for the greatest first."""
    members = (given,) if isinstance(given, str) else tuple(given)
    for member in members:
        if not isinstance(member, str):
            raise ConfigurationError(
                f"{name}.Meta.ordering has the names of fields, such as '-created', not {member!r}"
            )
    return members


def _groups(label: str, given: Any) -> list[tuple[str, ...]]:
    """`("a", "b")` and `(("a", "b"), ("c", "d"))` both name groups."""
    if isinstance(given, str):
        raise ConfigurationError(f"{label} names fields: ({given!r}, …)")
    members = tuple(given or ())
    if members and all(isinstance(member, str) for member in members):
        return [members]
    groups: list[tuple[str, ...]] = []
    for group in members:
        if not isinstance(group, (tuple, list)) or not all(isinstance(n, str) for n in group):
            raise ConfigurationError(f"{label} has the names of fields, not {group!r}")
        groups.append(tuple(group))
    return groups


def _indexes(name: str, given: Any) -> tuple[Index, ...]:
    """Indexes, and groups of names, each of which is one."""
    label = f"{name}.Meta.indexes"
    members = [] if given is None else [given] if isinstance(given, (str, Index)) else list(given)
    if members and all(isinstance(member, str) for member in members):
        members = [tuple(members)]
    found: list[Index] = []
    # In the order in which they are declared.
    for member in members:
        if isinstance(member, Index):
            found.append(member)
        else:
            found.extend(Index(fields=group) for group in _groups(label, [member]))
    return tuple(found)


def _made(field: Field[Any]) -> tuple[str, Any, type[Any] | None, Any]:
    """What making an instance asks of a field: how a value becomes one of its type, and of which
    type it need not, and what makes one where none is given."""
    default = field.make_default if field.has_default else None
    for base in type(field).__mro__:
        if "to_python_value" in vars(base):
            if base is Field:
                break
            # Who converts in another way has not said what stays as it is.
            settled = field.settled_type if "settled_type" in vars(base) else None
            return field.name, field.to_python_value, settled, default
    return field.name, None, None, default


def _written(field: Field[Any]) -> tuple[str, bool, str | None]:
    """What an insert asks of a field where it is `None`: whether the database fills it, and why it
    may not be."""
    filled = field.is_generated or field.sql_default is not UNSET
    message = f"{field.label} must be given a value: it cannot be NULL and has no default"
    return field.name, filled, None if field.null else message
