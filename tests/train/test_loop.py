"""The loop: the same run to the bit from the same seed, stopped anywhere and resumed; the best state kept."""

from __future__ import annotations

import json
import math
import signal
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from reread.errors import BundleError, ConfigError, TrainingError
from reread.kernel import available
from reread.nn.model import TextNet
from reread.train import gradients
from reread.train.average import WeightAverage
from reread.train.checkpoint import read_checkpoint, write_checkpoint
from reread.train.gradients import Gradients
from reread.train.listener import Progress, Silent
from reread.train.loop import Trainer
from reread.train.losses import build_loss
from reread.train.state import Watch
from reread.train.workers import Workers
from reread.typing import override
from reread.windows import pad
from support import tiny
from support.examples import share_of_examples

RUNS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "adamw": ({}, {}),
    "adam": ({}, {"optimiser": "adam", "clip": None}),
    "sgd": ({}, {"optimiser": "sgd", "learning_rate": 0.2, "decay": "cosine"}),
    "averaged": ({}, {"ema": 0.9, "evaluations_per_epoch": 2}),
    "parts": (
        {"layers": 2, "dense": (4,)},
        {"parts": {"embedding": {"optimiser": "sgd"}, "head": {"optimiser": "adam", "learning_rate": 0.1}}},
    ),
    "windows": ({"recurrence": "recurrent_context", "pooling": "attention"}, {"window": 5, "ema": 0.5}),
    "weights hidden": (
        {"weight_dropout": 0.3, "learned_start": True},
        {"epochs": 2, "engine": f"kernel-{available()[0]}"},
    ),
    "unlabelled": (
        {},
        {"rows": tiny.with_unlabelled(), "objective": "mixed", "objective_options": {"perturbation": 1.0}, "epochs": 2},
    ),
    "adversarial": (
        {"embedding_dropout": 0.2, "weight_dropout": 0.2},
        {"objective": "adversarial", "epochs": 2, "engine": f"kernel-{available()[0]}"},
    ),
    "mixup": ({"pooling": "segment_max"}, {"objective": "mixup", "window": 12, "epochs": 2}),
    "virtual adversarial": ({"recurrence": "sru"}, {"objective": "virtual_adversarial", "window": 12, "epochs": 2}),
    "dropout everywhere": (
        {
            "recurrent_dropout": 0.3,
            "input_dropout": 0.2,
            "embedding_dropout": 0.2,
            "weight_dropout": 0.2,
            "recurrence": "gru",
        },
        {"epochs": 2},
    ),
}
every_run = pytest.mark.parametrize("name", RUNS)


class KilledError(Exception):
    """The process is gone: nothing is written any more."""


class StopsAt(Silent):
    """Interrupts a run, or kills it, as soon as a step is done."""

    def __init__(self, step: int, *, kill: bool) -> None:
        self.step, self.kill = step, kill

    @override
    def on_step(self, state: Progress, total_steps: int) -> None:
        if state.step == self.step and self.kill:
            raise KilledError
        if state.step == self.step:
            signal.raise_signal(signal.SIGINT)


def a_run(name: str, **more: Any) -> Trainer:
    model, training = RUNS[name]
    return tiny.trainer(model, **{**training, **more})


@cache
def finished(name: str) -> Trainer:
    run = a_run(name)
    run.run()
    return run


@every_run
def test_the_same_seed_gives_the_same_weights_to_the_bit(name: str) -> None:
    again = a_run(name)
    torch.manual_seed(99)  # whatever was drawn before
    again.run()
    tiny.assert_same_run(again, finished(name))


@pytest.mark.parametrize("tokens", [10_000, 30])
def test_a_step_follows_the_mean_weighted_loss_of_its_batch(tokens: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradients, "CALL_TOKENS", tokens)  # few tokens a call: the gradient is summed over several
    steady = {"optimiser": "sgd", "learning_rate": 0.5, "warmup": 0, "decay": "constant", "clip": None}
    run = tiny.trainer({"dropout": 0.0, "word_dropout": 0.0}, batch_size=tiny.ROWS, steps=1, **steady)
    expected, rows = tiny.network(dropout=0.0, word_dropout=0.0), tiny.texts()
    ids, lengths = map(torch.from_numpy, pad(rows.texts))
    losses = build_loss(tiny.TASK)(expected.read(ids, lengths), torch.from_numpy(rows.targets))
    (losses * torch.from_numpy(rows.weights)).mean().backward()
    run.run()
    for (name, parameter), trained in zip(expected.named_parameters(), run.net.parameters(), strict=True):
        assert parameter.grad is not None
        torch.testing.assert_close(trained, parameter - 0.5 * parameter.grad.to_dense(), msg=name)


