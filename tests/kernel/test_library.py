"""The kernel's builds."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from reread.errors import ConfigError
from reread.kernel import available, library, load


def test_the_best_level_that_is_here_is_loaded() -> None:
    levels = available()
    assert levels[-1] == "portable"
    assert list(levels) == [level for level in library.LEVELS if level in levels]
    best = load()
    assert best is not None
    assert best.level == levels[0]


@pytest.mark.parametrize("level", available())
def test_each_level_says_how_wide_it_is(level: str) -> None:
    found = load(level)
    assert found is not None
    assert found.width == {"avx512": 16, "avx2": 8, "avx": 8}.get(level.split("_", maxsplit=1)[0], 4)
    assert ("bfloat16" in found.numbers) == (level == "avx512_bf16")


def test_a_level_that_is_not_here_is_an_error() -> None:
    with pytest.raises(ConfigError, match=r'kernel level "avx1024": here there are .*portable'):
        load("avx1024")


def test_where_nothing_was_built_there_is_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "FOLDER", tmp_path)
    assert available() == ()
    assert load.__wrapped__() is None
    with pytest.raises(ConfigError, match='kernel level "avx2": here there are none'):
        load.__wrapped__("avx2")


def test_a_build_of_other_sources_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not available():
        pytest.skip("the kernel was not built here")
    shutil.copytree(library.FOLDER / "source", tmp_path / "source")
    shutil.copy(library.FOLDER / f"_portable{library.SUFFIX}", tmp_path)
    monkeypatch.setattr(library, "FOLDER", tmp_path)
    assert available() == ("portable",)
    with (tmp_path / "source" / "lstm.c").open("a") as source:
        source.write("\n")
    with pytest.raises(ConfigError, match="the compiled kernel is older than its sources; build it again"):
        available()


@pytest.mark.parametrize("level", available())
def test_a_process_can_be_held_to_a_level(level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    levels = available()
    monkeypatch.setenv("REREAD_KERNEL", level)
    assert available() == levels[levels.index(level) :]
    assert load.__wrapped__().level == level
    for above in levels[: levels.index(level)]:
        with pytest.raises(ConfigError, match=f'kernel level "{above}": here there are {level}'):
            load.__wrapped__(above)


def test_being_held_to_a_level_that_is_not_here_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REREAD_KERNEL", "avx1024")
    with pytest.raises(ConfigError, match=r"^REREAD_KERNEL=avx1024: the kernel's levels here are .*portable$"):
        available()
