"""What an editor shows when it is asked: what is declared for type checkers alone has the words of
what there is when a program runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import yara_orm

Declared = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def for_checkers(node: ast.AST, path: str = "") -> Iterator[tuple[str, Declared, str | None]]:
    """The public names that only type checkers see, each with its words when a program runs; of
    overloads the last, which editors read."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from for_checkers(child, f"{path}{child.name}.")
        if not isinstance(child, ast.If) or ast.unparse(child.test) != "TYPE_CHECKING":
            continue
        running = {
            each.name: ast.get_docstring(each)
            for each in child.orelse
            if isinstance(each, Declared)
        }
        last = {each.name: each for each in child.body if isinstance(each, Declared)}
        for name, each in last.items():
            if not name.startswith("_"):
                yield path + name, each, running.get(name)
        yield from for_checkers(ast.Module([*child.body, *child.orelse], []), path)


def test_what_checkers_see_has_the_words_of_what_runs() -> None:
    root = Path(yara_orm.__file__).parent
    seen = 0
    for file in sorted(root.rglob("*.py")):
        for name, declared, running in for_checkers(ast.parse(file.read_text())):
            words = ast.get_docstring(declared)
            assert words, f"{file.name}: {name} has no docstring for editors"
            assert running is None or words == running, f"{file.name}: {name}"
            seen += 1
    assert seen > 40
