"""`reread pretrain`, and `reread train` that starts from what it wrote."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reread import TextClassifier
from reread.pretrained import read_pretrained
from reread.train.predictions import predictions
from support.command_line import PRAISE, Command, reread_process

SMALL = "--threads 1 --set model.hidden=4 --set model.embedding_dim=6 --set training.warmup=0"
PRETRAIN = f"pretrain texts.txt -o p --epochs 2 --batch-size 8 --set text.min_count=1 {SMALL}"
TRAIN = "train good.csv -o x.reread --epochs 1 --threads 1 --set model.latent=[4] --no-report"


@pytest.fixture
def texts(work: Path) -> Path:
    lines = [f"{PRAISE[k % 3]} {k % 7} of a marvellous year" for k in range(60)]
    Path("texts.txt").write_text("\n".join([*lines, ""]), encoding="utf-8")
    return work


def config(folder: str = "x.reread") -> Any:
    return json.loads(Path(folder, "config.json").read_text(encoding="utf-8"))


def test_pretrain_then_train_from_it(texts: Path, reread: Command) -> None:
    outcome = reread(f"{PRETRAIN} --json")
    assert outcome.code == 0, outcome.err
    facts = json.loads(outcome.out)
    assert facts["texts"] == 57
    assert facts["predictions"] > 0
    assert 1 < facts["perplexity"] < facts["unigram_perplexity"] * 1.1
    assert "57 texts of" in outcome.err
    assert (
        "57 stretches of at most 200 tokens, 8 a step, 2 epochs (16 steps); each state predicts which words are among "
        "the next ones"
    ) in outcome.err
    pretrained = read_pretrained("p")
    assert pretrained.config.training["steps"] == 16
    assert "marvellous" in pretrained.vocabularies[0]
    outcome = reread(f"{TRAIN} --from p --json")
    assert outcome.code == 0, outcome.err
    known = pretrained.vocabularies[0].tokens
    vocabulary = json.loads(Path("x.reread", "vocabulary.json").read_text(encoding="utf-8"))[0]
    assert tuple(vocabulary[: len(known)]) == known
    assert "dull" in vocabulary[len(known) :]
    assert config()["model"]["hidden"] == 4
    assert config()["model"]["embedding_dim"] == 6
    assert config()["pretrained"]["words_taken_over"] == [[len(known), len(vocabulary)]]
    assert f"{len(known)} of {len(vocabulary)} words of its vocabulary and its recurrence started from" in Path(
        "x.reread", "README.md"
    ).read_text(encoding="utf-8")
    assert 'from = "p"' in Path("x.reread", "run.toml").read_text(encoding="utf-8")
    assert reread("predict x.reread good.csv -o answers.csv").code == 0


def test_a_bag_of_the_next_words_is_predicted(texts: Path, reread: Command) -> None:
    outcome = reread(f"{PRETRAIN} --predict bag --bag-size 4")
    assert outcome.code == 0, outcome.err
    assert "pairs of a state and one of its next 4 words, frequent words counted less, of texts held out" in outcome.out
    written = read_pretrained("p").config
    assert (written.predict, written.bag_size) == ("bag", 4)
    outcome = reread(f"{TRAIN} --from p")
    assert outcome.code == 0, outcome.err
    assert config()["pretrained"]["predict"] == "bag"
    card = Path("x.reread", "README.md").read_text(encoding="utf-8")
    assert "started from a model that predicts which words are among the next 4, of 57 texts" in card


def test_what_is_finished_is_not_resumed(texts: Path, reread: Command) -> None:
    assert reread(PRETRAIN).code == 0
    assert reread(f"{TRAIN} --from p --no-baseline").code == 0
    for again, folder in ((PRETRAIN, "p"), (f"{TRAIN} --from p --no-baseline", "x.reread")):
        outcome = reread(f"{again} --resume")
        assert (outcome.code, outcome.err) == (2, f"reread: {folder} is finished: there is nothing to resume\n")


def test_help_names_every_prediction(reread: Command) -> None:
    assert f"--predict {'|'.join(['auto', *reversed(predictions.names())])} " in reread("pretrain --help").out


def test_an_estimator_starts_from_it(texts: Path, reread: Command) -> None:
    assert reread(PRETRAIN).code == 0
    model = TextClassifier(pretrained="p", epochs=1, threads=1, settings={"model": {"latent": [4]}}, baseline=False)
    model.fit([f"a {('lovely', 'dull')[k % 2]} film {k}" for k in range(20)], ["pos", "neg"] * 10)
    assert model.fitted_.plan.recipe.model.embedding_dim == 6
    assert "marvellous" in model.fitted_.encoder.vocabularies[0]


def test_the_same_command_gives_the_same_weights(texts: Path, reread: Command) -> None:
    assert reread(PRETRAIN).code == 0
    assert reread(PRETRAIN.replace("-o p", "-o q")).code == 0
    one, two = read_pretrained("p").weights, read_pretrained("q").weights
    assert all(np.array_equal(array, two[name]) for name, array in one.items())


@pytest.mark.slow
def test_a_killed_run_is_resumed_to_the_bit(texts: Path, reread: Command) -> None:
    alone = PRETRAIN.replace("--epochs 2", "--epochs 40")
    long = f"{alone} --set training.checkpoint_seconds=0"
    assert reread(alone.replace("-o p", "-o q")).code == 0
    process = reread_process(long.split(), folder=texts)
    while not Path("p.partial/checkpoint.safetensors").exists():
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    refused = reread(long)
    assert refused.code == 2
    assert "p.partial holds a run that was interrupted; continue with --resume" in refused.err
    outcome = reread(f"{long} --resume")
    assert outcome.code == 0, outcome.err
    assert "\npretraining goes on at step " in outcome.err
    one, two = read_pretrained("p").weights, read_pretrained("q").weights
    assert all(np.array_equal(array, two[name]) for name, array in one.items())
    assert not Path("p.partial").exists()


def test_train_pretrains_first(texts: Path, reread: Command) -> None:
    first = f"{TRAIN} --unlabelled texts.txt --pretrain-minutes 0.002 --set text.min_count=1 {SMALL}"
    Path("test.txt").write_text(f"{PRAISE[0]} 0 of a marvellous year\n", encoding="utf-8")
    outcome = reread(f"{first} --test test.txt")
    assert outcome.code == 0, outcome.err
    assert "pretraining for 0.002 minutes:" in outcome.err
    assert "3 unlabelled texts left out, as --test has them too" in outcome.err
    assert config()["pretrained"]["minutes"] == 0.002
    assert "trained first, for 0.002 minutes" in Path("x.reread", "README.md").read_text(encoding="utf-8")
    assert "pretrain_minutes = 0.002" in Path("x.reread", "run.toml").read_text(encoding="utf-8").replace("-", "_")
    assert not Path("x.reread.partial").exists()
    for option, message in {
        "--from p": "--pretrain-minutes 0.002: the run starts from p already; leave one of the two out",
        "--vectors word2vec": "--pretrain-minutes 0.002: a pretrained network brings its own word vectors",
        "--minutes 0.001": "--pretrain-minutes 0.002 of 0.001 minutes in all leaves none to train in",
    }.items():
        if "--from" in option:
            assert reread(PRETRAIN).code == 0
        refused = reread(f"{first} --overwrite {option}")
        assert (refused.code, message in refused.err) == (2, True), refused.err
    refused = reread("tune good.csv --trials 1 --pretrain-minutes 1")
    assert (refused.code, "run reread pretrain once" in refused.err) == (2, True), refused.err


WRONG = {
    "pretrain texts.txt --set model.layers=2": "set model.layers=1, or model.bidirectional=false",
    "pretrain texts.txt --set training.patience=3": 'unknown setting "patience" of training for a language model',
    "pretrain texts.txt --set vectors.dim=3": 'unknown table of settings "vectors"',
    "pretrain absent.txt": "absent.txt",
    "pretrain texts.txt --predict bags": 'unknown prediction "bags". Did you mean "bag"? Known: bag, next',
    "pretrain texts.txt --predict next --bag-size 3": "--bag-size 3: expected 1 only; leave it out, or pass --predict bag",
    f"{PRETRAIN} --set text.min_count=1000": "no word occurs 1000 times; pass --set text.min_count=1, or read more texts",
    f"{TRAIN} --from absent": "absent does not exist; expected a folder of reread pretrain",
    f"{TRAIN} --from good.csv": "good.csv is neither a folder of reread pretrain nor a model folder: it has no",
}


@pytest.mark.parametrize("command", WRONG)
def test_what_is_wrong_is_said_in_a_line(command: str, texts: Path, reread: Command) -> None:
    outcome = reread(command)
    assert outcome.code == 2
    assert WRONG[command] in outcome.err.splitlines()[-1]


FITS_NOT = {
    "--model bilstm_max": "the pretrained network has recurrence = min_lstm, the recipe bilstm_max lstm; take the recipe",
    "--set model.hidden=5": "the pretrained network has hidden = 4, the recipe standard 5",
    "--set text.segmenter=characters": "text.segmenter = characters, but the pretrained network was pretrained on texts with",
    "--language de": "text.language = de, but the pretrained network was pretrained on texts with en",
    "--unlabelled texts.txt --set training.self_training=1": "leave one of the two out",
    "--vectors word2vec": "a pretrained network brings its own word vectors; name one of the two",
}


def test_what_does_not_fit_is_refused(texts: Path, reread: Command) -> None:
    assert reread(PRETRAIN).code == 0
    for options, message in FITS_NOT.items():
        outcome = reread(f"{TRAIN} --from p {options}")
        assert (outcome.code, options) == (2, options)
        assert message in outcome.err, outcome.err
    outcome = reread("predict p good.csv")
    assert outcome.code == 2
    assert "p is a folder of reread pretrain, which answers nothing: reread train starts from it" in outcome.err
    Path("p", "vocabulary.json").write_text("[]", encoding="utf-8")
    outcome = reread(f"{TRAIN} --from p")
    assert outcome.code == 1
    assert "vocabulary.json differs from its checksum" in outcome.err


def test_texts_that_will_measure_the_model_are_left_out(texts: Path, reread: Command) -> None:
    Path("test.csv").write_text(f"text,label\n{PRAISE[0].upper()} 0 OF A MARVELLOUS  YEAR,pos\n", encoding="utf-8")
    outcome = reread(f"{PRETRAIN} --test test.csv --json")
    assert outcome.code == 0, outcome.err
    assert json.loads(outcome.out)["texts"] + 3 == 57
    assert "3 texts left out, as --test has them too" in outcome.err
    refused = reread("pretrain test.csv -o q --test test.csv")
    assert (refused.code, refused.err.splitlines()[-1]) == (2, "reread: no row has a text to learn from")
    refused = reread("pretrain texts.txt -o p --overwrite --test p/weights.safetensors")
    assert refused.code == 2
