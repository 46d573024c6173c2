"""The links of every page of the repository: files are there, and so are the headings."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parents[2]
# What builds and tools leave behind.
LEFT_OUT = {"target", "node_modules"}

FENCE = re.compile(r"^(`{3,})[^\n]*\n.*?^\1`*[ \t]*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
LINK = re.compile(r"\]\(<?([^)>\s]+)>?(?:\s+\"[^\"]*\")?\)")
HEADING = re.compile(r"^#{1,6} +(.+?)(?: +#+)? *$", re.MULTILINE)


def pages(root: Path) -> list[Path]:
    """The pages of text."""
    found = []
    for path in sorted(root.iterdir()):
        if path.name.startswith(".") or path.name in LEFT_OUT:
            continue
        if path.is_dir():
            found += pages(path)
        elif path.suffix == ".md":
            found.append(path)
    return found


def anchors(text: str) -> set[str]:
    """The names by which headings are linked to, as GitHub makes them."""
    found: set[str] = set()
    for heading in HEADING.findall(FENCE.sub("", text)):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        name = re.sub(r"[^\w\- ]", "", words.strip().lower()).replace(" ", "-")
        same = [name, *(f"{name}-{number}" for number in range(1, len(found) + 1))]
        found.add(next(each for each in same if each not in found))
    return found


def broken(page: Path) -> list[str]:
    """The links of a page that lead nowhere."""
    found = []
    text = page.read_text()
    for link in LINK.findall(CODE.sub("", FENCE.sub("", text))):
        if re.match(r"[a-z][a-z0-9+.-]*:", link):
            continue
        name, _, anchor = unquote(link).partition("#")
        target = page.parent / name if name else page
        if not target.exists():
            found.append(f"{link}: there is no such file")
        elif anchor and target.suffix != ".md":
            found.append(f"{link}: only pages have headings")
        elif anchor and anchor not in anchors(target.read_text()):
            found.append(f"{link}: the page has no such heading")
    return found


PAGES = pages(ROOT)


def test_there_are_pages() -> None:
    names = {str(page.relative_to(ROOT)) for page in PAGES}
    assert {"README.md", "CHANGELOG.md", "docs/python.md", "docs/python/queries.md"} <= names


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert broken(page) == []


def test_what_leads_nowhere_is_found(tmp_path: Path) -> None:
    page, wrong = tmp_path / "page.md", tmp_path / "wrong.md"
    (tmp_path / "other.md").write_text("# Once\n\n## `Twice`, again\n\n## Twice again\n")
    page.write_text(
        "# Here\n[a](other.md) [b](other.md#once) [c](#here) [d](other.md#twice-again)\n"
        "[e](https://example.org/x#y) `[f](none.md)`\n```\n[g](none.md)\n# There\n```\n"
        "[h](other.md#twice-again-1)\n"
    )
    assert broken(page) == []
    wrong.write_text("[a](none.md) [b](other.md#three) [c](#there) [d](.#x)\n```\n# There\n```\n")
    assert [each.split(":")[0] for each in broken(wrong)] == [
        "none.md",
        "other.md#three",
        "#there",
        ".#x",
    ]
