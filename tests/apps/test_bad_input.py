"""One table: what a user can get wrong, the one line that says so, and the exit code."""

from __future__ import annotations

import errno
import gzip
import hashlib
import io
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from reread.recipes import recipe_names
from reread.text.encoder import SPACED
from reread.train.objectives import objectives
from support.command_line import TINY, Command, Outcome, reread_process, reviews

if sys.platform != "linux":
    pytest.skip("some of these messages are the system's own", allow_module_level=True)

import resource

USAGE, FAILED = 2, 1


@dataclass(frozen=True, kw_only=True)
class Case:
    """A command in a folder with ``good.csv`` and ``model.reread``, and what it should say.

    … in a message stands for words that depend on the processor: which sum overflows first depends on the order of its terms.
    """

    command: str
    message: str
    code: int = USAGE
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    """Written before the command."""
    stdin: bytes = b""
    spoil: Callable[[Path], object] | None = None
    """Done to ``model.reread`` before the command."""
    without: str = ""
    """A package that is not installed; such a command runs in a process of its own."""
    largest: int | None = None
    """Bytes beyond which no file can grow: a full disk."""
    leaves: frozenset[str] = frozenset()
    """What stands in the folder afterwards that was not there before."""


def csv(*rows: str) -> dict[str, str]:
    """A file ``d.csv`` of texts and labels."""
    return {"d.csv": "\n".join(["text,label", *rows, ""])}


def jsonl(*rows: str) -> dict[str, str]:
    return {"d.jsonl": "\n".join([*rows, ""])}


def append(name: str) -> Callable[[Path], object]:
    """One more byte at the end of a file of the model."""
    return lambda model: (model / name).write_bytes((model / name).read_bytes() + b" ")


def forge(name: str, old: bytes, new: bytes) -> Callable[[Path], object]:
    """Another content, with its checksum."""

    def change(model: Path) -> None:
        content = (model / name).read_bytes()
        changed = content.replace(old, new) if old else new
        assert changed != content
        (model / name).write_bytes(changed)
        sums = (model / "SHA256SUMS").read_text(encoding="utf-8")
        before, after = (hashlib.sha256(part).hexdigest() for part in (content, changed))
        (model / "SHA256SUMS").write_text(sums.replace(before, after), encoding="utf-8")

    return change


MEND = "; correct the row, or pass --on-bad-rows set-aside"
RECIPES = ", ".join(recipe_names())
WRITTEN_SUFFIXES = ".arrow .feather .ipc .csv .jsonl .ndjson .json .parquet .pq .tsv .tab"
WRITTEN_FORMATS = "arrow, csv, jsonl, parquet, tsv"
SUFFIXES = f"{WRITTEN_SUFFIXES} .txt .text .xlsx .xlsm"
FORMATS = f"{WRITTEN_FORMATS}, txt, xlsx"
SEE_TRAIN = "; see reread train --help"
COMMANDS = "agree, audit, compare, data, drift, evaluate, explain, export, label, predict, pretrain, recipes, serve, settings, stream, train, tune, vectors, verify, weak"
MODEL_SETTINGS = (
    "activation, bidirectional, concat_word, dense, dropout, embedding_dim, embedding_dropout, embedding_dropout_by, hidden, input_dropout, "
    "latent, latent_activation, layers, learned_start, pooling, recurrence, recurrent_dropout, token_weights, weight_dropout, word_dropout"
)
PREDICT_OPTIONS = (
    "abstain_below, answer, backend, data, device, encoding, fast, format, interval, json, model, out, out_format, precision, precision_limit, quiet, ray,"
    " seed, separator, sets, text, threads, where, workers"
)
TORN = "it is incomplete or was changed; train or copy it again"
KEPT = "x.reread.partial keeps the network as of step …: the same command with --resume continues from there"
SMALL = f"train good.csv -o x.reread --no-baseline --model rnn {TINY}"

# A model folder with one file, its vocabulary, that is larger than the run's checkpoint.
LONG_WORDS = [letter * 3_000 for letter in "abcdefghijkl"]
LONG = csv(*(f"{word},{label}" for word, label in zip(LONG_WORDS, ("spam", "ham") * 6, strict=True)))
LONG_SMALL = SMALL.replace("good.csv", "d.csv") + " --set text.min_count=1"

