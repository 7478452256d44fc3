"""What a run says of its time and its disk is true of what it writes, and changes nothing that it learns."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reread import bundle
from reread.data.lists import examples_from_lists
from reread.errors import TrainingError
from reread.pipeline.baseline import linear_member
from reread.pipeline.fit import fit
from reread.pipeline.fitted import Fitted
from reread.pipeline.forecast import rehearsal, telling
from reread.pipeline.forecast.amounts import Amount, disk_of, features_of
from reread.pipeline.forecast.measure import amount_of
from reread.pipeline.forecast.rehearsal import rehearse
from reread.pipeline.forecast.sample import sampled
from reread.pipeline.plan import Plan, TargetPlan
from reread.pipeline.prepare import prepare
from reread.pipeline.prepared import Prepared
from reread.pipeline.run import Run
from reread.pipeline.saving import artefacts
from reread.recipes import load_recipe
from reread.train.amount import by_rows
from reread.train.listener import Progress, Silent
from reread.typing import override

ROWS = 240
SAID = re.compile(r"this run takes about .+, and needs up to .+ of disk: .+; the model takes .+")


class Notes(Silent):
    """Keeps what is said, and the size of the checkpoint after each step."""

    def __init__(self, checkpoint: Path | None = None) -> None:
        self.notes: list[str] = []
        self.sizes: list[int] = []
        self._checkpoint = checkpoint

    @override
    def on_note(self, note: str) -> None:
        self.notes.append(note)

    @override
    def on_step(self, state: Progress, total_steps: int) -> None:
        if self._checkpoint is not None and self._checkpoint.exists():
            self.sizes.append(self._checkpoint.stat().st_size)

    def said(self) -> list[str]:
        return [note for note in self.notes if note.startswith("this run")]


def rows(count: int = ROWS) -> tuple[list[str], list[str]]:
    random = np.random.default_rng(0)
    words = np.array([a + b + c for a in "bdkl" for b in "aeio" for c in "mnrst"])
    texts = [" ".join(random.choice(words, 9)) for _ in range(count)]
    return texts, ["yes" if "bam" in text or "len" in text else "no" for text in texts]


def plan(model: Mapping[str, Any] | None = None, **training: Any) -> Plan:
    settings = {"threads": 1, "device": "cpu", "engine": "torch", "epochs": 2, "least_steps": 0, **training}
    recipe = load_recipe("standard").with_settings(
        {"model": {"hidden": 8, "embedding_dim": 300, "latent": [8], **(model or {})}, "training": settings}
    )
    return Plan(recipe=recipe, targets={"label": TargetPlan(task="classification")})


def prepared_rows(of: Plan) -> tuple[Prepared, Plan]:
    texts, labels = rows()
    prepared = prepare(examples_from_lists(texts, {"label": labels}), of, Silent())
    return prepared, of.trained_by(by_rows(of.recipe.training, len(prepared.train), prepared.task.size))


def trained(of: Plan, run: Run) -> Fitted:
    texts, labels = rows()
    return fit(examples_from_lists(texts, {"label": labels}), of, run)


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every run counts as a long one."""
    monkeypatch.setattr(telling, "LONG", 0.0)
    monkeypatch.setattr(telling, "FEW_WORDS", 0)


@pytest.mark.usefixtures("long")
def test_a_long_run_says_both_once_before_it_learns(tmp_path: Path) -> None:
    notes = Notes()
    trained(plan(), Run(listener=notes, checkpoint=tmp_path / "checkpoint", forecasts=True))
    (said,) = notes.said()
    assert SAID.fullmatch(said)
    assert str(tmp_path) in said
    learned = next(place for place, note in enumerate(notes.notes) if note.startswith("linear member"))
    assert notes.notes.index(said) < learned


@pytest.mark.usefixtures("long")
def test_its_weights_are_those_of_a_run_that_says_nothing(tmp_path: Path) -> None:
    quiet = trained(plan(), Run())
    told = trained(plan(), Run(checkpoint=tmp_path / "checkpoint", forecasts=True))
    for name, tensor in quiet.net.state_dict().items():
        assert tensor.equal(told.net.state_dict()[name]), name
    assert quiet.baseline is not None
    assert told.baseline is not None
    np.testing.assert_array_equal(quiet.baseline.weights, told.baseline.weights)


def test_a_short_run_says_nothing(tmp_path: Path) -> None:
    notes = Notes()
    trained(plan(), Run(listener=notes, checkpoint=tmp_path / "checkpoint", forecasts=True))
    assert not notes.said()


@pytest.mark.usefixtures("long")
def test_only_a_run_that_is_asked_says_it(tmp_path: Path) -> None:
    notes = Notes()
    trained(plan(), Run(listener=notes, checkpoint=tmp_path / "checkpoint"))
    assert not notes.said()


@pytest.mark.usefixtures("long")
def test_a_bounded_run_measures_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = Notes()
    monkeypatch.setattr(telling, "rehearse", None)  # it is not called
    run = Run(listener=notes, checkpoint=tmp_path / "checkpoint", forecasts=True, deadline=float("inf"))
    prepared, planned = prepared_rows(plan())
    telling.tell(prepared, planned, run)
    (said,) = notes.said()
    assert said.startswith("this run ends in the time that was asked for, and needs up to ")


