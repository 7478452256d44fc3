from __future__ import annotations

from typing import Any

import pytest

from reread.errors import DataError
from reread.text.checks import check_texts


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ("a film", "texts is one string; give a list of strings"),
        (b"a film", "texts is one bytes object; give a list of strings"),
        (None, "texts is NoneType; give a list of strings"),
        ((text for text in ["a film"]), "texts is generator; give a list of strings"),
        ({"text": ["a film"]}, r"texts is a table \(dict\); give its column of texts"),
        (["a film", 7], r"text 1 is int \('7'\), expected str"),
    ],
)
def test_what_is_no_list_of_texts_is_refused(texts: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        check_texts(texts)


def test_lists_of_texts_are_read() -> None:
    check_texts([])
    check_texts(("a film", ""))
