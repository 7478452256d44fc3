"""From texts without labels to labels, one text after another; no server, no page.

`texts.py`: what is labelled; `questions/`: what is asked, one file a kind; `keys.py`: what is typed for a class;
`label_file.py`: where labels are kept; `choosing.py`: which text is next; `repeats.py`: which is asked about again;
`learning.py`: what the linear member says; `accuracy.py`: how often it is right; `labelling.py`: all of it together;
`state.py`: what is shown of it; `foretelling.py`: what more labels would bring; `background.py`: the threads for what
takes a while; `agreement.py`: how far two people agree.
"""
