"""The tracks, one a folder: the generator, environment, scripted readers and checks of its tasks.

A folder's name is the track's id, and its `__init__.py` defines `TRACK`. `_qa` is not a track: it
holds what the question-answering tracks share.
"""
