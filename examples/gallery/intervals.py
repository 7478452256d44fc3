"""A number from a text, and the interval that holds the true one nine times in ten.

python examples/gallery/intervals.py [PICTURE]
"""

import random
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from reread import TextRegressor

HERE = Path(__file__).parent
WORTH = {"garden": 60, "balcony": 25, "lift": 20, "cellar": 10, "noisy": -50, "renovated": 45, "central": 80}


def advertisement(chance: random.Random) -> tuple[str, float]:
    """A flat for rent, and its rent; made up."""
    rooms, words = chance.randint(1, 5), chance.sample(list(WORTH), 3)
    rent = 250 + 180 * rooms + sum(WORTH[word] for word in words)
    return f"{rooms} rooms, {', '.join(words)}", rent + chance.gauss(0, 40)


flats = [advertisement(random.Random(seed)) for seed in range(2600)]
texts, rents = [text for text, _ in flats], np.array([rent for _, rent in flats])
model = TextRegressor().fit(texts[:2500], rents[:2500])
low, high = model.predict_interval(texts[2500:], coverage=0.9).T
order = np.argsort(model.predict(texts[2500:]))

_, axes = plt.subplots(figsize=(7, 3.5), layout="constrained")
axes.fill_between(range(100), low[order], high[order], alpha=0.3, label="interval of 90 %")
axes.plot(range(100), rents[2500:][order], "k.", markersize=4, label="true rent")
axes.set(xlabel="flats, by predicted rent", ylabel="rent")
axes.legend()
plt.savefig(sys.argv[1] if len(sys.argv) > 1 else HERE / "intervals.png", dpi=110)
