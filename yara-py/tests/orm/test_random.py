"""Random questions about random rows, in both spellings, against a naive evaluator.

Each question is drawn as a tree; the tree is spelled in typed expressions and in lookups by text, and
answered by walking over the rows in Python. Every answer has to be the same, on each database. A
failure tells the seed: YARA_TEST_SEED repeats it.
"""

from __future__ import annotations

import dataclasses
import os
import random
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from yara_orm import Count, Max, Min, Model, Q, Sum, fields

from .conftest import World

SEED = int(os.environ.get("YARA_TEST_SEED", "20240229"))
SHELVES, QUESTIONS = 4, 22

TEXTS = ["", "a", "ab", "B", "é", "École", "ÉCOLE", "100%", "1_0", "a\\b", "it's"]
NUMBERS = [-3, 0, 1, 2, 7, 40]


class Writer(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=20)
    age = fields.IntField(null=True)
    boss: fields.ForeignKeyNullableRelation[Writer] = fields.ForeignKeyField(
        "self", related_name="staff", null=True
    )


class Label(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=20, null=True)


class Work(Model):
    id = fields.IntField(pk=True)
    title = fields.CharField(max_length=20, null=True)
    size = fields.IntField()
    done = fields.BooleanField(null=True)
    writer: fields.ForeignKeyNullableRelation[Writer] = fields.ForeignKeyField(
        Writer, related_name="works", null=True
    )
    labels: fields.ManyToManyRelation[Label] = fields.ManyToManyField(Label, related_name="works")


MODELS = (Writer, Label, Work)

# The fields of each model, the values that they have, and the relations to one and to many rows.
FIELDS: dict[str, dict[str, list[Any]]] = {
    "Writer": {"name": TEXTS, "age": [None, *NUMBERS]},
    "Label": {"name": [None, *TEXTS]},
    "Work": {"title": [None, *TEXTS], "size": NUMBERS, "done": [None, True, False]},
}
TO_ONE = {"Writer": {"boss": "Writer"}, "Work": {"writer": "Writer"}, "Label": {}}
TO_MANY = {
    "Writer": {"works": "Work", "staff": "Writer"},
    "Work": {"labels": "Label"},
    "Label": {"works": "Work"},
}
CLASSES: dict[str, Any] = {"Writer": Writer, "Label": Label, "Work": Work}
Row = dict[str, Any]


class Shelf:
    """The rows, as Python holds them."""

    def __init__(self, random: random.Random) -> None:
        def row(model: str, key: int) -> Row:
            drawn = {name: random.choice(values) for name, values in FIELDS[model].items()}
            return {"id": key, **drawn}

        writers = [row("Writer", key) for key in range(1, random.randint(2, 7))]
        for at, writer in enumerate(writers):
            writer["boss_id"] = random.choice([None, *(one["id"] for one in writers[:at])])
        labels = [row("Label", key) for key in range(1, random.randint(1, 5))]
        works = [row("Work", key) for key in range(1, random.randint(1, 14))]
        for work in works:
            work["writer_id"] = random.choice([None, *(one["id"] for one in writers)])
            work["label_ids"] = [one["id"] for one in labels if random.random() < 0.4]
        self.rows: dict[str, list[Row]] = {"Writer": writers, "Label": labels, "Work": works}

    def one(self, model: str, row: Row | None, relation: str) -> Row | None:
        """What a relation to one row leads to."""
        key = None if row is None else row[f"{relation}_id"]
        targets = self.rows[TO_ONE[model][relation]]
        return next((each for each in targets if each["id"] == key), None)

    def many(self, model: str, row: Row | None, relation: str) -> list[Row]:
        """What a relation to many rows leads to."""
        if row is None:
            return []
        if (model, relation) == ("Work", "labels"):
            return [one for one in self.rows["Label"] if one["id"] in row["label_ids"]]
        if (model, relation) == ("Label", "works"):
            return [one for one in self.rows["Work"] if row["id"] in one["label_ids"]]
        key = {"works": "writer_id", "staff": "boss_id"}[relation]
        target = TO_MANY[model][relation]
        return [one for one in self.rows[target] if one[key] == row["id"]]

    def fill(self) -> None:
        for model in ("Writer", "Label", "Work"):
            of = CLASSES[model]
            made = [
                of(**{key: value for key, value in row.items() if key != "label_ids"})
                for row in self.rows[model]
            ]
            of.bulk_create(made).run()
        labels = {label.id: label for label in Label.all().run()}
        for work, row in zip(Work.all().order_by("id").run(), self.rows["Work"], strict=True):
            if row["label_ids"]:
                work.labels.add(*(labels[key] for key in row["label_ids"])).run()


