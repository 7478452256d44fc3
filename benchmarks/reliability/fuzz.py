"""Do files that nobody thought of end in anything but our own errors? Readers, model folders, settings, rules, label files, word vectors.

    pip install --group fuzz --constraint constraints.txt
    python benchmarks/reliability/fuzz.py [TARGET …] [--minutes 10] [--keep FOLDER]

Each target is a process of its own, in which atheris (libFuzzer for Python) changes files that are right, guided by the lines of reread that a change
reaches. An error that is no RereadError, a crash, a change that takes 25 s or more than 4 GiB ends the target; the file that did it is kept in --keep and
named. --keep also holds what was found, so that a further run goes on from there. A line for each target in benchmarks/results/fuzz.jsonl, and the table of docs/trust.md; ends with 1
if something failed. The bodies of requests to the server are serve_fuzz.py's.

    python benchmarks/reliability/fuzz.py TARGET --file FILE       one file again, with its traceback
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
RESULTS = ROOT / "benchmarks" / "results" / "fuzz.jsonl"
PAGE = ROOT / "docs" / "trust.md"
SCRATCH = Path("/dev/shm") if Path("/dev/shm").is_dir() else Path(tempfile.gettempdir())
LIMITS = ("-timeout=25", "-rss_limit_mb=4096", "-max_len=60000", "-print_final_stats=1", "-verbosity=0")
ROWS = [
    {"text": "a warm, lovely film", "label": "good", "score": 1.5},
    {"text": 'dull; "so" dull\nand long', "label": "bad", "score": -2},
    {"text": "一部很好看的电影", "label": "good", "score": 0},
]  # fmt: skip
SUFFIXES = [
    name + packed for packed in ("", ".gz", ".zst") for name in (".csv", ".tsv", ".jsonl", ".txt", ".parquet", ".arrow")
]
SUFFIXES += [".xlsx", ".csv.zip", ".json"]
FOLDERS = [DATA / "model_v1.reread", *sorted(DATA.glob("folders_*/*.reread"))]
WORDS = "a warm film\n一部 好 电影"
TOML = """epochs = 3
text = "text"
answer = "network"
seed = 1
quiet = true
"""
RECIPE = """[model]
cell = "lstm"
hidden_size = 8
[training]
epochs = 2
learning_rate = 0.01
[text]
segmenter = "words"
"""
RULES = """classes = ["good", "bad"]
[[rule]]
name = "warm"
label = "good"
pattern = "warm|lovely"
[[rule]]
name = "dull"
label = "bad"
words = ["dull", "long"]
[[rule]]
name = "stars"
label = "good"
column = "score"
above = 1
"""
LABELS = (
    '{"row": 1, "text": "a warm film", "label": "good", "by": "ann", "at": "2026-11-01T10:00:00+00:00", "after": 3}\n'
    '{"row": 2, "text": "dull", "label": "bad", "by": "", "at": ""}\n'
)


DEEP = [
    b"[" * 50_000,
    b'{"a":' * 10_000,
    b"a = " + b"[" * 5000,
    b"a = " + b"9" * 5000,
]  # what libraries end at in errors of their own


class Target(NamedTuple):
    """What is fuzzed: files that are right, as bytes, and what reads one of them."""

    seeds: Callable[[], Iterator[bytes]]
    read: Callable[[bytes, Path], None]


def row_files() -> Iterator[bytes]:
    """A file of every format, behind a byte that chooses its suffix."""
    import openpyxl  # noqa: PLC0415

    from reread.data.write import open_writer, output  # noqa: PLC0415

    for i, suffix in enumerate(SUFFIXES):
        path = SCRATCH / f"seed{suffix}"
        if suffix == ".xlsx":
            book = openpyxl.Workbook()
            for row in (list(ROWS[0]), *(list(row.values()) for row in ROWS)):
                book.active.append(row)
            book.save(path)
        elif suffix == ".csv.zip":
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("rows.csv", "text,label,score\na warm film,good,1\ndull,bad,2\n")
        elif suffix == ".json":
            path.write_text(json.dumps(ROWS, indent=1))
        elif ".txt" in suffix:  # which is only read
            with output(str(path)) as stream:
                stream.write(WORDS.encode())
        else:
            with open_writer(path, list(ROWS[0])) as writer:
                for row in ROWS:
                    writer.write(row)
        yield bytes([i]) + path.read_bytes()
        path.unlink()


def read_rows(content: bytes, folder: Path) -> None:
    """Rows, then columns and values, as train and predict read them."""
    from reread.data.examples import ColumnRequest, TargetRequest, read_examples  # noqa: PLC0415
    from reread.data.read import open_rows  # noqa: PLC0415
    from reread.errors import RereadError  # noqa: PLC0415

    if not content:
        return
    path = folder / f"rows{SUFFIXES[content[0] % len(SUFFIXES)]}"
    path.write_bytes(content[1:])
    for attempt in (
        lambda: list(islice(open_rows(path), 1000)),
        lambda: read_examples(path, ColumnRequest(), "set-aside", folder / "rejects.jsonl"),
        lambda: read_examples(path, ColumnRequest(targets=(TargetRequest("score", "number"),), label_separator="|")),
    ):
        try:
            attempt()
        except RereadError:
            continue


def folder_files() -> Iterator[bytes]:
    """Every file of every kept folder, behind a byte for the folder and one for the file."""
    for i, folder in enumerate(FOLDERS):
        for j, file in enumerate(answering(folder)):
            yield bytes([i, j]) + file.read_bytes()


def answering(folder: Path) -> list[Path]:
    """The files of a model folder that answers depend on, and the checksums."""
    return sorted(
        file
        for file in folder.iterdir()
        if file.suffix in {".json", ".safetensors", ".onnx"} or file.name == "SHA256SUMS"
    )


def read_folder(content: bytes, folder: Path) -> None:
    """A model folder with one file that is another, and checksums that fit."""
    from reread import load  # noqa: PLC0415
    from reread.errors import RereadError  # noqa: PLC0415

    if len(content) < 2:
        return
    source = FOLDERS[content[0] % len(FOLDERS)]
    files = answering(source)
    changed = files[content[1] % len(files)].name
    model = folder / "model.reread"
    if not model.exists():
        model.mkdir()
    for file in files:
        (model / file.name).write_bytes(content[2:] if file.name == changed else file.read_bytes())
    if changed != "SHA256SUMS":
        sums = (f"{hashlib.sha256((model / file.name).read_bytes()).hexdigest()}  {file.name}\n" for file in files)
        (model / "SHA256SUMS").write_text("".join([*sums, run_toml(source, model)]))
    try:
        read = load(model, threads=1, backend="onnx" if changed.endswith(".onnx") else "auto")
        read.predict(["a warm film", "", "一部"])
        read.predict_proba(["a warm film"])
        read.explain("a warm film")
    except RereadError:
        return
    finally:
        for file in model.iterdir():
            file.unlink()


def run_toml(source: Path, model: Path) -> str:
    """Copy the file that answers do not read; its checksum's line."""
    content = (source / "run.toml").read_bytes()
    (model / "run.toml").write_bytes(content)
    return f"{hashlib.sha256(content).hexdigest()}  run.toml\n"


