"""The library speaks of parameters, the command line of its options."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import reread
from reread.apps.cli.spoken import as_options
from reread.bundle import refuse_existing
from reread.errors import ConfigError
from support import folders

HOME = Path(reread.__file__).parent
OPTION = re.compile(r"(?<![\w(-])--[a-z][a-z-]+(?![\w-]*[:)])|\bwith -o\b")
NO_OPTIONS = {  # commands of others, style sheets, and a whole command of ours
    "machine.py", "lab/experiments/tables/html.py", "insight/report/figures/heat.py", "scoring/precision.py", "insight/report/sections/making.py",
    "insight/report/verdict.py",
    "pipeline/prepare.py", "web/training/run.py",
}  # fmt: skip


def said(path: Path) -> Iterator[str]:
    """The texts in a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def test_no_message_of_the_library_names_an_option() -> None:
    modules = [path for path in HOME.rglob("*.py") if "apps" not in path.relative_to(HOME).parts]
    found = {str(path.relative_to(HOME)): text for path in modules for text in said(path) if OPTION.search(text)}
    assert {path: text for path, text in found.items() if path not in NO_OPTIONS} == {}


def test_the_library_names_its_parameter(tmp_path: Path) -> None:
    folder = folders.copy_of(folders.OLD, tmp_path / "model")
    with pytest.raises(ConfigError, match=r"model exists; choose another folder or pass overwrite=True$") as error:
        refuse_existing(folder, overwrite=False)
    assert as_options(str(error.value)).endswith("model exists; choose another folder with -o or pass --overwrite")


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ('correct the row, or pass on_bad_rows="set-aside"', "correct the row, or pass --on-bad-rows set-aside"),
        ('a.csv: text: there is no column "x"', 'a.csv: --text: there is no column "x"'),
        ("the text: there is one", "the text: there is one"),
        ("choose another file with -o or pass --overwrite", "choose another file with -o or pass --overwrite"),
        ("resume=True: the data differ; start afresh with overwrite=True", "--resume: the data differ; start afresh with --overwrite"),
        ("resume=True: training.batch_size = 5 differs from the interrupted run's 4; use its", "--resume: --batch-size 5 differs from the interrupted run's 4; use its"),
        ("resume=True: recipe = rnn differs from the interrupted run's lstm", "--resume: --model rnn differs from the interrupted run's lstm"),
        ("resume=True: vectors.frozen differs from the interrupted run", "--resume: --freeze-vectors differs from the interrupted run"),
        ("resume=True: model.hidden = 8 differs from the interrupted run's 4", "--resume: --set model.hidden=8 differs from the interrupted run's 4"),
        ("resume=True: plan.recipe.model.latent differs from the study in m", "--resume: --set model.latent differs from the study in m"),
        ("resume=True: data.rows differs from the study in m", "--resume: data.rows differs from the study in m"),
        ('setting "x": expected', '--set "x": expected'),
        ("vectors.frozen = true would leave; name vectors with vectors.source", "--freeze-vectors would leave; name vectors with --vectors"),
        ("vectors.reduce = 3 without vectors to reduce; name them with vectors.source", "--reduce 3 without vectors to reduce; name them with --vectors"),
        ("vectors.reduce = 9: expected at most", "vectors.reduce = 9: expected at most"),
        ('decide = "f1" with validation = 0: thresholds', "--decide f1 with --set training.validation=0: thresholds"),
        ('train with recipe="lstm", whose network has them', "train with --model lstm, whose network has them"),
        ("set model.latent=[], or set model.bidirectional=false", "pass --set model.latent=[], or pass --set model.bidirectional=false"),
    ],
)  # fmt: skip
def test_parameters_become_options(message: str, expected: str) -> None:
    assert as_options(message) == expected
