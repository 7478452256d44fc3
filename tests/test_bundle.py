"""The model folder: what is saved answers the same, old folders still open, torn or changed ones are refused."""

from __future__ import annotations

import copy
import json
import multiprocessing
import pickle
import re
import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from reread import load, verify
from reread.bundle import (
    CARD,
    FILES,
    FORMAT_VERSION,
    REPORT,
    SUMS,
    Artefacts,
    TargetConfig,
    changed_prose,
    read_bundle,
    save,
)
from reread.errors import BundleError, ConfigError, DataError, NotABundleError
from reread.export.onnx import export_onnx
from reread.model.network import Network
from reread.nn.model import build_model
from reread.recipes.spec import ModelSpec
from reread.scoring.backends.torch import TorchBackend, restore_net
from reread.scoring.scorer import Scorer
from reread.tasks.regression import Regression
from reread.text.encoder import TextEncoder, TextSettings
from reread.verification import Check
from support import folders

pytestmark = pytest.mark.usefixtures("one_thread")
TEXTS = ["a lovely film", "A dull, dull play", "", "电影", "the book and the meal " * 40]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the old model, to be spoilt."""
    return folders.copy_of(folders.OLD, tmp_path / "model")


@pytest.fixture(scope="module")
def old() -> Artefacts:
    return folders.artefacts_of(read_bundle(folders.OLD))


# What is saved answers the same


@pytest.mark.parametrize("answers", sorted(folders.DATA.glob("model_v*.json")), ids=lambda path: path.stem)
def test_old_folders_open_and_give_their_old_answers(answers: Path) -> None:
    expected = json.loads(answers.read_text(encoding="utf-8"))
    texts = [answer["text"] for answer in expected]
    for threads in (1, 2):
        model = load(answers.with_suffix(".reread"), threads=threads)
        assert model.predict(texts).tolist() == [answer["prediction"] for answer in expected]
        scores = [answer["scores"] for answer in expected]
        np.testing.assert_allclose(model.scores(texts), scores, rtol=1e-5, atol=1e-5)


def test_old_weights_give_the_old_answers_in_torch() -> None:
    read = read_bundle(folders.OLD)
    sizes = [len(vocabulary) for vocabulary in read.scorer.encoder.vocabularies]
    net = restore_net(read.config.model, read.weights, sizes, read.scorer.task.size)
    scorer = Scorer(read.scorer.encoder, read.scorer.task, TorchBackend(net), window=read.scorer.window)
    np.testing.assert_allclose(scorer.scores(TEXTS), read.scorer.scores(TEXTS), rtol=1e-5, atol=1e-5)


def test_saving_what_was_read_gives_the_same_model(old: Artefacts, tmp_path: Path) -> None:
    save(old, tmp_path / "new")
    read, before = read_bundle(tmp_path / "new"), read_bundle(folders.OLD)
    assert np.array_equal(read.scorer.scores(TEXTS), before.scorer.scores(TEXTS))
    assert (read.config, read.metrics) == (before.config, before.metrics)
    for name in ("vocabulary.json", "model.onnx", "baseline.json"):
        assert read.files[name] == before.files[name]


def test_what_never_was_trained_answers_the_same_from_its_folder(old: Artefacts, tmp_path: Path) -> None:
    """Another recurrence, pooling, task, language and segmenter than the old folder's."""
    texts = ["好看的电影,值得再看一遍", "不好看", "今天天气 sunny", "", "看" * 70]
    encoder = TextEncoder.learn(TextSettings.for_language("zh", min_count=1), texts[:3])
    task = Regression.fit([1.0, 2.0, 4.0])
    spec = ModelSpec(recurrence="recurrent_context", pooling="attention", layers=2, hidden=3, embedding_dim=4)
    torch.manual_seed(0)
    net = build_model(spec, [len(vocabulary) for vocabulary in encoder.vocabularies], task.size).eval()
    backend = TorchBackend(net)
    config = replace(old.config, text=encoder.to_config(), task=task.to_config(), model=asdict(spec), window=32)
    weights = {name: tensor.numpy() for name, tensor in net.state_dict().items()}
    made = replace(
        old,
        config=config,
        vocabularies=encoder.vocabularies,
        weights=weights,
        start_states=backend.start_states,
        start_summary=backend.start_summary,
        onnx=export_onnx(net),
        baseline={},
        baseline_arrays={},
    )
    save(made, tmp_path / "new")
    read, original = load(tmp_path / "new"), Network(Scorer(encoder, task, backend, window=32))
    np.testing.assert_allclose(read.scores(texts), original.scores(texts), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(read.predict(texts), original.predict(texts), rtol=1e-5)
    assert read.network().encoder.tokens(texts[0]) == encoder.tokens(texts[0])


@pytest.mark.parametrize("task", [Regression(mean=0.0, scale=1.0, loss="quantile", quantiles=[0.1, 0.5]), None])
def test_a_folder_without_residuals_gives_no_intervals(old: Artefacts, tmp_path: Path, task: Regression | None) -> None:
    """Of regression saved before they were kept; and of classes."""
    config = old.config if task is None else replace(old.config, task=task.to_config())
    save(replace(old, config=config, metrics={}), tmp_path / "new")
    name = "classification" if task is None else "regression"
    with pytest.raises(DataError, match=f"^this {name} model has no residuals for intervals; train a regression"):
        load(tmp_path / "new").predict_interval(TEXTS)


# A model that was opened travels to other processes


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))], ids=["copy", "pickle"]
)
def test_an_opened_model_is_copied_by_its_path_and_options(
    copied: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    model = load("model", threads=2, backend="onnx")
    monkeypatch.chdir("/")
    other = copied(model)
    assert other is not model
    assert (type(other.network().backend), other.network().threads) == (type(model.network().backend), 2)
    np.testing.assert_array_equal(other.scores(TEXTS), model.scores(TEXTS))


def test_an_opened_model_answers_in_a_spawned_process(folder: Path) -> None:
    model = load(folder, threads=1)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(model.predict, [TEXTS])[0].tolist() == model.predict(TEXTS).tolist()


def test_a_model_whose_folder_is_gone_or_another_is_not_unpickled(old: Artefacts, folder: Path) -> None:
    pickled = pickle.dumps(load(folder))
    (folder / CARD).unlink()
    assert pickle.loads(pickled).predict(TEXTS[:1]) == ["praise"]
    save(replace(old, metrics={}), folder, overwrite=True)
    with pytest.raises(BundleError, match="holds another model than the one that was pickled"):
        pickle.loads(pickled)
    shutil.rmtree(folder)
    with pytest.raises(NotABundleError, match=f"{folder} does not exist; expected a model folder"):
        pickle.loads(pickled)


# Nothing in it can run code


def test_there_is_no_pickle_in_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sorted(path.name for path in folder.iterdir()) == sorted([*FILES, CARD, SUMS])
    for name in (*FILES, CARD):
        content = (folder / name).read_bytes()
        assert not content.startswith(b"\x80")
        assert b"__reduce__" not in content
        with pytest.raises(Exception):  # noqa: B017, PT011  # whatever pickle makes of text and numbers, it is no object
            pickle.loads(content)

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a model folder was unpickled")

    for name in ("load", "loads", "Unpickler"):
        monkeypatch.setattr(pickle, name, refuse)
    assert load(folder).predict(TEXTS[:1]) == ["praise"]


# Torn or changed


def flip(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "one bit": flip,
    "truncated": lambda content: content[:-1],
    "longer": lambda content: content + b"\n",
    "empty": lambda _: b"",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_differs_from_its_checksum(folder: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    (folder / name).write_bytes(change((folder / name).read_bytes()))
    with pytest.raises(BundleError, match=f"{name} differs from its checksum"):
        load(folder)


@pytest.mark.parametrize("name", [*FILES, SUMS])
def test_a_file_that_is_missing(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(BundleError, match=name):
        load(folder)


def test_prose_that_was_changed_or_removed_is_told_and_stops_nothing(folder: Path) -> None:
    (folder / REPORT).write_text("a report", encoding="utf-8")
    folders.sign(folder)
    assert changed_prose(folder) == []
    (folder / CARD).write_text("my own words", encoding="utf-8")
    (folder / REPORT).unlink()
    assert load(folder).predict(TEXTS[:1]) == ["praise"]
    said = f"{len(FILES)} files are as they were written; README.md was changed; report.html is missing"
    assert verify(folder)[0] == Check("checksums", ok=True, detail=said)


@pytest.mark.parametrize("name", FILES)
def test_a_file_without_a_checksum(folder: Path, name: str) -> None:
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / SUMS).write_text("".join(line for line in lines if not line.endswith(f" {name}\n")), encoding="utf-8")
    with pytest.raises(BundleError, match=name):
        load(folder)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"no checksums here\n"])
def test_checksums_that_are_none(folder: Path, content: bytes) -> None:
    (folder / SUMS).write_bytes(content)
    with pytest.raises(BundleError):
        load(folder)


@given(name=st.sampled_from([*FILES[:4], "metrics.json"]), share=st.floats(0, 0.99), tail=st.binary(max_size=8))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_signed_rubbish_is_refused_in_our_own_words(folder: Path, name: str, share: float, tail: bytes) -> None:
    whole = (folders.OLD / name).read_bytes()
    (folder / name).write_bytes(whole[: int(share * len(whole))] + tail)
    folders.sign(folder)
    try:
        with pytest.raises(BundleError) as caught:
            load(folder, backend="onnx" if name == "model.onnx" else "auto")
    finally:
        (folder / name).write_bytes(whole)
    assert "\n" not in str(caught.value)


def without(name: str) -> Callable[[dict[str, Any]], Any]:
    return lambda config: {key: value for key, value in config.items() if key != name}


CONFIGS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no object": lambda config: [config],
    "no version": without("format_version"),
    "a version before the first": lambda config: {**config, "format_version": 0},
    "a version that is no number": lambda config: {**config, "format_version": "1"},
    "no text": without("text"),
    "no task": without("task"),
    "no model": without("model"),
    "no window": without("window"),
    "an unknown task": lambda config: {**config, "task": {"task": "clasification"}},
    "an unknown segmenter": lambda config: {**config, "text": {**config["text"], "segmenter": "wrds"}},
    "another segmenter": lambda config: {**config, "text": {**config["text"], "segmenter": "character_pairs"}},
    "an unknown setting": lambda config: {**config, "text": {**config["text"], "colour": "red"}},
}


