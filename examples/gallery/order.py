"""What a bag of words cannot see: whether the code was entered before the door was opened.

python examples/gallery/order.py [PICTURE]
"""

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt

EVENTS = ["light", "heating", "window", "radio", "kettle", "blinds", "stairs", "bell"]


def night(chance: random.Random) -> dict[str, str]:
    """What a house reports, and whether the alarm is right to go off; made up."""
    events = chance.choices(EVENTS, k=chance.randint(4, 14))
    for event in ("door", "code"):
        events.insert(chance.randrange(len(events) + 1), event)
    return {"text": " ".join(events), "label": "alarm" if events.index("door") < events.index("code") else "quiet"}


with tempfile.TemporaryDirectory() as folder:
    for name, seeds in {"train": range(3000), "test": range(3000, 4000)}.items():
        lines = (json.dumps(night(random.Random(seed))) for seed in seeds)
        Path(folder, f"{name}.jsonl").write_text("\n".join(lines))
    subprocess.run(["reread", "train", "train.jsonl", "--model", "lstm"], check=True, cwd=folder)
    command = ["reread", "evaluate", "train.reread", "test.jsonl", "--json", "--no-report"]
    said = json.loads(subprocess.run(command, check=True, capture_output=True, cwd=folder).stdout)
right = {"linear member": said["baseline"], "network": said["network"], "stack": said["metrics"]}

_, axes = plt.subplots(figsize=(5, 2.4), layout="constrained")
bars = axes.barh(list(right), [100 * each["accuracy"] for each in right.values()])
axes.bar_label(bars, fmt="%.0f %%", padding=3)
axes.set(xlim=(0, 115), xlabel="nights judged rightly, %")
plt.savefig(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_name("order.png"), dpi=110)
