"""Recorded trajectories of real agents, from your own log files.

`formats` holds the table of formats, `messages` pairs calls and results, `files` reads files and
folders, each trajectory for itself: a broken one is named, and the others are read.
"""
