"""The blocks of the guide's pages on Python, each as a program of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from yara_orm import YaraOrm

from .conftest import World, without_tables

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
PAGES = [
    DOCS / "python.md",
    *sorted((DOCS / "python").glob("*.md")),
    ROOT / "README.md",
    ROOT / "yara-py/PACKAGE.md",
]
BLOCKS = [
    pytest.param(block, id=f"{page.relative_to(ROOT).with_suffix('')}-{at}")
    for page in PAGES
    for at, block in enumerate(
        re.findall(r"^```python\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)
    )
]
RUN = """
import asyncio, inspect, sys
if inspect.iscoroutinefunction(main):
    asyncio.run(main(sys.argv[1]))
else:
    main(sys.argv[1])
print("ran to its end")
"""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_has_blocks(page: Path) -> None:
    assert "\n```python\n" in page.read_text()


@pytest.fixture
def url(world: World) -> str:
    """An empty database."""
    if world.backend == "postgres":
        YaraOrm.init(world.url).run()
        without_tables()
        YaraOrm.close().run()
    return world.url.replace("test.db", "guide.db")


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_runs(block: str, url: str) -> None:
    command = [sys.executable, "-W", "error", "-c", block + RUN, url]
    environment = {**os.environ, "PYTHONPATH": str(DOCS / "library")}
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=120, env=environment
    )
    assert (done.returncode, done.stdout) == (0, "ran to its end\n"), done.stderr
