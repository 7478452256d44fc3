"""The network in Keras 3, its texts filled up to one length; the backend is what KERAS_BACKEND says."""

from __future__ import annotations

import numpy as np
from answering import Network, Score, answer
from keras_texts import build, limit_threads
from numpy.typing import NDArray

KINDS = ("weight_ih_l0", "weight_hh_l0")


def load(network: Network) -> Score:
    """The network with its weights: Keras has matrices the other way round, and one bias for two."""
    settings, arrays, words = network.settings, network.arrays, network.words
    limit_threads(settings.threads)
    model = build(settings)
    model.build((None, settings.words))
    weights = [arrays["embedding.weight"]]
    for end in ("", "_reverse"):
        weights += [arrays[f"lstm.{kind}{end}"].T for kind in KINDS]
        weights.append(arrays[f"lstm.bias_ih_l0{end}"] + arrays[f"lstm.bias_hh_l0{end}"])
    model.set_weights([*weights, arrays["head.weight"].T, arrays["head.bias"]])

    def score(texts: list[str]) -> NDArray[np.float32]:
        ids = np.array(words.padded(texts), dtype=np.int32)
        if len(ids) <= settings.batch:  # the loop of `predict` takes longer than a text
            return np.asarray(model.predict_on_batch(ids))
        return np.asarray(model.predict(ids, batch_size=settings.batch, verbose=0))

    return score


if __name__ == "__main__":
    answer(load)
