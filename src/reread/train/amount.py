"""The amount of training by the number of rows and scores: batch size and epochs; and how it ended."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace

from reread.recipes.spec import TrainingSettings
from reread.train.state import State
from reread.wording import number_of

SMALLEST, LARGEST = 8, 64  # texts per step
STEPS_AN_EPOCH = 64  # about this many steps per epoch, if that needs batches below the largest
FEWEST, MOST = 2, 32  # scores: between, the least number of steps grows with their square root


def by_rows(settings: TrainingSettings, rows: int, scores: int = FEWEST) -> TrainingSettings:
    """The settings with a batch size, and with epochs for the least number of steps; idempotent for the same rows."""
    size = texts_a_step(settings, rows)
    least = settings.least_steps * math.sqrt(min(max(scores, FEWEST), MOST) / FEWEST)
    epochs = max(settings.epochs, math.ceil(least / steps_an_epoch(rows, size)))
    return replace(settings, batch_size=size, epochs=epochs)


def longer(settings: TrainingSettings, pretrained: Collection[str]) -> TrainingSettings:
    """The settings with more epochs if all parts that know much from texts without labels learn slowly.

    Args:
        settings: with the epochs that the rows ask for.
        pretrained: the parts that know so much.
    """
    factor = settings.pretrained_epochs_factor
    slow = [part for part in pretrained if "pretrained_factor" in settings.parts.get(part, {})]
    if factor == 1 or not slow or len(slow) < len(pretrained):
        return settings
    return replace(settings, epochs=max(1, round(factor * settings.epochs)), pretrained_epochs_factor=1.0)


def texts_a_step(settings: TrainingSettings, rows: int) -> int:
    """The requested batch size; for "auto" a power of two that makes about sixty steps per epoch."""
    if isinstance(settings.batch_size, int):
        return settings.batch_size
    wanted = max(1, rows // STEPS_AN_EPOCH)
    return min(LARGEST, max(SMALLEST, 1 << round(math.log2(wanted))))


def steps_an_epoch(rows: int, size: int) -> int:
    """Batches of one pass over the rows."""
    return math.ceil(rows / size)


def last_step(settings: TrainingSettings, planned: int) -> int:
    """The step at which a run ends that was planned with so many, if nothing ends it earlier."""
    if settings.steps is None:
        return planned
    return min(settings.steps, planned) if settings.earliest else settings.steps


def spacing(evaluations: int, planned: int, epoch: int) -> float:
    """Steps from one evaluation to the next: evenly over all that are planned, at most two in an epoch of steps."""
    return max(planned / evaluations, epoch / 2)


def evaluations_of(settings: TrainingSettings, rows: int) -> float:
    """About how many evaluations a run on so many rows has, if nothing ends it earlier."""
    epoch = steps_an_epoch(rows, texts_a_step(settings, rows))
    planned = settings.epochs * epoch
    steps = last_step(settings, planned)
    if settings.evaluations is None:
        return max(1.0, settings.evaluations_per_epoch * steps / epoch)
    return max(1.0, steps / spacing(settings.evaluations, planned, epoch))


def described(settings: TrainingSettings, rows: int) -> str:
    """What was chosen, in one line."""
    size = texts_a_step(settings, rows)
    steps = number_of(settings.epochs * steps_an_epoch(rows, size), "step")
    end = "" if settings.steps is None else f"; it ends after step {settings.steps:,}"
    chosen = f"batches of {number_of(size, 'text')}, {number_of(settings.epochs, 'epoch')} ({steps})"
    return f"{chosen} for {number_of(rows, 'training row')}{end}"


def ended(settings: TrainingSettings, state: State, part: str = "") -> str:
    """Why training ended early, which step's weights are kept and why; empty if neither applies.

    Args:
        settings: how it was trained.
        state: how it ended.
        part: which part of a run had this time, such as " of round 1"; empty: the whole run.
    """
    unread = ", before it has read every row once; with more time the network learns more" if not state.epoch else ""
    early = {
        "patience": f"no better in {number_of(settings.patience or 0, 'evaluation')}: "
        f"training ends at step {state.step:,}",
        "listener": f"training was stopped by its listener, at step {state.step:,}",
        "time": f"the time{part} is used up: training ends at step {state.step:,}{unread}",
    }
    best = (
        "the latest that the rows held out cannot tell from the best"
        if settings.keep_latest
        else "the best on the rows held out"
    )
    told = state.best_step != state.step or state.stopped == "patience"
    kept = f"the weights of step {state.best_step:,} are kept, {best}" if told else ""
    return "; ".join(filter(None, [early.get(state.stopped, ""), kept]))
