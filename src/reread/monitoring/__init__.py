"""Whether texts and answers are still what they were in training: what is kept of it, and how new ones differ."""
