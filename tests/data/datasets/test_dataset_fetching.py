from __future__ import annotations

import hashlib
import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reread.data.datasets import Dataset, datasets, fetch, fetch_dataset, list_datasets
from reread.data.datasets.emobank import EmoBank
from reread.data.datasets.goemotions import GoEmotions
from reread.data.datasets.imdb import Imdb
from reread.data.datasets.thucnews_titles import ThucnewsTitles
from reread.errors import ConfigError, DataError, MissingExtraError

NOBODY = "http://127.0.0.1:9"  # the discard port: nothing answers

Small = Callable[..., Dataset]


@pytest.fixture
def imdb(small: Small, imdb_archive: dict[str, bytes], mirror: Any) -> Dataset:
    mirror.put("imdb", imdb_archive)
    return small(Imdb, imdb_archive, {"train": 3, "test": 2, "unsup": 2})


def test_every_split_is_a_file_of_the_cache_and_nothing_else_is_left(
    imdb: Dataset, mirror: Any, tmp_path: Path
) -> None:
    files = fetch_dataset(imdb, folder=tmp_path / "cache", base_url=mirror.base_url)

    folder = tmp_path / "cache" / "imdb"
    assert files == {split: folder / f"{split}.jsonl.gz" for split in ("train", "test", "unsup")}
    assert mirror.asked == ["/imdb/aclImdb_v1.tar.gz"]
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["imdb"]
    assert {path.name for path in folder.iterdir()} == {*(f.name for f in files.values()), "about.json", "SHA256SUMS"}


def test_sums_are_those_of_the_files_and_about_tells_what_they_are(imdb: Dataset, mirror: Any, tmp_path: Path) -> None:
    fetch_dataset(imdb, folder=tmp_path, base_url=mirror.base_url)

    lines = (tmp_path / "imdb" / "SHA256SUMS").read_text().splitlines()
    assert len(lines) == 4
    for line in lines:
        digest, file = line.split("  ")
        assert hashlib.sha256((tmp_path / "imdb" / file).read_bytes()).hexdigest() == digest
    about = json.loads((tmp_path / "imdb" / "about.json").read_text(encoding="utf-8"))
    assert about["rows"] == {"train": 3, "test": 2, "unsup": 2}
    assert about["origin"] == f"{mirror.base_url}/imdb/aclImdb_v1.tar.gz"
    assert about["licence"] == Imdb.licence


