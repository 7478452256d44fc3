"""Word vectors: training them with word2vec, and files of them. Neither torch nor `reread.data` in here."""
