"""How fast text becomes ids: tokens a second on one core, each segmenter behind the normalisers of the language.

    python benchmarks/speed/text.py --data imdb/test.parquet --data thucnews_titles/test.parquet [--model FOLDER]

Each file is a Parquet file with a column `text`. With a model folder, also the share of scoring that goes into text.
Writes benchmarks/results/text.json.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet

import reread
from reread.machine import circumstances
from reread.text.encoder import TextEncoder, TextSettings
from reread.text.language import detect_language
from reread.text.segmenters import segmenters

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 3
COLUMNS = ("segmenter", "tokens", "tokens/s", "tokens+ids/s", "characters/s")


def best_of(function: Callable[[], Any]) -> float:
    """The shortest of several runs, in seconds of processor time: one thread's work, whatever else the machine does."""
    seconds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        function()
        seconds.append(time.process_time() - start)
    return min(seconds)


def measure(name: str, language: str, texts: list[str]) -> dict[str, Any]:
    """One segmenter: tokens alone, and with the ids."""
    encoder = TextEncoder.learn(TextSettings.for_language(language, segmenter=name), texts)
    tokens = sum(len(encoder.tokens(text)) for text in texts)
    alone = best_of(lambda: [encoder.tokens(text) for text in texts])
    with_ids = best_of(lambda: [encoder.encode(text) for text in texts])
    characters = sum(map(len, texts))
    return dict(
        zip(COLUMNS, (name, tokens, round(tokens / alone), round(tokens / with_ids), round(characters / with_ids)), strict=True)
    )  # fmt: skip


def share_of_scoring(folder: Path, texts: list[str]) -> dict[str, float]:
    """Text against the whole of scoring through the model folder's network, on one thread."""
    model: Any = reread.load(folder, threads=1)
    text = best_of(lambda: [model.encode(text) for text in texts])
    whole = best_of(lambda: model.scores(texts))
    return {"text_seconds": round(text, 3), "scoring_seconds": round(whole, 3), "text_share": round(text / whole, 4)}


def main() -> None:
    """Measure every segmenter on every file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, action="append", required=True, help="Parquet file with a column `text`")
    parser.add_argument("--model", type=Path, help="model folder whose scoring the text is held against")
    parser.add_argument("--texts", type=int, default=3000, help="texts read of each file (default 3000)")
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks" / "results" / "text.json")
    options = parser.parse_args()
    read: Any = pyarrow.parquet.read_table
    records: list[dict[str, Any]] = []
    for file in options.data:
        texts = read(file, columns=["text"]).column("text").slice(0, options.texts).to_pylist()
        language = detect_language(texts)
        print(f"\n{file.parent.name}/{file.name}: {len(texts):,} texts, {language}")
        print("{:16}{:>14}{:>14}{:>14}{:>14}".format(*COLUMNS))
        rows = [measure(name, language, texts) for name in segmenters]
        for row in rows:
            print("{:16}{:>14,}{:>14,}{:>14,}{:>14,}".format(*row.values()))
        record: dict[str, Any] = {
            "data": f"{file.parent.name}/{file.name}",
            "texts": len(texts),
            "language": language,
            "segmenters": rows,
        }
        if options.model:
            record["scoring"] = share_of_scoring(options.model, texts)
            print(
                "text is {text_share:.1%} of scoring: {text_seconds} of {scoring_seconds} s".format(**record["scoring"])
            )
        records.append(record)
    result = {
        "records": records,
        "rounds": ROUNDS,
        **circumstances(),
    }
    options.output.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
