"""Tasks of question-answering tracks as files.

`folder` writes and reads a folder of instances, `loader` makes tasks from parameters or a folder,
and `verifier` checks a folder.
"""
