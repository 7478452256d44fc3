"""The network of docs/sources.md, S4, in Keras 3, as its author would write it today; run by the Python of requirements.txt.

    python benchmarks/peers/keras_yelp.py encoded.npz --seed 0 --out result.json

The .npz holds `ids` (rows, time), 0 where a text is over; `labels` (rows,), 0 or 1; the row numbers `train`, `validation` and
`test`; and `vocabulary`, the number of different ids. Written: the chance of label 1 of every validation and every test row, in
their order, the seconds that one epoch took, and the versions. Nothing of reread is imported here.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from importlib import metadata
from pathlib import Path

# Read when keras and jax are imported: the backend, and one thread.
os.environ.update(KERAS_BACKEND="jax", XLA_FLAGS="--xla_cpu_multi_thread_eigen=false", NPROC="1", OMP_NUM_THREADS="1")

import keras
import numpy as np


def build(vocabulary: int) -> keras.Model:
    """The network; masked positions leave the LSTM's state as it is, so the last real one is what the last layer reads."""
    model = keras.Sequential(
        [
            keras.layers.Embedding(vocabulary, 128, mask_zero=True),
            keras.layers.Dropout(0.2),
            keras.layers.LSTM(200, dropout=0.2, recurrent_dropout=0.2),
            keras.layers.Dense(2, activation="softmax"),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.001, global_clipnorm=1.0), loss="sparse_categorical_crossentropy")
    return model


def main() -> None:
    """Train one epoch, then answer the validation and the test rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    data = np.load(arguments.data)
    ids, labels, train = data["ids"], data["labels"], data["train"]
    keras.utils.set_random_seed(arguments.seed)
    model = build(int(data["vocabulary"]))
    started = time.monotonic()
    model.fit(ids[train], labels[train], batch_size=32, epochs=1, verbose=2)
    seconds = time.monotonic() - started
    chances = {name: model.predict(ids[data[name]], batch_size=256, verbose=0) for name in ("validation", "test")}
    result = {
        **{name: values[:, 1].tolist() for name, values in chances.items()},
        "seconds": round(seconds, 2),
        "versions": {name: metadata.version(name) for name in ("keras", "jax", "numpy")},
    }
    arguments.out.write_text(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
