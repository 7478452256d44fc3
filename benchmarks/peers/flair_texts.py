"""Nearly the same network in Flair: it has no maximum over time, so the first and the last state take its place.

Word vectors are trained from scratch (`OneHotEmbeddings`), so that nothing is downloaded; words are cut by Flair's own tokenizer, segtok.
"""

from __future__ import annotations

import logging
import tempfile
from collections import Counter
from itertools import chain

import flair
import torch
from contract import Judge, Settings, compete
from flair.data import Corpus, Dictionary, Sentence
from flair.datasets import FlairDatapointDataset
from flair.embeddings import DocumentRNNEmbeddings, OneHotEmbeddings
from flair.models import TextClassifier
from flair.tokenization import SegtokTokenizer
from flair.trainers import ModelTrainer
from flair.trainers.plugins import TrainerPlugin

LABEL = "class"
TOKENIZER = SegtokTokenizer()


def sentence(text: str, settings: Settings) -> Sentence:
    """A text as Flair reads it, of one token at least."""
    return Sentence(TOKENIZER.tokenize(text.lower())[: settings.words] or ["."])


def build(texts: list[Sentence], settings: Settings) -> TextClassifier:
    """The network."""
    counts = Counter(chain.from_iterable((token.text for token in text) for text in texts))
    words, classes = Dictionary(add_unk=True), Dictionary(add_unk=False)
    for word, _ in counts.most_common(settings.vocabulary - 1):
        words.add_item(word)
    for number in range(settings.classes):
        classes.add_item(str(number))
    network = DocumentRNNEmbeddings(
        [OneHotEmbeddings(words, embedding_length=settings.dim)], hidden_size=settings.hidden, rnn_type="LSTM",
        bidirectional=True, reproject_words=False, dropout=0.0,
    )  # fmt: skip
    return TextClassifier(network, label_type=LABEL, label_dictionary=classes)


class Probe(TrainerPlugin):
    """Lets the judge look after each epoch."""

    def __init__(self, judge: Judge, settings: Settings, words: int) -> None:
        super().__init__()
        self.judge, self.settings, self.words, self.epochs = judge, settings, words, 0

    @TrainerPlugin.hook
    def after_training_epoch(self, **_: object) -> None:
        """Judge."""
        self.epochs += 1
        self.judge(self.answers, self.epochs * self.words)

    def answers(self, texts: list[str]) -> list[int]:
        """The class of each text."""
        rows = [sentence(text, self.settings) for text in texts]
        self.model.eval()
        self.model.predict(rows, mini_batch_size=self.settings.batch)
        self.model.train()
        return [int(row.get_label(LABEL).value) for row in rows]


def fit(texts: list[str], labels: list[int], settings: Settings, judge: Judge) -> None:
    """Train."""
    flair.set_seed(settings.seed)
    logging.getLogger("flair").setLevel(logging.WARNING)
    torch.set_num_threads(settings.threads)
    rows = [sentence(text, settings) for text in texts]
    for row, label in zip(rows, labels, strict=True):
        row.add_label(LABEL, str(label))
    corpus = Corpus(train=FlairDatapointDataset(rows), sample_missing_splits=False)
    with tempfile.TemporaryDirectory() as folder:
        ModelTrainer(build(rows, settings), corpus).train(
            folder, learning_rate=settings.rate, mini_batch_size=settings.batch, max_epochs=settings.epochs, optimizer=torch.optim.Adam,
            plugins=[Probe(judge, settings, sum(map(len, rows)))], attach_default_scheduler=False, embeddings_storage_mode="none",
            save_final_model=False, create_file_logs=False, create_loss_file=False,
        )  # fmt: skip


if __name__ == "__main__":
    compete(fit)
