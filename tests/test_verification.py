"""`verify` passes on a good folder, and can fail: on other weights, on padding that is read, on windows that forget."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from reread import bundle
from reread.apps.cli.run import run
from reread.baseline.linear import LinearModel
from reread.errors import BundleError, ExportError
from reread.export import onnx as exporter
from reread.export.folder import export_folder
from reread.kernel import library
from reread.kernel.lstm import Lstm
from reread.kernel.reading import Reader
from reread.nn.model import build_model
from reread.nn.poolings import poolings
from reread.recipes.spec import ModelSpec
from reread.scoring.backends.kernel import KernelBackend
from reread.scoring.backends.torch import TorchBackend
from reread.verification import Check, _kernel, compare_scores, verify
from support import folders
from support.wrong_parts import LastColumn, LastWindow

pytestmark = pytest.mark.usefixtures("one_thread")
NAMES = [
    "checksums",
    "finite",
    "batch size and padding",
    "order",
    "threads",
    "windows",
    "export",
    "kernel",
    "training kernel",
    "linear member: batch and order",
    "linear member: kernel",
]


def failed(checks: list[Check]) -> list[str]:
    return [check.name for check in checks if not check.ok]


def detail(checks: list[Check], name: str) -> str:
    (found,) = [check.detail for check in checks if check.name == name]
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folders.copy_of(folders.OLD, tmp_path / "model")


def test_a_good_folder_passes() -> None:
    checks = verify(folders.OLD)
    assert [check.name for check in checks] == NAMES
    assert not failed(checks)
    assert all(check.detail for check in checks)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda scores, texts, _: scores + len(texts), "linear member: batch and order"),
        (lambda scores, _, compiled: scores if compiled else scores * 1.001 + 1e-3, "linear member: kernel"),
    ],
)
def test_a_linear_member_that_answers_differently_is_found(
    change: Callable[..., np.ndarray], wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = LinearModel.scores

    def scores(model: LinearModel, texts: list[str], *, compiled: bool = True) -> np.ndarray:
        return change(right(model, texts, compiled=compiled), texts, compiled)

    monkeypatch.setattr(LinearModel, "scores", scores)
    assert wrong in failed(verify(folders.OLD))


def test_a_linear_member_without_n_grams_is_checked_too(folder: Path) -> None:
    description = json.loads((folder / "baseline.json").read_text(encoding="utf-8"))
    arrays = load_tensors((folder / "baseline.safetensors").read_bytes())
    none = {name: array[:0] if name != "intercept" else array for name, array in arrays.items()}
    (folder / "baseline.json").write_text(json.dumps({**description, "features": []}), encoding="utf-8")
    (folder / "baseline.safetensors").write_bytes(save_tensors(none))
    folders.sign(folder)
    assert not failed(verify(folder))


def change_onnx(folder: Path, change: Callable[[np.ndarray], np.ndarray], rank: int) -> str:
    """Change the largest tensor of a rank in model.onnx, and sign the folder again."""
    model = onnx.load_from_string((folder / "model.onnx").read_bytes())
    tensor = max(
        (each for each in model.graph.initializer if len(each.dims) == rank and each.data_type == 1),
        key=lambda each: np.prod(each.dims),
    )
    tensor.CopyFrom(numpy_helper.from_array(change(numpy_helper.to_array(tensor)).astype(np.float32), tensor.name))
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    folders.sign(folder)
    return tensor.name


def test_one_other_weight_in_the_onnx_file_is_found(folder: Path) -> None:
    def nudge(weights: np.ndarray) -> np.ndarray:
        weights = weights.copy()
        weights.flat[weights.size // 2] += 0.05
        return weights

    change_onnx(folder, nudge, rank=2)
    bundle.read_bundle(folder)  # it opens: only its answers tell
    checks = verify(folder)
    assert failed(checks) == ["export", "kernel"]
    assert "allowed 1e-05" in detail(checks, "export")
    assert run(["verify", str(folder), "--quiet"]) == 1
    with pytest.raises(ExportError, match="fails its check of export"):
        export_folder(folder, folder.with_name("model.onnx"))


def test_other_weights_in_the_weights_file_are_found(folder: Path) -> None:
    tensors = load_tensors((folder / "weights.safetensors").read_bytes())
    tensors["embedding.tables.0.weight"][3] += 0.05
    (folder / "weights.safetensors").write_bytes(save_tensors(tensors))
    folders.sign(folder)
    assert failed(verify(folder)) == ["export", "kernel"]


def test_scores_that_are_not_finite_are_found(folder: Path) -> None:
    change_onnx(folder, lambda weights: np.full_like(weights, np.nan), rank=2)
    assert "finite" in failed(verify(folder))


def test_a_changed_file_is_no_check_but_an_error(folder: Path) -> None:
    (folder / "model.onnx").write_bytes((folder / "model.onnx").read_bytes()[:-1])
    with pytest.raises(BundleError, match=r"model\.onnx differs from its checksum"):
        verify(folder)
    assert run(["verify", str(folder), "--quiet"]) == 1


@pytest.mark.parametrize(("size", "ok"), [(0.1, False), (5.0, True)])
def test_a_difference_is_measured_against_the_text_s_largest_score(size: float, *, ok: bool) -> None:
    expected = np.array([[size, 0.0], [9.0, 9.0]], dtype=np.float32)
    found = expected + np.array([[0.0, 4e-5], [0.0, 0.0]], dtype=np.float32)
    check = compare_scores("export", found, expected)
    assert check.ok is ok
    assert not compare_scores("export", found * np.float32(np.nan), expected).ok


@pytest.mark.parametrize(
    ("hidden", "message"),
    [
        (
            7,
            r"the weights hold layers\.0\.ahead\.cell\.bias_ih_l0 as float32 \(24,\); the model settings say float32 \(28,\)",
        ),
        ('"big"', "model.hidden = "),
    ],
)
def test_model_settings_that_are_not_those_of_the_weights(folder: Path, hidden: object, message: str) -> None:
    config = (folder / "config.json").read_text(encoding="utf-8")
    (folder / "config.json").write_text(config.replace('"hidden": 6', f'"hidden": {hidden}'), encoding="utf-8")
    folders.sign(folder)
    with pytest.raises(BundleError, match=f" cannot be read as a model folder: {message}") as caught:
        verify(folder)
    assert "\n" not in str(caught.value)


def written(spec: ModelSpec, folder: Path) -> Path:
    """A folder like the old one, with another network."""
    read = bundle.read_bundle(folders.OLD)
    torch.manual_seed(0)
    net = build_model(spec, [len(vocabulary) for vocabulary in read.scorer.encoder.vocabularies], read.scorer.task.size)
    torch.nn.init.normal_(net.embedding.tables[0].weight)
    backend = TorchBackend(net.eval())
    good = folders.artefacts_of(read)
    made = replace(
        good,
        config=replace(good.config, model=asdict(spec)),
        weights={name: tensor.numpy() for name, tensor in net.state_dict().items()},
        start_states=backend.start_states,
        start_summary=backend.start_summary,
        onnx=exporter.export_onnx(net),
    )
    bundle.save(made, folder)
    return folder


@pytest.mark.parametrize(("wrong", "found"), [(LastColumn, "batch size and padding"), (LastWindow, "windows")])
def test_a_wrong_pooling_is_found(wrong: type, found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    poolings.names()
    monkeypatch.setitem(poolings._entries, "wrong", wrong)
    monkeypatch.setattr(exporter, "_check", lambda *_: None)
    spec = ModelSpec(embedding_dim=4, hidden=3, pooling="wrong", bidirectional=False)
    assert found in failed(verify(written(spec, tmp_path / "model")))


@pytest.mark.parametrize(("kind", "found"), [(Lstm, "training kernel"), (Reader, "kernel")])
def test_a_kernel_with_another_weight_is_found(kind: Any, found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = kind.pack

    def wrong(self: Any, weights: np.ndarray, *args: Any, **options: Any) -> np.ndarray:
        return right(self, weights * np.float32(1.05), *args, **options)

    assert "allowed 1e-05" in detail(verify(folders.OLD), found)
    monkeypatch.setattr(kind, "pack", wrong)
    assert failed(verify(folders.OLD)) == [found]


def test_answers_that_other_threads_change_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = KernelBackend.run

    def wrong(self: KernelBackend, *args: Any) -> tuple[Any, ...]:
        scores, *rest = right(self, *args)
        return (scores + np.float32(threading.current_thread() is not threading.main_thread()), *rest)

    monkeypatch.setattr(KernelBackend, "run", wrong)
    assert failed(verify(folders.OLD)) == ["threads"]


@pytest.mark.skipif(not library.available(), reason="the kernel was not built here")
def test_why_the_kernel_is_not_compared_is_what_it_lacks() -> None:
    read = bundle.read_bundle(folders.OLD, backend="onnx")
    gelu = replace(read, config=replace(read.config, model={**read.config.model, "dense": [2], "activation": "gelu"}))
    found = _kernel(gelu, np.zeros((1, 2), np.float32), np.zeros((1, 2), np.float32))
    assert found == Check("kernel", ok=True, detail="not compared: the kernel has no activation gelu")


def test_what_is_missing_is_not_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    rnn = verify(written(ModelSpec(embedding_dim=4, hidden=3, recurrence="rnn"), tmp_path / "model"))
    assert not failed(rnn)
    assert detail(rnn, "kernel") == "not compared: the kernel does not read rnn"
    assert detail(rnn, "training kernel") == "not compared: the kernel sweeps no rnn"
    monkeypatch.setattr(library, "FOLDER", tmp_path)
    library.load.cache_clear()
    request.addfinalizer(library.load.cache_clear)
    assert detail(verify(folders.OLD), "kernel") == "not compared: the kernel was not built here"
    monkeypatch.setitem(sys.modules, "torch", None)
    without = verify(folders.OLD)
    assert [check.name for check in without] == NAMES
    assert not failed(without)
    for name in ("export", "training kernel"):
        assert detail(without, name) == 'not compared: torch is not installed (pip install "reread[train]")'
