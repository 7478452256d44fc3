"""`reread vectors train`, `reread vectors neighbours`, and `reread train` that starts from vectors."""

from __future__ import annotations

import gzip
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from reread.vectors.corpus import CorpusWriter
from reread.vectors.files import read_vectors
from reread.vectors.word_vectors import WordVectors
from support.command_line import TINY, Command
from support.glove_package import GLOVE_WORDS, lay_package
from support.meadow import MEADOW, meadow

SURE = "--epochs 15 --dim 12 --min-count 1 --deterministic --sample 0 --set vectors.learning_rate=0.05"
TRAIN = f"train good.csv -o x.reread --no-baseline --model rnn {TINY}"


def lay(name: str, *lines: str) -> None:
    Path(name).write_text("\n".join([*lines, ""]), encoding="utf-8")


def config(folder: str = "x.reread") -> Any:
    return json.loads(Path(folder, "config.json").read_text(encoding="utf-8"))


def weights(folder: str = "x.reread") -> bytes:
    return Path(folder, "weights.safetensors").read_bytes()


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REREAD_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_rows_that_cannot_be_read_are_named_together(here: Path, reread: Command) -> None:
    lay("one.csv", "id,text", *(f"{k},a good film" for k in range(5)), "5,a,b", "6")
    lay("two.csv", "id,text", *(f"{k},a,good,film" for k in range(6)))
    outcome = reread("vectors train one.csv two.csv -o w.txt")
    assert outcome.code == 2
    (message,) = [line for line in outcome.err.splitlines() if line.startswith("reread: ")]
    assert message.startswith("reread: one.csv, line 7: has 3 columns where the header has 2; line 8: has 1 column")
    assert "; two.csv, line 2: has 4 columns" in message
    assert message.endswith("; and 3 more bad rows; correct them")
    assert not Path("w.txt").exists()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("suffix", [".safetensors", ".txt", ".bin"])
def test_train_and_look_at_the_neighbours(language: str, suffix: str, here: Path, reread: Command) -> None:
    sentences = meadow(language=language)
    lay("one.txt", *(" ".join(sentence) for sentence in sentences[:700]), "", "  ")
    with gzip.open("two.csv.gz", "wt", encoding="utf-8") as file:
        file.write("id,review\n" + "".join(f"{k},{' '.join(sentence)}\n" for k, sentence in enumerate(sentences[700:])))
    more = "--set text.segmenter=characters" if language == "zh" else ""
    outcome = reread(f"vectors train one.txt two.csv.gz -o w{suffix} --json {SURE} {more}")
    assert outcome.code == 0
    assert f"(language: {language})" in outcome.err
    assert "cbow, since the corpus has fewer than" in outcome.err
    assert "9,000 tokens, 16 words that occur at least 1 time; 1 worker" in outcome.err
    assert "2 rows without a text skipped" in outcome.err
    facts = json.loads(outcome.out)
    found = {"vectors": f"w{suffix}", "words": 16, "dim": 12, "texts": 1500, "tokens": 9000, "algorithm": "cbow"}
    assert facts | found == facts
    assert facts["checksum"] == read_vectors(f"w{suffix}").checksum()
    word, *others = MEADOW[language][0]
    near = json.loads(reread(f"vectors neighbours w{suffix} {word} -n 7 --json").out)["neighbours"]
    assert {item["word"] for item in near} == set(others)
    assert 1 >= near[0]["cosine"] >= near[-1]["cosine"]
    shown = reread(f"vectors neighbours w{suffix} {word} -n 7").out.splitlines()
    assert [line.split() for line in shown[1:]] == [[item["word"], f"{item['cosine']:.4f}"] for item in near]


def test_what_a_file_says_of_its_making(here: Path, reread: Command) -> None:
    lay("d.txt", *(" ".join(sentence) for sentence in meadow(100)))
    options = "--algorithm skip_gram --dim 7 --window 3 --negative 4 --epochs 2 --min-count 2 --sample 0.01 --seed 9"
    assert reread(f"vectors train d.txt {options} --hierarchical-softmax --threads 1 --quiet").err == ""
    found = read_vectors("d.safetensors")
    assert found.dim == 7
    expected = {
        "algorithm": "skip_gram", "window": 3, "negative": 4, "epochs": 2, "min_count": 2, "sample": 0.01, "seed": 9,
        "hierarchical_softmax": True, "workers": 1, "ngrams": False,
    }  # fmt: skip
    assert found.meta | expected == found.meta
    assert found.meta["text"]["segmenter"] == "words"


@pytest.mark.parametrize("more", ["", "--reduce 4"])
def test_n_grams_stay_in_the_file(more: str, here: Path, reread: Command) -> None:
    lay("d.txt", *(" ".join(sentence) for sentence in meadow(100)))
    assert reread(f"vectors train d.txt --ngrams --dim 6 --epochs 1 --threads 1 {more}").code == 0
    found = reread("vectors neighbours d.safetensors cats -n 2")
    assert found.code == 0
    assert len(found.out.splitlines()) == 3


