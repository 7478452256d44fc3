"""Whether what training needs is installed."""

from __future__ import annotations

from importlib.util import find_spec

NEEDS = ("torch", "sklearn", "onnx")  # of the extra for training
MISSING = 'training needs an extra that this server lacks: pip install "reread[train]"'


def able() -> bool:
    """Whether the libraries are here that training needs; none of them is loaded."""
    try:
        return all(find_spec(name) is not None for name in NEEDS)
    except ModuleNotFoundError:
        return False
