"""What is explained of each kind of answer, with what is said beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from reread.errors import ConfigError
from reread.explain.explain import explain_each
from reread.explain.marks import legend, question
from reread.model.base import Model
from reread.scoring.calibration.temperature import Temperature
from reread.scoring.joint_postprocessor import AnyPostprocessor
from reread.scoring.postprocessor import Postprocessor
from reread.tasks import Task
from reread.tasks.classification import Classification
from reread.tasks.joint import Joint
from reread.tasks.multilabel import Multilabel
from reread.tasks.ordinal import Ordinal
from reread.tasks.regression import Regression
from reread.text.encoder import TextEncoder, TextSettings
from reread.typing import override

KIND = Classification(["neg", "pos"])
TAGS = Multilabel(["art", "war", "love"], thresholds=[0.2, 0.5, 0.5])
STARS = Ordinal([1, 2, 3, 4])
PRICE = Regression(10.0, 2.0)


class Counting(Model):
    """Scores are sums over words."""

    def __init__(
        self, task: Task, words: Mapping[str, Sequence[float]], postprocessor: AnyPostprocessor | None = None
    ) -> None:
        super().__init__(task, postprocessor)
        self.words = words

    @override
    def scores(self, texts: Sequence[str]) -> Any:
        none = np.zeros(self.task.size)
        return np.array(
            [sum((np.asarray(self.words.get(word, none)) for word in text.split()), none) for text in texts]
        )

    @override
    def spans(self, text: str) -> Any:
        return TextEncoder(TextSettings()).spans(text)


def test_a_class_has_the_probability_that_is_answered() -> None:
    model = Counting(KIND, {"good": [0.0, 3.0]}, Postprocessor(KIND, Temperature(2.0)))
    (found,) = explain_each(model, "a good film")
    assert (found.answer, found.answered, found.value) == ("pos", "pos", 3.0)
    assert found.probability == pytest.approx(1 / (1 + np.exp(-1.5)))
    assert legend(found) == "Probability 0.818; 3.000 log-odds before calibration; by deletion."
    (other,) = explain_each(model, "a good film", target="neg")
    assert other.probability == pytest.approx(1 - found.probability)
    assert legend(other).endswith("by deletion. The answer is pos.")


def test_a_model_that_shows_no_n_grams_is_explained_by_deletion() -> None:
    model = Counting(KIND, {"good": [0.0, 3.0]})
    assert model.network_share() == 0
    assert model.explain("a good film").method == "deletion"
    with pytest.raises(ConfigError, match="no n-grams to inspect"):
        model.explain("a good film", method="ngrams")


def test_every_label_that_is_given_is_explained() -> None:
    model = Counting(TAGS, {"paint": [1.0, -2.0, -2.0], "gun": [0.0, 4.0, -2.0]})
    war, art = explain_each(model, "paint a gun")
    assert [each.answer for each in (war, art)] == ["war", "art"]
    assert war.answered == ["art", "war"]
    assert model.explain("paint a gun") == war
    assert (war.strongest(1)[0].text, art.strongest(1)[0].text) == ("gun", "paint")
    assert art.probability == pytest.approx(1 / (1 + np.exp(-1)))
    assert legend(war).endswith("The answer is art, war.")


def test_thresholds_say_which_labels_are_given() -> None:
    """Love is more probable than art, but art is what is answered."""
    model = Counting(TAGS, {"paint": [-1.0, -4.0, -0.5]})
    assert model.predict(["paint"]).tolist() == [["art"]]
    assert model.explain("paint").answer == "art"


def test_where_no_label_is_given_the_most_probable_is_explained_and_said_to_be_that() -> None:
    model = Counting(TAGS, {"gun": [-4.0, -1.0, -2.0]})
    (found,) = explain_each(model, "gun")
    assert found.answer == "war (the most probable; no label is given)"
    assert legend(found).endswith("The answer is no label.")
    assert explain_each(model, "gun", target="love")[0].answer == "love"


def test_of_ordered_classes_it_is_why_higher_with_the_answer_beside_it() -> None:
    model = Counting(STARS, {"good": [3.0, 2.0, -1.0], "dull": [-2.0, -2.0, -2.0]})
    (found,) = explain_each(model, "good")
    assert (question(found), found.answered, found.probability) == ("Why higher?", 3, None)
    assert legend(found).endswith("The answer is 3.")
    (least,) = explain_each(model, "good", target=4)
    assert least.answer == "at least 4"
    assert least.probability == pytest.approx(1 / (1 + np.exp(1)))


def test_every_target_of_a_joint_model_is_explained() -> None:
    task = Joint({"kind": KIND, "tags": TAGS, "stars": STARS, "price": PRICE})
    words = {"good": [0, 2.0, -3, 3, 3, 1, 1, -1, 0.5], "gun": [0, 0, -1, 2, -1, 0, 0, 0, 2.0]}
    model = Counting(task, words)
    found = explain_each(model, "good gun")
    assert [each.answer for each in found] == [
        "kind: pos",
        "tags: war",
        "tags: love",
        "stars: higher",
        "price: the number",
    ]
    assert [each.target for each in found] == ["kind", "tags", "tags", "stars", "price"]
    assert [each.answered for each in found] == ["pos", ["war", "love"], ["war", "love"], 3, 15.0]
    assert found[0].probability == pytest.approx(model.predict_proba(["good gun"])["kind"][0, 1])
    assert legend(found[0]) == "Probability 0.881; 2.000 log-odds before calibration; by deletion."
    assert legend(found[-1]) == "15.000 units of the target; by deletion."
    assert model.explain("good gun") == found[0]
    assert [each.answer for each in explain_each(model, "good gun", target="tags")] == ["tags: war", "tags: love"]
    assert [each.answer for each in explain_each(model, "good gun", target="kind=neg")] == ["kind: neg"]
