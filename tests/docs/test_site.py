"""docs/site: every page has its place in the navigation, links are led along, and broken ones are found."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from support.pages import ROOT

SITE = ROOT / "docs" / "site"


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """docs/site/build.py as a module."""
    monkeypatch.syspath_prepend(str(SITE))
    monkeypatch.delitem(sys.modules, "pages", raising=False)
    spec = importlib.util.spec_from_file_location("site_build", SITE / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_navigation_has_every_page_once(build: ModuleType) -> None:
    said = build.settings()
    named = list(build.in_navigation(said["en"]["nav"]))
    assert sorted(named) == sorted(build.page_places(said["elsewhere"]).values())


def test_links_lead_to_where_the_site_has_pages_and_files(build: ModuleType) -> None:
    places = build.page_places(build.settings()["elsewhere"])
    files: dict[Path, Path] = {}
    led = {
        (page, link): build.led_along(link, Path(page), places, files)
        for page, link in [
            ("docs/index.md", "train.md#tasks"),
            ("docs/index.md", "../ARCHITECTURE.md"),
            ("docs/index.md", "#commands"),
            ("README.md", "docs/train.md"),
            ("benchmarks/README.md", "../docs/train.md"),
            ("docs/speed.md", "../benchmarks/results/speed_imdb.png"),
            ("docs/speed.md", "../benchmarks/results"),
            ("docs/speed.md", "nowhere.md"),
        ]
    }
    assert list(led.values()) == [
        "train.md#tasks",
        "project/architecture.md",
        "#commands",
        "train.md",
        "../train.md",
        "files/benchmarks/results/speed_imdb.png",
        "benchmarks/index.md",
        "nowhere.md",
    ]
    assert files == {Path("benchmarks/results/speed_imdb.png"): Path("files/benchmarks/results/speed_imdb.png")}


def test_what_leads_nowhere_or_is_loaded_from_elsewhere_is_found(build: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<link rel="stylesheet" href="https://fonts.example/x.css"><script src="//cdn.example/y.js"></script>'
        '<h1 id="top"></h1><a href="b.html#there">b</a><a href="#top">up</a><a href="https://example.org">out</a>'
        '<a href="b.html#gone">x</a><a href="c.html">x</a><img src="d.png">',
        encoding="utf-8",
    )
    (tmp_path / "b.html").write_text('<p id="there">', encoding="utf-8")
    assert build.broken_links(tmp_path) == [
        "a.html: loads https://fonts.example/x.css from elsewhere",
        "a.html: loads //cdn.example/y.js from elsewhere",
        "a.html: b.html#gone leads nowhere",
        "a.html: c.html leads nowhere",
        "a.html: d.png leads nowhere",
    ]
