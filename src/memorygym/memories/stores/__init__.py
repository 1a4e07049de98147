"""Search over entries: full text here; vectors and fusion as extras."""
