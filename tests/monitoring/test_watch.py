"""Answers of new texts are those of the network, with what a linear member adds to it."""

from __future__ import annotations

import pytest

from reread.bundle import read_bundle
from reread.model.load import model_of
from reread.monitoring.reference import figures_of
from reread.monitoring.watch import DriftWatch
from support.folders import DATA

TEXTS = ["a good film", "a bad film, boring", "fun for all of us", "nothing at all"]


@pytest.mark.parametrize("name", ["offset", "stack"])
def test_the_answers_that_are_watched_are_the_network_s_own(name: str) -> None:
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
