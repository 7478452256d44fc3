"""The options of each command as a frozen dataclass, one file a command under the name of its file in `commands/`.

A field has the name of click's parameter and the type of its value; the command's help gives its meaning.
"""
