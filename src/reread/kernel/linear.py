"""Linear models of sparse rows: steps of their training, and their scores. See source/linear.c."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from reread.kernel.library import Library
from reread.kernel.memory import address, check_range

Floats = NDArray[np.float32]
LinearLoss = Literal["squared", "logistic", "softmax", "squared_hinge"]  # in C's order
OF_CLASSES: tuple[LinearLoss, ...] = ("softmax", "squared_hinge")  # whose target is the index of a class
MARGIN = 4.0  # of the squared hinge: where its scores are about as sure as log-odds are


class _Linear(ctypes.Structure):
    _fields_ = (
        *(
            (name, ctypes.c_void_p)
            for name in (
                *("starts", "columns", "values", "sizes", "weights", "targets", "start"),
                *("duals", "coefficients", "bias", "room"),
            )
        ),
        *((name, ctypes.c_int32) for name in ("scores", "width", "loss")),
        *((name, ctypes.c_float) for name in ("strength", "margin")),
    )


@dataclass(frozen=True, kw_only=True)
class LinearRows:
    """The rows that a linear model learns from.

    Attributes:
        starts: where each row begins in ``columns`` and ``values``, (rows + 1,).
        columns: (numbers,).
        values: (numbers,).
        targets: (rows, width): numbers, 0 or 1 for each score, or one column with the index of a class.
        weights: how much each row counts, (rows,).
        start: the scores of a row without features before training, (scores,).
        loss: of a row's scores.
        features: how many columns there are.
    """

    starts: NDArray[np.int64]
    columns: NDArray[np.int32]
    values: Floats
    targets: Floats
    weights: Floats
    start: Floats
    loss: LinearLoss
    features: int


class DualAscent:
    """Steps toward the minimum of |coefficients|² / 2 + strength · the sum of the rows' weighted losses.

    Args:
        library: any build.
        rows: what is learned from.

    Attributes:
        coefficients: (features, scores).
        bias: what is added to ``rows.start``, (scores,).

    Raises:
        ValueError: an array has the wrong shape or dtype, or a column does not exist.
    """

    def __init__(self, library: Library, rows: LinearRows) -> None:
        count, scores = len(rows.weights), len(rows.start)
        widths, shape = {1} if rows.loss in OF_CLASSES else {1, scores}, rows.targets.shape
        if len(shape) != 2 or shape[1] not in widths:
            columns = " or ".join(map(str, sorted(widths)))
            raise ValueError(f"targets are {shape}; {rows.loss} of {scores} scores takes {columns} columns")
        check_range("columns", rows.columns, 0, rows.features - 1)
        check_range("starts", rows.starts, 0, len(rows.values))
        if rows.loss in OF_CLASSES:
            check_range("targets", rows.targets, 0, scores - 1)
        self._rows, self._functions, self._strength = rows, library.functions, 0.0
        self._functions.reread_linear_pass.restype = ctypes.c_double
        owners = np.repeat(np.arange(count), np.diff(rows.starts))
        self._sizes = (1 + np.bincount(owners, rows.values.astype(np.float64) ** 2, count)).astype(np.float32)
        self._duals, self._room = np.zeros((count, scores), np.float32), np.zeros(scores, np.float32)
        self.coefficients, self.bias = np.zeros((rows.features, scores), np.float32), np.zeros(scores, np.float32)
        width, numbers = rows.targets.shape[1], (len(rows.values),)
        arrays: tuple[tuple[str, NDArray[Any], Any, tuple[int, ...]], ...] = (
            ("starts", rows.starts, np.int64, (count + 1,)),
            ("columns", rows.columns, np.int32, numbers),
            ("values", rows.values, np.float32, numbers),
            ("sizes", self._sizes, np.float32, (count,)),
            ("weights", rows.weights, np.float32, (count,)),
            ("targets", rows.targets, np.float32, (count, width)),
            ("start", rows.start, np.float32, (scores,)),
            ("duals", self._duals, np.float32, (count, scores)),
            ("coefficients", self.coefficients, np.float32, (rows.features, scores)),
            ("bias", self.bias, np.float32, (scores,)),
            ("room", self._room, np.float32, (scores,)),
        )
        loss = get_args(LinearLoss).index(rows.loss)
        self._linear = _Linear(*(address(*array) for array in arrays), scores, width, loss, 0.0, MARGIN)

    def strengthen(self, strength: float) -> None:
        """Set the strength of the losses; the model goes on from where it is.

        Dual variables that are right for a weaker loss may stay; those of a stronger one can be beyond what this one
        allows, from where steps come back slowly, and are shrunk.
        """
        if strength < self._strength:
            shrunk = np.float32(strength / self._strength)
            self._duals *= shrunk
            self.coefficients *= shrunk
            self.bias *= shrunk
        self._strength = self._linear.strength = strength

    def one_pass(self, order: NDArray[np.int32]) -> float:
        """One step for each row of ``order``; how far from the minimum its dual variables were, relative to them."""
        check_range("order", order, 0, len(self._rows.weights) - 1)
        place = address("order", order, np.int32, (len(order),))
        apart: float = self._functions.reread_linear_pass(
            ctypes.byref(self._linear), ctypes.c_int64(len(order)), ctypes.c_void_p(place)
        )
        return apart


def sparse_product(
    library: Library,
    starts: NDArray[np.int64],
    columns: NDArray[np.int32],
    values: Floats,
    weights: Floats,
) -> Floats:
    """The product of sparse rows with weights (width, scores), (rows, scores).

    Args:
        library: any build.
        starts: where each row begins, (rows + 1,).
        columns: of its numbers, (numbers,).
        values: its numbers, (numbers,).
        weights: float32 (width, scores).

    Raises:
        ValueError: an array has the wrong shape or dtype, or a column does not exist.
    """
    rows, (width, scores), numbers = len(starts) - 1, weights.shape, (len(values),)
    check_range("columns", columns, 0, width - 1)
    check_range("starts", starts, 0, len(values))
    product = np.zeros((rows, scores), np.float32)
    library.functions.reread_sparse_product(
        ctypes.c_int64(rows),
        ctypes.c_int32(scores),
        ctypes.c_void_p(address("starts", starts, np.int64, (rows + 1,))),
        ctypes.c_void_p(address("columns", columns, np.int32, numbers)),
        ctypes.c_void_p(address("values", values, np.float32, numbers)),
        ctypes.c_void_p(address("weights", weights, np.float32, (width, scores))),
        ctypes.c_void_p(address("product", product, np.float32, (rows, scores), written=True)),
    )
    return product
