"""Checks of a model folder: its checksums, and that answers depend on nothing but the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reread.baseline.linear import LinearModel
from reread.bundle import BLEND, Bundle, changed_prose, read_bundle
from reread.errors import ConfigError
from reread.kernel import available, load
from reread.recipes.spec import ModelSpec, TrainingSettings
from reread.scoring.backends.choose import EXACT, ONNX
from reread.scoring.backends.kernel import KernelBackend
from reread.scoring.network.build import missing_part
from reread.scoring.scorer import Scorer
from reread.tasks.mixing import check_weights

if TYPE_CHECKING:
    from reread.nn.model import TextNet

TOLERANCE = 1e-5  # of a text's largest float32 score, or of 1 where all are smaller
LENGTHS = (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233)
LONG = 600  # tokens of the text that is read in windows and in one piece


@dataclass(frozen=True)
class Check:
    """One check: whether it passed, and what was measured."""

    name: str
    ok: bool
    detail: str


def verify(path: str | Path) -> list[Check]:
    """Check a model folder.

    The texts are made of random ids of the model's vocabulary: no user data is needed, and every length occurs.

    Raises:
        NotABundleError: the path holds no model folder.
        BundleError: a file that answers depend on is missing or differs from its checksum.
    """
    bundle, exported = read_bundle(path, threads=1), read_bundle(path, threads=1, backend=ONNX).scorer
    details = [f"{len(bundle.files)} files are as they were written", *changed_prose(bundle.path)]
    checks = [Check("checksums", ok=True, detail="; ".join(details))]
    texts = sample_ids(bundle.scorer)
    alone = np.concatenate([bundle.scorer.score_ids([text]) for text in texts])
    by_onnx = exported.score_ids(texts)
    finite = bool(np.isfinite(alone).all() and np.isfinite(by_onnx).all())
    checks.append(Check("finite", finite, f"{alone.size} scores of {len(texts)} texts"))
    checks.append(compare_scores("batch size and padding", bundle.scorer.score_ids(texts), alone))
    order = np.random.default_rng(1).permutation(len(texts))
    checks.append(compare_scores("order", bundle.scorer.score_ids([texts[row] for row in order]), alone[order]))
    checks.append(_threads(read_bundle(path, threads=2).scorer, texts, alone))
    checks.append(_windows(bundle.scorer))
    export, training = _networks(bundle, texts, by_onnx)
    checks += [export, _kernel(bundle, alone, by_onnx), training]
    if bundle.config.blend is not None:
        checks.append(_shares("blend", BLEND, bundle.config.blend.weights()))
    if bundle.config.members is not None:
        checks.append(_shares("members", list(bundle.config.members), list(bundle.config.members.values())))
    return checks if bundle.baseline is None else [*checks, *_linear(bundle.baseline)]


def sample_ids(scorer: Scorer, seed: int = 0) -> list[NDArray[np.int32]]:
    """Ids of texts of many lengths, each (tokens, features)."""
    random = np.random.default_rng(seed)
    sizes = [len(vocabulary) for vocabulary in scorer.encoder.vocabularies]
    return [random.integers(0, sizes, (length, len(sizes)), dtype=np.int32) for length in LENGTHS]


def compare_scores(
    name: str, scores: NDArray[np.float32], expected: NDArray[np.float32], allowed: float | None = None
) -> Check:
    """Whether scores (texts, scores) are the expected ones, up to rounding: `TOLERANCE`, unless more is allowed."""
    allowed = TOLERANCE if allowed is None else allowed
    # Rounding grows with the summed numbers: a score near 0 beside large ones has the rounding error of the large ones.
    size = np.maximum(1, np.abs(expected).max(axis=1, keepdims=True))
    largest = float((np.abs(scores - expected) / size).max())
    return Check(name, largest <= allowed, f"largest difference {largest:.1e}, allowed {allowed:.0e}")


def _threads(scorer: Scorer, texts: Sequence[NDArray[np.int32]], alone: NDArray[np.float32]) -> Check:
    """Two threads, which share more texts than one call reads, against one."""
    copies = 2 * scorer.backend.texts // len(texts) + 1
    return compare_scores("threads", scorer.score_ids(list(texts) * copies), np.tile(alone, (copies, 1)))


def _windows(scorer: Scorer) -> Check:
    """A long text in small windows against the same text in one piece."""
    random = np.random.default_rng(2)
    sizes = [len(vocabulary) for vocabulary in scorer.encoder.vocabularies]
    text = random.integers(0, sizes, (LONG, len(sizes)), dtype=np.int32)
    in_windows = Scorer(scorer.encoder, scorer.task, scorer.backend, window=64).score_ids([text])
    in_one = Scorer(scorer.encoder, scorer.task, scorer.backend, window=LONG).score_ids([text])
    return compare_scores("windows", in_windows, in_one)


def _kernel(bundle: Bundle, scores: NDArray[np.float32], by_onnx: NDArray[np.float32]) -> Check:
    """The compiled kernel against ONNX Runtime, if the kernel answers."""
    if isinstance(bundle.scorer.backend, KernelBackend):
        return compare_scores("kernel", scores, by_onnx)
    library = load()
    missing = "was not built here" if library is None else missing_part(_spec(bundle), library, EXACT)
    return Check("kernel", ok=True, detail=f"not compared: the kernel {missing}")


def _networks(bundle: Bundle, texts: Sequence[NDArray[np.int32]], by_onnx: NDArray[np.float32]) -> tuple[Check, Check]:
    """ONNX Runtime, and the kernel that trains, against the network in torch, where torch is installed."""
    try:
        import torch  # noqa: F401, PLC0415
    except ModuleNotFoundError:
        missing = 'not compared: torch is not installed (pip install "reread[train]")'
        return Check("export", ok=True, detail=missing), Check("training kernel", ok=True, detail=missing)
    from reread.scoring.backends.torch import TorchBackend, restore_net  # noqa: PLC0415

    scorer = bundle.scorer
    sizes = [len(vocabulary) for vocabulary in scorer.encoder.vocabularies]
    net = restore_net(bundle.config.model, bundle.weights, sizes, scorer.task.size)
    original = Scorer(scorer.encoder, scorer.task, TorchBackend(net), window=scorer.window)
    expected = original.score_ids(texts)
    export = compare_scores("export", by_onnx, expected)
    spec = _spec(bundle)
    if not _give_kernel(net, spec):
        missing = f"the kernel sweeps no {spec.recurrence}" if available() else "the kernel was not built here"
        return export, Check("training kernel", ok=True, detail=f"not compared: {missing}")
    return export, compare_scores("training kernel", original.score_ids(texts), expected)


def _give_kernel(net: TextNet, spec: ModelSpec) -> bool:
    """Let the kernel run a network from now on, if it can."""
    from reread.train.engine import TORCH, engines, use_engine  # noqa: PLC0415

    fastest = engines(spec, TrainingSettings(device="cpu"))[0]
    use_engine(net, fastest)
    return fastest != TORCH


def _spec(bundle: Bundle) -> ModelSpec:
    return bundle.config.spec()


def _linear(model: LinearModel) -> list[Check]:
    """The linear member: its scores of a text, alone and among others, in another order, and without the kernel."""
    texts = model.sample_texts() or [""]
    alone = np.concatenate([model.scores([text]) for text in texts])
    together = model.scores(texts[::-1])[::-1]
    return [
        compare_scores("linear member: batch and order", together, alone),
        compare_scores("linear member: kernel", model.scores(texts, compiled=False), alone),
    ]


def _shares(name: str, members: Sequence[str], weights: Sequence[float]) -> Check:
    """The weights of what answers together."""
    try:
        check_weights(weights, len(members))
    except ConfigError as error:
        return Check(name, ok=False, detail=str(error))
    shown = [f"{weight:.2f} {member}" for weight, member in zip(weights, members, strict=True)]
    return Check(name, ok=True, detail=", ".join(shown))