def settings_files() -> Iterator[bytes]:
    """Options, and a recipe."""
    from reread.recipes import recipe_names  # noqa: PLC0415

    yield TOML.encode()
    yield RECIPE.encode()
    for name in recipe_names():
        yield (ROOT / "src" / "reread" / "recipes" / f"{name}.toml").read_bytes()


def read_settings(content: bytes, folder: Path) -> None:
    """As --config, as --model, and as --set, each line of it."""
    import click  # noqa: PLC0415

    from reread.apps.cli.commands.train import command  # noqa: PLC0415
    from reread.errors import RereadError  # noqa: PLC0415
    from reread.recipes import load_recipe, parse_settings  # noqa: PLC0415

    path = folder / "settings.toml"
    path.write_bytes(content)
    for attempt in (
        lambda: command.make_context("train", ["nothing.csv", "--config", str(path)]),
        lambda: load_recipe(str(path)),
        lambda: parse_settings(content.decode("utf-8", "replace").splitlines()),
    ):
        try:
            attempt()
        except (RereadError, click.ClickException, click.exceptions.Exit):
            continue


def rule_files() -> Iterator[bytes]:
    """Rules of the kinds that need no other file."""
    yield RULES.encode()
    yield (ROOT / "examples" / "imdb_rules.toml").read_bytes()
    yield (ROOT / "examples" / "sms_spam" / "rules.toml").read_bytes()


def read_rules(content: bytes, folder: Path) -> None:
    """Rules, and their labels of some rows."""
    from reread.errors import RereadError  # noqa: PLC0415
    from reread.weak import label  # noqa: PLC0415

    path = folder / "rules.toml"
    path.write_bytes(content)
    try:
        label([row["text"] for row in ROWS], path, rows=ROWS)
    except RereadError:
        return


def label_files() -> Iterator[bytes]:
    """Labels of classes, several of them, numbers."""
    yield LABELS.encode()
    yield LABELS.replace('"good"', '["good", "bad"]').encode()
    yield LABELS.replace('"label": "good"', '"number": 1.5').encode()


def read_labels(content: bytes, folder: Path) -> None:
    """Labels as the page goes on with them, and as reread agree compares them."""
    from reread.errors import RereadError  # noqa: PLC0415
    from reread.label.agreement import compare  # noqa: PLC0415
    from reread.label.label_file import open_labels  # noqa: PLC0415
    from reread.label.questions.classes import Classes  # noqa: PLC0415

    path, other = folder / "labels.jsonl", folder / "other.jsonl"
    path.write_bytes(content)
    other.write_text(LABELS)
    for attempt in (lambda: opened(open_labels, path, Classes(["good", "bad"])), lambda: compare(path, other)):
        try:
            attempt()
        except RereadError:
            continue


def opened(open_labels: Callable[..., Any], path: Path, question: Any) -> None:
    """Open a label file and close it."""
    with open_labels(path, question):
        pass


