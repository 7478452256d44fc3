"""`reread label`: a page on which texts get labels."""
