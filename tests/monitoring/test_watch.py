"""Answers of new texts are those of what answers; in older folders those of the network."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reread import TextClassifier
from reread.bundle import NETWORK, read_bundle
from reread.errors import BundleError
from reread.model.load import model_of
from reread.monitoring.reference import figures_of
from reread.monitoring.watch import DriftWatch
from support.folders import DATA, copy_of, sign
from support.linear import LABELS
from support.linear import TEXTS as KNOWN

TEXTS = ["a good film", "a bad film, boring", "fun for all of us", "nothing at all"]


@pytest.mark.parametrize("name", ["offset", "stack"])
def test_in_an_older_folder_the_network_s_answers_are_watched(name: str) -> None:
    bundle = read_bundle(DATA / "folders_2026_12" / f"{name}.reread")
    watch, network = DriftWatch(bundle), model_of(bundle, "network")
    watch.add(TEXTS)
    expected = figures_of(network.postprocessor, bundle.scorer.encoder.encode_many(TEXTS), network.scores(TEXTS))
    for figure, before in watch._before.items():
        assert watch._now[figure].to_config() == before.empty().plus(expected[figure]).to_config()
    if name == "offset":
        bare = figures_of(network.postprocessor, bundle.scorer.encoder.encode_many(TEXTS), bundle.scorer.scores(TEXTS))
        assert any(
            watch._now[each].to_config() != watch._before[each].empty().plus(bare[each]).to_config() for each in bare
        )


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_what_answers_is_watched(share: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reread.pipeline.stacking.choose_share", lambda *_: (share, 0.1, 0.01))
    numbered = [f"{text} {place}" for place, text in enumerate(KNOWN * 10)]
    settings = {"model": {"hidden": 4, "embedding_dim": 4, "latent": [4]}, "text": {"min_count": 1}}
    model = TextClassifier(settings=settings, epochs=1, threads=1, validation=0.5).fit(numbered, LABELS * 10)
    model.save(tmp_path / "m.reread")
    bundle = read_bundle(tmp_path / "m.reread")
    assert bundle.metrics["reference"]["part"] == ("stack" if share else "linear")
    watch, answering, network = DriftWatch(bundle), model_of(bundle), model_of(bundle, NETWORK)
    watch.add(TEXTS)
    encoded = bundle.scorer.encoder.encode_many(TEXTS)
    own, other = (figures_of(each.postprocessor, encoded, each.scores(TEXTS)) for each in (answering, network))
    for figure, before in watch._before.items():
        assert watch._now[figure] == before.empty().plus(own[figure])
    assert (own["confidence"].values.tolist() == other["confidence"].values.tolist()) == (share == 1)


def test_a_part_that_the_folder_lacks_is_one_line(tmp_path: Path) -> None:
    folder = copy_of(DATA / "folders_2026_12" / "stack.reread", tmp_path / "m.reread")
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    metrics["reference"]["part"] = "choir"
    (folder / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")
    sign(folder)
    with pytest.raises(BundleError, match="holds no choir"):
        DriftWatch(read_bundle(folder))
