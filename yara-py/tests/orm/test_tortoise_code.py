"""A program as it would be written for Tortoise ORM: a league, its tournaments, events and teams."""

from __future__ import annotations

import asyncio
import copy
import datetime as dt
import enum
import pickle
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest
from yara_orm import (
    Aggregate,
    Avg,
    Case,
    Coalesce,
    Concat,
    Count,
    F,
    Index,
    IntegrityError,
    Lower,
    Max,
    Min,
    Model,
    Prefetch,
    Q,
    Subquery,
    Sum,
    Value,
    When,
    YaraOrm,
    atomic,
    connections,
    fields,
    in_transaction,
    registry,
)
from yara_orm.exceptions import (
    DoesNotExist,
    FieldError,
    MultipleObjectsReturned,
    NoValuesFetched,
    OperationalError,
    ValidationError,
)
from yara_orm.validators import MinLengthValidator, RegexValidator, validate_ipv4_address

from .conftest import World


class Status(str, enum.Enum):
    OPEN = "open"
    CLOSED = "closed"


class Level(enum.IntEnum):
    LOCAL = 1
    NATIONAL = 2


class Stamped(Model):
    created = fields.DatetimeField(auto_now_add=True)
    modified = fields.DatetimeField(auto_now=True)

    class Meta:
        abstract = True


class Tournament(Stamped):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=60, db_index=True, description="as it is announced")
    notes = fields.TextField(null=True)
    prize = fields.DecimalField(max_digits=10, decimal_places=2, null=True)
    level = fields.IntEnumField(Level, default=Level.LOCAL)

    events: fields.ReverseRelation[Event]

    class Meta:
        table = "tournament"
        ordering = ["name"]  # noqa: RUF012
        indexes = [("name", "level"), Index(fields=["prize"])]  # noqa: RUF012

    def __str__(self) -> str:
        return f"{self.name} ({self.level.name})"


class Event(Stamped):
    id = fields.BigIntField(pk=True)
    name = fields.CharField(100, validators=[MinLengthValidator(2)])
    status = fields.CharEnumField(Status, default=Status.OPEN, max_length=20)
    token = fields.UUIDField(default=uuid.uuid4)
    extra = fields.JSONField(default=dict)
    score = fields.IntField(null=True)

    tournament: fields.ForeignKeyRelation[Tournament] = fields.ForeignKeyField(
        "models.Tournament", related_name="events", on_delete=fields.CASCADE
    )
    reporter: fields.ForeignKeyNullableRelation[Reporter] = fields.ForeignKeyField(
        "models.Reporter", null=True, related_name="events", on_delete=fields.SET_NULL
    )
    teams: fields.ManyToManyRelation[Team] = fields.ManyToManyField(
        "models.Team", related_name="events", through="event_team", backward_key="event_key"
    )
    venue: fields.BackwardOneToOneRelation[Venue]

    class Meta:
        unique_together = (("tournament", "name"),)


class Reporter(Model):
    id = fields.UUIDField(pk=True)
    name = fields.TextField()
    host = fields.CharField(15, null=True, validators=[validate_ipv4_address])

    events: fields.ReverseRelation[Event]


class Venue(Model):
    city = fields.CharField(64)
    event: fields.OneToOneRelation[Event] = fields.OneToOneField(
        "models.Event", related_name="venue", pk=True
    )


class Team(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=20, unique=True, validators=[RegexValidator(r"[A-Z]")])

    events: fields.ManyToManyRelation[Event]


class Employee(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=50)
    manager: fields.ForeignKeyNullableRelation[Employee] = fields.ForeignKeyField(
        "models.Employee", related_name="staff", null=True
    )
    talks_to: fields.ManyToManyRelation[Employee] = fields.ManyToManyField(
        "models.Employee", related_name="heard_by"
    )

    staff: fields.ReverseRelation[Employee]
    heard_by: fields.ManyToManyRelation[Employee]

    async def chain(self) -> list[str]:
        """The names of those above."""
        await self.fetch_related("manager")
        return [] if self.manager is None else [self.manager.name, *await self.manager.chain()]


