"""JSON documents and lists: paths, conditions, changed parts."""

from __future__ import annotations

import enum
from decimal import Decimal
from typing import Any

import pytest
from yara_orm import F, JsonAgg, Model, fields, func
from yara_orm.exceptions import FieldError, InvalidQuery, ValidationError

from .conftest import World


class Page(Model):
    id = fields.IntField(pk=True)
    title = fields.CharField(max_length=50)
    data: Any = fields.JSONField()
    tags = fields.ArrayField(fields.TextField())


class Word(str, enum.Enum):
    YES = "yes"
    NO = "no"


class Index(Model):
    id = fields.IntField(pk=True)
    short = fields.ArrayField(fields.CharField(max_length=5))
    words: Any = fields.ArrayField(fields.CharEnumField(Word))
    nested: Any = fields.ArrayField(fields.ArrayField(fields.CharField(max_length=5)))


class Shelf(Model):
    id = fields.IntField(pk=True)
    page: fields.ForeignKeyRelation[Page] = fields.ForeignKeyField("Page", related_name="shelves")


NOTES = {"title": "Notes", "size": {"w": 10, "h": 4}, "tags": ["a", "b"]}
ENGINE = {"title": "Engine", "size": {"w": 7.5}, "tags": [], "draft": None}


async def fill() -> None:
    notes = await Page.create(title="Notes", data=NOTES, tags=["rust", "sql"])
    await Page.create(title="Engine", data=ENGINE, tags=[])
    await Shelf.create(page=notes)


async def titles(*conditions: Any) -> list[str]:
    found: list[str] = await Page.filter(*conditions).order_by("id").values_list("title", flat=True)
    return found


async def test_paths_compare_by_json_type(world: World) -> None:
    await fill()
    width = Page.data["size"]["w"]
    with world.counting(1):
        assert await titles(width >= 10) == ["Notes"]
    assert await titles(width == 7.5) == ["Engine"]
    assert await titles(width == Decimal("10.0")) == ["Notes"]
    assert await titles(width == "10") == []
    assert await titles(width != 10) == ["Engine"]
    assert await titles(width.between(5, 8)) == ["Engine"]
    assert await titles(width.in_([10, 7.5, "x"])) == ["Notes", "Engine"]
    assert await titles(Page.data["title"] > "F") == ["Notes"]
    assert await titles(Page.data["title"].icontains("NOT")) == ["Notes"]
    assert await titles(Page.data["tags"][-1] == "b") == ["Notes"]
    assert await titles(Page.data["title"] == Page.title) == ["Notes", "Engine"]
    assert await titles(Page.data["draft"] == None) == ["Engine"]
    assert await titles(Page.data["draft"].is_json_null()) == ["Engine"]
    assert await titles(Page.data["draft"].is_null()) == ["Notes"]
    assert await titles(Page.data["size"] == {"h": 4, "w": 10}) == ["Notes"]
    # The same by text, and through relations.
    assert await Page.filter(data__size__w__gte=10).values_list("title", flat=True) == ["Notes"]
    assert await titles(F("data")["size"]["w"] >= 10) == ["Notes"]
    assert await Shelf.filter(Shelf.page.data["size"]["h"] == 4).count() == 1


async def test_lists_are_asked_for_an_item_or_for_several(world: World) -> None:
    await fill()
    for items in ("rust", ["rust"], ("sql", "rust")):
        assert await Page.filter(tags__contains=items).values_list("title", flat=True) == ["Notes"]
        assert await titles(Page.tags.contains(items)) == ["Notes"]
        assert await Page.exclude(tags__contains=items).count() == 1
        assert await Shelf.filter(page__tags__contains=items).count() == 1
    assert await Page.filter(tags__contains=["rust", "c"]).count() == 0
    assert await Page.filter(tags__contains="rus").count() == 0
    assert await Page.filter(tags__contains=[]).count() == 2
    with world.counting(0), pytest.raises(ValidationError, match="Page.tags.*int 5"):
        Page.filter(tags__contains=5)


async def test_what_stands_at_a_path_is_read_and_sorted_by(world: World) -> None:
    await fill()
    rows = (
        await Page.all()
        .order_by(Page.data["size"]["w"].number())
        .values_list(
            Page.data["title"].text(),
            Page.data["size"]["w"].number(),
            Page.data["size"],
            Page.data["nothing"],
            Page.data["tags"].length(),
            Page.data["size"].keys(),
            Page.data["tags"].json_type(),
            Page.data["title"].string(),
            Page.data["title"].boolean(),
            F("data")["title"].text(),
        )
    )
    assert rows == [
        ("Engine", Decimal("7.5"), {"w": 7.5}, None, 0, ["w"], "array", "Engine", None, "Engine"),
        (
            "Notes",
            Decimal(10),
            {"w": 10, "h": 4},
            None,
            2,
            ["w", "h"],
            "array",
            "Notes",
            None,
            "Notes",
        ),
    ]


