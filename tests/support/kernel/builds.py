"""Builds of the kernel as setup.py makes them: with other flags, for another machine, of sources that were made wrong."""

from __future__ import annotations

import runpy
import shutil
import subprocess
import sysconfig
from collections.abc import Container, Sequence
from pathlib import Path

import pytest
import setuptools

from support.kernel.source_checks import Mutant

ROOT = Path(__file__).parents[3]


def build(
    folder: Path,
    flags: Sequence[str],
    mutant: Mutant | None = None,
    *,
    levels: Container[str] | None = None,
    compiler: str = "gcc",
    platform: str = "",
) -> Path:
    """A copy of the sources, a mutant's made wrong, with builds of its own.

    Args:
        folder: where it is made.
        flags: of the compiler, after those of setup.py.
        mutant: what is made wrong; then the portable level alone is built.
        levels: those that are built; by default all of the platform.
        compiler: its command.
        platform: as `sysconfig` names it; by default this one.
    """
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("*.so", "__pycache__", "*.egg-info"))
    if mutant is not None:
        source = folder / "src/reread/kernel/source" / mutant.file
        assert source.read_text().count(mutant.right) == 1
        source.write_text(source.read_text().replace(mutant.right, mutant.wrong))
    extensions: list[setuptools.Extension] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(setuptools, "setup", lambda **options: extensions.extend(options["ext_modules"]))
        patch.chdir(folder)
        if platform:
            patch.setattr(sysconfig, "get_platform", lambda: platform)
        runpy.run_path(str(ROOT / "setup.py"))
    if mutant is not None:
        levels = {"portable"}
    for each in extensions:
        if levels is not None and each.name.rpartition("._")[2] not in levels:
            continue
        target = f"src/{each.name.replace('.', '/')}.so"
        command = [compiler, "-shared", "-fPIC", *each.extra_compile_args, *flags, *each.sources, "-o", target]
        subprocess.run(command, cwd=folder, check=True)
    return folder / "src"