async def season() -> tuple[Tournament, Tournament, list[Team]]:
    """Two tournaments, three events, three teams."""
    cup = Tournament(name="Cup", prize=Decimal("1000.50"))
    await cup.save()
    league = await Tournament.create(name="League", level=Level.NATIONAL, notes="long")
    final = await Event.create(name="Final", tournament=cup, score=3, extra={"tv": {"hd": True}})
    semi = await Event.create(name="Semi", tournament_id=cup.id, score=5)
    opener = await Event.create(name="Opener", tournament=league, status=Status.CLOSED)
    await Team.bulk_create([Team(name=name) for name in ("Ants", "Bees", "Cats")])
    ants, bees, cats = await Team.all().order_by("name")
    await final.teams.add(ants, bees)
    await semi.teams.add(bees)
    await opener.teams.add(cats)
    await Venue.create(city="Bern", event=final)
    return cup, league, [ants, bees, cats]


async def test_relations_in_both_directions(world: World) -> None:
    cup, league, (ants, bees, _) = await season()
    event = await Event.filter(teams=ants.id).first()
    assert event is not None and event.name == "Final"
    assert await Event.filter(teams=ants).get() == event
    with pytest.raises(NoValuesFetched):
        event.tournament.name  # noqa: B018
    assert (await event.tournament).name == "Cup" and event.tournament.name == "Cup"
    assert event.tournament_id == cup.id  # type: ignore[attr-defined]
    assert [team.name async for team in event.teams] == ["Ants", "Bees"]
    assert [team.name for team in await event.teams.filter(name__startswith="B")] == ["Bees"]
    with world.counting(1):
        await Team.fetch_for_list([ants, bees], "events")
    assert list(ants.events) == [event] and len(bees.events) == 2 and bees.events[0] == event
    assert ants.events and event in bees.events
    with world.counting(3):
        found = await Tournament.all().prefetch_related("events__teams")
        assert [[[t.name for t in e.teams] for e in each.events] for each in found] == [
            [["Ants", "Bees"], ["Bees"]],
            [["Cats"]],
        ]
    assert await Tournament.filter(events__name__in=["Final", "Semi"]).distinct() == [cup]
    assert await Event.filter(tournament__events__teams__name="Ants").count() == 2
    assert await Tournament.exclude(events__teams__name="Ants") == [league]
    assert (await event.venue).city == "Bern"  # type: ignore[union-attr]
    other = await Event.get(name="Semi").prefetch_related("venue", "reporter")
    assert other.venue is None and other.reporter is None
    joined = await Event.get(name="Final").select_related("tournament", "venue")
    with world.counting(0):
        assert joined.tournament.name == "Cup"
        assert joined.venue is not None and joined.venue.city == "Bern"
    venue = await Venue.get(pk=event.id).prefetch_related("event__tournament")
    assert venue.event.tournament == cup


async def test_a_row_that_another_refers_to_is_deleted(world: World) -> None:
    cup, *_ = await season()
    reporter = await Reporter.create(name="Rita", host="10.0.0.1")
    event = await Event.get(name="Final")
    event.reporter = reporter
    await event.save(update_fields=["reporter_id"])
    assert await reporter.events.all().count() == 1
    await reporter.delete()
    await event.refresh_from_db()
    assert event.reporter_id is None and await event.reporter is None  # type: ignore[attr-defined]
    await cup.delete()
    assert await Event.all().values_list("name", flat=True) == ["Opener"]
    assert await Venue.all().count() == 0
    with pytest.raises(DoesNotExist):
        await cup.refresh_from_db()