def test_another_seed_gives_other_weights() -> None:
    other = a_run("adamw", seed=1)
    other.run()
    assert not torch.equal(other.net.head[-1].weight, finished("adamw").net.head[-1].weight)


@every_run
@given(stops=st.sets(st.integers(1, tiny.STEPS), min_size=1, max_size=3), kill=st.booleans())
@example(stops={3, 8}, kill=True)
@example(stops={5}, kill=False)
@share_of_examples(25)
def test_stopped_anywhere_and_resumed_is_the_same_run(name: str, stops: set[int], kill: bool) -> None:  # noqa: FBT001
    expected = finished(name)
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = Path(folder) / "checkpoint.safetensors"
        more: dict[str, Any] = {"checkpoint": checkpoint, "checkpoint_seconds": 0.0 if kill else 1e9}
        for stop in sorted(stops):
            run = a_run(name, listener=StopsAt(stop, kill=kill), **more)
            if checkpoint.exists():
                run.resume()
            if stop > expected.state.step:
                continue
            with pytest.raises(KilledError if kill else KeyboardInterrupt):
                run.run()
        last = a_run(name, **more)
        if checkpoint.exists():
            last.resume()
        last.run()
    tiny.assert_same_run(last, expected)
    assert last.state.step == expected.state.step
    assert last.state.words == expected.state.words


def test_a_run_that_ended_resumes_to_its_end(tmp_path: Path) -> None:
    checkpoint = tmp_path / "checkpoint.safetensors"
    a_run("averaged", checkpoint=checkpoint).run()
    again = a_run("averaged", checkpoint=checkpoint)
    again.resume()
    again.run()
    tiny.assert_same_run(again, finished("averaged"))


@pytest.mark.parametrize("name", ["adamw", "averaged"])
def test_the_steps_of_a_run_that_time_ended_repeat_it(name: str) -> None:
    timed = a_run(name, deadline=time.monotonic() + 0.3, epochs=1000)
    assert timed.run().stopped == "time"
    assert 0 < timed.state.step < 5000
    again = a_run(name, steps=timed.state.step, epochs=1000)
    assert again.run().stopped == "steps"
    tiny.assert_same_run(again, timed)


def test_a_slow_first_step_says_nothing_about_the_time_of_an_evaluation(monkeypatch: pytest.MonkeyPatch) -> None:
    """At its pace, an evaluation of so many tokens would end long after the deadline."""
    of_step, calls = Gradients.of_step, iter([0.5])

    def slow_at_first(self: Gradients, *arguments: Any) -> float:
        time.sleep(next(calls, 0.0))
        return of_step(self, *arguments)

    monkeypatch.setattr(Gradients, "of_step", slow_at_first)
    run = a_run("adamw", deadline=time.monotonic() + 600, steps=20, epochs=1000, evaluations_per_epoch=1)
    run.watch = replace(run.watch, tokens=100_000)
    run._is_due = lambda: False  # type: ignore[method-assign]  # no evaluation before the last step
    assert run.run().stopped == "steps"


def test_every_step_draws_anew() -> None:
    drawn: list[float] = []
    a_run("adamw", listener=AfterEachStep(lambda: drawn.append(float(torch.rand(()))))).run()
    assert len(set(drawn)) == tiny.STEPS


def test_more_steps_than_the_epochs_have() -> None:
    assert a_run("adamw", steps=tiny.STEPS + 3).run().step == tiny.STEPS + 3
    assert a_run("adamw", steps=tiny.STEPS + 3, earliest=True).run().step == tiny.STEPS
    assert a_run("adamw", steps=2, earliest=True).run().step == 2


