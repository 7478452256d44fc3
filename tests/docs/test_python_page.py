"""docs/python.md names every public name, once and in one line."""

from __future__ import annotations

import re

import reread
from support.pages import ROOT, read


def test_the_page_and_the_package_have_the_same_names() -> None:
    section = read(ROOT / "docs" / "python.md").partition("## Public names")[2].partition("\n## ")[0]
    named = re.findall(r"^\| `(\w+)` \| \S.*\|$", section, flags=re.MULTILINE)
    assert sorted(named) == sorted(reread.__all__)


def test_every_public_name_is_there() -> None:
    assert [name for name in reread.__all__ if not hasattr(reread, name)] == []
