from __future__ import annotations

import pytest

from reread.errors import ConfigError
from reread.nn.poolings import poolings
from reread.registry import Registry


def test_a_package_is_searched_when_a_name_is_first_asked_for() -> None:
    registry: Registry[object] = Registry("recipe file", "reread.recipes")
    assert registry.names() == []


def test_every_module_of_the_package_is_found() -> None:
    assert set(poolings.names()) == {"attention", "last", "max", "max_mean", "mean"}


def test_an_unknown_name_gets_the_nearest_one() -> None:
    with pytest.raises(ConfigError, match=r'unknown pooling "maxx"\. Did you mean "max"'):
        poolings.get("maxx")


def test_a_name_is_taken_once() -> None:
    registry: Registry[object] = Registry("thing", "reread.recipes")
    registry.register("one")(object())
    with pytest.raises(ConfigError, match='thing "one" is registered twice'):
        registry.register("one")(object())
