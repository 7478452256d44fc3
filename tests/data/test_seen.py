"""What a model folder says of the texts of its training."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from reread.data.seen import SeenTexts
from reread.data.split import text_keys
from reread.errors import DataError

TEXTS = ["a lovely film", "A  LOVELY film", "a dull film", "a long night", "a dull  film"]
KEYS = text_keys(TEXTS)
TRAIN, HELD_OUT = np.array([0, 1, 2, 4]), np.array([3])


def seen() -> SeenTexts:
    """The first two texts are equal, and have the same scores; so are the third and the last."""
    of_train = np.array([[1, -1], [1, -1], [-2, 2], [-2, 2]], np.float32)
    return SeenTexts.of(KEYS, TRAIN, HELD_OUT, (of_train, np.array([[0.25, 1e9]], np.float32)))


def test_scores_are_found_by_the_text_and_others_stay() -> None:
    kept = SeenTexts.from_arrays(seen().arrays())
    asked = ["a Dull film", "nothing like it", "a long night", "a lovely film"]
    otherwise = np.full((4, 2), 7, np.float32)
    scores, known = kept.scores_of(asked, otherwise)
    assert known.tolist() == [True, False, True, True]
    assert scores.dtype == np.float32
    assert scores[[0, 1, 3]].tolist() == [[-2, 2], [7, 7], [1, -1]]
    assert scores[2, 0] == 0.25
    assert np.isfinite(scores).all()
    assert (otherwise == 7).all()


@pytest.mark.parametrize("kept", [SeenTexts.of(KEYS, TRAIN, HELD_OUT), SeenTexts.of(KEYS, TRAIN[:0], HELD_OUT[:0])])
def test_a_folder_without_scores_knows_none(kept: SeenTexts) -> None:
    assert "scores" not in kept.arrays()
    otherwise = np.ones((2, 3), np.float32)
    scores, known = SeenTexts.from_arrays(kept.arrays()).scores_of(["a dull film", "x"], otherwise)
    assert not known.any()
    assert np.array_equal(scores, otherwise)


def test_two_bytes_a_score() -> None:
    arrays = seen().arrays()
    assert arrays["scores"].nbytes == 2 * 2 * (len(arrays["trained"]) + len(arrays["held_out"])) == 12


@pytest.mark.parametrize(
    "scores", [np.zeros((2, 2), np.float16), np.zeros((3, 2), np.float32), np.zeros(3, np.float16)]
)
def test_scores_that_are_not_one_row_a_key_are_refused(scores: Any) -> None:
    with pytest.raises(DataError, match="expected float16"):
        SeenTexts.from_arrays({**seen().arrays(), "scores": scores})
