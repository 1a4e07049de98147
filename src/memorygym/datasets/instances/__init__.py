"""Tasks of question-answering tracks as files.

`files` (a folder of them), `schemas` (what one must be), `tasks` (played from knobs or a folder),
`verifier` (whether a folder is what it says).
"""
