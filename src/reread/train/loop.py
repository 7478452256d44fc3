"""The training loop: batches, optimiser steps, evaluations, the best state, checkpoints."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils import get_total_norm

from reread.errors import ConfigError, TrainingError
from reread.recipes.spec import TrainingSettings
from reread.train.amount import by_rows, last_step, spacing, steps_an_epoch, texts_a_step
from reread.train.average import WeightAverage
from reread.train.batches import epoch_batches
from reread.train.checkpoint import optimiser_tensors, read_checkpoint, restore_optimisers, write_checkpoint
from reread.train.draws import draw_from
from reread.train.gradients import Gradients
from reread.train.interrupts import Interrupts
from reread.train.listener import Listener
from reread.train.memory import reused_memory
from reread.train.objectives import StepLosses
from reread.train.optimisers import build_optimisers, clip_gradients, set_rates
from reread.train.schedule import rate_factor
from reread.train.state import State, TrainingSet, Watch
from reread.train.workers import Workers

EVALUATIONS_LEFT = 4  # evaluations' time that a stopping run needs: evaluate, score the best state, also less precisely
EVALUATED = 1 / 3  # an evaluation's time by that of a training on as many tokens: it needs no gradients
FIRST_STEPS = 5  # of a process, which are slow and say nothing about an evaluation
LOSS_MEMORY = 0.95  # weight of the past in the running loss that is shown


class Trainer:
    """One training run. Every random choice follows from the seed and the step, so a resumed run is the same run.

    Args:
        net: the network, trained in place.
        objective: what a step lowers, of the network.
        rows: the training rows.
        watch: how the run is evaluated; without one the last weights are kept.
        settings: how to train.
        workers: this process's place among those that train together.
        listener: receives the events of the run.
        checkpoint: where the run's state is saved.
        deadline: `time.monotonic` by which the last evaluation should be over.
        taken_over: parts of the network that the first steps leave as they are, if ``settings.unfreezing`` says so.
        pretrained: parts that have learned from texts without labels, and so may learn more slowly.
        probes: functions by step number, called after that step with the network as in an evaluation; they must not
            change a weight.
    """

    def __init__(
        self,
        net: nn.Module,
        objective: StepLosses,
        rows: TrainingSet,
        watch: Watch | None,
        settings: TrainingSettings,
        *,
        workers: Workers,
        listener: Listener,
        checkpoint: Path | None = None,
        deadline: float | None = None,
        taken_over: Collection[str] = (),
        pretrained: Collection[str] = (),
        probes: Mapping[int, Callable[[], None]] | None = None,
    ) -> None:
        self.net, self.rows, self.watch, self.settings = net, rows, watch, settings
        self.workers, self.listener, self.checkpoint, self.deadline = workers, listener, checkpoint, deadline
        self.probes = probes or {}
        self.device = next(net.parameters()).device
        self.gradients = Gradients(objective, rows, settings, workers, self.device)
        self.parameters = [parameter for parameter in net.parameters() if parameter.requires_grad]
        self.optimisers = build_optimisers(net, settings, pretrained)
        self._held = [each for name, part in net.named_children() if name in taken_over for each in part.parameters()]
        self.state = State()
        self.average = WeightAverage(net, settings.ema) if settings.ema else None
        self.best: dict[str, Tensor] = {}
        settings = by_rows(settings, len(rows.lengths))
        self.batch_size = texts_a_step(settings, len(rows.lengths))
        self.epoch_steps = steps_an_epoch(len(rows.lengths), self.batch_size)
        self.planned = settings.epochs * self.epoch_steps
        self.last_step = last_step(settings, self.planned)
        self._saved_at = self._started = time.monotonic()
        self._evaluation_seconds = self._slowest_step = 0.0
        self._paced_steps = self._paced_words = 0  # of this process, without the first steps
        self._paced_seconds = 0.0
        self._interrupts = Interrupts()

    def run(self) -> State:
        """Train until a budget is used up or validation stops improving; the network then has its best weights."""
        self._started = time.monotonic() - self.state.seconds
        with Interrupts() as self._interrupts, reused_memory():
            while not self.state.stopped:
                self._epoch()
        self.net.load_state_dict(self.best)
        return self.state

    def resume(self, what: str = "the network's training") -> None:
        """Restore the state of the checkpoint, and say where it goes on.

        Args:
            what: goes on.

        Raises:
            ConfigError: the run was planned for other steps, as another version of reread plans them.
        """
        if self.checkpoint is None:
            raise TrainingError("no checkpoint to resume from")
        tensors, facts = read_checkpoint(self.checkpoint)
        planned = facts.pop("planned", None)
        if planned != self.planned:
            raise ConfigError(
                f"resume=True: the interrupted run was planned with {planned or 'other'} steps, this version of reread "
                f"plans {self.planned}; start afresh with overwrite=True"
            )
        groups: dict[str, dict[str, Tensor]] = {"net": {}, "average": {}, "best": {}, "optimiser": {}}
        for key, tensor in tensors.items():
            group, name = key.split("/", 1)
            groups[group][name] = tensor.to(self.device) if group != "optimiser" else tensor
        self.net.load_state_dict(groups["net"])
        self.best = groups["best"]
        if self.average is not None:
            self.average.restore(groups["average"])
        restore_optimisers(self.optimisers, groups["optimiser"])
        self.state = State(**facts)
        going = "had ended" if self.state.stopped else "goes on"
        self.listener.on_note(f"{what} {going} at step {self.state.step:,}")

    def rehearse(self, seconds: float) -> float:
        """Take steps for some seconds, one at least and at most one epoch, without an evaluation; changes the network.

        Returns:
            Seconds for each word that was read, without the first steps if there were more.
        """
        batches = epoch_batches(self.rows.lengths, self.batch_size, seed=self.settings.seed, epoch=0)
        end = time.monotonic() + seconds
        with reused_memory():
            for batch in batches:
                self._step(batch)
                if time.monotonic() > end:
                    break
        if self._paced_words:
            return self._paced_seconds / self._paced_words
        return self._slowest_step / max(1, self.state.words / self.state.step)

    def _epoch(self) -> None:
        settings, state = self.settings, self.state
        batches = epoch_batches(self.rows.lengths, self.batch_size, seed=settings.seed, epoch=state.epoch)
        while state.position < len(batches):
            self._step(batches[state.position])
            state.position += 1
            if state.step in self.probes:
                with self._as_evaluated():
                    self.probes[state.step]()
            wishes = self._is_late(), self._interrupts.asked, self.listener.wants_stop()
            late, interrupted, unwanted = self.workers.wanted(*wishes)
            done = state.step >= self.last_step
            state.stopped = "time" if late else "steps" if done else "listener" if unwanted else ""
            if self._is_due() or state.stopped:
                self._evaluate()
            self._save_when_due()
            # Ctrl-C during the last evaluation: no further step would notice it.
            if interrupted or (state.stopped and self.workers.agree(stop=self._interrupts.asked)):
                self._save()
                raise KeyboardInterrupt
            if state.stopped:
                return
        state.epoch, state.position = state.epoch + 1, 0

    def _is_due(self) -> bool:
        """Whether an evaluation follows the last step."""
        settings, state = self.settings, self.state
        if settings.evaluations is not None:
            each = spacing(settings.evaluations, self.planned, self.epoch_steps)
            return int(state.step / each) > int((state.step - 1) / each)
        parts = settings.evaluations_per_epoch
        return state.position in {round(self.epoch_steps * (k + 1) / parts) for k in range(parts)}

    def _step(self, batch: NDArray[np.int64]) -> None:
        state, settings, started = self.state, self.settings, time.monotonic()
        draw_from(hash((settings.seed, state.step, self.workers.rank)) % 2**63)
        self.net.train()
        self.net.zero_grad()
        loss = self.workers.sum(self.gradients.of_step(batch, state.step))
        self._require_finite("loss", loss, state.step + 1)
        self.workers.sum_gradients(self.net)
        if state.step < settings.unfreezing * self.planned:
            for parameter in self._held:
                parameter.grad = None  # an optimiser leaves it, and a norm leaves it out
        self._require_finite("gradient's norm", float(clip_gradients(self.parameters, settings.clip)), state.step + 1)
        set_rates(self.optimisers, rate_factor(state.step, self.planned, warmup=settings.warmup, decay=settings.decay))
        state.step += 1
        words = self.gradients.words(batch, state.step - 1)
        with nullcontext() if self.average is None else self.average.following(state.step):
            for optimiser in self.optimisers:
                optimiser.step()
        state.words += words
        state.loss = loss if math.isnan(state.loss) else LOSS_MEMORY * state.loss + (1 - LOSS_MEMORY) * loss
        state.seconds = time.monotonic() - self._started
        self._time_step(time.monotonic() - started, words)
        self.listener.on_step(state, self.last_step)

    def _time_step(self, seconds: float, words: int) -> None:
        self._slowest_step = max(self._slowest_step, seconds)
        self._paced_steps += 1
        if self._paced_steps > FIRST_STEPS:
            self._paced_seconds, self._paced_words = self._paced_seconds + seconds, self._paced_words + words

    def _require_finite(self, what: str, value: float, step: int) -> None:
        """End the run if a number is not finite. The best weights are kept, and a resumed run ends with them."""
        if math.isfinite(value):
            return
        kept = ""
        if self.best:
            self.net.load_state_dict(self.best)
            self.state.stopped = "not finite"
            self._save()
            if self.checkpoint is not None:
                kept = (
                    f"; the best weights so far, of step {self.state.best_step}, are kept: "
                    "resume=True makes a model of them"
                )
        rate = self.settings.learning_rate
        raise TrainingError(f"the {what} is {value} at step {step}; lower the learning rate ({rate}) or set clip{kept}")

    def _is_late(self) -> bool:
        """Whether another step, as slow as the slowest so far, and the final work would end after the deadline."""
        seconds = self._slowest_step + EVALUATIONS_LEFT * self._evaluation_time()
        return self.deadline is not None and time.monotonic() + seconds > self.deadline

    def _evaluation_time(self) -> float:
        """Seconds of an evaluation: of the last one, or before the first, by the pace of training."""
        if self._evaluation_seconds or self.watch is None:
            return self._evaluation_seconds
        return EVALUATED * self.watch.tokens * self._paced_seconds / max(1, self._paced_words)

    @contextmanager
    def _as_evaluated(self) -> Iterator[None]:
        """The network in evaluation mode, with the averaged weights if there are any; afterwards as before."""
        if self.average is None:
            self.net.eval()
            yield
            return
        trained = {name: tensor.clone() for name, tensor in self.net.state_dict().items()}
        self.net.load_state_dict(self.average.weights(self.state.step))
        self.net.eval()
        yield
        self.net.load_state_dict(trained)

    def _evaluate(self) -> None:
        started = time.monotonic()
        with self._as_evaluated():
            self._require_finite("weights' norm", float(get_total_norm(self.net.parameters())), self.state.step)
            if self.watch is None:
                self._keep()
            else:
                self._judge(self.watch)
        self._evaluation_seconds = time.monotonic() - started

    def _judge(self, watch: Watch) -> None:
        """Evaluate; keep the weights if they may be the best so far; stop if nothing has improved for too long."""
        state = self.state
        metrics = dict(watch.evaluate(self.net))
        value, loss = metrics[watch.metric], metrics[watch.loss] if watch.loss else math.inf
        better = state.best_value is None or watch.is_better(value, state.best_value)
        best = value if better or state.best_value is None else state.best_value
        kept = better or (self.settings.keep_latest and not watch.tells_apart(value, best))
        state.best_value = best
        if kept:
            self._keep()
        state.evaluations_since_best = 0 if better or loss < state.least_loss else state.evaluations_since_best + 1
        state.least_loss = min(state.least_loss, loss)
        if self.settings.patience is not None and state.evaluations_since_best >= self.settings.patience:
            state.stopped = state.stopped or "patience"
        record = {
            "step": state.step,
            "epoch": state.step / self.epoch_steps,
            "seconds": round(state.seconds, 2),
            "loss": state.loss,
            **metrics,
        }
        state.history.append(record)
        self.listener.on_evaluation(record, best=kept)

    def _keep(self) -> None:
        self.best = {name: tensor.clone() for name, tensor in self.net.state_dict().items()}
        self.state.best_step = self.state.step

    def _save_when_due(self) -> None:
        if time.monotonic() - self._saved_at >= self.settings.checkpoint_seconds or self.state.stopped:
            self._save()

    def _save(self) -> None:
        self._saved_at = time.monotonic()
        if self.checkpoint is None or not self.workers.leads:
            return
        groups = {
            "net": self.net.state_dict(),
            "average": {} if self.average is None else self.average.state(),
            "best": self.best,
            "optimiser": optimiser_tensors(self.optimisers),
        }
        tensors = {f"{group}/{name}": tensor for group, members in groups.items() for name, tensor in members.items()}
        write_checkpoint(self.checkpoint, tensors, asdict(self.state) | {"planned": self.planned})
