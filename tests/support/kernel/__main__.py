"""Every C source's sweeps against NumPy, by every build that this processor can run."""

from __future__ import annotations

import importlib
import sys
from itertools import product
from pathlib import Path
from types import ModuleType

from reread.kernel import available, load

ENDING = "_by_numpy"


def sources() -> dict[str, ModuleType]:
    """The checks by the C source that they check; `source_checks.py` says what they hold."""
    found = sorted(path.stem for path in Path(__file__).parent.glob(f"*{ENDING}.py"))
    return {name.removesuffix(ENDING): importlib.import_module(f"support.kernel.{name}") for name in found}


def main() -> None:
    """End with the first sweep that is wrong."""
    libraries = list(map(load, available()))
    if not libraries:
        sys.exit("no build of the kernel is here")
    for library, (name, checks) in product(libraries, sources().items()):
        for each in checks.differences(library):
            if not each.fine:
                sys.exit(f"{library.level}, {name}, {each.tried}: {each.apart} from NumPy")


if __name__ == "__main__":
    main()
