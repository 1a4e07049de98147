"""SWE-Gym, SWE-bench and SWE-smith: their instances and patches as files, agents on them with any
memory, and the official harness. Nothing of theirs is part of this package.

`python -m memorygym.tracks.repair.swegym` is the command (docs/swe.md).
"""
