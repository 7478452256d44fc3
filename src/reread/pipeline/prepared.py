"""What training reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.data.fingerprint import Fingerprint
from reread.data.subset import take
from reread.data.weighted_rows import WeightedRows
from reread.pipeline.origin import Origin
from reread.tasks import Task
from reread.tasks.class_task import has_classes
from reread.text.encoded import EncodedTexts
from reread.text.encoder import TextEncoder


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What training reads.

    Attributes:
        keys: `text_keys` of the texts, (rows,): equal texts have equal ones.
        targets: the user's own values, one list, or one list for each target of a joint model.
        encoded_targets: what the loss reads, (rows, width).
        weights: how much each row counts, (rows,).
        encoded: the ids of every text.
        train: rows to train on.
        validation: rows held out.
        fingerprint: of the rows that were read.
        columns: the column of each target, by the target's name.
        groups: values that must not be on both sides of a split, one a row; None: there are none.
        shares: of soft labels, the probability of each class, (rows, classes); None: the targets are certain.
        taught: how many of the last rows are texts without labels of their own.
        origin: what the run starts from, if it is a pretrained network or a trained model.
        class_rows: how many rows each class stands for, (classes,); empty if a text has not one class.
    """

    texts: Sequence[str]
    keys: NDArray[np.uint64]
    task: Task
    targets: Any
    encoded_targets: NDArray[np.float32]
    weights: NDArray[np.float32]
    encoder: TextEncoder
    encoded: EncodedTexts
    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    fingerprint: Fingerprint
    columns: dict[str, str]
    groups: Sequence[Any] | None = None
    shares: NDArray[np.float32] | None = None
    taught: int = 0
    origin: Origin | None = None
    class_rows: tuple[float, ...] = ()

    def weighted(self, rows: NDArray[np.int64]) -> WeightedRows:
        """What is learned from some rows, in their order."""
        if self.shares is None or not has_classes(self.task):
            return WeightedRows(rows=rows, targets=self.encoded_targets[rows], weights=self.weights[rows])
        places, targets, parts = self.task.certain(self.shares[rows])
        return WeightedRows(rows=rows[places], targets=targets, weights=self.weights[rows[places]] * parts)

    @property
    def validation_targets(self) -> Any:
        """The user's own values of the rows held out."""
        return take(self.targets, self.validation)

    @property
    def validation_weights(self) -> NDArray[np.float32]:
        """How much each row held out counts, (rows,)."""
        return self.weights[self.validation]


def facts(prepared: Prepared) -> dict[str, Any]:
    """Counts that the model card and the report give."""
    return {
        "rows": len(prepared.texts) - prepared.taught,
        "train_rows": len(prepared.train) - prepared.taught,
        "taught_rows": prepared.taught,
        "validation_rows": len(prepared.validation),
        "tokens": int(prepared.encoded.lengths.sum()),
        "unknown_rate": prepared.encoded.unknown_rate,
        "vocabulary": [len(vocabulary) for vocabulary in prepared.encoder.vocabularies],
        "class_rows": [round(rows, 2) for rows in prepared.class_rows],
    }
