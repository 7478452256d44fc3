"""The compiled kernel answers where it can, ONNX Runtime everywhere else, and never in silence where one was asked for."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from reread import load
from reread.errors import ConfigError
from reread.kernel import available, library
from reread.recipes.spec import ModelSpec
from reread.scoring.backends.choose import choose_library
from support import folders

TEXTS = ["a lovely film", "A dull, dull play", "", "the book and the meal " * 40]


@pytest.fixture
def no_kernel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setattr(library, "FOLDER", tmp_path)
    library.load.cache_clear()
    yield
    library.load.cache_clear()


@pytest.mark.skipif(not available(), reason="the kernel was not built here")
def test_both_backends_answer_alike() -> None:
    kernel, onnx = (load(folders.OLD, backend=backend).scores(TEXTS) for backend in ("kernel", "onnx"))
    assert np.abs(kernel - onnx).max() < 1e-5
    assert (load(folders.OLD).scores(TEXTS) == kernel).all()


@pytest.mark.parametrize("spec", [{"recurrence": "gru"}, {"dense": (4,), "activation": "gelu"}])
def test_what_the_kernel_lacks_onnx_runtime_does(spec: dict[str, object]) -> None:
    network = ModelSpec(**spec)  # type: ignore[arg-type]  # the values are of the right types
    assert choose_library(network, "auto", "float32") is None
    for backend, precision in (("kernel", "float32"), ("auto", "int8")):
        with pytest.raises(ConfigError, match=r"^the compiled kernel .*use backend auto and precision float32$"):
            choose_library(network, backend, precision)


@pytest.mark.usefixtures("no_kernel")
def test_without_a_kernel() -> None:
    assert choose_library(ModelSpec(), "auto", "float32") is None
    assert load(folders.OLD).scores(TEXTS).shape == (4, 2)
    with pytest.raises(ConfigError, match="the compiled kernel was not built here"):
        load(folders.OLD, backend="kernel")


@pytest.mark.skipif(not available(), reason="the kernel was not built here")
def test_the_kernel_needs_neither_torch_nor_onnx_runtime() -> None:
    code = (
        "import sys; sys.modules['torch'] = sys.modules['onnxruntime'] = None\n"
        f"from reread import load; print(load({str(folders.OLD)!r}).predict(['lovely']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("['")
