"""What can be declared: kinds, keys, relations, constraints; and what is refused."""

from __future__ import annotations

import datetime as dt
import enum
import json
import uuid
from decimal import Decimal
from typing import Any

import pytest
from yara_orm import (
    CheckConstraint,
    Index,
    Lower,
    Manager,
    Model,
    OnDelete,
    Q,
    QuerySet,
    TypedModel,
    UniqueConstraint,
    YaraOrm,
    column,
    connections,
    fields,
    registry,
)
from yara_orm.columns import Column
from yara_orm.exceptions import CheckViolation, ConfigurationError, UniqueViolation

from .conftest import World


class Color(str, enum.Enum):
    RED = "red"
    BLUE = "blue"


class Size(enum.IntEnum):
    SMALL = 1
    LARGE = 2


class Stamped(Model):
    created = fields.DatetimeField(auto_now_add=True)

    class Meta:
        abstract = True


class Everything(Stamped):
    uid = fields.UUIDField(pk=True)
    small = fields.SmallIntField()
    big = fields.BigIntField()
    ratio = fields.FloatField()
    price = fields.DecimalField(max_digits=20, decimal_places=4)
    text = fields.TextField()
    blob = fields.BinaryField()
    flag = fields.BooleanField()
    day = fields.DateField()
    time = fields.TimeField()
    span = fields.TimeDeltaField()
    data = fields.JSONField()
    color = fields.CharEnumField(Color)
    size = fields.IntEnumField(Size, null=True)
    numbers = fields.ArrayField(fields.IntField())
    custom = fields.JSONField(
        encoder=lambda value: f'["{value}"]', decoder=lambda text: text.upper()
    )
    renamed = fields.IntField(db_column="other_name", null=True)

    class Meta:
        table = "every_thing"
        table_description = "one of each"


class Seat(Model):
    row = fields.CharField(max_length=2, pk=True)
    number = fields.IntField(pk=True)
    taken = fields.BooleanField(default=False)


class Ticket(Model):
    seat = fields.ForeignKeyField("Seat", related_name="tickets")
    price = fields.IntField(default=0)


class Team(Model):
    code = fields.CharField(max_length=3, unique=True)
    captain = fields.OneToOneField(
        "Player", related_name="captain_of", null=True, on_delete=OnDelete.SET_NULL
    )
    players = fields.ManyToManyField("Player", through="Membership", related_name="teams")


class Player(Model):
    name = fields.CharField(max_length=20)
    rival = fields.ForeignKeyField("self", related_name="rivals", null=True)


class Membership(Model):
    team = fields.ForeignKeyField("Team", related_name="memberships")
    player = fields.ForeignKeyField("Player", related_name="memberships")
    since = fields.IntField(default=2000)

    class Meta:
        unique_together = ("team", "player")


class Fan(Model):
    team = fields.ForeignKeyField("Team", related_name="fans", to_field="code")


class Account(Model):
    owner = fields.CharField(max_length=10)
    kind = fields.CharField(max_length=10)
    balance = fields.IntField()

    class Meta:
        ordering = ("-balance", "owner")
        indexes = (
            Index(fields=("owner", "balance"), name="account_by_owner"),
            ("kind",),
            Index(Lower("owner"), name="account_by_name"),
            Index(lambda account: account.balance + 1, name="account_by_next"),
        )
        constraints = (
            UniqueConstraint(fields=("owner", "kind"), name="one_of_a_kind"),
            CheckConstraint(check=Q(balance__gte=0), name="balance_not_negative"),
            CheckConstraint(check=lambda: Account.balance < 1000, name="balance_small"),
        )


class LiveManager(Manager):
    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(deleted=False)


class Page(Model):
    title = fields.CharField(max_length=10)
    deleted = fields.BooleanField(default=False)

    class Meta:
        manager = LiveManager()


class Annotated(TypedModel):
    id: Column[int] = column(pk=True)
    title: Column[str] = column(max_length=20)
    note: Column[str | None] = column(default=None)
    views: Column[int] = column(default=3)


