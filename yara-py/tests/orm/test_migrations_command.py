"""`python -m yara_orm`, as a program."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from yara_orm import YaraOrm

from .conftest import World, without_tables

MODELS: list[object] = []
PROGRAM = """
from yara_orm import Model, fields


class Author(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=100)
{more}
"""


@pytest.fixture
def url(world: World) -> str:
    if world.backend == "postgres":
        YaraOrm.init(world.url).run()
        without_tables()
        YaraOrm.close().run()
    return world.url.replace("test.db", "command.db")


class Program:
    """A folder with models, and what the command says of them."""

    def __init__(self, place: Path, url: str) -> None:
        self.place, self.url = place, url
        self.declare("")

    def declare(self, more: str) -> None:
        (self.place / "shop.py").write_text(PROGRAM.format(more=more))

    def call(self, *arguments: str) -> tuple[int, str, str]:
        """Exit status, output and errors."""
        done = subprocess.run(
            [sys.executable, "-m", "yara_orm", *arguments],
            cwd=self.place,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        return done.returncode, done.stdout, done.stderr

    def make(self, *arguments: str) -> tuple[int, str, str]:
        return self.call("--models", "shop", "makemigrations", *arguments)

    def on_database(self, *arguments: str) -> tuple[int, str, str]:
        return self.call("--db", self.url, *arguments)


def test_from_models_to_tables_and_back(url: str, tmp_path: Path) -> None:
    program = Program(tmp_path, url)
    assert program.call("init") == (0, "created migrations directory: migrations\n", "")
    assert program.make() == (0, "created 0001_initial.toml\n", "")
    assert program.make() == (0, "no changes detected\n", "")
    assert program.on_database("upgrade") == (0, "applied: 0001_initial\n", "")
    assert program.on_database("upgrade") == (0, "applied: nothing to apply\n", "")
    assert program.call("--models", "shop", "check")[0] == 0

    program.declare("    age = fields.IntField()")
    status, out, err = program.call("--models", "shop", "check")
    assert (status, out) == (1, "") and "author.age" in err
    status, _, err = program.make("--name", "age")
    assert status == 1 and "author.age" in err and "Traceback" not in err
    assert program.make("--name", "age", "--fill", "author.age=40", "--note", "How old.") == (
        0,
        "created 0002_age.toml\n",
        "",
    )
    assert program.on_database("status")[1].splitlines()[1] == "  0002_age  (pending)"
    assert program.on_database("heads") == (0, "  [x] 0001_initial\n  [ ] 0002_age\n", "")
    status, out, _ = program.on_database("sqlmigrate", "2")
    assert status == 0 and "ALTER TABLE" in out and out.endswith(";\n")
    assert program.on_database("upgrade", "0002") == (0, "applied: 0002_age\n", "")
    status, out, _ = program.on_database("history")
    assert out.startswith("  0001_initial  (applied 20") and "0002_age" in out
    assert program.on_database("downgrade") == (0, "reverted: 0002_age\n", "")
    assert program.on_database("fake") == (0, "noted as applied: 0002_age\n", "")
    assert program.on_database("downgrade", "--steps", "0")[1] == "reverted: nothing to revert\n"
    (tmp_path / "migrations/0002_age.toml").unlink()
    assert "has no file here" in program.on_database("status")[1]
    status, out, err = program.on_database("downgrade")
    assert (status, out) == (1, "") and "0002_age" in err


def test_wrong_calls(url: str, tmp_path: Path) -> None:
    program = Program(tmp_path, url)
    program.call("init")
    for arguments, message in (
        ([], "required: command"),
        (["migrate"], "invalid choice"),
        (["upgrade"], "--db"),
        (["makemigrations"], "--models"),
        (["--models", "shop", "makemigrations", "--colour"], "unrecognized arguments"),
    ):
        status, out, err = program.call(*arguments)
        assert (status, out) == (2, "") and message in err
    for arguments, message in (
        (["--models", "shap", "makemigrations"], "No module named 'shap'"),
        (["--models", "shop", "makemigrations", "--rename", "author"], "NAME=VALUE"),
        (["--db", "mysql://localhost/x", "upgrade"], "mysql"),
        (["--db", url, "upgrade", "0009"], "has no migration '0009'"),
    ):
        status, out, err = program.call(*arguments)
        assert (status, out) == (1, "") and message in err and "Traceback" not in err


def test_no_password_is_shown(tmp_path: Path) -> None:
    program = Program(tmp_path, "")
    program.make()
    for url in (
        "postgres://me:secret@127.0.0.1:1/x",
        "postgres://me:secret@127.0.0.1:1/x?colour=1",
        "postgers://me:secret@127.0.0.1:1/x",
    ):
        for command in (["upgrade"], ["status"], ["downgrade"]):
            status, out, err = program.call("--db", url, *command)
            assert status == 1 and err.startswith("error: ") and "secret" not in out + err


def test_files_in_python_are_converted(url: str, tmp_path: Path) -> None:
    program = Program(tmp_path, url)
    program.call("init")
    assert program.call("convert")[1] == "created: nothing, there are no migrations in Python\n"
    (tmp_path / "migrations/0001_initial.py").write_text("""
from yara_orm import fields
from yara_orm import migrations as m

class Migration(m.Migration):
    operations = [
        m.CreateModel("author", {"id": fields.IntField(pk=True), "name": fields.CharField(100)}),
    ]
""")
    assert program.make() == (0, "no changes detected\n", "")
    assert program.call("convert") == (0, "created: 0001_initial.toml\n", "")
    assert program.make() == (0, "no changes detected\n", "")
    assert program.on_database("upgrade") == (0, "applied: 0001_initial\n", "")


def test_a_url_in_a_wrong_place_is_not_repeated(url: str, tmp_path: Path) -> None:
    program = Program(tmp_path, url)
    program.make()
    secret = "postgres://ada:geheim@h/x"
    for words in (
        ("status", "--db", secret),
        ("--dbb", secret, "status"),
        ("--db", secret, secret),
        ("--models", secret, "makemigrations"),
    ):
        status, output, errors = program.call(*words)
        assert status != 0 and "(a URL)" in errors, words
        assert "geheim" not in output + errors, words


def test_a_folder_that_is_not_there_is_an_error(url: str, tmp_path: Path) -> None:
    program = Program(tmp_path, url)
    for command in (("upgrade",), ("status",), ("heads",), ("downgrade",)):
        given = program.on_database("--dir", "migratoins", *command)
        assert given == (1, "", "error: there is no folder 'migratoins' of migrations\n")


def test_part_of_the_tables_can_be_checked(url: str, tmp_path: Path) -> None:
    program = Program(tmp_path, url)
    program.declare("class Tag(Model):\n    id = fields.IntField(pk=True)")
    program.make()
    program.declare("")
    status, _, errors = program.call("--models", "shop", "check")
    assert status == 1 and "drop_table" in errors
    status, output, _ = program.call("--models", "shop", "check", "--partial")
    assert (status, output) == (0, "the migrations give what the models ask for\n")
