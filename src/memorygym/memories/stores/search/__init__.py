"""The search indexes, each incremental.

`fulltext` (SQLite FTS5), `vectors` (exact), `minilm` (sentence vectors), `fusion` (of rankings).
"""
