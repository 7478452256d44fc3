"""Answers from raw text: reread's scorer beside plain PyTorch, ONNX Runtime and the linear baseline; one trained network, in turn.

    python benchmarks/speed/scoring.py --data imdb [--model FOLDER]

The network (embedding 200, LSTM 128 in both directions, maximum over time) is trained briefly, or is that of FOLDER, which is made where
it is missing. Plain PyTorch has its weights and vocabulary, cuts words with a regular expression and reads batches of 64 as they come; the sides on
ONNX Runtime read reread's own batches, sorted by length. int8 is what `onnxruntime.quantization.quantize_dynamic` makes. Texts a second are of many texts at
once; latency is of calls with one text cut to 20 and to 200 words. Beside them the share of texts answered as reread answers, the largest difference of a score,
and the accuracy on the rows held out. Writes benchmarks/results/scoring_DATA.json.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from racing import ROOT, Rows, medians, options, pin, race, rates, ratios, rounded, train_and_held_out, write_record

from reread import TextClassifier, load
from reread.blend.linear import read_baseline
from reread.bundle import Bundle, read_bundle
from reread.scoring.backends.onnx import OnnxBackend
from reread.scoring.scorer import Scorer

sys.path.append(str(ROOT / "benchmarks" / "peers"))
from contract import Settings, Words
from reread_texts import tables_of
from torch_loop import Net, padded, split

Score = Callable[[list[str]], NDArray[np.floating[Any]]]
BATCH = 64  # texts that plain PyTorch reads at once
LATENCY_WORDS = (20, 200)
RECURRENT = ("PyTorch, padded", "PyTorch, packed", "ONNX Runtime float32", "ONNX Runtime int8")
"""Sides that run the network, which reread's is compared with."""


def trained(folder: Path, train: Rows) -> Bundle:
    """The model folder, made where it is missing."""
    if not folder.exists():
        settings = Settings(len(set(train.labels)), threads=torch.get_num_threads())
        TextClassifier(settings=tables_of(settings)).fit(train.texts, train.labels).save(folder)
    return read_bundle(folder, threads=torch.get_num_threads())