def test_train_starts_from_word2vec_of_its_own_and_of_unlabelled_texts(work: Path, reread: Command) -> None:
    lay("more.txt", *(["a lovely, tedious film about nothing"] * 30), "")
    lay("more.jsonl", *(['{"review": "dim and dull and moving"}'] * 10), '{"review": " "}')
    command = (
        f"{TRAIN} --vectors word2vec --unlabelled more.txt --unlabelled more.jsonl --set vectors.deterministic=true"
    )
    outcome = reread(command)
    assert outcome.code == 0
    assert "word2vec: cbow" in outcome.err
    assert "word vectors for" in outcome.err
    assert "2 unlabelled rows without a text skipped" in outcome.err
    found = config()["vectors"]
    assert found["source"] == "word2vec"
    assert found["tokens"] > 40 * 5
    assert found["words_with_vector"][0][0] == found["words_with_vector"][0][1]
    assert len(found["checksum"]) == 64
    options = tomllib.loads(Path("x.reread/run.toml").read_text(encoding="utf-8"))
    assert (options["vectors"], options["unlabelled"]) == ("word2vec", ["more.txt", "more.jsonl"])
    assert reread("train good.csv -o y.reread --config x.reread/run.toml").code == 0
    assert weights("y.reread") == weights()
    assert reread("verify x.reread").code == 0
    assert not Path("x.reread.partial").exists()


