"""The labelling page in a browser, by keyboard: what people see of it, and that nothing is lost."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.brokers import wait_until
from support.browser import CHROMIUM, MISSING, SCREENS, WIDTHS, barriers
from support.browser import Tab as AnyTab
from support.labelling import true_label
from support.relay import Relay, relayed
from support.serving import Labels

pytest.importorskip("uvicorn")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=MISSING)
pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

Start = Callable[..., Labels]
HARM = "<img src=x onerror=window.harm=1>"


class Tab(AnyTab):
    """The page, when it asks its first question."""

    def __init__(self, browser: Any, server: Labels | Relay, **options: Any) -> None:
        super().__init__(browser, server, **options)
        self.page.wait_for_selector("#desk:not([hidden])")  # keys before it are for nothing

    @property
    def row(self) -> int:
        return int(self.text_of("#question").removeprefix("Row "))

    def press(self, key: str) -> None:
        """Press a key, and wait until the server has answered and the page shows it."""
        with self.page.expect_response("**/v1/label**") as reply:
            self.page.keyboard.press(key)
        shown = reply.value.json()
        kept = f"row {shown['last']['row']}," if shown.get("last") else ""
        self.page.wait_for_function("kept => document.querySelector('#kept').textContent.includes(kept)", arg=kept)

    def label(self, times: int) -> None:
        """Give the right labels."""
        for _ in range(times):
            self.press(str(1 + (true_label(self.row) == "neg")))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_texts_are_labelled_by_the_keyboard_alone(browser: Any, start: Start, out: Path) -> None:
    tab = Tab(browser, start())
    assert tab.text_of("#progress") == "0 of 60 labelled"
    assert tab.text_of("#how") == "drawn at random"
    assert tab.text_of("#accuracy") == "How often it is right is said after ten random texts that it has answered."
    tab.label(12)
    assert tab.text_of("#progress") == "12 of 60 labelled"
    assert [line["label"] for line in lines(out)] == [true_label(line["row"]) for line in lines(out)]
    counts = dict(each.split("\n") for each in tab.page.locator("#counts li").all_inner_texts())
    assert counts == {name: str(sum(line["label"] == name for line in lines(out))) for name in ("pos", "neg")}
    last, now = lines(out)[-1]["row"], tab.row
    for key in ("u", "Backspace"):
        tab.press(key)
        assert tab.text_of("#how") == "you took its label back"
    assert len(lines(out)) == 10
    tab.label(2)
    assert (lines(out)[-1]["row"], tab.row) == (last, now)
    tab.press("s")
    assert tab.row != now
    assert tab.text_of("#progress") == "12 of 60 labelled, 1 skipped"
    for key in ("9", "x", "Control+1"):
        tab.page.keyboard.press(key)
    assert len(lines(out)) == 12
    assert [url for url in tab.asked if not url.startswith(tab.home)] == []
    assert tab.said == []


MANY = [f"{word} {k}" for word in ("card", "Transfer", "top up") for k in range(40)] + ["体育", "财经"]


def keys_of(tab: Tab, name: str) -> str:
    """The keys that stand beside a class."""
    button = tab.page.locator("#classes button", has=tab.page.get_by_text(name, exact=True))
    return str(button.locator("kbd").inner_text())


def test_many_classes_have_two_letters_each(browser: Any, start: Start, out: Path) -> None:
    tab = Tab(browser, start(classes=",".join(MANY)))
    for name in ("top up 7", "体育", "Transfer 39"):
        first, second = keys_of(tab, name)
        tab.page.keyboard.press(first)
        shown = tab.page.locator("#classes button:not(.off) kbd").all_inner_texts()
        assert {keys[0] for keys in shown} == {first}
        tab.page.keyboard.press("Backspace")  # takes the letter back, and no label
        assert tab.page.locator("#classes .off").count() == 0
        tab.page.keyboard.press(first)
        tab.press(second)
        assert lines(out)[-1]["label"] == name
    row = tab.row
    tab.press("ArrowRight")
    assert tab.row != row
    tab.press("Backspace")
    assert len(lines(out)) == 2
    assert tab.said == []


def test_a_class_can_be_found_by_typing(browser: Any, start: Start, out: Path) -> None:
    tab = Tab(browser, start(classes=",".join(MANY)))
    tab.page.keyboard.press("/")
    tab.page.keyboard.type("transFER 3")
    shown = tab.page.locator("#classes button:visible span").all_inner_texts()
    assert shown == ["Transfer 3", *(f"Transfer {k}" for k in range(30, 40))]
    assert tab.text_of("#typed") == "11 classes"
    tab.press("Enter")
    assert lines(out)[-1]["label"] == "Transfer 3"
    assert tab.page.locator("#classes button:visible").count() == len(MANY)
    first, second = keys_of(tab, "财经")
    tab.page.keyboard.press(first)
    tab.press(second)  # letters are keys again
    tab.page.keyboard.press("/")
    tab.page.keyboard.type("no such class")
    tab.page.keyboard.press("Enter")
    tab.page.keyboard.press("Escape")
    assert tab.page.locator("#classes button:visible").count() == len(MANY)
    assert [line["label"] for line in lines(out)] == ["Transfer 3", "财经"]


def test_several_labels_are_chosen_and_confirmed_by_keys(browser: Any, start: Start, out: Path) -> None:
    tab = Tab(browser, start("--multilabel", classes="plot,acting,music"))
    for keys, labels in (("13", ["plot", "music"]), ("", []), ("212", ["plot"]), ("321", ["plot", "acting", "music"])):
        for key in keys:
            tab.page.keyboard.press(key)
        assert tab.page.locator("#classes [aria-checked=true] span").all_inner_texts() == labels
        tab.press("Enter")
        assert lines(out)[-1]["label"] == labels
    said = {0: "None of them", 1: "Give this one", 2: "Give these 2"}
    for count, words in said.items():
        assert tab.text_of("#confirm").split("\n")[-1] == words
        tab.page.locator("#classes button").nth(count).click()
    tab.page.locator("#classes button").nth(0).focus()
    tab.page.keyboard.press("Space")  # as of any box
    tab.press("Enter")
    assert lines(out)[-1]["label"] == ["acting", "music"]
    assert "acting, music" in tab.text_of("#kept")
    tab.press("u")
    assert tab.page.locator("#classes [aria-checked=true]").count() == 0
    assert tab.said == []


def test_numbers_are_typed(browser: Any, start: Start, out: Path) -> None:
    tab = Tab(browser, start("--numbers", "-1,10", classes=None))
    for keys, number in (("7", 7), ("-0.5", -0.5), ("2,25", 2.25), ("10", 10)):
        tab.page.keyboard.type(keys)
        tab.press("Enter")
        assert lines(out)[-1]["target"] == number
    for wrong in ("11", "", "1-2"):
        tab.page.keyboard.type(wrong)
        tab.page.keyboard.press("Enter")
        assert tab.text_of("#wrong") == "Type a number from -1 to 10."
        assert barriers(tab.page) == []
        for _ in wrong:
            tab.page.keyboard.press("Backspace")
    row = tab.row
    tab.press("s")
    assert tab.row != row
    assert tab.text_of("#wrong") == ""
    tab.press("Backspace")
    assert [line["target"] for line in lines(out)] == [7, -0.5, 2.25]
    assert tab.said == []


@pytest.mark.parametrize(
    ("options", "classes"),
    [(["--multilabel"], "a,b"), (["--ordinal"], ",".join(MANY)), (["--multilabel"], ",".join(MANY)), (["--numbers", "0,1"], None)],
    ids=["multilabel", "many", "many multilabel", "numbers"],
)  # fmt: skip
def test_whatever_is_asked_it_can_be_read_on_any_screen(
    browser: Any, start: Start, options: list[str], classes: str | None
) -> None:
    server = start(*options, classes=classes)
    for width in WIDTHS.values():
        for scheme in ("light", "dark"):
            tab = Tab(browser, server, viewport={"width": width, "height": 800}, color_scheme=scheme)
            assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
            assert barriers(tab.page) == []
            tab.page.keyboard.press("c" if len(options) == 1 and classes and len(classes) > 9 else "1")
            assert barriers(tab.page) == []


def test_a_text_that_is_asked_again_looks_like_any_other(browser: Any, start: Start, out: Path) -> None:
    server = start("--repeat", "1")
    while not server.state()["asked"]["again"]:
        row = server.state()["asked"]["row"]
        server.give(row, true_label(row))
    tab, first = Tab(browser, server), len(lines(out))
    assert (tab.text_of("#how"), tab.text_of("#suggestion")) == ("drawn at random", "")
    assert not tab.page.locator("#self").is_visible()
    row = tab.row
    tab.label(1)
    assert f"Asked again: row {row}, {true_label(row)}, as before." in tab.text_of("#kept")
    assert "You answered 1 of 1 as before: 100\N{NO-BREAK SPACE}%" in tab.text_of("#consistency")
    tab.press("u")
    assert (tab.row, tab.text_of("#how")) == (row, "you took its label back")
    assert not tab.page.locator("#self").is_visible()
    other = {"pos": "neg", "neg": "pos"}[true_label(row)]
    tab.press(str(1 + (other == "neg")))
    assert f"{other}; before it was {true_label(row)}, which stays in {out.name}." in tab.text_of("#kept")
    assert len(lines(out)) == first
    assert [line["label"] for line in lines(out.with_name("labels.again.jsonl"))] == [other]


@pytest.mark.parametrize(
    ("options", "classes"),
    [
        ([], ",".join(f"第{k}类" for k in range(12))),
        ([], "好评,差评"),
        (["--multilabel"], "好评,差评"),
        (["--numbers", "1,5"], None),
    ],
)
def test_the_page_speaks_chinese_where_the_browser_does(
    browser: Any, start: Start, out: Path, options: list[str], classes: str | None
) -> None:
    server = start(*options, classes=classes)
    tab = Tab(browser, server, locale="zh-CN")
    assert tab.page.evaluate("document.documentElement.lang") == "zh-Hans"
    assert tab.text_of("#question").startswith("第 ")
    kind = server.state()["question"]
    answers = [each["name"] for each in kind["classes"]] if classes else [2, 4]
    for k in range(14):
        answer = answers[k % 2]
        server.give(server.state()["asked"]["row"], [answer] if options == ["--multilabel"] else answer)
    for width in WIDTHS.values():
        tab = Tab(browser, server, locale="zh-CN", viewport={"width": width, "height": 800})
        assert barriers(tab.page) == []
        english = set(re.findall("[A-Za-z]{2,}", tab.page.locator("body").inner_text())) - set(
            re.findall("[A-Za-z]{2,}", tab.text_of("#text") + " ".join(tab.page.locator("kbd").all_inner_texts()))
        )
        assert english <= {"labels", "jsonl", "pip", "install", "reread", "train"}
    assert tab.said == []


def test_both_languages_say_the_same_things(browser: Any, start: Start) -> None:
    tab = Tab(browser, start())
    names = tab.page.evaluate(
        "import('/page/label_words.js').then(({LANGUAGES}) => Object.values(LANGUAGES).map((each) => "
        "Object.entries(each).map(([name, said]) => `${name} ${typeof said === 'function' ? said.length : ''}`)))"
    )
    assert names[0] == names[1]


def test_the_end_is_said_and_can_be_undone(browser: Any, start: Start, out: Path) -> None:
    server = start()
    for row in range(1, 60):
        server.give(row, true_label(row))
    tab = Tab(browser, server)
    assert tab.row == 60
    tab.page.locator("#classes button").nth(1).click()
    tab.page.wait_for_selector("#end")
    assert not tab.page.locator("#asking").is_visible()
    assert len(lines(out)) == 60
    tab.page.locator("#undo").click()
    tab.page.wait_for_selector("#asking")
    assert (tab.row, len(lines(out))) == (60, 59)


def test_suggestions_and_the_running_accuracy(browser: Any, start: Start) -> None:
    server = start()
    for _ in range(20):
        row = server.state()["asked"]["row"]
        server.give(row, true_label(row))
    wait_until(lambda: server.state()["learned"] >= 20)
    tab = Tab(browser, server)
    tab.label(1)
    while (server.state()["accuracy"] or {"of": 0})["of"] < 10:
        tab.label(1)
    assert tab.text_of("#suggestion").startswith("The linear member says ")
    said = server.state()["asked"]["suggestion"]["label"]
    assert tab.page.locator("#classes .said").all_inner_texts() == [f"{1 + (said == 'neg')}\n{said}"]
    accuracy = server.state()["accuracy"]
    assert f"{accuracy['right']} of the last {accuracy['of']} random texts as you did" in tab.text_of("#accuracy")
    assert "95\N{NO-BREAK SPACE}% interval" in tab.text_of("#accuracy")


def test_what_more_labels_would_bring_stands_beside_the_progress(browser: Any, start: Start) -> None:
    server = start()
    early = Tab(browser, server)
    assert early.text_of("#foretold-by") == "What 100 more labels would bring is said after 50 labels or so."
    for _ in range(55):
        row = server.state()["asked"]["row"]  # half of them at random
        server.give(row, true_label(row))
    wait_until(lambda: server.state()["foretold"]["gain"] is not None)
    more = server.state()["foretold"]
    for width in WIDTHS.values():
        tab = Tab(browser, server, viewport={"width": width, "height": 800})
        assert tab.text_of("#foretold") == more["gain"]["sentence"]
        assert f"learning curve on {more['labels']} labels" in tab.text_of("#foretold-by")
        assert barriers(tab.page) == []
    chinese = Tab(browser, server, locale="zh-CN")
    points = f"{100 * more['gain']['value']:.1f}"
    assert f"准确率预计提高约 {points} 个百分点" in chinese.text_of("#foretold")
    assert chinese.said == []


def test_a_model_is_trained_beside_the_labels(browser: Any, start: Start, out: Path, tmp_path: Path) -> None:
    small = tmp_path / "small.toml"
    small.write_text("steps = 2\n", encoding="utf-8")
    server = start("--training", str(small), absent=())
    for row in range(1, 41):
        server.give(row, true_label(row))
    tab = Tab(browser, server, viewport={"width": WIDTHS["phone"], "height": 800})
    tab.page.click("#train-go")
    tab.page.wait_for_selector("#train-running", state="visible")
    tab.label(1)  # meanwhile
    tab.page.wait_for_selector("#train-done", state="visible")
    assert "accuracy" in tab.text_of("#train-figures")
    model = out.with_name("labels.reread")
    assert tab.text_of("#train-serve") == f"reread serve {model}"
    assert "<html" in server.ask("/v1/label/training/report").body.decode()
    assert json.loads((model / "config.json").read_text(encoding="utf-8"))["task"]["classes"] == ["neg", "pos"]
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= WIDTHS["phone"]
    assert barriers(tab.page) == []
    assert tab.said == []


def test_without_the_extra_the_page_says_what_training_needs(browser: Any, start: Start) -> None:
    tab = Tab(browser, start())
    tab.page.wait_for_selector("#train-unable", state="visible")
    assert 'pip install "reread[train]"' in tab.text_of("#train-unable")
    assert not tab.page.locator("#train-go").is_visible()
    assert barriers(tab.page) == []


def test_with_blind_the_answer_of_the_linear_member_comes_after_one_s_own(browser: Any, start: Start) -> None:
    server = start("--blind")
    for row in range(1, 21):
        server.give(row, true_label(row))
    wait_until(lambda: server.state()["learned"] >= 20)
    tab = Tab(browser, server)
    for _ in range(3):
        assert tab.text_of("#suggestion") == ""
        assert tab.page.locator("#classes .said").count() == 0
        tab.label(1)
    assert "the linear member would have said" in tab.text_of("#kept")


def test_a_second_tab_loses_nothing_and_is_told(browser: Any, start: Start, out: Path) -> None:
    server = start()
    one, other = Tab(browser, server), Tab(browser, server)
    row = one.row
    one.page.keyboard.press("1")
    one.page.wait_for_function("row => !document.querySelector('#question').textContent.endsWith(` ${row}`)", arg=row)
    other.page.keyboard.press("2")
    other.page.wait_for_selector("#notice")
    assert f'Row {row} has the label "pos" already, from another tab perhaps; it stays.' in other.text_of("#notice")
    assert other.row == one.row
    assert [(line["row"], line["label"]) for line in lines(out)] == [(row, "pos")]
    other.label(1)
    assert not other.page.locator("#notice").is_visible()
    assert len(lines(out)) == 2


def test_a_lost_connection_loses_nothing_and_is_said(browser: Any, start: Start, out: Path) -> None:
    with relayed(start().address) as relay:
        tab = Tab(browser, relay)
        row = tab.row
        relay.broken.set()
        tab.page.keyboard.press("1")
        tab.page.wait_for_selector("#problem")
        assert "Your last key is not confirmed as kept" in tab.text_of("#problem")
        tab.page.keyboard.press("2")  # for nobody: nothing is asked until that is known
        lost = relay.lost
        while relay.lost < lost + 2:  # sent again, and lost again
            tab.page.wait_for_timeout(50)
        relay.broken.clear()
        tab.page.wait_for_selector("#problem", state="hidden")
        assert [(line["row"], line["label"]) for line in lines(out)] == [(row, "pos")]
        assert tab.row != row


def test_a_server_that_is_started_again_gets_the_key_that_was_pressed_meanwhile(
    browser: Any, start: Start, out: Path
) -> None:
    server = start()
    tab = Tab(browser, server)
    tab.label(2)
    port, row = server.address.port, tab.row
    server.stop(signal.SIGKILL)
    tab.page.keyboard.press("1")
    tab.page.wait_for_selector("#problem")
    start("--port", str(port))
    tab.page.wait_for_selector("#problem", state="hidden")
    assert [line["row"] for line in lines(out)][2:] == [row]
    assert tab.text_of("#progress") == "3 of 60 labelled"


def test_texts_and_classes_are_never_html(browser: Any, tmp_path: Path, out: Path) -> None:
    data = tmp_path / "strange.jsonl"
    data.write_text(json.dumps({"text": f"{HARM}<script>window.harm=1</script>"}) + "\n", encoding="utf-8")
    server = Labels(data, out, classes=f"{HARM},b")
    try:
        tab = Tab(browser, server)
        assert tab.text_of("#text") == f"{HARM}<script>window.harm=1</script>"
        tab.press("1")
        assert HARM in tab.text_of("#kept")
        assert tab.page.evaluate(
            "[document.images.length, [...document.scripts].filter((each) => !each.src).length, window.harm]"
        ) == [0, 0, None]
        assert lines(out)[0]["label"] == HARM
    finally:
        server.kill()


def test_a_file_that_is_gone_is_said(browser: Any, start: Start, out: Path) -> None:
    tab = Tab(browser, start())
    out.unlink()
    tab.page.keyboard.press("1")
    tab.page.wait_for_selector("#problem")
    said = f"Not kept: {out} was removed or replaced by another program"
    assert tab.text_of("#problem").startswith(said)
    tab.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # the person looked for the file
    tab.page.wait_for_load_state("networkidle")
    assert tab.text_of("#problem").startswith(said)


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_it_can_be_read_and_used_on_any_screen(
    browser: Any, tmp_path: Path, out: Path, width: str, scheme: str
) -> None:
    data = tmp_path / "long.jsonl"
    texts = [f"部好看的电影 😀 {'x' * 300} {'a long film ' * 400} {k}" for k in range(6)]
    data.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
    server = Labels(data, out, classes=",".join(f"{'a rather long class ' * (k % 3)}{k}" for k in range(1, 10)))
    try:
        size = {"width": WIDTHS[width], "height": 800}
        tab = Tab(browser, server, viewport=size, color_scheme=scheme)
        for key in ("1", "2", "s", "9"):
            assert tab.page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]
            assert barriers(tab.page) == []
            tab.press(key)
        assert tab.page.evaluate("document.querySelector('#text').scrollTop") == 0
        assert len(lines(out)) == 3
    finally:
        server.kill()
