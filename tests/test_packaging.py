"""What is handed out: an sdist that builds, a wheel for every Python of a platform, and an install where there is no C compiler."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

from reread.kernel.library import LEVELS, SUFFIX
from support.command_line import TINY, reviews

ROOT = Path(__file__).parents[1]
VECTORS = {"x86_64": "avx", "amd64": "avx", "aarch64": "neon", "arm64": "neon"}  # how levels are called there
OWN = VECTORS.get(sysconfig.get_platform().rpartition("-")[2], "portable")
BUILT = [level for level in LEVELS if level.startswith((OWN, "portable"))]
pytestmark = pytest.mark.slow
with_compiler = pytest.mark.skipif(None in {shutil.which("cc"), shutil.which("gcc")}, reason="here is no C compiler")


def python(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=True)


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdist")
    python("-m", "build", "--sdist", "--no-isolation", "--outdir", folder, ROOT)
    return next(folder.glob("*.tar.gz"))


def installed(sdist: Path, folder: Path, **environment: str) -> tuple[str, Path]:
    """The name of the wheel that is built from an sdist, and the folder that it was unpacked to."""
    with tarfile.open(sdist) as file:
        file.extractall(folder, filter="data")
    sources = folder / sdist.name.removesuffix(".tar.gz")
    python("-m", "build", "--wheel", "--no-isolation", "--outdir", folder, sources, **environment)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        file.extractall(folder / "installed")
    return wheel.name, folder / "installed"


@with_compiler
def test_a_wheel_has_every_level_and_they_sweep(sdist: Path, tmp_path: Path) -> None:
    name, folder = installed(sdist, tmp_path)
    assert "-py3-none-" in name
    libraries = {path.name for path in (folder / "reread" / "kernel").glob(f"*{SUFFIX}")}
    assert libraries == {f"_{level}{SUFFIX}" for level in BUILT}
    python("-m", "support.kernel", PYTHONPATH=os.pathsep.join([str(folder), str(ROOT / "tests")]))


def test_without_a_compiler_all_works_and_says_so_once(sdist: Path, tmp_path: Path) -> None:
    _, folder = installed(sdist, tmp_path, CC="false")
    assert not list((folder / "reread" / "kernel").glob(f"*{SUFFIX}"))
    (tmp_path / "good.csv").write_text(reviews(), encoding="utf-8")
    arguments = shlex.split(f"train {tmp_path}/good.csv -o {tmp_path}/model.reread {TINY}")
    done = python("-c", "from reread.apps.cli import main; main()", *arguments, PYTHONPATH=str(folder))
    assert done.stderr.count("was not built: no C compiler was found at installation") == 1
    assert (tmp_path / "model.reread").is_dir()
