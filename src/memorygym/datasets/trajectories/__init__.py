"""Recorded trajectories of real agents, from your own log files.

`json_stream` reads values one at a time, `formats` holds the table of formats, `files` reads files
and folders, each trajectory for itself: a broken one is named, and the others are read.
"""
