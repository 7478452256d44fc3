"""A network's computation as ONNX operators: https://onnx.ai/onnx/operators/."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, NewType

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

OPSET = 20  # version of the operators
FLOAT, INT32, INT64, DOUBLE = 1, 6, 7, 11  # data types of onnx.TensorProto

Value = NewType("Value", str)
"""The name of an array in a graph."""

Operand = Value | Tensor | NDArray[Any] | float | Sequence[int]
"""An operator's input: a value, or a constant. Integers become int64, other numbers float32; arrays stay."""


@dataclass(frozen=True)
class Node:
    """One operator of a graph."""

    operator: str
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    attributes: Mapping[str, Any]


class Graph:
    """Operators in execution order. Identical ones are added once.

    Attributes:
        nodes: the operators.
        constants: the weights and other numbers that they read.
    """

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.constants: dict[Value, NDArray[Any]] = {}
        self._known: dict[Any, tuple[Value, ...]] = {}

    def add(self, operator: str, *inputs: Operand, **attributes: Any) -> Value:
        """The output of an operator with one output."""
        return self.add_several(operator, 1, *inputs, **attributes)[0]

    def add_several(self, operator: str, outputs: int, *inputs: Operand, **attributes: Any) -> tuple[Value, ...]:
        """The ``outputs`` outputs of an operator."""
        names = tuple(self._value(each) for each in inputs)
        key = operator, outputs, names, repr(attributes)
        if key not in self._known:
            name = f"{operator}_{len(self.nodes)}"
            values = tuple(Value(f"{name}_{k}" if k else name) for k in range(outputs))
            self.nodes.append(Node(operator, names, values, attributes))
            self._known[key] = values
        return self._known[key]

    def linear(self, values: Value, weight: Tensor, bias: Tensor | None = None) -> Value:
        """Values (..., in_dim) times weight (out_dim, in_dim), plus bias (out_dim,)."""
        products = self.add("MatMul", values, weight.t())
        return products if bias is None else self.add("Add", products, bias)

    def concat(self, values: Sequence[Value], axis: int) -> Value:
        """The concatenation of values."""
        return values[0] if len(values) == 1 else self.add("Concat", *values, axis=axis)

    def split(self, value: Value, sizes: Sequence[int], axis: int) -> tuple[Value, ...]:
        """Parts of a value, of these sizes along the axis."""
        return (value,) if len(sizes) == 1 else self.add_several("Split", len(sizes), value, sizes, axis=axis)

    def take(self, value: Value, index: int, axis: int) -> Value:
        """The value at one index of an axis, without that axis."""
        return self.add("Gather", value, index, axis=axis)

    def _value(self, operand: Operand) -> Value:
        if isinstance(operand, str):
            return operand
        array = _array(operand)
        key = array.dtype.str, array.shape, blake2b(array.tobytes()).digest()
        if key not in self._known:
            name = Value(f"constant_{len(self.constants)}")
            self.constants[name] = array
            self._known[key] = (name,)
        return self._known[key][0]


def _array(constant: Tensor | NDArray[Any] | float | Sequence[int]) -> NDArray[Any]:
    if isinstance(constant, Tensor):
        return np.ascontiguousarray(constant.detach().cpu().numpy())
    if isinstance(constant, np.ndarray):
        return np.ascontiguousarray(constant)
    array = np.asarray(constant)
    return array.astype(np.float32) if array.dtype.kind == "f" else array
