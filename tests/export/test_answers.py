"""A whole answer as one ONNX file: run by ONNX Runtime alone, it answers as the model does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from reread.bundle import LINEAR, NETWORK, read_bundle
from reread.errors import ConfigError, DataError, ExportError
from reread.export.answers import export_answers
from reread.export.checking import check_file
from reread.export.encoding import Port, encode
from reread.export.folder import export_folder
from reread.export.links import link_of
from reread.export.quantising import PRECISIONS
from reread.model.base import Model
from reread.model.baseline import Baseline
from reread.model.load import model_of
from reread.model.network import Network
from reread.model.stack import Stack
from reread.nn.graph import Graph, Value
from reread.nn.recurrences import recurrences
from reread.recipes.spec import ModelSpec
from reread.scoring.backends.torch import TorchBackend, stored_network
from reread.scoring.calibration.temperature import Temperature
from reread.scoring.learning import learn_postprocessor
from reread.scoring.scorer import Scorer
from reread.tasks.classification import Classification
from reread.tasks.regression import Regression
from support import folders, linear
from support import net_properties as properties

NOW = folders.DATA / "folders_2026_12"
STACKS = sorted(NOW.glob("*.reread"))
KEPT = [folder for folder in folders.KEPT if folder.stem != "blend"]  # networks; each with a linear member of its own
TEXTS = [
    "a lovely film",
    "A DULL, plain book!",
    "这部电影很好看 (a lovely film)",
    "zyxwvut",
    "!!! ...",
    "",
    "I don't know a more tedious song! " * 30,
]
WHOLE = [(folder, None) for folder in [*KEPT, *STACKS]]
MEMBERS = [(folder, LINEAR) for folder in [*KEPT, *STACKS]] + [(folder, NETWORK) for folder in STACKS]


def opened(folder: Path, part: str | None = None) -> Model:
    return model_of(read_bundle(folder, threads=1), part)


def run(content: bytes, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    names = [each.name for each in session.get_outputs()]
    return dict(zip(names, session.run(names, dict(inputs)), strict=True))


def named(model: Model, found: Mapping[str, np.ndarray], prefix: str = "") -> Any:
    """The predictions of a file in the names of the classes."""
    task = model.task.parts[prefix[:-1]] if prefix else model.task
    prediction = found[f"{prefix}prediction"]
    if not task.classes:
        return prediction.tolist()
    if prediction.ndim == 1:
        return [task.classes[place] for place in prediction]
    return [[task.classes[place] for place in np.flatnonzero(row)] for row in prediction]


def assert_same(found: Mapping[str, np.ndarray], model: Model, tolerance: float = 1e-4) -> None:
    np.testing.assert_allclose(found["scores"], model.scores(TEXTS), rtol=tolerance, atol=tolerance)
    predictions = model.predict(TEXTS)
    parts = {f"{name}.": [row[name] for row in predictions] for name in model.task.parts} or {"": predictions.tolist()}
    for prefix, expected in parts.items():
        prediction = named(model, found, prefix)
        if isinstance(expected[0], float):
            np.testing.assert_allclose(prediction, expected, rtol=tolerance, atol=tolerance)
        else:
            assert prediction == expected
    if not model.task.parts and not model.task.classes:
        return
    probabilities = model.predict_proba(TEXTS)
    each = probabilities if isinstance(probabilities, Mapping) else {"": probabilities}
    for name, expected in each.items():
        given = found[f"{name}.probabilities" if name else "probabilities"]
        np.testing.assert_allclose(given, expected, atol=tolerance)


def label(value: Any) -> str:
    return value.stem if isinstance(value, Path) else str(value)


@pytest.mark.parametrize(("folder", "part"), [*WHOLE, *MEMBERS], ids=label)
def test_the_file_answers_as_the_model(folder: Path, part: str | None) -> None:
    model = opened(folder, part)
    content = export_answers(model)
    together = run(content, model.onnx_inputs(TEXTS))
    assert_same(together, model)
    alone = [run(content, model.onnx_inputs([text])) for text in TEXTS]
    for name, values in together.items():
        np.testing.assert_allclose(np.concatenate([each[name] for each in alone]), values, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("folder", "part"), [*WHOLE, (NOW / "stack.reread", LINEAR)], ids=label)
def test_in_int8_it_is_near(folder: Path, part: str | None) -> None:
    model = opened(folder, part)
    exact, smaller = (run(export_answers(model, kind), model.onnx_inputs(TEXTS)) for kind in ("float32", "int8"))
    apart = np.abs(exact["scores"] - smaller["scores"]).max()
    assert 0 < apart < 0.1 * np.abs(exact["scores"]).max()
    for name in exact:
        if name.endswith("probabilities"):
            np.testing.assert_allclose(smaller[name], exact[name], atol=0.1)


@pytest.mark.parametrize("recurrence", list(recurrences))
def test_every_recurrence_is_read_from_its_start(recurrence: str) -> None:
    spec = {"recurrence": recurrence, "learned_start": recurrence in {"gru", "lstm", "sru"}, "layers": 2}
    net = properties.network(**spec)
    stored = stored_network(net, ModelSpec(**{**properties.TINY, **spec}), len(properties.CLASSES))
    ids = properties.scorer(TorchBackend(net), window=1000)
    model = Network(Scorer(ids.encoder, ids.task, ids.backend, network=stored))
    for precision in PRECISIONS:
        content = export_answers(model, precision)
        assert [check.detail for check in check_file(content, model, precision) if not check.ok] == []


@pytest.mark.parametrize("calibration", ["none", "temperature", "isotonic"])
@pytest.mark.parametrize("name", ["classification", "multilabel", "ordinal"])
def test_every_calibration_is_in_the_file(name: str, calibration: str) -> None:
    task, fit = linear.fitted(name)
    told = fit.model.scores(linear.TEXTS) + np.random.default_rng(0).normal(0, 3, (len(linear.TEXTS), task.size))
    learned = learn_postprocessor(task, told, linear.TARGETS[name][0], calibration=calibration)
    model = Baseline(fit.model, task, learned)
    assert_same(run(export_answers(model), model.onnx_inputs(TEXTS)), model)


@pytest.mark.parametrize("name", ["classification", "multilabel"])
def test_thresholds_are_in_the_file(name: str) -> None:
    task, fit = linear.fitted(name)
    plain = Baseline(fit.model, task)
    ranked = np.sort(plain.predict_proba(linear.TEXTS[:6])[:, list(task.decided)], axis=0)
    model = Baseline(
        fit.model, task.deciding(ranked[-2:].mean(axis=0).tolist())
    )  # only the most probable text is above
    found = run(export_answers(model), model.onnx_inputs(linear.TEXTS))
    assert named(model, found) == list(model.predict(linear.TEXTS))
    assert named(model, found) != list(plain.predict(linear.TEXTS))


def test_quantiles_are_in_the_file_in_their_order() -> None:
    task = Regression(1.7e9, 1e3, "quantile", [0.1, 0.5, 0.9])
    scores = np.array([[0.1, 0.2, 0.3], [0.3, -0.2, 0.1]], np.float32)
    graph, link = Graph(), link_of(task)
    outputs = dict(zip(link.ports(), link.export(graph, Value("scores")), strict=True))
    found = run(encode(graph, [Port("scores", "float32", ("batch", 3))], outputs), {"scores": scores})
    expected = np.sort(scores.astype(np.float64), axis=1) * 1e3 + 1.7e9
    np.testing.assert_allclose(found["quantiles"], expected, rtol=1e-12)
    np.testing.assert_allclose(found["prediction"], task.predict(scores), rtol=1e-12)


def test_a_linear_member_that_knows_no_ngram() -> None:
    task, fit = linear.fitted()
    none = [each.kept(np.zeros(0, np.int64)) for each in fit.model.known]
    scales = [np.zeros(0, np.float32)] * len(none)
    empty = replace(fit.model, known=tuple(none), scales=tuple(scales), weights=fit.model.weights[:0])
    model = Baseline(empty, task)
    for precision in PRECISIONS:
        content = export_answers(model, precision)
        assert_same(run(content, model.onnx_inputs(TEXTS)), model)
        assert all(check.ok for check in check_file(content, model, precision))


def test_a_task_without_a_link_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Classification, "link", None)
    with pytest.raises(ExportError, match="answers of the task classification cannot be written as ONNX"):
        export_answers(opened(NOW / "stack.reread"))


def test_a_calibration_that_has_no_operators_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Temperature, "name", "new")
    with pytest.raises(
        ExportError, match="the calibration new cannot be written as ONNX; those that can: isotonic, none, te"
    ):
        export_answers(opened(NOW / "stack.reread"))


def test_an_unknown_precision() -> None:
    with pytest.raises(ConfigError, match=r'unknown precision of an export "int9"\. Did you mean "int8"\?'):
        export_answers(opened(NOW / "stack.reread"), "int9")


def test_what_the_inputs_are_is_known_before_the_file_is_run() -> None:
    inputs = {}
    for part in (None, NETWORK, LINEAR):
        model = opened(NOW / "stack.reread", part)
        session = onnxruntime.InferenceSession(export_answers(model), providers=["CPUExecutionProvider"])
        inputs[part] = {each.name for each in session.get_inputs()}
        assert inputs[part] == set(model.onnx_inputs(TEXTS))
    assert inputs == {
        None: {"ids", "lengths", "ngrams", "ngram_values"},
        NETWORK: {"ids", "lengths"},
        LINEAR: {"ngrams", "ngram_values"},
    }


@pytest.mark.parametrize(
    ("texts", "message"), [("a film", "one string"), ([], "there are no texts"), ([3], "text 0 is int")]
)
def test_inputs_of_what_is_no_list_of_texts(texts: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        opened(NOW / "stack.reread").onnx_inputs(texts)


def test_a_mean_of_probabilities_is_refused() -> None:
    model = opened(folders.DATA / "folders_2026_11" / "blend.reread")
    with pytest.raises(ConfigError, match="a mean of the probabilities"):
        export_answers(model)
    with pytest.raises(ConfigError, match="has no such inputs"):
        model.onnx_inputs(TEXTS)


def test_a_file_that_answers_otherwise_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stack, "linear_share", lambda _: 0.59)
    with pytest.raises(
        ExportError, match=r"the ONNX file of .* fails its check of exported scores .*nothing was written"
    ):
        export_folder(NOW / "stack.reread", tmp_path / "out.onnx")
    assert list(tmp_path.iterdir()) == []


def test_an_int8_file_that_answers_otherwise_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reread.export.quantising.STEPS", 0.5)  # so that hardly any coefficient is left
    with pytest.raises(ExportError, match="made texts answered otherwise, allowed"):
        export_folder(NOW / "stack.reread", tmp_path / "out.onnx", answer=LINEAR, precision="int8")
    assert list(tmp_path.iterdir()) == []
