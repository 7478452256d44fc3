"""Labels turned over on purpose, and how soon `reread audit` comes to them.

python examples/gallery/wrong_labels.py [PICTURE]
"""

import csv
import gzip
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt

HERE = Path(__file__).parent
with gzip.open(HERE.parent / "sms_spam" / "sms_spam.csv.gz", "rt", encoding="utf-8") as file:
    rows = list(csv.DictReader(file))
rows, chance = rows[:2000], random.Random(0)
turned = set(chance.sample(range(len(rows)), 60))
with tempfile.TemporaryDirectory() as folder:
    data, found = Path(folder, "messages.jsonl"), Path(folder, "found.csv")
    with data.open("w", encoding="utf-8") as file:
        for i, row in enumerate(rows):
            label = {"ham": "spam", "spam": "ham"}[row["label"]] if i in turned else row["label"]
            file.write(json.dumps({"text": row["text"], "label": label}) + "\n")
    subprocess.run(["reread", "audit", data, "--check", "labels", "-o", found], check=True)
    with found.open(encoding="utf-8", newline="") as file:
        suspects = [int(row["line"]) - 1 for row in csv.DictReader(file)]
found_so_far = [sum(row in turned for row in suspects[:n]) for n in range(len(suspects) + 1)]

_, axes = plt.subplots(figsize=(6, 3.5), layout="constrained")
axes.plot(found_so_far)
axes.plot([0, len(turned)], [0, len(turned)], "k:", label="every row looked at is wrong")
axes.set(xlabel="rows looked at, the most suspicious first", ylabel="of 60 turned labels found")
axes.legend()
plt.savefig(sys.argv[1] if len(sys.argv) > 1 else HERE / "wrong_labels.png", dpi=110)
