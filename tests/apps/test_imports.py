"""What importing reread costs and offers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import reread
from support.command_line import TINY, reviews

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
    "tokenizers",
    "optuna",
    "faststream",
    "pydantic",
    "redis",
    "nats",
}


def loaded_after(code: str) -> set[str]:
    """The modules that a fresh Python has loaded after running ``code``."""
    script = f"import sys\n{code}\nprint('LOADED', *sys.modules)"
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
        "from reread.apps.cli.run import run; run(['tune', '--help'])",
        "from reread.apps.cli.run import run; run(['weak', '--help'])",
        "from reread.apps.cli.run import run; run(['stream', '--help'])",
        "from reread.apps.cli.run import run; run(['label', '--help'])",
        "import reread.apps.stream",
    ],
)
def test_nothing_heavy_is_loaded(code: str) -> None:
    assert loaded_after(code) & HEAVY == set()


def test_a_model_is_opened_without_training_libraries() -> None:
    code = "from reread import load\ntry:\n    load('no.reread')\nexcept Exception as error:\n    assert 'no.reread' in str(error)"
    assert loaded_after(code) & {"torch", "sklearn", "pandas", "pyarrow"} == set()


def test_texts_are_watched_without_training_libraries() -> None:
    code = "import reread.apps.cli.drifting, reread.monitoring.watch"
    assert loaded_after(code) & {"torch", "sklearn", "scipy", "pandas", "pyarrow"} == set()


def test_rules_vote_without_training_libraries() -> None:
    code = "import reread.apps.cli.weak_labels, reread.weak; reread.weak.kinds.kinds.names()"
    assert loaded_after(code) & {"torch", "sklearn", "scipy", "pandas", "pyarrow"} == set()


def test_texts_are_labelled_without_training_libraries() -> None:
    code = "import reread.apps.cli.labelling, reread.label.background"
    assert loaded_after(code) & {"torch", "sklearn", "scipy", "pandas", "pyarrow"} == set()


def test_training_loads_nothing_of_torch_s_compiler(tmp_path: Path) -> None:
    long = f'"{"a long film " * 20}",pos\n'
    (tmp_path / "rows.csv").write_text(reviews(12) + long, encoding="utf-8")
    command = f"train {tmp_path}/rows.csv -o {tmp_path}/m.reread --set training.window=20 {TINY}".split()
    found = loaded_after(f"from reread.apps.cli.run import run; assert run({command}) == 0")
    assert found >= {"torch", "onnx"}
    assert found & {"torch._dynamo", "torch._inductor", "torch.fx.experimental.symbolic_shapes", "sympy"} == set()


def test_the_public_names() -> None:
    assert reread.__all__ == [
        "BundleError",
        "ConfigError",
        "DataError",
        "ExportError",
        "JointTextModel",
        "MissingExtraError",
        "Model",
        "NotABundleError",
        "RereadError",
        "TextClassifier",
        "TextRegressor",
        "TrainingError",
        "__version__",
        "blend",
        "load",
        "verify",
    ]
    for name in reread.__all__:
        assert getattr(reread, name) is not None
    assert set(dir(reread)) >= set(reread.__all__)


def test_a_name_that_does_not_exist() -> None:
    with pytest.raises(AttributeError, match="module 'reread' has no attribute 'Classifier'"):
        _ = reread.Classifier  # type: ignore[attr-defined]
