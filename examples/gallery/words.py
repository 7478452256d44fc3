"""Why spam? The words that decided, with their weights.

python examples/gallery/words.py [PICTURE]
"""

import csv
import gzip
import sys
from pathlib import Path

import matplotlib.pyplot as plt

from reread import TextClassifier

MESSAGE = "Hi love, you have won a free prize. Call 09061701461 now to claim, or see you at home tonight"
HERE = Path(__file__).parent
with gzip.open(HERE.parent / "sms_spam" / "sms_spam.csv.gz", "rt", encoding="utf-8") as file:
    rows = list(csv.DictReader(file))
model = TextClassifier().fit([row["text"] for row in rows[:2000]], [row["label"] for row in rows[:2000]])
spans = model.explain(MESSAGE, target="spam").spans

_, axes = plt.subplots(figsize=(8, 3.2), layout="constrained")
axes.bar(
    range(len(spans)), [span.weight for span in spans], color=["C3" if span.weight > 0 else "C0" for span in spans]
)
axes.set_xticks(range(len(spans)), [span.text for span in spans], rotation=60, ha="right")
axes.axhline(0, color="black", linewidth=0.8)
axes.set_ylabel("speaks for spam (red)")
plt.savefig(sys.argv[1] if len(sys.argv) > 1 else HERE / "words.png", dpi=110)
