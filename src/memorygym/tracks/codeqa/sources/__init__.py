"""Real trees of Python code: pinned distributions and folders, renamed from the seed."""