def plain_torch(bundle: Bundle, *, packed: bool) -> Score:
    """The network with torch's own layers; id 0 is padding, and every id of reread's is one higher."""
    weights = {name: torch.from_numpy(array) for name, array in bundle.weights.items()}
    vocabulary, scorer = bundle.scorer.encoder.vocabularies[0], bundle.scorer
    settings = Settings(scorer.task.size, words=scorer.max_tokens or sys.maxsize, vocabulary=len(vocabulary) + 1)
    net, words = Net(settings, packed=packed), Words(split, (), settings)
    words.numbers = {token: k for k, token in enumerate(vocabulary.tokens, start=2)}
    cells = {"ahead": "", "back": "_reverse"}
    net.load_state_dict({
        "embedding.weight": torch.cat([torch.zeros(1, settings.dim), weights["embedding.tables.0.weight"]]),
        **{f"lstm.{kind}_l0{end}": weights[f"layers.0.{cell}.cell.{kind}_l0"] for cell, end in cells.items() for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")},
        **{f"head.{kind}": weights[f"head.2.{kind}"] for kind in ("weight", "bias")},
    })  # fmt: skip
    net.eval()

    @torch.inference_mode()
    def score(texts: list[str]) -> NDArray[np.float32]:
        batches = (texts[start : start + BATCH] for start in range(0, len(texts), BATCH))
        return torch.cat([net(*padded([words.ids(text) for text in batch])) for batch in batches]).numpy()

    return score


def onnx_runtime(bundle: Bundle, model: bytes) -> Score:
    """An exported network in ONNX Runtime, behind reread's own texts and batches."""
    scorer = bundle.scorer
    start = scorer.backend.start_states, scorer.backend.start_summary
    backend = OnnxBackend(model, *start, layers=scorer.backend.layers, threads=torch.get_num_threads())
    return Scorer(scorer.encoder, scorer.task, backend, window=scorer.window, max_tokens=scorer.max_tokens).scores


def quantised(model: bytes) -> bytes:
    """The exported network with 8-bit weights, the LSTM's too: its weights are made constants first, as quantising asks."""
    with tempfile.TemporaryDirectory() as scratch:
        files = [Path(scratch) / f"{name}.onnx" for name in ("float32", "constants", "int8")]
        files[0].write_bytes(model)
        quant_pre_process(files[0], files[1], skip_symbolic_shape=True, skip_onnx_shape=True)
        quantize_dynamic(files[1], files[2])
        if all(node.op_type != "DynamicQuantizeLSTM" for node in onnx.load(files[2]).graph.node):
            raise SystemExit("ONNX Runtime left the LSTM in float32")
        return files[2].read_bytes()


def all_sides(bundle: Bundle) -> dict[str, Score]:
    """Every side by its name; one more backend is one more line."""
    model, baseline = bundle.files["model.onnx"], read_baseline(bundle.files)
    sides = {
        "reread": load(bundle.path, threads=torch.get_num_threads()).scores,
        "PyTorch, padded": plain_torch(bundle, packed=False),
        "PyTorch, packed": plain_torch(bundle, packed=True),
        "ONNX Runtime float32": onnx_runtime(bundle, model),
        "ONNX Runtime int8": onnx_runtime(bundle, quantised(model)),
    }
    return sides | ({"TF-IDF, linear (no network)": baseline.scores} if baseline else {})


def answered(sides: Mapping[str, Score], bundle: Bundle, rows: Rows) -> dict[str, dict[str, float]]:
    """How each side answers, beside the truth and beside reread."""
    task, found = bundle.scorer.task, {}
    scores = {name: side(rows.texts) for name, side in sides.items()}
    answers = {name: task.predict(each) for name, each in scores.items()}
    for name in sides:
        found[name] = {
            "accuracy": np.mean([ours == truth for ours, truth in zip(answers[name], rows.labels, strict=True)]),
            "same_answers": np.mean([ours == its for ours, its in zip(answers["reread"], answers[name], strict=True)]),
        }
        if scores[name].shape == scores["reread"].shape:
            found[name]["largest_difference"] = rounded(float(np.abs(scores[name] - scores["reread"]).max()), 2)
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


def latencies(sides: Mapping[str, Score], texts: list[str], rounds: int) -> dict[str, dict[str, float]]:
    """Milliseconds of a call with one text: half of the calls, and 99 of 100, take no longer."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for part in range(rounds + 1):
        for name, side in sides.items():
            for text in texts[part :: rounds + 1]:
                begun = time.perf_counter()
                side([text])
                seconds[name].append(time.perf_counter() - begun)
            if not part:
                seconds[name].clear()  # to warm up
    return {
        name: {f"p{share}": rounded(1000 * float(np.percentile(each, share)), 3) for share in (50, 99)}
        for name, each in seconds.items()
    }


def main() -> None:
    """Measure and record."""
    parser = options(__doc__ or "", rounds=5, rows=6000)
    parser.add_argument("--texts", type=int, default=1000, help="answered in every round (default 1000)")
    parser.add_argument("--calls", type=int, default=1000, help="with one text of a length (default 1000)")
    parser.add_argument("--threads", type=int, default=1, help="0: one for each core (default 1)")
    parser.add_argument("--model", type=Path, help="where the trained network is, or is put")
    arguments = parser.parse_args()
    pin(arguments.threads)
    train, held_out = train_and_held_out(arguments.data, arguments.rows)
    with tempfile.TemporaryDirectory() as scratch:
        bundle = trained(arguments.model or Path(scratch) / "model", train)
        record = measured(bundle, held_out, arguments.texts, arguments.calls, arguments.rounds)
    for name, figures in record["sides"].items():
        print(f"{name:28}", *(f"{what} {value}" for what, value in figures.items()), sep="  ")
    print(write_record(record, arguments))


def measured(bundle: Bundle, held_out: Rows, texts: int, calls: int, rounds: int) -> dict[str, Any]:
    """All that is measured."""
    sides, some = all_sides(bundle), held_out.some(range(min(texts, len(held_out.texts))))
    ways: dict[str, Callable[[], Any]] = {name: lambda side=side: side(some.texts) for name, side in sides.items()}
    ways["text alone"] = lambda: [bundle.scorer.encode(text) for text in some.texts]
    done = rates(race(ways, rounds), dict.fromkeys(ways, len(some.texts)))
    found: dict[str, dict[str, Any]] = {name: {"texts_per_second": medians(each)} for name, each in done.items()}
    for name, told in answered(sides, bundle, some).items():
        found[name] |= told
    for words in LATENCY_WORDS:
        for name, told in latencies(sides, cut(held_out.texts, words, calls), rounds).items():
            found[name][f"ms_of_{words}_words"] = told
    times = {name: ratios(done["reread"], done[name]) for name in RECURRENT}
    tokens = sum(len(bundle.scorer.encode(text)) for text in some.texts)
    return {"texts": len(some.texts), "tokens": tokens, "sides": found, "times_reread": times}


if __name__ == "__main__":
    main()
