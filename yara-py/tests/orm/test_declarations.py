"""What tables are declared to be beyond their columns: indexes, generated columns, defaults of the
database, and what models inherit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from yara_orm import (
    CheckConstraint,
    F,
    Index,
    Lower,
    Model,
    Now,
    Q,
    RandomHex,
    SqlDefault,
    UniqueConstraint,
    YaraOrm,
    connections,
    fields,
)
from yara_orm.exceptions import (
    CheckViolation,
    ConfigurationError,
    FieldError,
    UniqueViolation,
    UnSupportedError,
)

from .conftest import World
from .test_schema import refused


class Offer(Model):
    name = fields.CharField(max_length=20)
    state = fields.CharField(max_length=10, default="open")
    price = fields.DecimalField(10, 2, default=Decimal("1.50"))
    amount = fields.IntField(default=2)
    note = fields.TextField(null=True)
    total = fields.GeneratedField(F("price") * F("amount"), fields.DecimalField(20, 2))
    doubled = fields.GeneratedField(lambda offer: offer.amount * 2)
    folded = fields.GeneratedField(Lower("name"), fields.CharField(20), index=True)

    class Meta:
        indexes = (
            Index(fields=("-price", "amount"), name="offer_dearest"),
            Index(fields=("amount",), name="offer_open", condition=Q(state="open")),
            Index(fields=("state",), name="offer_noted", condition="note is not null"),
            Index(F("price").desc(), name="offer_price"),
            Index(lambda offer: offer.name.lower(), name="offer_name", unique=True),
        )
        constraints = (
            UniqueConstraint(
                fields=("name", "amount"),
                name="one_open_offer",
                condition=lambda offer: offer.state == "open",
            ),
            CheckConstraint(check="amount < 1000", name="not_too_many"),
        )


class Ticket(Model):
    token = fields.CharField(max_length=64, default=RandomHex(20))
    made = fields.DatetimeField(db_default=Now())
    day = fields.DateField(db_default=Now)
    clock = fields.TimeField(default=Now())
    color = fields.CharField(max_length=10, db_default="it's red")
    ready = fields.BooleanField(db_default=False)
    price = fields.DecimalField(6, 3, db_default=Decimal("0.125"))
    size = fields.IntField(db_default=SqlDefault("3 + 4"))
    since = fields.DateField(db_default=dt.date(2020, 2, 29))


class Unread(Model):
    size = fields.IntField(db_default=7)

    class Meta:
        fetch_db_defaults = False


class Base(Model):
    created = fields.IntField(default=1)
    kind = fields.CharField(max_length=10, default="x")

    class Meta:
        abstract = True
        table_description = "what every table says"
        ordering = ("-created",)
        unique_together = (("created", "kind"),)


class Plain(Base):
    pass


class Own(Base):
    class Meta:
        table = "own_table"


class Both(Base):
    kind = fields.CharField(max_length=20, default="y")  # type: ignore[assignment]

    class Meta(Base.Meta):
        table = "both_table"
        ordering = ("created",)


class Mixin:
    slug = fields.CharField(max_length=10, default="slug")

    def shout(self) -> str:
        return self.slug.upper()


class Mixed(Mixin, Model):
    title = fields.CharField(max_length=10, default="t")


class Remixed(Mixed):
    pass


async def indexes_of(world: World, table: str) -> dict[str, str]:
    """The names and definitions of a table's indexes."""
    sql = {
        "sqlite": "select name, coalesce(sql, '') from sqlite_master where type = 'index' and tbl_name = $1",
        "postgres": "select indexname, indexdef from pg_indexes where tablename = $1",
    }[world.backend]
    return dict(await connections.get().fetch_rows(sql, [table]))


async def test_generated_fields_are_the_databases(world: World) -> None:
    offer = await Offer.create(name="Ada", amount=3)
    assert (offer.total, offer.doubled, offer.folded) == (Decimal("4.50"), 6, "ada")
    offer.amount = 4
    await offer.save()
    assert (offer.total, offer.doubled) == (Decimal("6.00"), 8), "read back with the update"
    assert await Offer.get(total=Decimal(6)) == offer
    assert await Offer.filter(Offer.doubled > 7, folded="ada").count() == 1
    many = await Offer.bulk_create([Offer(name=f"Bob{n}", amount=n) for n in range(3)])
    assert [each.doubled for each in many] == [0, 2, 4]
    await Offer.filter(name="Bob1").update(amount=F("amount") + 10)
    assert (await Offer.get(name="Bob1")).doubled == 22
    for wrong in (
        lambda: Offer(total=Decimal(1)),
        lambda: Offer.create(name="x", doubled=1),
        lambda: Offer.filter(id=1).update(folded="x"),
    ):
        with pytest.raises(FieldError, match="computed by the database"):
            await wrong()
    offer.doubled = 1
    with pytest.raises(FieldError, match="Offer.doubled is computed"):
        await offer.save()
    with pytest.raises(FieldError, match="Offer.doubled is computed"):
        await Offer.bulk_update([offer], ["doubled"])


