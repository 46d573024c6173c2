"""The blocks of the guide's page on Python, each as a program of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from yara_orm import YaraOrm

from .conftest import World, without_tables

PAGE = Path(__file__).parents[3] / "docs" / "python.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
RUN = """
import asyncio, inspect, sys
if inspect.iscoroutinefunction(main):
    asyncio.run(main(sys.argv[1]))
else:
    main(sys.argv[1])
print("ran to its end")
"""


def test_the_page_has_blocks() -> None:
    assert len(BLOCKS) >= 3


@pytest.fixture
def url(world: World) -> str:
    """An empty database."""
    if world.backend == "postgres":
        YaraOrm.init(world.url).run()
        without_tables()
        YaraOrm.close().run()
    return world.url.replace("test.db", "guide.db")


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_a_block_runs(block: str, url: str) -> None:
    command = [sys.executable, "-W", "error", "-c", block + RUN, url]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout) == (0, "ran to its end\n"), done.stderr
