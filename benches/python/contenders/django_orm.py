"""Django's ORM, synchronous: its asynchronous calls are threads around these."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import django
from contender import Contender
from django.conf import settings

NAMES = ("name", "email", "age", "score", "active", "created", "uid")


def configure(database: str, url: str) -> None:
    if database == "sqlite":
        known = {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": url.removeprefix("sqlite://"),
        }
    else:
        parts = urlsplit(url)
        known = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": parts.username or "",
            "PASSWORD": parts.password or "",
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
        }
    settings.configure(
        DATABASES={"default": known},
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[],
    )
    django.setup()


def declare() -> dict[str, Any]:
    """The models, which can be declared only once there are settings."""
    from django.db import models

    class Person(models.Model):
        id = models.BigAutoField(primary_key=True)
        name = models.TextField()
        email = models.TextField()
        age = models.IntegerField()
        score = models.FloatField()
        active = models.BooleanField()
        created = models.DateTimeField()
        uid = models.UUIDField()

        class Meta:
            abstract = True
            app_label = "bench"

    class User(Person):
        class Meta(Person.Meta):
            abstract = False
            db_table = "users"

    class Big(Person):
        class Meta(Person.Meta):
            abstract = False
            db_table = "big"

    class Written(Person):
        class Meta(Person.Meta):
            abstract = False
            db_table = "written"

    class Author(models.Model):
        id = models.BigAutoField(primary_key=True)
        name = models.TextField()

        class Meta:
            app_label = "bench"
            db_table = "authors"

    class Book(models.Model):
        id = models.BigAutoField(primary_key=True)
        title = models.TextField()
        author = models.ForeignKey(Author, models.CASCADE, related_name="books")

        class Meta:
            app_label = "bench"
            db_table = "books"

    return {
        "users": User,
        "big": Big,
        "written": Written,
        "authors": Author,
        "books": Book,
    }


class Contestant(Contender):
    name = "Django, sync"
    package = "django"
    asynchronous = False

    def open(self) -> None:
        import os

        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # it has the process to itself
        configure(self.database, self.url)
        self.models = declare()
        self.users, self.written = (
            self.models["users"].objects,
            self.models["written"].objects,
        )

    def close(self) -> None:
        from django.db import connection

        connection.close()

    def insert_many(self, table: str, given: list[Any]) -> None:
        model = self.models[table]
        names = ("id", "title", "author_id") if table == "books" else ("id", *NAMES)
        model.objects.bulk_create([model(**dict(zip(names, row))) for row in given])

    def insert(self, row: Any) -> None:
        self.written.create(**dict(zip(NAMES, row)))

    def clear(self) -> None:
        self.written.all().delete()

    def get(self, key: int) -> Any:
        return self.users.get(id=key)

    def first(self, count: int) -> Any:
        return list(self.users.order_by("id")[:count])

    def page(self) -> Any:
        return list(self.users.filter(age__gte=30).order_by("name")[:100])

    def count(self) -> int:
        return int(self.users.filter(active=True).count())

    def group(self) -> Any:
        from django.db.models import Count

        return list(self.users.values_list("age").annotate(n=Count("id")))

    def update(self) -> Any:
        from django.db.models import F

        return self.written.filter(age__lt=45).update(age=F("age") + 1)

    def delete(self) -> Any:
        return self.written.filter(age__lt=45).delete()

    def books(self) -> Any:
        return list(
            self.models["books"].objects.select_related("author").order_by("id")[:1000]
        )

    def authors(self) -> Any:
        return list(self.models["authors"].objects.prefetch_related("books"))

    def everything(self) -> Any:
        return list(self.models["big"].objects.all())