def test_vectors_that_time_cut_short_are_made_again_by_the_run_s_options(
    work: Path, reread: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reread.vectors.word2vec.CorpusWriter", lambda folder: CorpusWriter(folder, 50))
    monkeypatch.setattr("reread.pipeline.vectors.SHARE", 0.0)
    command = f"{TRAIN.replace('-o x.reread', '')} --vectors word2vec --set vectors.deterministic=true"
    assert "word2vec: out of time after" in reread(f"{command} -o cut.reread --minutes 5").err
    options = tomllib.loads(Path("cut.reread/run.toml").read_text(encoding="utf-8"))
    assert any(setting.startswith("vectors.trained_tokens=") for setting in options["set"])
    assert reread("train good.csv --config cut.reread/run.toml -o again.reread").code == 0
    assert weights("again.reread") == weights("cut.reread")


def test_train_starts_from_a_file_and_leaves_it_as_it_is(work: Path, reread: Command) -> None:
    lay("v.txt", "3 4", "lovely 1 2 3 4", "dull -1 -2 -3 -4", "elsewhere 0 0 0 0")
    outcome = reread(f"{TRAIN} --vectors v.txt --freeze-vectors")
    assert outcome.code == 0
    assert "word vectors for 2 of" in outcome.err
    assert ", frozen" in outcome.err
    found = config()["vectors"]
    assert (found["source"], found["frozen"], found["words_with_vector"][0][0]) == ("v.txt", True, 2)
    assert str(work) not in json.dumps(config())
    assert len(found["sha256"]) == 64


def test_train_starts_from_named_vectors_and_takes_their_length(
    work: Path, reread: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_package(work / "packages", monkeypatch)
    short = TRAIN.replace(" --set model.embedding_dim=4", "")
    outcome = reread(f"{short} --vectors glove-50d")
    assert outcome.code == 0, outcome.err
    assert re.search(r"word vectors for \d of \d+ words of the vocabulary", outcome.err)
    assert config()["model"]["embedding_dim"] == 50
    found = config()["vectors"]
    assert (found["source"], found["licence"]) == ("glove-50d", "PDDL 1.0")
    assert reread("train good.csv --config x.reread/run.toml -o again.reread").code == 0
    assert weights("again.reread") == weights()
    near = reread("vectors neighbours glove-50d film -n 2 --json")
    assert [item["word"] in GLOVE_WORDS for item in json.loads(near.out)["neighbours"]] == [True, True]
    shown = reread("vectors list").out
    assert re.search(r"glove-50d +en +50 +yes +76 MB", shown)


def test_ctrl_c_keeps_the_vectors_and_resume_does_not_train_them_again(
    work: Path, reread: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay("more.txt", *(["a lovely, tedious film about nothing"] * 30))
    lay("other.txt", *(["a book that nobody reads twice"] * 30))
    command = f"{TRAIN} --vectors word2vec --threads 2 --unlabelled more.txt"
    with monkeypatch.context() as patch:
        patch.setattr("reread.train.loop.Trainer.run", interrupt)
        stopped = reread(command)
    assert stopped.code == 130
    assert stopped.err.splitlines()[-1] == (
        "reread: interrupted; x.reread.partial keeps the word vectors, no step of training yet: "
        "the same command with --resume continues from there"
    )
    assert {path.name for path in Path("x.reread.partial").iterdir()} == {"run.json", "vectors.safetensors"}
    kept: WordVectors = read_vectors("x.reread.partial/vectors.safetensors")
    refused = reread(f"{command} --resume --set vectors.window=3")
    assert "--resume: --set vectors.window=3 differs from the interrupted run's 5" in refused.err
    refused = reread(f"{command} --resume --unlabelled other.txt")
    assert "--resume: --unlabelled differs from the interrupted run; use its options" in refused.err
    Path("x.reread.partial/.tmpAbC123").touch()  # of safetensors, killed while it wrote
    monkeypatch.setattr("reread.pipeline.vectors.train_word2vec", interrupt)
    resumed = reread(f"{command} --resume")
    assert resumed.code == 0
    assert "the word vectors were made before\n" in resumed.err
    (words,) = json.loads(Path("x.reread/vocabulary.json").read_text(encoding="utf-8"))
    assert config()["vectors"]["checksum"] == kept.restricted(words).checksum()
    assert not Path("x.reread.partial").exists()


def interrupt(*_: Any, **__: Any) -> Any:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("vectors neighbours v.txt nothing", '"nothing" has no vector; expected a word of the texts'),
        ("vectors neighbours absent.bin word", "absent.bin: no such file of word vectors"),
        ("vectors neighbours good.csv word", "good.csv: holds no word vectors in a known format"),
        ("vectors train good.csv -o v.txt", "v.txt exists; choose another file with -o or pass --overwrite"),
        ("vectors train good.csv -o w.csv", 'w.csv: word vectors are not written as ".csv"'),
        ("vectors train good.csv -o w.bin --ngrams", "w.bin: word2vec_binary holds no n-grams; name it .safetensors"),
        ("vectors train good.csv -o no/w.bin", "no/w.bin: cannot be written (No such file or directory); does the folder exist, and may you write to it?"),
        ("vectors train -", "standard input has no name: name the file of vectors with -o FILE"),
        ("vectors train absent.csv", "absent.csv: no such file"),
        ("vectors train good.csv --text review", 'good.csv: --text: there is no column "review"'),
        ("vectors train good.csv --algorithm sg", 'unknown word2vec algorithm "sg"'),
        ("vectors train good.csv --set model.hidden=3", 'unknown table of settings "model"'),
        ("vectors train good.csv --set vectors.windows=3", 'unknown setting "windows" in [vectors]. Did you mean "window"?'),
        ("vectors train good.csv --min-count 999", "words occur at least 999 times, and two are needed"),
        ("vectors train torn.csv", "torn.csv, line 3: "),
        ("vectors train good.csv --where label=none", "no row has a text"),
        (f"{TRAIN} --unlabelled good.csv --no-baseline", "nothing reads the unlabelled texts"),
        (f"{TRAIN} --vectors word2vec --unlabelled absent.csv", "absent.csv: no such file"),
        (f"{TRAIN} --freeze-vectors", "--freeze-vectors would leave the random initial vectors untrained"),
        (f"{TRAIN} --vectors v.txt --set model.embedding_dim=5", "v.txt holds vectors of 2 numbers, but model.embedding_dim = 5"),
        (f"{TRAIN} --vectors word2vek", 'word2vek: no such file of word vectors; did you mean "word2vec"?'),
        (f"{TRAIN} --vectors glove-5d", 'glove-5d: no such file of word vectors; did you mean "glove-50d"?'),
        (f"{TRAIN} --vectors fasttext-en", "fasttext-en is not on this machine; fetch it once: reread vectors fetch fasttext-en"),
        ("vectors fetch fastext-en", 'unknown set of word vectors "fastext-en". Did you mean "fasttext-en"?'),
        ("vectors fetch fasttext-en --from good.csv", "good.csv is not the file of fasttext-en: cc.en.300.vec.gz: holds no word vectors"),
        (f"{TRAIN} --vectors ''", "it is empty; expected at least one character"),
        (f"{TRAIN} --reduce 3", "--reduce 3 without vectors to reduce; name them with --vectors"),
        ("vectors train good.csv --reduce 300", "vectors.reduce = 300: expected at most the 200 numbers that a vector has"),
    ],
)  # fmt: skip
def test_bad_usage(command: str, message: str, work: Path, reread: Command) -> None:
    lay("v.txt", "2 2", "a 1 2", "b 2 1")
    lay("torn.csv", "text,label", "a film,pos", "a,b,c,d", "a book,neg")
    before = {path.name for path in Path().iterdir()}
    outcome = reread(command)
    last = outcome.err.splitlines()[-1]
    assert message in last
    assert last.startswith("reread: ")
    assert (outcome.code, outcome.out) == (2, "")
    assert {path.name for path in Path().iterdir()} == before
