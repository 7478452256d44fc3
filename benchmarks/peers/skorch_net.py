"""The network of torch_loop.py in skorch, its texts padded to one length as skorch's text examples pad them."""

from __future__ import annotations

import numpy as np
import torch
from contract import Judge, Settings, Words, compete, words_and_marks
from numpy.typing import NDArray
from skorch import NeuralNetClassifier
from torch import Tensor, nn
from torch_loop import Net


class Padded(Net):
    """Reads ids alone."""

    def forward(self, ids: Tensor) -> Tensor:
        """Scores (batch, classes) of ids (batch, time)."""
        return super().forward(ids, ids.new_empty(0))


def classifier(settings: Settings) -> NeuralNetClassifier:
    """The network, untrained."""
    return NeuralNetClassifier(
        Padded, module__settings=settings, module__packed=False, criterion=nn.CrossEntropyLoss, optimizer=torch.optim.Adam, lr=settings.rate,
        max_epochs=1, batch_size=settings.batch, iterator_train__shuffle=True, train_split=None, verbose=0,
    )  # fmt: skip


def fit(texts: list[str], labels: list[int], settings: Settings, judge: Judge) -> None:
    """Train."""
    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    words = Words(words_and_marks, texts, settings)

    def ids(texts: list[str]) -> NDArray[np.int64]:
        return np.array(words.padded(texts), dtype=np.int64)

    net = classifier(settings)
    inputs, targets = ids(texts), np.array(labels, dtype=np.int64)
    for epoch in range(settings.epochs):
        net.partial_fit(inputs, targets)
        judge(lambda texts: net.predict(ids(texts)), (epoch + 1) * int((inputs > 0).sum()))


if __name__ == "__main__":
    compete(fit)
