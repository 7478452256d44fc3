"""Run a command in a process of its own: its seconds by the wall and by the processor, and its peak memory, as JSON.

    python benchmarks/speed/alone.py COMMAND …

This small process stands in between because a child's peak memory begins with that of the process that started it.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence


def alone(command: Sequence[str]) -> dict[str, float]:
    """What a command takes: ``seconds``, ``processor_seconds`` and ``peak_mib``; its standard output is dropped."""
    found = subprocess.run([sys.executable, __file__, *command], check=False, stdout=subprocess.PIPE)
    if found.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {found.returncode}")
    took: dict[str, float] = json.loads(found.stdout)
    return took


def main() -> None:
    """Run the command of the command line."""
    started = time.perf_counter()
    code = subprocess.run(sys.argv[1:], check=False, stdout=subprocess.DEVNULL).returncode
    seconds, used = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    took = {
        "seconds": round(seconds, 3), "processor_seconds": round(used.ru_utime + used.ru_stime, 3),
        "peak_mib": round(used.ru_maxrss / 1024, 1),
    }  # fmt: skip
    print(json.dumps(took))
    sys.exit(code)


if __name__ == "__main__":
    main()
