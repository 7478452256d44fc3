"""The facts of a model, and the card that is made of them."""

from __future__ import annotations

from dataclasses import replace

from reread.bundle import BlendConfig, read_bundle
from reread.pipeline.card import model_card
from reread.pipeline.facts import model_facts
from support import folders
from support.made_facts import MODEL


def test_the_card_and_the_facts_say_the_same() -> None:
    card = model_card(replace(MODEL, data={"column with the texts": "a | b\nc", "SHA-256 of the rows": "ab12"}))
    assert card.startswith("# A reread model\n\nClassification of en texts: blame, praise.\n")
    assert "| metric | network | linear baseline |\n| --- | ---: | ---: |\n| accuracy | 0.9000 | 0.8000 |\n" in card
    assert "| column with the texts | a \\| b c |\n| SHA-256 of the rows | `ab12` |\n" in card
    for words in (MODEL.network, MODEL.held_out, *MODEL.notes):
        assert f"\n{words}\n" in card


def test_a_card_without_rows_held_out_has_no_empty_table() -> None:
    card = model_card(replace(MODEL, figures={}, notes=()))
    assert "| metric |" not in card


def test_what_an_older_folder_lacks_is_left_out() -> None:
    folder = read_bundle(folders.OLD)
    config, metrics = folder.config, folder.metrics
    facts = model_facts(config, metrics)
    assert facts.version == config.reread
    assert set(facts.figures) <= {"network", "linear baseline"}
    assert facts.data["rows trained on"] == f"{config.data.train_rows:,}"
    assert facts.notes == []
    assert model_card(facts)


def test_blend_vectors_and_precisions_are_told() -> None:
    folder = read_bundle(folders.OLD)
    config = replace(
        folder.config,
        blend=BlendConfig(network=0.25, baseline=0.75),
        vectors={"words_with_vector": [[90, 100]], "source": "words.txt", "frozen": True},
    )
    metrics = {
        **folder.metrics,
        "blend": {"accuracy": 0.95},
        "precision": {"int8": {"changed": 0.0125, "metric": "accuracy", "found": 0.9, "exact": 0.91}},
    }
    facts = model_facts(config, metrics)
    assert facts.figures["blend"] == {"accuracy": 0.95}
    assert [note[:50] for note in facts.notes] == [
        "It answers with the blend: 0.25 times the network'",
        "In a lower precision the network answers faster: i",
        "90 of 100 words of its vocabulary started from wor",
    ]
    assert "int8 changed 1.25% of the answers there, accuracy 0.9000 instead of 0.9100" in facts.notes[1]
