"""Networks: tensors in, tensors out. No strings of user data, no files."""
