"""What tests read of the Markdown pages: blocks, commands, links, headings."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
READMES = (ROOT / "README.md", ROOT / "README.zh.md")
DOCS = tuple(sorted((ROOT / "docs").glob("*.md")))
PAGES = (*READMES, *DOCS)


class Block(NamedTuple):
    """A fenced block: the language after its first fence, and its text."""

    language: str
    text: str


def read(page: Path) -> str:
    """A page's text."""
    return page.read_text(encoding="utf-8")


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", read(page), flags=re.MULTILINE | re.DOTALL)
    return [Block(*each) for each in found]


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", read(page), flags=re.MULTILINE | re.DOTALL)


def lines(page: Path) -> list[str]:
    """The command lines of a page's blocks that name no language, without their comments."""
    texts = [block.text for block in blocks(page) if not block.language]
    return [shlex.join(words) for text in texts for line in text.splitlines() if (words := shlex.split(line, True))]  # noqa: FBT003  # comments


def inline_code(page: Path) -> list[str]:
    """What stands between single backticks in a page's prose; ``\\|`` in a table is ``|``."""
    return [code.replace("\\|", "|") for code in re.findall(r"`([^`\n]+)`", prose(page))]


def links(page: Path) -> list[str]:
    """Where the links and pictures of a page lead, but for those to other sites."""
    found: list[str] = re.findall(r"\]\(([^)\s]+)\)", prose(page))
    return [link for link in found if "://" not in link]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ +(.+)$", prose(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}
