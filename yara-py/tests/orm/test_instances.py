"""Instances: made, saved, changed, compared."""

from __future__ import annotations

import asyncio
import copy
import datetime as dt
import pickle
from typing import Any

import pytest
from yara_orm import (
    Model,
    Signals,
    fields,
    post_delete,
    post_save,
    pre_delete,
    pre_save,
    timezone,
    validators,
)
from yara_orm.exceptions import DoesNotExist, FieldError, UniqueViolation, ValidationError

from .conftest import World


class Person(Model):
    id = fields.IntField(pk=True)
    email = fields.CharField(max_length=40, unique=True)
    age = fields.IntField(
        default=18,
        validators=[validators.MinValueValidator(0), validators.MaxValueValidator(150)],
    )
    nick = fields.CharField(max_length=10, null=True)
    level = fields.CharField(max_length=5, default="low", choices=["low", "high"])
    data = fields.JSONField(default=dict)
    created = fields.DatetimeField(auto_now_add=True)
    changed = fields.DatetimeField(auto_now=True)


class Plain(Model):
    name = fields.CharField(max_length=10)


class Word(Model):
    text = fields.CharField(max_length=20, pk=True)
    uses = fields.IntField(default=0)


async def test_create_takes_over_what_the_database_makes(world: World) -> None:
    with world.counting(1):
        person = await Person.create(email="a@b.c")
    assert (person.id, person.age, person.nick, person.data) == (1, 18, None, {})
    again = await Person.get(id=1)
    assert again == person and again is not person
    assert (again.created, again.changed) == (person.created, person.changed)
    assert dict(again) == dict(person)
    plain = await Plain.create(name="x")
    assert plain.id == plain.pk == 1  # type: ignore[attr-defined]


async def test_save_writes_what_changed(world: World) -> None:
    person = await Person.create(email="a@b.c", nick="a")
    mine = await Person.get(id=person.id)
    await Person.filter(id=person.id).update(nick="other")
    mine.age = 20
    with world.counting(1):
        await mine.save()
    assert "nick" not in world.statements[-1]
    fresh = await Person.get(id=person.id)
    assert (fresh.age, fresh.nick) == (20, "other")
    assert fresh.changed > person.changed and fresh.changed == mine.changed
    word = await Word.create(text="x")
    with world.counting(0):
        await word.save()
    word.uses = 1
    await word.save(update_fields=["uses"])
    assert (await Word.get(pk="x")).uses == 1


async def test_a_document_that_changed_in_place_is_written(world: World) -> None:
    person = await Person.create(email="a@b.c", data={"a": [1]})
    person.data["a"].append(2)
    await person.save()
    assert (await Person.get(id=person.id)).data == {"a": [1, 2]}


async def test_a_row_that_is_gone_is_an_error(world: World) -> None:
    person = await Person.create(email="a@b.c")
    await Person.all().delete()
    person.age = 3
    with pytest.raises(Person.DoesNotExist, match="is gone"):
        await person.save()
    with pytest.raises(DoesNotExist, match="is gone"):
        await person.refresh_from_db()
    with pytest.raises(Person.DoesNotExist):
        await person.delete()


async def test_refresh_clone_and_update_from_dict(world: World) -> None:
    person = await Person.create(email="a@b.c")
    await Person.all().update(age=33, nick="n")
    await person.refresh_from_db(fields=["age"])
    assert (person.age, person.nick) == (33, None)
    await person.refresh_from_db()
    assert person.nick == "n"
    twin = person.clone()
    twin.email = "b@b.c"
    await twin.save()
    assert twin.id == 2 and twin.nick == "n"
    twin.update_from_dict({"age": 4, "nick": None})
    await twin.save()
    assert (await Person.get(pk=2)).age == 4
    with pytest.raises(FieldError, match="did you mean 'email'"):
        twin.update_from_dict({"emial": 1})
    copied = copy.copy(twin)
    assert copied == twin and copied is not twin


async def test_equality_hash_and_pickling(world: World) -> None:
    one, two = await Person.create(email="1"), await Person.create(email="2")
    assert one != two and one == await Person.get(id=one.id)
    assert len({one, two, await Person.get(id=one.id)}) == 2
    with pytest.raises(TypeError, match="without a key has no hash"):
        hash(Person(email="3"))
    assert Person(email="3") != Person(email="3")
    again = pickle.loads(pickle.dumps(one))
    assert again == one and again.email == "1"
    error = pickle.loads(pickle.dumps(Person.DoesNotExist("x")))
    assert isinstance(error, Person.DoesNotExist)
    assert issubclass(Person.DoesNotExist, DoesNotExist)


async def test_wrong_values_are_refused_before_anything_is_sent(world: World) -> None:
    async def refused(match: str, **values: Any) -> None:
        with world.counting(0), pytest.raises(ValidationError, match=match):
            await Person.create(**values)

    await refused("Person.email must be given a value")
    await refused("Person.email.*41 characters.*at most 40", email="x" * 41)
    await refused("Person.email.*int 5 was given", email=5)
    await refused("Person.email.*NUL", email="a\0b")
    await refused("Person.age: 151 is greater than 150", email="x", age=151)
    await refused("Person.age", email="x", age="old")
    await refused("Person.age", email="x", age=True)
    await refused("Person.level: 'mid' is none of the choices", email="x", level="mid")
    with pytest.raises(FieldError, match="did you mean 'email'"):
        await Person.create(emial="x")
    word = Word(text="x", uses=2**31)
    with pytest.raises(ValidationError, match="Word.uses"):
        await word.save()
    saved = await Person.create(email="x")
    saved.age = 200
    with pytest.raises(ValidationError, match="greater than 150"):
        await saved.save()
    with pytest.raises(ValidationError, match="greater than 150"):
        Person.all().update(age=200)
    with pytest.raises(UniqueViolation) as caught:
        await Person.create(email="x")
    assert caught.value.sqlstate == "23505"


