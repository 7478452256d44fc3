"""Words a second of `train_word2vec` beside gensim called directly on the same tokens, interleaved; and neighbours.

    python benchmarks/speed/vectors.py --data imdb/train.parquet --data waimai_10k/all.parquet

Each file is a Parquet file with a column `text`. gensim is called in both of its ways, each with all that it has to do:
with the sentences in memory, and with a file of them (writing the file is not counted). Words are those of the corpus times
the passes, by the clock and by the processor's time, which other work on the machine does not change. The neighbours are those of vectors trained apart, on all the texts and with reread's own number of passes.
Writes benchmarks/results/vectors.json.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet
from gensim.models import Word2Vec

from reread.machine import available_cores, circumstances
from reread.recipes.spec import VectorSettings
from reread.text.encoder import TextEncoder, TextSettings
from reread.text.language import detect_language
from reread.vectors.sentences import Sentences
from reread.vectors.word2vec import MIN_COUNT, train_word2vec

ROOT = Path(__file__).resolve().parents[2]
PROBES = {"en": ("film", "good", "bad", "actor"), "zh": ("好", "慢", "味", "钱")}


CLOCKS: dict[str, Callable[[], float]] = {"second": time.perf_counter, "processor_second": time.process_time}


def seconds_of(function: Callable[[], Any]) -> dict[str, float]:
    """How long a call takes, by each clock; all threads count for the processor's."""
    start = {name: clock() for name, clock in CLOCKS.items()}
    function()
    return {name: clock() - start[name] for name, clock in CLOCKS.items()}


def race(sentences: list[list[str]], algorithm: str, options: argparse.Namespace) -> dict[str, Any]:
    """Words by each clock and way, and reread's share of each gensim: medians over the rounds."""
    settings = VectorSettings(algorithm=algorithm, dim=options.dim, epochs=options.epochs)
    direct = {
        "vector_size": options.dim, "epochs": options.epochs, "sg": int(algorithm == "skip_gram"),
        "min_count": MIN_COUNT, "workers": options.workers, "seed": 0,
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "corpus.txt"
        file.write_text("".join(" ".join(sentence) + "\n" for sentence in sentences), encoding="utf-8")
        ways: dict[str, Callable[[], Any]] = {
            "reread": lambda: train_word2vec(sentences, settings, options.workers),
            "gensim, sentences": lambda: Word2Vec(sentences, **direct),
            "gensim, file": lambda: Word2Vec(corpus_file=str(file), **direct),
        }
        rounds = [{name: seconds_of(way) for name, way in ways.items()} for _ in range(options.rounds)]
    words, found = options.epochs * sum(map(len, sentences)), {}
    for clock in CLOCKS:
        speeds = {name: round(words / statistics.median(took[name][clock] for took in rounds)) for name in ways}
        shares = {
            name: round(statistics.median(took[name][clock] / took["reread"][clock] for took in rounds), 3)
            for name in ways if name != "reread"
        }  # fmt: skip
        found[f"words_per_{clock}"] = {**speeds, "reread's share": shares}
    return found


def first_tokens(sentences: list[list[str]], tokens: int) -> Iterator[list[str]]:
    """The first sentences, up to so many tokens."""
    for sentence in sentences:
        if tokens <= 0:
            return
        tokens -= len(sentence)
        yield sentence


def neighbours(sentences: list[list[str]], algorithm: str, language: str, workers: int) -> dict[str, list[str]]:
    """The eight nearest words of some frequent ones."""
    vectors = train_word2vec(sentences, VectorSettings(algorithm=algorithm), workers)
    return {word: [other for other, _ in vectors.neighbours(word, 8)] for word in PROBES[language] if word in vectors}


def measure(file: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Both algorithms on the texts of one file."""
    read: Any = pyarrow.parquet.read_table
    texts = read(file, columns=["text"]).column("text").to_pylist()
    language = detect_language(texts)
    sentences = list(Sentences(texts, TextEncoder(TextSettings.for_language(language))))
    raced = list(first_tokens(sentences, options.tokens))
    record: dict[str, Any] = {
        "data": f"{file.parent.name}/{file.name}", "language": language, "sentences": len(sentences),
        "raced": {"sentences": len(raced), "tokens": sum(map(len, raced))},
    }  # fmt: skip
    print(record)
    for algorithm in ("cbow", "skip_gram"):
        near = neighbours(sentences, algorithm, language, options.workers)
        record[algorithm] = {**race(raced, algorithm, options), "neighbours": near}
        print(algorithm, *(f"\n  {name}: {found}" for name, found in record[algorithm].items()), flush=True)
    return record


def main() -> None:
    """Measure every file and write the record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, action="append", required=True, help="Parquet file with a column `text`")
    parser.add_argument("--tokens", type=int, default=350_000, help="raced on, of each file (default 350000)")
    parser.add_argument("--dim", type=int, default=200)
    parser.add_argument("--epochs", type=int, default=5, help="passes (default 5, reread's and gensim's own)")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--workers", type=int, default=available_cores())
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks" / "results" / "vectors.json")
    options = parser.parse_args()
    records = [measure(file, options) for file in options.data]
    result = {
        "records": records,
        **{name: getattr(options, name) for name in ("dim", "epochs", "rounds", "workers")},
        "command": f"python benchmarks/speed/vectors.py --data {' --data '.join(record['data'] for record in records)}",
        **circumstances(),
    }
    options.output.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
