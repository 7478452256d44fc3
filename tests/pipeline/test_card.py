"""The facts of a model, and the card that is made of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reread.bundle import BlendConfig, read_bundle
from reread.pipeline.card import model_card
from reread.pipeline.facts import members_sentence, model_facts
from support import folders
from support.made_facts import MODEL


def test_the_card_and_the_facts_say_the_same() -> None:
    card = model_card(replace(MODEL, data={"column with the texts": "a | b\nc", "SHA-256 of the rows": "ab12"}))
    assert card.startswith("# A reread model\n\nClassification of texts with words between spaces: blame, praise.\n")
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
    assert facts.figures["stack"] == {"accuracy": 0.95}
    assert next(iter(facts.figures)) == "stack", "what answers comes first"
    assert [note[:50] for note in facts.notes] == [
        "It answers with the blend: 0.25 times the network'",
        "In a lower precision the network answers faster: i",
        "90 of 100 words of its vocabulary started from wor",
    ]
    assert "int8 changed 1.25% of the answers there, accuracy 0.9000 instead of 0.9100" in facts.notes[1]


def test_the_speed_is_told_with_its_machine() -> None:
    folder = read_bundle(folders.OLD)
    scoring = {"texts_per_second": 2770.0, "texts": 256, "characters": 81, "machine": "a processor, 2 cores, Linux"}
    assert model_facts(folder.config, {**folder.metrics, "scoring": scoring}).notes == [
        "On one core it answers 2,770 texts a second, of 81 characters on average (a processor, 2 cores, Linux)."
    ]


SENTENCES = [
    ("stack", 0.4, 120, (0.0123, 0.0045), "The stack answers: 40% network and 60% linear member; their loss on the rows held out is 0.0123 below the linear member's (standard error 0.0045)."),
    ("stack", 1.0, 120, (0.0123, 0.0045), "The network answers alone: its loss on the rows held out is 0.0123 below the linear member's (standard error 0.0045)."),
    ("stack", 0.0, 120, (0.0, 0.0), "The linear member answers alone: the rows held out do not show that a share of the network clearly lowers its loss and makes no other figure worse."),
    ("stack", 0.0, 24, (0.0, 0.0), "The linear member answers alone: 24 rows held out are too few to judge the network by."),
    ("stack", 0.5, 0, (0.0, 0.0), "The stack answers: 50% network and 50% linear member, as no rows were held out to weigh them."),
    ("stack", 1.0, 120, (0.0, 0.0), "The network answers alone: the linear member learns no quantiles."),
    ("network", 0.4, 120, (0.0123, 0.0045), "The network answers alone, as was asked for."),
    ("linear", 0.4, 120, (0.0123, 0.0045), "The linear member answers alone, as was asked for."),
    ("stack offset", 1.0, 120, (0.0123, 0.0045), "The linear member answers with what the network adds; their loss on the rows held out is 0.0123 below the linear member's (standard error 0.0045)."),
    ("stack offset", 0.4, 120, (0.0123, 0.0045), "The linear member answers with 40% of what the network adds; their loss on the rows held out is 0.0123 below the linear member's (standard error 0.0045)."),
]  # fmt: skip
AFTERWARDS = " The linear member learned from the rows held out afterwards; the figures are from before."


@pytest.mark.parametrize(("how", "share", "rows", "gain", "said"), SENTENCES)
def test_what_answers_is_told_and_why(how: str, share: float, rows: int, gain: tuple[float, float], said: str) -> None:
    answer, _, offset = how.partition(" ")
    members = {"network": share, "linear": 1 - share}
    assert members_sentence(answer, members, gain, rows, offset=bool(offset)) == said
    folder = read_bundle(folders.OLD)
    data = replace(folder.config.data, validation_rows=rows)
    config = replace(folder.config, format_version=2, answer=answer, members=members, data=data, offset=bool(offset))
    counts = rows > 0 and (bool(offset) or answer == "linear" or (answer == "stack" and share < 1))
    assert model_facts(config, {**folder.metrics, "gain": list(gain)}).notes == [said + AFTERWARDS * counts]


@pytest.mark.parametrize("texts", [None, 0, 600])
def test_texts_that_the_linear_member_labelled_are_told(texts: int | None) -> None:
    folder = read_bundle(folders.OLD)
    notes = model_facts(folder.config, {**folder.metrics, "baseline_unlabelled": texts}).notes
    told = "The linear member learned from 600 texts without labels too: one like it labelled them, and cross-validation was better with them."
    assert notes == ([told] if texts else [])


def test_figures_stand_in_the_order_of_what_answers() -> None:
    folder = read_bundle(folders.OLD)
    figures = {"stack": {"accuracy": 0.9}, "network": {"accuracy": 0.8}, "baseline": {"accuracy": 0.7}}
    metrics = {**folder.metrics, **figures}
    for answer, first in (("stack", "stack"), ("network", "network"), ("linear", "linear baseline")):
        facts = model_facts(replace(folder.config, answer=answer, members={"network": 0.5, "linear": 0.5}), metrics)
        assert next(iter(facts.figures)) == first
        assert facts.figures == {
            "stack": {"accuracy": 0.9}, "network": {"accuracy": 0.8}, "linear baseline": {"accuracy": 0.7},
        }  # fmt: skip


def test_a_stack_that_is_its_linear_member_has_no_column() -> None:
    folder = read_bundle(folders.OLD)
    metrics = {
        **folder.metrics,
        "stack": {"accuracy": 0.7},
        "network": {"accuracy": 0.8},
        "baseline": {"accuracy": 0.7},
    }
    for answer, names in (("stack", ["linear baseline", "network"]), ("network", ["network", "linear baseline"])):
        config = replace(folder.config, answer=answer, members={"network": 0.0, "linear": 1.0})
        assert list(model_facts(config, metrics).figures) == names