async def test_a_forgotten_await_is_told(world: World) -> None:
    with pytest.warns(RuntimeWarning, match=r"Word.create was never awaited"):
        Word.create(text="x")
    task = asyncio.create_task(Word.create(text="y"))
    assert (await task).text == "y"
    call = Word.all().count()
    assert await call == 1
    with pytest.raises(RuntimeError, match="call it again"):
        await call


async def test_text_primary_keys_and_defaults_that_are_called(world: World) -> None:
    one, two = await Person.create(email="1"), await Person.create(email="2")
    assert one.data is not two.data
    word = await Word.create(text="hello")
    assert word.pk == "hello" and (await Word.get(text="hello")) == word
    with pytest.raises(ValidationError, match="Word.text must be given a value"):
        await Word.create()


async def test_get_or_create_and_update_or_create(world: World) -> None:
    word, created = await Word.get_or_create({"uses": 2}, text="x")
    assert created and word.uses == 2
    word, created = await Word.get_or_create({"uses": 3}, text="x")
    assert not created and word.uses == 2
    word, created = await Word.update_or_create({"uses": 5}, text="x")
    assert not created and (await Word.get(text="x")).uses == 5
    word, created = await Word.update_or_create({"uses": 6}, text="y")
    assert created and (await Word.get(text="y")).uses == 6


async def test_get_or_create_under_a_race_makes_one_row(world: World) -> None:
    results = await asyncio.gather(*(Word.get_or_create({"uses": n}, text="x") for n in range(20)))
    assert sum(created for _, created in results) == 1
    assert await Word.all().count() == 1
    assert len({word.uses for word, _ in results}) == 1
    await asyncio.gather(*(Word.update_or_create({"uses": n}, text="y") for n in range(10)))
    assert await Word.filter(text="y").count() == 1


async def test_bulk_calls(world: World) -> None:
    with world.counting(1):
        people = await Person.bulk_create([Person(email=str(n), age=n % 90) for n in range(500)])
    assert [person.id for person in people[:3]] == [1, 2, 3]
    assert await Person.all().count() == 500
    assert (await Person.get(email="7")).id == people[7].id
    for person in people[:50]:
        person.age = 99
    assert await Person.bulk_update(people[:50], ["age"]) == 50
    assert await Person.filter(age=99).count() == 50
    with pytest.raises(UniqueViolation):
        await Person.bulk_create([Person(email="new"), Person(email="7")])
    assert not await Person.filter(email="new").exists()
    await Person.bulk_create([Person(email="new"), Person(email="7")], ignore_conflicts=True)
    assert await Person.all().count() == 501
    await Word.bulk_create([Word(text="a", uses=1), Word(text="b", uses=1)])
    await Word.bulk_create(
        [Word(text="a", uses=9), Word(text="c", uses=9)],
        update_fields=["uses"],
        on_conflict=["text"],
    )
    assert await Word.all().order_by("text").values_list("text", "uses") == [
        ("a", 9),
        ("b", 1),
        ("c", 9),
    ]
    with world.counting(0), pytest.raises(ValidationError, match="row 1: .*Person.age"):
        await Person.bulk_create([Person(email="p"), Person(email="q", age=-1)])
    assert await Person.bulk_delete(people[:10]) == 10
    assert await Person.bulk_create([]) == []


async def test_signals(world: World) -> None:
    told: list[Any] = []

    async def before(sender: Any, instance: Any, using_db: Any, update_fields: Any) -> None:
        told.append(("pre", instance.text))

    def after(sender: Any, instance: Any, created: bool, using: Any, update_fields: Any) -> None:
        told.append(("post", created))

    async def deleting(sender: Any, instance: Any, using_db: Any) -> None:
        told.append("deleting")

    pre_save(Word)(before)
    post_save(Word)(after)
    pre_delete(Word)(deleting)
    post_delete(Word)(deleting)
    try:
        word = await Word.create(text="x")
        word.uses = 2
        await word.save()
        await word.delete()
    finally:
        Word._meta.receivers.clear()
    assert told == [
        ("pre", "x"),
        ("post", True),
        ("pre", "x"),
        ("post", False),
        "deleting",
        "deleting",
    ]
    assert Signals.pre_save.value == "pre_save"


async def test_moments_without_zones_are_utc(world: World) -> None:
    person = await Person.create(email="x")
    assert person.created.tzinfo is None
    now = dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)
    assert abs(now - person.created) < dt.timedelta(minutes=1)
    assert await Person.filter(created__gte=person.created).count() == 1
    assert await Person.filter(Person.created > person.created).count() == 0
    assert timezone.is_naive(timezone.now())


def test_the_same_without_an_event_loop(world: World) -> None:
    word = Word.create(text="x").run()
    word.uses = 3
    word.save().run()
    assert Word.get(text="x").run().uses == 3
    assert Word.all().count().run() == 1
