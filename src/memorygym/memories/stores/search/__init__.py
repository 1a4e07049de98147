"""Search over entries: by words, by vectors, by both, by a graph; each alone and incremental."""
