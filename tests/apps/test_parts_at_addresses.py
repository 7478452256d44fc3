"""`reread predict` from and to an object store: a real server of the S3 protocol on this machine."""

from __future__ import annotations

import csv
import io
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest

from support.command_line import Command

TEXTS = [f"a {kind} film, number {number}" for number in range(10) for kind in ("lovely", "dull")]
SERVER = "from moto.server import main; main(['-H', '127.0.0.1', '-p', '{port}'])"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a server that this module starts and stops."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-c", SERVER.format(port=port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            for _ in range(600):
                with socket.socket() as client:
                    if client.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()


@pytest.fixture
def store(address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The object store, with three parts in the bucket ``reviews``."""
    for name, value in {
        "AWS_ENDPOINT_URL": address, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    files = fsspec.filesystem("s3", use_listings_cache=False)
    files.makedirs("reviews", exist_ok=True)
    for number in range(3):
        with files.open(f"reviews/in/part-{number}.csv", "w") as file:
            file.write("id,text\n" + "".join(f'{number}-{k},"{text}"\n' for k, text in enumerate(TEXTS)))
    yield files
    files.rm("reviews", recursive=True)


def results(files: Any, folder: str) -> list[str]:
    """What was answered, without the file that says what was asked."""
    return sorted(place for place in files.find(folder) if not Path(place).name.startswith("."))


def ids(files: Any, folder: str) -> list[str]:
    found = []
    for place in results(files, folder):
        found += [row["id"] for row in csv.DictReader(io.StringIO(files.cat_file(place).decode()))]
    return found


@pytest.mark.usefixtures("work")
def test_parts_in_an_object_store_are_answered_there(store: Any, reread: Command) -> None:
    outcome = reread("predict model.reread s3://reviews/in -o s3://reviews/out")
    assert (outcome.code, outcome.err) == (0, "60 rows of 3 parts answered in s3://reviews/out\n")
    assert [Path(place).name for place in results(store, "reviews/out")] == [
        f"part-{number}.csv" for number in range(3)
    ]
    assert ids(store, "reviews/out") == [f"{number}-{k}" for number in range(3) for k in range(20)]
    store.rm("reviews/out/part-1.csv")
    before = store.info("reviews/out/part-0.csv")["LastModified"]
    again = reread("predict model.reread s3://reviews/in/*.csv -o s3://reviews/out")
    assert again.err == "20 rows of 1 part answered in s3://reviews/out; 2 parts there before\n"
    assert store.info("reviews/out/part-0.csv")["LastModified"] == before
    assert len(ids(store, "reviews/out")) == 60


@pytest.mark.usefixtures("work")
def test_between_an_object_store_and_a_folder(store: Any, reread: Command) -> None:
    assert reread("predict model.reread s3://reviews/in/part-0.csv -o here --quiet").code == 0
    assert [path.name for path in Path("here").glob("*.csv")] == ["part-0.csv"]
    assert reread("predict model.reread here -o s3://reviews/there --quiet").code == 2  # it has answers already
    Path("here/part-0.csv").write_text("text\nlovely\n")
    assert reread("predict model.reread here -o s3://reviews/there --quiet").code == 0
    assert store.exists("reviews/there/part-0.csv")
    assert reread("predict model.reread s3://reviews/in -o s3://reviews/in/answers --quiet").code == 0
    assert reread("predict model.reread s3://reviews/in -o s3://reviews/in/answers").err.startswith("all of ")
    assert (
        reread("predict model.reread s3://reviews/in -o s3://reviews/in/more --quiet").code == 0
    )  # answers are no data
    assert "s3://reviews: holds the data" in reread("predict model.reread s3://reviews/in -o s3://reviews").err


@pytest.mark.usefixtures("work", "store")
def test_who_has_no_right_is_told_so(reread: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    fsspec.filesystem("s3").clear_instance_cache()
    outcome = reread("predict model.reread s3://reviews/in -o out")
    fsspec.filesystem("s3").clear_instance_cache()
    assert (outcome.code, outcome.err) == (
        2,
        "reread: s3://reviews/in: cannot be reached (Unable to locate credentials)\n",
    )


@pytest.mark.usefixtures("work", "store")
@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("s3://reviews/none -o out", "s3://reviews/none: no files with rows are there"),
        ("s3://nobody/in -o out", "s3://nobody/in: "),
        ("s3://reviews/in -o s3://reviews/*", "s3://reviews/*: is a pattern; name one address"),
        ("nothing://reviews/in -o out", "nothing://reviews/in: cannot be reached (Protocol not known: nothing)"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(command: str, message: str, reread: Command) -> None:
    outcome = reread(f"predict model.reread {command}")
    assert (outcome.code, len(outcome.err.splitlines())) == (2, 1)
    assert outcome.err.startswith(f"reread: {message}")


def test_killed_and_run_again_every_row_is_there_once(store: Any, work: Path, reread: Command) -> None:
    command = [sys.executable, "-c", "from reread.apps.cli import main; main()"]
    arguments = ["predict", "model.reread", "s3://reviews/in", "-o", "s3://reviews/killed", "--quiet"]
    with subprocess.Popen([*command, *arguments], cwd=work, env=dict(os.environ)) as process:
        while process.poll() is None and not results(store, "reviews/killed"):
            time.sleep(0.01)
        process.kill()
    assert reread(" ".join(arguments)).code == 0
    assert ids(store, "reviews/killed") == [f"{number}-{k}" for number in range(3) for k in range(20)]
