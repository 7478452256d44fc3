"""The sides of scoring.py: what answers texts with one trained network, here or in an environment of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from racing import PEERS, Elapsed, Rows, environment

from reread import TextClassifier
from reread.bundle import Bundle, read_bundle
from reread.errors import ConfigError
from reread.model.load import model_of
from reread.scoring.backends.onnx import OnnxBackend
from reread.scoring.scorer import Scorer

sys.path.append(str(PEERS))
from contract import Settings, Words, words_and_marks
from reread_texts import tables_of
from torch_loop import Net, padded

Scores = NDArray[np.floating[Any]]
Score = Callable[[list[str]], Scores]
BATCH = 64  # texts that plain PyTorch reads at once
ANYHOW = {"backend": "kernel", "limit": 1.0}  # whatever a precision costs: its accuracy stands beside
REREAD: Mapping[str, Mapping[str, Any]] = {
    "reread": {},
    "reread, ONNX Runtime": {"backend": "onnx"},
    "reread, bfloat16": {**ANYHOW, "precision": "bfloat16"},
    "reread, int8": {**ANYHOW, "precision": "int8"},
}
"""What a model folder is opened with, a side each; the first one, the kernel in float32 where there is one, is what all others are compared with."""
DEFAULTS = ("reread, default stack", "reread, linear member")
NETWORKS = {
    "skorch": ("peers", "skorch_answers.py", ""),
    "Keras, TensorFlow": ("peers", "keras_answers.py", "tensorflow"),
    "Keras, JAX": ("keras", "keras_answers.py", "jax"),
}
"""Of sides in an environment of their own: which, the script of benchmarks/peers, and Keras's backend."""


def trained(folder: Path, train: Rows) -> Bundle:
    """The model folder, made where it is missing."""
    if not folder.exists():
        settings = Settings(len(set(train.labels)), threads=torch.get_num_threads())
        model = TextClassifier(recipe="bilstm_max", settings=tables_of(settings), baseline=False)
        model.fit(train.texts, train.labels).save(folder)
    return read_bundle(folder, threads=torch.get_num_threads(), backend="onnx")


def default_sides(folder: Path, train: Rows) -> dict[str, Score]:
    """The default stack and its linear member alone, of a folder that is made where it is missing.

    No rows are held out of its training, so that both members count the same and every text is read by both.
    """
    if not folder.exists():
        training = {"validation": 0.0, "patience": None, "threads": torch.get_num_threads()}
        TextClassifier(settings={"training": training}).fit(train.texts, train.labels).save(folder)
    bundle = read_bundle(folder, threads=torch.get_num_threads())
    return {name: model_of(bundle, part).scores for name, part in zip(DEFAULTS, ("stack", "linear"), strict=True)}


@dataclass(frozen=True)
class Network:
    """The trained network as torch's own layers have it: id 0 is padding, and every id of reread's is one higher."""

    settings: Settings
    tokens: tuple[str, ...]
    arrays: Mapping[str, NDArray[np.float32]]

    @classmethod
    def of(cls, bundle: Bundle) -> Network:
        """That of a model folder."""
        weights, scorer, vocabulary = bundle.weights, bundle.scorer, bundle.scorer.encoder.vocabularies[0]
        settings = Settings(
            scorer.task.size, torch.get_num_threads(), words=scorer.max_tokens or sys.maxsize, vocabulary=len(vocabulary) + 1
        )  # fmt: skip
        table, cells = weights["embedding.tables.0.weight"], {"ahead": "", "back": "_reverse"}
        arrays = {
            "embedding.weight": np.concatenate([np.zeros((1, settings.dim), np.float32), table]),
            **{f"lstm.{kind}_l0{end}": weights[f"layers.0.{cell}.cell.{kind}_l0"] for cell, end in cells.items() for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")},
            **{f"head.{kind}": weights[f"head.2.{kind}"] for kind in ("weight", "bias")},
        }  # fmt: skip
        return cls(settings, vocabulary.tokens, arrays)

    def write(self, folder: Path) -> None:
        """Write what benchmarks/peers/answering.py reads."""
        for name, content in (("settings", asdict(self.settings)), ("vocabulary", self.tokens)):
            (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
        np.savez(folder / "network.npz", **self.arrays)


def plain_torch(network: Network, *, packed: bool) -> Score:
    """The network with torch's own layers."""
    net, words = Net(network.settings, packed=packed), Words(words_and_marks, (), network.settings)
    words.numbers = {token: k for k, token in enumerate(network.tokens, start=2)}
    net.load_state_dict({name: torch.from_numpy(array) for name, array in network.arrays.items()})
    net.eval()

    @torch.inference_mode()
    def score(texts: list[str]) -> Scores:
        batches = (texts[start : start + BATCH] for start in range(0, len(texts), BATCH))
        return torch.cat([net(*padded([words.ids(text) for text in batch])) for batch in batches]).numpy()

    return score


class Peer:
    """A side at work in a process of its own, which tells its time by its own clocks."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def __call__(self, texts: list[str]) -> Scores:
        """The scores of texts, (texts, classes)."""
        return np.array(self._answer(texts)["scores"], dtype=np.float32)

    def time(self, texts: list[str]) -> Elapsed:
        """What answering them takes."""
        return Elapsed(self._answer(texts)["took"])

    def _answer(self, texts: list[str]) -> dict[str, Any]:
        if self.process.stdin is None or self.process.stdout is None:
            raise SystemExit("a side was started without pipes")
        print(json.dumps(texts), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.process.args} ended with {self.process.wait()}")
        told: dict[str, Any] = json.loads(line)
        return told


@contextmanager
def peers(network: Network, pythons: Mapping[str, str]) -> Iterator[dict[str, Score]]:
    """The sides that have a Python, each in its own process; those without are left out, and said."""
    missing = [name for name, (python, *_) in NETWORKS.items() if python not in pythons]
    if missing:
        print("left out, no --python given:", ", ".join(missing))
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        network.write(Path(folder))
        found: dict[str, Score] = {}
        for name in (name for name in NETWORKS if name not in missing):
            python, script, backend = NETWORKS[name]
            process = subprocess.Popen(
                [pythons[python], str(PEERS / script), folder], env=environment(torch.get_num_threads(), backend),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
            )  # fmt: skip
            found[name] = Peer(stack.enter_context(process))  # its pipes are closed at the end, which ends it
        yield found


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
        kinds = {node.op_type for node in onnx.load(files[2]).graph.node}
        if "LSTM" in kinds or "DynamicQuantizeLSTM" not in kinds:
            raise SystemExit("ONNX Runtime left the LSTM in float32")
        return files[2].read_bytes()


def reread_sides(folder: Path) -> dict[str, Scorer]:
    """The sides of reread; a precision that its kernel has not here is left out, and said."""
    sides: dict[str, Scorer] = {}
    for name, asked in REREAD.items():
        try:
            sides[name] = read_bundle(folder, threads=torch.get_num_threads(), **asked).scorer
        except ConfigError as error:
            print(f"left out, {name}: {error}")
    return sides


def local_sides(bundle: Bundle, network: Network) -> dict[str, Score]:
    """The other sides that this process has, by their names."""
    model = bundle.files["model.onnx"]
    return {
        "PyTorch, padded": plain_torch(network, packed=False),
        "PyTorch, packed": plain_torch(network, packed=True),
        "ONNX Runtime float32": onnx_runtime(bundle, model),
        "ONNX Runtime int8": onnx_runtime(bundle, quantised(model)),
    }