async def test_annotations_groups_and_cases(world: World) -> None:
    await season()
    rows = await Tournament.annotate(
        events_count=Count("events", distinct=True),
        teams_count=Count("events__teams"),
        hot=Count("events", _filter=Q(events__score__gte=4)),
        best=Max("events__score"),
    ).values("name", "events_count", "teams_count", "hot", "best")
    assert rows == [
        {"name": "Cup", "events_count": 2, "teams_count": 3, "hot": 1, "best": 5},
        {"name": "League", "events_count": 1, "teams_count": 1, "hot": 0, "best": None},
    ]
    further = Tournament.annotate(
        open=Count("events__teams", _filter=Q(events__status="open", events__teams__name="Bees")),
        first=Min("events__teams__name"),
        last=Max("events__teams__name", _filter=Q(events__teams__name__lt="Bees")),
        ids=Sum("events__teams__id"),
    )
    assert await further.values_list("open", "first", "last", "ids") == [
        (2, "Ants", "Ants", 5),
        (0, "Cats", None, 3),
    ]
    assert await Tournament.annotate(n=Count("events__teams")).filter(n__gt=1).values("n") == [
        {"n": 3}
    ]
    with pytest.raises(FieldError, match="several relations"):
        Tournament.annotate(n=Count("events__teams", distinct=True))
    with pytest.raises(FieldError, match="divide it into one for each"):
        either = Q(events__status="open") | Q(events__teams__name="Bees")
        Tournament.annotate(n=Count("events__teams", _filter=either))
    assert await Tournament.annotate(n=Count("events")).filter(n__gte=2).count() == 1
    grouped = Event.annotate(n=Count("id"), total=Sum("score")).group_by("tournament__name")
    assert await grouped.order_by("-n").values("tournament__name", "n", "total") == [
        {"tournament__name": "Cup", "n": 2, "total": 8},
        {"tournament__name": "League", "n": 1, "total": None},
    ]
    assert await grouped.filter(n__lt=2).values_list("tournament__name", "n") == [("League", 1)]
    assert await Event.all().group_by("status").annotate(n=Count("id")).order_by(
        "status"
    ).values_list("status", "n") == [(Status.CLOSED, 1), (Status.OPEN, 2)]
    labelled = Event.annotate(
        label=Case(
            When(score__gte=5, then="high"),
            When(Q(score__isnull=True) | Q(status=Status.CLOSED), then=Value("none")),
            default="low",
        )
    ).order_by("id")
    assert await labelled.values_list("label", flat=True) == ["low", "high", "none"]
    assert await labelled.filter(label="none").values("name") == [{"name": "Opener"}]
    text = await Event.annotate(
        low=Lower("name"), full=Concat("tournament__name", Value(": "), "name")
    ).order_by("full")
    assert (text[0].low, text[0].full) == ("final", "Cup: Final")  # type: ignore[attr-defined]
    assert await Tournament.annotate(text=Coalesce("notes", "-")).values_list(
        "text", flat=True
    ) == [
        "-",
        "long",
    ]
    assert await Event.all().aggregate(low=Min("score"), mean=Avg("score")) == {
        "low": 3,
        "mean": 4.0,
    }
    assert issubclass(Count, Aggregate) and issubclass(Sum, Aggregate)  # type: ignore[arg-type]


async def test_expressions_in_updates_and_filters(world: World) -> None:
    cup, league, _ = await season()
    assert await Event.filter(tournament=cup).update(score=F("score") * 2 + 1) == 2
    assert await Event.all().order_by("id").values_list("score", flat=True) == [7, 11, None]
    assert await Event.filter(score__gt=F("tournament_id") * 5).count() == 2
    await Tournament.filter(id=league.id).update(
        prize=Case(When(level=2, then=5), default=F("prize"))
    )
    assert (await Tournament.get(id=league.id)).prize == Decimal("5.00")
    newest = Event.filter(tournament=cup).order_by("-score").limit(1)
    assert await Event.filter(pk=Subquery(newest.values("id"))).values_list("name") == [("Semi",)]
    assert (
        await Tournament.filter(id__in=Subquery(Event.all().values("tournament_id"))).count() == 2
    )
    await cup.refresh_from_db(fields=["prize"])
    cup.prize = F("prize") + Decimal("0.25")  # type: ignore[assignment]
    await cup.save(update_fields=["prize"])
    assert cup.prize == Decimal("1000.75")


async def test_lookups(world: World) -> None:
    cup, *_ = await season()
    year = dt.datetime.now(dt.timezone.utc).year
    for expected, lookups in (
        (3, {"created__year": year}),
        (3, {"created__range": (dt.datetime(2020, 1, 1), dt.datetime(2100, 1, 1))}),
        (1, {"name__iexact": "FINAL"}),
        (1, {"name__icontains": "EM"}),
        (0, {"name__contains": "EM"}),
        (2, {"name__not": "Final"}),
        (1, {"name__not_in": ["Final", "Semi"]}),
        (2, {"name__iposix_regex": "^(final|semi)$"}),
        (1, {"score__isnull": True}),
        (2, {"score__not_isnull": True}),
        (2, {"status": "open"}),
        (1, {"status__in": [Status.CLOSED]}),
        (1, {"extra__contains": {"tv": {"hd": True}}}),
        (1, {"extra__tv__hd": True}),
        (1, {"extra__filter": {"tv__hd": True}}),
        (2, {"tournament__name__startswith": "C"}),
        (2, {"tournament": cup.id}),
        (2, {"tournament_id__in": [cup.id, 99]}),
        (3, {"teams__not": 99}),
        (0, {"teams__isnull": True}),
        (0, {"id__in": []}),
        (3, {"id__not_in": []}),
    ):
        assert await Event.filter(**lookups).count() == expected, lookups
    assert await Event.filter(Q(score__gt=4) | ~Q(status="open"), name__not="x").count() == 2
    assert await Event.filter(~Q(score=3)).count() == 2
    assert await Event.exclude(score=3).count() == 2
    with pytest.raises(FieldError, match="did you mean `name`"):
        await Event.filter(nmae="x")


