"""The builds of the kernel, one for each instruction level, and which of them this processor can run."""

from __future__ import annotations

import ctypes
import functools
import os
import sys
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reread.errors import ConfigError
from reread.typing import override

LEVELS: Mapping[str, int] = {
    "avx512_bf16": 4,
    "avx512_vnni": 8,
    "avx512": 2,
    "avx_vnni": 16,
    "avx2": 1,
    "neon_dot": 64,
    "neon": 32,
    "portable": 0,
}
"""The levels, best first, and the bits by which the processor reports them; avx512_bf16 includes VNNI."""

FORCED = "REREAD_KERNEL"
"""The environment variable with the best level that a process may use, for tests and measurements of lower levels."""

FOLDER = Path(__file__).parent
SUFFIX = ".dll" if sys.platform == "win32" else ".so"


@dataclass(frozen=True)
class Library:
    """One build.

    Attributes:
        level: its instruction level.
        width: floats in a vector; numbers of units are padded to a multiple of it.
        numbers: dtypes of its sweeps' products; those of scoring also take int8.
        functions: the C functions.
    """

    level: str
    width: int
    numbers: tuple[str, ...]
    functions: Any

    @override
    def __reduce__(self) -> tuple[Any, ...]:
        """Another process opens the build again; None, so that torch is used, if that machine lacks the build."""
        return _reopened, (self.level,)


def _reopened(level: str) -> Library | None:
    return load(level) if level in available() else None


def available() -> tuple[str, ...]:
    """The levels that were built and that this processor has, best first; empty if nothing was built.

    If the environment variable REREAD_KERNEL names a level, that one and lower ones.

    Raises:
        ConfigError: the builds are older than their sources, or REREAD_KERNEL names a level that is not available.
    """
    portable = _path("portable")
    if not portable.is_file():
        return ()
    functions = ctypes.CDLL(str(portable))
    _check_sources(functions)
    bits = functions.reread_levels()
    levels = tuple(level for level, bit in LEVELS.items() if bits & bit == bit and _path(level).is_file())
    best = os.environ.get(FORCED)
    if best and best not in levels:
        raise ConfigError(f"{FORCED}={best}: the kernel's levels here are {', '.join(levels)}")
    return levels[levels.index(best) :] if best else levels


@functools.cache
def load(level: str | None = None) -> Library | None:
    """The build of a level, or of the best one in `available`; None if there is none.

    Raises:
        ConfigError: the level is not available here, or is above that of REREAD_KERNEL.
    """
    levels = available()
    if level is None:
        level = levels[0] if levels else None
    elif level not in levels:
        raise ConfigError(f'kernel level "{level}": here there are {", ".join(levels) or "none"}')
    if level is None:
        return None
    functions = ctypes.CDLL(str(_path(level)))
    numbers = ("float32", "bfloat16") if hasattr(functions, "reread_read_bfloat16") else ("float32",)
    return Library(level, functions.reread_width(), numbers, functions)


def _path(level: str) -> Path:
    return FOLDER / f"_{level}{SUFFIX}"


def _check_sources(functions: Any) -> None:
    """Refuse a build that is older than its sources: its structures could differ from those that Python fills."""
    sources = sorted((FOLDER / "source").glob("*.[ch]"))
    if not sources:  # an installed wheel has none
        return
    built = None
    if hasattr(functions, "reread_sources"):  # older builds have no such function
        functions.reread_sources.restype = ctypes.c_uint32
        built = functions.reread_sources()
    if built != zlib.crc32(b"".join(path.read_bytes() for path in sources)):
        raise ConfigError(
            "the compiled kernel is older than its sources; build it again: pip install -e . or make setup"
        )