def setting(*path: str, value: Any) -> Callable[[dict[str, Any]], Any]:
    """The config with another value at a place in it."""

    def change(config: dict[str, Any]) -> Any:
        changed = json.loads(json.dumps(config))
        table = changed
        for key in path[:-1]:
            table = table[key]
        table[path[-1]] = value
        return changed

    return change


ODD: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "no path from text to ids": (setting("text", value=None), "config.json: text = null: expected a table"),
    "a window of words": (setting("window", value="all"), 'config.json: window = "all": expected a whole number at least 1'),
    "a window of nothing": (setting("window", value=0), "config.json: window = 0: expected a whole number at least 1"),
    "a limit that is no number": (setting("max_tokens", value=[3]), "config.json: max_tokens = [3]: expected a whole number"),
    "a separator that is no text": (setting("label_separator", value=1), "config.json: label_separator = 1: expected a text"),
    "no columns": (setting("data", "columns", value=[]), "config.json: data: columns = []: expected a list with at least one"),
    "a column without a name": (setting("data", "columns", value=[3]), "config.json: data: columns = 3: expected a text"),
    "no layers": (setting("model", "layers", value=0), "config.json: model: layers = 0: expected a whole number at least 1"),
    "more layers than states": (setting("model", "layers", value=3), "the weights lack layers.1.ahead"),
    "no targets": (setting("targets", value={}), "config.json: targets = {}: expected a table with at least one entry"),
    "a target without a column": (setting("targets", "label", value={"task": "x"}), 'targets: label lacks "column"'),
    "a class too many": (setting("task", "classes", value=["blame", "praise", "x"]), "float32 (3, 6)"),
    "a class beyond every double": (setting("task", "classes", value=[1, 10**400]), "OverflowError"),
    "parts that are none": (setting("task", value={"task": "joint", "parts": None}), "AttributeError"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "message"), ODD.values(), ids=ODD)
