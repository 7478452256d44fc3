"""No network: TF-IDF of words and pairs of them with a linear support vector machine, as scikit-learn's text tutorials build it.

Each training is a whole one, whatever the epochs: it is judged once.
"""

from __future__ import annotations

from contract import Judge, Settings, compete
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC


def fit(texts: list[str], labels: list[int], settings: Settings, judge: Judge) -> None:
    """Train."""
    features = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    model = make_pipeline(features, LinearSVC(random_state=settings.seed)).fit(texts, labels)
    words = features.build_tokenizer()
    judge(model.predict, sum(len(words(text)) for text in texts))


if __name__ == "__main__":
    compete(fit)
