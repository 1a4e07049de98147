"""Wrappers around objects of other shapes, one a file: the file's name is the wrapper's id."""
