from __future__ import annotations

import pytest

from reread.data.datasets.twenty_newsgroups import strip
from reread.errors import ConfigError

POST = """From: someone@example.org (Some One)
Subject: Re: orbits

In article <1@x> other@example.org writes:
> Is it round?
| Or flat?
It is an ellipse.

--
Some One
"""


def test_all_three_leave_what_the_author_wrote() -> None:
    assert strip(POST) == "It is an ellipse.\n"


@pytest.mark.parametrize(
    ("remove", "begins", "has", "lacks"),
    [
        (["headers"], "In article", "Some One", "Subject:"),
        (["footers"], "From:", "> Is it", "--"),
        (["quotes"], "From:", "--", "Is it round"),
        ([], "From:", "> Is it", "nothing is lacking"),
    ],
)
def test_one_part_alone(remove: list[str], begins: str, has: str, lacks: str) -> None:
    stripped = strip(POST, remove)

    assert stripped.startswith(begins)
    assert has in stripped
    assert lacks not in stripped


def test_the_order_asked_for_does_not_matter() -> None:
    assert strip(POST, ["quotes", "footers", "headers"]) == strip(POST)


@pytest.mark.parametrize("text", ["one line", "---\nonly a rule above", "two\nlines"])
def test_without_a_signature_nothing_is_cut(text: str) -> None:
    assert strip(text, ["footers"]) == text


def test_a_post_of_headers_only_ends_up_empty() -> None:
    assert strip("From: a\nSubject: b\n") == ""


def test_an_unknown_part() -> None:
    with pytest.raises(ConfigError, match=r'unknown part of a post "header"\. Did you mean "headers"'):
        strip(POST, ["header"])
