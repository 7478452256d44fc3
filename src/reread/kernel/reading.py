"""Scoring on NumPy arrays: one direction of a recurrence, and products with every row; see source/reading.c."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.kernel.library import Library
from reread.kernel.memory import Array, address, aligned, place
from reread.kernel.numbers import NUMBERS, Packed, Rows, bfloat16, int8, pack
from reread.kernel.packed_batch import BiasRows, PackedBatch, TableFields


class _Read(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int32) for name in ("batch", "hidden", "features", "reverse", "shown")),
        *((name, ctypes.c_void_p) for name in ("lengths", "starts", "words")),
        ("table", TableFields),
        *(
            (name, ctypes.c_void_p)
            for name in ("weights", "fresh", "cells", "states", "scales", "outputs", "output_scales")
        ),
        *((name, ctypes.c_int32) for name in ("output_row", "scale_row")),
        *((name, ctypes.c_void_p) for name in ("largest", "total")),
    )


class _Project(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int32) for name in ("batch", "depth", "parts", "columns", "features")),
        *((name, ctypes.c_void_p) for name in ("lengths", "starts", "inputs", "scales", "weights", "words")),
        ("table", TableFields),
        *((name, ctypes.c_void_p) for name in ("products", "largest")),
    )


class Reader:
    """The scoring functions of one build, with products in one format.

    Raises (all methods):
        ValueError: an array has the wrong shape, dtype or layout.
    """

    def __init__(self, library: Library, precision: str) -> None:
        self.library, self.precision = library, precision
        self._read = getattr(library.functions, f"reread_read_{precision}")
        self._read_light = getattr(library.functions, f"reread_read_light_{precision}")
        self._project = getattr(library.functions, f"reread_project_{precision}")
        self.dtype = np.dtype(np.uint8 if precision == "int8" else NUMBERS[precision])

    def filled(self, units: int) -> int:
        """This many units, padded to whole vectors."""
        return -(-units // self.library.width) * self.library.width

    def pack(self, weights: NDArray[np.float32], parts: int = 1) -> Packed:
        """Weights (columns, parts x depth), packed for the products with rows; both sizes are whole vectors."""
        self._whole("a row of products", len(weights))
        self._whole("a part of a row", weights.shape[1] // parts)
        return pack(weights, self.precision, self.library.width, parts)

    def rows(self, values: NDArray[np.float32], parts: int = 1) -> Rows:
        """Floats (rows, parts x depth) as the products read them."""
        if self.precision == "float32":
            return Rows(np.ascontiguousarray(values))
        if self.precision == "bfloat16":
            return Rows(bfloat16(values))
        whole, scales = int8(values.reshape(len(values), parts, -1))
        return Rows((whole.reshape(values.shape).astype(np.int16) + 128).astype(np.uint8), scales)

    def read(
        self,
        packed: PackedBatch,
        bias_rows: BiasRows,
        weights: Packed,
        fresh: Array,
        cells: Array,
        *,
        reverse: bool,
        outputs: Rows | None = None,
        direction: int = 0,
        largest: Array | None = None,
        total: Array | None = None,
    ) -> None:
        """Read texts with an LSTM.

        Args:
            packed: the texts.
            bias_rows: what each word adds to the gates, (rows, 4 hidden), in the order of `Layout`.
            weights: the packed weights (4 hidden, hidden) from the state.
            fresh: the states before the first step, (texts, hidden); holds the last states afterwards.
            cells: likewise the cells.
            reverse: from the end.
            outputs: gets every state, at each token's row, in the ``direction``-th of its parts.
            direction: see ``outputs``.
            largest: updated with the largest values of all states, (texts, hidden).
            total: their sums are added to it, (texts, hidden).
        """
        hidden = fresh.shape[1]
        place = self._packed(weights, 4 * hidden, hidden)
        read = self._reading(packed, bias_rows, 4 * hidden, fresh=fresh, cells=cells, largest=largest, total=total)
        read.reverse, read.weights = reverse, place
        self._run(self._read, read, packed, outputs, direction)

    def read_light(
        self,
        packed: PackedBatch,
        bias_rows: BiasRows,
        fresh: Array,
        cells: Array,
        *,
        shown: bool,
        reverse: bool,
        outputs: Rows | None = None,
        direction: int = 0,
        largest: Array | None = None,
        total: Array | None = None,
    ) -> None:
        """Read texts with a light recurrence: cell = keep * cell + add; if ``shown``, output = show * cell + rest.

        Args:
            packed: the texts.
            bias_rows: each word's keep and add, and with ``shown`` its show and rest, side by side, (rows, 2 or 4
                hidden).
            fresh: gets the last outputs, (texts, hidden).
            cells: the cells before the first step, likewise; holds the last ones afterwards.
            shown: whether the output differs from the cell.
            reverse: from the end.
            outputs: as in `read`.
            direction: as in `read`.
            largest: as in `read`.
            total: as in `read`.
        """
        columns = (4 if shown else 2) * cells.shape[1]
        if bias_rows.words is not None and bias_rows.words.index.shape[1] > 1:
            raise ValueError(
                f"{bias_rows.words.index.shape[1]} words a row; gates are no sums, a light recurrence reads one"
            )
        read = self._reading(packed, bias_rows, columns, fresh=fresh, cells=cells, largest=largest, total=total)
        read.reverse, read.shown = reverse, shown
        self._run(self._read_light, read, packed, outputs, direction)

    def project(
        self,
        packed: PackedBatch,
        inputs: Rows,
        weights: Packed,
        bias_rows: BiasRows,
        *,
        products: Array | None = None,
        largest: Array | None = None,
    ) -> None:
        """Multiply rows by weights and add their bias rows.

        Args:
            packed: the texts.
            inputs: (rows, parts x depth), as `rows` or `read` make them.
            weights: packed, (columns, parts x depth).
            bias_rows: (rows, columns).
            products: gets the products, (rows, columns).
            largest: updated with the largest products of each text, (texts, columns).
        """
        (rows, width), batch, columns = inputs.values.shape, len(packed.lengths), weights.columns
        place = self._packed(weights, bias_rows.table.columns, width // weights.parts)
        _check_rows(packed, bias_rows, rows)
        project = _Project(
            depth=weights.depth,
            parts=weights.parts,
            columns=columns,
            **packed.fields,
            **bias_rows.fields,
            inputs=address("inputs", inputs.values, self.dtype, (rows, weights.parts * weights.depth)),
            scales=self._scales("inputs", inputs, weights.parts),
            weights=place,
        )
        if products is not None:
            project.products = address("products", products, np.float32, (rows, columns), written=True)
        if largest is not None:
            project.largest = address("largest", largest, np.float32, (batch, columns), written=True)
        self._project(ctypes.byref(project))

    def outputs(self, rows: int, hidden: int, directions: int) -> Rows:
        """An array for the states of all directions at this many rows."""
        scales = np.empty((rows, directions), np.float32) if self.precision == "int8" else None
        return Rows(np.empty((rows, directions * hidden), self.dtype), scales)

    def _reading(self, packed: PackedBatch, bias_rows: BiasRows, columns: int, **written: Array | None) -> _Read:
        """The arguments of both kinds of reading; ``written`` are (texts, hidden) each."""
        batch, hidden = next(array.shape for array in written.values() if array is not None)
        self._whole("a layer", hidden)
        if batch != len(packed.lengths) or columns != bias_rows.table.columns:
            raise ValueError(
                f"{len(packed.lengths)} texts, {bias_rows.table.columns} columns; "
                f"states of {batch} texts take {columns} columns"
            )
        if bias_rows.words is None:
            raise ValueError("reading needs to know each row's words")
        _check_rows(packed, bias_rows, packed.rows)
        addresses = {
            name: address(name, array, np.float32, (batch, hidden), written=True)
            for name, array in written.items()
            if array is not None
        }
        return _Read(hidden=hidden, **packed.fields, **bias_rows.fields, **addresses)

    def _run(self, function: Any, read: _Read, packed: PackedBatch, outputs: Rows | None, direction: int) -> None:
        """Read, with room for the states as products read them."""
        states = aligned((read.batch, read.hidden), self.dtype)
        scales = np.empty(read.batch, np.float32) if self.precision == "int8" else None
        read.states, read.scales = place(states), None if scales is None else place(scales)
        if outputs is not None:
            self._give_outputs(read, packed, outputs, direction)
        function(ctypes.byref(read))

    def _give_outputs(self, read: _Read, packed: PackedBatch, outputs: Rows, direction: int) -> None:
        (rows, width), hidden = outputs.values.shape, read.hidden
        if rows < packed.rows or not 0 <= direction < width // hidden:
            raise ValueError(
                f"outputs are {outputs.values.shape}; "
                f"there are {packed.rows} rows, direction {direction} of {hidden} units"
            )
        start = address("outputs", outputs.values, self.dtype, (rows, width), written=True)
        read.outputs, read.output_row = start + direction * hidden * self.dtype.itemsize, width
        if self.precision == "int8":
            read.scale_row = width // hidden
            read.output_scales = self._scales("outputs", outputs, read.scale_row, written=True) + 4 * direction

    def _scales(self, name: str, rows: Rows, parts: int, *, written: bool = False) -> int:
        """The address of the rows' scales; None except for int8."""
        if self.precision != "int8":
            return 0
        if rows.scales is None:
            raise ValueError(f"{name} of int8 have scales")
        return address(f"scales of {name}", rows.scales, np.float32, (len(rows.values), parts), written=written)

    def _packed(self, weights: Packed, columns: int, depth: int) -> int:
        """The address of weights that were packed for this product."""
        self._whole("a row of products", columns)
        packed = (weights.columns, weights.depth, weights.precision, weights.width)
        wanted = (columns, depth, self.precision, self.library.width)
        if packed != wanted:
            raise ValueError(f"weights (columns, depth, kind, vector) are {packed}, the product's {wanted}")
        panel = 4 * self.library.width
        size = panel * (depth + 8 if self.precision == "int8" else depth * self.dtype.itemsize)
        return address("weights", weights.values, np.uint8, (-(-columns // panel) * weights.parts * size,))

    def _whole(self, what: str, units: int) -> None:
        if units < 1 or units % self.library.width:
            raise ValueError(f"{what} of {units}; the kernel takes multiples of {self.library.width}")


def _check_rows(packed: PackedBatch, bias_rows: BiasRows, rows: int) -> None:
    word_rows = rows if bias_rows.words is None else len(bias_rows.words.index)
    if packed.rows > rows or word_rows < packed.rows:
        raise ValueError(f"texts of {packed.rows} rows, words of {word_rows}; there are {rows}")
