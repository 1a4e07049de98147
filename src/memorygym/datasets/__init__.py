"""Readers of public data sets in your own files, and tasks as files; no data is shipped.

A format is one file, whose name is its id. What formats share begins with an underscore.
`instances` is the folder of tasks that `memorygym generate` writes.
"""
