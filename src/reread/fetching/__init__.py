"""Published files, fetched once and checked: for data sets and word vectors."""
