"""Shims: wrappers around objects of other classes, one file each; the file's name is the id."""