async def test_every_kind_comes_back_as_it_was(world: World) -> None:
    given = {
        "small": -(2**15),
        "big": 2**63 - 1,
        "ratio": 0.1,
        "price": Decimal("1234567890123456.7890"),
        "text": "É\n'\"\\%",
        "blob": b"\x00\xff",
        "flag": True,
        "day": dt.date(1, 1, 1),
        "time": dt.time(23, 59, 59, 999999),
        "span": dt.timedelta(days=3, microseconds=1),
        "data": {"b": [1, 2**70, None, 1.5], "a": {"x": "é"}},
        "color": Color.BLUE,
        "size": Size.LARGE,
        "numbers": [1, 2, 3],
        "custom": "x",
        "renamed": 5,
    }
    made = await Everything.create(**given)
    assert isinstance(made.uid, uuid.UUID)
    row = await Everything.get(uid=made.uid)
    found = dict(row)
    assert found.pop("custom") == '["X"]'
    expected = {**given, "uid": made.uid, "created": made.created}
    expected.pop("custom")
    assert found == expected
    assert type(row.color) is Color and type(row.size) is Size
    assert list(row.data) == ["b", "a"]
    for name, value in given.items():
        if name not in ("custom", "data", "numbers"):
            assert await Everything.filter(**{name: value}).count() == 1, name
    assert await Everything.filter(color="blue", size=2).count() == 1
    assert await Everything.filter(Everything.color == Color.BLUE).values_list(
        "color", "price", flat=False
    ) == [(Color.BLUE, given["price"])]
    assert await Everything.filter(price__gt=Decimal("1234567890123456.7889")).count() == 1
    text = await Everything.create(**{**given, "uid": str(uuid.uuid4()), "day": "2020-02-03"})
    assert text.day == dt.date(2020, 2, 3) and isinstance(text.uid, uuid.UUID)
    for name in ("color", "day", "price", "size"):
        with pytest.raises(ValueError, match=name):
            await Everything.create(**{**given, name: "nothing"})


async def test_columns_and_tables_have_the_names_they_were_given(world: World) -> None:
    assert (await connections.get().fetch_all("select other_name from every_thing")) == []
    assert Everything._meta.db_table == "every_thing"
    assert "other_name" in Everything._meta.db_fields
    assert await Everything.filter(renamed=1).count() == 0


async def test_keys_of_several_columns(world: World) -> None:
    seat = await Seat.create(row="A", number=7)
    assert seat.pk == ("A", 7)
    assert await Seat.get(pk=("A", 7)) == seat
    seat.taken = True
    await seat.save()
    ticket = await Ticket.create(seat=seat, price=3)
    assert (ticket.seat_row, ticket.seat_number) == ("A", 7)  # type: ignore[attr-defined]
    assert await ticket.seat == seat
    fresh = await Ticket.get(id=ticket.id).prefetch_related("seat")  # type: ignore[attr-defined]
    assert fresh.seat.taken
    assert [each.price for each in await seat.tickets] == [3]  # type: ignore[attr-defined]
    loaded = await Seat.all().prefetch_related("tickets")
    assert [each.price for each in loaded[0].tickets] == [3]  # type: ignore[attr-defined]
    assert await Ticket.filter(seat=seat).count() == 1
    assert await Ticket.filter(Ticket.seat == seat).count() == 1
    await seat.delete()
    assert await Ticket.all().count() == 0


async def test_one_to_one_circles_and_other_keys(world: World) -> None:
    ada = await Player.create(name="Ada")
    team = await Team.create(code="abc", captain=ada)
    assert (await ada.captain_of) == team  # type: ignore[attr-defined]
    loaded = await Player.get(id=ada.id).prefetch_related("captain_of")  # type: ignore[attr-defined]
    assert loaded.captain_of.code == "abc"  # type: ignore[attr-defined]
    joined = await Player.all().select_related("captain_of")
    assert joined[0].captain_of.code == "abc"  # type: ignore[attr-defined]
    assert await Player.filter(captain_of__code="abc").count() == 1
    with pytest.raises(UniqueViolation):
        await Team.create(code="def", captain=ada)
    fan = await Fan.create(team=team)
    assert fan.team_id == "abc"  # type: ignore[attr-defined]
    assert (await Fan.get(id=fan.id)).team_id == "abc"  # type: ignore[attr-defined]
    assert await (await Fan.first()).team == team  # type: ignore[union-attr]
    assert await team.fans.count() == 1  # type: ignore[attr-defined]
    bob = await Player.create(name="Bob", rival=ada)
    assert await ada.rivals == [bob]  # type: ignore[attr-defined]
    await ada.fetch_related("rivals")


async def test_a_model_between_two_others(world: World) -> None:
    ada, bob = await Player.create(name="Ada"), await Player.create(name="Bob")
    team = await Team.create(code="abc")
    assert await team.players.add(ada) == 1
    later = {"since": 2020}
    assert await team.players.add(ada, bob, through_defaults=later) == 1, "Ada is there already"
    rows = await Membership.all().order_by("since").values_list("player__name", "since")
    assert rows == [("Ada", 2000), ("Bob", 2020)]
    assert [player.name for player in await team.players.order_by("name")] == ["Ada", "Bob"]
    assert await bob.teams == [team]  # type: ignore[attr-defined]
    assert await Team.filter(players__memberships__since=2020).count() == 1


