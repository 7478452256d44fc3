"""`--blend`: what is trained, printed and saved, and that every way to ask the folder gives the blend's answers."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reread import load
from reread.apps.cli.run import run
from reread.data.read import open_rows
from support.command_line import TINY, Command, reviews

SMALL = f"--model rnn {TINY}"  # the fastest to export


def table(path: str) -> list[dict[str, Any]]:
    return [row.values for row in open_rows(path)]


def chances(path: str) -> np.ndarray:
    return np.array([[float(row[f"probability:{label}"]) for label in ("neg", "pos")] for row in table(path)])


def uncalibrated(found: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The chances as they were before each part's temperature."""
    learned = json.loads(Path("both.reread/config.json").read_text(encoding="utf-8"))["calibration"]
    powers = {part: each ** learned[part]["temperature"] for part, each in found.items()}
    return {part: each / each.sum(axis=1, keepdims=True) for part, each in powers.items()}


@pytest.fixture(scope="module")
def blended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``good.csv`` and ``both.reread``, trained on it with a blend; not to be changed."""
    folder = tmp_path_factory.mktemp("blended")
    mixed = reviews(40).splitlines()
    mixed[4::5] = [
        line[:-3] + {"pos": "neg", "neg": "pos"}[line[-3:]] for line in mixed[4::5]
    ]  # nobody is always right
    (folder / "good.csv").write_text("\n".join([*mixed, ""]), encoding="utf-8")
    command = f"train {folder}/good.csv -o {folder}/both.reread --blend --validation 0.4 --quiet {SMALL}"
    assert run(shlex.split(command)) == 0
    return folder


@pytest.fixture
def here(blended: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(blended, tmp_path / "work")
    monkeypatch.chdir(tmp_path / "work")


@pytest.mark.usefixtures("here")
def test_training_prints_saves_and_repeats_the_blend(reread: Command) -> None:
    outcome = reread(f"train good.csv -o again.reread --config both.reread/run.toml {SMALL}")
    assert outcome.code == 0
    header, *rows = outcome.out.splitlines()
    assert header.split("  ")[-1].strip() == "blend"
    assert len(rows[0].split()) == 4, "accuracy and three figures"
    config = json.loads(Path("again.reread/config.json").read_text(encoding="utf-8"))
    weights = config["blend"]
    assert weights == json.loads(Path("both.reread/config.json").read_text(encoding="utf-8"))["blend"]
    assert list(weights) == ["network", "baseline"]
    assert f"blend: {weights['network']:.2f} network, {weights['baseline']:.2f} linear baseline" in rows
    assert config["format_version"] == 1
    card = Path("again.reread/README.md").read_text(encoding="utf-8")
    assert "| metric | network | linear baseline | blend |\n| --- | ---: | ---: | ---: |\n| accuracy | " in card
    assert "It answers with the blend" in card


@pytest.mark.usefixtures("here")
def test_training_as_json(reread: Command) -> None:
    found = json.loads(reread(f"train good.csv -o again.reread --blend --validation 0.4 --json {SMALL}").out)
    blend = found["blend"]
    assert sum(blend["weights"].values()) == pytest.approx(1)
    assert set(blend["metrics"]) == set(found["validation"])
    assert blend["metrics"]["log_loss"] <= min(found["validation"]["log_loss"], found["baseline"]["log_loss"]) + 1e-6
    saved = json.loads(Path("again.reread/metrics.json").read_text(encoding="utf-8"))
    assert saved["blend"] == pytest.approx(blend["metrics"])


@pytest.mark.usefixtures("here")
def test_every_way_to_ask_answers_with_the_blend(reread: Command) -> None:
    for option in ("", "--network", "--baseline"):
        assert reread(f"predict both.reread good.csv -o out{option}.csv {option}").code == 0
    both, network, baseline = (chances(f"out{option}.csv") for option in ("", "--network", "--baseline"))
    weights = json.loads(Path("both.reread/config.json").read_text(encoding="utf-8"))["blend"]
    assert 0 < weights["network"] < 1, "else these tests show little"
    assert np.abs(network - baseline).max() > 1e-3
    mixed = sum(
        weights[part] * before for part, before in uncalibrated({"network": network, "baseline": baseline}).items()
    )
    np.testing.assert_allclose(uncalibrated({"blend": both})["blend"], mixed, atol=1e-6)
    model, rows = load("both.reread"), table("good.csv")
    np.testing.assert_allclose(model.predict_proba([row["text"] for row in rows]), both, atol=1e-6)
    right = np.mean([row["prediction"] == row["label"] for row in table("out.csv")])
    figures = json.loads(reread("evaluate both.reread good.csv --json").out)
    assert figures["metrics"]["accuracy"] == pytest.approx(right)
    truth = [["neg", "pos"].index(row["label"]) for row in rows]
    for name, found in (("metrics", both), ("network", network), ("baseline", baseline)):
        log_loss = -np.log(found[np.arange(len(truth)), truth]).mean()
        assert figures[name]["log_loss"] == pytest.approx(log_loss, rel=1e-4)
    shown = reread("evaluate both.reread good.csv").out.splitlines()
    assert shown[0].split() == ["network", "linear", "baseline", "blend"]
    assert shown[1].split()[-1] == f"{right:.4f}"


@pytest.mark.usefixtures("here")
def test_verify_and_export_work_on_it(reread: Command) -> None:
    checks = json.loads(reread("verify both.reread --json").out)
    assert checks["ok"]
    assert checks["checks"][-1]["name"] == "blend"
    assert reread("export both.reread -o out.onnx").code == 0


def test_a_folder_without_a_blend_has_no_such_column(work: Path, reread: Command) -> None:
    assert reread("evaluate model.reread good.csv").out.splitlines()[0].split() == ["network", "linear", "baseline"]
    figures = json.loads(reread("evaluate model.reread good.csv --json").out)
    assert figures["metrics"] == figures["network"]
    for option in ("", "--network"):
        assert reread(f"predict model.reread good.csv -o out{option}.csv {option}").code == 0
    assert table("out.csv") == table("out--network.csv")


def test_numbers_and_joint_targets_are_blended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reread: Command
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ("dull", "fair", "lovely")
    rows = [f"a {words[k % 3]} film number {k},{k % 3 + 1 + k % 2 / 4},{words[k % 3]}" for k in range(40)]
    Path("d.csv").write_text("\n".join(["text,stars,mood", *rows, ""]), encoding="utf-8")
    for options, headline in (("--label mood --target stars", "stars.rmse"), ("--target stars", "rmse")):
        outcome = reread(f"train d.csv {options} --blend --validation 0.4 --overwrite --json {SMALL}")
        assert outcome.code == 0, outcome.err
        blend = json.loads(outcome.out)["blend"]
        assert headline in blend["metrics"]
        assert headline in json.loads(reread("evaluate d.reread d.csv --json").out)["metrics"]
    saved = json.loads(Path("d.reread/metrics.json").read_text(encoding="utf-8"))
    assert len(saved["blend_residuals"]) == len(saved["residuals"]) == 16
    low, high = load("d.reread").predict_interval(["a lovely film"], 0.5)[0]
    radius = sorted(saved["blend_residuals"])[8]  # the ⌈17 · 0.5⌉-th
    assert high - low == pytest.approx(2 * radius)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--no-baseline", "blend without the linear baseline"),
        ("--set training.validation=0", "blend with validation = 0"),
        (
            "--task regression --target n --loss quantile",
            'blend of quantiles: the linear baseline learns no quantiles of "n"',
        ),
    ],
)
def test_what_cannot_be_blended(options: str, message: str, work: Path, reread: Command) -> None:
    rows = [f"{line},{k}" for k, line in enumerate(reviews().splitlines()[1:])]
    Path("d.csv").write_text("\n".join(["text,label,n", *rows, ""]), encoding="utf-8")
    outcome = reread(f"train d.csv --blend {options} {SMALL}")
    assert outcome.code == 2
    assert message in outcome.err
    assert not Path("d.reread").exists()
    assert not Path("d.reread.partial").exists()


def test_network_and_baseline_at_once_are_refused(work: Path, reread: Command) -> None:
    outcome = reread("predict model.reread good.csv --network --baseline")
    assert outcome.code == 2
    assert "--network and --baseline contradict each other" in outcome.err