def test_what_the_cache_holds_needs_no_network(
    imdb: Dataset, mirror: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = fetch_dataset(imdb, folder=tmp_path, base_url=mirror.base_url)
    monkeypatch.setitem(sys.modules, "pooch", None)

    assert fetch_dataset(imdb, folder=tmp_path, base_url=NOBODY) == first
    assert len(mirror.asked) == 1


def test_the_same_rows_make_the_same_bytes(imdb: Dataset, mirror: Any, tmp_path: Path) -> None:
    once = fetch_dataset(imdb, folder=tmp_path / "a", base_url=mirror.base_url)
    again = fetch_dataset(imdb, folder=tmp_path / "b", base_url=mirror.base_url)

    assert [path.read_bytes() for path in once.values()] == [path.read_bytes() for path in again.values()]


@pytest.mark.parametrize("file", ["train.jsonl.gz", "about.json", "SHA256SUMS"])
def test_a_damaged_cache_is_fetched_again(
    imdb: Dataset, mirror: Any, tmp_path: Path, file: str, caplog: pytest.LogCaptureFixture
) -> None:
    fetch_dataset(imdb, folder=tmp_path, base_url=mirror.base_url)
    path = tmp_path / "imdb" / file
    whole = path.read_bytes()
    path.write_bytes(b"x" + whole[1:])

    fetch_dataset(imdb, folder=tmp_path, base_url=mirror.base_url)

    assert path.read_bytes() == whole
    assert len(mirror.asked) == 2


def test_a_damaged_file_of_the_cache_is_logged(
    imdb: Dataset, mirror: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fetch_dataset(imdb, folder=tmp_path, base_url=mirror.base_url)
    (tmp_path / "imdb" / "test.jsonl.gz").write_bytes(b"")

    fetch_dataset(imdb, folder=tmp_path, base_url=mirror.base_url)

    assert [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING] == [
        f"imdb: test.jsonl.gz in {tmp_path / 'imdb'} is damaged; fetching it again"
    ]


def test_a_missing_file_of_the_cache_is_fetched_again(imdb: Dataset, mirror: Any, tmp_path: Path) -> None:
    files = fetch_dataset(imdb, folder=tmp_path, base_url=mirror.base_url)
    files["unsup"].unlink()

    fetch_dataset(imdb, folder=tmp_path, base_url=mirror.base_url)

    assert files["unsup"].is_file()


def failure(dataset: Dataset, tmp_path: Path, **options: Any) -> str:
    with pytest.raises(DataError) as caught:
        fetch_dataset(dataset, folder=tmp_path / "cache", **options)
    folder = tmp_path / "cache"
    assert not folder.exists() or not list(folder.iterdir())
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_wrong_checksum_is_refused(imdb_archive: dict[str, bytes], mirror: Any, tmp_path: Path) -> None:
    mirror.put("imdb", imdb_archive)

    message = failure(Imdb(), tmp_path, base_url=mirror.base_url)

    assert message.startswith(f"aclImdb_v1.tar.gz from {mirror.base_url}/imdb/aclImdb_v1.tar.gz is damaged")
    assert message.endswith("expected 7c2ac02c03563afcf9b574c7e56c153a")


@pytest.mark.parametrize("part", [slice(0, 200), slice(0, -200), slice(40, None), slice(0, 0)])
def test_a_damaged_archive_is_one_line(
    small: Small, imdb_archive: dict[str, bytes], mirror: Any, tmp_path: Path, part: slice
) -> None:
    damaged = {name: content[part] for name, content in imdb_archive.items()}
    mirror.put("imdb", damaged)

    message = failure(small(Imdb, damaged), tmp_path, base_url=mirror.base_url)

    assert message.startswith('"imdb": an original file is damaged or not the published one: ')


def test_no_such_file_on_the_server(mirror: Any, tmp_path: Path) -> None:
    message = failure(EmoBank(), tmp_path, base_url=mirror.base_url)

    assert f"cannot download {mirror.base_url}/emobank/emobank.csv (HTTP 404)" in message


def test_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    message = failure(EmoBank(), tmp_path, base_url=NOBODY)

    assert message.startswith(f"cannot download {NOBODY}/emobank/emobank.csv (ConnectionError)")


def test_a_failed_fetch_leaves_the_cached_copy_as_it_was(imdb: Dataset, mirror: Any, tmp_path: Path) -> None:
    files = fetch_dataset(imdb, folder=tmp_path, base_url=mirror.base_url)
    before = files["train"].read_bytes()
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "aclImdb_v1.tar.gz").write_bytes(b"nothing")

    with pytest.raises(DataError, match="is damaged or has been changed"):
        fetch_dataset(imdb, folder=tmp_path, source=tmp_path / "bad")

    assert fetch_dataset(imdb, folder=tmp_path, base_url=NOBODY) == files
    assert files["train"].read_bytes() == before


def test_a_row_count_other_than_the_published_one_is_refused(
    small: Small, imdb_archive: dict[str, bytes], mirror: Any, tmp_path: Path
) -> None:
    mirror.put("imdb", imdb_archive)

    message = failure(small(Imdb, imdb_archive, Imdb.published_rows), tmp_path, base_url=mirror.base_url)

    assert message.endswith("has 3 rows in train, expected 25,000")


def test_downloading_needs_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pooch", None)
    monkeypatch.setitem(sys.modules, "pooch.downloaders", None)

    with pytest.raises(
        MissingExtraError, match=r'downloading a data set needs an extra: pip install "reread\[train\]"'
    ):
        fetch("emobank", folder=tmp_path, base_url=NOBODY)


def test_yelp_is_never_downloaded(tmp_path: Path) -> None:
    message = failure(datasets.get("yelp")(), tmp_path, base_url=NOBODY)

    assert message.startswith('"yelp" cannot be downloaded under its terms: get yelp_academic_dataset_review.json at ')


def test_an_unknown_name_suggests_one() -> None:
    with pytest.raises(ConfigError, match='Did you mean "imdb"'):
        fetch("imbd")


class Bar:
    total = 0

    def __init__(self) -> None:
        self.seen = 0
        self.closed = False

    def update(self, amount: int) -> None:
        self.seen += amount

    def reset(self) -> None:
        self.seen = 0

    def close(self) -> None:
        self.closed = True


def test_progress_is_told_of_the_bytes(
    imdb: Dataset, imdb_archive: dict[str, bytes], mirror: Any, tmp_path: Path
) -> None:
    bar = Bar()

    fetch_dataset(imdb, folder=tmp_path, base_url=mirror.base_url, progress=bar)

    assert bar.closed
    assert bar.seen == bar.total == len(imdb_archive["aclImdb_v1.tar.gz"])


@pytest.mark.parametrize("inside", ["", "imdb"])
def test_original_files_in_a_folder(
    imdb: Dataset, imdb_archive: dict[str, bytes], mirror: Any, tmp_path: Path, inside: str
) -> None:
    (tmp_path / "mine" / inside).mkdir(parents=True)
    (tmp_path / "mine" / inside / "aclImdb_v1.tar.gz").write_bytes(imdb_archive["aclImdb_v1.tar.gz"])

    fetch_dataset(imdb, folder=tmp_path / "cache", source=tmp_path / "mine")

    assert not mirror.asked


def test_the_one_original_file_itself(imdb: Dataset, imdb_archive: dict[str, bytes], tmp_path: Path) -> None:
    (tmp_path / "download.bin").write_bytes(imdb_archive["aclImdb_v1.tar.gz"])

    assert "train" in fetch_dataset(imdb, folder=tmp_path / "cache", source=tmp_path / "download.bin")


def test_a_folder_without_the_set_says_what_would_be_right(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()

    message = failure(GoEmotions(), tmp_path, source=tmp_path / "mine")

    assert message.endswith("expected goemotions/train.parquet or train.tsv there")


def parquet(path: Path, columns: dict[str, list[Any]]) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    path.parent.mkdir(parents=True, exist_ok=True)
    pytest.importorskip("pyarrow.parquet").write_table(pyarrow.table(columns), path)


def test_parquet_copies(
    tmp_path: Path, rows_of: Callable[[Path], list[dict[str, Any]]], caplog: pytest.LogCaptureFixture
) -> None:
    for split in ("train", "dev", "test"):
        columns = {"text": [f"{split} one", "two"], "label": [["joy", "love"], ["neutral"]], "id": ["a", "b"]}
        parquet(tmp_path / "goemotions" / f"{split}.parquet", columns)

    files = fetch("goemotions", folder=tmp_path / "cache", source=tmp_path)

    assert rows_of(files["dev"]) == [
        {"text": "dev one", "label": ["joy", "love"], "id": "a"},
        {"text": "two", "label": ["neutral"], "id": "b"},
    ]
    assert "has 2 rows in train, expected 43,410 as published" in caplog.text


def test_unlabelled_parquet_copies_have_fewer_columns(tmp_path: Path) -> None:
    labelled = {"text": ["a"], "label": ["pos"], "rating": [9], "id": [0], "movie": ["tt1"]}
    for split in ("train", "test"):
        parquet(tmp_path / "imdb" / f"{split}.parquet", labelled)
    parquet(tmp_path / "imdb" / "unsup.parquet", {"text": ["b"], "id": [0], "movie": ["tt2"]})

    assert len(fetch("imdb", folder=tmp_path / "cache", source=tmp_path)) == 3


def test_parquet_copies_without_a_column_are_refused(tmp_path: Path) -> None:
    parquet(tmp_path / "mine" / "sms_spam" / "all.parquet", {"text": ["hello"]})

    message = failure(datasets.get("sms_spam")(), tmp_path, source=tmp_path / "mine")

    assert message.endswith('all.parquet has no column "label": expected text, label')


def test_damaged_parquet_copies_are_refused(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    (tmp_path / "mine" / "sms_spam").mkdir(parents=True)
    (tmp_path / "mine" / "sms_spam" / "all.parquet").write_bytes(b"PAR1 and nothing else")

    assert "all.parquet" in failure(datasets.get("sms_spam")(), tmp_path, source=tmp_path / "mine")


def test_parquet_copies_need_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sms_spam").mkdir()
    (tmp_path / "sms_spam" / "all.parquet").write_bytes(b"PAR1")
    for module in ("pyarrow", "pyarrow.parquet"):
        monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(MissingExtraError, match=r"reread\[parquet\]"):
        fetch("sms_spam", folder=tmp_path / "cache", source=tmp_path)


def test_parquet_copies_of_some_splits_are_refused(tmp_path: Path) -> None:
    parquet(tmp_path / "mine" / "goemotions" / "train.parquet", {"text": ["a"], "label": [["joy"]], "id": ["a"]})

    message = failure(GoEmotions(), tmp_path, source=tmp_path / "mine")

    assert message.endswith("dev.parquet is missing")


def test_the_list_says_what_is_cached(tmp_path: Path) -> None:
    for split in ("train", "dev", "test"):
        parquet(tmp_path / "thucnews_titles" / f"{split}.parquet", {"text": ["标题"], "label": ["game"]})
    fetch("thucnews_titles", folder=tmp_path / "cache", source=tmp_path)

    listed = {entry["name"]: entry for entry in list_datasets(tmp_path / "cache")}

    assert sorted(listed) == ["20newsgroups", "emobank", "goemotions", "imdb", "sms_spam", "thucnews_titles", "yelp"]
    assert [name for name, entry in listed.items() if entry["cached"]] == ["thucnews_titles"]
    assert listed["thucnews_titles"]["rows"] == {"train": 1, "dev": 1, "test": 1}
    assert listed["imdb"]["published_rows"] == {"train": 25_000, "test": 25_000, "unsup": 50_000}
    assert [name for name, entry in listed.items() if not entry["download"]] == ["yelp"]
    json.dumps(list(listed.values()))


def test_listing_touches_nothing(tmp_path: Path) -> None:
    list_datasets(tmp_path / "cache")

    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("name", list(datasets))
def test_what_a_data_set_declares_holds_together(name: str) -> None:
    kind = datasets.get(name)

    assert kind.name == name
    assert kind.columns[0] == "text"
    assert set(kind.published_rows) <= set(kind.splits)
    assert set(kind.unlabelled) <= set(kind.splits)
    assert kind.homepage.startswith("http")
    assert kind.description
    assert kind.licence
    for original in kind.published:
        for checksum in [original.checksum, *original.contents.values()]:
            algorithm, _, digits = (checksum or "").partition(":")
            assert len(digits) == {"md5": 32, "sha256": 64, "": 0}[algorithm]


def test_only_the_train_titles_are_without_a_checksum() -> None:
    assert [original.name for original in ThucnewsTitles.published if original.checksum is None] == ["train.txt"]
