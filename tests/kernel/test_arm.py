"""The kernel's ARM levels, built by a cross compiler; their tests run in an emulator, by Debian's Python and NumPy for ARM."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from support.kernel.builds import ROOT, build

TOOLS = ("aarch64-linux-gnu-gcc", "qemu-aarch64", "apt-get", "dpkg")  # .ci/arm-tools installs the first two
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]
LEVELS = ("neon_dot", "neon", "portable")
RUN = "from reread.kernel import available; from support.kernel.__main__ import main; main(); print(*available())"
pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(MISSING), reason=f"here is no {', '.join(MISSING)}")]


@pytest.fixture(scope="module")
def debian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Debian for ARM with Python and NumPy, unpacked; apt's own state is not touched."""
    folder = tmp_path_factory.mktemp("debian")
    for needed in ("apt/lists/partial", "cache/archives/partial", "root"):
        (folder / needed).mkdir(parents=True)
    settings = {
        "APT::Architecture": "arm64", "APT::Architectures::": "arm64", "Dir::State": folder / "apt", "Dir::Cache": folder / "cache",
        "Dir::State::status": "/dev/null", "Debug::NoLocking": "1", "APT::Sandbox::User": "",
    }  # fmt: skip
    apt = ["apt-get", "--quiet=2", *(f"--option={name}={value}" for name, value in settings.items())]
    install = ["install", "--yes", "--no-install-recommends", "--download-only", "python3-minimal", "python3-numpy"]
    for command in (["update"], install):
        done = subprocess.run([*apt, *command], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            pytest.skip(f"Debian's packages cannot be had here: {done.stderr.strip()[-200:]}")
    for package in sorted((folder / "cache" / "archives").glob("*.deb")):
        subprocess.run(["dpkg", "--extract", package, folder / "root"], check=True)
    return folder / "root"


def test_every_level_sweeps_as_numpy_does(debian: Path, tmp_path: Path) -> None:
    source = build(tmp_path, [], compiler="aarch64-linux-gnu-gcc", platform="linux-aarch64")
    libraries = debian / "usr" / "lib" / "aarch64-linux-gnu"
    told = {
        "PYTHONPATH": f"{source}:{ROOT / 'tests'}",
        "PYTHONDONTWRITEBYTECODE": "1",  # this Python's would stand beside the tests
        "LD_LIBRARY_PATH": f"{libraries / 'blas'}:{libraries / 'lapack'}",
    }
    variables = (part for name, value in told.items() for part in ("-E", f"{name}={value}"))
    command = ["qemu-aarch64", "-L", debian, *variables, debian / "usr" / "bin" / "python3", "-c", RUN]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, done.stdout.split()) == (0, "", list(LEVELS))
