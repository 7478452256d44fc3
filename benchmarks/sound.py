"""Whether the project is sound on this machine, and what that costs: its tests, the same on portable code, a small training, the demo.

    python benchmarks/sound.py [--checkout FOLDER] [PART …]

Parts are tests, coverage, portable, small_run and demo; all of them by default. FOLDER is a checkout of another commit, with its own .venv, for a
comparison. Nothing else should run meanwhile. Writes benchmarks/results/sound.json: one record for each commit, machine and part.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "benchmarks" / "speed"))

from alone import alone  # noqa: E402  # a script beside the races

from reread.machine import available_cores, circumstances  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results" / "sound.json"
COUNTS = re.compile(r"(\d+) (passed|failed|skipped|xfailed|errors?)\b")
COVERED = re.compile(r"^TOTAL .*?(\d+)%$", re.MULTILINE)


def tests(checkout: Path) -> dict[str, Any]:
    """`make test`: counts and seconds."""
    return _tested(checkout, "test")


def coverage(checkout: Path) -> dict[str, Any]:
    """`make coverage`: the same, with the share of lines and branches that they reach."""
    return _tested(checkout, "coverage")


def portable(checkout: Path) -> dict[str, Any]:
    """`make test-portable`: counts and seconds."""
    return _tested(checkout, "test-portable")


def small_run(checkout: Path) -> dict[str, Any]:
    """`reread train` on 500 short rows, one epoch: see `speed/small_run.py`."""
    script = ROOT / "benchmarks" / "speed" / "small_run.py"
    measured = "import json, small_run; print(json.dumps(small_run.measure()))"
    environment = {**os.environ, "PYTHONPATH": str(script.parent)}
    found: dict[str, Any] = json.loads(_output(checkout, [_python(checkout), "-c", measured], environment))
    return found


def demo(checkout: Path) -> dict[str, Any]:
    """`make demo`, its .venv being ready."""
    return dict(alone(["make", "--directory", str(checkout), "demo"]))


PARTS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "tests": tests,
    "coverage": coverage,
    "portable": portable,
    "small_run": small_run,
    "demo": demo,
}


def _tested(checkout: Path, target: str) -> dict[str, Any]:
    printed = checkout / f".sound-{target}.log"  # coverage clears away what is called .coverage.*
    try:
        took = alone(["bash", "-c", f"make --directory {checkout} {target} > {printed} 2>&1 || true"])
        said = printed.read_text(encoding="utf-8")
    finally:
        printed.unlink(missing_ok=True)
    counts = {what: int(count) for count, what in COUNTS.findall(said)}
    failures = re.findall(r"^(?:FAILED|ERROR) (\S+)", said, re.MULTILINE)
    covered = COVERED.search(said)
    return {**counts, "failures": failures, **({"covered_percent": int(covered[1])} if covered else {}), **took}


def _python(checkout: Path) -> str:
    return str(checkout / ".venv" / "bin" / "python")


def _output(checkout: Path, command: list[str], environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, cwd=checkout, env=environment, check=True, capture_output=True, text=True)
    return done.stdout


def main() -> None:
    """Measure, print and write down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART")
    parser.add_argument("--checkout", type=Path, default=ROOT)
    arguments = parser.parse_args()
    records = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else []
    for part in arguments.parts or PARTS:
        commit = _output(arguments.checkout, ["git", "rev-parse", "--short", "HEAD"]).strip()
        command = " ".join(
            ["python benchmarks/sound.py", *(["--checkout FOLDER"] * (arguments.checkout != ROOT)), part]
        )
        found = PARTS[part](arguments.checkout.resolve())
        record = {
            "part": part,
            **found,
            "cores": available_cores(),
            **circumstances(),
            "commit": commit,
            "command": command,
        }
        key = ("part", "commit", "machine")
        records = [each for each in records if any(each[name] != record[name] for name in key)] + [record]
        RESULTS.write_text(json.dumps(records, indent=2) + "\n", encoding="utf-8")
        print(json.dumps(record, indent=2))


if __name__ == "__main__":
    main()
