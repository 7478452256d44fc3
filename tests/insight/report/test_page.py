"""The page: every task renders, all of it is escaped, nothing is fetched, figures are said to those who cannot see them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from reread.insight.report import Noticed, render
from reread.statistics import bootstrap
from reread.tasks.classification import Classification
from support import made_facts
from support.made_facts import MODEL, TASKS, facts, measured, with_texts

VOID = {"meta", "link", "br"}
HOSTILE = "</svg></title></style><script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;{{ 7*7 }}\x00\u202e"


class Tags(HTMLParser):
    """Counts elements, and checks that each one is closed where it should be."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: Counter[str] = Counter()
        self.attributes: list[tuple[str, str | None]] = []
        self.ids: list[str] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen[tag] += 1
        self.attributes += attrs
        self.ids += [value for name, value in attrs if name == "id" and value]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen[tag] += 1
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    """How wide an interval is does not matter here."""
    monkeypatch.setattr(bootstrap, "OF_ROWS", 20)


def page_of(kind: str, **others: Any) -> str:
    return render(facts(measured(kind, **others)))


@pytest.mark.parametrize("kind", TASKS)
def test_every_task_has_its_page(kind: str) -> None:
    page = page_of(kind)
    tags = Tags(page)
    assert tags.open == []
    assert len(set(tags.ids)) == len(tags.ids)
    assert tags.seen["svg"] == tags.seen["figure"] >= 3
    assert page.count('role="img"') == tags.seen["svg"]
    assert "nan" not in page.lower().split()
    assert len(page) < 300_000


@pytest.mark.parametrize("kind", TASKS)
def test_nothing_is_fetched(kind: str) -> None:
    page = page_of(kind)
    tags = Tags(page)
    links = [value for name, value in tags.attributes if name in {"src", "href", "action", "xlink:href", "srcset"}]
    assert [link for link in links if not (link or "").startswith(("#", "data:"))] == []
    assert re.findall(r"url\(|@import", page) == []


@pytest.mark.parametrize("kind", ["two classes", "labels", "numbers", "joint"])
def test_what_users_wrote_stays_text(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    calm = Tags(page_of(kind))
    rows = with_texts(measured(kind, slices={HOSTILE: [HOSTILE, "b"] * 60}), [HOSTILE])
    rows = replace(rows, name=HOSTILE, place=lambda row: f"{HOSTILE}.csv, line {row}")
    model = replace(MODEL, network=HOSTILE, classes=[HOSTILE], notes=[HOSTILE], data={HOSTILE: HOSTILE})
    page = render(facts(rows, model, title=HOSTILE, subject=HOSTILE, command=HOSTILE, options={HOSTILE: HOSTILE},
                        findings=[Noticed(HOSTILE, 3, [HOSTILE])]))  # fmt: skip
    tags = Tags(page)
    assert tags.open == []
    assert tags.seen["script"] == calm.seen["script"] == 1
    assert tags.seen["img"] == 0
    assert {name for name, _ in tags.attributes if name.startswith("on")} == set()
    assert "\x00" not in page
    assert "alert(1)" in "".join(tags.words)
    assert "49" not in re.findall(r"[^\s<>]*7\*7[^\s<>]*", page)


def test_hostile_classes_stay_text_in_figures_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(made_facts.TASKS, "two classes", Classification([HOSTILE, "b"]))
    tags = Tags(page_of("two classes"))
    assert (tags.open, tags.seen["script"], tags.seen["img"]) == ([], 1, 0)


def test_only_the_pages_own_script_may_run() -> None:
    page = page_of("two classes")
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', page)
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2]


def test_a_model_of_which_no_row_was_held_out() -> None:
    page = render(facts(None))
    assert "Measured on rows of good.csv." in page
    assert "Which classes are confused?" not in page
    assert "The command that made it" in page


@pytest.mark.parametrize("kind", TASKS)
@pytest.mark.parametrize("rows", [1, 2, 3])
def test_very_few_rows(kind: str, rows: int) -> None:
    assert Tags(page_of(kind, rows=rows, slices={"shop": [None] * rows})).open == []


@pytest.mark.parametrize("kind", TASKS)
def test_answers_that_are_all_right(kind: str) -> None:
    rows = measured(kind)
    perfect = made_facts.scores_of(rows.tasks["network"], rows.targets, made_facts.np.random.default_rng(0), 0.0)
    assert (
        Tags(render(facts(replace(rows, scores={"network": 30 * perfect if kind != "numbers" else perfect})))).open
        == []
    )


def test_equal_facts_give_equal_pages() -> None:
    assert page_of("joint") == page_of("joint")


def test_targets_of_a_joint_model_have_chapters_of_their_own() -> None:
    page = page_of("joint")
    for name in ("mood", "stars", "tags", "price"):
        assert f'<span class="target">{name}</span> ' in page