async def test_values_and_parts_of_rows(world: World) -> None:
    await season()
    assert await Event.filter(name="Final").values("id", league="tournament__name") == [
        {"id": 1, "league": "Cup"}
    ]
    assert await Event.first().values("name", "status") == {"name": "Final", "status": Status.OPEN}
    assert await Event.get(name="Semi").values_list("name", "tournament__level") == (
        "Semi",
        Level.LOCAL,
    )
    assert await Event.get_or_none(name="?").values("name") is None
    assert await Event.all().order_by("-name").limit(1).offset(1).values_list(
        "name", flat=True
    ) == ["Opener"]
    part = await Event.get(name="Final").only("id", "name")
    with pytest.raises(NoValuesFetched, match="was not read"):
        part.score  # noqa: B018
    part.name = "Grand final"
    with world.counting(1):
        await part.save()
    assert (await Event.get(id=part.id)).score == 3
    assert [each.name for each in await Event.all().defer("extra", "token").order_by("id")] == [
        "Grand final",
        "Semi",
        "Opener",
    ]


async def test_prefetching_by_queries(world: World) -> None:
    await season()
    with world.counting(4):
        found = await Tournament.all().prefetch_related(
            Prefetch("events", queryset=Event.filter(score__gt=4).prefetch_related("teams")),
            Prefetch("events", queryset=Event.filter(status=Status.CLOSED), to_attr="closed"),
        )
    assert [[event.name for event in each.events] for each in found] == [["Semi"], []]
    assert [[event.name for event in each.closed] for each in found] == [[], ["Opener"]]  # type: ignore[attr-defined]
    assert [team.name for team in found[0].events[0].teams] == ["Bees"]
    cup = await Tournament.first()
    assert cup is not None
    await cup.fetch_related(Prefetch("events", Event.all().only("id", "name", "tournament_id")))
    assert sorted(event.name for event in cup.events) == ["Final", "Semi"]


async def test_a_model_that_leads_to_itself(world: World) -> None:
    root = await Employee.create(name="Root")
    head = await Employee.create(name="Head", manager=root)
    hand = await Employee.create(name="Hand", manager=head)
    assert await hand.chain() == ["Head", "Root"]
    assert await Employee.filter(staff__name="Hand").values_list("name", flat=True) == ["Head"]
    assert await Employee.filter(manager__manager=root).values_list("name", flat=True) == ["Hand"]
    assert await Employee.filter(manager=None).count() == 1
    await hand.talks_to.add(head, root)
    await root.heard_by.add(head)
    assert [each.name for each in await hand.talks_to.order_by("name")] == ["Head", "Root"]
    assert [each.name for each in await root.heard_by.order_by("name")] == ["Hand", "Head"]
    await hand.talks_to.remove(root)
    await root.heard_by.clear()
    assert [each.name for each in await hand.talks_to] == ["Head"]
    await root.fetch_related("staff__staff")
    assert [[each.name for each in one.staff] for one in root.staff] == [["Hand"]]


