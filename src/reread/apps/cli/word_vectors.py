"""What `reread vectors train` does."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Self

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from reread.apps.cli.arguments.shared import given
from reread.apps.cli.arguments.vectors import VectorsArguments
from reread.apps.cli.console import errors, number_of, print_json, results
from reread.apps.cli.places import check_place
from reread.apps.cli.texts import TextFiles
from reread.apps.cli.where import parse_where
from reread.data.compression import split_suffixes
from reread.errors import ConfigError, DataError
from reread.recipes import parse_settings
from reread.recipes.spec import VectorSettings, spec_from
from reread.registry import unknown_name
from reread.text.encoder import TextEncoder, TextSettings
from reread.text.language import language_by_script
from reread.vectors.files import write_vectors, writer_for
from reread.vectors.sentences import Sentences
from reread.vectors.word2vec import check_settings, train_word2vec

LANGUAGE_SAMPLE = 1000  # texts that decide the language
SHOWN_EVERY = 1000  # texts


def train(arguments: VectorsArguments, *, started: float) -> None:
    """Run the command."""
    tables = parse_settings(arguments.settings)
    for name in tables:
        if name not in {"text", "vectors"}:
            raise unknown_name("table of settings", name, ["text", "vectors"])
    settings = vector_settings(arguments, tables.get("vectors", {}))
    out = out_file(arguments.out, arguments.data, overwrite=arguments.overwrite)
    check_settings(settings)
    writer_for(out, ngrams=settings.ngrams)
    files = TextFiles(
        arguments.data,
        text=arguments.text,
        where=parse_where(arguments.where),
        file_format=arguments.file_format,
        encoding=arguments.encoding,
        separator=arguments.separator,
    )
    with VectorView(quiet=arguments.quiet) as view:
        encoder = TextEncoder(text_settings(arguments, tables.get("text", {}), files, view))
        sentences = Sentences(view.reading(files), encoder)
        vectors = train_word2vec(sentences, settings, arguments.threads, view.on_progress, note=view.on_note)
        if files.empty:
            view.on_note(f"{number_of(files.empty, 'row')} without a text skipped")
    if settings.reduce is not None:
        vectors = vectors.reduced(settings.reduce)
    vectors = replace(vectors, meta={**vectors.meta, "text": encoder.to_config()})
    write_vectors(vectors, out)
    seconds = time.monotonic() - started
    facts = {
        "vectors": str(out),
        "words": len(vectors),
        "dim": vectors.dim,
        "texts": files.texts,
        **{name: vectors.meta[name] for name in ("algorithm", "tokens", "workers")},
        "words_per_second": round(vectors.meta["trained_tokens"] / view.seconds),
        "seconds": round(seconds, 2),
        "checksum": vectors.checksum(),
    }
    if arguments.as_json:
        print_json(facts)
    else:
        shown = (
            "{vectors}: {words:,} words of {dim} numbers, {algorithm}, {seconds:.0f} s, {words_per_second:,} words/s"
        )
        results.print(shown.format(**facts))


def vector_settings(arguments: VectorsArguments, table: Mapping[str, Any]) -> VectorSettings:
    """The settings of training: the options, then those of ``--set``.

    Raises:
        ConfigError: a setting that does not exist or a value of the wrong type.
    """
    options = given(
        algorithm=arguments.algorithm,
        dim=arguments.dim,
        reduce=arguments.reduce,
        window=arguments.window,
        negative=arguments.negative,
        min_count=arguments.min_count,
        sample=arguments.sample,
        epochs=arguments.epochs,
        seed=arguments.seed,
        hierarchical_softmax=arguments.hierarchical_softmax or None,
        ngrams=arguments.ngrams or None,
        deterministic=arguments.deterministic or None,
    )
    return spec_from(VectorSettings, {**table, **options}, "vectors")


def out_file(out: Path | None, data: Sequence[str], *, overwrite: bool) -> Path:
    """The file that ``-o`` names, or the first data file's stem + ``.safetensors`` beside it.

    Raises:
        ConfigError: it exists already, is an input file, or standard input has no name to take.
        DataError: no file can be made there.
    """
    if out is None:
        if data[0] == "-":
            raise ConfigError("standard input has no name: name the file of vectors with -o FILE")
        first = Path(data[0])
        name = first.name[: len(first.name) - len(split_suffixes(first.name)[1])]
        out = first.with_name(Path(name).stem + ".safetensors")
    check_place(out, data, "the file of vectors")
    if out.exists() and not overwrite:
        raise ConfigError(f"{out} exists; choose another file with -o or pass --overwrite")
    return out


def text_settings(
    arguments: VectorsArguments, table: Mapping[str, Any], files: Iterable[str], view: VectorView
) -> TextSettings:
    """The text settings, those of training a model of this language.

    Raises:
        DataError: no row has a text.
        ConfigError: an unknown language or setting.
    """
    sample = list(islice(files, LANGUAGE_SAMPLE))
    if not sample:
        raise DataError(f"{', '.join(arguments.data)}: no row has a text")
    settings = {key: value for key, value in table.items() if key != "language"}
    language = arguments.language or table.get("language")
    if language is None:
        language, note = language_by_script(sample)
        view.on_note(note)
    return TextSettings.for_language(language, **settings)


class VectorView:
    """Shows the texts that were read, then the words that were trained on."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet
        self._started = time.monotonic()
        self.seconds = 0.0
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:,.0f} {task.fields[things]}"),
            TimeRemainingColumn(),
            console=errors,
            transient=True,
            disable=quiet or not errors.is_interactive,
        )
        self._bar = self._progress.add_task("reading", total=None, things="texts")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.monotonic() - self._started
        self._progress.stop()

    def reading(self, texts: Iterable[str]) -> Iterator[str]:
        """The texts, counted as they pass."""
        for count, text in enumerate(texts):
            if count % SHOWN_EVERY == 0:
                self._progress.update(self._bar, completed=count)
            yield text

    def on_note(self, note: str) -> None:
        """Print one line."""
        if not self.quiet:
            errors.print(note)

    def on_progress(self, done: int, total: int) -> None:
        """Words trained on, and how many they will be."""
        self._progress.update(self._bar, description="training", completed=done, total=total, things="words")
