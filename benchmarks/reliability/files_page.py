"""The tab Files on 100,000 rows, from the press of the button to the last row, in Chromium.

    python benchmarks/reliability/files_page.py MODEL [--rows 100000]

A server on one core with one thread answers a CSV file with texts of about 12 words, and one of about 60, that a page on the other core sends and shows. Seconds until the
first rows are seen and until all are there; the longest time for which the page took no key (the longest gap between two frames); then the milliseconds until the rows are sorted
by how sure the answer is, and filtered by a word; the memory of the server at the end, and of the page's objects. A line of benchmarks/results/files_page.jsonl for each file, then the table of
docs/serve.md. It needs chromium and the development tools that `make setup` installs.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from many_rows import write_rows
from serve_load import HOST, ROOT, SERVE, cores, lines_of, model_facts, record, request, rounded, serving, write_table

from reread.machine import circumstances

FILE = "files_page.jsonl"
PAGE = ROOT / "docs" / "serve.md"
LENGTHS = {12: (8, 17), 60: (45, 76)}  # words of a text, the second not included
PATIENCE = 1_800_000  # milliseconds
FRAMES = """() => {
    let last = performance.now();
    window.longest = 0;
    const frame = now => { window.longest = Math.max(window.longest, now - last); last = now; requestAnimationFrame(frame); };
    requestAnimationFrame(frame);
}"""
BUSY = "() => document.querySelector('#running').hidden && !document.querySelector('#result').hidden"


def measured(browser: Any, model: Path, rows: int, words: int, core: int) -> dict[str, Any]:
    """One file."""
    probe = request("/v1/predict", b'{"text": "a film"}')
    with (
        tempfile.TemporaryDirectory() as scratch,
        serving([*SERVE, str(model), "--threads", "1"], core, probe) as server,
    ):
        data = Path(scratch) / "texts.csv"
        write_rows(data, rows, lengths=LENGTHS[words])
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"http://{HOST}:{server.port}/#files")
        page.set_input_files("#file", data)
        page.wait_for_selector("#plan")
        page.evaluate(FRAMES)
        started = time.perf_counter()
        page.click("#go")
        page.wait_for_selector("#body tr")
        first = time.perf_counter() - started
        page.wait_for_function(BUSY)
        whole = time.perf_counter() - started
        longest = page.evaluate("window.longest")
        shown = page.locator("#shown").inner_text()
        sorting = timed(
            page,
            lambda: page.click("#heads [data-order=sure] button"),
            "document.querySelector('#heads [data-order=sure]').hasAttribute('aria-sort')",
        )
        sorted_words = page.locator("#shown").inner_text()
        filtering = timed(
            page,
            lambda: page.fill("#words-in", "not"),
            f"document.querySelector('#shown').innerText !== {sorted_words!r}",
        )
        heap = page.evaluate("performance.memory.usedJSHeapSize") / 2**20
        found = {"server_mib": round(server.memory()), "page_mib": round(heap), "shown": shown}
        page.close()
        size = data.stat().st_size / 1e6
    return {
        "words_a_text": words, "rows": rows, "megabytes": rounded(size), "first_seconds": rounded(first), "seconds": rounded(whole),
        "longest_frame_ms": rounded(longest), "sort_ms": rounded(sorting), "filter_ms": rounded(filtering), **found,
        **model_facts(model), **circumstances(), "command": f"files_page.py MODEL --rows {rows}",
    }  # fmt: skip


def timed(page: Any, do: Any, until: str) -> float:
    """Milliseconds from a press until it is seen."""
    started = time.perf_counter()
    do()
    page.wait_for_function(f"() => {until}")
    return 1000 * (time.perf_counter() - started)


def table() -> list[str]:
    """The last run of each length."""
    last = {line["words_a_text"]: line for line in lines_of(FILE)}
    return [
        "| rows | words each | first rows after, s | all after, s | page waits at most, ms | sorted, ms | filtered, ms | server, MiB | page, MiB |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
        *(
            f"| {line['rows']:,} | {words} | {line['first_seconds']:.2g} | {line['seconds']:.0f} | {line['longest_frame_ms']:.0f} | {line['sort_ms']:.0f} | {line['filter_ms']:.0f} | {line['server_mib']} | {line['page_mib']} |"
            for words, line in last.items()
        ),
    ]


def main() -> int:
    """Measure, record, make the table."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # a development tool

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--rows", type=int, default=100_000)
    asked = parser.parse_args()
    core, own = cores()
    os.sched_setaffinity(0, [own])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=["--no-sandbox", "--enable-precise-memory-info"],
        )
        for words in LENGTHS:
            record(FILE, measured(browser, asked.model, asked.rows, words, core))
        browser.close()
    write_table("files_page.py", table(), PAGE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
