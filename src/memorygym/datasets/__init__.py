"""Readers of public data sets in your own files, and tasks as files; no data is included.

Each format is one module, whose name is its id. Shared modules begin with an underscore.
`instances` reads and checks the folders that `memorygym generate` writes, `_logs` recorded
trajectories.
"""
