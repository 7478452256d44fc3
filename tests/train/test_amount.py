"""How much training there is: by the number of rows alone, and only where nobody said it."""

from __future__ import annotations

import pytest

from reread.recipes import DEFAULT, load_recipe, recipe_names
from reread.recipes.spec import TrainingSettings
from reread.train.amount import by_rows, described, ended, longer
from reread.train.state import State

OF_SOURCES = {"newsgroups_lstm", "paper-1", "paper-2", "paper-3", "stacked_joint", "yelp_keras"}


@pytest.mark.parametrize(
    ("rows", "size", "epochs"),
    [(1, 8, 1000), (450, 8, 18), (900, 16, 18), (1350, 16, 12), (3000, 64, 22), (6300, 64, 11), (10**7, 64, 6)],
)
def test_few_rows_have_small_batches_and_many_epochs(rows: int, size: int, epochs: int) -> None:
    chosen = by_rows(TrainingSettings(batch_size="auto", epochs=6, least_steps=1000), rows)
    assert (chosen.batch_size, chosen.epochs) == (size, epochs)
    assert by_rows(chosen, rows) == chosen


@pytest.mark.parametrize(("scores", "epochs"), [(1, 1), (2, 1), (8, 2), (32, 4), (500, 4)])
def test_many_classes_take_longer_to_tell_apart(scores: int, epochs: int) -> None:
    assert by_rows(TrainingSettings(batch_size=10, epochs=1, least_steps=10), 100, scores).epochs == epochs


def test_what_is_said_is_not_chosen() -> None:
    said = TrainingSettings(batch_size=100, epochs=3)
    assert by_rows(said, 50) == said
    assert by_rows(TrainingSettings(batch_size=100, epochs=3, least_steps=10), 150).epochs == 5


@pytest.mark.parametrize(
    ("training", "least"),
    [({}, 500), ({"epochs": 2}, 0), ({"epochs": 2, "least_steps": 30}, 30), ({"steps": 5}, 500)],
)
def test_epochs_that_are_named_are_not_made_more(training: dict[str, int], least: int) -> None:
    changed = load_recipe(DEFAULT).with_settings({"training": training}).training
    assert changed.least_steps == least
    assert (changed.pretrained_epochs_factor == 1) == ("epochs" in training)


def test_a_network_whose_words_learn_slowly_learns_longer() -> None:
    slow = TrainingSettings(epochs=3, pretrained_epochs_factor=2.0, parts={"embedding": {"pretrained_factor": 0.1}})
    assert longer(slow, {"embedding"}).epochs == 6
    assert longer(longer(slow, {"embedding"}), {"embedding"}).epochs == 6
    assert longer(slow, ()) == longer(slow, {"layers"}) == longer(slow, {"embedding", "layers"}) == slow
    ordinary = TrainingSettings(epochs=3, pretrained_epochs_factor=2.0)
    assert longer(ordinary, {"embedding"}) == ordinary


def test_recipes_of_sources_leave_nothing_to_the_rows() -> None:
    for name in sorted(recipe_names()):
        training = load_recipe(name).training
        by_the_rows = (
            training.batch_size == "auto",
            training.least_steps > 0,
            training.prior_bias,
            training.watch_loss,
            training.keep_latest,
        )
        assert by_the_rows == (name not in OF_SOURCES,) * 5, name


def test_one_line_says_what_was_chosen() -> None:
    settings = TrainingSettings(batch_size=8, epochs=18)
    assert described(settings, 450) == "batches of 8 texts, 18 epochs (1,026 steps) for 450 training rows"
    stopped = TrainingSettings(batch_size=1, epochs=1, steps=1)
    assert described(stopped, 1) == "batches of 1 text, 1 epoch (1 step) for 1 training row; it ends after step 1"


def test_how_training_ended_is_said() -> None:
    settings = TrainingSettings(patience=8)
    assert ended(settings, State(step=900, best_step=900, stopped="steps")) == ""
    of_round = ended(settings, State(step=9, epoch=1, best_step=9, stopped="time"), " of round 2 of self-training")
    assert of_round == "the time of round 2 of self-training is used up: training ends at step 9"
    assert ended(settings, State(step=1900, best_step=1200, stopped="patience")) == (
        "no better in 8 evaluations: training ends at step 1,900; "
        "the weights of step 1,200 are kept, the best on the rows held out"
    )
    latest = TrainingSettings(patience=8, keep_latest=True)
    assert ended(latest, State(step=1900, best_step=1900, stopped="patience")) == (
        "no better in 8 evaluations: training ends at step 1,900; "
        "the weights of step 1,900 are kept, the latest that the rows held out cannot tell from the best"
    )
    assert ended(settings, State(step=300, epoch=2, best_step=300, stopped="time")) == (
        "the time is used up: training ends at step 300"
    )
    assert ended(settings, State(step=3, best_step=3, stopped="time")) == (
        "the time is used up: training ends at step 3, before it has read every row once; with more time the network learns more"
    )
