"""What more labels would bring: how often linear member, network and stack are wrong, by the number of rows.

python examples/gallery/learning.py [PICTURE]
"""

import csv
import gzip
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt

HERE = Path(__file__).parent
SIZES = [150, 500, 1500]
PARTS = {"baseline": "linear member", "network": "network", "metrics": "stack"}
with gzip.open(HERE.parent / "sms_spam" / "sms_spam.csv.gz", "rt", encoding="utf-8") as file:
    rows = list(csv.DictReader(file))
wrong = {part: [] for part in PARTS}
with tempfile.TemporaryDirectory() as folder:
    Path(folder, "test.jsonl").write_text("\n".join(map(json.dumps, rows[2000:])))
    for size in SIZES:
        Path(folder, f"{size}.jsonl").write_text("\n".join(map(json.dumps, rows[:size])))
        subprocess.run(["reread", "train", f"{size}.jsonl", "--no-report"], check=True, cwd=folder)
        command = ["reread", "evaluate", f"{size}.reread", "test.jsonl", "--json", "--no-report"]
        said = json.loads(subprocess.run(command, check=True, capture_output=True, cwd=folder).stdout)
        for part, errors in wrong.items():
            errors.append(100 * (1 - said[part]["accuracy"]))

_, axes = plt.subplots(figsize=(6, 3.5), layout="constrained")
for part, errors in wrong.items():
    axes.plot(SIZES, errors, marker="o", label=PARTS[part])
axes.set(xlabel="labelled messages", ylabel="answers that are wrong, %", xticks=SIZES, ylim=(0, None))
axes.legend()
plt.savefig(sys.argv[1] if len(sys.argv) > 1 else HERE / "learning.png", dpi=110)
