"""Rows that make an evaluation too optimistic: those seen in training."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from reread.bundle import LINEAR, Bundle
from reread.data.examples import Examples
from reread.data.subset import some_of
from reread.errors import ConfigError, DataError
from reread.pipeline.facts import linear_learned_all
from reread.wording import number_of


class Seen(NamedTuple):
    """How many rows have a text that was trained on, or held out of training; and how many of them are left out.

    Attributes:
        held_out: rows that were not trained on, but decided when training stops.
        learned_after: whether the linear member learned from rows held out after that.
        without_labels: how many texts without labels the model learned from; no row is recognised as one of them.
    """

    trained_on: int
    held_out: int
    left_out: int
    rows: int
    learned_after: bool
    without_labels: int

    def sentence(self) -> str:
        """A warning for readers of the figures; empty if no row was seen, nor can have been."""
        texts = f"the texts without labels that it learned from ({self.without_labels:,})"
        unknown = f"Whether rows are among {texts} is not known." if self.without_labels else ""
        return " ".join(each for each in (self._of_rows(), unknown) if each)

    def _of_rows(self) -> str:
        trained = f"{_were(self.trained_on)} trained on" if self.trained_on else ""
        held_out = f"{_were(self.held_out)} held out to decide when training stops" if self.held_out else ""
        if held_out and self.learned_after:
            held_out += f" (the linear member learned from {'it' if self.held_out == 1 else 'them'} afterwards)"
        what = f"of {number_of(self.rows, 'row')}, {' and '.join(each for each in (trained, held_out) if each)}"
        new = self.rows - self.trained_on - self.held_out
        if not (trained or held_out):
            return ""
        if self.left_out:
            return f"Rows seen in training are left out: {what}."
        rest = f"--unseen measures on the other {new:,}" if new else "measure on rows that the model has not seen"
        return f"These figures flatter the model: {what}; {rest}."


def _were(rows: int) -> str:
    return f"{rows:,} {'was' if rows == 1 else 'were'}"


def seen_rows(bundle: Bundle, examples: Examples, *, leave_out: bool) -> tuple[Seen, Examples]:
    """How many rows were seen in training, and the rows to measure on: all, or those not seen.

    Raises:
        ConfigError: seen rows are to be left out, and the folder does not say which they are.
        DataError: every row was seen.
    """
    known, rows = bundle.seen, len(examples)
    if known is None:
        if leave_out:
            raise ConfigError(f"--unseen: {bundle.path} does not say what it was trained on; train it again")
        return Seen(0, 0, 0, rows, learned_after=False, without_labels=0), examples
    trained, held_out = known.among(examples.keys)
    seen = trained | held_out
    counts = int(trained.sum()), int(held_out.sum())
    after = (
        bool(held_out.any()) and LINEAR in bundle.postprocessors and linear_learned_all(bundle.config, bundle.metrics)
    )
    texts = max(bundle.config.data.taught_rows, bundle.metrics.get("baseline_unlabelled") or 0)
    found = Seen(*counts, 0, rows, learned_after=after, without_labels=texts)
    if not (leave_out and seen.any()):
        return found, examples
    if seen.all():
        raise DataError(
            f"--unseen leaves no row: {counts[0]:,} trained on, {counts[1]:,} held out; name a file with other rows"
        )
    return found._replace(left_out=int(seen.sum())), some_of(examples, np.flatnonzero(~seen))
