"""The tab Files in a browser: a file chosen, answered, looked at, and saved, as people do it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from reread.apps.serve import limits
from support.browser import CHROMIUM, MISSING, SCREENS, WIDTHS, Tab, barriers
from support.folders import KEPT

pytest.importorskip("uvicorn")
from support.serving import Serving

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=MISSING)
pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CSV = {"content-type": "text/csv"}
LINES = {"accept": "application/x-ndjson"}
HARM = "<img src=x onerror=window.harm=1><script>window.harm=1</script>"
TEXTS = [
    "a lovely warm film",
    "",
    "a dull cold film",
    "praise",
    "=cmd|' /C calc'!A0",
    HARM,
    "一部好看的电影",
    "very, very dull",
]
DROP = """([name, text]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], name));
    for (const kind of ['dragover', 'drop']) {
        document.body.dispatchEvent(new DragEvent(kind, {dataTransfer: transfer, bubbles: true, cancelable: true}));
    }
}"""


def written(place: Path, texts: list[str], column: str = "review") -> Path:
    with place.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", column], *([str(k), text] for k, text in enumerate(texts))])
    return place


class Files(Tab):
    """The tab Files."""

    def __init__(self, browser: Any, server: Serving, **options: Any) -> None:
        super().__init__(browser, server, "#files", **options)
        self.page.wait_for_selector("#file-desk")

    def choose(self, file: Path) -> None:
        self.page.set_input_files("#file", file)
        self.page.wait_for_selector("#plan")

    def answer(self, file: Path) -> None:
        self.choose(file)
        self.page.click("#go")
        self.wait()

    def wait(self) -> None:
        self.page.wait_for_selector("#result")
        self.page.wait_for_selector("#running", state="hidden")

    def rows(self) -> list[int]:
        return [int(each) for each in self.page.locator("#body th").all_inner_texts()]

    def column(self, name: str) -> list[str]:
        return [str(each) for each in self.page.locator(f"#body td.{name}").all_inner_texts()]

    def saved(self, button: str) -> tuple[str, str]:
        with self.page.expect_download() as saved:
            self.page.click(button)
        return saved.value.suggested_filename, Path(saved.value.path()).read_bytes().decode()


def answers(server: Serving, file: Path, model: str = "stack") -> list[dict[str, Any]]:
    """What the server says, asked without the page."""
    reply = server.ask(f"/v1/files?model={model}", file.read_bytes(), {**CSV, **LINES})
    return [json.loads(line) for line in reply.body.decode().splitlines()]


def test_a_file_is_answered_by_the_keyboard_alone(browser: Any, stack: Serving, tmp_path: Path) -> None:
    tab = Files(browser, stack)
    file = written(tmp_path / "reviews.csv", TEXTS)
    tab.page.on("filechooser", lambda _: None)  # from now on: a chooser that opens before the browser knows is lost
    keys = tab.page.keyboard
    for _ in range(20):
        keys.press("Tab")
        if tab.page.evaluate("document.activeElement.id") == "file":
            break
    assert tab.page.evaluate("document.activeElement.id") == "file"
    with tab.page.expect_file_chooser() as chooser:
        keys.press("Enter")
    chooser.value.set_files(file)
    tab.page.wait_for_selector("#plan")
    assert tab.text_of("#file-said") == "reviews.csv: 8 rows, 2 columns."
    assert tab.page.locator("#column option:checked").inner_text() == "review"
    assert tab.page.locator("#first-texts li").all_inner_texts() == [TEXTS[0], "(empty)", TEXTS[2]]
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Enter")
    tab.wait()
    tab.page.wait_for_selector("#result-title:focus")
    keys.press("Tab")
    assert tab.page.evaluate("document.activeElement.id") == "least"
    keys.press("Enter")
    expected = answers(stack, file)
    assert [row["review"] for row in expected] == TEXTS
    order = sorted(
        (row["error"] != "", row[f"probability:{row['prediction']}"], k + 1) if not row["error"] else (True, 0, k + 1)
        for k, row in enumerate(expected)
    )
    assert tab.rows() == [row for *_, row in order]
    said = [expected[row - 1]["prediction"] or f"No answer: {expected[row - 1]['error']}" for row in tab.rows()]
    assert tab.column("answer") == said
    assert tab.text_of("#shown") == "8 rows, the least sure first."
    assert "1 of them without an answer" in tab.text_of("#file-said")
    assert [url for url in tab.asked if not url.startswith((tab.home, "blob:"))] == []
    assert tab.said == []


def test_rows_are_filtered_by_answer_and_by_text(browser: Any, stack: Serving, tmp_path: Path) -> None:
    tab = Files(browser, stack)
    file = written(tmp_path / "reviews.csv", TEXTS)
    tab.answer(file)
    expected = answers(stack, file)
    for name in {row["prediction"] for row in expected if row["prediction"]}:
        rows = [k + 1 for k, row in enumerate(expected) if row["prediction"] == name]
        tab.page.select_option("#only", label=f"{name} ({len(rows)})")
        assert tab.rows() == rows
    tab.page.select_option("#only", label="no answer (1)")
    assert tab.rows() == [2]
    tab.page.select_option("#only", "")
    tab.page.fill("#words-in", "FILM")
    tab.page.get_by_text("2 of 8 rows.").wait_for()
    assert tab.rows() == [1, 3]
    name, lines = tab.saved("#save-lines")
    assert (name, [json.loads(line) for line in lines.splitlines()]) == (
        "reviews.answers.jsonl",
        [expected[0], expected[2]],
    )


@pytest.mark.parametrize("folder", KEPT, ids=lambda folder: folder.name)
def test_what_is_saved_is_what_the_server_gives(browser: Any, many: Serving, folder: Path, tmp_path: Path) -> None:
    tab = Files(browser, many)
    file = written(tmp_path / "reviews.csv", TEXTS)
    tab.page.select_option("#model", folder.stem)
    tab.answer(file)
    assert tab.rows() == [*range(1, 9)]
    expected = many.ask(f"/v1/files?model={folder.stem}", file.read_bytes(), CSV).body.decode()
    name, given = tab.saved("#save-csv")
    assert name == "reviews.answers.csv"
    one, other = (list(csv.reader(io.StringIO(each, newline=""), strict=True)) for each in (given, expected))
    assert one[0] == other[0]
    assert "'=cmd|' /C calc'!A0" in {row[1] for row in one}  # no spreadsheet takes it for a formula
    for cell, right in zip(chain(*one), chain(*other), strict=True):  # numbers but for how they are written
        assert cell == right or float(cell) == pytest.approx(float(right))
    _, lines = tab.saved("#save-lines")
    assert [json.loads(line) for line in lines.splitlines()] == answers(many, file, folder.stem)
    assert tab.said == []


def test_numbers_longer_than_javascript_s_stay_what_they_are(browser: Any, stack: Serving, tmp_path: Path) -> None:
    file = tmp_path / "ids.jsonl"
    file.write_text('{"id": 12345678901234567890, "text": "a film", "more": [9007199254740993]}\n', encoding="utf-8")
    tab = Files(browser, stack)
    tab.answer(file)
    _, saved = tab.saved("#save-csv")
    (row,) = csv.DictReader(io.StringIO(saved))
    assert (row["id"], row["more"]) == ("12345678901234567890", "[9007199254740993]")


def test_nothing_of_a_file_is_html(browser: Any, stack: Serving, tmp_path: Path) -> None:
    tab = Files(browser, stack)
    file = written(tmp_path / "strange.csv", [HARM], HARM)
    tab.choose(file)
    tab.page.select_option("#column", label=HARM)
    assert tab.text_of("#first-texts") == HARM
    tab.page.click("#go")
    tab.wait()
    assert tab.column("words")[0].startswith(HARM)
    tab.page.locator("#body .acts button").first.click()
    tab.page.wait_for_selector("#answer:not(.old) > *", state="attached")
    assert tab.page.input_value("#text") == HARM
    assert tab.page.evaluate("[document.images.length, document.scripts.length, window.harm]") == [0, 1, None]


def test_a_file_that_is_dropped_is_asked_about_its_column(browser: Any, stack: Serving) -> None:
    tab = Files(browser, stack)
    tab.page.evaluate(DROP, ["dropped.tsv", "one\ttwo\na lovely film\ta dull book\n"])
    tab.page.wait_for_selector("#plan")
    assert "Choose it." in tab.text_of("#column-why")
    assert tab.page.locator("#go").is_disabled()
    tab.page.select_option("#column", label="two")
    assert tab.text_of("#first-texts") == "a dull book"
    tab.page.click("#go")
    tab.wait()
    assert tab.column("words")[0].startswith("a dull book")
    assert tab.page.url == f"{tab.home}#files"


def test_what_cannot_be_read_is_said(browser: Any, stack: Serving, tmp_path: Path) -> None:
    tab = Files(browser, stack)
    strange, large, twice = (tmp_path / name for name in ("notes.docx", "large.csv", "twice.csv"))
    strange.write_bytes(b"PK")
    with large.open("wb") as file:
        file.truncate(limits.FILE + 1)
    twice.write_text("text,text\na,b\n", encoding="utf-8")
    for place, said in (
        (strange, "is no file that is read here"),
        (large, "has more than 64 MiB"),
        (twice, "appears twice"),
    ):
        tab.page.set_input_files("#file", place)
        tab.page.get_by_text(said).wait_for()
        assert not tab.page.locator("#plan").is_visible()
    assert barriers(tab.page) == []
    assert [url for url in tab.asked if "/v1/files" in url] == [f"{tab.home}v1/files/columns?model=stack"]


@pytest.mark.parametrize("rows", [10_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_many_rows_are_shown_a_page_at_a_time(browser: Any, stack: Serving, tmp_path: Path, rows: int) -> None:
    """The page's own work on many rows; the server's answers are made here, for it would take minutes."""
    tab = Files(browser, stack)
    line = answers(stack, written(tmp_path / "one.csv", ["a film"]))[0]
    body = "".join(json.dumps({**line, "id": str(k), "review": f"text number {k}"}) + "\n" for k in range(rows))
    found = {"columns": ["id", "review"], "text": "review", "why": None, "rows": rows, "first": []}
    tab.page.route("**/v1/files/columns*", lambda route: route.fulfill(json=found))
    tab.page.route("**/v1/files?*", lambda route: route.fulfill(body=body, content_type="application/x-ndjson"))
    tab.answer(written(tmp_path / "many.csv", ["a film"]))
    assert tab.text_of("#shown") == f"{rows:,} rows."
    assert tab.text_of("#pages-of") == f"of {rows // 50:,}"
    assert tab.rows() == [*range(1, 51)]
    tab.page.fill("#page", str(rows // 50))
    tab.page.keyboard.press("Enter")
    assert tab.rows() == [*range(rows - 49, rows + 1)]
    assert tab.page.locator("#after").is_disabled()
    tab.page.click("#before")
    assert tab.rows()[0] == rows - 99
    tab.page.fill("#words-in", f"number {rows - 1}")
    tab.page.get_by_text(f"1 of {rows:,} rows.").wait_for()
    assert tab.rows() == [rows]
    tab.page.fill("#words-in", "")
    tab.page.get_by_text(f"{rows:,} rows.", exact=True).wait_for()
    assert tab.page.locator("#body tr").count() == 50


def test_it_can_be_stopped_and_what_has_come_stays(browser: Any, start: Callable[..., Serving], tmp_path: Path) -> None:
    server = start("--rate", "2000")
    tab = Files(browser, server)
    tab.choose(written(tmp_path / "reviews.csv", ["a lovely warm film of many words"] * 5000))
    tab.page.click("#go")
    tab.page.wait_for_selector("#body tr")
    assert tab.page.evaluate("document.activeElement.id") == "stop"
    assert barriers(tab.page) == []
    tab.page.keyboard.press("Enter")
    tab.wait()
    assert tab.text_of("#file-problem") == "You stopped it."
    assert barriers(tab.page) == []
    assert tab.rows()[0] == 1
    assert not tab.text_of("#shown").startswith("5,000 ")


def test_a_lost_connection_is_said_and_what_has_come_stays(
    browser: Any, start: Callable[..., Serving], tmp_path: Path
) -> None:
    server = start("--rate", "2000")
    tab = Files(browser, server)
    tab.choose(written(tmp_path / "reviews.csv", ["a lovely warm film of many words"] * 5000))
    tab.page.click("#go")
    tab.page.wait_for_selector("#body tr")
    server.kill()
    tab.wait()
    assert tab.text_of("#file-problem") == "The connection was lost."
    assert tab.rows()[0] == 1


def test_corrections_are_a_file_of_labels(browser: Any, stack: Serving, tmp_path: Path) -> None:
    from reread.label.label_file import open_labels  # noqa: PLC0415
    from reread.label.questions.classes import Classes  # noqa: PLC0415

    tab = Files(browser, stack)
    file = written(tmp_path / "reviews.csv", TEXTS)
    tab.answer(file)
    expected = answers(stack, file)
    right = next(each for each in ("praise", "blame") if each != expected[2]["prediction"])
    for row, label in ((3, right), (1, right), (1, expected[0]["prediction"])):  # the last takes one back
        tab.page.get_by_role("button", name=f"Correct row {row}", exact=True).press("Enter")
        tab.page.locator("#body select").select_option(label)
        if row == 3:
            assert barriers(tab.page) == []
        tab.page.keyboard.press("Tab")
        tab.page.keyboard.press("Enter")
        assert tab.page.evaluate("document.activeElement.textContent") == f"Correct row {row}"
    tab.page.get_by_label("Your name").filter(visible=True).fill("Ada")
    name, lines = tab.saved("#file-corrected button")
    place = tmp_path / name
    place.write_text(lines, encoding="utf-8")
    with open_labels(place, Classes(["praise", "blame", "neither"])) as kept:
        assert [(each.row, each.text, each.label, each.by) for each in kept.labels] == [(3, TEXTS[2], right, "Ada")]
    assert name == "reviews.labels.jsonl"


@pytest.mark.parametrize("name", ["labels", "numbers", "order"])
def test_labels_numbers_and_orders_are_corrected_by_the_keyboard(
    browser: Any, many: Serving, tmp_path: Path, name: str
) -> None:
    tab = Files(browser, many)
    page = tab.page
    page.select_option("#model", name)
    tab.answer(written(tmp_path / "texts.csv", TEXTS))
    model = next(each for each in many.ask("/v1/models").json()["models"] if each["name"] == name)
    page.locator(".correcting button").first.focus()
    page.keyboard.press("Enter")
    if name == "labels":
        box = page.locator(".correcting .several input").first
        was = box.is_checked()
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
    elif name == "numbers":
        assert page.locator(".correcting input").input_value() == tab.column("answer")[0]
        page.keyboard.press("Enter")  # unchanged, it is no correction
        page.wait_for_selector(".correcting form", state="detached")
        assert page.locator(".correcting .right").count() == 0
        page.keyboard.press("Enter")
        page.keyboard.press("Control+A")
        page.keyboard.type("3.25")
        page.keyboard.press("Enter")
    else:
        classes = page.locator(".correcting select")
        given = next(each for each in model["classes"] if each != classes.input_value())
        classes.select_option(given)
        page.click(".correcting form button")
    page.wait_for_selector(".correcting .right")
    line = json.loads(tab.saved("#file-corrected button")[1])
    if name == "labels":
        assert (model["classes"][0] in line["label"]) is not was
    elif name == "numbers":
        assert line["target"] == 3.25
        assert "label" not in line
    else:
        assert (line["label"], line["ordinal_order"]) == (given, ",".join(model["classes"]))
    assert tab.said == []


def test_an_answer_in_try_can_be_corrected_too(browser: Any, stack: Serving) -> None:
    tab = Tab(browser, stack)
    tab.page.fill("#text", "a lovely film")
    tab.page.get_by_role("button", name="Correct").click()
    said = tab.page.locator("#correct select").input_value()
    tab.page.locator("#correct select").select_option("neither")
    assert barriers(tab.page) == []
    tab.page.get_by_role("button", name="Keep").click()
    assert said != "neither"
    assert tab.text_of("#correct .right") == "corrected: neither"
    with tab.page.expect_download() as saved:
        tab.page.get_by_role("button", name="Download labels").filter(visible=True).click()
    (line,) = Path(saved.value.path()).read_text(encoding="utf-8").splitlines()
    label = json.loads(line)
    assert (label["row"], label["text"], label["label"], label["by"]) == (1, "a lovely film", "neither", "")


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_it_can_be_read_and_used_on_any_screen(
    browser: Any, many: Serving, tmp_path: Path, width: str, scheme: str
) -> None:
    tab = Files(browser, many, viewport={"width": WIDTHS[width], "height": 800}, color_scheme=scheme)
    wide = "document.documentElement.scrollWidth"
    file = written(tmp_path / f"{'a-long-name' * 9}.csv", [*TEXTS * 8, "x" * 400, "好" * 400], "review" * 40)
    assert barriers(tab.page) == []
    for folder in ("joint", "labels", "numbers"):
        tab.page.select_option("#model", folder)
        tab.choose(file)
        tab.page.select_option("#column", index=tab.page.locator("#column option").count() - 1)
        assert barriers(tab.page) == []
        tab.page.click("#go")
        tab.wait()
        assert tab.page.evaluate(wide) <= WIDTHS[width]
        assert barriers(tab.page) == []
