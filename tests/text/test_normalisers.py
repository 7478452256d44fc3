from __future__ import annotations

import pytest

from reread.text.normalisers import normalisers


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("html_breaks", "a<br />b<BR>c", "a      b    c"),
        ("lower_case", "İstanbul STRAẞE", "istanbul straße"),
        ("half_width", "Ａ１，\u3000好", "A1, 好"),
        ("letters_only", "it's 3pm, 好!", "it s  pm  好 "),
        ("simplified_chinese", "漢字頭髮與乾隆", "汉字头发与乾隆"),
        ("straight_quotes", "it’s", "it's"),
    ],
)
def test_normalisers(name: str, text: str, expected: str) -> None:
    assert normalisers.get(name)()(text) == expected