async def test_one_row_or_none(world: World) -> None:
    await season()
    with pytest.raises(Event.DoesNotExist):
        await Event.get(name="?")
    with pytest.raises(MultipleObjectsReturned):
        await Event.get(status="open")
    assert await Event.get_or_none(name="?") is None
    assert await Event.filter(name="?").first() is None
    team, created = await Team.get_or_create(name="Ants")
    assert not created and team.id == 1
    team, created = await Team.update_or_create(defaults={"name": "Apes"}, id=team.id)
    assert not created and team.name == "Apes"
    several = await asyncio.gather(*(Team.get_or_create(name="Dogs") for _ in range(8)))
    assert sum(created for _, created in several) == 1
    assert await Team.in_bulk([1, 2, 99]) == {1: team, 2: await Team.get(pk=2)}
    assert list(await Team.in_bulk(["Bees"], field_name="name")) == ["Bees"]
    assert (await Event.latest("score", "id")) is not None
    assert (await Team.earliest("name")) == team
    with pytest.raises(IntegrityError):
        await Team.create(name="Bees")
    with pytest.raises(ValidationError, match="Team.name"):
        await Team.create(name="ants")
    with pytest.raises(ValidationError, match="Reporter.host"):
        await Reporter.create(name="x", host="nowhere")
    with pytest.raises(ValidationError, match="length"):
        await Event(name="x", tournament_id=1).save()


async def test_transactions(world: World) -> None:
    await season()

    @atomic()
    async def bound_to_fail(name: str) -> None:
        await Team.create(name=name)
        raise OperationalError("no")

    with pytest.raises(OperationalError):
        await bound_to_fail("Eels")
    async with in_transaction("default") as connection:
        await Team.create(name="Fish", using_db=connection)
        await Team.filter(name="Fish").using_db(connection).update(name="Foxes")
        with pytest.raises(ZeroDivisionError):
            async with in_transaction():
                await Team.create(name="Goats")
                1 / 0  # noqa: B018
        row = await Team.select_for_update().get(name="Foxes")
        assert row.name == "Foxes"
        count, rows = await connection.execute_query("select name from team where name = 'Foxes'")
        assert (count, rows[0]["name"]) == (1, "Foxes")
    names = await Team.all().order_by("name").values_list("name", flat=True)
    assert names == ["Ants", "Bees", "Cats", "Foxes"]


async def test_instances_are_values(world: World) -> None:
    await season()
    event = await Event.get(name="Final").prefetch_related("teams", "tournament")
    for other in (pickle.loads(pickle.dumps(event)), copy.deepcopy(event), copy.copy(event)):
        assert other == event and hash(other) == hash(event) and other is not event
        assert other.tournament.name == "Cup" and len(other.teams) == 2
        other.score = 9
        await other.save()
    assert event.score == 3 and (await Event.get(id=event.id)).score == 9
    assert len({event, await Event.get(id=event.id)}) == 1
    assert Event(name="ab") != Event(name="ab")
    assert dict(event)["name"] == "Final" and "teams" not in dict(event)
    assert str(event.tournament) == "Cup (LOCAL)" and repr(event) == "<Event: 1>"
    again = event.clone()
    again.name = "Rerun"
    await again.save()
    assert again.pk != event.pk and await Event.all().count() == 4
    loaded = pickle.loads(pickle.dumps(await Event.get(name="Rerun").only("id", "name")))
    loaded.name = "Replay"
    await loaded.save()
    assert await Event.filter(name="Replay").count() == 1


@asynccontextmanager
async def lifespan(url: str) -> AsyncIterator[None]:
    """What a service does around its life."""
    await YaraOrm.init(db_url=url, modules={"models": [__name__]})
    await YaraOrm.generate_schemas(models=MODELS)
    yield
    await YaraOrm.close_connections()


async def test_tables_are_dropped_and_made_anew(world: World) -> None:
    for _ in range(2):
        async with lifespan(world.url):
            connection = connections.get("default")
            await season()
            for model in reversed(MODELS):
                await model.all().delete()
            assert await Event.all().count() == 0
            tables = [model._meta.db_table for model in MODELS]
            for table in ("event_team", "employee_employee", *reversed(tables)):
                cascade = " cascade" if world.backend == "postgres" else ""
                await connection.execute_script(f'drop table if exists "{table}"{cascade}')
            with pytest.raises(Exception, match=r"(?i)event"):
                await Event.all()
            await YaraOrm.generate_schemas(safe=False, models=MODELS)
            await season()
            assert await Event.all().count() == 3
            for table in ("event_team", "employee_employee", *reversed(tables)):
                await connection.execute(f'delete from "{table}"')
    await YaraOrm.init(world.url)


MODELS: tuple[Any, ...] = (Tournament, Reporter, Event, Venue, Team, Employee)
assert all(model in registry.models() for model in MODELS)
