"""The sides of steps.py: batches of word vectors, and the layers that read them and take gradients back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import embedding
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from reread.kernel import load
from reread.kernel.lstm import Lstm
from reread.nn.layers import RecurrentLayer
from reread.nn.recurrences import recurrences
from reread.nn.token_vectors import TokenVectors
from reread.train.batches import epoch_batches
from reread.windows import pad

DIM, HIDDEN, BATCH, VOCABULARY = 200, 128, 64, 30_000
GATES = 2 * 4 * HIDDEN  # of both directions
PASSES = 3  # forward, and backward to what was read and to the weights
SORTED, RANDOM = "", ", random order"
NUMBERS = {"float32": torch.float32, "bfloat16": torch.bfloat16}
EXACT = "nn.LSTM float32, packed"


@dataclass(frozen=True)
class Batch:
    """Texts as a layer reads them; three leaves, of which a side reads one.

    Attributes:
        ids: (batch, time).
        lengths: (batch,).
        table: a vector for each id there is, (VOCABULARY + 1, DIM).
        distinct: a vector for each distinct id here, (distinct, DIM).
        spread: the same at every position, (batch, time, DIM).
        real: whether a position is in its text, (batch, time, 1).
        upstream: gradients of the outputs, 0 where a text is over, (batch, time, 2 HIDDEN).
    """

    ids: Tensor
    lengths: Tensor
    table: Tensor
    distinct: Tensor
    spread: Tensor
    real: Tensor
    upstream: Tensor

    @classmethod
    def of(cls, texts: list[NDArray[np.int32]], table: Tensor) -> Batch:
        """A batch of encoded texts."""
        ids, lengths = (torch.from_numpy(array) for array in pad(texts))
        ids = ids[..., 0]
        real = (torch.arange(ids.shape[1]) < lengths[:, None])[..., None]
        distinct, spread = (table.detach()[which].requires_grad_() for which in (ids.unique(), ids))
        return cls(ids, lengths, table, distinct, spread, real, torch.randn(*ids.shape, 2 * HIDDEN) * real)

    @property
    def words(self) -> int:
        """Real positions."""
        return int(self.lengths.sum())

    @property
    def positions(self) -> int:
        """Padding included."""
        return self.ids.numel()

    def by_word(self, gradient: Tensor) -> Tensor:
        """Gradients of any leaf as those of the distinct ids."""
        if gradient.is_sparse:
            return gradient.coalesce().values()
        if gradient.dim() == 2:
            return gradient
        index = torch.unique(self.ids, return_inverse=True)[1]
        return torch.zeros_like(self.distinct).index_add_(0, index.flatten(), gradient.flatten(0, 1))


@dataclass(frozen=True)
class Side:
    """One way to do a step.

    Attributes:
        read: a batch's outputs, (batch, time, 2 HIDDEN).
        layer: whose weights get gradients.
        leaf: the batch's own leaf that it reads and takes gradients to.
        products: how many states and how many vectors are multiplied.
    """

    read: Callable[[Batch], Tensor]
    layer: nn.Module
    leaf: str
    products: Callable[[Batch], tuple[int, int]]
    number: str = "float32"
    order: str = SORTED

    def step(self, batch: Batch) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Read and take the gradients back: outputs, gradients of the leaf and of every weight."""
        outputs = self.read(batch)
        leaves = [getattr(batch, self.leaf), *self.layer.parameters()]
        return outputs, torch.autograd.grad(outputs, leaves, batch.upstream.to(outputs.dtype))

    def operations(self, batch: Batch) -> int:
        """Floating-point operations of a step's products: an addition and a multiplication for each weight and factor."""
        states, vectors = self.products(batch)
        return 2 * GATES * PASSES * (states * HIDDEN + vectors * DIM)