async def test_indexes_are_as_declared(world: World) -> None:
    found = {name: text.lower() for name, text in (await indexes_of(world, "offer")).items()}
    assert "desc" in found["offer_dearest"] and "desc" in found["offer_price"]
    assert "where" in found["offer_open"] and "open" in found["offer_open"]
    assert "note is not null" in found["offer_noted"]
    assert "unique" in found["offer_name"] and "unique" in found["one_open_offer"]
    assert "offer_folded_idx" in found
    await Offer.create(name="Ada", amount=3)
    with pytest.raises(UniqueViolation):
        await Offer.create(name="ADA", amount=4)
    await Offer.create(name="Bob", amount=3, state="done")
    with pytest.raises(CheckViolation):
        await Offer.create(name="Eve", amount=1000)


async def test_a_unique_constraint_with_a_condition_is_of_the_rows_it_holds_for(
    world: World,
) -> None:
    await connections.get().execute("drop index offer_name")
    for state in ("done", "open", "done"):
        await Offer.create(name="Ada", amount=3, state=state)
    with pytest.raises(UniqueViolation):
        await Offer.create(name="Ada", amount=3)
    assert await Offer.all().count() == 3


async def test_what_the_database_fills_in(world: World) -> None:
    ticket = await Ticket.create()
    assert len(ticket.token) == 40 and set(ticket.token) <= set("0123456789abcdef")
    assert (ticket.color, ticket.ready, ticket.price) == ("it's red", False, Decimal("0.125"))
    assert (ticket.size, ticket.since) == (7, dt.date(2020, 2, 29))
    now = dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)
    assert abs(now - ticket.made) < dt.timedelta(minutes=5)
    assert abs(now - dt.datetime.combine(ticket.day, ticket.clock)) < dt.timedelta(minutes=5)
    assert dict(await Ticket.get(id=ticket.id)) == dict(ticket)  # type: ignore[attr-defined]
    tokens = [each.token for each in await Ticket.bulk_create([Ticket() for _ in range(20)])]
    assert len(set(tokens)) == 20
    given = await Ticket.create(token="mine", made=dt.datetime(2000, 1, 1), ready=True)
    assert (given.token, given.made, given.ready) == ("mine", dt.datetime(2000, 1, 1), True)
    await connections.get().execute("insert into ticket (size) values (8)")
    assert await Ticket.filter(size=8, color="it's red", price=Decimal("0.125")).count() == 1


async def test_defaults_of_the_database_may_stay_unread(world: World) -> None:
    row = await Unread.create()
    assert row.size is None and row.pk is not None
    await row.refresh_from_db()
    assert row.size == 7


async def test_what_models_inherit(world: World) -> None:
    assert Plain._meta.ordering == ("-created",) and Plain._meta.table_description
    assert Plain._meta.unique_together == [("created", "kind")]
    assert Plain._meta.db_table == "plain" and not Plain._meta.abstract
    assert Own._meta.ordering == () and Own._meta.unique_together == []
    assert Both._meta.ordering == ("created",) and Both._meta.db_table == "both_table"
    assert Both._meta.unique_together == [("created", "kind")]
    await Plain.create()
    with pytest.raises(UniqueViolation):
        await Plain.create()
    await Plain.create(created=2)
    assert [row.created for row in await Plain.all()] == [2, 1]
    assert (await Both.create()).kind == "y"
    mixed = await Mixed.create()
    assert await Mixed.filter(Mixed.slug == "slug").count() == 1
    assert await Remixed.filter(Remixed.slug == "slug", title="t").count() == 0
    with pytest.raises(AttributeError):
        object.__new__(Mixed).slug  # noqa: B018
    assert (await Mixed.get(slug="slug")).shout() == "SLUG" and mixed.title == "t"


