"""Tasks of question-answering tracks as files.

`folder` (a folder of them), `schemas` (what one must be), `loader` (played from parameters or a
folder), `verifier` (whether a folder is what it says).
"""