CASES = {
    # The file
    "empty file": Case(
        command="train d.csv",
        files={"d.csv": ""},
        message="d.csv: the file is empty; expected a header line and rows",
    ),
    "header only": Case(
        command="train d.csv", files=csv(), message="d.csv: holds no rows; as csv it has only columns: text, label"
    ),
    "empty standard input": Case(
        command="train - -o x.reread", message="standard input: the file is empty; expected a header line and rows"
    ),
    "missing file": Case(command="train goood.csv", message='goood.csv: no such file; did you mean "good.csv"?'),
    "a folder as data": Case(
        command="predict model.reread model.reread", message="model.reread: is a folder; name a file in it"
    ),
    "a folder as training data": Case(
        command="train model.reread", message='"model.reread" is not a file; name a file of texts with their labels'
    ),
    "an empty name": Case(
        command="train ''",
        message=f"Invalid value for 'DATA...': it is empty; expected at least one character{SEE_TRAIN}",
    ),
    "unknown suffix": Case(
        command="train d.doc",
        files={"d.doc": "x"},
        message=f'd.doc: the suffix ".doc" is unknown; pass --format ({FORMATS}) or name it {SUFFIXES}',
    ),
    "a spreadsheet": Case(
        command="train d.xlsx",
        files={"d.xlsx": "x"},
        message="d.xlsx: cannot be read as a spreadsheet (File is not a zip file); is it damaged?",
    ),
    "unknown format": Case(
        command="train good.csv --format cvs",
        message=f'unknown file format "cvs". Did you mean "csv"? Known: {FORMATS}',
    ),
    "truncated gzip": Case(
        command="train d.csv.gz",
        files={"d.csv.gz": gzip.compress(reviews().encode())[:-20]},
        message="d.csv.gz: the compressed data ends too early; fetch or compress the file again",
    ),
    "not compressed": Case(
        command="train d.csv.gz",
        files={"d.csv.gz": reviews()},
        message='d.csv.gz: is named ".gz", but is not compressed that way; rename it, or compress it',
    ),
    "no Parquet": Case(
        command="train d.parquet",
        files={"d.parquet": reviews()},
        message="d.parquet: cannot be read as Parquet (Parquet magic bytes not found in footer. "
        "Either the file is corrupted or this is not a parquet file); is it damaged?",
    ),
    # Encodings
    "Latin-1": Case(
        command="train d.csv",
        files={"d.csv": "text,label\ncafé très bon,pos\npas bien,neg\n".encode("latin-1")},
        message="d.csv: is not valid UTF-8 (line 2), and neither UTF-16 nor Chinese GB18030; pass --encoding NAME (perhaps cp1252)",
    ),
    "wrong --encoding": Case(
        command="train d.csv --encoding utf-8",
        files={"d.csv": "text,label\ncafé très bon,pos\n".encode("latin-1")},
        message="d.csv: is not valid UTF-8 (line 2); pass another --encoding NAME or correct the file",
    ),
    "unknown --encoding": Case(
        command="train good.csv --encoding klingon",
        message='--encoding: unknown "klingon"; for example utf-8, utf-16, gb18030, big5, cp1252',
    ),
    # Rows
    "NUL bytes": Case(
        command="train d.csv", files=csv("a,pos", "b\0c,neg"), message=f"d.csv, line 3: holds a NUL character{MEND}"
    ),
    "ragged row": Case(
        command="train d.csv",
        files=csv("a,pos", "b,c,neg"),
        message=f"d.csv, line 3: has 3 columns where the header has 2{MEND}",
    ),
    "open quote": Case(
        command="train d.csv",
        files=csv("a,pos", '"b,neg'),
        message=f"d.csv, line 3: a quote opens here that is never closed{MEND}",
    ),
    "missing text": Case(
        command="train d.csv",
        files=csv("a,pos", ",neg"),
        message=f'd.csv, line 3: the text in column "text" is missing{MEND}',
    ),
    "white space as text": Case(
        command="train d.csv",
        files=csv("a,pos", "  ,neg"),
        message=f'd.csv, line 3: the text in column "text" is only white space{MEND}',
    ),
    "missing label": Case(
        command="train d.csv",
        files=csv("a,pos", "b,"),
        message=f'd.csv, line 3: the label in column "label" is missing{MEND}',
    ),
    "NaN as target": Case(
        command="train d.csv --target stars",
        files={"d.csv": "text,stars\na,1\nb,nan\n"},
        message=f"d.csv, line 3: the target in column \"stars\" is not a finite number: 'nan'{MEND}",
    ),
    "text as target": Case(
        command="train d.csv --target stars",
        files={"d.csv": "text,stars\na,1\nb,many\n"},
        message=f"d.csv, line 3: the target in column \"stars\" is not a number: 'many'{MEND}",
    ),
    "date as time": Case(
        command="train d.csv --time when",
        files={"d.csv": "text,label,when\na,pos,2024-01-31\nb,neg,soon\n"},
        message=f"d.csv, line 3: the time in column \"when\" is not a date like 2024-01-31: 'soon'{MEND}",
    ),
    "negative weight": Case(
        command="train d.csv --weight w",
        files={"d.csv": "text,label,w\na,pos,1\nb,neg,-1\n"},
        message=f"d.csv, line 3: the weight in column \"w\" is negative: '-1'{MEND}",
    ),
    "mixed types": Case(
        command="train d.jsonl",
        files=jsonl('{"text": "a", "label": "pos"}', '{"text": "b", "label": 1}'),
        message=f'd.jsonl, line 2: the label in column "label" is a number, but the first one is a text: 1{MEND}',
    ),
    "a number as text": Case(
        command="train d.jsonl",
        files=jsonl('{"text": "a", "label": "pos"}', '{"text": 5, "label": "neg"}'),
        message=f'd.jsonl, line 2: the text in column "text" is not a string: 5{MEND}',
    ),
    "broken JSON": Case(
        command="train d.jsonl",
        files=jsonl('{"text": "a", "label": "pos"}', '{"text": b}'),
        message=f"d.jsonl, line 2: is no JSON: Expecting value at character 10{MEND}",
    ),
    "a line break in a JSON text": Case(
        command="train d.jsonl",
        files=jsonl('{"text": "a", "label": "pos"}', '{"text": "b'),
        message=f"d.jsonl, line 2: is no JSON: Unterminated string starting at character 10{MEND}",
    ),
    "no JSON in the first line": Case(
        command="train d.jsonl",
        files=jsonl('{"text": "a\tb", "label": "pos"}'),
        message="d.jsonl, line 1: is no JSON: Invalid control character at character 12; expected one JSON object per line, or one array of them",
    ),
    "JSON lists": Case(
        command="train d.jsonl",
        files=jsonl('{"text": "a", "label": "pos"}', '["b", "neg"]'),
        message=f'd.jsonl, line 2: is JSON but no object: ["b", "neg"]{MEND}',
    ),
    "a JSON array with a bad row": Case(
        command="train d.json",
        files={"d.json": '[{"text": "a", "label": "pos"}, {"text": "", "label": "neg"}]'},
        message=f'd.json, object 2: the text in column "text" is missing{MEND}',
    ),
    "half of a surrogate pair": Case(
        command="train d.jsonl",
        files=jsonl('{"text": "a", "label": "pos"}', '{"text": "b \\ud83d", "label": "neg"}'),
        message=f"d.jsonl, line 2: holds half of a surrogate pair{MEND}",
    ),
    "a label beyond every number": Case(
        command="train d.jsonl",
        files=jsonl('{"text": "a", "label": 1}', f'{{"text": "b", "label": 1{400 * "0"}}}'),
        message=f'd.jsonl, line 2: the label in column "label" is not a finite number: 1{59 * "0"}…{MEND}',
    ),
    "every row set aside": Case(
        command="train d.csv --on-bad-rows set-aside",
        files=csv("a,", ",b"),
        message="d.csv: no row is left, 2 were set aside in d.rejects.jsonl",
        leaves=frozenset({"d.rejects.jsonl"}),
    ),
    # What there is to learn
    "one class": Case(
        command="train d.csv",
        files=csv("a,pos", "b,pos"),
        message='every label is "pos"; at least two classes are needed',
    ),
    "one row": Case(
        command="train d.csv", files=csv("a,pos"), message='every label is "pos"; at least two classes are needed'
    ),
    "one number": Case(
        command="train d.csv --target stars",
        files={"d.csv": "text,stars\na,1\nb,1\n"},
        message="every target is 1.0; regression needs at least two different numbers",
    ),
    "two rows with one text": Case(
        command="train d.csv",
        files=csv("so good,pos", "So  good,neg"),
        message="cannot hold rows out: all 2 rows have the same text, ignoring case and spacing; "
        "at least 2 that differ are needed",
    ),
    "weights of 0": Case(
        command="train d.csv --weight w",
        files={"d.csv": "text,label,w\na,pos,0\nb,neg,0\nc,pos,0\nd,neg,0\n"},
        message="all 3 rows to train on have weight 0; at least one must count",
    ),
    "weights of 0 where rows are held out": Case(
        command="train d.csv --weight w --time when --validation 0.5",
        files={"d.csv": "text,label,w,when\na,pos,1,1\nb,neg,1,2\nc,pos,0,3\nd,neg,0,4\n"},
        message="all 2 rows held out for validation have weight 0; at least one must count",
    ),
    # Columns
    "a column twice": Case(
        command="train d.csv",
        files={"d.csv": "text,label,text\na,b,c\n"},
        message='d.csv, line 1: the column "text" appears twice; give every column its own name',
    ),
    "unknown --text": Case(
        command="train good.csv --text txt",
        message='good.csv: --text: there is no column "txt". Did you mean "text"? Columns: text, label',
    ),
    "unknown --label": Case(
        command="train good.csv --label lable",
        message='good.csv: --label: there is no column "lable". Did you mean "label"? Columns: text, label',
    ),
    "unknown --group": Case(
        command="train good.csv --group movie",
        message='good.csv: --group: there is no column "movie". Columns: text, label',
    ),
    "no text column": Case(
        command="train d.csv",
        files={"d.csv": "a,label\nb,pos\n"},
        message="d.csv: --text: no column has a usual name; name one. Columns: a, label",
    ),
    "several label columns": Case(
        command="train d.csv",
        files={"d.csv": "text,label,topic\na,b,c\n"},
        message="d.csv: --label: several columns could be meant (label, topic); name one. Columns: text, label, topic",
    ),
    "numbers, and no labels": Case(
        command="train d.csv",
        files={"d.csv": "id,text,valence\n1,a,1.5\n2,b,\n"},
        message="d.csv: --label: no column has a usual name; name one. Columns: id, text, valence; "
        "numbers are learned with --target valence",
    ),
    "several columns of numbers": Case(
        command="train d.csv",
        files={"d.csv": "text,Score,stars\na,1.5,2\n"},
        message="d.csv: --label: no column has a usual name; name one. Columns: text, Score, stars; "
        "numbers are learned with --target Score",
    ),
    "a target twice": Case(
        command="train good.csv --label label --target label",
        message='--label and --target name the column "label" twice; name every target once',
    ),
    "the texts' column as the label": Case(
        command="train good.csv --label text",
        message='good.csv: column "text" is already used as the text; name another with --label',
    ),
    "malformed --where": Case(command="train good.csv --where label", message='--where "label": expected COLUMN=VALUE'),
    "unknown --where": Case(
        command="predict model.reread good.csv -o out.csv --where lable=pos",
        message='good.csv: --where: there is no column "lable". Did you mean "label"? Columns: text, label',
    ),
    "a --where that no row fulfils": Case(
        command="train good.csv --where label=fair",
        message="good.csv: no row has label=fair; there is label=pos, label=neg",
    ),
    # Tasks
    "unknown --task": Case(
        command="train good.csv --task clasification",
        message='unknown task "clasification". Did you mean "classification"? '
        "Known: classification, joint, multilabel, ordinal, regression",
    ),
    "a --task that is not that of the targets": Case(
        command="train good.csv --task joint",
        message="--task joint: the targets make it classification; name other columns or leave --task out",
    ),
    "labels for regression": Case(
        command="train good.csv --task regression --label label",
        message="--task regression learns numbers; pass --target label instead of --label",
    ),
    "an order that lacks a class": Case(
        command="train good.csv --ordinal-order neg,fair",
        message='--ordinal-order "neg,fair": it lacks "pos" of label; name every class, lowest first',
    ),
    "an order of one class": Case(
        command="train good.csv --ordinal-order neg",
        message='--ordinal-order "neg": expected at least two classes, lowest first, as in bad,fair,good',
    ),
    "empty --label-separator": Case(
        command="train good.csv --label-separator ''",
        message=f"Invalid value for '--label-separator': it is empty; expected at least one character{SEE_TRAIN}",
    ),
    "--loss without numbers": Case(
        command="train good.csv --loss huber",
        message="--loss huber: it is for regression; name a column of numbers with --target, or leave it out",
    ),
    "malformed --loss-weight": Case(
        command="train good.csv --loss-weight label",
        message='--loss-weight "label": expected NAME=W, W a number of at least 0',
    ),
    "--loss-weight of one target": Case(
        command="train good.csv --loss-weight label=2",
        message="--loss-weight weighs the targets of a joint model against each other; here is only one",
    ),
    # Settings and options
    "unknown command": Case(
        command="trian good.csv", message=f'unknown command "trian". Did you mean "train"? Known: {COMMANDS}'
    ),
    "unknown option": Case(
        command="train good.csv --epoch 3", message='unknown option "--epoch". Did you mean "--epochs"?'
    ),
    "an option like no other": Case(command="train good.csv --xyzzy", message=f'unknown option "--xyzzy"{SEE_TRAIN}'),
    "missing argument": Case(command="train", message=f"Missing argument 'DATA...'{SEE_TRAIN}"),
    "no number": Case(
        command="train good.csv --epochs many",
        message=f"Invalid value for '--epochs': 'many' is not a valid integer{SEE_TRAIN}",
    ),
    "--minutes 0": Case(
        command="train good.csv --minutes 0",
        message=f"Invalid value for '--minutes': 0.0 is not in the range x>0{SEE_TRAIN}",
    ),
    "--minutes nan": Case(
        command="train good.csv --minutes nan",
        message=f"Invalid value for '--minutes': nan is not a finite number{SEE_TRAIN}",
    ),
    "--validation 2": Case(
        command="train good.csv --validation 2",
        message=f"Invalid value for '--validation': 2.0 is not in the range 0<x<1{SEE_TRAIN}",
    ),
    "--seed beyond every library": Case(
        command="train good.csv --seed 99999999999999999999",
        message=f"Invalid value for '--seed': 99999999999999999999 is not in the range 0<=x<=4294967295{SEE_TRAIN}",
    ),
    "too many --threads": Case(
        command="train good.csv --threads 99999999999",
        message=f"Invalid value for '--threads': 99999999999 is not in the range 1<=x<=1024{SEE_TRAIN}",
    ),
    "too many --threads to answer": Case(
        command="predict model.reread good.csv -o out.csv --threads 99999999999",
        message="Invalid value for '--threads': 99999999999 is not in the range 1<=x<=1024; see reread predict --help",
    ),
    "unknown device": Case(
        command="train good.csv --device tpu",
        message=f"Invalid value for '--device': 'tpu' is not one of 'auto', 'cpu', 'cuda'{SEE_TRAIN}",
    ),
    "unknown language": Case(
        command="train good.csv --language ja",
        message=f'language "ja": expected zh, or one with spaces between words: {", ".join(SPACED)}; '
        "for another use en, with --set text.segmenter=characters if it is written without spaces",
    ),
    "unknown recipe": Case(
        command="train good.csv --model bilstm_mx",
        message=f'unknown recipe "bilstm_mx". Did you mean "bilstm_max"? Known: {RECIPES}',
    ),
    "missing recipe file": Case(
        command="train good.csv --model mine.toml",
        message=f"no recipe file mine.toml; recipes that come with reread: {RECIPES}",
    ),
    "broken recipe file": Case(
        command="train good.csv --model mine.toml",
        files={"mine.toml": "model = 3\n"},
        message="recipe mine.toml: model = 3: expected a table, [model]",
    ),
    "unknown setting": Case(
        command="train good.csv --set model.hiden=64",
        message=f'unknown setting "hiden" in [model]. Did you mean "hidden"? Known: {MODEL_SETTINGS}',
    ),
    "unknown table of settings": Case(
        command="train good.csv --set modle.hidden=64",
        message='unknown table of settings "modle". Did you mean "model"? Known: text, vectors, model, training, task',
    ),
    "a setting of the wrong type": Case(
        command="train good.csv --set model.hidden=big",
        message='model.hidden = "big": expected a whole number at least 1 and below 2**63',
    ),
    "a network larger than the memory": Case(
        command=f"{SMALL} --set model.hidden=20000000 --set model.embedding_dim=1",
        message="there is not enough memory: 1,490,116.1 GiB in one piece; "
        "make model.hidden, or another size of the network, smaller",
    ),
    "weight decay of word vectors": Case(
        command=f"{SMALL} --set training.parts={{embedding={{weight_decay=0.1}}}}",
        message="training.parts.embedding: weight_decay = 0.1 has no effect; "
        "only adamw shrinks weights, and never word vectors: leave it out",
    ),
    "a setting out of its range": Case(
        command="train good.csv --set model.dropout=1.5",
        message="model.dropout = 1.5: expected a number at least 0 and below 1",
    ),
    "malformed --set": Case(
        command="train good.csv --set hidden=64",
        message='--set "hidden=64": expected TABLE.SETTING=VALUE, such as model.hidden=64',
    ),
    "unknown pooling": Case(
        command="train good.csv --no-baseline --set model.pooling=maximum",
        message='unknown pooling "maximum". Did you mean "max"? Known: attention, last, max, max_mean, mean, segment_max',
    ),
    "unknown objective": Case(
        command="train good.csv --no-baseline --set training.objective=adversary",
        message=f'unknown objective "adversary". Did you mean "adversarial"? Known: {", ".join(sorted(objectives))}',
    ),
    "hidden weights where there are none": Case(
        command="train good.csv --no-baseline --model bisru_max --set model.weight_dropout=0.3",
        message="weight_dropout = 0.3: this recurrence has no recurrent weights; set it to 0, and use input_dropout to hide inputs",
    ),
    "missing --config": Case(
        command="train good.csv --config run.toml", message="--config run.toml: there is no such file"
    ),
    "broken --config": Case(
        command="train good.csv --config run.toml",
        files={"run.toml": "epochs = \n"},
        message="--config run.toml is not valid TOML: Invalid value (at line 1, column 10)",
    ),
    "unknown key in --config": Case(
        command="predict model.reread good.csv -o out.csv --config run.toml",
        files={"run.toml": 'txt = "text"\n'},
        message=f'unknown option "txt" in run.toml. Did you mean "text"? Known: {PREDICT_OPTIONS}',
    ),
    "wrong type in --config": Case(
        command="train good.csv --config run.toml",
        files={"run.toml": "epochs = [1, 2]\n"},
        message="--config run.toml: epochs = [1, 2]: expected one text or number",
    ),
    "missing --dictionary": Case(
        command="train good.csv --dictionary words.txt", message="--dictionary words.txt: there is no such file"
    ),
    # Labelling
    "no file to label": Case(command="label no.csv --classes a,b -o l.jsonl --port 0", message="no.csv: no such file"),
    "no column of texts to label": Case(
        command="label d.csv --classes a,b -o l.jsonl --port 0",
        files={"d.csv": "name,words\na,b\n"},
        message="d.csv: --text: no column has a usual name; name one. Columns: name, words",
    ),
    "no text to label": Case(
        command="label d.csv --classes a,b -o l.jsonl --port 0",
        files=csv(" ,a"),
        message="d.csv: no row has a text",
    ),
    "one class to label with": Case(
        command="label good.csv --classes a -o l.jsonl",
        message='--classes "a": "a" is the only class; at least two are needed',
    ),
    "a class twice": Case(
        command="label good.csv --classes a,b,a", message='--classes "a,b,a": the class "a" is there twice'
    ),
    "nothing that is asked": Case(
        command="label good.csv",
        message="name either the classes, as in --classes ham,spam, or the numbers, as in --numbers 1,5",
    ),
    "classes and numbers": Case(
        command="label good.csv --classes a,b --numbers 1,5",
        message="name either the classes, as in --classes ham,spam, or the numbers, as in --numbers 1,5",
    ),
    "several labels in an order": Case(
        command="label good.csv --classes a,b --multilabel --ordinal",
        message="--multilabel and --ordinal: a text has several classes, or one in an order; choose one",
    ),
    "numbers in an order": Case(
        command="label good.csv --numbers 1,5 --ordinal",
        message="--multilabel and --ordinal are about classes; leave them out with --numbers",
    ),
    "numbers the wrong way round": Case(
        command="label good.csv --numbers 5,1",
        message='--numbers "5,1": numbers from 5 to 1; expected two finite ones, the lower one first',
    ),
    "one limit of numbers": Case(
        command="label good.csv --numbers 5",
        message='--numbers "5": expected two numbers with a comma between them, as in 1,5',
    ),
    "an empty class": Case(
        command="label good.csv --classes a,",
        message='--classes "a,": a class is empty; expected names with commas between them, as in ham,spam',
    ),
    "labels that are no lines of JSON": Case(
        command="label good.csv --classes a,b -o l.csv",
        message="l.csv: labels are lines of JSON; choose a name that ends with .jsonl",
    ),
    "labels over the texts": Case(
        command="label d.jsonl --classes a,b -o d.jsonl",
        files=jsonl('{"text": "a"}'),
        message="d.jsonl: is an input, so it cannot be the file of labels",
    ),
    "labels of other classes": Case(
        command="label good.csv --classes a,b -o l.jsonl --port 0",
        files={"l.jsonl": '{"row": 1, "text": "a lovely warm film, take 0", "label": "c"}\n'},
        message='l.jsonl, line 1: there is no class "c"; the classes are "a", "b"; ask as it was asked before, or choose another file with -o',
    ),
    "labels of another file": Case(
        command="label good.csv --classes a,b -o l.jsonl --port 0",
        files={"l.jsonl": '{"row": 1, "text": "another", "label": "a"}\n'},
        message="l.jsonl, line 1: row 1 has another text here; for these texts choose another file with -o",
    ),
    "a file of something else than labels": Case(
        command="label good.csv --classes a,b -o l.jsonl --port 0",
        files={"l.jsonl": '{"text": "another"}\n'},
        message="l.jsonl, line 1: is no label; expected a JSON object with row, text and label",
    ),
    "standard input to label": Case(
        command="label - --classes a,b",
        message="standard input cannot be read again when you go on with labelling: name a file",
    ),
    # Where the model goes
    "standard input without -o": Case(
        command="train -", message="standard input has no name: name the model folder with -o FOLDER"
    ),
    "an existing folder": Case(
        command="train good.csv -o model.reread",
        message="model.reread exists; choose another folder with -o or pass --overwrite",
    ),
    "--overwrite of another folder": Case(
        command="train good.csv -o notes --overwrite",
        files={"notes/a.txt": "b"},
        message="notes is not a model folder; --overwrite replaces model folders only",
    ),
    "--overwrite of another program's folder": Case(
        command="train good.csv -o project --overwrite",
        files={"project/config.json": '{"name": "my web app"}', "project/work.txt": "years of it"},
        message="project is not a model folder; --overwrite replaces model folders only",
    ),
    "--overwrite of a file": Case(
        command="train good.csv -o good.csv --overwrite",
        message="good.csv is not a model folder; --overwrite replaces model folders only",
    ),
    "-o without a name": Case(
        command="train good.csv -o .", message="-o .: expected a folder's name, such as spam.reread"
    ),
    "an unwritable place": Case(
        command="train good.csv -o good.csv/x.reread",
        message="good.csv/x.reread: cannot be written (Not a directory); does the folder exist, and may you write to it?",
    ),
    "a name too long": Case(command=f"train good.csv -o {'x' * 300}", message=f"{'x' * 300}: File name too long"),
    "--resume of nothing": Case(
        command="train good.csv -o x.reread --resume",
        message="x.reread.partial holds no interrupted run; start one without --resume",
    ),
    "an interrupted run without --resume": Case(
        command="train good.csv -o x.reread",
        files={"x.reread.partial/run.json": "{}"},
        message="x.reread.partial holds a run that was interrupted; continue with --resume, or start afresh with --overwrite",
    ),
    "--resume of a damaged run": Case(
        command="train good.csv -o x.reread --resume",
        files={"x.reread.partial/run.json": "{}"},
        message="x.reread.partial/run.json cannot be read; start afresh with --overwrite",
        code=FAILED,
    ),
    "a folder of one's own where the run would be": Case(
        command="train good.csv -o x.reread --overwrite",
        files={"x.reread.partial/notes.txt": "mine"},
        message="x.reread.partial holds notes.txt, which is not part of a run; move it elsewhere, or choose another folder with -o",
        leaves=frozenset({"x.reread.partial"}),
    ),
    # The model folder
    "missing model": Case(
        command="predict no.reread good.csv", message="no.reread does not exist; expected a model folder"
    ),
    "a file as model": Case(
        command="evaluate good.csv good.csv", message="good.csv is a file; expected a model folder"
    ),
    "a folder without a model": Case(
        command="verify notes", files={"notes/a.txt": "b"}, message="notes is not a model folder: it has no config.json"
    ),
    "missing weights": Case(
        command="verify model.reread",
        spoil=lambda model: (model / "weights.safetensors").unlink(),
        message="model.reread/weights.safetensors is missing: the folder is incomplete; train or copy it again",
        code=FAILED,
    ),
    "missing config": Case(
        command="verify model.reread",
        spoil=lambda model: (model / "config.json").unlink(),
        message="model.reread/config.json is missing: the folder is incomplete; train or copy it again",
        code=FAILED,
    ),
    "missing checksums": Case(
        command="predict model.reread good.csv -o out.csv",
        spoil=lambda model: (model / "SHA256SUMS").unlink(),
        message="model.reread/SHA256SUMS is missing: the folder is incomplete; train or copy it again",
        code=FAILED,
    ),
    "tampered vocabulary": Case(
        command="predict model.reread good.csv -o out.csv",
        spoil=append("vocabulary.json"),
        message=f"model.reread/vocabulary.json differs from its checksum: {TORN}",
        code=FAILED,
    ),
    "tampered weights": Case(
        command="evaluate model.reread good.csv",
        spoil=append("weights.safetensors"),
        message=f"model.reread/weights.safetensors differs from its checksum: {TORN}",
        code=FAILED,
    ),
    "tampered config": Case(
        command="verify model.reread",
        spoil=append("config.json"),
        message=f"model.reread/config.json differs from its checksum: {TORN}",
        code=FAILED,
    ),
    "truncated network": Case(
        command="export model.reread -o out.onnx",
        spoil=lambda model: os.truncate(model / "model.onnx", 1000),
        message=f"model.reread/model.onnx differs from its checksum: {TORN}",
        code=FAILED,
    ),
    "a newer format": Case(
        command="verify model.reread",
        spoil=forge("config.json", b'"format_version": 2', b'"format_version": 99'),
        message="model.reread has format version 99; this reread reads up to 2: upgrade reread",
        code=FAILED,
    ),
    "a strange config": Case(
        command="predict model.reread good.csv -o out.csv",
        spoil=forge("config.json", b'"targets"', b'"tragets"'),
        message='model.reread cannot be read as a model folder: config.json lacks "targets"',
        code=FAILED,
    ),
    "a config without a path from text to ids": Case(
        command="predict model.reread good.csv -o out.csv",
        spoil=forge("config.json", b'"text": {', b'"text": null, "was": {'),
        message="model.reread cannot be read as a model folder: config.json: text = null: expected a table",
        code=FAILED,
    ),
    "a window that is no number": Case(
        command="evaluate model.reread good.csv",
        spoil=forge("config.json", b'"window": 4096,\n  "reread"', b'"window": "all",\n  "reread"'),
        message='model.reread cannot be read as a model folder: config.json: window = "all": '
        "expected a whole number at least 1 and below 2**63",
        code=FAILED,
    ),
    "a baseline without a path from text to tokens": Case(
        command="evaluate model.reread good.csv",
        spoil=forge("baseline.json", b'"text": {', b'"text": null, "was": {'),
        message="the folder's baseline cannot be read: baseline.json: words: text = null: expected a table",
        code=FAILED,
    ),
    "unknown n-grams": Case(
        command="predict model.reread good.csv -o out.csv --answer linear",
        spoil=forge("baseline.json", b'"kind": "words"', b'"kind": "wrds"'),
        message='the folder\'s baseline cannot be read: unknown kind of n-grams "wrds". '
        'Did you mean "words"? Known: characters, known_words, words',
        code=FAILED,
    ),
    "strange weights": Case(
        command="predict model.reread good.csv -o out.csv",
        spoil=forge("weights.safetensors", b"", b"cos\nsystem\n(S'true'\ntR."),
        message="model.reread cannot be read as a model folder: "
        "SafetensorError Error while deserializing: header too large",
        code=FAILED,
    ),
    "a strange network": Case(
        command="predict model.reread good.csv -o out.csv --backend onnx",
        spoil=forge("model.onnx", b"", b"no network"),
        message="model.reread cannot be read as a model folder: model.onnx cannot be opened by ONNX Runtime: "
        "[ONNXRuntimeError] : 7 : INVALID_PROTOBUF : Failed to load model because protobuf parsing failed.",
        code=FAILED,
    ),
    "int8 in ONNX Runtime": Case(
        command="predict model.reread good.csv -o out.csv --precision int8 --backend onnx",
        message="precision int8 needs the compiled kernel; with backend onnx use float32",
    ),
    "no linear member, which should answer": Case(
        command="predict model.reread good.csv -o out.csv",
        spoil=forge("baseline.json", b"", b"{}\n"),
        message="model.reread answers with a linear member, but holds none: train it again",
        code=FAILED,
    ),
    "an answer that nothing gives": Case(
        command="predict model.reread good.csv -o out.csv --answer blend",
        message="Invalid value for '--answer': 'blend' is not one of 'stack', 'network', 'linear'; see reread predict --help",
    ),
    "an answer without its member": Case(
        command="train good.csv -o x.reread --no-baseline --answer linear",
        message="--answer linear with --no-baseline: there is no linear member to answer; "
        "train it too, or answer with the network",
    ),
    "an option that is gone": Case(
        command="predict model.reread good.csv -o out.csv --baseline",
        message='the option "--baseline" is gone; pass --answer linear',
    ),
    "an option of evaluate that is gone": Case(
        command="evaluate model.reread good.csv --network",
        message='the option "--network" is gone; pass --answer network',
    ),
    "a run.toml with an option that is gone": Case(
        command="train --config run.toml",
        files={"run.toml": 'data = ["good.csv"]\nblend = true\n'},
        message='--config run.toml: the option "blend" is gone; remove its line, and pass --answer stack, the default',
    ),
    # Options that contradict each other are told before the data is read: there is no such file
    "an answer without its member, of nothing": Case(
        command="train absent.csv --no-baseline --answer linear",
        message="--answer linear with --no-baseline: there is no linear member to answer; "
        "train it too, or answer with the network",
    ),
    "linear quantiles of nothing": Case(
        command="train absent.csv --target n --loss quantile --answer linear",
        message="--answer linear: the linear member learns no quantiles; answer with the network",
    ),
    "a loss of labels, of nothing": Case(
        command="tune absent.csv --trials 1 --label mood --loss huber",
        message="--loss huber: it is for regression; name a column of numbers with --target, or leave it out",
    ),
    "several labels a text without a separator": Case(
        command="train good.csv --task multilabel",
        message="'pos' is not a list; multilabel needs a list of labels for each text; pass --label-separator if a cell holds several",
    ),
    "a separator of numbers, of nothing": Case(
        command="train absent.csv --target n --label-separator ;",
        message='--label-separator ";": it splits labels, and there are only targets of numbers; leave it out',
    ),
    "the weight of one loss, of nothing": Case(
        command="train absent.csv --label mood --loss-weight mood=2",
        message="--loss-weight weighs the targets of a joint model against each other; here is only one",
    ),
    "vectors frozen that are none, of nothing": Case(
        command="train absent.csv --freeze-vectors",
        message="--freeze-vectors would leave the random initial vectors untrained; name vectors with --vectors",
    ),
    "thresholds without rows to learn them from, of nothing": Case(
        command="train absent.csv --decide f1 --set training.validation=0",
        message="--decide f1 with --set training.validation=0: thresholds are learned on rows held out; hold out a share such as 0.1",
    ),
    "smoothed labels that are numbers": Case(
        command=f"train good.csv --label-separator ; --set training.label_smoothing=0.1 --model rnn {TINY}",
        message="training.label_smoothing = 0.1: label smoothing is for targets with one class a text, without an order, "
        "not for multilabel; leave it out",
    ),
    # Answers
    "an unknown label": Case(
        command="evaluate model.reread d.csv",
        files=csv("a,pos", "b,fair"),
        message='d.csv, line 3: unknown label "fair"; the classes are "neg", "pos"',
    ),
    "a label too many": Case(
        command="evaluate model.reread good.csv --label label --target text",
        message="--target names 1 column, the model has 0 numbers; its targets: label (classification)",
    ),
    "two labels for one": Case(
        command="evaluate model.reread good.csv --label label --label text",
        message="--label names 2 columns, the model has 1 label; its targets: label (classification)",
    ),
    "a column that predict adds": Case(
        command="predict model.reread d.csv -o out.csv",
        files={"d.csv": "text,prediction\na,pos\n"},
        message='d.csv has a column "prediction" already, which predict would add; rename it first',
    ),
    "answers nowhere": Case(
        command="predict model.reread good.csv -o no/out.csv",
        message="no/out.csv: cannot be written (No such file or directory); does the folder exist, and may you write to it?",
    ),
    "answers in an unknown format": Case(
        command="predict model.reread good.csv -o out.doc",
        message=f'out.doc: the suffix ".doc" is unknown; pass --out-format ({WRITTEN_FORMATS}) or name it {WRITTEN_SUFFIXES}',
    ),
    "answers as a spreadsheet": Case(
        command="predict model.reread good.csv -o out.xlsx",
        message="spreadsheets are read and not written; write csv, tsv, jsonl, parquet or arrow",
    ),
    "--json among the answers": Case(
        command="predict model.reread good.csv --json",
        message="--json would mix with the answers on standard output; name a file for them with -o FILE",
    ),
    "an export to nowhere": Case(
        command="export model.reread -o no/out.onnx",
        message="no/out.onnx: cannot be written (No such file or directory); does the folder exist, and may you write to it?",
    ),
    "an existing export": Case(
        command="export model.reread -o good.onnx",
        files={"good.onnx": ""},
        message="good.onnx exists; choose another file with -o or pass --overwrite",
    ),
    "an export that is named as data": Case(
        command="export model.reread -o good.csv --overwrite",
        message="good.csv: an export is an ONNX file; choose a name that ends in .onnx with -o",
    ),
    "an export in an unknown precision": Case(
        command="export model.reread -o out.onnx --precision int4",
        message="Invalid value for '--precision': 'int4' is not one of 'float32', 'int8'; see reread export --help",
    ),
    "unknown data set": Case(
        command="data fetch imbd",
        message='unknown data set "imbd". Did you mean "imdb"? '
        "Known: 20newsgroups, emobank, goemotions, imdb, sms_spam, thucnews_titles, yelp",
    ),
    # The machine
    "no pyarrow": Case(
        command="predict model.reread good.csv -o out.parquet",
        without="pyarrow",
        message='reading and writing Parquet and Arrow needs an extra: pip install "reread[parquet]"',
    ),
    "no torch": Case(
        command="train good.csv -o x.reread",
        without="torch",
        message='training needs an extra: pip install "reread[train]"',
    ),
    "a full device": Case(
        command="predict model.reread good.csv -o /dev/full --out-format csv",
        message="/dev/full: No space left on device; free some space and run the command again",
        code=FAILED,
    ),
    "no room for the answers": Case(
        command="predict model.reread good.csv -o out.csv",
        largest=500,
        message="out.csv: File too large",
        code=FAILED,
    ),
    "no room for word vectors": Case(
        command="vectors train good.csv -o w.safetensors --min-count 1 --epochs 1 --dim 64",
        largest=3_000,
        message="w.safetensors: File too large",
        code=FAILED,
    ),
    "no room for a page": Case(
        command="explain model.reread 'a dull film' --html why.html --quiet",
        largest=500,
        message="why.html: File too large",
        code=FAILED,
    ),
    "no room for a page of words": Case(
        command="explain model.reread --data good.csv --html why.html --quiet",
        largest=500,
        message="why.html: File too large",
        code=FAILED,
    ),
    "no room for a report": Case(
        command="evaluate model.reread good.csv --report how.html",
        largest=500,
        message="how.html: File too large",
        code=FAILED,
    ),
    "no room for an export": Case(
        command="export model.reread --answer network -o out.onnx",
        largest=500,
        message="out.onnx: File too large",
        code=FAILED,
    ),
    "no room for the run": Case(command=SMALL, largest=500, message="x.reread.partial: File too large", code=FAILED),
    "no room for the checkpoint": Case(
        command=SMALL,
        largest=5_000,
        message="the checkpoint x.reread.partial/checkpoint.safetensors cannot be written: "
        "Error while serializing: I/O error: File too large (os error 27)",
        code=FAILED,
    ),
    "no room for the model": Case(
        command=LONG_SMALL,
        files=LONG,
        largest=16_000,
        message=f"x.reread cannot be written: File too large; {KEPT}",
        code=FAILED,
        leaves=frozenset({"x.reread.partial"}),
    ),
    "a loss that is not finite": Case(
        command=f"{SMALL} --learning-rate 1e30 --batch-size 8",
        message="the … at step …; lower the learning rate (1e+30) or pass --set training.clip=1",
        code=FAILED,
    ),
    "weights that are not finite after the last step": Case(
        command=f"{SMALL} --learning-rate 3e37 --batch-size 64",
        message="the weights' norm is … at step 1; lower the learning rate (3e+37) or pass --set training.clip=1",
        code=FAILED,
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_bad_input(case: Case, work: Path, reread: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(case.files)
    if case.spoil:
        case.spoil(Path("model.reread"))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(case.stdin)))
    before = names()
    with no_file_beyond(case.largest):
        outcome = without(case.without, case.command) if case.without else reread(case.command)
    said = [line for line in outcome.err.splitlines() if line.startswith("reread:")]
    assert [masked(line, case.message) for line in said] == [f"reread: {case.message}"]
    assert outcome.err.splitlines()[-1:] == said
    assert "Traceback" not in outcome.err
    assert outcome.out == ""
    assert outcome.code == case.code
    assert names() == before | case.leaves


def test_a_read_only_folder(work: Path, reread: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("locked").mkdir(mode=0o555)
    if os.geteuid() == 0:  # root may write everywhere: the refusal is played

        def refuse(path: Path, mode: str = "r", **how: Any) -> Any:
            if "x" in mode:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
            return as_ever(path, mode, **how)

        as_ever = Path.open
        monkeypatch.setattr(Path, "open", refuse)
    outcome = reread("train good.csv -o locked/x.reread")
    assert outcome.code == USAGE
    assert outcome.err.splitlines()[-1] == (
        "reread: locked/x.reread: cannot be written (Permission denied); does the folder exist, and may you write to it?"
    )


def test_a_run_goes_on_when_the_disk_has_room_again(work: Path, reread: Command) -> None:
    lay(LONG)
    with no_file_beyond(16_000):
        assert reread(LONG_SMALL).code == FAILED
    assert reread(f"{LONG_SMALL} --resume").code == 0
    assert names() == {"d.csv", "good.csv", "model.reread", "x.reread"}
    assert reread("evaluate x.reread d.csv").code == 0


def masked(line: str, message: str) -> str:
    """A line as its message, if it differs in nothing but what … stands for."""
    pattern = ".+".join(re.escape(piece) for piece in f"reread: {message}".split("…"))
    return f"reread: {message}" if re.fullmatch(pattern, line) else line


def lay(files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())


def names() -> set[str]:
    return {path.name for path in Path().iterdir()}


@contextmanager
def no_file_beyond(size: int | None) -> Iterator[None]:
    """A full disk, as near as an ordinary user comes to one: the system refuses to let a file grow."""
    if size is None:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    writing = sys.dont_write_bytecode
    sys.dont_write_bytecode = True  # Python would keep the torn bytecode of a module that is first imported here
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        sys.dont_write_bytecode = writing


def without(package: str, command: str) -> Outcome:
    """Run a command where a package cannot be imported."""
    hiding = Path("../hiding").resolve()
    hiding.mkdir()
    (hiding / f"{package}.py").write_text(f"raise ModuleNotFoundError(name={package!r})\n", encoding="utf-8")
    process = reread_process(shlex.split(command), {"PYTHONPATH": str(hiding)})
    out, err = process.communicate(timeout=120)
    return Outcome(process.returncode, out, err)