async def test_what_a_database_has_not_is_refused_by_name(world: World) -> None:
    def model(name: str, *given: Index) -> Any:
        meta = type("Meta", (), {"indexes": given, "table": name.lower()})
        members = {"a": fields.IntField(), "b": fields.TextField(), "Meta": meta}
        return type(Model)(name, (Model,), {"__module__": f"{__name__}.{name}", **members})

    cases = [
        (Index(fields=("a",), using="hash", name="one"), "`one` of Special.*`hash`"),
        (Index(fields=("a",), include=("b",), name="two"), "`two` of Special.*`b`"),
        (Index(fields=("b",), opclass="text_pattern_ops", name="three"), "`text_pattern_ops`"),
        (Index(F("a").asc().nulls_first(), name="four"), None),
        (Index(F("a").desc().nulls_first(), name="five"), "NULLS FIRST"),
        (Index(fields=("a",), using="BTREE", name="six"), None),
    ]
    from yara_orm import registry

    for index, message in cases:
        special = model("Special", index)
        try:
            if world.backend == "sqlite" and message is not None:
                with pytest.raises(UnSupportedError, match=message):
                    await YaraOrm.generate_schemas(models=[special])
                continue
            await YaraOrm.generate_schemas(models=[special])
            assert index.name in await indexes_of(world, "special")
            await YaraOrm.drop_schemas(models=[special])
        finally:
            registry.forget(special)


def meta(**options: Any) -> dict[str, Any]:
    return {"Meta": type("Meta", (), options)}


def test_wrong_declarations_of_tables_are_refused() -> None:
    refused(
        "has no field `titel`; did you mean `title`",
        title=fields.TextField(),
        **meta(indexes=[("titel",)]),
    )
    refused(
        "has no field `b`",
        a=fields.IntField(),
        **meta(indexes=[Index(fields=("a",), include=("b",))]),
    )
    refused("names fields", a=fields.IntField(), **meta(unique_together="a"))
    refused("has the names of fields", **meta(indexes=[3]))
    refused("ordering has the names", **meta(ordering=[3]))
    refused("not 'x'", **meta(constraints=["x"]))
    refused("did you mean 'ordering'", **meta(orderin=()))
    refused(
        "did you mean `amount`",
        amount=fields.IntField(),
        **meta(indexes=[Index(F("amuont"), name="i")]),
    )
    refused("its db_default: .*'x' was given", a=fields.IntField(db_default="x"))
    for wrong, match in (
        (lambda: Index(), "needs fields"),
        (lambda: Index(fields="ab"), "list of names"),
        (lambda: Index(Lower("a")), "needs a name"),
        (
            lambda: Index(("number",)),
            r"Index\(fields=\['number'\]\), and not Index\(\('number',\)\)",
        ),
        (lambda: Index(["a", "-b"], name="x"), r"Index\(fields=\['a', '-b'\]\)"),
        (lambda: Index("a", name="x"), r"Index\(fields=\['a'\]\)"),
        (lambda: Index(fields=["a"], opclass=("x", "y")), "1 parts, and opclass names 2"),
        (lambda: UniqueConstraint(fields=()), "needs fields"),
        (lambda: CheckConstraint(check=Q(a=1), name=""), "needs a name"),
        (lambda: RandomHex(0), "from 1 to 1024"),
        (lambda: SqlDefault(""), "SQL text"),
        (lambda: fields.GeneratedField("a"), r"F\('a'\)"),
        (lambda: fields.GeneratedField(F("a"), default=1), "no option 'default'"),
        (lambda: fields.GeneratedField(F("a"), int), "is a field"),
        (lambda: fields.IntField(defalt=1), "did you mean 'default'"),
        (lambda: fields.CharField(max_length="x"), "max_length of at least 1"),
        (lambda: fields.CharField(max_lenght=3), "did you mean 'max_length'"),
        (lambda: fields.DecimalField(0, 0), "max_digits of at least 1"),
        (lambda: fields.ForeignKeyField("A", on_delete="CASCAD"), "OnDelete.CASCADE"),
        (lambda: fields.ForeignKeyField(3), "leads to a model"),
        (lambda: fields.IntField(choices=[]), "names no value"),
        (lambda: fields.ArrayField(fields.IntField(null=True)), "what kind they are"),
    ):
        with pytest.raises(ConfigurationError, match=match):
            wrong()
