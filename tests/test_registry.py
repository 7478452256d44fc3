from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reread.errors import ConfigError
from reread.nn.poolings import poolings
from reread.registry import Registry


def test_a_package_is_searched_when_a_name_is_first_asked_for() -> None:
    registry: Registry[object] = Registry("recipe file", "reread.recipes")
    assert registry.names() == []


def test_every_module_of_the_package_is_found() -> None:
    assert set(poolings.names()) == {"attention", "last", "max", "max_mean", "mean", "segment_max"}


def test_an_unknown_name_gets_the_nearest_one() -> None:
    with pytest.raises(ConfigError, match=r'unknown pooling "maxx"\. Did you mean "max"'):
        poolings.get("maxx")


def test_a_name_is_taken_once() -> None:
    registry: Registry[object] = Registry("thing", "reread.recipes")
    registry.register("one")(object())
    with pytest.raises(ConfigError, match='thing "one" is registered twice'):
        registry.register("one")(object())


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package of components of its own, which can be imported."""
    monkeypatch.syspath_prepend(str(tmp_path))
    folder = tmp_path / "registered_parts"
    folder.mkdir()
    (folder / "__init__.py").write_text("from reread.registry import Registry\nparts = Registry('part', __name__)\n")
    yield folder
    for name in [name for name in sys.modules if name.startswith("registered_parts")]:
        del sys.modules[name]


PART = """
import time
from registered_parts import parts
time.sleep(0.05)

@parts.register("{0}")
class Part:
    pass
"""


def test_many_threads_find_every_component(package: Path) -> None:
    names = ["a", "b", "c"]
    for name in names:
        (package / f"{name}.py").write_text(PART.format(name))
    parts = importlib.import_module("registered_parts").parts
    with ThreadPoolExecutor(16) as threads:
        found = [each.result() for each in [threads.submit(parts.names) for _ in range(16)]]
    assert found == [names] * 16


def test_a_failed_import_leaves_nothing_half_done(package: Path) -> None:
    (package / "a.py").write_text(PART.format("a"))
    (package / "b.py").write_text(PART.format("b") + "\nraise ImportError('no such library')\n")
    parts = importlib.import_module("registered_parts").parts
    for _ in range(2):
        with pytest.raises(ImportError, match="no such library"):
            parts.names()
    (package / "b.py").write_text(PART.format("b") + "\n# mended, and of another length\n")
    importlib.invalidate_caches()
    assert parts.names() == ["a", "b"]
