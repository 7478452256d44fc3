"""Builds of the kernel as setup.py makes them: with other flags, for another machine, of sources that were made wrong."""

from __future__ import annotations

import runpy
import shutil
import subprocess
import sysconfig
from collections.abc import Sequence
from pathlib import Path

import pytest
import setuptools

from support.kernel.source_checks import Mutant

ROOT = Path(__file__).parents[3]


def build(
    folder: Path, flags: Sequence[str], mutant: Mutant | None = None, *, compiler: str = "gcc", platform: str = ""
) -> Path:
    """A copy of the sources with builds of its own: of every level of a platform (default: this one), of a mutant the portable one."""
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
        extensions = [each for each in extensions if each.name.endswith("._portable")]
    for each in extensions:
        target = f"src/{each.name.replace('.', '/')}.so"
        command = [compiler, "-shared", "-fPIC", *each.extra_compile_args, *flags, *each.sources, "-o", target]
        subprocess.run(command, cwd=folder, check=True)
    return folder / "src"
