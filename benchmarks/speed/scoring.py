"""Answers from raw text: reread's scorer beside plain PyTorch, skorch, Keras 3 and ONNX Runtime with one trained network, and the default stack, in turn.

    python benchmarks/speed/scoring.py --data imdb [--model FOLDER] [--default FOLDER] [--python keras=KERAS/bin/python] [--python peers=PEERS/bin/python]

The network (embedding 200, LSTM 128 in both directions, maximum over time) is trained briefly, or is that of FOLDER, which is made where
it is missing. Plain PyTorch, skorch and Keras have its weights and vocabulary and cut words with a regular expression; PyTorch reads batches of 64 as they
come, the other two fill texts up to 400 words and answer in a process of their own, by its clocks. The sides on ONNX Runtime read reread's own batches,
sorted by length. The default stack, linear member and network, is another model, trained with the defaults on the same rows (or that of --default FOLDER);
its linear member alone is a side too. int8 is what `onnxruntime.quantization.quantize_dynamic` makes. Texts a second are of many texts at
once; latency is of calls with one text cut to 20 and to 200 words. Beside them the share of texts answered as reread answers, the largest difference of a score,
and the accuracy on the rows held out; and of reread's sides what text and network each take. Writes benchmarks/results/scoring_DATA.json.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from racing import (  # fmt: skip
    Rows,
    medians,
    options,
    pin,
    pythons,
    race,
    rates,
    ratios,
    rounded,
    say,
    timed,
    train_and_held_out,
    write_record,
)
from scoring_sides import (  # fmt: skip
    DEFAULTS,
    REREAD,
    Network,
    Score,
    default_sides,
    local_sides,
    peers,
    reread_sides,
    trained,
)

from reread.bundle import Bundle
from reread.scoring.scorer import Scorer

LATENCY_WORDS = (20, 200)
OURS = next(iter(REREAD))


def answered(sides: Mapping[str, Score], bundle: Bundle, rows: Rows) -> dict[str, dict[str, float]]:
    """How each side answers, beside the truth and beside reread."""
    task, found = bundle.scorer.task, {}
    scores = {name: side(rows.texts) for name, side in sides.items()}
    answers = {name: task.predict(each) for name, each in scores.items()}
    for name in sides:
        found[name] = {
            "accuracy": np.mean([ours == truth for ours, truth in zip(answers[name], rows.labels, strict=True)]),
            "same_answers": np.mean([ours == its for ours, its in zip(answers[OURS], answers[name], strict=True)]),
        }
        if scores[name].shape == scores[OURS].shape:
            found[name]["largest_difference"] = rounded(float(np.abs(scores[name] - scores[OURS]).max()), 2)
    return {name: {what: float(value) for what, value in each.items()} for name, each in found.items()}


def cut(texts: Sequence[str], words: int, count: int) -> list[str]:
    """The first words of so many texts that have them; where too few do, texts are joined."""
    joined, found = list[str](), list[str]()
    for text in texts:
        joined += text.split()
        if len(joined) >= words:
            found.append(" ".join(joined[:words]))
            joined = []
        if len(found) == count:
            break
    return found


def call(side: Score, texts: list[str]) -> Callable[[], Any]:
    """What answers texts, told by the process that does it."""
    return partial(getattr(side, "time", side), texts)


def latencies(sides: Mapping[str, Score], texts: list[str], rounds: int) -> dict[str, dict[str, float]]:
    """Milliseconds of a call with one text: half of the calls, and 99 of 100, take no longer."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for part in range(rounds + 1):
        say(f"one text at a time, {len(texts[0].split())} words: round {part} of {rounds}" if part else "warming up")
        for name, side in sides.items():
            found = [timed(call(side, [text]))["seconds"] for text in texts[part :: rounds + 1]]
            seconds[name] += found if part else []  # the first ones warm up
    return {
        name: {f"p{share}": rounded(1000 * float(np.percentile(each, share)), 3) for share in (50, 99)}
        for name, each in seconds.items()
    }


def parts(scorers: Mapping[str, Scorer], texts: list[str]) -> dict[str, Callable[[], Any]]:
    """Text and network of reread's answers, each alone."""
    encode = partial(scorers[OURS].encoder.encode_many, texts, scorers[OURS].max_tokens)
    encoded = encode()
    networks = {f"{name}, network alone": partial(scorer.score_ids, encoded) for name, scorer in scorers.items()}
    return {"text alone": encode, **networks}


def measured(
    bundle: Bundle,
    scorers: Mapping[str, Scorer],
    others: Mapping[str, Score],
    held_out: Rows,
    arguments: argparse.Namespace,
) -> dict[str, Any]:
    """All that is measured."""
    sides = {name: scorer.scores for name, scorer in scorers.items()} | others
    rounds, some = arguments.rounds, held_out.some(range(min(arguments.texts, len(held_out.texts))))
    ways = {name: call(side, some.texts) for name, side in sides.items()} | parts(scorers, some.texts)
    done = rates(race(ways, rounds), dict.fromkeys(ways, len(some.texts)))
    found: dict[str, dict[str, Any]] = {name: {"texts_per_second": medians(each)} for name, each in done.items()}
    for name, told in answered(sides, bundle, some).items():
        found[name] |= told
    for words in LATENCY_WORDS:
        for name, told in latencies(sides, cut(held_out.texts, words, arguments.calls), rounds).items():
            found[name][f"ms_of_{words}_words"] = told
    theirs = [name for name in others if name not in DEFAULTS]
    times = {ours: {name: ratios(done[ours], done[name]) for name in theirs} for ours in (*scorers, *DEFAULTS)}
    tokens = sum(len(bundle.scorer.encode(text)) for text in some.texts)
    return {"texts": len(some.texts), "tokens": tokens, "sides": found, "times": times}


def main() -> None:
    """Measure and record."""
    parser = options(__doc__ or "", rounds=5, rows=6000)
    parser.add_argument("--texts", type=int, default=1000, help="answered in every round (default 1000)")
    parser.add_argument("--calls", type=int, default=1000, help="with one text of a length (default 1000)")
    parser.add_argument("--threads", type=int, default=1, help="0: one for each core (default 1)")
    parser.add_argument("--model", type=Path, help="where the trained network is, or is put")
    parser.add_argument("--default", type=Path, help="where the default model is, or is put")
    parser.add_argument("--python", action="append", default=[], metavar="NAME=PYTHON", help="of keras or peers")
    arguments = parser.parse_args()
    pin(arguments.threads)
    train, held_out = train_and_held_out(arguments.data, arguments.rows)
    with tempfile.TemporaryDirectory() as scratch:
        bundle = trained(arguments.model or Path(scratch) / "model", train)
        network = Network.of(bundle)
        with peers(network, pythons(arguments)) as elsewhere:
            others = local_sides(bundle, network) | elsewhere
            defaults = default_sides(arguments.default or Path(scratch) / "default", train)
            record = measured(bundle, reread_sides(bundle.path), defaults | others, held_out, arguments)
    for name, figures in record["sides"].items():
        print(f"{name:28}", *(f"{what} {value}" for what, value in figures.items()), sep="  ")
    print(write_record(record, arguments))


if __name__ == "__main__":
    main()