def test_a_signed_config_with_odd_content(folder: Path, change: Callable[[dict[str, Any]], Any], message: str) -> None:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").write_text(json.dumps(change(config)), encoding="utf-8")
    folders.sign(folder)
    with pytest.raises(BundleError, match=re.escape(message)) as caught:
        load(folder)
    assert str(caught.value).startswith(f"{folder} cannot be read as a model folder: ")
    assert "\n" not in str(caught.value)


def test_a_vocabulary_that_is_larger_than_its_network(folder: Path) -> None:
    tokens = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
    (folder / "vocabulary.json").write_text(json.dumps([[*tokens[0], "onemore"]]), encoding="utf-8")
    folders.sign(folder)
    with pytest.raises(BundleError, match=r"the weights hold embedding\.tables\.0\.weight as float32"):
        load(folder)
    with pytest.raises(BundleError, match=r"model\.onnx cannot be run by ONNX Runtime: "):
        load(folder, backend="onnx")


@pytest.mark.parametrize("threads", [0, -1, 10**11, "two"])
def test_a_number_of_threads_that_cannot_be(threads: Any) -> None:
    with pytest.raises(ConfigError, match=r"^threads = .*: expected a whole number from 1 to 1024 or none$"):
        load(folders.OLD, threads=threads)


@pytest.mark.parametrize("change", CONFIGS.values(), ids=CONFIGS)
def test_a_signed_config_that_makes_no_sense(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").write_text(json.dumps(change(config)), encoding="utf-8")
    folders.sign(folder)
    with pytest.raises(BundleError):
        load(folder)


@pytest.mark.parametrize(
    "content", ["1", "[]", '{"residuals": "many"}', '{"residuals": {}}', '{"residuals": ["many"]}']
)
def test_signed_metrics_that_make_no_sense(folder: Path, content: str) -> None:
    (folder / "metrics.json").write_text(content, encoding="utf-8")
    folders.sign(folder)
    with pytest.raises(BundleError):
        load(folder)


def test_weights_without_the_states_to_start_from(folder: Path) -> None:
    tensors = load_tensors((folder / "weights.safetensors").read_bytes())
    del tensors["start.states"]
    (folder / "weights.safetensors").write_bytes(save_tensors(tensors))
    folders.sign(folder)
    with pytest.raises(BundleError, match=r"start\.states"):
        load(folder)


@pytest.mark.parametrize("version", [FORMAT_VERSION + 1, 99])
def test_a_folder_of_a_newer_version(folder: Path, version: int) -> None:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").write_text(json.dumps({**config, "format_version": version}), encoding="utf-8")
    (folder / "vocabulary.json").unlink()  # the newer version may keep it elsewhere
    (folder / "vocabulary.json").write_bytes(b"[]")
    folders.sign(folder)
    with pytest.raises(BundleError, match=f"has format version {version}; this reread reads up to 2: upgrade reread"):
        load(folder)


@pytest.mark.parametrize("make", [Path.parent.fget, Path.mkdir, Path.touch], ids=["nothing", "folder", "file"])
def test_what_is_no_model_folder(tmp_path: Path, make: Callable[[Path], Any]) -> None:
    make(tmp_path / "model")
    with pytest.raises(NotABundleError, match=str(tmp_path / "model")):
        load(tmp_path / "model")


# Writing over what is there


def names(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.iterdir())


def test_nothing_is_written_over_a_model_unasked(old: Artefacts, folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(ConfigError, match="exists; choose another folder"):
        save(old, folder)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_no_model_is_written_inside_another(old: Artefacts, folder: Path) -> None:
    with pytest.raises(ConfigError, match="inner: is inside the model folder"):
        save(old, folder / "inner")
    assert not (folder / "inner").exists()


def test_asked_to_a_model_is_replaced_as_a_whole(old: Artefacts, folder: Path) -> None:
    (folder / "notes.txt").write_text("of the old model")
    save(replace(old, card="another"), folder, overwrite=True)
    assert names(folder) == sorted([*FILES, CARD, SUMS])
    assert (folder / CARD).read_bytes() == b"another"
    assert names(folder.parent) == ["model"]


def test_what_is_no_model_is_never_replaced(old: Artefacts, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    (tmp_path / "file").write_text("also")
    for name in ("thesis", "file"):
        with pytest.raises(ConfigError, match="is not a model folder; overwrite=True replaces model folders only"):
            save(old, tmp_path / name, overwrite=True)
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "years of work"
    assert (tmp_path / "file").read_text() == "also"


@pytest.mark.parametrize(
    "files",
    [
        {"config.json": '{"name": "my web app"}'},
        {"config.json": '{"format_version": 1}'},
        {"config.json": '{"name": "my web app"}', SUMS: ""},
        {"config.json": '{"format_version": 99}', SUMS: ""},
        {"config.json": "no JSON", SUMS: ""},
        {SUMS: ""},
    ],
)
def test_a_folder_of_another_program_is_never_replaced(old: Artefacts, tmp_path: Path, files: dict[str, str]) -> None:
    project = tmp_path / "project"
    (project / "src").mkdir(parents=True)
    (project / "src" / "work.txt").write_text("years of it")
    for name, content in files.items():
        (project / name).write_text(content)
    with pytest.raises(ConfigError, match="project is not a model folder; overwrite=True replaces model folders only"):
        save(old, project, overwrite=True)
    assert (project / "src" / "work.txt").read_text() == "years of it"
    assert names(project) == sorted(["src", *files])


def test_through_a_link_what_it_leads_to_is_replaced(old: Artefacts, folder: Path) -> None:
    link = folder.with_name("link")
    link.symlink_to(folder.name)
    save(replace(old, card="another"), link, overwrite=True)
    assert link.is_symlink()
    assert (folder / CARD).read_bytes() == b"another"
    assert names(folder.parent) == ["link", "model"]


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("rename", [1, 2])
def test_an_interruption_while_a_model_is_replaced_leaves_one_of_both(
    old: Artefacts, folder: Path, rename: int, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}
    really, count = Path.replace, 0

    def interrupted(self: Path, target: Path) -> Path:
        nonlocal count
        count += 1
        if count == rename and moment == "before":
            raise KeyboardInterrupt
        moved = really(self, target)
        if count == rename:
            raise KeyboardInterrupt
        return moved

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        save(replace(old, card="another"), folder, overwrite=True)
    assert names(folder.parent) == ["model"]
    if (rename, moment) == (2, "after"):
        assert (folder / CARD).read_bytes() == b"another"
    else:
        assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_an_old_model_that_cannot_be_put_back_is_not_lost(
    old: Artefacts, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    really, renames = Path.replace, []

    def broken(self: Path, target: Path) -> Path:
        renames.append(self)
        if len(renames) > 1:
            raise OSError(5, "Input/output error")
        return really(self, target)

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(BundleError, match="cannot be written: Input/output error"):
        save(old, folder, overwrite=True)
    (aside,) = folder.parent.glob(".model.*/old")
    assert {path.name: path.read_bytes() for path in aside.iterdir()} == before


def test_an_interruption_while_the_old_model_is_removed(
    old: Artefacts, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(shutil, "rmtree", stop)
    with pytest.raises(KeyboardInterrupt):
        save(replace(old, card="another"), folder, overwrite=True)
    assert (folder / CARD).read_bytes() == b"another"


def test_half_of_a_surrogate_pair_is_kept_as_json_escapes_it(old: Artefacts, tmp_path: Path) -> None:
    targets = {"\ud83d": TargetConfig(task="classification", column="label \ud83d")}
    made = replace(old, config=replace(old.config, targets=targets), card="\ud83d", run={"label": "\ud83d"})
    save(made, tmp_path / "new")
    assert read_bundle(tmp_path / "new").config.targets == targets


def test_an_empty_folder_may_be_filled_when_asked_to(old: Artefacts, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    save(old, tmp_path / "model", overwrite=True)
    assert load(tmp_path / "model").predict(TEXTS[:1]) == ["praise"]


def test_folders_above_are_made(old: Artefacts, tmp_path: Path) -> None:
    save(old, tmp_path / "deep" / "er" / "model")
    assert names(tmp_path / "deep" / "er") == ["model"]


@pytest.mark.parametrize("exists", [False, True])
def test_a_full_disk_leaves_what_was_there(
    old: Artefacts,
    folder: Path,
    exists: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = folder if exists else folder.with_name("other")
    before = {path: path.read_bytes() for path in folder.iterdir()}

    def full(path: Path, content: bytes) -> None:
        path.write_bytes(content[: len(content) // 2])
        if path.name == "model.onnx":
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("reread.folders._write", full)
    with pytest.raises(BundleError, match=r"cannot be written: No space left on device"):
        save(old, target, overwrite=exists)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert names(folder.parent) == ["model"]
