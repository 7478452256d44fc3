"""The page at `/` in Chinese and in English: all that it says itself, and that choosing a language loses nothing."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import reread
from reread.apps.serve import limits
from reread.insight.report.glossary import MEANINGS
from reread.tasks.multilabel import Multilabel
from support.browser import CHROMIUM, MISSING, WIDTHS, Tab, barriers
from support.folders import KEPT, OLD, STACK

pytest.importorskip("uvicorn")
from support.serving import Serving

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=MISSING)
pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

TOKEN = "a-token-of-sixteen-characters"
TEXT = "一部好看的电影，演员演得真好"
LATIN = re.compile(r"[A-Za-z]{2,}")
TERMS = set(LATIN.findall("reread English CSV TSV JSON Lines Parquet MiB AUC mAP logit kappa"))
"""What Chinese has no other word for."""
SEEN = """() => {
    const said = [document.title, document.body.innerText];
    for (const name of ['aria-label', 'placeholder', 'title', 'alt'])
        for (const each of document.querySelectorAll(`[${name}]`)) said.push(each.getAttribute(name));
    return said.join('\\n');
}"""
HIDDEN = "() => [...document.querySelectorAll('[data-say]')].map((each) => each.textContent).join('\\n')"
WIDE = "document.documentElement.scrollWidth"


def english(tab: Tab, *others: str) -> set[str]:
    """The English words that are seen or heard, but for those of others: models, classes, files, the server."""
    known = TERMS | {word for each in others for word in LATIN.findall(each)}
    said = tab.page.evaluate(SEEN) + tab.page.evaluate(HIDDEN) + tab.page.locator("#language").inner_text()
    return set(LATIN.findall(said)) - known


def of_model(facts: dict[str, Any]) -> str:
    """The names of a model: its own, its classes', its targets'."""
    return f"{facts['name']} {facts['classes']} {list(facts['config'].get('parts', {}))}"


def write(tab: Tab, text: str) -> None:
    tab.page.fill("#text", text)
    tab.page.wait_for_selector("#answer:not(.old) > *", state="attached")
    tab.page.wait_for_selector("#behind:not(.old)", state="attached")  # the words, too


def rows_of(place: Path, texts: list[str], label: str | None = None) -> Path:
    """A file of these texts; with a label each has it or the other."""
    with place.open("w", encoding="utf-8", newline="") as file:
        rows = [[k, text, *([] if label is None else [(label, "差")[k % 2]])] for k, text in enumerate(texts)]
        csv.writer(file).writerows([["编号", "甲", *([] if label is None else ["乙"])], *rows])
    return place


@pytest.fixture
def training(tmp_path: Path) -> Iterator[Serving]:
    (tmp_path / "small.toml").write_text("steps = 2\nno_report = true\n", encoding="utf-8")
    options = ("--work", str(tmp_path / "files"), "--training", str(tmp_path / "small.toml"))
    running = Serving([OLD], *options, absent=())
    yield running
    running.kill()


@pytest.mark.parametrize("width", WIDTHS)
def test_try_is_chinese_where_the_browser_is(browser: Any, many: Serving, width: str) -> None:
    tab = Tab(browser, many, locale="zh-CN", viewport={"width": WIDTHS[width], "height": 800})
    tab.page.wait_for_selector("#text:focus")
    assert tab.page.evaluate("document.documentElement.lang") == "zh-Hans"
    models = {each["name"]: each for each in many.ask("/v1/models").json()["models"]}
    names = " ".join(of_model(each) for each in models.values())
    for folder in KEPT:
        tab.page.select_option("#model", folder.stem)
        write(tab, TEXT)
        assert english(tab, names, tab.page.locator("#card-text").text_content()) == set()
        assert barriers(tab.page) == []
        assert tab.page.evaluate(WIDE) <= WIDTHS[width]
    assert tab.said == []


def test_words_struck_out_and_two_models_are_chinese(browser: Any, tmp_path: Path) -> None:
    server = Serving([STACK, next(each for each in KEPT if each.stem == "labels")])
    try:
        tab = Tab(browser, server, locale="zh-CN", viewport={"width": WIDTHS["phone"], "height": 800})
        names = " ".join(of_model(each) for each in server.ask("/v1/models").json()["models"])
        write(tab, "lovely, 一部好看的电影")
        tab.page.select_option("#beside", "labels")
        tab.page.wait_for_selector("#sides table")
        tab.page.locator("#why tbody button").first.click()
        assert english(tab, names, "lovely") == set()
        tab.page.click("#strike")
        tab.page.wait_for_selector("#edits:not(.old) .movement")
        tab.page.get_by_role("button", name="更正").click()
        assert english(tab, names, "lovely") == set()
        tab.page.get_by_role("button", name="保存").click()
        tab.page.fill("#text", " ")
        assert tab.text_of("#said") == "暂无。"
        assert barriers(tab.page) == []
    finally:
        server.kill()


def test_files_is_chinese_where_the_browser_is(browser: Any, stack: Serving, tmp_path: Path) -> None:
    tab = Tab(browser, stack, "#files", locale="zh-CN", viewport={"width": WIDTHS["phone"], "height": 800})
    (model,) = stack.ask("/v1/models").json()["models"]
    names = of_model(model)
    strange, large = tmp_path / "笔记.docx", tmp_path / "大.csv"
    strange.write_bytes(b"PK")
    with large.open("wb") as file:
        file.truncate(limits.FILE + 1)
    for place, said in ((strange, "支持的扩展名"), (large, "大文件请使用命令")):
        tab.page.set_input_files("#file", place)
        tab.page.get_by_text(said).wait_for()
        ends = ".docx .csv .tsv .tab .jsonl .ndjson .json .parquet .pq predict"
        assert english(tab, names, ends, tab.page.locator("#card-text").text_content()) == set()
    names += tab.page.locator("#card-text").text_content()
    tab.page.set_input_files("#file", rows_of(tmp_path / "评论.csv", [TEXT, "", *["好看"] * 60]))
    tab.page.wait_for_selector("#plan")
    assert "无法确定文本在哪一列" in tab.text_of("#column-why")
    tab.page.select_option("#column", label="甲")
    tab.page.click("#go")
    tab.page.wait_for_selector("#result")
    tab.page.wait_for_selector("#running", state="hidden")
    why = tab.text_of("#body .problem").partition("：")[2]  # the server's words
    assert LATIN.search(why)
    tab.page.locator("#body .correcting button").first.click()
    assert english(tab, names, why, "csv") == set()
    tab.page.select_option("#body select", "neither")
    tab.page.locator("#body form button").first.click()
    tab.page.click("#least")
    with tab.page.expect_download():
        tab.page.click("#save-csv")
    tab.page.get_by_text("保存为").wait_for()
    assert english(tab, names, why, "csv answers") == set()
    assert barriers(tab.page) == []
    assert tab.page.evaluate(WIDE) <= WIDTHS["phone"]
    tab.page.select_option("#only", label="没有答案（1）")
    assert tab.text_of("#shown") == "显示 1 行，共 62 行，置信度低的在前。"
    assert tab.said == []


def test_train_is_chinese_where_the_browser_is(browser: Any, training: Serving, tmp_path: Path) -> None:
    tab = Tab(browser, training, "#train", locale="zh-CN", viewport={"width": WIDTHS["phone"], "height": 800})
    page = tab.page
    page.wait_for_selector("#learn")
    (model,) = training.ask("/v1/models").json()["models"]

    def left() -> set[str]:
        server = ["#card-text", "#notes", "#understood dd:nth-of-type(4)"]  # the card, notes, what a first look finds
        others = " ".join(page.locator(each).text_content() for each in server if page.locator(each).count())
        return english(tab, of_model(model), others, "csv")

    page.click("#again-go")
    page.wait_for_selector("#again-problem:not(:empty)")
    assert left() == set()
    page.set_input_files("#learn-file", rows_of(tmp_path / "电影.csv", [f"{TEXT}{k}" for k in range(200)], "好"))
    page.wait_for_selector("#learn-plan")
    assert left() <= set(LATIN.findall(tab.text_of("#learn-problem")))  # the server's words
    for id_, name in (("#learn-text", "甲"), ("#learn-label", "乙")):
        with page.expect_response("**/v1/training/data/*"):
            page.select_option(id_, name)
    page.wait_for_selector("#learn-go:enabled")
    assert left() == set()
    page.click("#learn-go")
    page.wait_for_selector("#training-done")
    assert left() == set()
    page.click("#use")
    page.wait_for_selector("#back")
    assert left() <= set(LATIN.findall("models films csv")) | set(LATIN.findall(tab.text_of("#use-hint")))
    assert barriers(page) == []
    assert page.evaluate(WIDE) <= WIDTHS["phone"]
    assert tab.said == []


def test_label_is_chinese_where_the_browser_is(browser: Any, start: Callable[..., Serving], tmp_path: Path) -> None:
    options, token = ("--work", str(tmp_path / "files")), {"REREAD_TOKEN": TOKEN}
    tab = Tab(browser, start(*options, environment=token), "#label", locale="zh-CN")
    page = tab.page
    page.fill("#token", TOKEN)
    page.keyboard.press("Enter")
    page.wait_for_selector("#new-labels")
    (model,) = page.locator("#model option").all_inner_texts()

    def left(*server: str) -> set[str]:
        card = str(page.locator("#card-text").text_content())
        return english(tab, model, card, *map(tab.text_of, server), "txt", "classification")

    page.set_input_files("#label-file", rows_of(tmp_path / "电影.zip", [TEXT]))
    page.wait_for_selector("#label-problem:has-text('支持的扩展名')")
    page.set_input_files("#label-file", rows_of(tmp_path / "电影.csv", [f"{TEXT}{k}" for k in range(9)]))
    page.wait_for_selector("#label-plan")
    page.select_option("#label-column", "甲")
    for kind in ("numbers", "ordinal", "multilabel", "classes"):
        page.select_option("#label-kind", kind)
        assert left() <= set(LATIN.findall("csv tsv tab jsonl ndjson json parquet pq txt text zip"))
    page.fill("#label-asked", "好")
    page.click("#label-go")
    page.wait_for_selector("#label-refused:not(:empty)")
    assert left("#label-refused") == set()
    page.fill("#label-asked", "好，差")
    page.click("#label-go")
    page.wait_for_url("**/label/**")
    page.fill("#token", TOKEN)
    page.keyboard.press("Enter")
    page.wait_for_selector("#asking")
    said = set(LATIN.findall(page.evaluate(SEEN) + page.evaluate(HIDDEN)))
    assert said <= TERMS | set(LATIN.findall("Ctrl pip install train"))
    page.locator("#classes button").first.click()
    page.wait_for_selector("#kept:has-text('labels.jsonl')")
    page.click("#home")
    page.fill("#token", TOKEN)
    page.keyboard.press("Enter")
    page.wait_for_selector("#begun >> text=已标注 1 / 9")
    assert left() == set()


def fill_files(tab: Tab, file: Path) -> None:
    """Answer a file, filter its rows, correct one, and be about to correct another."""
    page = tab.page
    page.set_input_files("#file", file)
    page.select_option("#column", label="甲")
    page.click("#go")
    page.wait_for_selector("#result")
    page.wait_for_selector("#running", state="hidden")
    page.fill("#words-in", "film")
    page.get_by_text("2 of 4 rows.").wait_for()
    for row in (1, 2):
        page.get_by_role("button", name=f"Correct row {row}", exact=True).click()
        page.select_option("#body select", "neither")
        if row == 1:
            page.get_by_role("button", name="Keep").click()
            page.fill("#file-corrected input", "Ada")


def fill_try(tab: Tab) -> None:
    """Try a text, strike one of its words out, be about to replace another, and to correct the answer."""
    page = tab.page
    page.click("a[href='#try']")
    write(tab, "a lovely dull film")
    page.locator("#why tbody button").first.click()
    page.click("#strike")
    page.wait_for_selector("#edits:not(.old) .movement")
    page.locator("#why tbody button").nth(1).click()
    page.fill("#instead", "lovely")
    page.locator("#correct button").click()
    page.select_option("#correct select", "neither")


FIELDS = "() => [...document.querySelectorAll('input:not([type=file]), select, textarea')].map((each) => each.value)"


def switched(tab: Tab, known: str) -> None:
    """Choose Chinese by the keyboard, and English again: nothing is asked, and all is as it was."""
    page = tab.page
    before, given, asked = page.evaluate(SEEN), page.evaluate(FIELDS), len(tab.asked)
    page.locator(".tabs a:visible").last.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("[document.activeElement.id, document.documentElement.lang]") == ["language", "zh-Hans"]
    assert english(tab, known) == set()
    assert page.evaluate(FIELDS) == given
    page.keyboard.press("Enter")
    assert page.evaluate(SEEN) == before
    assert page.evaluate(FIELDS) == given
    assert len(tab.asked) == asked


def test_the_language_is_chosen_by_the_keyboard_and_nothing_is_lost(browser: Any, tmp_path: Path) -> None:
    server = Serving([STACK], environment={"REREAD_TOKEN": TOKEN})
    try:
        tab = Tab(browser, server, "#files")
        tab.page.fill("#token", TOKEN)
        tab.page.keyboard.press("Enter")
        tab.page.wait_for_selector("#file-desk")
        (model,) = server.ask("/v1/models", headers={"authorization": f"Bearer {TOKEN}"}).json()["models"]
        known = of_model(model) + "a lovely dull film csv" + tab.page.locator("#card-text").text_content()
        fill_files(tab, rows_of(tmp_path / "评论.csv", ["a lovely film", "a dull film", "", "dull"]))
        switched(tab, known)
        assert tab.text_of("#file-corrected span[role=status]").startswith("1 correction,")
        fill_try(tab)
        switched(tab, known)
        tab.page.click("#language")
        write(tab, "a dull film")  # the token is still there
        kept = "[JSON.stringify({...localStorage}), JSON.stringify({...sessionStorage}), document.cookie]"
        assert tab.page.evaluate(kept) == ['{"language":"zh"}', "{}", ""]
        assert [each for each in tab.said if "401" not in each] == []  # as long as there was no token
    finally:
        server.kill()


def test_the_language_that_was_chosen_is_kept_and_a_token_is_asked_for_in_it(
    browser: Any, start: Callable[..., Serving]
) -> None:
    tab = Tab(browser, start(environment={"REREAD_TOKEN": TOKEN}))
    tab.page.wait_for_selector("#access")
    tab.page.click("#language")
    tab.page.reload()
    tab.page.wait_for_selector("#access")
    for wrong, said in (("wrong", "令牌无效。"), ("密码", "令牌不能包含这样的字符。")):
        tab.page.fill("#token", wrong)
        tab.page.keyboard.press("Enter")
        tab.page.get_by_text(said).wait_for()
        assert english(tab) == set()
        assert barriers(tab.page) == []


LISTED = """import('/page/words.js').then(({LANGUAGES}) => Object.values(LANGUAGES).map((each) =>
    Object.entries(each).map(([name, said]) => `${name} ${typeof said === 'function' ? said.length : ''}`)))"""
CALLED = """([figures, stages]) => import('/page/words.js').then(({LANGUAGES: {zh}}) =>
    [...figures.map((each) => zh.figure(each)), ...stages.map((each) => zh.stage(each))])"""


def test_both_languages_say_the_same_things(browser: Any, one: Serving) -> None:
    names = Tab(browser, one).page.evaluate(LISTED)
    assert names[0] == names[1]


def test_that_no_label_is_given_is_said_in_chinese(browser: Any, one: Serving) -> None:
    (aim,) = Multilabel(["褒", "贬"]).aims([-5.0, -4.0])
    assert "no label" in aim.name
    called = "([name, unit]) => import('/page/words.js').then(({LANGUAGES: {zh}}) => zh.aim(name, unit))"
    assert Tab(browser, one).page.evaluate(called, [aim.name, aim.unit]) == "贬（概率最高；没有给出标签）"


def stages() -> set[str]:
    """What a training calls its stages, as far as they are named in its source."""
    package = Path(reread.__file__).parent
    sources = [*(package / "pipeline").glob("*.py"), *(package / "apps" / "cli").glob("training*.py")]
    found = set()
    for source in sources:
        if "pretraining" in source.name or source.name == "self_training.py":
            continue
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "on_stage":
                found |= {each.value for each in node.args if isinstance(each, ast.Constant)}
    return found


def test_figures_and_stages_of_a_training_have_chinese_names(browser: Any, one: Serving) -> None:
    assert "training the linear member" in stages()
    said = Tab(browser, one).page.evaluate(CALLED, [[*MEANINGS, "price.rmse"], [*sorted(stages()), "reading 评论.csv"]])
    assert {word for each in said for word in LATIN.findall(each)} <= {*TERMS, "price", "csv"}
