"""The line before a long run, and the refusal of one for which the disk is too small."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from reread.errors import RereadError, TrainingError
from reread.pipeline.forecast.amounts import Disk, disk_of, seconds_of
from reread.pipeline.forecast.measure import amount_of
from reread.pipeline.forecast.rehearsal import rehearse
from reread.pipeline.plan import Plan
from reread.pipeline.prepared import Prepared
from reread.pipeline.run import Free, Run
from reread.wording import bytes_of, duration

LONG = 180.0  # seconds: a run that takes less says nothing
FEW_WORDS = 10_000_000  # that a network learns from: hardly one takes minutes for them,
FEW_CHARACTERS = 40_000_000  # nor a linear member for these: a shorter run is not measured


def tell(prepared: Prepared, plan: Plan, run: Run, *, unlabelled: bool = False) -> None:
    """Say how long a long run takes and how much disk it needs; refuse one for which the disk is too small.

    How long is measured, in seconds; not if a deadline says it, and not where several processes train together.

    Args:
        prepared: the rows.
        plan: what is trained, with the batch size and the epochs for so many rows.
        run: how it is carried out.
        unlabelled: whether it learns from texts without labels too, for which no time is known.

    Raises:
        TrainingError: the disk is too small.
    """
    if not run.forecasts or run.resume or run.checkpoint is None or not run.workers.leads:
        return
    folder, amount = run.checkpoint.parent, amount_of(prepared, plan)
    disk = disk_of(amount)
    check_free(disk, folder, run.free)
    if run.deadline is not None:
        if run.deadline - time.monotonic() >= LONG:
            run.listener.on_note(f"this run ends in the time that was asked for, and {needs(disk, folder)}")
        return
    if run.workers.size > 1 or (amount.words < FEW_WORDS and amount.linear + amount.again < FEW_CHARACTERS):
        return
    run.listener.on_stage("measuring how long the run takes")
    try:
        pace = rehearse(prepared, plan, amount)
    except RereadError:  # of so few rows; the run reads all, and says itself what is wrong
        return
    seconds, disk = seconds_of(amount, pace), disk_of(amount, pace)
    check_free(disk, folder, run.free)
    if seconds >= LONG:
        early = ", or less if it ends early" if plan.recipe.training.patience is not None else ""
        beside = ", without what it does with the texts without labels" if unlabelled else ""
        run.listener.on_note(f"this run takes about {duration(seconds)}{early}{beside}, and {needs(disk, folder)}")


def needs(disk: Disk, folder: Path) -> str:
    """The disk that a run needs, in words."""
    parts = [f"{bytes_of(disk.beside)} in {folder}"]
    if disk.there + disk.temporary:
        parts.append(f"{bytes_of(disk.there + disk.temporary)} of temporary files in {tempfile.gettempdir()}")
    return f"needs up to {bytes_of(disk.all)} of disk: {' and '.join(parts)}; the model takes {bytes_of(disk.model)}"


def check_free(disk: Disk, folder: Path, free: Free) -> None:
    """Refuse a run for which the disk is too small.

    Args:
        disk: what the run writes.
        folder: where the unfinished run is kept.
        free: the bytes that may still be written on a folder's disk.

    Raises:
        TrainingError: it is.
    """
    temporary = Path(tempfile.gettempdir())
    together = _device(temporary) == _device(folder)
    _check(folder, disk.beside + (disk.temporary if together else 0), free, "write the model elsewhere")
    if disk.temporary and not together:
        _check(temporary, disk.temporary, free, "name a larger folder for temporary files in TMPDIR")


def _check(folder: Path, wanted: int, free: Free, otherwise: str) -> None:
    there = free(folder)
    if there < wanted:
        raise TrainingError(
            f"the disk is too small: this run needs {bytes_of(wanted)} more in {folder}, where {bytes_of(there)} are "
            f"free; make room, or {otherwise}"
        )


def _device(folder: Path) -> int:
    return next(place for place in (folder, *folder.absolute().parents) if place.exists()).stat().st_dev
