"""Whether texts are still what a model was trained on: `shift.py` compares two histograms, `watch.py` reads the texts."""
