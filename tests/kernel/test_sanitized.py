"""The kernel under AddressSanitizer, UndefinedBehaviorSanitizer and valgrind, each of which finds a kernel that was made wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from reread.kernel import available
from support.kernel.__main__ import sources
from support.kernel.builds import build
from support.kernel.sanitizers import (
    SANITIZERS,
    SWEEPS,
    sanitized,
    valgrind,
    with_sanitizers,
    with_valgrind,
)
from support.kernel.source_checks import OVERFLOW, Mutant

MUTANTS = {
    f"{source} {name}": mutant for source, checks in sources().items() for name, mutant in checks.MUTANTS.items()
}
ONE_OF_EACH = {name.partition(" ")[0]: name for name in reversed(MUTANTS)}.values()
"""The first mutant of each source; the compiler takes seconds for each, so the others are for `make sanitize`."""
EVERY_MUTANT = [
    pytest.param(mutant, id=name, marks=() if name in ONE_OF_EACH else pytest.mark.slow)
    for name, mutant in MUTANTS.items()
]


@with_sanitizers
def test_the_sweeps_are_clean(tmp_path: Path) -> None:
    """At the best level here and the portable one: the compiler takes long over each."""
    done = sanitized(build(tmp_path, [*SANITIZERS, "-O0"], levels={available()[0], "portable"}), *SWEEPS)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("sanitized"), SANITIZERS)


@with_sanitizers
@pytest.mark.slow
def test_the_sweeps_of_every_level_are_clean(builds: Path) -> None:
    done = sanitized(builds, *SWEEPS)
    assert done.returncode == 0, done.stderr


@with_sanitizers
@pytest.mark.slow
def test_the_kernel_s_tests_are_clean(builds: Path) -> None:
    done = sanitized(builds, "-m", "pytest", "-p", "no:cacheprovider", "tests/kernel", "--ignore-glob=*test_sanitized*")
    assert done.returncode == 0, done.stdout + done.stderr


@with_sanitizers
@pytest.mark.parametrize("mutant", EVERY_MUTANT)
def test_sanitizers_find_what_is_wrong(mutant: Mutant, tmp_path: Path) -> None:
    done = sanitized(build(tmp_path, [*SANITIZERS, "-O0"], mutant), *SWEEPS)
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
