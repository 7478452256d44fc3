"""The same network in Keras 3, texts cut to one length as in Keras's examples; the backend is what KERAS_BACKEND says.

On TensorFlow texts go through `TextVectorization`; on JAX, where that layer needs TensorFlow, through the same rule in Python: lower
case, no punctuation, cut at spaces.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable

import keras
import numpy as np
from contract import Judge, Settings, Words, compete
from numpy.typing import NDArray

Ids = Callable[[list[str]], NDArray[np.integer]]
MARKS = re.compile(f"[{re.escape(string.punctuation)}]")


def split(text: str) -> list[str]:
    """Lower-case words without punctuation."""
    return MARKS.sub("", text.lower()).split()


def vectoriser(texts: list[str], settings: Settings) -> Ids:
    """Texts to ids (texts, words), learned from these."""
    if keras.backend.backend() != "tensorflow":
        words = Words(split, texts, settings)
        return lambda texts: np.array(words.padded(texts), dtype=np.int32)
    layer = keras.layers.TextVectorization(max_tokens=settings.vocabulary, output_sequence_length=settings.words)
    layer.adapt(texts)
    return lambda texts: keras.ops.convert_to_numpy(layer(texts))


def build(settings: Settings) -> keras.Model:
    """The network."""
    model = keras.Sequential(
        [
            keras.layers.Embedding(settings.vocabulary, settings.dim),
            keras.layers.Bidirectional(keras.layers.LSTM(settings.hidden, return_sequences=True)),
            keras.layers.GlobalMaxPooling1D(),
            keras.layers.Dense(settings.classes),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(settings.rate), loss=loss)
    return model


def limit_threads(threads: int) -> None:
    """Threads of TensorFlow; JAX has read the environment."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf  # noqa: PLC0415  # not there beside JAX

        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)


def fit(texts: list[str], labels: list[int], settings: Settings, judge: Judge) -> None:
    """Train."""
    limit_threads(settings.threads)
    keras.utils.set_random_seed(settings.seed)
    ids = vectoriser(texts, settings)
    model, inputs, targets = build(settings), ids(texts), np.array(labels)
    for epoch in range(settings.epochs):
        model.fit(inputs, targets, batch_size=settings.batch, epochs=1, verbose=0)
        judge(
            lambda texts: model.predict(ids(texts), batch_size=settings.batch, verbose=0).argmax(axis=1),
            (epoch + 1) * int((inputs > 0).sum()),
        )


if __name__ == "__main__":
    compete(fit)
