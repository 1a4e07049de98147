"""Memories, one a file: the file's name is the memory's id."""
