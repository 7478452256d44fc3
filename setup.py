"""The kernel's builds: plain shared libraries that Python loads with ctypes, one for each instruction level.

They are optional: without a compiler, or with one that does not know a level, the package is built without them
and says so.
"""

import os
import platform
import sysconfig
import zlib
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_ext import build_ext

FOLDER = "src/reread/kernel/source"
AVX2 = ["-mavx2", "-mfma"]
AVX512 = [*AVX2, "-mavx512f", "-mavx512bw", "-mavx512dq", "-mavx512vl"]
VNNI = "-mavx512vnni"
X86 = {
    "avx2": AVX2, "avx_vnni": [*AVX2, "-mavxvnni"],
    "avx512": AVX512, "avx512_vnni": [*AVX512, VNNI], "avx512_bf16": [*AVX512, VNNI, "-mavx512bf16"],
}  # fmt: skip
ARM = {"neon": [], "neon_dot": ["-march=armv8.2-a+dotprod"]}
MACHINES = {"x86_64": X86, "amd64": X86, "aarch64": ARM, "arm64": ARM}
TARGET = sysconfig.get_platform().rpartition("-")[2]  # what is built for, where that is another machine
LEVELS = {"portable": ["-DREREAD_PORTABLE"], **MACHINES.get(TARGET, {})}


# As src/reread/kernel/library.py reads them.
SOURCES = zlib.crc32(b"".join(path.read_bytes() for path in sorted(Path(FOLDER).glob("*.[ch]"))))


class BuildKernel(build_ext):
    """Libraries that belong to no version of Python."""

    def get_ext_filename(self, fullname: str) -> str:
        """Without the name of a Python in it."""
        return fullname.replace(".", "/") + (".dll" if platform.system() == "Windows" else ".so")

    def get_export_symbols(self, ext: Extension) -> list[str]:
        """No module's start is among them."""
        return ext.export_symbols


class Wheel(bdist_wheel):
    """A wheel for every Python of one platform."""

    def get_tag(self) -> tuple[str, str, str]:
        """Python 3, any ABI, this platform."""
        return "py3", "none", super().get_tag()[2]


setup(
    cmdclass={"build_ext": BuildKernel, "bdist_wheel": Wheel},
    ext_modules=[
        Extension(
            f"reread.kernel._{level}",
            [f"{FOLDER}/{name}.c" for name in ("lstm", "light", "linear", "max_pool", "reading", "text", "processor")],
            depends=[f"{FOLDER}/{name}.h" for name in ("vectors", "numbers", "bytes", "sweep", "reading", "tokens")],
            extra_compile_args=["-O3", "-std=gnu11", "-fvisibility=default", f"-DREREAD_SOURCES={SOURCES}u", *flags],
            optional="CIBUILDWHEEL" not in os.environ,  # a wheel for others has every level
        )
        for level, flags in LEVELS.items()
    ],
)
