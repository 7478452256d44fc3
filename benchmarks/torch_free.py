"""Build the wheel, install it without torch in an environment of its own, score the demo's model there, weigh it.

    make demo && python benchmarks/torch_free.py

Writes benchmarks/results/torch_free.json. Needs the package index.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from reread.machine import circumstances

ROOT = Path(__file__).resolve().parent.parent
LIMIT_MB = 200
SCORE = """
import sys
from reread import load
model = load(sys.argv[1])
print(model.predict(["free prize, call now", "see you at lunch"]), model.predict_proba(["see you"]).shape)
for name in ("torch", "sklearn", "pandas", "pyarrow"):
    assert name not in sys.modules, name
try:
    import torch
except ModuleNotFoundError:
    print("torch is not installed")
"""


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """Run a command; what it printed."""
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True, cwd=cwd).stdout


def main() -> None:
    """Build, install, weigh, score."""
    model = ROOT / "demo" / "spam.reread"
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        run(sys.executable, "-m", "build", "--wheel", "--outdir", scratch / "dist", ROOT)
        (wheel,) = (scratch / "dist").glob("*.whl")
        wheel_megabytes = round(wheel.stat().st_size / 1e6, 2)
        run(sys.executable, "-m", "venv", scratch / "env")
        python = scratch / "env" / "bin" / "python"
        run(python, "-m", "pip", "install", "--no-compile", "--quiet", wheel)
        run(python, "-m", "support.kernel", cwd=ROOT / "tests")  # the compiled kernel, on NumPy arrays
        answers = run(python, "-c", SCORE, model)
        messages = scratch / "messages.csv"
        messages.write_text('text\n"free prize, call now"\nsee you at lunch\n', encoding="utf-8")
        predicted = run(scratch / "env" / "bin" / "reread", "predict", model, messages)
        verified = json.loads(run(scratch / "env" / "bin" / "reread", "verify", model, "--json"))
        packages = {
            item.name: sum(
                file.stat().st_size for file in item.rglob("*") if file.is_file() and "__pycache__" not in file.parts
            )
            for item in next((scratch / "env" / "lib").glob("python*")).joinpath("site-packages").iterdir()
            if item.is_dir() and not item.name.startswith(("pip", "setuptools", "_distutils"))
        }
    megabytes = sum(packages.values()) / 1e6
    largest = {name: round(size / 1e6, 1) for name, size in sorted(packages.items(), key=lambda item: -item[1])[:8]}
    result = {"wheel": wheel.name, "wheel_megabytes": wheel_megabytes, "megabytes": round(megabytes, 1), "limit": LIMIT_MB, "largest": largest, "verified": verified["ok"],
              **circumstances(), "command": "python benchmarks/torch_free.py"}  # fmt: skip
    (ROOT / "benchmarks" / "results" / "torch_free.json").write_text(json.dumps(result, indent=2) + "\n")
    print(answers, predicted, json.dumps(result, indent=2), sep="\n")
    if megabytes >= LIMIT_MB or not verified["ok"]:
        sys.exit(1)


if __name__ == "__main__":
    main()
