"""From texts without labels to labels, one text after another; no server, no page.

`texts.py`: what is labelled; `label_file.py`: where labels are kept; `choosing.py`: which text is next; `learning.py`:
what the linear member says; `accuracy.py`: how often it is right; `labelling.py`: all of it together; `background.py`:
the thread in which it learns.
"""
