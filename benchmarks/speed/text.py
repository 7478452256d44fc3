"""How fast text becomes ids, and a vocabulary: each segmenter behind the normalisers of its language, in Python and in the kernel, in turn.

    python benchmarks/speed/text.py --data imdb/test.parquet --data thucnews_titles/test.parquet [--model FOLDER] [--threads N]

Each file is a Parquet file with a column `text`. Rates are medians, by the processor's time on one thread; beside them the kernel's by the wall on
N threads (0: one a core) with the cores it kept busy, and what one call takes with one text cut to 20 and to 200 words. With a model folder, also
the share of scoring that goes into text. Writes benchmarks/results/text.json.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyarrow.parquet
from racing import RESULTS, medians, race, ratios, rounded

import reread
from reread.machine import available_cores, circumstances
from reread.text.encoder import TextEncoder, TextSettings
from reread.text.language import detect_language
from reread.text.segmenters import segmenters

LATENCY_WORDS = (20, 200)
CALLS = 1000  # in a round of latency
COLUMNS = (
    "segmenter",
    "Python texts/s",
    "kernel texts/s",
    "ratio",
    "tokens/s",
    "Python learns/s",
    "kernel learns/s",
    "ratio",
    "on threads",
    "cores",
    "20 words",
    "200 words",
)
WIDTHS = "{:16}{:>16,}{:>16,}{:>8}{:>14,}{:>17,}{:>17,}{:>8}{:>12,}{:>8}{:>12}{:>12}"


def without_kernel() -> Any:
    """As where no kernel was built."""
    return patch("reread.text.compiled.load", return_value=None)


def in_python(encoder: TextEncoder) -> TextEncoder:
    """The same encoder as where no kernel was built."""
    with without_kernel():
        return TextEncoder.from_config(encoder.to_config(), encoder.vocabularies)


def learn_in_python(settings: TextSettings, texts: list[str]) -> TextEncoder:
    """The vocabulary of these texts as where no kernel was built."""
    with without_kernel():
        return TextEncoder.learn(settings, texts)


def many_times(encoder: TextEncoder, text: str, words: int) -> Callable[[], Any]:
    """Calls with one text."""
    cut = " ".join(text.split()[:words])
    return lambda: [encoder.encode(cut) for _ in range(CALLS)]


def measure(name: str, language: str, texts: list[str], options: argparse.Namespace) -> dict[str, Any]:
    """One segmenter: what each way does in a second, and how long one text takes."""
    settings = TextSettings.for_language(language, segmenter=name)
    encoder = TextEncoder.learn(settings, texts)
    plain, longest = in_python(encoder), max(texts, key=len)
    sides: dict[str, Callable[[], Any]] = {
        "python": lambda: plain.encode_many(texts),
        "kernel": lambda: encoder.encode_many(texts),
        "learns in python": lambda: learn_in_python(settings, texts),
        "learns in kernel": lambda: TextEncoder.learn(settings, texts),
        "threads": lambda: encoder.encode_many(texts, threads=options.threads),
        **{f"{words} words": many_times(encoder, longest, words) for words in LATENCY_WORDS},
    }
    took = race(sides, options.rounds)
    seconds = {side: medians(each) for side, each in took.items()}
    busy = seconds["threads"]["processor_seconds"] / seconds["threads"]["seconds"]
    kernel = seconds["kernel"]["processor_seconds"]
    return {
        "segmenter": name,
        "python_texts_per_second": round(len(texts) / seconds["python"]["processor_seconds"]),
        "kernel_texts_per_second": round(len(texts) / kernel),
        "ratio": rounded(ratios(took["python"], took["kernel"])["processor_seconds"], 3),
        "kernel_tokens_per_second": round(len(encoder.encode_many(texts).ids) / kernel),
        **{
            f"{side}_learns_texts_per_second": round(len(texts) / seconds[f"learns in {side}"]["processor_seconds"])
            for side in ("python", "kernel")
        },
        "learns_ratio": rounded(ratios(took["learns in python"], took["learns in kernel"])["processor_seconds"], 3),
        "threads_texts_per_second": round(len(texts) / seconds["threads"]["seconds"]),
        "threads_cores": rounded(busy, 3),
        **{
            f"microseconds_{words}_words": rounded(seconds[f"{words} words"]["processor_seconds"] / CALLS * 1e6, 3)
            for words in LATENCY_WORDS
        },
    }


def share_of_scoring(folder: Path, texts: list[str], rounds: int) -> dict[str, float]:
    """Text against the whole of scoring through the model folder's network, on one thread."""
    model: Any = reread.load(folder, threads=1)
    sides = {"text": lambda: model.encoder.encode_many(texts), "scoring": lambda: model.scores(texts)}
    took = race(sides, rounds)
    seconds = {f"{side}_seconds": medians(each)["processor_seconds"] for side, each in took.items()}
    return {**seconds, "text_share": ratios(took["text"], took["scoring"])["processor_seconds"]}


def measure_file(file: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Every segmenter on one file."""
    read: Any = pyarrow.parquet.read_table
    texts = read(file, columns=["text"]).column("text").slice(0, options.texts).to_pylist()
    language, name = detect_language(texts), f"{file.parent.name}/{file.name}"
    print(f"\n{name}: {len(texts):,} texts, {language}; one text in microseconds")
    print(WIDTHS.replace(",", "").format(*COLUMNS))
    rows = []
    for segmenter in segmenters:
        rows.append(measure(segmenter, language, texts, options))
        print(WIDTHS.format(*rows[-1].values()))
    record: dict[str, Any] = {"data": name, "texts": len(texts), "language": language, "segmenters": rows}
    if options.model:
        record["scoring"] = share_of_scoring(options.model, texts, options.rounds)
        print("text is {text_share:.1%} of scoring: {text_seconds} of {scoring_seconds} s".format(**record["scoring"]))
    return record


def main() -> None:
    """Measure every segmenter on every file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, action="append", required=True, help="Parquet file with a column `text`")
    parser.add_argument("--model", type=Path, help="model folder whose scoring the text is held against")
    parser.add_argument("--texts", type=int, default=3000, help="texts read of each file (default 3000)")
    parser.add_argument("--threads", type=int, default=0, help="threads of the last rate (default 0, one a core)")
    parser.add_argument("--rounds", type=int, default=5, help="default 5")
    parser.add_argument("--output", type=Path, default=RESULTS / "text.json")
    options = parser.parse_args()
    options.threads = options.threads or available_cores()
    records = [measure_file(file, options) for file in options.data]
    result = {"records": records, "rounds": options.rounds, "threads": options.threads, **circumstances()}
    options.output.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