@pytest.mark.parametrize(
    "training",
    [{}, {"ema": 0.0}, {"optimiser": "sgd"}, {"parts": {"embedding": {"optimiser": "sgd"}}}],
    ids=["averaged", "plain", "sgd", "mixed"],
)
def test_the_checkpoint_is_as_large_as_was_said(tmp_path: Path, training: dict[str, Any]) -> None:
    checkpoint = tmp_path / "checkpoint"
    notes, of = Notes(checkpoint), plan(checkpoint_seconds=0.0, **training)
    prepared, planned = prepared_rows(of)
    trained(of, Run(listener=notes, checkpoint=checkpoint))
    assert amount_of(prepared, planned).checkpoint == pytest.approx(max(notes.sizes), rel=0.05)


def test_the_model_is_as_large_as_was_said(tmp_path: Path) -> None:
    of = plan({"embedding_dim": 5_000})  # so that the page of prose is small beside it
    prepared, planned = prepared_rows(of)
    amount = amount_of(prepared, planned)
    said = disk_of(amount, rehearse(prepared, planned, amount))
    bundle.save(artefacts(trained(of, Run()), {}), tmp_path / "model")
    taken = sum(file.stat().st_size for file in (tmp_path / "model").iterdir())
    assert said.model == pytest.approx(taken, rel=0.25)


def test_ngrams_are_as_many_as_two_samples_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"CHARACTERS": 1_000, "MANY_CHARACTERS": 3_000, "PART": 1.0, "LINEAR_SECONDS": 1e9}.items():
        monkeypatch.setattr(rehearsal, name, value)
    monkeypatch.setattr(rehearsal, "SECONDS", 0.0)
    prepared, planned = prepared_rows(plan())
    amount = amount_of(prepared, planned)
    pace = rehearse(prepared, planned, amount)
    assert pace.features.amount == pytest.approx(3_000, rel=0.05)
    assert 0.6 < pace.features.power < 1
    linear = linear_member(prepared, planned, Run())
    assert linear is not None
    assert features_of(amount, pace) == pytest.approx(linear.model.facts["features"], rel=0.25)


def test_a_disk_that_is_too_small_is_refused_before_anything_is_learned(tmp_path: Path) -> None:
    notes = Notes()
    run = Run(listener=notes, checkpoint=tmp_path / "checkpoint", forecasts=True, free=lambda _: 200_000)
    with pytest.raises(TrainingError) as told:
        trained(plan(), run)
    assert re.fullmatch(
        rf"the disk is too small: this run needs .+ MB more in {re.escape(str(tmp_path))}, where less than 1 MB are "
        r"free; make room, or write the model elsewhere",
        str(told.value),
    )
    assert not any(note.startswith("linear member") for note in notes.notes)
    assert not (tmp_path / "checkpoint").exists()


def test_temporary_files_on_another_disk_are_counted_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = replace(disk_of(Amount(rows=1, scores=2, words=1, held_out=1, evaluations=1)), temporary=5_000_000)
    asked: list[Path] = []

    def free(folder: Path) -> int:
        asked.append(folder)
        return disk.beside

    with pytest.raises(TrainingError, match=rf"needs 5\.5 MB more in {re.escape(str(tmp_path))}, "):
        telling.check_free(disk, tmp_path, free)  # both are here
    monkeypatch.setattr(telling, "_device", str)
    with pytest.raises(TrainingError, match=r"needs 5\.0 MB more in .* name a larger folder for temporary files"):
        telling.check_free(disk, tmp_path, free)
    assert asked[-2:] == [tmp_path, Path(tempfile.gettempdir())]


def test_a_sample_keeps_rows_together_with_what_belongs_to_them() -> None:
    prepared, _ = prepared_rows(plan())
    some = sampled(prepared, 50, 7)
    assert (len(some.train), len(some.validation), len(some.texts)) == (50, 7, 57)
    places = {text: row for row, text in enumerate(prepared.texts)}
    trained_on = set(prepared.train.tolist())
    for row, text in enumerate(some.texts):
        original = places[text]
        np.testing.assert_array_equal(some.encoded[row], prepared.encoded[original])
        assert some.targets[row] == prepared.targets[original]
        assert (original in trained_on) == (row < 50)


def test_a_run_has_as_many_words_and_evaluations_as_it_trains_with() -> None:
    class Counting(Silent):
        words = evaluations = 0

        @override
        def on_step(self, state: Progress, total_steps: int) -> None:
            self.words = state.words

        @override
        def on_evaluation(self, record: Mapping[str, Any], *, best: bool) -> None:
            self.evaluations += 1

    for training in ({"epochs": 4}, {"epochs": 3, "evaluations": None, "evaluations_per_epoch": 2}, {"steps": 11}):
        counting, of = Counting(), plan(patience=None, **training)
        prepared, planned = prepared_rows(of)
        trained(of, Run(listener=counting))
        amount = amount_of(prepared, planned)
        assert amount.words == pytest.approx(counting.words, rel=0.05)
        assert amount.evaluations - 3 == pytest.approx(counting.evaluations, abs=1)