async def test_conditions_on_documents(world: World) -> None:
    await fill()
    assert await titles(Page.data.contains({"tags": ["a"]})) == ["Notes"]
    assert await titles(Page.data["size"].contained_by({"w": 7.5, "x": 1})) == ["Engine"]
    assert await titles(Page.data.has_key("draft")) == ["Engine"]
    assert await titles(Page.data.has_any_keys("draft", "x")) == ["Engine"]
    assert await titles(~Page.data.has_keys("title", "draft")) == ["Notes"]
    assert await titles(Page.data["size"].same_json({"h": 4, "w": 10.0})) == ["Notes"]


async def test_an_update_changes_a_part(world: World) -> None:
    await fill()
    changed = Page.data.json_set(("size", "h"), 3).json_remove("draft").json_merge({"seen": True})
    with world.counting(1):
        assert await Page.all().update(data=changed) == 2
    assert (await Page.get(title="Engine")).data == {
        "title": "Engine",
        "size": {"w": 7.5, "h": 3},
        "tags": [],
        "seen": True,
    }
    await Page.filter(title="Notes").update(data=Page.data.json_set("title", Page.title + "!"))
    assert (await Page.get(title="Notes")).data["title"] == "Notes!"


async def test_documents_are_built(world: World) -> None:
    await fill()
    card = func.json_object(
        {"a b": Page.title}, numbers=func.json_array(Page.id, None, 1.5), text="x"
    )
    cards = await Page.all().order_by("id").values_list(card, flat=True)
    assert cards[0] == {"a b": "Notes", "numbers": [1, None, 1.5], "text": "x"}
    assert await Page.all().aggregate(JsonAgg(Page.data["size"]["w"], order_by=Page.id)) == (
        [10, 7.5],
    )


async def test_lists(world: World) -> None:
    await fill()
    assert await titles(Page.tags.contains("rust")) == ["Notes"]
    assert await titles(Page.tags.contains(["sql", "rust"])) == ["Notes"]
    assert await titles(Page.tags.contains(["rust", "c"])) == []
    assert await titles(Page.tags.overlap(["sql", "c"])) == ["Notes"]
    assert await titles(Page.tags.contained_by(["sql", "rust", "c"])) == ["Notes", "Engine"]
    assert await titles(Page.tags.length() >= 1) == ["Notes"]
    assert await Page.all().order_by("id").values_list(Page.tags[1], Page.tags[5]) == [
        ("sql", None),
        (None, None),
    ]
    with world.counting(1):
        await Page.all().update(tags=Page.tags.append("c").remove("rust").extend(["d"]))
    assert await Page.all().order_by("id").values_list("tags", flat=True) == [
        ["sql", "c", "d"],
        ["c", "d"],
    ]
    assert await titles(F("tags").contains("sql")) == ["Notes"]


async def test_lists_of_texts_of_a_length(world: World) -> None:
    await Index.create(short=["a", "b"], words=[Word.YES], nested=[["a"]])
    for found in (
        Index.filter(Index.short.contains("a"), short__contains=["b", "a"]),
        Index.filter(Index.short.contained_by(["a", "b", "c"]), short__contained_by=["b", "a"]),
        Index.filter(Index.short.overlap(["a", "c"]), short__overlap=["b"], short__0="a"),
        Index.filter(Index.short == ["a", "b"], short=["a", "b"]),
        Index.filter(Index.short != ["a"], words__contains=["yes"], words=["yes"]),
        Index.filter(Index.words.contains(Word.YES), words__overlap=[Word.NO, Word.YES]),
        Index.filter(nested=[["a"]]).exclude(nested=[["b"]]),
    ):
        with world.counting(1):
            assert await found.count() == 1
    assert await Index.exclude(short=["a", "b"]).count() == 0
    await Index.all().update(short=Index.short.extend(["c"]).remove("a"))
    assert (await Index.get()).short == ["b", "c"]
    with world.counting(0), pytest.raises(ValidationError, match="item 1: the text has 6 char"):
        await Index.all().update(short=["a", "abcdef"])


async def test_mistakes_are_refused_at_the_call(world: World) -> None:
    with world.counting(0):
        with pytest.raises(InvalidQuery, match="only documents and lists have parts"):
            Page.title["x"]  # type: ignore[call-overload]
        with pytest.raises(InvalidQuery, match="an item of a list has a number"):
            Page.tags["x"]  # type: ignore[call-overload]
        with pytest.raises(InvalidQuery, match="a key or an index"):
            Page.data[1.5]
        with pytest.raises(InvalidQuery, match="a path of no steps"):
            Page.data.json_set((), 1)
        with pytest.raises(InvalidQuery, match="less or greater"):
            _ = Page.data["x"] > {"a": 1}
        with pytest.raises(FieldError, match="a list of items"):
            Page.tags.overlap("sql")
        with pytest.raises(ValidationError):
            Page.tags.contains(3)  # type: ignore[call-overload]
        with pytest.raises(TypeError, match="not iterable"):
            list(Page.data)  # type: ignore[call-overload]
        with pytest.raises(FieldError, match="is no JSON document"):
            await Page.filter(F("title").has_key("x"))
        with pytest.raises(AttributeError, match="has no 'haskey'"):
            F("data").haskey("x")
