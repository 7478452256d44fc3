"""docs/python.md names every public name, once and in one line."""

from __future__ import annotations

import re

import reread
from support.pages import ROOT, read


def names_in(section: str) -> list[str]:
    """The names in the first column of a section's table."""
    text = read(ROOT / "docs" / "python.md").partition(f"## {section}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `(\w+)(?:\(.*?\))?` \| \S.*\|$", text, flags=re.MULTILINE)


def test_the_page_and_the_package_have_the_same_names() -> None:
    assert sorted(names_in("Public names")) == sorted(reread.__all__)


def test_every_public_name_is_there() -> None:
    assert [name for name in reread.__all__ if not hasattr(reread, name)] == []


def test_models_have_what_the_page_says() -> None:
    named = names_in("What a model can do")
    assert {"predict", "predict_proba", "explain"} <= set(named) <= set(dir(reread.Model))