def vector_files() -> Iterator[bytes]:
    """Two words in every format that is written."""
    import numpy as np  # noqa: PLC0415

    from reread.vectors.files import vector_formats, write_vectors  # noqa: PLC0415
    from reread.vectors.word_vectors import WordVectors  # noqa: PLC0415

    vectors = WordVectors(["warm", "电影"], np.array([[1, 2, 3], [0.5, -1, 0]], np.float32))
    for suffix in sorted({suffix for name in vector_formats for suffix in vector_formats.get(name).suffixes}):
        path = SCRATCH / f"seed{suffix}"
        write_vectors(vectors, path)
        yield path.read_bytes()
        path.unlink()
    yield b"warm 1 2 3\nfilm 0.5 -1 0\n"


def read_vector_file(content: bytes, folder: Path) -> None:
    """All words, and one."""
    from reread.errors import RereadError  # noqa: PLC0415
    from reread.vectors.files import read_vectors  # noqa: PLC0415

    path = folder / "vectors"
    path.write_bytes(content)
    for wanted in (None, {"warm"}):
        try:
            read_vectors(path, wanted)
        except RereadError:
            continue


TARGETS = {
    "rows": Target(row_files, read_rows),
    "folders": Target(folder_files, read_folder),
    "settings": Target(settings_files, read_settings),
    "rules": Target(rule_files, read_rules),
    "labels": Target(label_files, read_labels),
    "vectors": Target(vector_files, read_vector_file),
}


def fuzz(name: str, arguments: list[str]) -> None:
    """In this process, until it fails or its time is over; ends the process."""
    import atheris  # noqa: PLC0415

    target = TARGETS[name]
    with atheris.instrument_imports(include=["reread"]):
        import reread.apps.cli.commands.train  # noqa: PLC0415
        import reread.label.agreement  # noqa: PLC0415
        import reread.vectors.files  # noqa: F401, PLC0415

        list(target.seeds())  # imports what is imported late
    logging.disable()
    with tempfile.TemporaryDirectory(dir=SCRATCH) as folder:
        atheris.Setup([sys.argv[0], *arguments], lambda content: target.read(content, Path(folder)))
        atheris.Fuzz()


def run(name: str, minutes: float, keep: Path) -> dict[str, Any]:
    """Fuzz one target in a process of its own; its line for the record."""
    corpus = keep / name
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in [*TARGETS[name].seeds(), *DEEP]:
        (corpus / hashlib.sha256(seed).hexdigest()).write_bytes(seed)
    begun = time.monotonic()
    command = [
        sys.executable,
        __file__,
        name,
        "--alone",
        f"-max_total_time={round(60 * minutes)}",
        f"-artifact_prefix={keep}/{name}_failed_",
        *LIMITS,
        str(corpus),
    ]
    log = keep / f"{name}.log"
    with log.open("w") as stream:
        status = subprocess.run(command, stdout=stream, stderr=stream, check=False).returncode
    said = log.read_text(errors="replace")
    stats = dict(re.findall(r"stat::(\w+):\s+(\d+)", said))
    return {
        "target": name, "files": int(stats.get("number_of_executed_units", 0)), "seconds": round(time.monotonic() - begun), "failed": status != 0,
        "by": re.findall(r"Test unit written to (\S+)", said), "peak_mib": int(stats.get("peak_rss_mb", 0)), "kept": len(list(corpus.iterdir())),
    }  # fmt: skip


def main() -> None:
    """Fuzz the targets that were asked for, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", help=f"of {', '.join(TARGETS)}")
    parser.add_argument("--minutes", type=float, default=10, help="for each target")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "reread_fuzz")
    parser.add_argument("--file", type=Path, help="read this file alone")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    arguments, rest = parser.parse_known_args()
    if arguments.alone:
        fuzz(arguments.targets[0], [*rest, *arguments.targets[1:]])
    if arguments.file:
        with tempfile.TemporaryDirectory(dir=SCRATCH) as folder:
            TARGETS[arguments.targets[0]].read(arguments.file.read_bytes(), Path(folder))
        return
    from serve_load import write_table  # noqa: PLC0415

    from reread.machine import circumstances  # noqa: PLC0415

    failed = False
    for name in arguments.targets or TARGETS:
        line = run(name, arguments.minutes, arguments.keep) | circumstances()
        with RESULTS.open("a") as file:
            file.write(json.dumps(line) + "\n")
        print(
            f"{name}: {line['files']} files in {line['seconds']} s,",
            f"failed: {line['by']}" if line["failed"] else "nothing but our own errors",
            flush=True,
        )
        failed = failed or line["failed"]
    write_table("fuzz.py", table(), PAGE)
    raise SystemExit(failed)


def table() -> list[str]:
    """The table of docs/trust.md: the last run of each target."""
    last = {line["target"]: line for line in map(json.loads, RESULTS.read_text().splitlines())}
    rows = [
        f"| {name} | {line['files']:,} | {line['seconds'] / 60:.0f} | {'yes' if line['failed'] else 'none'} | {line['peak_mib']:,} |"
        for name, line in last.items()
    ]
    return [
        "| what is read | files | minutes | other errors than ours | peak memory, MiB |",
        "|---|---:|---:|---|---:|",
        *rows,
    ]


if __name__ == "__main__":
    main()
