from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from reread.data.datasets import Original
from reread.data.datasets.base import Dataset
from reread.data.datasets.emobank import EmoBank
from reread.data.datasets.goemotions import GoEmotions
from reread.data.datasets.imdb import Imdb
from reread.data.datasets.sms_spam import SmsSpam
from reread.data.datasets.thucnews_titles import ThucnewsTitles
from reread.data.datasets.twenty_newsgroups import TwentyNewsgroups
from reread.data.datasets.yelp import Yelp
from reread.errors import DataError

MakeTar = Callable[[Mapping[str, bytes]], bytes]


def parsed(dataset: Dataset, files: Mapping[str, bytes], folder: Path) -> dict[str, list[dict[str, Any]]]:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    splits = dataset.parse({name: folder / name for name in files})
    return {split: list(rows) for split, rows in splits.items()}


def test_imdb(imdb_archive: dict[str, bytes], tmp_path: Path) -> None:
    assert parsed(Imdb(), imdb_archive, tmp_path) == {
        "train": [
            {"text": "first", "label": "neg", "rating": 4, "id": 2, "movie": "tt0000102"},
            {"text": "last", "label": "neg", "rating": 1, "id": 10, "movie": "tt0000110"},
            {"text": "lovely", "label": "pos", "rating": 9, "id": 0, "movie": "tt0000021"},
        ],
        "test": [
            {"text": "Dull.<br /><br />Twice.", "label": "neg", "rating": 2, "id": 0, "movie": "tt0000011"},
            {"text": "Très bien \x85", "label": "pos", "rating": 10, "id": 0, "movie": "tt0000012"},
        ],
        "unsup": [
            {"text": "not me", "id": 0, "movie": "tt0000031"},
            {"text": "who knows", "id": 1, "movie": "tt0000032"},
        ],
    }


def test_imdb_without_its_list_of_movies(make_tar: MakeTar, tmp_path: Path) -> None:
    archive = {"aclImdb_v1.tar.gz": make_tar({"aclImdb/train/neg/0_1.txt": b"bad"})}

    with pytest.raises(DataError, match="no movie for review 0 of train/neg"):
        parsed(Imdb(), archive, tmp_path)


def test_20newsgroups_is_latin_1_in_the_order_of_file_names(make_tar: MakeTar, tmp_path: Path) -> None:
    archive = make_tar(
        {
            "20news-bydate-test/sci.med/7": b"From: a\n\ntest\r\n",
            "20news-bydate-train/sci.med/59": b"From: b\n\n\xe9t\xe9\x85",
            "20news-bydate-train/sci.med/100": b"x",
            "20news-bydate-train/alt.atheism/9": b"y",
        }
    )

    assert parsed(TwentyNewsgroups(), {"20news-bydate.tar.gz": archive}, tmp_path) == {
        "train": [
            {"text": "y", "label": "alt.atheism", "id": 9},
            {"text": "x", "label": "sci.med", "id": 100},
            {"text": "From: b\n\nété\x85", "label": "sci.med", "id": 59},
        ],
        "test": [{"text": "From: a\n\ntest\r\n", "label": "sci.med", "id": 7}],
    }


def sms_zip(content: bytes, name: str = "SMSSpamCollection") -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("readme", b"read me")
        archive.writestr(name, content)
    return raw.getvalue()


def sms(content: bytes) -> SmsSpam:
    checksum = f"sha256:{hashlib.sha256(content).hexdigest()}"
    original = SmsSpam.published[0]
    return SmsSpam(originals=(Original(original.name, original.url, contents={"SMSSpamCollection": checksum}),))


def test_sms_spam_splits_at_the_first_tab_and_only_at_line_feeds(tmp_path: Path) -> None:
    content = 'ham\t"Hi"\tyou\x85there\u2028x\nspam\tWIN\n'.encode()

    assert parsed(sms(content), {"sms+spam+collection.zip": sms_zip(content)}, tmp_path) == {
        "all": [{"text": '"Hi"\tyou\x85there\u2028x', "label": "ham"}, {"text": "WIN", "label": "spam"}]
    }


def test_sms_spam_checks_the_file_in_the_archive(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"SMSSpamCollection in sms\+spam\+collection.zip is damaged or has been changed"
    ):
        parsed(SmsSpam(), {"sms+spam+collection.zip": sms_zip(b"ham\tno\n")}, tmp_path)


