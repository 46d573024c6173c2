"""Countries, languages and cities: load a data set, then ask it what a person would ask.

    python examples/quickstart.py                                   # embedded SQLite, in memory
    python examples/quickstart.py sqlite://countries.db             # a file
    python examples/quickstart.py postgres://localhost/countries    # PostgreSQL
    python examples/quickstart.py --sql                             # with the SQL of every statement

The same data, models and questions as `quickstart.rs`. It drops the tables `city`, `country`,
`continent`, `language` and those between them, and makes them anew: give it a database of its own.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from yara_orm import (
    Index,
    Model,
    Prefetch,
    YaraOrm,
    fields,
    in_transaction,
    register_query_hook,
    run_async,
)

DATA = Path(__file__).parent / "data"


class Continent(Model):
    code = fields.CharField(max_length=2, pk=True)
    name = fields.CharField(max_length=20, unique=True)


class Country(Model):
    code = fields.CharField(max_length=2, pk=True)
    name = fields.CharField(max_length=60)
    capital = fields.CharField(max_length=60, null=True)
    continent = fields.ForeignKeyField(Continent, related_name="countries")
    area_km2 = fields.BigIntField()
    population = fields.BigIntField()
    currency = fields.CharField(max_length=3, null=True)
    languages = fields.ManyToManyField(
        "Language", through="CountryLanguage", related_name="countries"
    )
    neighbours: fields.ManyToManyRelation[Country] = fields.ManyToManyField(
        "self", related_name=False
    )
    cities: fields.ReverseRelation[City]


class Language(Model):
    code = fields.CharField(max_length=3, pk=True)


class CountryLanguage(Model):
    """The table between countries and languages, with a column of its own."""

    country = fields.ForeignKeyField(Country, related_name="spoken")
    language = fields.ForeignKeyField(Language, related_name="spoken")
    rank = fields.IntField(description="1 is the language most spoken")

    class Meta:
        table = "country_language"
        unique_together = ("country", "language")


class City(Model):
    id = fields.BigIntField(
        pk=True, generated=False, description="the number in GeoNames"
    )
    name = fields.CharField(max_length=100)
    country = fields.ForeignKeyField(Country, related_name="cities")
    admin1 = fields.CharField(max_length=20, null=True)
    latitude = fields.FloatField()
    longitude = fields.FloatField()
    population = fields.BigIntField()
    timezone = fields.CharField(max_length=40)

    class Meta:
        indexes = (Index(fields=("country", "population")),)


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a file; fields are separated by tabs, and there are no quotes."""
    with (DATA / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


async def load() -> None:
    """Reads the data set into the tables: one insert for each, all of them in one transaction."""
    async with in_transaction():
        await Continent.bulk_create(
            Continent(code=row["code"], name=row["name"]) for row in rows("continents")
        )
        countries = await Country.bulk_create(
            Country(
                code=row["code"],
                name=row["name"],
                capital=row["capital"] or None,
                continent_id=row["continent"],
                area_km2=int(row["area_km2"]),
                population=int(row["population"]),
                currency=row["currency"] or None,
            )
            for row in rows("countries")
        )
        await Language.bulk_create(
            Language(code=row["code"]) for row in rows("languages")
        )
        await CountryLanguage.bulk_create(
            CountryLanguage(
                country_id=row["country"],
                language_id=row["language"],
                rank=int(row["rank"]),
            )
            for row in rows("country_languages")
        )
        await City.bulk_create(
            City(
                id=int(row["geonameid"]),
                name=row["name"],
                country_id=row["country"],
                admin1=row["admin1"] or None,
                latitude=float(row["latitude"]),
                longitude=float(row["longitude"]),
                population=int(row["population"]),
                timezone=row["timezone"],
            )
            for row in rows("cities")
        )
        by_code = {country.code: country for country in countries}
        near: dict[str, list[Country]] = {}
        for row in rows("country_neighbours"):
            if row["neighbour"] in by_code:
                near.setdefault(row["country"], []).append(by_code[row["neighbour"]])
        for code, neighbours in near.items():
            if code in by_code:
                await by_code[code].neighbours.add(*neighbours)


async def largest_cities(continent: str) -> None:
    """A path through two relations is one typed column."""
    print(f"The largest cities of {continent}:")
    cities = (
        City.filter(City.country.continent.name == continent)
        .order_by(City.population.desc())
        .limit(5)
        .select(City.name, City.country.name, City.population)
    )
    async for name, country, population in cities:
        print(f"  {name}, {country}: {population}")


async def capitals_that_are_not_the_largest_city() -> None:
    """A column is compared with a column; `any` asks about related rows without joining them."""
    largest = Prefetch("cities", City.all().order_by(City.population.desc()).limit(1))
    countries = (
        Country.filter(
            Country.population > 100_000_000,
            Country.cities.any(City.name == City.country.capital),
        )
        .order_by("-population")
        .prefetch_related(largest)
    )
    print("\nLarge countries whose largest city is not their capital:")
    async for country in countries:
        for city in country.cities:
            if country.capital != city.name:
                print(f"  {country.name}: {city.name} is larger than {country.capital}")


async def countries_by_cities() -> None:
    """Aggregates over a relation are subqueries: they change neither the rows nor each other."""
    print("\nCountries with the most cities of 100 000 and more:")
    found = (
        Country.all()
        .order_by(Country.cities.count().desc(), Country.name)
        .limit(5)
        .select(
            Country.name,
            Country.cities.count(),
            Country.cities.sum(City.population),
            Country.languages.count(),
        )
    )
    async for name, cities, people, languages in found:
        print(
            f"  {name}: {cities} cities, {people or 0} people in them, {languages} languages"
        )


async def neighbours_in_the_same_language(language: str) -> None:
    """Relations load in one statement each, however many rows there are."""
    print(
        f"\nCountries where `{language}` is spoken, and their neighbours where it is:"
    )
    spoken = Country.filter(Country.languages.any(Language.code == language)).order_by(
        "name"
    )
    async for country in spoken.prefetch_related(Prefetch("neighbours", spoken)):
        if country.neighbours:
            names = ", ".join(neighbour.name for neighbour in country.neighbours)
            print(f"  {country.name}: {names}")


async def growth() -> None:
    """Updates take expressions over the old row, and a transaction takes back what was not meant."""
    iceland = City.filter(country__code="IS")
    largest = iceland.order_by("-population")
    before = await largest[0]
    try:
        async with in_transaction():
            await iceland.update(population=City.population * 2)
            doubled = await largest[0]
            print(
                f"\n{before.name} twice as large: {before.population} → {doubled.population}, "
                "but only"
            )
            raise RuntimeError("in a transaction that is rolled back")
    except RuntimeError as reason:
        print(f"{reason}.")
    assert (await largest[0]).population == before.population


async def main() -> None:
    url = "sqlite://:memory:"
    for argument in sys.argv[1:]:
        if argument == "--sql":
            register_query_hook(lambda sql, seconds, error: print(f"    {sql}"))
        else:
            url = argument
    await YaraOrm.init(url)
    await YaraOrm.drop_schemas()
    await YaraOrm.generate_schemas()
    await load()
    print(f"{await Country.count()} countries and {await City.count()} cities\n")
    await largest_cities("Europe")
    await capitals_that_are_not_the_largest_city()
    await countries_by_cities()
    await neighbours_in_the_same_language("es")
    await growth()


if __name__ == "__main__":
    run_async(main())
