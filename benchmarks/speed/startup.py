"""How long `import reread` and `reread --help` take over bare Python: best of several, interleaved.

    python benchmarks/speed/startup.py

Writes benchmarks/results/startup.json.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from reread.machine import circumstances

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 5
COMMANDS = {
    "bare python": [sys.executable, "-c", "pass"],
    "import reread": [sys.executable, "-c", "import reread"],
    "reread --help": [str(Path(sys.executable).with_name("reread")), "--help"],
}


def main() -> None:
    """Time the commands in turn."""
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            seconds[name].append(time.perf_counter() - start)
    best = {name: min(times) for name, times in seconds.items()}
    bare = best.pop("bare python")
    result = {
        "bare_python_seconds": round(bare, 3),
        "seconds_over_bare": {name: round(value - bare, 3) for name, value in best.items()},
        "limit": 0.3, "rounds": ROUNDS, **circumstances(), "command": "python benchmarks/speed/startup.py",
    }  # fmt: skip
    (ROOT / "benchmarks" / "results" / "startup.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
