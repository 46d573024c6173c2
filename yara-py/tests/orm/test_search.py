"""Full-text search."""

from __future__ import annotations

import pytest
from yara_orm import FullTextIndex, Model, fields, fulltext
from yara_orm.exceptions import ConfigurationError, InvalidQuery, ParamsError

from .conftest import World


class Article(Model):
    id = fields.IntField(pk=True)
    title = fields.CharField(max_length=50)
    body = fields.TextField(null=True)

    class Meta:
        indexes = (FullTextIndex("title", "body", language="english"), FullTextIndex("title"))


async def fill() -> None:
    await Article.create(title="Engines", body="How an engine runs")
    await Article.create(title="Cats", body="A fat cat sat by the engines")


async def test_texts_are_searched_and_ranked(world: World) -> None:
    await fill()
    found = fulltext(Article.title, Article.body, query="engine", language="english")
    with world.counting(1):
        articles = await Article.filter(found.matches()).order_by(found.rank().desc())
    assert [article.title for article in articles] == ["Engines", "Cats"]
    named = fulltext("title", "body", query='"fat cat" -dog', language="english")
    assert await Article.filter(named.matches()).count() == 1
    either = fulltext("title", "body", query="dogs or running", language="english")
    assert await Article.filter(~either.matches()).values_list("title", flat=True) == ["Cats"]
    assert await Article.filter(Article.title.search("cats")).count() == 1
    assert await Article.filter(title__search="cats").count() == 1
    ranked = await Article.annotate(rank=found.rank()).order_by("-rank")
    assert ranked[0].rank > 0


async def test_mistakes(world: World) -> None:
    with world.counting(0):
        with pytest.raises(ParamsError, match="the texts to search in"):
            fulltext(query="x")
        with pytest.raises(InvalidQuery, match="a text is matched with a text"):
            await Article.filter(fulltext("title", query=3).matches())  # type: ignore[arg-type]
        with pytest.raises(ConfigurationError, match="an index needs fields"):
            FullTextIndex()
        with pytest.raises(ConfigurationError, match="a language has a name"):
            FullTextIndex("title", language="")
