"""What importing reread costs and offers."""

from __future__ import annotations

import subprocess
import sys

import pytest

import reread

HEAVY = {
    "torch",
    "sklearn",
    "scipy",
    "gensim",
    "pandas",
    "polars",
    "pyarrow",
    "onnxruntime",
    "onnx",
    "safetensors",
    "rich",
    "cleanlab",
    "datasketch",
}


def loaded_after(code: str) -> set[str]:
    """The top-level modules that a fresh Python has loaded after running ``code``."""
    script = f"import sys\n{code}\nprint('LOADED', *{{name.partition('.')[0] for name in sys.modules}})"
    output = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    return set(output.rpartition("LOADED ")[2].split())


@pytest.mark.parametrize(
    "code",
    [
        "import reread",
        "from reread.apps.cli.run import run; run(['--help'])",
        "from reread.apps.cli.run import run; run(['train', '--help'])",
        "from reread.apps.cli.run import run; run(['predict', '--help'])",
        "from reread.apps.cli.run import run; run(['vectors', 'train', '--help'])",
        "from reread.apps.cli.run import run; run(['audit', '--help'])",
        "from reread.apps.cli.run import run; run(['drift', '--help'])",
    ],
)
def test_nothing_heavy_is_loaded(code: str) -> None:
    assert loaded_after(code) & HEAVY == set()


def test_a_model_is_opened_without_training_libraries() -> None:
    code = "from reread import load\ntry:\n    load('no.reread')\nexcept Exception as error:\n    assert 'no.reread' in str(error)"
    assert loaded_after(code) & {"torch", "sklearn", "pandas", "pyarrow"} == set()


def test_texts_are_watched_without_training_libraries() -> None:
    code = "import reread.apps.cli.drifting, reread.insight.drift.watch"
    assert loaded_after(code) & {"torch", "sklearn", "scipy", "pandas", "pyarrow"} == set()


def test_the_public_names() -> None:
    assert reread.__all__ == [
        "BundleError",
        "ConfigError",
        "DataError",
        "ExportError",
        "JointTextModel",
        "MissingExtraError",
        "NotABundleError",
        "RereadError",
        "TextClassifier",
        "TextRegressor",
        "TrainingError",
        "__version__",
        "load",
        "verify",
    ]
    for name in reread.__all__:
        assert getattr(reread, name) is not None
    assert set(dir(reread)) >= set(reread.__all__)


def test_a_name_that_does_not_exist() -> None:
    with pytest.raises(AttributeError, match="module 'reread' has no attribute 'Classifier'"):
        _ = reread.Classifier  # type: ignore[attr-defined]
