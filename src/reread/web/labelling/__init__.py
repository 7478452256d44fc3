"""What the labelling page asks, of `reread label` and of `reread serve`.

`desk.py`: answers it; `routes.py`: by which paths; `rules.py`: what it asks of rules; `training.py`: what it is told of
a training.
"""