class WithAnother(Workers):
    """This process and another one, which is asked to stop after so many steps."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.calls = iter(range(steps - 1))

    @override
    def wanted(self, *wishes: bool) -> list[bool]:
        late, interrupted, *others = super().wanted(*wishes)
        return [late, interrupted or next(self.calls, None) is None, *others]


def test_ctrl_c_in_another_worker_stops_this_one_at_the_same_step(tmp_path: Path) -> None:
    checkpoint = tmp_path / "checkpoint.safetensors"
    run = a_run("adamw", checkpoint=checkpoint, checkpoint_seconds=1e9)
    run.workers = WithAnother(7)
    with pytest.raises(KeyboardInterrupt):
        run.run()
    assert run.state.step == read_checkpoint(checkpoint)[1]["step"] == 7


def test_ctrl_c_while_the_last_evaluation_goes_on_is_not_forgotten(tmp_path: Path) -> None:
    def evaluate(net: TextNet) -> Mapping[str, float]:
        if run.state.step == tiny.STEPS:
            signal.raise_signal(signal.SIGINT)
        return tiny.held_out_loss(net)

    run = tiny.trainer(evaluate=evaluate, checkpoint=tmp_path / "checkpoint.safetensors")
    with pytest.raises(KeyboardInterrupt):
        run.run()
    assert read_checkpoint(tmp_path / "checkpoint.safetensors")[1]["stopped"] == "steps"


# The best state


def scripted(values: list[float]) -> Any:
    """An evaluation that reads its figures from a list, and keeps the weights it saw."""
    seen: list[dict[str, torch.Tensor]] = []

    def evaluate(net: TextNet) -> Mapping[str, float]:
        assert not net.training
        seen.append({name: tensor.clone() for name, tensor in net.state_dict().items()})
        return {"loss_held_out": values[len(seen) - 1]}

    return evaluate, seen


def assert_weights(net: TextNet, expected: Mapping[str, torch.Tensor]) -> None:
    assert all(torch.equal(tensor, expected[name]) for name, tensor in net.state_dict().items())


@pytest.mark.parametrize("ema", [0.0, 0.8])
def test_the_network_ends_with_its_best_weights(ema: float) -> None:
    evaluate, seen = scripted([3.0, 1.0, 2.0])
    run = tiny.trainer(evaluate=evaluate, ema=ema)
    state = run.run()
    assert (state.best_step, state.best_value, state.stopped, len(seen)) == (10, 1.0, "steps", 3)
    assert_weights(run.net, seen[1])


def test_a_figure_that_is_not_a_number_is_never_better() -> None:
    evaluate, seen = scripted([math.nan, 2.0, math.nan])
    run = tiny.trainer(evaluate=evaluate)
    assert run.run().best_step == 10
    assert_weights(run.net, seen[1])


def test_patience_ends_a_run_that_no_longer_improves() -> None:
    evaluate, seen = scripted([3.0, 2.0, 2.0, 2.5, 1.0])
    state = tiny.trainer(evaluate=evaluate, patience=2, epochs=5).run()
    assert (state.stopped, state.step, state.best_step, len(seen)) == ("patience", 20, 10, 4)


def scripted_pairs(pairs: list[tuple[float, float]]) -> Any:
    """As `scripted`, with a figure of which more is better, and a loss."""
    left = iter(pairs)
    return lambda _: dict(zip(("accuracy", "loss_held_out"), next(left), strict=True))


def watched(pairs: list[tuple[float, float]], **training: Any) -> Trainer:
    run = tiny.trainer(epochs=len(pairs), **training)
    run.watch = Watch(
        evaluate=scripted_pairs(pairs),
        metric="accuracy",
        higher_is_better=True,
        tokens=90,
        rows=12,
        loss="loss_held_out",
    )
    return run


def test_of_figures_that_the_rows_held_out_cannot_tell_apart_the_latest_is_kept() -> None:
    pairs = [(0.5, 1.0), (0.8, 1.0), (0.85, 1.0), (0.75, 1.0), (0.74, 1.0), (math.nan, 1.0)]  # a standard error: 0.103
    assert watched(pairs).run().best_step == 15
    state = watched(pairs, keep_latest=True).run()
    assert (state.best_step, state.best_value) == (20, 0.85)
    evaluate, seen = scripted([3.0, 2.0, 2.4, 2.5])  # less is better, and the error 0.41
    run = tiny.trainer(evaluate=evaluate, epochs=4, keep_latest=True)
    assert run.run().best_step == 15
    assert_weights(run.net, seen[2])


def test_a_run_goes_on_while_the_loss_falls() -> None:
    falling = [(0.5, 3.0), (0.5, 2.5), (0.4, 2.0), (0.4, 2.1), (0.4, 1.9), (0.4, 2.0), (0.4, 2.0), (0.9, 1.0)]
    state = watched(falling, patience=2).run()
    assert (state.stopped, state.step, state.best_step) == ("patience", 35, 5)


def test_what_the_loss_was_outlives_a_stop(tmp_path: Path) -> None:
    pairs = [(0.5, 1.0), (0.5, 2.0), (0.4, 2.0), (0.4, 2.0)]
    checkpoint = tmp_path / "checkpoint.safetensors"
    run = watched(pairs, checkpoint=checkpoint, checkpoint_seconds=1e9)
    run.listener = StopsAt(7, kill=False)
    with pytest.raises(KeyboardInterrupt):
        run.run()
    again = watched([*pairs[1:], (0.9, 0.1)], checkpoint=checkpoint, patience=2)
    again.resume()
    state = again.run()
    assert (state.best_step, state.least_loss, state.stopped, state.step) == (5, 1.0, "patience", 15)


def test_evaluations_spread_evenly_over_all_epochs() -> None:
    evaluate, seen = scripted([1.0] * 9)
    state = tiny.trainer(evaluate=evaluate, evaluations=4, steps=17).run()
    assert [record["step"] for record in state.history] == [4, 8, 12, 15, 17]
    assert len(seen) == 5


def test_there_are_at_most_two_evaluations_an_epoch() -> None:
    evaluate, seen = scripted([1.0] * 9)
    state = tiny.trainer(evaluate=evaluate, evaluations=100, epochs=2).run()
    assert [record["step"] for record in state.history] == [3, 5, 8, 10]
    assert len(seen) == 4


def test_few_rows_are_read_until_the_least_steps_are_made() -> None:
    run = tiny.trainer(least_steps=22, batch_size="auto")
    assert (run.epoch_steps, run.planned) == (5, 25)
    assert run.run().step == 25


def test_evaluations_within_an_epoch_and_a_last_one_at_the_end() -> None:
    evaluate, seen = scripted([1.0] * 9)
    state = tiny.trainer(evaluate=evaluate, evaluations_per_epoch=2, steps=13).run()
    assert [record["step"] for record in state.history] == [2, 5, 7, 10, 12, 13]
    assert len(seen) == 6


@pytest.mark.parametrize("ema", [0.5, 0.9])
def test_the_average_is_what_is_judged_and_kept(ema: float) -> None:
    evaluate, seen = scripted([3.0, 2.0, 1.0])
    run = tiny.trainer(evaluate=evaluate, ema=ema)
    trained: list[dict[str, torch.Tensor]] = []
    run.listener = AfterEachStep(lambda: trained.append(copy_of(run.net)))
    average = copy_of(run.net)
    run.run()
    for step, weights in enumerate(trained, start=1):
        keep = min(ema, (1 + step) / (10 + step))
        average = {name: keep * average[name] + (1 - keep) * weight for name, weight in weights.items()}
        if step in (5, 10, 15):
            torch.testing.assert_close(seen[step // 5 - 1], average)
    vectors = [weights["embedding.tables.0.weight"] for weights in trained]
    moves = torch.stack([(later != earlier).any(1) for earlier, later in pairwise(vectors)])
    assert not moves.all()
    assert moves.any()


def test_vectors_that_are_not_trained_have_no_average() -> None:
    run = tiny.trainer(ema=0.5)
    vectors = run.net.embedding.tables[0].weight.requires_grad_(requires_grad=False)
    average = WeightAverage(run.net, 0.5)
    assert not average.known
    assert average.weights(3)["embedding.tables.0.weight"].data_ptr() == vectors.data_ptr()


def copy_of(net: TextNet) -> dict[str, torch.Tensor]:
    return {name: tensor.detach().clone() for name, tensor in net.state_dict().items()}


class AfterEachStep(Silent):
    def __init__(self, act: Any) -> None:
        self.act = act

    @override
    def on_step(self, state: Progress, total_steps: int) -> None:
        self.act()


# What goes wrong


def test_a_loss_that_is_not_finite_ends_the_run_with_the_best_state_kept(tmp_path: Path) -> None:
    checkpoint = tmp_path / "checkpoint.safetensors"
    evaluate, seen = scripted([1.0, 2.0])
    run = tiny.trainer(evaluate=evaluate, checkpoint=checkpoint)

    def spoil() -> None:
        if run.state.step == 12:
            run.rows.weights[:] = np.nan

    run.listener = AfterEachStep(spoil)
    message = (
        r"the loss is nan at step 13; lower the learning rate \(0.02\) or set clip; "
        r"the best weights so far, of step 5, are kept: resume=True makes a model of them"
    )
    with pytest.raises(TrainingError, match=message):
        run.run()
    assert_weights(run.net, seen[0])
    resumed = tiny.trainer(evaluate=evaluate, checkpoint=checkpoint)
    resumed.resume()
    state = resumed.run()
    assert (state.stopped, state.step) == ("not finite", 12)
    assert_weights(resumed.net, seen[0])


def test_without_a_checkpoint_nothing_is_said_to_be_kept() -> None:
    run = tiny.trainer(evaluate=scripted([1.0, 2.0])[0])
    run.listener = AfterEachStep(lambda: run.rows.weights.fill(np.nan if run.state.step == 12 else 1))
    with pytest.raises(
        TrainingError, match=r"^the loss is nan at step 13; lower the learning rate \(0.02\) or set clip$"
    ):
        run.run()


@pytest.mark.parametrize("clip", [1.0, None])
def test_a_gradient_that_is_not_finite_never_reaches_a_weight(clip: float | None) -> None:
    run = tiny.trainer(clip=clip)
    before = {name: tensor.clone() for name, tensor in run.net.state_dict().items()}
    run.net.head[-1].weight.register_hook(lambda gradient: torch.full_like(gradient, torch.inf))
    with pytest.raises(
        TrainingError, match=r"^the gradient's norm is inf at step 1; lower the learning rate \(0.02\) or set clip$"
    ):
        run.run()
    assert_weights(run.net, before)


def test_a_run_planned_with_other_steps_is_not_resumed(tmp_path: Path) -> None:
    checkpoint = tmp_path / "checkpoint.safetensors"
    tiny.trainer(checkpoint=checkpoint).run()
    planned = tiny.trainer().planned
    longer = tiny.trainer(checkpoint=checkpoint, epochs=100)
    with pytest.raises(
        ConfigError, match=rf"planned with {planned} steps, this version of reread plans {longer.planned};"
    ):
        longer.resume()
    tensors, facts = read_checkpoint(checkpoint)
    del facts["planned"]  # as before it was written down
    write_checkpoint(checkpoint, tensors, facts)
    with pytest.raises(ConfigError, match="planned with other steps"):
        tiny.trainer(checkpoint=checkpoint).resume()


def test_a_checkpoint_that_cannot_be_read(tmp_path: Path) -> None:
    checkpoint = tmp_path / "checkpoint.safetensors"
    checkpoint.write_bytes(b"\x10\0\0\0\0\0\0\0torn")
    with pytest.raises(BundleError, match="is not a readable checkpoint"):
        tiny.trainer(checkpoint=checkpoint).resume()
    with pytest.raises(TrainingError, match="no checkpoint to resume from"):
        tiny.trainer().resume()


def test_checkpoints_are_written_when_due_and_at_the_end(tmp_path: Path) -> None:
    checkpoint = tmp_path / "checkpoint.safetensors"
    found: list[int] = []

    def look() -> None:
        found.append(read_checkpoint(checkpoint)[1]["step"] if checkpoint.exists() else 0)

    tiny.trainer(checkpoint=checkpoint, checkpoint_seconds=0.0, listener=AfterEachStep(look)).run()
    assert found == list(range(tiny.STEPS))
    assert read_checkpoint(checkpoint)[1]["stopped"] == "steps"
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.safetensors"]
    checkpoint.unlink()
    found.clear()
    tiny.trainer(checkpoint=checkpoint, listener=AfterEachStep(look)).run()
    assert found == [0] * tiny.STEPS
    assert read_checkpoint(checkpoint)[1]["step"] == tiny.STEPS


def test_the_listener_hears_every_step_and_evaluation() -> None:
    class Ears(Silent):
        def __init__(self) -> None:
            self.steps: list[tuple[int, int]] = []
            self.evaluations: list[tuple[int, bool]] = []

        @override
        def on_step(self, state: Progress, total_steps: int) -> None:
            assert math.isfinite(state.loss)
            assert state.words > 0
            self.steps.append((state.step, total_steps))

        @override
        def on_evaluation(self, record: Mapping[str, Any], *, best: bool) -> None:
            json.dumps(record)
            self.evaluations.append((record["step"], best))

    ears, (evaluate, _) = Ears(), scripted([2.0, 3.0, 1.0])
    tiny.trainer(evaluate=evaluate, listener=ears).run()
    assert ears.steps == [(step, tiny.STEPS) for step in range(1, tiny.STEPS + 1)]
    assert ears.evaluations == [(5, True), (10, False), (15, True)]


def test_it_learns() -> None:
    run = tiny.trainer(
        {"dropout": 0.0, "word_dropout": 0.0, "hidden": 16, "embedding_dim": 8}, rows=tiny.texts(200), epochs=15
    )
    before = tiny.held_out_loss(run.net.eval())["loss_held_out"]
    assert run.run().best_value < 0.7 * before