async def test_constraints_and_orders(world: World) -> None:
    await Account.create(owner="a", kind="x", balance=1)
    await Account.create(owner="b", kind="x", balance=5)
    assert [row.owner for row in await Account.all()] == ["b", "a"]
    assert (await Account.first()).owner == "b"  # type: ignore[union-attr]
    with pytest.raises(UniqueViolation) as caught:
        await Account.create(owner="a", kind="x", balance=1)
    if world.backend == "postgres":
        assert caught.value.constraint == "one_of_a_kind"
    for balance in (-1, 1000):
        with pytest.raises(CheckViolation):
            await Account.create(owner="c", kind="y", balance=balance)
    sql = YaraOrm.get_schema_sql(models=[Account])
    assert "account_by_owner" in sql and "balance_small" in sql
    assert "account_by_name" in sql and "account_by_next" in sql


async def test_a_manager_begins_every_query(world: World) -> None:
    await Page.create(title="a")
    await Page.create(title="b", deleted=True)
    assert await Page.all().count() == 1
    assert await Page.filter(title="b").count() == 0
    assert await QuerySet(Page).count() == 2


async def test_the_style_of_annotations(world: World) -> None:
    row = await Annotated.create(title="x")
    assert (row.id, row.title, row.note, row.views) == (1, "x", None, 3)
    assert await Annotated.filter(Annotated.title == "x", note=None).count() == 1


async def test_a_model_may_be_declared_again(world: World) -> None:
    def declare(name: str) -> type[Model]:
        return type(Model)(
            name,
            (Model,),
            {
                "__module__": __name__ + ".again",
                "parent": fields.ForeignKeyField("Again", related_name="children", null=True),
            },
        )

    for _ in range(2):
        again = declare("Again")
        try:
            await YaraOrm.drop_schemas(models=[again])
            await YaraOrm.generate_schemas(models=[again])
            row = await again.create()
            await again.create(parent=row)
            assert await again.filter(children__isnull=False).count() == 1
        finally:
            registry.forget(again)


def test_describe_is_plain_data() -> None:
    described = Team.describe()
    assert described["table"] == "team"
    assert described["pk_field"]["name"] == "id" and described["pk_field"]["generated"]
    assert [field["name"] for field in described["o2o_fields"]] == ["captain"]
    assert [field["name"] for field in described["m2m_fields"]] == ["players"]
    assert {far["name"] for far in described["backward_fk_fields"]} == {"fans", "memberships"}
    assert json.loads(json.dumps(described)) == described
    assert Team.describe(serializable=False)["o2o_fields"][0]["python_type"] is Player
    assert Team._meta.pk_attr == "id" and Team._meta.m2m == {"players"}


def refused(match: str, **members: Any) -> None:
    """A model with these members is refused when it is used first, at the latest."""
    model: Any = None
    with pytest.raises(ConfigurationError, match=match):
        model = type(Model)("Refused", (Model,), {"__module__": __name__ + ".refused", **members})
        model._meta.ready()
    if model is not None:
        registry.forget(model)


def test_wrong_declarations_are_refused() -> None:
    refused("'Nobody', which has not been declared", other=fields.ForeignKeyField("Nobody"))
    refused("every model has a method of this name", filter=fields.IntField())
    refused("says pk=True|say pk=True", id=fields.IntField())
    refused("cannot have this name", a__b=fields.IntField())
    refused("has no option 'orderin'", Meta=type("Meta", (), {"orderin": ("id",)}))
    refused("has no field `nope`", Meta=type("Meta", (), {"unique_together": ("nope",)}))
    for once in ({"unique": False}, {"create_unique_index": False}):
        pairs = fields.ManyToManyField("Player", related_name=False, **once)
        refused("Refused.pairs relates two rows once, .* by `through`", pairs=pairs)
    with pytest.raises(ConfigurationError, match="SET_NULL needs null=True"):
        fields.ForeignKeyField("Team", on_delete=OnDelete.SET_NULL)
    with pytest.raises(ConfigurationError, match="has no option 'nul'"):
        fields.IntField(nul=True)
    with pytest.raises(ConfigurationError, match="max_digits"):
        fields.DecimalField(2, 3)
    with pytest.raises(ConfigurationError, match="auto_now and auto_now_add"):
        fields.DatetimeField(auto_now=True, auto_now_add=True)
