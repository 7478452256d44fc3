"""Words a second of `train_word2vec` beside gensim called directly on the same tokens, interleaved; and neighbours.

    python benchmarks/speed/vectors.py --data imdb/train.parquet --data waimai_10k/all.parquet

Each file is a Parquet file with a column `text`. gensim is called in both of its ways, each with all that it has to do:
with the sentences in memory, and with a file of them (writing the file is not counted). Words are those of the corpus
times the passes. Writes benchmarks/results/vectors.json.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import pyarrow.parquet
from gensim.models import Word2Vec

from reread.machine import available_cores
from reread.recipes.spec import VectorSettings
from reread.text.encoder import TextEncoder, TextSettings
from reread.text.language import detect_language
from reread.vectors.sentences import Sentences
from reread.vectors.word2vec import MIN_COUNT, train_word2vec
from reread.vectors.word_vectors import WordVectors

ROOT = Path(__file__).resolve().parents[2]
PROBES = {"en": ("film", "good", "bad", "actor"), "zh": ("好", "慢", "味", "钱")}


def seconds_of(function: Callable[[], Any]) -> tuple[float, Any]:
    """How long a call takes, and its result."""
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result


def race(sentences: list[list[str]], algorithm: str, options: argparse.Namespace) -> tuple[dict[str, float], WordVectors]:  # fmt: skip
    """Words a second of each way, the median over the rounds, and the vectors of ours."""
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
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        vectors: Any = None
        for _ in range(options.rounds):
            for name, way in ways.items():
                took, result = seconds_of(way)
                seconds[name].append(took)
                vectors = result if name == "reread" else vectors
    words = options.epochs * sum(map(len, sentences))
    return {name: round(words / statistics.median(times)) for name, times in seconds.items()}, vectors


def measure(file: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Both algorithms on the texts of one file."""
    read: Any = pyarrow.parquet.read_table
    texts = read(file, columns=["text"]).column("text").slice(0, options.texts).to_pylist()
    language = detect_language(texts)
    sentences = list(Sentences(texts, TextEncoder(TextSettings.for_language(language))))
    name = f"{file.parent.name}/{file.name}"
    print(f"\n{name}: {len(texts):,} texts, {sum(map(len, sentences)):,} tokens, {language}")
    record: dict[str, Any] = {
        "data": name,
        "texts": len(texts),
        "tokens": sum(map(len, sentences)),
        "language": language,
    }
    for algorithm in ("cbow", "skip_gram"):
        speeds, vectors = race(sentences, algorithm, options)
        share = speeds["reread"] / max(speed for way, speed in speeds.items() if way != "reread")
        near = {
            word: [other for other, _ in vectors.neighbours(word, 8)] for word in PROBES[language] if word in vectors
        }
        record[algorithm] = {"words_per_second": speeds, "share_of_faster_gensim": round(share, 3), "neighbours": near}
        print(algorithm, speeds, f"{share:.1%} of the faster gensim")
        for word, others in near.items():
            print(f"  {word}: {' '.join(others)}")
    return record


def main() -> None:
    """Measure every file and write the record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, action="append", required=True, help="Parquet file with a column `text`")
    parser.add_argument("--texts", type=int, default=25_000, help="texts read of each file (default 25000)")
    parser.add_argument("--dim", type=int, default=200)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=available_cores())
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks" / "results" / "vectors.json")
    options = parser.parse_args()
    records = [measure(file, options) for file in options.data]
    command = ["git", "describe", "--always", "--dirty"]
    result = {
        "records": records,
        **{name: getattr(options, name) for name in ("dim", "epochs", "rounds", "workers")},
        "gensim": metadata.version("gensim"),
        "commit": subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT).stdout.strip(),
        "command": f"python benchmarks/speed/vectors.py --data {' --data '.join(record['data'] for record in records)}",
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
    }
    options.output.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
