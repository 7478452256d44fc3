"""Training steps of one recurrent layer: reread's kernel beside `nn.LSTM`, on the same texts, in turn, and the share of the GEMM limit.

    python benchmarks/speed/steps.py --data imdb

A step reads a batch in both directions and takes the same gradients back to the word vectors and the weights, which are the same
on all sides. `nn.LSTM` gets a vector for every position and returns their gradients, reread finds the distinct words and
returns theirs; "from ids" both look the vectors up in a table and return its sparse gradient. `nn.LSTM` reads texts padded, under autocast
for bfloat16, or packed. Batches are those of reread's training, sorted by length within 50 batches, or random ones, as in tutorials.

Operations are those of the products that a side has to do: with the state for every real position (of padded `nn.LSTM` for the padding
too), and with the words for every vector that is multiplied, each forward and twice backward. Their rate is held against a product of large square matrices
(torch.mm) in the same round and kind of numbers. Differences are those from packed `nn.LSTM` in float32: outputs as they are, gradients as
shares of the largest one of their tensor. Writes benchmarks/results/steps_DATA.json.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from racing import medians, options, pin, race, rates, ratios, rounded, say, train_and_held_out, write_record
from step_sides import BATCH, DIM, EXACT, HIDDEN, NUMBERS, SORTED, VOCABULARY, Batch, Side, all_sides, batches_of
from torch import Tensor

from reread.text.encoder import TextEncoder, TextSettings

TOKENS = 400
SQUARE = 2048  # rows and columns of the matrices that say what the machine can do
COMPARED = 3  # batches whose outputs and gradients are compared


def square_product(number: torch.dtype) -> Callable[[], Tensor]:
    """A product of large matrices, by which the machine's rate is told."""
    left, right = torch.randn(2, SQUARE, SQUARE).to(number)
    into = torch.empty(SQUARE, SQUARE, dtype=number)
    return lambda: torch.mm(left, right, out=into)


def described(batches: list[Batch]) -> dict[str, Any]:
    """What there is in the batches."""
    words, positions = sum(batch.words for batch in batches), sum(batch.positions for batch in batches)
    return {
        "batches": len(batches), "words": words, "padding": rounded(1 - words / positions, 3),
        "distinct": rounded(sum(len(batch.distinct) for batch in batches) / words, 3),
    }  # fmt: skip


def by_word(batch: Batch, gradients: Sequence[Tensor]) -> list[Tensor]:
    """A step's gradients, the first one, that of its leaf, by distinct word."""
    return [batch.by_word(gradients[0]), *gradients[1:]]


def differences(sides: Mapping[str, Side], batches: list[Batch]) -> dict[str, Any]:
    """How far the largest output and gradient are from those of packed `nn.LSTM` in float32."""
    worst: dict[str, dict[str, float]] = {}
    for number, batch in enumerate(batches, start=1):
        say(f"comparing outputs and gradients, batch {number} of {len(batches)}")
        expected, gradients = sides[EXACT].step(batch)
        for name in (name for name, side in sides.items() if name.startswith("reread") and side.order == SORTED):
            outputs, found = sides[name].step(batch)
            every = zip(by_word(batch, gradients), by_word(batch, found), strict=True)
            shares = [float((own - other).abs().max() / other.abs().max()) for other, own in every]
            apart = float(((outputs - expected) * batch.real).detach().abs().max())
            largest = {"outputs": apart, "gradients": max(shares)}
            before = worst.get(name, dict.fromkeys(largest, 0.0))
            worst[name] = {what: rounded(max(value, before[what]), 2) for what, value in largest.items()}
    return worst


def base_of(name: str, side: Side) -> str:
    """The side of `nn.LSTM` that a side is compared with: padded, in the same order and numbers, from the same leaf."""
    return f"nn.LSTM {side.number}" + ", from ids" * name.endswith("from ids") + side.order


def measured(sides: Mapping[str, Side], batches: Mapping[str, list[Batch]], rounds: int) -> dict[str, Any]:
    """Of each side words and operations a second, the share of the limit, and how many times as fast as `nn.LSTM`."""
    gemms = {f"GEMM {name}": square_product(number) for name, number in NUMBERS.items()}
    calls: dict[str, Callable[[], Any]] = {
        name: lambda side=side: [side.step(batch) for batch in batches[side.order]] for name, side in sides.items()
    }
    took = race({**gemms, **calls}, rounds)
    words = rates(took, {name: sum(batch.words for batch in batches[side.order]) for name, side in sides.items()})
    work = {name: sum(map(side.operations, batches[side.order])) / 1e9 for name, side in sides.items()}
    done = rates(took, dict.fromkeys(gemms, 2 * SQUARE**3 / 1e9) | work)
    found: dict[str, Any] = {name: {"gflops": medians(done[name])} for name in gemms}
    for name, side in sides.items():
        found[name] = {
            "words_per_second": medians(words[name]), "gflops": medians(done[name]),
            "share_of_gemm": ratios(done[name], done[f"GEMM {side.number}"]),
            "times_nn_lstm": ratios(words[name], words[base_of(name, side)]),
        }  # fmt: skip
    return found


def main() -> None:
    """Measure and record."""
    parser = options(__doc__ or "", rounds=9, rows=6000)
    parser.add_argument("--batches", type=int, default=8, help="of each order, in every round (default 8)")
    parser.add_argument("--threads", type=int, default=1, help="0: one for each core (default 1)")
    arguments = parser.parse_args()
    pin(arguments.threads)
    torch.manual_seed(0)
    say(f"reading and encoding {arguments.rows} texts")
    texts = train_and_held_out(arguments.data, arguments.rows)[0].texts
    encoder = TextEncoder.learn(TextSettings.for_language("en", max_vocabulary=VOCABULARY), texts)
    batches, sides = batches_of([encoder.encode(text)[:TOKENS] for text in texts], arguments.batches), all_sides()
    record = {
        "network": {"dim": DIM, "hidden": HIDDEN, "directions": 2, "batch": BATCH, "tokens": TOKENS},
        "batches": {order.strip(", ") or "sorted": described(every) for order, every in batches.items()},
        "sides": measured(sides, batches, arguments.rounds),
        "differences": differences(sides, batches[SORTED][:COMPARED]),
    }
    for name, figures in record["sides"].items():
        print(f"{name:44}", *(f"{what} {value['seconds']:,.5g}" for what, value in figures.items()), sep="  ")
    print("differences", record["differences"], "written", write_record(record, arguments), sep="\n")


if __name__ == "__main__":
    main()