def test_sms_spam_with_another_archive(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has no file SMSSpamCollection"):
        parsed(SmsSpam(), {"sms+spam+collection.zip": sms_zip(b"", "other.txt")}, tmp_path)


def test_sms_spam_without_a_tab(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="SMSSpamCollection, line 2: no tab"):
        parsed(sms(b"ham\tyes\nno\n"), {"sms+spam+collection.zip": sms_zip(b"ham\tyes\nno\n")}, tmp_path)


def test_thucnews_titles(tmp_path: Path) -> None:
    files = {"train.txt": "体验2D巅峰\t8\n".encode(), "dev.txt": "考研\t3".encode(), "test.txt": b"NBA\t7\r\n"}

    assert parsed(ThucnewsTitles(), files, tmp_path) == {
        "train": [{"text": "体验2D巅峰", "label": "game"}],
        "dev": [{"text": "考研", "label": "education"}],
        "test": [{"text": "NBA", "label": "sports"}],
    }


def test_thucnews_titles_with_an_unknown_class(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r'train\.txt, line 2: the class is "10", expected 0 to 9'):
        parsed(ThucnewsTitles(), {"train.txt": b"a\t9\nb\t10\n", "dev.txt": b"", "test.txt": b""}, tmp_path)


def test_emobank(tmp_path: Path) -> None:
    content = (
        'id,split,V,A,D,text\na_1,train,3.0,2.88,3.2,"She said ""no"", twice"\nb,test,4.0,3,1.2,Yes\nc,dev,1,2,3,..\n'
    )

    splits = parsed(EmoBank(), {"emobank.csv": content.encode()}, tmp_path)

    assert splits["train"] == [
        {"text": 'She said "no", twice', "target": 3.0, "valence": 3.0, "arousal": 2.88, "dominance": 3.2, "id": "a_1"}
    ]
    assert [row["id"] for split in ("dev", "test") for row in splits[split]] == ["c", "b"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ('"id","V","A","D","text"\n', "line 1: the columns are"),
        ("id,split,V,A,D,text\na,train,x,2,3,t\n", 'line 2: a rating is "x", expected a number'),
        ("id,split,V,A,D,text\na,valid,1,2,3,t\n", 'line 2: the split is "valid", expected train, dev, test'),
        ("id,split,V,A,D,text\na,train\n", "line 2: expected 6 fields"),
        ("id,split,V,A,D,text\na,train,1,2,3,a, b\n", "line 2: expected 6 fields"),
    ],
)
def test_emobank_of_another_form(tmp_path: Path, content: str, problem: str) -> None:
    with pytest.raises(DataError, match=problem):
        parsed(EmoBank(), {"emobank.csv": content.encode()}, tmp_path)


def test_goemotions_has_lists_of_labels_and_quoted_texts(tmp_path: Path) -> None:
    train = 'Fine, thanks\t15,27\ted1\n"He said ""no"""\t3\ted2\n'
    files = {"train.tsv": train.encode(), "dev.tsv": b"a\t0\tx\n", "test.tsv": b"b\t27\ty\n"}

    assert parsed(GoEmotions(), files, tmp_path) == {
        "train": [
            {"text": "Fine, thanks", "label": ["gratitude", "neutral"], "id": "ed1"},
            {"text": 'He said "no"', "label": ["annoyance"], "id": "ed2"},
        ],
        "dev": [{"text": "a", "label": ["admiration"], "id": "x"}],
        "test": [{"text": "b", "label": ["neutral"], "id": "y"}],
    }


@pytest.mark.parametrize(("line", "problem"), [(b"a\t0\n", "2 fields"), (b"a\t28\tx\n", 'the labels are "28"')])
def test_goemotions_of_another_form(tmp_path: Path, line: bytes, problem: str) -> None:
    with pytest.raises(DataError, match=f"train.tsv, line 1: {problem}"):
        parsed(GoEmotions(), {"train.tsv": line, "dev.tsv": b"", "test.tsv": b""}, tmp_path)


def yelp(path: Path) -> dict[str, list[dict[str, Any]]]:
    splits = Yelp().parse({"yelp_academic_dataset_review.json": path})
    return {split: list(rows) for split, rows in splits.items()}


def review(number: int) -> dict[str, Any]:
    return {
        "review_id": f"r{number}",
        "stars": float(number % 5 + 1),
        "date": "2018-07-07",
        "text": f"Review {number // 2}",
    }


def test_yelp_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "yelp_academic_dataset_review.json.gz"
    path.write_bytes(gzip.compress("".join(json.dumps(review(n)) + "\n" for n in range(200)).encode(), mtime=0))

    splits = yelp(path)

    texts = {split: {row["text"] for row in rows} for split, rows in splits.items()}
    assert sum(map(len, splits.values())) == 200
    assert not texts["train"] & texts["test"]
    assert 20 < len(splits["test"]) < 80
    row = next(row for rows in splits.values() for row in rows if row["review_id"] == "r7")
    assert row == {
        "text": "Review 3",
        "label": "3",
        "stars": 3,
        "source": "open_dataset",
        "review_id": "r7",
        "date": "2018-07-07",
    }


def test_yelp_csv(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    path.write_text("stars,text\n" + "".join(f'{n % 5 + 1},"Good, {n}"\n' for n in range(40)), encoding="utf-8")

    rows = [row for rows in yelp(path).values() for row in rows]

    assert len(rows) == 40
    assert {row["label"] for row in rows} == {"1", "2", "3", "4", "5"}
    assert {row["review_id"] for row in rows} == {None}


@pytest.mark.parametrize("stars", ["0", "4.5", "six", "nan", ""])
def test_yelp_with_other_stars(tmp_path: Path, stars: str) -> None:
    path = tmp_path / "reviews.csv"
    path.write_text(f"text,stars\nfine,{stars}\n", encoding="utf-8")

    with pytest.raises(DataError, match=f'line 2: the stars are "{stars}", expected 1, 2, 3, 4 or 5'):
        yelp(path)


def test_yelp_without_stars(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    path.write_text("text,label\nfine,5\n", encoding="utf-8")

    with pytest.raises(DataError, match='no column "stars"'):
        yelp(path)


def test_yelp_with_a_torn_line(tmp_path: Path) -> None:
    path = tmp_path / "reviews.jsonl"
    path.write_text(json.dumps(review(1)) + "\n{\n", encoding="utf-8")

    with pytest.raises(DataError, match="line 2"):
        yelp(path)
