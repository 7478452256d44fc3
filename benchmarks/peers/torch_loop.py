"""A Bi-LSTM with max pooling as PyTorch's tutorials write it: a DataLoader that shuffles and pads, or packs, and a plain loop."""

from __future__ import annotations

import torch
from contract import Judge, Settings, Words, compete, words_and_marks
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence
from torch.utils.data import DataLoader

SCORED = 64  # texts answered at once


class Net(nn.Module):
    """Embedding, LSTM in both directions, maximum over time, one linear layer."""

    def __init__(self, settings: Settings, *, packed: bool) -> None:
        super().__init__()
        self.packed = packed
        self.embedding = nn.Embedding(settings.vocabulary, settings.dim, padding_idx=0)
        self.lstm = nn.LSTM(settings.dim, settings.hidden, batch_first=True, bidirectional=True)
        self.head = nn.Linear(2 * settings.hidden, settings.classes)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Scores (batch, classes) of ids (batch, time)."""
        vectors = self.embedding(ids)
        if self.packed:
            packed = pack_padded_sequence(vectors, lengths, batch_first=True, enforce_sorted=False)
            states, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True, padding_value=-torch.inf)
        else:
            states, _ = self.lstm(vectors)
        scores: Tensor = self.head(states.amax(dim=1))
        return scores


def padded(texts: list[list[int]]) -> tuple[Tensor, Tensor]:
    """Ids (batch, time) and lengths (batch,)."""
    return pad_sequence([torch.tensor(ids) for ids in texts], batch_first=True), torch.tensor([len(ids) for ids in texts])  # fmt: skip


def collate(rows: list[tuple[list[int], int]]) -> tuple[Tensor, Tensor, Tensor]:
    """Ids, lengths and labels of a batch."""
    texts, labels = zip(*rows, strict=True)
    return *padded(list(texts)), torch.tensor(labels)


def answers(net: Net, words: Words, texts: list[str]) -> list[int]:
    """The class of each text."""
    found: list[int] = []
    net.eval()
    with torch.inference_mode():
        for start in range(0, len(texts), SCORED):
            found += net(*padded([words.ids(text) for text in texts[start : start + SCORED]])).argmax(1).tolist()
    net.train()
    return found


def fit(texts: list[str], labels: list[int], settings: Settings, judge: Judge) -> None:
    """Train."""
    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    words = Words(words_and_marks, texts, settings)
    rows = [(words.ids(text), label) for text, label in zip(texts, labels, strict=True)]
    loader = DataLoader(rows, batch_size=settings.batch, shuffle=True, collate_fn=collate)
    net = Net(settings, packed=settings.options.get("packed", False))
    optimiser, loss = torch.optim.Adam(net.parameters(), lr=settings.rate), nn.CrossEntropyLoss()
    for epoch in range(settings.epochs):
        for ids, lengths, targets in loader:
            optimiser.zero_grad()
            loss(net(ids, lengths), targets).backward()
            optimiser.step()
        judge(lambda texts: answers(net, words, texts), (epoch + 1) * sum(len(ids) for ids, _ in rows))


if __name__ == "__main__":
    compete(fit)
