"""Would pairs and triples of words, pooled beside the recurrence, help the default network? A prototype, on training rows alone.

    python benchmarks/quality/pooled_ngrams.py --data FOLDER [--sets NAME …] [--seeds 1]

Each pair and triple of neighbouring tokens falls into one of 131,072 buckets with a vector of its own; their mean over the text is joined with the
pooled states in front of the head. Rows as in ablations.py: at most 5,000 to train on, others measured, no test row read. Each run, with n-grams and
without, is a line of benchmarks/results/pooled_ngrams.jsonl; runs that stand there are passed over. Then the table of docs/defaults.md is made.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import Any
from unittest import mock

import numpy as np
import torch
from ablations import of_training
from defaults import FIGURES, NAMES, SETS, write_table
from torch import Tensor, nn

from reread.data.lists import examples_from_lists
from reread.machine import circumstances
from reread.model.baseline import Baseline
from reread.model.stack import member_scores
from reread.nn.heads import Head
from reread.nn.model import Parts, TextNet, build_model
from reread.pipeline import checks, network
from reread.pipeline.fit import fit
from reread.pipeline.plan import Plan, TargetPlan, label_plan
from reread.recipes import DEFAULT, load_recipe
from reread.recipes.spec import ModelSpec

RESULTS = Path(__file__).resolve().parents[1] / "results" / "pooled_ngrams.jsonl"
BUCKETS, DIM = 131_072, 100
MIXERS = (1_000_003, 998_244_353, 2_147_483_647)  # odd numbers, each token's id times its own
VARIANTS = ("without", "with")


class WithPooledNGrams(TextNet):
    """A network whose head also reads the mean vector of the text's pairs and triples.

    Behind the pooling's own summary stand the sum of their vectors and their number, so that texts of several windows work too.
    """

    def __init__(self, parts: Parts, head: Head, *, concat_word: bool, input_dropout: float) -> None:
        super().__init__(parts, concat_word=concat_word, input_dropout=input_dropout)
        self.head = head
        self.ngrams = nn.Embedding(BUCKETS, DIM)
        nn.init.normal_(self.ngrams.weight, std=0.1)

    def start_summary(self) -> Tensor:  # noqa: D102
        return torch.cat([super().start_summary(), torch.zeros(DIM + 1)])

    def forward(  # noqa: D102
        self, ids: Tensor, lengths: Tensor, states: Tensor, summary: Tensor, _: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        own, sums, count = summary[:, : -DIM - 1], summary[:, -DIM - 1 : -1], summary[:, -1:]
        leaving, own = self._summarise(self.embedding(ids), lengths, states, own)
        for length in (2, 3):
            buckets, real = runs(ids[:, :, 0].long(), lengths, length)
            sums = sums + (self.ngrams(buckets) * real.unsqueeze(-1)).sum(dim=1)
            count = count + real.sum(dim=1, keepdim=True)
        pooled = torch.cat([self.pooling.finish(own), sums / count.clamp(min=1)], dim=1)
        return self.head(pooled), leaving, torch.cat([own, sums, count], dim=1)


def runs(tokens: Tensor, lengths: Tensor, length: int) -> tuple[Tensor, Tensor]:
    """The bucket of the run that begins at each token, (batch, time - length + 1), and 1 where it lies in the text."""
    starts = max(0, tokens.shape[1] - length + 1)
    number = torch.zeros_like(tokens[:, :starts])
    for offset in range(length):
        number = number + (tokens[:, offset : offset + starts] + 1) * MIXERS[offset] * (length + 1)
    real = torch.arange(starts).unsqueeze(0) < (lengths - length + 1).unsqueeze(1)
    return (number ^ (number >> 17)) % BUCKETS, real.float()


def build_with_ngrams(spec: ModelSpec, vocabulary_sizes: Sequence[int], scores: int) -> TextNet:
    """The network of a recipe, with pooled n-grams."""
    plain = build_model(spec, vocabulary_sizes, scores)
    head = Head(plain.pooling.out_dim + DIM, scores, spec.dense, spec.activation, spec.dropout)
    parts = Parts(plain.embedding, list(plain.layers), plain.latent, plain.pooling, plain.head)
    return WithPooledNGrams(parts, head, concat_word=spec.concat_word, input_dropout=spec.input_dropout)


def record(name: str, variant: str, seed: int, folder: Path) -> dict[str, Any]:
    """Train, measure on other training rows, and say what came out."""
    data, column = SETS[name], SETS[name].options[1]
    train, others = of_training(data, folder)
    texts, targets = train["text"].to_pylist(), train[column].to_pylist()
    settings: dict[str, Any] = {"seed": seed, "threads": 1}
    built = build_model
    if variant == "with":
        built, settings["parts"] = build_with_ngrams, {"ngrams": {"learning_rate_factor": 2.5}}
    target = TargetPlan(task="regression") if data.metric == "pearson" else label_plan(column, targets)
    plan = Plan(recipe=load_recipe(DEFAULT).with_settings({"training": settings}), targets={column: target})
    began = monotonic()
    with (
        mock.patch.object(network, "build_model", built),
        mock.patch.object(checks, "build_model", built),
        mock.patch(
            "reread.pipeline.train.state_precisions", return_value={}
        ),  # of the compiled network, which has no such part
    ):
        fitted = fit(examples_from_lists(texts, {column: targets}), plan)
    seconds = monotonic() - began
    assert fitted.baseline is not None
    assert fitted.baseline_result is not None
    linear = Baseline(fitted.baseline, fitted.task, fitted.baseline_result.postprocessor)
    models = {"stack": fitted.model(), "network": fitted.network(), "linear": linear}
    right = others[column].to_pylist()
    figures = {
        part: models[part].postprocessor.metrics(right, scores)
        for part, scores in member_scores(models, others["text"].to_pylist()).items()
    }
    return {
        "set": name, "variant": variant, "seed": seed, "train_rows": len(train), "measured_rows": len(others), "metric": data.metric,
        **{part: {key: value for key, value in each.items() if key in FIGURES} for part, each in figures.items()},
        "members": dict(fitted.members), "seconds": round(seconds, 1), **circumstances(),
        "command": f"benchmarks/quality/pooled_ngrams.py --sets {name}",
    }  # fmt: skip


def table() -> str:
    """The network's figure and the stack's, with n-grams and without; means over seeds, in percent."""
    lines = [json.loads(line) for line in RESULTS.read_text(encoding="utf-8").splitlines()]
    names = [name for name in SETS if any(line["set"] == name for line in lines)]

    def cell(name: str, variant: str) -> str:
        own = [line for line in lines if (line["set"], line["variant"]) == (name, variant)]
        if not own:
            return "–"
        shown = (f"{100 * np.mean([line[part][line['metric']] for line in own]):.1f}" for part in ("network", "stack"))
        return " ".join(shown) + f", {np.mean([line['seconds'] for line in own]):.0f} s"

    head = "| pooled n-grams | " + " | ".join(f"{name}, {NAMES[SETS[name].metric]}" for name in names) + " |\n"
    rows = [f"| {variant} | " + " | ".join(cell(name, variant) for name in names) + " |" for variant in VARIANTS]
    return head + "|---|" + "---:|" * len(names) + "\n" + "\n".join(rows) + "\n"


def main() -> None:
    """Record what is missing, then make the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", nargs="*", default=[name for name in SETS if name != "sms_spam"], choices=list(SETS))
    parser.add_argument("--seeds", type=int, default=1)
    options = parser.parse_args()
    done = set()
    if RESULTS.exists():
        lines = map(json.loads, RESULTS.read_text(encoding="utf-8").splitlines())
        done = {(line["set"], line["variant"], line["seed"]) for line in lines}
    for seed in range(options.seeds):
        for name in options.sets:
            for variant in VARIANTS:
                if (name, variant, seed) in done:
                    continue
                line = record(name, variant, seed, options.data)
                with RESULTS.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line) + "\n")
                print(name, variant, seed, line["seconds"], flush=True)
    write_table("pooled_ngrams.py", table())


if __name__ == "__main__":
    main()
