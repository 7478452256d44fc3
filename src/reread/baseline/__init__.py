"""The linear member: n-grams in, scores out.

Training is one line (`training.py`): the texts that are learned from (`limits.py`), their n-grams (`features.py`), what
cross-validation decides (`choosing.py`), the solution (`solving.py`). The outcome answers (`linear.py`) and is kept in
a model folder (`stored.py`).
"""
