"""The tracks, one a folder: the generator, environment, scripted readers and checks of its tasks.

A folder's name is the track's id, and its `__init__.py` states `TRACK`. `_qa` is no track but what
tracks share that ask about texts.
"""
