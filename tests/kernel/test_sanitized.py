"""The kernel under AddressSanitizer, UndefinedBehaviorSanitizer and valgrind, each of which finds a kernel that was made wrong."""

from __future__ import annotations

import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import setuptools
from by_numpy import sources
from source_checks import OVERFLOW, Mutant

ROOT = Path(__file__).parents[2]
SWEEPS = "tests/kernel/by_numpy.py"
SUPPRESSED = "tests/kernel/valgrind.supp"
SANITIZERS = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]


def library(name: str) -> str | None:
    """Where gcc has a library of its own."""
    if shutil.which("gcc") is None:
        return None
    found = subprocess.run(["gcc", f"-print-file-name={name}"], capture_output=True, text=True, check=True).stdout
    return found.strip() if Path(found).is_absolute() else None


# A C++ exception in torch ends the process unless the library that throws it is there when AddressSanitizer starts.
PRELOADED = [library("libasan.so"), library("libstdc++.so")]
with_sanitizers = pytest.mark.skipif(None in PRELOADED, reason="here is no gcc with libasan")
with_valgrind = pytest.mark.skipif(
    None in {shutil.which("valgrind"), shutil.which("gcc")}, reason="here is no valgrind, or no gcc"
)


MUTANTS = {
    f"{source} {name}": mutant for source, checks in sources().items() for name, mutant in checks.MUTANTS.items()
}
every_mutant = pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)


def build(folder: Path, flags: list[str], mutant: Mutant | None = None) -> Path:
    """A copy of the sources with builds of its own: of every level, of a mutant the portable one."""
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("*.so", "__pycache__", "*.egg-info"))
    if mutant is not None:
        source = folder / "src/reread/kernel/source" / mutant.file
        assert source.read_text().count(mutant.right) == 1
        source.write_text(source.read_text().replace(mutant.right, mutant.wrong))
    extensions: list[setuptools.Extension] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(setuptools, "setup", lambda **options: extensions.extend(options["ext_modules"]))
        patch.chdir(folder)
        runpy.run_path(str(ROOT / "setup.py"))
    if mutant is not None:
        extensions = [each for each in extensions if each.name.endswith("._portable")]
    for each in extensions:
        target = f"src/{each.name.replace('.', '/')}.so"
        command = ["gcc", "-shared", "-fPIC", *each.extra_compile_args, *flags, *each.sources, "-o", target]
        subprocess.run(command, cwd=folder, check=True)
    return folder / "src"


def run(source: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command with the package from a folder."""
    environment = {"PYTHONPATH": str(source), "OMP_NUM_THREADS": "1", **environment}
    return subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False)


def sanitized(source: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    preload = " ".join(map(str, PRELOADED))
    return run(source, sys.executable, *arguments, LD_PRELOAD=preload, ASAN_OPTIONS="detect_leaks=0")


def valgrind(source: Path) -> subprocess.CompletedProcess[str]:
    options = ["--quiet", "--error-exitcode=9", f"--suppressions={SUPPRESSED}"]
    return run(source, "valgrind", *options, sys.executable, SWEEPS, PYTHONMALLOC="malloc")


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("sanitized"), SANITIZERS)


@with_sanitizers
def test_the_sweeps_are_clean(builds: Path) -> None:
    done = sanitized(builds, SWEEPS)
    assert done.returncode == 0, done.stderr


@with_sanitizers
@pytest.mark.slow
def test_the_kernel_s_tests_are_clean(builds: Path) -> None:
    done = sanitized(builds, "-m", "pytest", "-p", "no:cacheprovider", "tests/kernel", "--ignore-glob=*test_sanitized*")
    assert done.returncode == 0, done.stdout + done.stderr


@with_sanitizers
@every_mutant
def test_sanitizers_find_what_is_wrong(mutant: Mutant, tmp_path: Path) -> None:
    done = sanitized(build(tmp_path, SANITIZERS, mutant), SWEEPS)
    assert done.returncode != 0
    assert mutant.found in done.stderr


@with_valgrind
@pytest.mark.slow
def test_valgrind_is_content(tmp_path: Path) -> None:
    done = valgrind(build(tmp_path, ["-g"]))
    assert (done.returncode, done.stderr) == (0, "")


@with_valgrind
@pytest.mark.slow
@pytest.mark.parametrize(
    "mutant",
    [pytest.param(each, id=name) for name, each in MUTANTS.items() if each.found == OVERFLOW],
)
def test_valgrind_finds_what_is_wrong(mutant: Mutant, tmp_path: Path) -> None:
    done = valgrind(build(tmp_path, ["-g"], mutant))
    assert done.returncode != 0
    assert "Invalid " in done.stderr