# What is asked of a value: how it is spelled, and what it means. NULL is a value like others.
def _known(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda value, given: value is not None and compare(value, given)


@dataclasses.dataclass(frozen=True)
class Operator:
    lookup: str
    typed: Callable[[Any, Any], Any]
    means: Callable[[Any, Any], bool]


COMPARISONS = [
    Operator("", lambda c, v: c == v, lambda a, b: a == b),
    Operator("__not", lambda c, v: c != v, lambda a, b: a != b),
]
ORDERED = [
    Operator("__lt", lambda c, v: c < v, _known(lambda a, b: a < b)),
    Operator("__lte", lambda c, v: c <= v, _known(lambda a, b: a <= b)),
    Operator("__gt", lambda c, v: c > v, _known(lambda a, b: a > b)),
    Operator("__gte", lambda c, v: c >= v, _known(lambda a, b: a >= b)),
]
OF_TEXT = [
    Operator("__contains", lambda c, v: c.contains(v), _known(lambda a, b: b in a)),
    Operator(
        "__icontains", lambda c, v: c.icontains(v), _known(lambda a, b: b.lower() in a.lower())
    ),
    Operator("__startswith", lambda c, v: c.startswith(v), _known(lambda a, b: a.startswith(b))),
    Operator("__iexact", lambda c, v: c.iexact(v), _known(lambda a, b: a.lower() == b.lower())),
]
OF_LISTS = [
    Operator("__in", lambda c, v: c.in_(v), lambda a, b: a in b),
    Operator("__not_in", lambda c, v: c.not_in(v), lambda a, b: a not in b),
]
OF_NULL = [
    Operator(
        "__isnull",
        lambda c, v: c.is_null() if v else c.is_not_null(),
        lambda a, b: (a is None) == b,
    )
]
OF_RANGES = [
    Operator("__range", lambda c, v: c.between(*v), _known(lambda a, b: b[0] <= a <= b[1]))
]


@dataclasses.dataclass
class Leaf:
    """A field at the end of a path to one row, compared."""

    path: tuple[str, ...]
    field: str
    operator: Operator
    value: Any

    def typed(self, start: Any) -> Any:
        for step in (*self.path, self.field):
            start = getattr(start, step)
        return self.operator.typed(start, self.value)

    def text(self, before: str = "") -> Q:
        name = "__".join((*self.path, self.field))
        return Q(**{f"{before}{name}{self.operator.lookup}": self.value})

    def holds(self, shelf: Shelf, model: str, row: Row | None) -> bool:
        for step in self.path:
            row, model = shelf.one(model, row, step), TO_ONE[model][step]
        return self.operator.means(None if row is None else row[self.field], self.value)


@dataclasses.dataclass
class Any_:
    """A row of a relation for which everything holds; those of one call are about one row."""

    relation: str
    leaves: list[Leaf]

    def typed(self, start: Any) -> Any:
        related = getattr(start, self.relation)
        conditions = [leaf.typed(related.cols) for leaf in self.leaves]
        return related.any(*conditions)

    def text(self, before: str = "") -> Q:
        lookups: dict[str, Any] = {}
        for leaf in self.leaves:
            lookups.update(dict(leaf.text(f"{before}{self.relation}__").children))
        return Q(**lookups)

    def holds(self, shelf: Shelf, model: str, row: Row | None) -> bool:
        target = TO_MANY[model][self.relation]
        return any(
            all(leaf.holds(shelf, target, each) for leaf in self.leaves)
            for each in shelf.many(model, row, self.relation)
        )


@dataclasses.dataclass
class Number:
    """How many rows of a relation there are."""

    relation: str
    least: int

    def typed(self, start: Any) -> Any:
        return getattr(start, self.relation).count() >= self.least

    def text(self, before: str = "") -> Q:
        return Q(Count(self.relation) >= self.least)

    def holds(self, shelf: Shelf, model: str, row: Row | None) -> bool:
        return len(shelf.many(model, row, self.relation)) >= self.least


@dataclasses.dataclass
class Joined:
    """All, or one, of several; or their complement."""

    how: str
    parts: list[Any]

    def typed(self, start: Any) -> Any:
        found = self.parts[0].typed(start)
        for part in self.parts[1:]:
            other = part.typed(start)
            found = found & other if self.how == "and" else found | other
        return ~found if self.how == "not" else found

    def text(self, before: str = "") -> Q:
        found = self.parts[0].text(before)
        for part in self.parts[1:]:
            other = part.text(before)
            found = found & other if self.how == "and" else found | other
        return ~found if self.how == "not" else found

    def holds(self, shelf: Shelf, model: str, row: Row | None) -> bool:
        parts = (part.holds(shelf, model, row) for part in self.parts)
        if self.how == "not":
            return not next(parts)
        return all(parts) if self.how == "and" else any(parts)


class Draw:
    """Draws questions."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)

    def leaf(self, model: str, deep: bool = True) -> Leaf:
        path: list[str] = []
        while deep and TO_ONE[model] and self.random.random() < 0.4 and len(path) < 3:
            step = self.random.choice(list(TO_ONE[model]))
            path.append(step)
            model = TO_ONE[model][step]
        field = self.random.choice(list(FIELDS[model]))
        values = FIELDS[model][field]
        known = [value for value in values if value is not None]
        kinds = [COMPARISONS, OF_LISTS, OF_NULL]
        if field in ("age", "size"):
            kinds += [ORDERED, OF_RANGES]
        if field in ("name", "title"):
            kinds += [OF_TEXT]
        kind = self.random.choice(kinds)
        operator = self.random.choice(kind)
        value: Any = self.random.choice(known)
        if kind is OF_LISTS:
            nullable = None in values or path
            drawn = [*known, None] if nullable else known
            value = self.random.sample(drawn, self.random.randint(0, min(3, len(drawn))))
        elif kind is OF_NULL:
            value = self.random.random() < 0.5
        elif kind is OF_RANGES:
            value = tuple(sorted(self.random.choices(known, k=2)))
        return Leaf(tuple(path), field, operator, value)

    def condition(self, model: str, depth: int = 3) -> Any:
        chance = self.random.random()
        if depth == 0 or chance < 0.3:
            return self.leaf(model)
        if chance < 0.5:
            relation = self.random.choice(list(TO_MANY[model]))
            target = TO_MANY[model][relation]
            # Two of one name would be one keyword.
            leaves = {}
            for _ in range(self.random.randint(1, 2)):
                leaf = self.leaf(target, deep=self.random.random() < 0.3)
                leaves[leaf.path, leaf.field, leaf.operator.lookup] = leaf
            return Any_(relation, list(leaves.values()))
        if chance < 0.58:
            return Number(self.random.choice(list(TO_MANY[model])), self.random.randint(1, 3))
        how = self.random.choice(["and", "or", "not"])
        parts = 1 if how == "not" else self.random.randint(2, 3)
        return Joined(how, [self.condition(model, depth - 1) for _ in range(parts)])

    def order(self, model: str) -> list[tuple[str, bool]]:
        """Fields, perhaps of related rows, and whether the greatest comes first; then the key."""
        names = list(FIELDS[model])
        names += [f"{step}__{name}" for step, to in TO_ONE[model].items() for name in FIELDS[to]]
        chosen = self.random.sample(names, self.random.randint(0, min(2, len(names))))
        return [*((name, self.random.random() < 0.5) for name in chosen), ("id", False)]


def value_of(shelf: Shelf, model: str, row: Row | None, name: str) -> Any:
    *path, field = name.split("__")
    for step in path:
        row, model = shelf.one(model, row, step), TO_ONE[model][step]
    return None if row is None else row[field]


def sort(shelf: Shelf, model: str, found: list[Row], order: list[tuple[str, bool]]) -> list[Row]:
    """NULL is greater than every value."""
    for name, descending in reversed(order):

        def key(row: Row, name: str = name) -> tuple[bool, Any]:
            value = value_of(shelf, model, row, name)
            return value is None, value.encode() if isinstance(value, str) else value or 0

        found = sorted(found, key=key, reverse=descending)
    return found


def typed_order(model: Any, order: list[tuple[str, bool]]) -> list[Any]:
    found = []
    for name, descending in order:
        column = model
        for step in name.split("__"):
            column = getattr(column, step)
        found.append(column.desc() if descending else column.asc())
    return found


def text_order(order: list[tuple[str, bool]]) -> list[str]:
    return [f"-{name}" if descending else name for name, descending in order]


def keys(found: Iterable[Any]) -> list[int]:
    return [row["id"] if isinstance(row, dict) else row.id for row in found]


def answers(shelf: Shelf, draw: Draw, model: str) -> None:
    """Draws a question and compares its answers."""
    of, condition, order = CLASSES[model], draw.condition(model), draw.order(model)
    every = shelf.rows[model]
    matching = [row for row in every if condition.holds(shelf, model, row)]
    sorted_ = sort(shelf, model, matching, order)
    start, size = draw.random.randint(0, 3), draw.random.randint(0, 5)
    relation = draw.random.choice(list(TO_MANY[model]))
    leaf = draw.leaf(TO_MANY[model][relation], deep=False)
    number = draw.random.choice(["age", "size", "id"])
    number = number if number in FIELDS[model] else "id"

    def counted(row: Row) -> tuple[int, int]:
        related = shelf.many(model, row, relation)
        some = [one for one in related if leaf.holds(shelf, TO_MANY[model][relation], one)]
        return len(related), len(some)

    numbers = [row[number] for row in matching if row[number] is not None]
    totals = {
        "n": len(matching),
        "sum": sum(numbers) if numbers else None,
        "least": min(numbers, default=None),
        "most": max(numbers, default=None),
    }
    by_text = of.filter(condition.text())
    typed = of.filter(condition.typed(of))
    for spelling, query, by in (
        ("text", by_text, text_order(order)),
        ("typed", typed, typed_order(of, order)),
    ):
        context = f"{spelling}: {condition}\n{query.sql()}"
        found = query.order_by(*by)
        assert keys(found.run()) == keys(sorted_), context
        part = found[start : start + size]
        assert keys(part.run()) == keys(sorted_[start : start + size]), context
        assert part.count().run() == len(sorted_[start : start + size]), context
        assert query.exists().run() == bool(matching), context
        names = [name for name, _ in order]
        values = [tuple(value_of(shelf, model, row, name) for name in names) for row in sorted_]
        assert found.values_list(*names).run() == values, context
    for excluded in (of.exclude(condition.text()), of.exclude(condition.typed(of))):
        rest = [row["id"] for row in every if row not in matching]
        assert sorted(keys(excluded.run())) == rest, f"exclude: {condition}\n{excluded.sql()}"
    some = Count(relation, _filter=leaf.text(f"{relation}__"))
    related = getattr(of, relation)
    for annotated in (
        by_text.annotate(all_=Count(relation), some=some),
        typed.annotate(all_=related.count(), some=related.count(leaf.typed(related.cols))),
    ):
        told = {row.id: (row.all_, row.some) for row in annotated.run()}
        assert told == {row["id"]: counted(row) for row in matching}, f"{relation}, {leaf}"
        hot = annotated.filter(some__gte=1).count().run()
        assert hot == sum(counted(row)[1] >= 1 for row in matching), f"{relation}, {leaf}"
    column = getattr(of, number)
    for query, name in ((by_text, number), (typed, column)):
        found_totals = query.aggregate(n=Count("*"), sum=Sum(name), least=Min(name), most=Max(name))
        assert found_totals.run() == totals, f"{number}: {condition}"


@pytest.mark.parametrize("shelf_number", range(SHELVES))
def test_random_questions_have_the_same_answers(world: World, shelf_number: int) -> None:
    shelf = Shelf(random.Random(f"{SEED}/{shelf_number}"))
    shelf.fill()
    for question in range(QUESTIONS):
        seed = f"{SEED}/{shelf_number}/{question}"
        draw = Draw(seed)
        model = draw.random.choice(["Work", "Work", "Writer", "Label"])
        try:
            answers(shelf, draw, model)
        except Exception as error:
            raise AssertionError(f"YARA_TEST_SEED={SEED}, {seed}, {model}: {error}") from error
