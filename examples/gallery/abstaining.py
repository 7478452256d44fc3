"""Answer only where you are sure: how many texts are answered, and how many of these answers are wrong.

python examples/gallery/abstaining.py [PICTURE]
"""

import csv
import gzip
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from reread import TextClassifier

HERE = Path(__file__).parent
with gzip.open(HERE.parent / "sms_spam" / "sms_spam.csv.gz", "rt", encoding="utf-8") as file:
    rows = list(csv.DictReader(file))
train, test = rows[:400], rows[2000:]
model = TextClassifier().fit([row["text"] for row in train], [row["label"] for row in train])
probability = model.predict_proba([row["text"] for row in test]).max(axis=1)
right = model.predict([row["text"] for row in test]) == np.array([row["label"] for row in test])

surest_first = np.argsort(-probability)
answered = np.arange(1, len(test) + 1) / len(test)
wrong = 1 - np.cumsum(right[surest_first]) / np.arange(1, len(test) + 1)
_, axes = plt.subplots(figsize=(6, 3.5), layout="constrained")
axes.plot(100 * answered[100:], 100 * wrong[100:])
axes.set_xlabel("texts answered, the surest first, %")
axes.set_ylabel("answers that are wrong, %")
axes.set_ylim(bottom=0)
plt.savefig(sys.argv[1] if len(sys.argv) > 1 else HERE / "abstaining.png", dpi=110)