def batches_of(encoded: list[NDArray[np.int32]], count: int) -> dict[str, list[Batch]]:
    """Some whole batches in each order, both drawn with seed 0."""
    lengths = np.array([len(text) for text in encoded])
    table = (0.1 * torch.randn(VOCABULARY + 1, DIM)).requires_grad_()
    shuffled = np.random.default_rng(0).permutation(len(encoded))
    rows = {
        SORTED: epoch_batches(lengths, BATCH, seed=0, epoch=0),
        RANDOM: [shuffled[start : start + BATCH] for start in range(0, len(shuffled), BATCH)],
    }
    whole = {order: [batch for batch in every if len(batch) == BATCH][:count] for order, every in rows.items()}
    return {order: [Batch.of([encoded[row] for row in batch], table) for batch in every] for order, every in whole.items()}  # fmt: skip


def padded(lstm: nn.LSTM, number: str, batch: Batch, *, from_ids: bool = False) -> Tensor:
    """`nn.LSTM` over the padding, under autocast where the numbers are to be shorter."""
    vectors = embedding(batch.ids, batch.table, sparse=True) if from_ids else batch.spread
    with torch.autocast("cpu", torch.bfloat16, enabled=number == "bfloat16"):
        outputs: Tensor = lstm(vectors)[0]
    return outputs


def packed(lstm: nn.LSTM, batch: Batch) -> Tensor:
    """`nn.LSTM` over packed texts."""
    texts = pack_padded_sequence(batch.spread, batch.lengths, batch_first=True, enforce_sorted=False)
    return pad_packed_sequence(lstm(texts)[0], batch_first=True)[0]


def swept(layer: RecurrentLayer, kernel: Lstm, leaf: str, batch: Batch) -> Tensor:
    """The layer of reread, by the kernel."""
    layer.kernel = kernel
    if leaf == "spread":
        words = TokenVectors(batch.spread)
    else:
        tokens, index = torch.unique(batch.ids, return_inverse=True)
        words = TokenVectors(
            batch.distinct if leaf == "distinct" else embedding(tokens, batch.table, sparse=True), index
        )
    outputs: Tensor = layer(words, batch.lengths, torch.zeros(2, BATCH, 2 * HIDDEN))[0]
    return outputs


def same_weights() -> tuple[nn.LSTM, RecurrentLayer]:
    """A layer of torch and one of reread, in both directions; their parameters stand in the same order."""
    lstm, cells = nn.LSTM(DIM, HIDDEN, batch_first=True, bidirectional=True), recurrences.get("lstm")
    layer = RecurrentLayer(cells(DIM, HIDDEN), cells(DIM, HIDDEN))
    for own, other in zip(layer.parameters(), lstm.parameters(), strict=True):
        own.data = other.data
    return lstm, layer


def all_sides() -> dict[str, Side]:
    """Every side by its name."""
    lstm, layer = same_weights()
    sides = {}
    for number in NUMBERS:
        name, read = f"nn.LSTM {number}", partial(padded, lstm, number)
        sides[name] = Side(read, lstm, "spread", lambda batch: (batch.positions, batch.positions), number)
        sides[f"{name}, from ids"] = replace(sides[name], read=partial(read, from_ids=True), leaf="table")
    sides[EXACT] = Side(partial(packed, lstm), lstm, "spread", lambda batch: (batch.words, batch.words))
    library = load()
    for number in library.numbers if library else ():
        name, read = f"reread {number}", partial(swept, layer, Lstm(library, number))
        once = Side(partial(read, "distinct"), layer, "distinct", lambda batch: (batch.words, len(batch.distinct)), number)  # fmt: skip
        sides[name] = once
        sides[f"{name}, from ids"] = replace(once, read=partial(read, "table"), leaf="table")
        sides[f"{name}, each position projected"] = replace(
            once, read=partial(read, "spread"), leaf="spread", products=lambda batch: (batch.words, batch.positions)
        )
    again = [name for name in sides if name.endswith(("float32", "bfloat16", "packed"))]
    return sides | {f"{name}{RANDOM}": replace(sides[name], order=RANDOM) for name in again}
