"""What each augmentation of training batches gives, and what it costs: docs/augmentation.md. Measured on rows held out of the training files alone.

    python benchmarks/quality/augmentation.py --data FOLDER [--sets NAME …] [--ways NAME …] [--rows 1000] [--seeds 3] [--threads 1]
    python benchmarks/quality/augmentation.py --data FOLDER --cost

FOLDER holds the public data sets, and word vectors in glove_6b_50d/ and tencent_char_200d/. Each run trains `reread train FILE --set …` on so many
training rows and measures on at most 5,000 other training rows; no test row is read. A run is a line of benchmarks/results/augmentation.jsonl, written
as soon as it is done; runs that stand there are passed over, so an interrupted round goes on. The table goes into docs/augmentation.md: the figure
of the network alone, of the stack, and the seconds on one core. `--cost` trains nothing: it prints the milliseconds that each takes for a batch.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from ablations import measured
from defaults import NAMES, SETS, spread, tables, write_table

from reread.text.encoder import TextEncoder, TextSettings
from reread.text.language import detect_language
from reread.train.augment import Words, augmentations, build_augment
from reread.vectors.files import read_vectors

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results" / "augmentation.jsonl"
PAGE = ROOT / "docs" / "augmentation.md"
CHINESE = ("waimai_10k", "thucnews_titles")
VECTORS = {False: ("glove_6b_50d", 50), True: ("tencent_char_200d", 200)}  # by whether a set is Chinese
BATCH, TOKENS, TRIES = 64, 200, 20  # of what `--cost` measures
WAYS: dict[str, tuple[str, ...]] = {
    "no word dropout": ("model.word_dropout=0",),
    "default (word dropout 0.2)": (),
    "swap": ("training.augment={swap={}}",),
    "delete": ("training.augment={delete={}}",),
    "sentences": ("training.augment={sentences={}}",),
    "spelling": ("training.augment={spelling={}}",),
    "mixup, α = 1": ("training.objective=mixup",),
    "mixup, α = 0.2": ("training.objective=mixup", "training.objective_options={alpha=0.2}"),
    "swap, delete, mixup": ("training.augment={swap={},delete={}}", "training.objective=mixup"),
    "with vectors": ("vectors",),
    "with vectors, nearest": ("vectors", "training.augment={nearest={}}"),
}
IMPOSSIBLE = {(name, "spelling") for name in CHINESE}  # refused: characters have no spelling


def options_of(name: str, way: str, data: Path) -> list[str]:
    """The options of `reread train` for one way."""
    given: list[str] = []
    for setting in WAYS[way]:
        if setting == "vectors":
            folder, numbers = VECTORS[name in CHINESE]
            given += ["--vectors", str(data / folder / "vectors.parquet"), "--set", f"model.embedding_dim={numbers}"]
        else:
            given += ["--set", setting]
    return given


def lines() -> list[dict[str, Any]]:
    """All runs so far."""
    return list(map(json.loads, RESULTS.read_text(encoding="utf-8").splitlines())) if RESULTS.exists() else []


def table() -> str:
    """Network, stack and seconds of each way, set and number of rows; mean and standard deviation over seeds, in percent."""
    found = lines()
    columns = list(dict.fromkeys((line["set"], line["rows"]) for line in found))
    heads = [f"{name}, {rows:,} rows, {NAMES[SETS[name].metric]}" for name, rows in columns]
    page = [
        "| | " + " | ".join(f"{head}: network | stack | s" for head in heads) + " |",
        "|---|" + "---:|" * 3 * len(columns),
    ]

    def cells(way: str, name: str, rows: int) -> str:
        own = [line for line in found if (line["set"], line["rows"], line["way"]) == (name, rows, way)]
        if not own:
            return "– | – | –"
        figures = (spread(line[part][SETS[name].metric] for line in own) for part in ("network", "stack"))
        return " | ".join([*figures, f"{np.median([line['seconds'] for line in own]):.0f}"])

    run = [way for way in WAYS if any(line["way"] == way for line in found)]
    page += [f"| {way} | " + " | ".join(cells(way, *column) for column in columns) + " |" for way in run]
    return "\n".join([*page, ""])


def cost(names: list[str], data: Path) -> None:
    """Print the milliseconds of each augmentation for a batch of texts of 200 tokens."""
    for name in names:
        texts = tables(SETS[name], data)[0]["text"].to_pylist()[:5000]
        encoder = TextEncoder.learn(TextSettings.for_language(detect_language(texts)), texts)
        every = np.concatenate([encoder.encode(text) for text in texts])[: BATCH * TOKENS]
        batch = np.array_split(np.resize(every, (BATCH * TOKENS, encoder.features)), BATCH)
        vectors = read_vectors(data / VECTORS[name in CHINESE][0] / "vectors.parquet").restricted(
            encoder.vocabularies[0].tokens
        )
        for each in augmentations:
            if (name, each) in IMPOSSIBLE:
                continue
            started = time.perf_counter()
            augment = build_augment({each: {}}, Words(encoder, vectors))
            built, seconds = time.perf_counter() - started, []
            assert augment is not None
            for seed in range(TRIES):
                started = time.perf_counter()
                augment(batch, np.random.default_rng(seed))
                seconds.append(time.perf_counter() - started)
            print(
                f"{name} {each}: {1000 * np.median(seconds):.2f} ms a batch, {1000 * built:.0f} ms to begin", flush=True
            )


def main() -> None:
    """Record what is missing, then the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", nargs="*", default=["mr", "waimai_10k", "emobank", "yelp"], choices=list(SETS))
    parser.add_argument("--ways", nargs="*", default=list(WAYS), choices=list(WAYS))
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--cost", action="store_true", help="print the milliseconds that each takes, and train nothing")
    options = parser.parse_args()
    if options.cost:
        cost(options.sets, options.data)
        return
    done = {(line["set"], line["rows"], line["way"], line["seed"]) for line in lines()}
    for seed in range(options.seeds):
        for name in options.sets:
            for way in options.ways:
                if (name, options.rows, way, seed) in done or (name, way) in IMPOSSIBLE:
                    continue
                found = measured(name, options_of(name, way, options.data), options.rows, seed, options)
                line = {"set": name, "rows": options.rows, "way": way, "seed": seed, **found}
                with RESULTS.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line, ensure_ascii=False) + "\n")
                print(name, way, seed, line["network"], line["seconds"], flush=True)
                write_table("augmentation.py", table(), PAGE)
    write_table("augmentation.py", table(), PAGE)


if __name__ == "__main__":
    main()
